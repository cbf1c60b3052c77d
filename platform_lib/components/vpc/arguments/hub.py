"""The hub that a network is connected to, or that it is itself."""

from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.arguments.checks import check_asn, check_name, check_ranges, each_once
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError


class HubKind(StrEnum):
    """What kind of hub.

    ``transit`` is a transit gateway on AWS, a Virtual WAN hub on Azure, a Network Connectivity Center hub on GCP.
    """

    TRANSIT = "transit"
    CLOUD_WAN = "cloud-wan"
    PEERING = "peering"


class OwnHubArgs(ComponentArgs):
    """A hub that the component makes."""

    asn: int | None = None
    """Its number as an autonomous system, private by RFC 6996; left out means the cloud's default."""

    address_prefix: str | None = None
    """Range of a Virtual WAN hub on Azure, /24 or larger, which no network has; without meaning elsewhere."""

    route_tables: list[str] | None = Field(default=None, min_length=1)
    """Names of its route tables, the first being that of this network; none is a default for attachments. Left out
    means one called ``spokes``."""

    share_with: list[str] | None = Field(default=None, min_length=1)
    """Who else may attach networks: account ids, organisation or unit ARNs on AWS, project numbers on GCP."""

    flow_logs: bool | None = None
    """Whether traffic over a transit gateway is recorded, where the flow logs of the network go; left out means
    true."""

    @field_validator("asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        return check_asn(value)

    @field_validator("address_prefix")
    @classmethod
    def _check_address_prefix(cls, value: str | None) -> str | None:
        if value is not None:
            check_ranges([value], version=4)
        return value

    @field_validator("route_tables")
    @classmethod
    def _check_route_tables(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            check_name(name)
        return each_once(value)


class HubArgs(ComponentArgs):
    """The hub of the network: one that exists (``id``), or one of its own (``own``)."""

    kind: HubKind
    """What kind of hub."""

    id: Input[str] | None = None
    """The hub that the network is attached to: a transit gateway or core network (AWS), a virtual hub or VNet (Azure),
    a Network Connectivity Center hub or network (GCP)."""

    own: OwnHubArgs | None = None
    """A hub of the component's own, to which the network is attached."""

    tier: str | None = None
    """Tier whose subnets hold the attachment on AWS; left out means the first one with the role ``hub``."""

    destinations: list[str] | None = Field(default=None, min_length=1)
    """Ranges reached through the hub, in CIDR notation, from private, pods and isolated tiers; with ``egress`` of
    ``hub`` the internet is one too. Left out means none beside that."""

    routed_tiers: list[str] | None = Field(default=None, min_length=1)
    """Tiers with routes to ``destinations``; left out means all private, pods and isolated ones."""

    route_table_id: Input[str] | None = None
    """Route table of an existing hub that the attachment is associated with; left out means none, so that the hub's
    owner decides."""

    propagate_to: dict[str, Input[str]] | None = None
    """Route tables of an existing hub that learn the network's ranges, by a name of your choice."""

    segment: str | None = None
    """Segment of a Cloud WAN, which the attachment's tag asks for."""

    next_hop: Input[str] | None = None
    """Where traffic to the internet goes on Azure and GCP: the private address of the hub's firewall, or its internal
    load balancer's forwarding rule; AWS takes the hub itself."""

    appliance_mode: bool | None = None
    """Whether a transit gateway keeps both ways of a connection in one zone, for firewalls that keep state; left out
    means false."""

    remote_gateways: bool | None = None
    """Whether a peered network uses the gateways of the hub network on Azure, or its custom routes on GCP; left out
    means true."""

    @field_validator("destinations")
    @classmethod
    def _check_destinations(cls, value: list[str] | None) -> list[str] | None:
        check_ranges(value)
        return each_once(value)

    @model_validator(mode="after")
    def _check_which(self) -> "HubArgs":
        if (self.id is None) == (self.own is None):
            raise FieldError("must be one that exists or one of its own", "give either id or own")
        if self.own is not None and self.kind is not HubKind.TRANSIT:
            raise FieldError("is made for the kind 'transit' only", "give the id of one that exists", path="own")
        if self.segment is not None and self.kind is not HubKind.CLOUD_WAN:
            raise FieldError("is used for the kind 'cloud-wan' only", "leave it out", path="segment")
        return self
