"""The hub of a network: what attaches it, and what its own hub looks like."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addresses import key_of, tier_egress, zones_of_tier
from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.hub import HubArgs, HubKind, OwnHubArgs, segments_of
from platform_lib.components.vpc.arguments.tier import TierArgs, TierEgress
from platform_lib.components.vpc.links.asn import ASN_RULES, check_gateway_asn
from platform_lib.components.vpc.links.proof import check_ranges
from platform_lib.components.vpc.links.segments import Segment, SegmentTable, segment_tables
from platform_lib.core.errors import Finding, near

DEFAULT_SEGMENTS: Final = (Segment("spokes", inner=True),)
"""Segments of a hub of the component's own where none are given."""

CENTER: Final = "center"
EDGE: Final = "edge"
"""The two groups of a hub on Google Cloud whose topology is a star
(https://cloud.google.com/network-connectivity/docs/network-connectivity-center/concepts/connectivity-topologies)."""

_ONLY_ON_AWS: Final = ("tier", "appliance_mode")


@dataclass(frozen=True)
class SpokePlan:
    """A network of another account on a hub of the component's own.

    Attributes:
        name: its key in the arguments.
        segment: which segment it is in.
        accepted: whether its attachment is accepted here.
    """

    name: str
    segment: str
    accepted: bool


@dataclass(frozen=True)
class OwnHubPlan:
    """A hub that the component makes.

    Attributes:
        asn: its number (AWS).
        address_prefix: its own range (Azure); empty elsewhere.
        tables: route tables of its segments.
        is_star: whether its groups are center and edge (GCP).
        shared_with: who else may attach networks.
        flow_logs: whether its traffic is recorded (AWS).
        spokes: networks of other accounts (AWS).
    """

    asn: int
    address_prefix: str
    tables: tuple[SegmentTable, ...]
    is_star: bool
    shared_with: tuple[str, ...]
    flow_logs: bool
    spokes: tuple[SpokePlan, ...] = ()

    def learning_of(self, segment: str) -> tuple[str, ...]:
        """Segments that learn the ranges of networks of a segment."""
        return tuple(table.segment for table in self.tables if segment in table.propagated_from)


@dataclass(frozen=True)
class HubPlan:
    """The hub that a network is attached to.

    Attributes:
        kind: what it is.
        own: where the component makes it; None for one that exists.
        segment: which segment the network is in; empty for none.
        subnets: keys of the subnets that the attachment stands in (AWS), one a zone.
        destinations: ranges behind the hub.
        egress: whether the internet is behind it too.
    """

    kind: HubKind
    own: OwnHubPlan | None
    segment: str
    subnets: tuple[str, ...]
    destinations: tuple[str, ...]
    egress: bool

    @property
    def propagated_to(self) -> tuple[str, ...]:
        """Segments of the own hub that learn this network's ranges."""
        return () if self.own is None else self.own.learning_of(self.segment)


def own_segments(own: OwnHubArgs) -> list[Segment]:
    """The segments of a hub of the component's own, with the default filled in."""
    return segments_of(own.segments) if own.segments else list(DEFAULT_SEGMENTS)


def _attachment_tier(hub: HubArgs, tiers: list[TierArgs]) -> TierArgs | None:
    if hub.tier is not None:
        return next((tier for tier in tiers if tier.name == hub.tier), None)
    return next((tier for tier in tiers if tier.role is TierRole.HUB), None)


def check_hub(args: VpcArgs, tiers: list[TierArgs], zones: tuple[str, ...]) -> list[Finding]:
    """What is wrong with the hub, beside names of tiers that there are not."""
    hub = args.hub
    if hub is None:
        return []
    findings = [*_check_cloud(args, hub)]
    if hub.own is not None:
        findings += _check_own(args, hub, hub.own, tiers)
    elif hub.segment is not None and (args.on is Cloud.AZURE or (args.on is Cloud.AWS and hub.kind is HubKind.TRANSIT)):
        findings.append(Finding("hub.segment", "is not used with this hub", "its owner decides, leave it out"))
    if args.on is Cloud.AWS and (hub.tier is None or hub.tier in {tier.name for tier in tiers}):
        findings += _check_attachment(args, hub, tiers, zones)
    return findings


