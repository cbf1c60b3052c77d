"""The arguments of ``CrossCloudVpn``: one group for each of the two clouds."""

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.arguments.checks import check_ranges
from platform_lib.components.vpc.links.gateway import AzureGatewaySize
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_tags
from platform_lib.core.validation import FieldError, SeveralFieldsError

__all__ = ["AwsVpnSideArgs", "AzureVpnSideArgs", "CrossCloudVpnArgs", "GcpVpnSideArgs"]


class _SideArgs(ComponentArgs):
    """What is checked of both sides; each has the fields of its own, since descriptions are not inherited."""

    @field_validator("ranges", check_fields=False)
    @classmethod
    def _check_ranges(cls, value: list[str]) -> list[str]:
        check_ranges(value, version=4)
        return each_once(value) or []


class AwsVpnSideArgs(_SideArgs):
    """The side on AWS: two VPN connections of two tunnels each, at a gateway of the component's own or at yours."""

    region: str
    """The cloud's name of the region of the gateway, such as ``eu-west-1``."""

    ranges: list[str] = Field(min_length=1)
    """IPv4 ranges of this side's network, which the other side learns; no range of the other side may overlap one."""

    asn: int | None = None
    """Number of this side's gateway as an autonomous system, another one than the other side's; left out means 64512,
    the default of AWS."""

    vpc_id: Input[str] | None = None
    """VPC that gets a virtual private gateway of the component's own; a VPC has one at most."""

    vpn_gateway_id: Input[str] | None = None
    """Virtual private gateway that exists already; ``asn`` is its number."""

    transit_gateway_id: Input[str] | None = None
    """Transit gateway that exists already; ``asn`` is its number."""

    route_table_ids: dict[str, Input[str]] | None = None
    """Route tables of the VPC that learn the other side's ranges, by a name of your choice (``VpcComponent`` gives them
    by tier); for a virtual private gateway. Left out means none, and nothing reaches the other side."""

    transit_route_table_id: Input[str] | None = None
    """Route table of the transit gateway that decides where the other side's traffic goes; left out means none, so
    that the hub's owner decides."""

    propagate_to: dict[str, Input[str]] | None = None
    """Route tables of the transit gateway that learn the other side's ranges, by a name of your choice."""

    @model_validator(mode="after")
    def _check_which(self) -> "AwsVpnSideArgs":
        ends = ("vpc_id", "vpn_gateway_id", "transit_gateway_id")
        given = [name for name in ends if getattr(self, name) is not None]
        if len(given) != 1:
            said = "none" if not given else " and ".join(given)
            raise FieldError(
                f"needs one end, got {said}", "give vpc_id, vpn_gateway_id or transit_gateway_id, and no other"
            )
        transit = given == ["transit_gateway_id"]
        wrong = ("route_table_ids",) if transit else ("transit_route_table_id", "propagate_to")
        for name in wrong:
            if getattr(self, name) is not None:
                raise FieldError(f"is not used with {given[0]}", "leave it out", path=name)
        return self


class AzureVpnSideArgs(_SideArgs):
    """The side on Azure: an active-active VPN gateway of the component's own or yours, and a connection a tunnel."""

    region: str
    """The cloud's name of the region of the gateway, such as ``westeurope``."""

    ranges: list[str] = Field(min_length=1)
    """IPv4 ranges of this side's network, which the other side learns; no range of the other side may overlap one."""

    asn: int | None = None
    """Number of this side's gateway as an autonomous system, another one than the other side's; left out means 65515,
    the default of Azure."""

    resource_group_name: Input[str] | None = None
    """Resource group of everything that is made on this side; left out means that of the network or its gateway."""

    gateway_subnet_id: Input[str] | None = None
    """The subnet ``GatewaySubnet``, /27 or larger, of the VNet that gets a gateway of the component's own; a VNet has
    one VPN gateway at most."""

    gateway_size: AzureGatewaySize | None = None
    """Size of the component's own gateway; left out means ``VpnGw2AZ``."""

    gateway_id: Input[str] | None = None
    """Active-active VPN gateway that exists already, as ``VpcComponent`` makes it: its IP configurations are called
    ``instance-0`` and ``instance-1`` and have addresses of ``inside_range`` for BGP. ``asn`` is its number."""

    gateway_addresses: Input[list[str]] | None = None
    """Public addresses of the gateway of ``gateway_id``: of instance 0, then of instance 1."""

    @model_validator(mode="after")
    def _check_which(self) -> "AzureVpnSideArgs":
        if (self.gateway_subnet_id is None) == (self.gateway_id is None):
            raise FieldError("needs one end", "give either gateway_subnet_id or gateway_id")
        if self.gateway_id is not None and self.gateway_addresses is None:
            raise FieldError("is required with gateway_id", path="gateway_addresses")
        for name in ("gateway_addresses",) if self.gateway_id is None else ("gateway_size",):
            if getattr(self, name) is not None:
                raise FieldError("is not used with this end", "leave it out", path=name)
        return self


