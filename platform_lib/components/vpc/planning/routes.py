"""Egress and routes: which NAT gateways there are, and where the traffic of each tier goes."""

from platform_lib.components.vpc.addresses import asked_ipv6, key_of, tier_egress, zones_of_tier
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.addressing.limits import LIMITS, Cloud
from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.address import Ipv6Source
from platform_lib.components.vpc.arguments.tier import TierArgs, TierEgress
from platform_lib.components.vpc.planning.hub import routed_tiers
from platform_lib.components.vpc.planning.hybrid import ranges_behind_hub
from platform_lib.components.vpc.planning.model import EGRESS_ONLY, HUB, INTERNET, NatPlan, RouteTablePlan
from platform_lib.core.errors import Finding, near

ROUTED_INWARD = (TierRole.PRIVATE, TierRole.PODS)
"""Roles whose tiers reach the internet where the network has egress."""


def check_egress(args: VpcArgs, tiers: list[TierArgs], zones: tuple[str, ...]) -> list[Finding]:
    """What is wrong with the ways out of the network and of its tiers."""
    egress = args.egress or Egress.NONE
    findings = [*_check_tier_egress(args, egress, tiers)]
    if egress is Egress.HUB and args.hub is None:
        findings.append(Finding("egress", "needs a hub, got 'hub' without one", "describe it under hub"))
    public = [tier.name for tier in tiers if tier.role is TierRole.PUBLIC]
    if args.nat_tier is not None and args.nat_tier not in public:
        remedy = near(args.nat_tier, public) or f"name one of {', '.join(public) or 'your public tiers'}"
        return [*findings, Finding("nat_tier", f"is not a public tier of the network, got {args.nat_tier!r}", remedy)]
    if egress not in (Egress.SINGLE, Egress.PER_ZONE) or not LIMITS[args.on].zonal_subnets:
        return findings
    stands_in = nat_tier(args, tiers)
    if stands_in is None:
        problem = f"needs a public tier for its NAT gateways, got {egress.value!r}"
        return [*findings, Finding("egress", problem, "add a tier with the role 'public', or use 'none'")]
    if egress is Egress.PER_ZONE:
        through = [tier for tier in tiers if tier_egress(tier, egress) is TierEgress.NAT]
        needed = {zone for tier in through for zone in zones_of_tier(tier, zones)}
        remedy = f"add the zone to the tier {stands_in.name!r}, or use 'single'"
        findings += [
            Finding("egress", f"has no public subnet in {zone} for its NAT gateway", remedy)
            for zone in sorted(needed - set(zones_of_tier(stands_in, zones)))
        ]
    return findings


def _check_tier_egress(args: VpcArgs, egress: Egress, tiers: list[TierArgs]) -> list[Finding]:
    findings = []
    for index, tier in enumerate(tiers):
        path = f"tiers[{index}].egress"
        if tier.egress is TierEgress.NAT and egress in (Egress.NONE, Egress.HUB):
            problem = f"asks for NAT, and the network has none, got 'nat' with egress {egress.value!r}"
            findings.append(Finding(path, problem, "set egress to 'single', 'per-zone' or 'regional'"))
        elif tier.egress is TierEgress.HUB and args.hub is None:
            findings.append(
                Finding(path, "asks for a hub, and the network has none, got 'hub'", "describe it under hub")
            )
        elif tier.egress not in (None, TierEgress.NONE) and tier.role in (TierRole.PUBLIC, TierRole.ISOLATED):
            problem = f"is not for a tier with the role {tier.role.value!r}, got {tier.egress.value!r}"
            findings.append(Finding(path, problem, "leave it out, or make the tier private"))
    return findings


def nat_tier(args: VpcArgs, tiers: list[TierArgs]) -> TierArgs | None:
    """The tier of zonal NAT gateways, which cannot change their subnet: it does not depend on tiers that come later."""
    public = {tier.name: tier for tier in tiers if tier.role is TierRole.PUBLIC}
    return public.get(args.nat_tier or "public") or next(iter(public.values()), None)


def plan_nats(args: VpcArgs, tiers: list[TierArgs], zones: tuple[str, ...]) -> tuple[NatPlan, ...]:
    """The NAT gateways of the network."""
    egress = args.egress or Egress.NONE
    if egress in (Egress.NONE, Egress.HUB):
        return ()
    if egress is Egress.REGIONAL or not LIMITS[args.on].zonal_subnets:
        return (NatPlan(REGIONAL, None),)
    tier = nat_tier(args, tiers)
    if tier is None:
        return ()
    standing = zones_of_tier(tier, zones)
    wanted = standing if egress is Egress.PER_ZONE else standing[:1]
    return tuple(NatPlan(zone, key_of(tier.name, zone)) for zone in wanted)


def route_table_key(tier: TierArgs, zone: str) -> str:
    """Private tiers have a table in each zone, so that going from one NAT gateway to several moves no subnet."""
    return key_of(tier.name, zone) if tier.role in ROUTED_INWARD else tier.name


def plan_routes(
    args: VpcArgs, tiers: list[TierArgs], zones: tuple[str, ...], nats: tuple[NatPlan, ...]
) -> tuple[RouteTablePlan, ...]:
    """The route tables, each with its default route and what lies behind the hub."""
    tables: dict[str, RouteTablePlan] = {}
    for tier in tiers:
        for zone in zones_of_tier(tier, zones):
            key = route_table_key(tier, zone)
            tables.setdefault(
                key,
                RouteTablePlan(
                    key=key,
                    tier=tier.name,
                    role=tier.role,
                    default_route=_default_route(args, tier, zone, nats),
                    hub_routes=_hub_routes(args, tier),
                    ipv6_default=_ipv6_default(args, tier),
                ),
            )
    return tuple(tables.values())


def _default_route(args: VpcArgs, tier: TierArgs, zone: str, nats: tuple[NatPlan, ...]) -> str | None:
    if tier.role is TierRole.PUBLIC:
        return INTERNET
    egress = tier_egress(tier, args.egress or Egress.NONE)
    if egress is TierEgress.HUB:
        return HUB
    if egress is TierEgress.NAT and nats:
        return zone if zone in {nat.zone for nat in nats} else nats[0].zone
    return None


def _hub_routes(args: VpcArgs, tier: TierArgs) -> tuple[str, ...]:
    """Ranges behind the hub: what is said, and the other sides of links that end there."""
    if args.hub is None or tier.name not in routed_tiers(tier_names=args.hub.routed_tiers, tiers=[tier]):
        return ()
    said = [Block.parse(text) for text in args.hub.destinations or ()]
    linked = [text for text in ranges_behind_hub(args) if not any(one.contains(Block.parse(text)) for one in said)]
    return (*map(str, said), *linked)


def _ipv6_default(args: VpcArgs, tier: TierArgs) -> str | None:
    ipv6 = asked_ipv6(args)
    if ipv6 is None:
        return None
    if tier.role is TierRole.PUBLIC:
        return None if args.on is Cloud.GCP and ipv6.source is Ipv6Source.OWN else INTERNET
    return EGRESS_ONLY if ipv6.egress_only and tier.role in ROUTED_INWARD else None
