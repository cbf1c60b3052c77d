"""Links to other sites and other clouds."""

import ipaddress

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.arguments.checks import check_ranges
from platform_lib.components.vpc.links.asn import check_asn
from platform_lib.components.vpc.links.gateway import AzureGatewaySize
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError, SeveralFieldsError

__all__ = ["CrossCloudArgs", "DedicatedLineArgs", "HybridArgs", "VpnArgs"]


def _asn(value: int | None) -> int | None:
    if value is not None and (findings := check_asn(value)):
        raise SeveralFieldsError(findings)
    return value


class _LinkArgs(ComponentArgs):
    """What is checked of all links; each has the fields of its own, since descriptions are not inherited."""

    @field_validator("name", check_fields=False)
    @classmethod
    def _check_name(cls, value: str) -> str:
        if value == "hub":
            raise FieldError("is what assertions call the hub", "choose another name")
        return check_name(value)

    @field_validator("ranges", check_fields=False)
    @classmethod
    def _check_ranges(cls, value: list[str]) -> list[str]:
        check_ranges(value, version=4)
        return each_once(value) or []


class VpnArgs(_LinkArgs):
    """A VPN to another site: two tunnels to each of its devices, and BGP over all of them."""

    name: str
    """Unique among the links, and not ``hub``; part of logical names. Assertions call the other side by it."""

    ranges: list[str] = Field(min_length=1)
    """IPv4 ranges of the other side; none may overlap the network or another link."""

    peer_addresses: list[str] = Field(min_length=1, max_length=2)
    """Public IPv4 addresses of the site's devices, one or two."""

    peer_asn: int
    """Number of the site as an autonomous system, another one than ``hybrid.asn``."""

    inside_range: str | None = None
    """Link-local /28 that the addresses inside the tunnels are from, such as ``169.254.22.0/28``; on Azure one of
    169.254.21.0 to 169.254.22.255. Every link of the network needs another. Left out means ``169.254.21.0/28``."""

    pre_shared_keys: dict[str, Input[str]] | None = None
    """Secrets of the tunnels by their key, given as secret Outputs: device and tunnel, as ``0-0`` and ``0-1`` for the
    first device (on Azure the first one of a device serves both; two devices on Google Cloud have ``0-0`` and ``1-1``).
    Left out means that AWS makes them; elsewhere they are required."""

    to_hub: bool | None = None
    """Whether the VPN ends at the transit gateway rather than at the network (AWS); left out means true where the
    network has a transit gateway as its hub."""

    @field_validator("peer_addresses")
    @classmethod
    def _check_peer_addresses(cls, value: list[str]) -> list[str]:
        findings = []
        for index, text in enumerate(value):
            try:
                address = ipaddress.IPv4Address(text)
            except ValueError:
                findings.append(Finding(f"[{index}]", f"is not an IPv4 address, got {text!r}", "write '203.0.113.7'"))
                continue
            if any(address in block for block in _NOT_PUBLIC):
                findings.append(
                    Finding(f"[{index}]", f"is not a public address, got {text!r}", "give the one that the cloud sees")
                )
        if findings:
            raise SeveralFieldsError(findings)
        return each_once(value) or []

    @field_validator("peer_asn")
    @classmethod
    def _check_peer_asn(cls, value: int) -> int:
        _asn(value)
        return value


_NOT_PUBLIC = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # RFC 1122
        "10.0.0.0/8",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598
        "127.0.0.0/8",  # RFC 1122
        "169.254.0.0/16",  # RFC 3927
        "172.16.0.0/12",  # RFC 1918
        "192.168.0.0/16",  # RFC 1918
        "224.0.0.0/3",  # RFC 5771 and RFC 1112
    )
)


