"""Which zones, tiers and subnets a network has, and where each subnet lies: by the ledger, or by the fixed layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_lib.components.vpc import layout
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import Egress, NetworkIntent, TierIntent, TierRole
from platform_lib.components.vpc.addressing.ledger import resolve
from platform_lib.components.vpc.addressing.limits import LIMITS, Cloud
from platform_lib.components.vpc.addressing.zones import REGIONAL, choose_zones
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.address import AddressArgs, Ipv6Args, Ipv6Source
from platform_lib.components.vpc.arguments.tier import TierArgs, TierEgress
from platform_lib.components.vpc.gaps import settle
from platform_lib.components.vpc.ledger_args import network_id
from platform_lib.components.vpc.region_zones import AWS_REGION_ZONES, ZONES_BY_ACCOUNT
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding, PlanError, near

DEFAULT_ZONE_COUNT = 2
DEFAULT_ZONE_ROOM = 8
DEFAULT_PREFIX_LENGTHS = {
    TierRole.PUBLIC: 24,
    TierRole.PRIVATE: 20,
    TierRole.ISOLATED: 22,
    TierRole.PODS: 18,
    TierRole.HUB: 28,
}
"""Prefix length of a subnet by the role of its tier."""

DEFAULT_TIERS = (TierRole.PUBLIC, TierRole.PRIVATE, TierRole.ISOLATED)
"""The tiers of a network that names none: one of each role, called like it."""

PRIVATE_SERVICES = "private-services"
"""The block kept for managed services of Google Cloud, in the ledger ``private-services/regional``."""

Place = tuple[str, str]
"""Tier and zone id of a subnet; ``regional`` in place of the zone where it spans the region."""


def tiers_of(args: VpcArgs) -> list[TierArgs]:
    """The tiers, in the order of the arguments."""
    return args.tiers or [TierArgs(name=role.value, role=role) for role in DEFAULT_TIERS]


def zones_of(args: VpcArgs, *, subject: str) -> tuple[str, ...]:
    """The zones in the order of the arguments or, for a count, of the region; ``regional`` where subnets span it.

    Raises:
        PlanError: zones that the region does not have, or more than it has.
    """
    if not LIMITS[args.on].zonal_subnets:
        return (REGIONAL,)
    available = AWS_REGION_ZONES.get(args.region)
    if args.zones is None:
        return _counted_zones(args, available, subject)
    if available is not None:
        return choose_zones(args.zones, available, region=args.region, subject=subject)
    findings = []
    for index, zone in enumerate(args.zones):
        try:
            layout.zone_number(zone)
        except ValueError:
            findings.append(Finding(f"zones[{index}]", f"is not a zone id, got {zone!r}", "write it as 'euw1-az1'"))
    if findings:
        raise PlanError(subject, findings)
    return tuple(args.zones)


def _counted_zones(args: VpcArgs, available: tuple[str, ...] | None, subject: str) -> tuple[str, ...]:
    count = args.zone_count or DEFAULT_ZONE_COUNT
    if available is None:
        remedy = near(args.region, AWS_REGION_ZONES) or "name the zones in zones"
        raise PlanError(subject, [Finding("region", f"has no known zones to count, got {args.region!r}", remedy)])
    if args.region in ZONES_BY_ACCOUNT:
        remedy = f"name the zones that your account has in zones, of {', '.join(available)}"
        raise PlanError(
            subject, [Finding("zones", f"must be given in {args.region}, where zones differ by account", remedy)]
        )
    if count > len(available):
        problem = f"is more than {args.region} has, got {count}"
        raise PlanError(subject, [Finding("zone_count", problem, f"use at most {len(available)}")])
    # Zones in use come first, so that a count that grows adds one and never swaps one for another.
    known = {key.partition("/")[2] for key in args.ledger.blocks} if args.ledger is not None else ()
    return choose_zones(count, available, region=args.region, known=known, subject=subject)


def zones_of_tier(tier: TierArgs, zones: tuple[str, ...]) -> tuple[str, ...]:
    """The zones of the network that a tier spans, in the network's order."""
    return zones if tier.zones is None else tuple(zone for zone in zones if zone in tier.zones)


def check_tiers(args: VpcArgs, zones: tuple[str, ...]) -> list[Finding]:
    """What is wrong with the zones and the ranges that tiers name."""
    findings = []
    for index, tier in enumerate(tiers_of(args)):
        for position, zone in enumerate(tier.zones or ()):
            if zone not in zones:
                remedy = near(zone, zones) or f"use some of {', '.join(zones)}"
                problem = f"is not a zone of the network, got {zone!r}"
                findings.append(Finding(f"tiers[{index}].zones[{position}]", problem, remedy))
        own = zones_of_tier(tier, zones)
        path = f"tiers[{index}].cidrs"
        for zone, text in (tier.cidrs or {}).items():
            if zone not in own:
                remedy = near(zone, own) or f"use some of {', '.join(own)}"
                findings.append(Finding(f"{path}.{zone}", f"is not a zone of the tier, got {zone!r}", remedy))
            elif parse_ipv4(text).prefixlen != prefix_length(args, tier):
                problem = f"is not of the tier's size /{prefix_length(args, tier)}, got {text!r}"
                findings.append(Finding(f"{path}.{zone}", problem, "give the tier its prefix_length"))
    return findings


