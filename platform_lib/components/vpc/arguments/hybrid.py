"""Links to other sites and other clouds."""

from pydantic import Field, field_validator

from platform_lib.components.vpc.arguments.checks import check_asn, check_name, check_ranges, each_once
from platform_lib.components.vpc.refs import NetworkReference
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input


class TunnelArgs(ComponentArgs):
    """One tunnel of a VPN."""

    peer_address: Input[str] | None = None
    """Public address of the other side for this tunnel; left out means that of the first one."""

    inside_cidr: str | None = None
    """Link-local /30 that both ends of the tunnel lie in, such as ``169.254.21.0/30``; left out means that the cloud
    chooses."""

    pre_shared_key: Input[str] | None = None
    """The secret of both ends; give it as a secret Output. Left out means that the cloud makes one."""

    @field_validator("inside_cidr")
    @classmethod
    def _check_inside_cidr(cls, value: str | None) -> str | None:
        if value is not None:
            check_ranges([value], version=4)
        return value


class VpnArgs(ComponentArgs):
    """A VPN to another site, with two tunnels and BGP."""

    name: str
    """Unique among the links; part of logical names."""

    tunnels: list[TunnelArgs] = Field(min_length=1, max_length=2)
    """One entry, whose peer serves both tunnels, or two."""

    peer_asn: int
    """Number of the other side as an autonomous system."""

    asn: int | None = None
    """Number of this side, private by RFC 6996; left out means the cloud's default, or that of the hub."""

    ranges: list[str] = Field(min_length=1)
    """Ranges of the other side, checked for overlap with the network."""

    to_hub: bool | None = None
    """Whether the VPN ends at the hub rather than at the network; left out means true where there is a hub."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        return check_asn(value)

    @field_validator("ranges")
    @classmethod
    def _check_ranges(cls, value: list[str]) -> list[str]:
        check_ranges(value)
        return each_once(value) or []


class DedicatedLineArgs(ComponentArgs):
    """A dedicated line to another site: Direct Connect, ExpressRoute or Interconnect."""

    name: str
    """Unique among the links; part of logical names."""

    connection_id: Input[str]
    """What carries the line: a Direct Connect gateway (AWS), an ExpressRoute circuit (Azure), an Interconnect (GCP)."""

    ranges: list[str] = Field(min_length=1)
    """Ranges of the other side, checked for overlap with the network."""

    asn: int | None = None
    """Number of this side, private by RFC 6996; left out means the cloud's default, or that of the hub."""

    peer_asn: int | None = None
    """Number of the other side as an autonomous system, where this side sets up the session (GCP)."""

    vlan: int | None = Field(default=None, ge=2, le=4094)
    """VLAN of the attachment on GCP, 2 to 4094; left out means that the cloud chooses."""

    authorization_key: Input[str] | None = None
    """Authorisation of a circuit that another subscription holds (Azure); a secret."""

    to_hub: bool | None = None
    """Whether the line ends at the hub rather than at the network; left out means true where there is a hub."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        return check_asn(value)

    @field_validator("ranges")
    @classmethod
    def _check_ranges(cls, value: list[str]) -> list[str]:
        check_ranges(value)
        return each_once(value) or []


class CrossCloudArgs(ComponentArgs):
    """A VPN to a network on another cloud; both sides are made from this one declaration."""

    name: str
    """Unique among the links; part of logical names."""

    peer: NetworkReference
    """The other network; a provider of its cloud has to be among those of the component."""

    asn: int | None = None
    """Number of this side, private by RFC 6996; left out means 64512 to 64514 by cloud: AWS, Azure, GCP."""

    peer_asn: int | None = None
    """Number of the other side; likewise, and another one than ``asn``."""

    pre_shared_key: Input[str] | None = None
    """The secret of all tunnels; give it as a secret Output. Left out means that a cloud makes one where it can."""

    inside_cidrs: list[str] | None = Field(default=None, min_length=1, max_length=4)
    """Link-local /30 of each tunnel, in 169.254.0.0/16; left out means fixed ones by the pair of clouds."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("asn", "peer_asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        return check_asn(value)

    @field_validator("inside_cidrs")
    @classmethod
    def _check_inside_cidrs(cls, value: list[str] | None) -> list[str] | None:
        check_ranges(value, version=4)
        return each_once(value)


class HybridArgs(ComponentArgs):
    """Links to other sites and other clouds."""

    vpns: list[VpnArgs] | None = Field(default=None, min_length=1)
    """VPNs to other sites; left out means none."""

    lines: list[DedicatedLineArgs] | None = Field(default=None, min_length=1)
    """Dedicated lines; left out means none."""

    cross_cloud: list[CrossCloudArgs] | None = Field(default=None, min_length=1)
    """VPNs to networks on other clouds; left out means none."""

    @field_validator("vpns")
    @classmethod
    def _check_vpns(cls, value: list[VpnArgs] | None) -> list[VpnArgs] | None:
        each_once([link.name for link in value or ()], "name")
        return value

    @field_validator("lines")
    @classmethod
    def _check_lines(cls, value: list[DedicatedLineArgs] | None) -> list[DedicatedLineArgs] | None:
        each_once([link.name for link in value or ()], "name")
        return value

    @field_validator("cross_cloud")
    @classmethod
    def _check_cross_cloud(cls, value: list[CrossCloudArgs] | None) -> list[CrossCloudArgs] | None:
        each_once([link.name for link in value or ()], "name")
        return value
