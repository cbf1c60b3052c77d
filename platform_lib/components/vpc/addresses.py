"""Which zones, tiers and subnets a network has, and where each subnet lies: by the ledger, or by the fixed layout."""

from collections.abc import Mapping

from platform_lib.components.vpc import layout
from platform_lib.components.vpc.addressing.intent import Egress, NetworkIntent, TierIntent, TierRole
from platform_lib.components.vpc.addressing.ledger import resolve
from platform_lib.components.vpc.addressing.zones import choose_zones
from platform_lib.components.vpc.args import TierArgs, VpcArgs
from platform_lib.components.vpc.ledger_args import network_id
from platform_lib.components.vpc.region_zones import AWS_REGION_ZONES, ZONES_BY_ACCOUNT
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding, PlanError, near

DEFAULT_ZONE_COUNT = 2
DEFAULT_ZONE_ROOM = 8
DEFAULT_PREFIX_LENGTHS = {TierRole.PUBLIC: 24, TierRole.PRIVATE: 20, TierRole.ISOLATED: 22}
"""Prefix length of a subnet by the role of its tier; a network that names no tiers has one of each."""

Place = tuple[str, str]
"""Tier and zone id of a subnet."""


def tiers_of(args: VpcArgs) -> list[TierArgs]:
    """The tiers, in the order of the arguments."""
    return args.tiers or [TierArgs(name=role.value, role=role) for role in DEFAULT_PREFIX_LENGTHS]


def zones_of(args: VpcArgs, *, subject: str) -> tuple[str, ...]:
    """The zones, in the order of the arguments or, for a count, of the region.

    Raises:
        PlanError: zones that the region does not have, or more than it has.
    """
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
            elif parse_ipv4(text).prefixlen != prefix_length(tier):
                problem = f"is not of the tier's size /{prefix_length(tier)}, got {text!r}"
                findings.append(Finding(f"{path}.{zone}", problem, "give the tier its prefix_length"))
    return findings


def network_intent(name: str, args: VpcArgs, *, subject: str) -> NetworkIntent:
    """What the arguments ask for as far as addresses go: what the address ledger is planned from.

    Args:
        name: of the component.
        args: its arguments; their ledger, if any, only says which zones are in use.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: the zones cannot be chosen, or a tier names zones or ranges that do not fit.
    """
    zones, egress = zones_of(args, subject=subject), args.egress or Egress.NONE
    if findings := check_tiers(args, zones):
        raise PlanError(subject, findings)
    return NetworkIntent(
        id=network_id(name, args.context, args.region),
        tiers=tuple(
            TierIntent(
                name=tier.name,
                role=tier.role,
                prefix_length=prefix_length(tier),
                zones=None if tier.zones is None else tuple(tier.zones),
                cidrs=tier.cidrs or {},
                nat=tier.role is TierRole.PRIVATE and egress is not Egress.NONE,
            )
            for tier in tiers_of(args)
        ),
        ranges=(args.cidr,),
        zones=zones,
        egress=egress,
        public_ranges_allowed=bool(args.public_ranges_allowed),
    )


def subnet_ranges(name: str, args: VpcArgs, zones: tuple[str, ...], *, subject: str) -> Mapping[Place, str]:
    """The range of every subnet: that of the ledger where one is given, else that of the fixed layout.

    Raises:
        PlanError: the ledger lacks a subnet, belongs to another network or contradicts the arguments; or the network is
            too small for the layout.
    """
    if args.ledger is None:
        return _laid_out(args, zones, subject)
    found = resolve(network_intent(name, args, subject=subject), args.ledger.entry, subject=subject)
    return {
        (tier.name, zone): str(found.blocks[f"{tier.name}/{zone}"])
        for tier in tiers_of(args)
        for zone in zones_of_tier(tier, zones)
    }


def _laid_out(args: VpcArgs, zones: tuple[str, ...], subject: str) -> Mapping[Place, str]:
    room = args.zone_room or DEFAULT_ZONE_ROOM
    lengths = {tier.name: prefix_length(tier) for tier in tiers_of(args)}
    blocks = layout.tier_blocks(parse_ipv4(args.cidr), lengths, room)
    if blocks is None:
        asked = ", ".join(f"{name} /{length}" for name, length in lengths.items())
        smallest = layout.smallest_network(list(lengths.values()), room)
        remedy = (
            f"use a /{smallest}" if smallest else "no network holds them: use smaller tiers, or a smaller zone_room"
        )
        problem = f"is too small for {layout.places(room)} zones of {asked}, got {args.cidr!r}"
        raise PlanError(subject, [Finding("cidr", problem, remedy)])
    return {
        (tier.name, zone): str(layout.subnet_of(blocks[tier.name], lengths[tier.name], zone))
        for tier in tiers_of(args)
        for zone in zones_of_tier(tier, zones)
    }


def prefix_length(tier: TierArgs) -> int:
    """The size of a tier's subnets: as asked, or by its role."""
    return tier.prefix_length if tier.prefix_length is not None else DEFAULT_PREFIX_LENGTHS[tier.role]


def check_layout(args: VpcArgs, zones: tuple[str, ...]) -> list[Finding]:
    """What is wrong with arguments that only one of the two has: room for zones the layout, own ranges the ledger."""
    if args.ledger is not None:
        if args.zone_room is None:
            return []
        return [Finding("zone_room", f"is not used with a ledger, got {args.zone_room}", "leave it out")]
    findings = [
        Finding(f"tiers[{index}].cidrs", "are used with a ledger only", "give ledger, or leave them out")
        for index, tier in enumerate(tiers_of(args))
        if tier.cidrs
    ]
    room = layout.places(args.zone_room or DEFAULT_ZONE_ROOM)
    needed = max(layout.zone_number(zone) for zone in zones)
    if needed > room:
        outside = ", ".join(zone for zone in zones if layout.zone_number(zone) > room)
        findings.append(Finding("zone_room", f"leaves no room for {outside}, got {room}", f"use {needed}"))
    return findings