class GcpVpnSideArgs(_SideArgs):
    """The side on Google Cloud: an HA VPN gateway and a router of the component's own, and a tunnel each way."""

    region: str
    """The cloud's name of the region of the gateway, such as ``europe-west1``."""

    ranges: list[str] = Field(min_length=1)
    """IPv4 ranges of this side's network, which the other side learns; no range of the other side may overlap one."""

    asn: int | None = None
    """Number of this side's gateway as an autonomous system, another one than the other side's; left out means
    64514."""

    network_id: Input[str]
    """The network, by id or self link."""

    project: Input[str] | None = None
    """Project of everything that is made on this side; left out means that of the provider."""


class CrossCloudVpnArgs(ComponentArgs):
    """The arguments of ``CrossCloudVpn``; exactly two of ``aws``, ``azure`` and ``gcp``."""

    context: Context
    """Who the VPN belongs to and which rules hold for it."""

    aws: AwsVpnSideArgs | None = None
    """The side on AWS."""

    azure: AzureVpnSideArgs | None = None
    """The side on Azure."""

    gcp: GcpVpnSideArgs | None = None
    """The side on Google Cloud."""

    inside_range: str | None = None
    """Link-local /28 that the addresses inside the tunnels are from, such as ``169.254.21.16/28``; with Azure one of
    169.254.21.0 to 169.254.22.255. Each link of a gateway needs another. Left out means ``169.254.21.0/28``."""

    pre_shared_keys: dict[str, Input[str]] | None = None
    """Secrets of the tunnels by their key (``0-0``, ``0-1``, ``1-0``, ``1-1``; between Azure and Google Cloud ``0-0``
    and ``1-1``), given as secret Outputs; 8 to 64 letters, digits, '.' and '_', not beginning with 0, which AWS asks
    for. Left out means that AWS makes them; between Azure and Google Cloud they are required."""

    guard: bool | None = None
    """Whether gateways, their addresses and VPN connections are protected, so that a preview fails where one would be
    replaced or deleted; left out means true in every environment. The component's own ``protect`` option wins."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones; on Google Cloud they are labels."""

    @field_validator("tags")
    @classmethod
    def _check_tags(cls, value: dict[str, Input[str]] | None) -> dict[str, Input[str]] | None:
        if findings := check_tags(value or {}, path=""):
            raise SeveralFieldsError(findings)
        return value

    @model_validator(mode="after")
    def _check_two(self) -> "CrossCloudVpnArgs":
        given = [cloud.value for cloud in Cloud if getattr(self, cloud.value) is not None]
        if len(given) < 2:
            missing = [cloud.value for cloud in Cloud if cloud.value not in given]
            got = f"only {given[0]}" if given else "none"
            raise SeveralFieldsError([Finding("", f"needs two sides, got {got}", f"add {' or '.join(missing)}")])
        if len(given) > 2:
            raise SeveralFieldsError(
                [Finding("", f"has two sides, got {', '.join(given)}", "make a VPN of its own for each pair")]
            )
        return self