class DedicatedLineArgs(_LinkArgs):
    """A dedicated line to another site: Direct Connect, ExpressRoute or Interconnect."""

    name: str
    """Unique among the links, and not ``hub``; part of logical names. Assertions call the other side by it."""

    ranges: list[str] = Field(min_length=1)
    """IPv4 ranges of the other side; none may overlap the network or another link."""

    connection_id: Input[str] | None = None
    """What carries the line: a Direct Connect connection (AWS), for which the component makes a Direct Connect gateway
    and a virtual interface; an ExpressRoute circuit (Azure); an Interconnect (Google Cloud). Left out means, on AWS,
    that ``gateway_id`` is given, and on Google Cloud a partner's line, whose pairing keys are outputs."""

    gateway_id: Input[str] | None = None
    """Direct Connect gateway that exists already (AWS); the component associates the network or its hub with it."""

    vlan: int | None = None
    """VLAN of the line on ``connection_id``, 1 to 4094 on AWS, 2 to 4094 on Google Cloud; required on AWS, elsewhere
    left out where provider or partner choose it."""

    asn: int | None = None
    """Number of the Direct Connect gateway that is made (AWS); another one than those of network, hub and other side.
    Left out means 64513."""

    peer_asn: int | None = None
    """Number of the other side as an autonomous system, where this side sets up the session: for ``connection_id`` on
    AWS and Google Cloud; required there."""

    bgp_key: Input[str] | None = None
    """Secret of the BGP session of a virtual interface (AWS); left out means that AWS makes one."""

    authorization_key: Input[str] | None = None
    """Authorisation of a circuit that another subscription holds (Azure); a secret."""

    to_hub: bool | None = None
    """Whether the line ends at the transit gateway rather than at the network (AWS); left out means true where the
    network has a transit gateway as its hub."""

    @field_validator("asn", "peer_asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        return _asn(value)


class CrossCloudArgs(_LinkArgs):
    """A VPN to a network on another cloud that ends at this network's gateway.

    ``CrossCloudVpn`` makes it; what is said here lets gateway and proofs of the network know of it.
    """

    name: str
    """Unique among the links, and not ``hub``; part of logical names. Assertions call the other side by it."""

    ranges: list[str] = Field(min_length=1)
    """IPv4 ranges of the other side; none may overlap the network or another link."""

    peer_cloud: Cloud
    """Where the other network is."""

    peer_asn: int | None = None
    """Number of the other side as an autonomous system; left out means 64512 for AWS, 65515 for Azure, 64514 for Google
    Cloud."""

    inside_range: str | None = None
    """The ``inside_range`` of the ``CrossCloudVpn``; left out means ``169.254.21.0/28``."""

    @field_validator("peer_asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        return _asn(value)


class HybridArgs(ComponentArgs):
    """Links to other sites and other clouds, and the one gateway of the network that VPNs end at."""

    asn: int | None = None
    """Number of the network's gateway as an autonomous system; left out means 64512 on AWS, 65515 on Azure and 64514 on
    Google Cloud. VPNs that end at a transit gateway have its number."""

    vpns: list[VpnArgs] | None = Field(default=None, min_length=1)
    """VPNs to other sites; left out means none."""

    lines: list[DedicatedLineArgs] | None = Field(default=None, min_length=1)
    """Dedicated lines; left out means none."""

    cross_cloud: list[CrossCloudArgs] | None = Field(default=None, min_length=1)
    """VPNs to networks on other clouds; left out means none."""

    routed_tiers: list[str] | None = Field(default=None, min_length=1)
    """Tiers that learn the routes to the other sides; left out means all private, pods and isolated ones. On Google
    Cloud all tiers do, whatever is said."""

    gateway_tier: str | None = None
    """Tier whose subnet holds the gateways on Azure: its ``azure.subnet_name`` is ``GatewaySubnet``; left out means the
    one that has that name."""

    gateway_size: AzureGatewaySize | None = None
    """Size of the VPN gateway on Azure; left out means ``VpnGw2AZ``."""

    @model_validator(mode="after")
    def _check_names(self) -> "HybridArgs":
        links = [
            (f"{kind}[{index}].name", link.name)
            for kind in ("vpns", "lines", "cross_cloud")
            for index, link in enumerate(getattr(self, kind) or ())
        ]
        seen: set[str] = set()
        for path, name in links:
            if name in seen:
                raise FieldError(f"is given twice, got {name!r}", "call one of the links otherwise", path=path)
            seen.add(name)
        return self