def key_of(tier: str, zone: str) -> str:
    """The key of a subnet among the children: the tier alone where it spans the region."""
    return tier if zone == REGIONAL else f"{tier}-{zone}"


def tier_egress(tier: TierArgs, egress: Egress) -> TierEgress:
    """How a tier reaches the internet: as asked, or as its role and the network's egress say."""
    if tier.egress is not None:
        return tier.egress
    if tier.role not in (TierRole.PRIVATE, TierRole.PODS) or egress is Egress.NONE:
        return TierEgress.NONE
    return TierEgress.HUB if egress is Egress.HUB else TierEgress.NAT


def pods_in_host(args: VpcArgs, tier: TierArgs) -> bool:
    """Whether a pods tier is no subnet of its own but a further range of the machines' one, as on Google Cloud."""
    return args.on is Cloud.GCP and tier.role is TierRole.PODS


def hosts_pods(args: VpcArgs, tier: TierArgs) -> str | None:
    """The tier of the machines that the pods of a tier run on; None where there is none."""
    if tier.pods_of is not None:
        return tier.pods_of
    return next((one.name for one in tiers_of(args) if one.role is TierRole.PRIVATE), None)


def asked_ipv6(args: VpcArgs) -> Ipv6Args | None:
    """The IPv6 that a network asks for; None where it is off."""
    ipv6 = None if args.address is None else args.address.ipv6
    return None if ipv6 is None or ipv6.source is Ipv6Source.OFF else ipv6


def ipv6_prefix_length(args: VpcArgs, asked: Ipv6Args) -> int:
    """The size of the network's IPv6 range.

    Amazon assigns a /56 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html), Google a /48
    (https://cloud.google.com/vpc/docs/subnets#ipv6-ranges).
    """
    if asked.prefix_length is not None:
        return asked.prefix_length
    if asked.cidr is not None:
        return Block.parse(asked.cidr).prefix_length
    return 56 if args.on is Cloud.AWS else 48


def network_intent(name: str, args: VpcArgs, *, subject: str) -> NetworkIntent:
    """What the arguments ask for as far as addresses go: what the address ledger is planned from.

    Args:
        name: of the component.
        args: its arguments, of which what the cloud gives counts; their ledger, if any, only says which zones are in
            use.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: the cloud cannot give what is asked, the zones cannot be chosen, or a tier names zones or ranges that
            do not fit.
    """
    args = settle(args, subject=subject)[0]
    zones, egress = zones_of(args, subject=subject), args.egress or Egress.NONE
    if findings := check_tiers(args, zones):
        raise PlanError(subject, findings)
    address = args.address or AddressArgs()
    ipv6 = asked_ipv6(args)
    return NetworkIntent(
        id=network_id(name, args.context, args.region, args.on),
        tiers=tuple(
            TierIntent(
                name=tier.name,
                role=tier.role,
                prefix_length=prefix_length(args, tier),
                zones=None if tier.zones is None else tuple(tier.zones),
                cidrs=tier.cidrs or {},
                secondary=secondary_lengths(args, tier),
                nat=tier_egress(tier, egress) is TierEgress.NAT,
            )
            for tier in tiers_of(args)
        ),
        ranges=() if args.cidr is None else (args.cidr, *(address.secondary or ())),
        pool=address.pool,
        prefix_length=address.prefix_length,
        zones=zones if LIMITS[args.on].zonal_subnets else (),
        egress=egress,
        ipv6_prefix_length=None if ipv6 is None else ipv6_prefix_length(args, ipv6),
        public_ranges_allowed=bool(args.public_ranges_allowed),
        reserved=reserved_lengths(args),
    )


def secondary_lengths(args: VpcArgs, tier: TierArgs) -> Mapping[str, int]:
    """Name to size of the further ranges of a tier's subnets, which only Google Cloud has."""
    if args.on is not Cloud.GCP or tier.gcp is None:
        return {}
    return tier.gcp.secondary_ranges or {}


def reserved_lengths(args: VpcArgs) -> Mapping[str, int]:
    """Name to size of the blocks that are kept beside the tiers."""
    if args.on is not Cloud.GCP or args.gcp is None or args.gcp.private_services_prefix_length is None:
        return {}
    return {PRIVATE_SERVICES: args.gcp.private_services_prefix_length}


@dataclass(frozen=True)
class Addresses:
    """Where everything lies.

    Attributes:
        ranges: IPv4 ranges of the network, its own first.
        subnets: range of every subnet.
        secondary: further ranges of a subnet, by name.
        ipv6_numbers: number of the /64 of every subnet; empty without IPv6.
        reserved: blocks kept beside the tiers, by name.
    """

    ranges: tuple[str, ...]
    subnets: Mapping[Place, str]
    secondary: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)
    ipv6_numbers: Mapping[Place, int] = field(default_factory=dict)
    reserved: Mapping[str, str] = field(default_factory=dict)