def _check_cloud(args: VpcArgs, hub: HubArgs) -> Iterator[Finding]:
    """Fields that only one cloud, or only one kind of hub, has a meaning for."""
    if args.on is not Cloud.AWS:
        for name in _ONLY_ON_AWS:
            if getattr(hub, name) is not None:
                yield Finding(f"hub.{name}", f"is not used on {args.on}", "leave it out")
    elif hub.next_hop is not None:
        yield Finding("hub.next_hop", "is not used on aws, where the hub itself is the next hop", "leave it out")
    if hub.remote_gateways is not None and hub.kind is not HubKind.PEERING:
        yield Finding("hub.remote_gateways", "is used for the kind 'peering' only", "leave it out")
    if args.on is Cloud.GCP or hub.kind is not HubKind.TRANSIT:
        remedy = "leave it out" if hub.kind is HubKind.PEERING else "name a segment"
        for name in ("route_table_id", "propagate_to"):
            if getattr(hub, name) is not None:
                yield Finding(f"hub.{name}", "is not used with this hub, which has no tables to name", remedy)
    if args.on is Cloud.GCP and args.egress is Egress.HUB:
        for tier in args.tiers or ():
            if tier.role is TierRole.PUBLIC:
                problem = "cannot be the hub beside a public tier on gcp, where a default route holds for all tiers"
                yield Finding("egress", f"{problem}, got {tier.name!r}", "leave the public tier out")
    through_address = args.on is Cloud.GCP or (args.on is Cloud.AZURE and hub.kind is HubKind.PEERING)
    if args.egress is Egress.HUB and through_address and hub.next_hop is None:
        what = "the private address of the hub's firewall" if args.on is Cloud.AZURE else "its load balancer's rule"
        yield Finding("hub.next_hop", f"is required for egress through the hub on {args.on}", f"give {what}")


def _check_own(args: VpcArgs, hub: HubArgs, own: OwnHubArgs, tiers: list[TierArgs]) -> Iterator[Finding]:
    segments = own_segments(own)
    names = [segment.name for segment in segments]
    if hub.segment is not None and hub.segment not in names:
        remedy = near(hub.segment, names) or f"the hub has {', '.join(names)}"
        yield Finding("hub.segment", f"is not a segment of the hub, got {hub.segment!r}", remedy)
    for name, spoke in (own.spokes or {}).items():
        if args.on is not Cloud.AWS:
            yield Finding(f"hub.own.spokes.{name}", f"is not used on {args.on}", "leave it out")
        elif spoke.segment not in names:
            remedy = near(spoke.segment, names) or f"the hub has {', '.join(names)}"
            problem = f"is not a segment of the hub, got {spoke.segment!r}"
            yield Finding(f"hub.own.spokes.{name}.segment", problem, remedy)
    if own.asn is not None:
        if args.on is Cloud.AWS:
            yield from check_gateway_asn(own.asn, Cloud.AWS, "hub.own.asn")
        else:
            yield Finding("hub.own.asn", f"is not used on {args.on}", "leave it out")
    if args.on is Cloud.AZURE and own.address_prefix is None:
        yield Finding("hub.own.address_prefix", "is required on azure", "give a /24 that no network has")
    if args.on is not Cloud.AZURE and own.address_prefix is not None:
        yield Finding("hub.own.address_prefix", f"is not used on {args.on}", "leave it out")
    if args.on is Cloud.AZURE and own.address_prefix is not None and args.cidr is not None:
        secondary = () if args.address is None else args.address.secondary or ()
        yield from check_ranges({"cidr": [args.cidr, *secondary], "hub.own.address_prefix": [own.address_prefix]})
    if args.on is not Cloud.AWS and own.flow_logs is not None:
        yield Finding("hub.own.flow_logs", f"is not used on {args.on}, whose hubs have none", "leave it out")
    if args.on is Cloud.GCP and not (_is_mesh(segments) or is_star(segments)):
        problem = "must be one with inner, or center and edge, where edge talks to center and not to itself, on gcp"
        yield Finding("hub.own.segments", problem, "make a hub of its own for what must stay apart")
    out = [segment.name for segment in segments if segment.egress]
    if out and args.on is not Cloud.AWS:
        path = f"hub.own.segments.{out[0]}.egress"
        yield Finding(path, f"is not done on {args.on}", "give the networks a next hop, see hub.next_hop")
    elif out:
        yield from _check_way_out(args, hub, tiers, out[0])


