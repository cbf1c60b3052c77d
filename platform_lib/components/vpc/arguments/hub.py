"""The hub that a network is connected to, or that it is itself."""

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.arguments.checks import check_ranges
from platform_lib.components.vpc.links.asn import check_asn
from platform_lib.components.vpc.links.segments import HubKind, Segment, check_segments
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError, SeveralFieldsError

__all__ = ["HubArgs", "HubKind", "OwnHubArgs", "SegmentArgs", "SpokeArgs"]


class SegmentArgs(ComponentArgs):
    """Networks of one kind on a hub, which share a route table of it."""

    talks_to: list[str] | None = Field(default=None, min_length=1)
    """Other segments whose networks exchange traffic with those of this one; said on one side it holds for both. Left
    out means none."""

    inner: bool | None = None
    """Whether the networks of the segment exchange traffic with each other; left out means false."""

    egress: bool | None = None
    """Whether its networks reach the internet through this network, where the hub is on AWS: all that no other route
    is for goes here, and what is for private ranges that no route is for is dropped. Left out means false."""

    @field_validator("talks_to")
    @classmethod
    def _check_talks_to(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)


class SpokeArgs(ComponentArgs):
    """A network of another account that is attached to the hub; its own account cannot put it into the hub's tables."""

    attachment_id: Input[str]
    """Id of its attachment (``hub_attachment_id`` of its ``VpcComponent``)."""

    segment: str
    """Segment that it is in."""

    accept: bool | None = None
    """Whether the attachment is accepted here; left out means true. False is for one of this account, which needs no
    consent."""


class OwnHubArgs(ComponentArgs):
    """A hub that the component makes."""

    asn: int | None = None
    """Number of a transit gateway as an autonomous system on AWS, private by RFC 6996; left out means 64512."""

    address_prefix: str | None = None
    """Range of a Virtual WAN hub on Azure, /24 or larger, which no network has; without meaning elsewhere."""

    segments: dict[str, SegmentArgs] | None = Field(default=None, min_length=1)
    """Its segments by name, each with a route table of its own; none is a default for attachments, and what no segment
    allows has no route. This network is in the one that ``hub.segment`` names. Left out means one, called ``spokes``,
    whose networks exchange traffic with each other. A hub on Google Cloud knows two kinds only: one segment with
    ``inner``, or ``center`` and ``edge``, where ``edge`` talks to ``center`` and not to itself."""

    spokes: dict[str, SpokeArgs] | None = Field(default=None, min_length=1)
    """Networks of other accounts by a name of your choice (AWS), which are accepted and put into the tables of their
    segments; left out means none."""

    share_with: list[str] | None = Field(default=None, min_length=1)
    """Who else may attach networks: account ids, organisation or unit ARNs on AWS, ids of projects on Google Cloud, on
    Azure ids of principals that may connect networks to the hub."""

    share_outside_organization: bool | None = None
    """Whether ``share_with`` may name accounts outside the organisation (AWS); left out means false."""

    flow_logs: bool | None = None
    """Whether traffic over a transit gateway is recorded, where the flow logs of the network go; left out means
    true."""

    @field_validator("asn")
    @classmethod
    def _check_asn(cls, value: int | None) -> int | None:
        if value is not None and (findings := check_asn(value)):
            raise SeveralFieldsError(findings)
        return value

    @field_validator("address_prefix")
    @classmethod
    def _check_address_prefix(cls, value: str | None) -> str | None:
        if value is not None:
            check_ranges([value], version=4)
        return value

    @field_validator("segments")
    @classmethod
    def _check_segments(cls, value: dict[str, SegmentArgs] | None) -> dict[str, SegmentArgs] | None:
        for name in value or {}:
            try:
                check_name(name)
            except FieldError as error:
                raise FieldError(error.problem, error.remedy, path=name) from None
        if findings := check_segments(segments_of(value or {}), path=""):
            raise SeveralFieldsError(findings)
        return value

    @field_validator("spokes")
    @classmethod
    def _check_spokes(cls, value: dict[str, SpokeArgs] | None) -> dict[str, SpokeArgs] | None:
        for name in value or {}:
            try:
                check_name(name)
            except FieldError as error:
                raise FieldError(error.problem, error.remedy, path=name) from None
        return value

    @field_validator("share_with")
    @classmethod
    def _check_share_with(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)


def segments_of(segments: dict[str, SegmentArgs]) -> list[Segment]:
    """The segments as the planner takes them."""
    return [
        Segment(name, tuple(one.talks_to or ()), bool(one.inner), bool(one.egress)) for name, one in segments.items()
    ]


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
    """IPv4 ranges reached through the hub, in CIDR notation, from private, pods and isolated tiers; with ``egress`` of
    ``hub`` the internet is one too. Left out means none beside that."""

    routed_tiers: list[str] | None = Field(default=None, min_length=1)
    """Tiers with routes to ``destinations``; left out means all private, pods and isolated ones."""

    route_table_id: Input[str] | None = None
    """Route table of an existing hub that the attachment is associated with; left out means none, so that the hub's
    owner decides."""

    propagate_to: dict[str, Input[str]] | None = None
    """Route tables of an existing hub that learn the network's ranges, by a name of your choice."""

    segment: str | None = None
    """Segment that the network is in: of the hub of its own (left out means the first one), of a Cloud WAN, which the
    attachment's tag ``segment`` asks for (left out means none), or of a hub on Google Cloud, ``center`` or ``edge``
    (left out means its default group)."""

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
        check_ranges(value, version=4)
        return each_once(value)

    @model_validator(mode="after")
    def _check_which(self) -> "HubArgs":
        if (self.id is None) == (self.own is None):
            raise FieldError("must be one that exists or one of its own", "give either id or own")
        if self.own is not None and self.kind is not HubKind.TRANSIT:
            raise FieldError("is made for the kind 'transit' only", "give the id of one that exists", path="own")
        if self.own is not None:
            for name in ("route_table_id", "propagate_to"):
                if getattr(self, name) is not None:
                    raise FieldError("is for a hub that exists", "its segments decide, leave it out", path=name)
        return self