def place_addresses(name: str, args: VpcArgs, zones: tuple[str, ...], *, subject: str) -> Addresses:
    """Where everything lies: as the ledger says where one is given, else by the fixed layout.

    Raises:
        PlanError: the ledger lacks a subnet, belongs to another network or contradicts the arguments; or the network is
            too small for the layout.
    """
    if args.ledger is None:
        return Addresses((_cidr(args),), _laid_out(args, zones, subject))
    found = resolve(network_intent(name, args, subject=subject), args.ledger.entry, subject=subject)
    places = [(tier, zone) for tier in tiers_of(args) for zone in zones_of_tier(tier, zones)]
    return Addresses(
        ranges=tuple(map(str, found.ranges)),
        subnets={(tier.name, zone): str(found.blocks[f"{tier.name}/{zone}"]) for tier, zone in places},
        secondary={
            (tier.name, zone): {
                one: str(found.blocks[f"{tier.name}/{zone}/{one}"]) for one in sorted(secondary_lengths(args, tier))
            }
            for tier, zone in places
        },
        ipv6_numbers={
            (tier.name, zone): found.ipv6_numbers[f"{tier.name}/{zone}"] for tier, zone in places if found.ipv6_numbers
        },
        reserved={one: str(found.blocks[f"{one}/{REGIONAL}"]) for one in reserved_lengths(args)},
    )


def _cidr(args: VpcArgs) -> str:
    assert args.cidr is not None  # noqa: S101 - a pool is refused without a ledger
    return args.cidr


def _room(args: VpcArgs) -> int:
    return args.zone_room or (DEFAULT_ZONE_ROOM if LIMITS[args.on].zonal_subnets else 1)


def _laid_out(args: VpcArgs, zones: tuple[str, ...], subject: str) -> Mapping[Place, str]:
    room = _room(args)
    lengths = {tier.name: prefix_length(args, tier) for tier in tiers_of(args)}
    blocks = layout.tier_blocks(parse_ipv4(_cidr(args)), lengths, room)
    if blocks is None:
        asked = ", ".join(f"{name} /{length}" for name, length in lengths.items())
        smallest = layout.smallest_network(list(lengths.values()), room)
        remedy = (
            f"use a /{smallest}" if smallest else "no network holds them: use smaller tiers, or a smaller zone_room"
        )
        places = f"{layout.places(room)} zones of " if LIMITS[args.on].zonal_subnets else ""
        problem = f"is too small for {places}{asked}, got {args.cidr!r}"
        raise PlanError(subject, [Finding("cidr", problem, remedy)])
    return {
        (tier.name, zone): str(layout.subnet_of(blocks[tier.name], lengths[tier.name], zone))
        for tier in tiers_of(args)
        for zone in zones_of_tier(tier, zones)
    }


def prefix_length(args: VpcArgs, tier: TierArgs) -> int:
    """The size of a tier's subnets: as asked, or by its role.

    An attachment of a transit gateway does with a /28
    (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html), a gateway subnet of Azure is a /27 or
    larger (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub).
    """
    if tier.prefix_length is not None:
        return tier.prefix_length
    if tier.role is TierRole.HUB and args.on is Cloud.AZURE:
        return 27
    return DEFAULT_PREFIX_LENGTHS[tier.role]


def check_layout(args: VpcArgs, zones: tuple[str, ...]) -> list[Finding]:
    """What is wrong with arguments that only one of the two has: room for zones the layout, own ranges the ledger."""
    if args.ledger is not None:
        if args.zone_room is None:
            return []
        return [Finding("zone_room", f"is not used with a ledger, got {args.zone_room}", "leave it out")]
    findings = [
        Finding(path, "are used with a ledger only", "give ledger, or leave them out") for path in _needs_ledger(args)
    ]
    if not LIMITS[args.on].zonal_subnets:
        return findings
    room = layout.places(_room(args))
    needed = max(layout.zone_number(zone) for zone in zones)
    if needed > room:
        outside = ", ".join(zone for zone in zones if layout.zone_number(zone) > room)
        findings.append(Finding("zone_room", f"leaves no room for {outside}, got {room}", f"use {needed}"))
    return findings


def _needs_ledger(args: VpcArgs) -> list[str]:
    """Arguments whose addresses the fixed layout does not know."""
    paths = [f"tiers[{index}].cidrs" for index, tier in enumerate(tiers_of(args)) if tier.cidrs]
    paths += [
        f"tiers[{index}].gcp.secondary_ranges"
        for index, tier in enumerate(tiers_of(args))
        if secondary_lengths(args, tier)
    ]
    address = args.address or AddressArgs()
    asked = {
        "address.pool": address.pool is not None,
        "address.secondary": bool(address.secondary),
        "address.ipv6": asked_ipv6(args) is not None,
        "gcp.private_services_prefix_length": bool(reserved_lengths(args)),
    }
    return [*paths, *(path for path, given in asked.items() if given)]