def _check_way_out(args: VpcArgs, hub: HubArgs, tiers: list[TierArgs], segment: str) -> Iterator[Finding]:
    """For others to reach the internet through this network, traffic needs a way there and answers one back.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html
    """
    path = f"hub.own.segments.{segment}.egress"
    egress = args.egress or Egress.NONE
    if egress in (Egress.NONE, Egress.HUB):
        yield Finding(path, f"needs a way to the internet in this network, got egress {egress.value!r}", "set egress")
        return
    tier = _attachment_tier(hub, tiers)
    if tier is not None and tier_egress(tier, egress) is not TierEgress.NAT:
        yield Finding(path, f"needs the tier {tier.name!r} to reach the NAT gateway", "set its egress to 'nat'")
    public = [one.name for one in tiers if one.role is TierRole.PUBLIC]
    if public and not set(public) & set(hub.routed_tiers or ()):
        problem = "needs routes back to the segments where the NAT gateways stand"
        yield Finding(path, problem, f"name {public[0]!r} in hub.routed_tiers, and the ranges in hub.destinations")


def _check_attachment(args: VpcArgs, hub: HubArgs, tiers: list[TierArgs], zones: tuple[str, ...]) -> Iterator[Finding]:
    """An attachment serves only the zones that it stands in.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    tier = _attachment_tier(hub, tiers)
    if tier is None:
        yield Finding("hub.tier", "needs subnets for the attachment", "add a tier with the role 'hub', or name one")
        return
    routed = [one for one in tiers if one.role is not TierRole.HUB and _uses_hub(args, hub, one)]
    missing = {zone for one in routed for zone in zones_of_tier(one, zones)} - set(zones_of_tier(tier, zones))
    for zone in sorted(missing):
        yield Finding(
            "hub.tier", f"has no subnet in {zone}, whose traffic the hub would drop", f"add it to {tier.name!r}"
        )


def _uses_hub(args: VpcArgs, hub: HubArgs, tier: TierArgs) -> bool:
    if tier_egress(tier, args.egress or Egress.NONE) is TierEgress.HUB:
        return True
    return bool(hub.destinations) and tier.name in routed_tiers(tier_names=hub.routed_tiers, tiers=[tier])


def routed_tiers(*, tier_names: list[str] | None, tiers: list[TierArgs]) -> list[str]:
    """Tiers that have routes to what lies behind hubs and links: those named, else all that are not public or hub."""
    inward = (TierRole.PRIVATE, TierRole.PODS, TierRole.ISOLATED)
    return [tier.name for tier in tiers if (tier.role in inward if tier_names is None else tier.name in tier_names)]


def _is_mesh(segments: list[Segment]) -> bool:
    return len(segments) == 1 and segments[0].inner


def is_star(segments: list[Segment]) -> bool:
    """Whether the segments are those of a star on Google Cloud."""
    by_name = {segment.name: segment for segment in segments}
    if set(by_name) != {CENTER, EDGE} or by_name[EDGE].inner:
        return False
    return EDGE in by_name[CENTER].talks_to or CENTER in by_name[EDGE].talks_to


def plan_hub(args: VpcArgs, tiers: list[TierArgs], zones: tuple[str, ...]) -> HubPlan | None:
    """The hub; None where there is none. The arguments have no findings."""
    hub = args.hub
    if hub is None:
        return None
    own, segment = None, hub.segment or ""
    if hub.own is not None:
        segments = own_segments(hub.own)
        segment = hub.segment or segments[0].name
        own = OwnHubPlan(
            asn=ASN_RULES[Cloud.AWS].default if hub.own.asn is None else hub.own.asn,
            address_prefix=hub.own.address_prefix or "",
            tables=segment_tables(segments),
            is_star=is_star(segments),
            shared_with=tuple(hub.own.share_with or ()),
            flow_logs=args.on is Cloud.AWS and hub.own.flow_logs is not False,
            spokes=tuple(
                SpokePlan(name, spoke.segment, spoke.accept is not False)
                for name, spoke in (hub.own.spokes or {}).items()
            ),
        )
    tier = _attachment_tier(hub, tiers) if args.on is Cloud.AWS else None
    egress = args.egress is Egress.HUB or any(tier.egress is TierEgress.HUB for tier in tiers)
    return HubPlan(
        kind=hub.kind,
        own=own,
        segment=segment,
        subnets=() if tier is None else tuple(key_of(tier.name, zone) for zone in zones_of_tier(tier, zones)),
        destinations=tuple(hub.destinations or ()),
        egress=egress,
    )
