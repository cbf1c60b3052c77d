"""What a network consists of, as a pure function of its arguments: no cloud is asked, nothing is left to chance."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from platform_lib.components.vpc.addresses import (
    Addresses,
    asked_ipv6,
    check_layout,
    check_tiers,
    hosts_pods,
    ipv6_prefix_length,
    key_of,
    place_addresses,
    pods_in_host,
    tiers_of,
    zones_of,
    zones_of_tier,
)
from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.addressing.limits import LIMITS, Cloud, check_network_range, check_subnet_prefix
from platform_lib.components.vpc.adopting.reference import is_reference
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.arguments.tier import TierArgs
from platform_lib.components.vpc.aws import checks as aws
from platform_lib.components.vpc.azure import checks as azure
from platform_lib.components.vpc.azure.tiers import belongs_to_service, services_of
from platform_lib.components.vpc.gaps import settle
from platform_lib.components.vpc.gcp import checks as gcp
from platform_lib.components.vpc.planning.beyond_names import automatic_names as link_names
from platform_lib.components.vpc.planning.endpoints import check_endpoints, plan_endpoints
from platform_lib.components.vpc.planning.filters import check_filters, plan_filters
from platform_lib.components.vpc.planning.flow_logs import check_flow_logs, plan_flow_log
from platform_lib.components.vpc.planning.hub import check_hub, plan_hub
from platform_lib.components.vpc.planning.hybrid import plan_hybrid
from platform_lib.components.vpc.planning.hybrid_checks import check_hybrid
from platform_lib.components.vpc.planning.model import FilterPlan, FlowLogPlan, Ipv6Plan, SubnetPlan, VpcPlan
from platform_lib.components.vpc.planning.routes import check_egress, plan_nats, plan_routes, route_table_key
from platform_lib.core.errors import Finding, PlanError, near
from platform_lib.core.naming import check_automatic
from platform_lib.core.tagging import AWS_TAGS, AZURE_TAGS, GCP_LABELS, TagRules, check_tags

TAG_RULES: Final[Mapping[Cloud, TagRules]] = {
    Cloud.AWS: AWS_TAGS,
    Cloud.AZURE: AZURE_TAGS,
    Cloud.GCP: GCP_LABELS,
}
"""What tags may be on each cloud."""

CLOUD_CHECKS: Final[Mapping[Cloud, Callable[[VpcArgs], list[Finding]]]] = {
    Cloud.AWS: aws.check,
    Cloud.AZURE: azure.check,
    Cloud.GCP: gcp.check,
}
"""What only one cloud asks for: the form of regions, periods, the words of its services."""

PLANNED_CHECKS: Final[
    Mapping[Cloud, Callable[[VpcArgs, Sequence[SubnetPlan], Sequence[FilterPlan]], list[Finding]]]
] = {
    Cloud.AWS: aws.check_planned,
    Cloud.AZURE: azure.check_planned,
    Cloud.GCP: gcp.check_planned,
}
"""What a cloud refuses once it is known where subnets lie and what passes between them."""

AUTOMATIC_NAMES: Final[Mapping[Cloud, Callable[[str, VpcArgs, FlowLogPlan | None], list[tuple[str, str]]]]] = {
    Cloud.AWS: aws.automatic_names,
    Cloud.AZURE: azure.automatic_names,
    Cloud.GCP: gcp.automatic_names,
}
"""Type token and logical name of the children that get an automatic physical name."""


def plan_vpc(name: str, args: VpcArgs, *, subject: str) -> VpcPlan:
    """The network that the arguments describe.

    Args:
        name: of the component.
        args: what is asked; what the cloud cannot give is left out where ``on_gap`` is ``warn``.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned: what the cloud cannot give, unknown zones, too small a range, NAT without a
            public tier, endpoints without a subnet to stand in, a ledger without an entry for a subnet; all that is
            found at once.
    """
    args, report, warnings = settle(args, subject=subject)
    if findings := check_region_and_ranges(args):
        raise PlanError(subject, findings)
    zones, tiers = zones_of(args, subject=subject), tiers_of(args)
    findings = [
        *check_layout(args, zones),
        *check_tiers(args, zones),
        *check_egress(args, tiers, zones),
        *check_endpoints(args, tiers),
        *check_hub(args, tiers, zones),
        *_check_tier_names(args, tiers),
        *check_filters(tiers),
    ]
    if findings:
        raise PlanError(subject, findings)
    addresses = place_addresses(name, args, zones, subject=subject)
    if findings := check_hybrid(args, tiers, addresses.ranges):
        raise PlanError(subject, findings)
    hybrid = plan_hybrid(args, tiers)
    if findings := check_automatic(link_names(name, args.on, hybrid)):
        raise PlanError(subject, findings)
    flow_log = plan_flow_log(args)
    if findings := check_automatic(AUTOMATIC_NAMES[args.on](name, args, flow_log)):
        raise PlanError(subject, findings)
    subnets, nats, dns = _subnets(args, tiers, zones, addresses), plan_nats(args, tiers, zones), args.dns or DnsArgs()
    filters, ipv6, block = plan_filters(tiers, subnets), _ipv6(args), args.block_public_access
    if findings := PLANNED_CHECKS[args.on](args, subnets, filters):
        raise PlanError(subject, findings)
    return VpcPlan(
        name=name,
        cloud=args.on,
        region=args.region,
        ranges=addresses.ranges,
        zones=zones if LIMITS[args.on].zonal_subnets else (),
        egress=args.egress or Egress.NONE,
        subnets=subnets,
        route_tables=plan_routes(args, [tier for tier in tiers if not pods_in_host(args, tier)], zones, nats),
        nats=nats,
        endpoints=plan_endpoints(args, tiers, subnets),
        filters=filters,
        blocked_access=None if block is None else block.blocked,
        blocked_access_excluded=() if block is None else tuple(block.excluded_tiers or ()),
        flow_log=flow_log,
        dns_hostnames=dns.hostnames is not False,
        dhcp_options=dns.domain_name is not None or dns.servers is not None,
        ipv6=ipv6,
        reserved=addresses.reserved,
        report=report,
        warnings=warnings,
        hub=plan_hub(args, tiers, zones),
        hybrid=hybrid,
        referenced=is_reference(args),
    )


def settled(args: VpcArgs, *, subject: str) -> VpcArgs:
    """The arguments as far as their cloud gives what they ask for: those that a plan and its resources are made from.

    Raises:
        PlanError: there are gaps and ``on_gap`` is not ``warn``.
    """
    return settle(args, subject=subject)[0]


def check_region_and_ranges(args: VpcArgs) -> list[Finding]:
    """What is wrong with arguments by themselves, which the cloud decides: region, ranges, sizes, flow logs, tags."""
    consent = bool(args.public_ranges_allowed)
    findings = CLOUD_CHECKS[args.on](args)
    if args.cidr is not None:
        findings += check_network_range("cidr", args.cidr, args.on, public_ranges_allowed=consent)
    secondary = (args.address.secondary if args.address is not None else None) or ()
    for index, text in enumerate(secondary):
        path = f"address.secondary[{index}]"
        findings += check_network_range(path, text, args.on, public_ranges_allowed=consent)
    for index, tier in enumerate(tiers_of(args)):
        if tier.prefix_length is not None:
            findings += check_subnet_prefix(f"tiers[{index}].prefix_length", tier.prefix_length, args.on)
    findings += check_flow_logs(args)
    findings += check_tags(args.tags or {}, rules=TAG_RULES[args.on])
    return findings


def _check_tier_names(args: VpcArgs, tiers: list[TierArgs]) -> list[Finding]:
    """Names of tiers that other arguments give."""
    names = [tier.name for tier in tiers]
    named = [(f"tiers[{index}].pods_of", tier.pods_of) for index, tier in enumerate(tiers)]
    if args.hub is not None:
        named.append(("hub.tier", args.hub.tier))
        named += [(f"hub.routed_tiers[{index}]", name) for index, name in enumerate(args.hub.routed_tiers or ())]
    if args.hybrid is not None:
        named.append(("hybrid.gateway_tier", args.hybrid.gateway_tier))
        routed = args.hybrid.routed_tiers or ()
        named += [(f"hybrid.routed_tiers[{index}]", name) for index, name in enumerate(routed)]
    if args.dns is not None and args.dns.resolver is not None:
        named += [
            ("dns.resolver.tier", args.dns.resolver.tier),
            ("dns.resolver.outbound_tier", args.dns.resolver.outbound_tier),
        ]
    if args.shared_network is not None:
        named += [
            (f"shared_network.tiers[{index}]", name) for index, name in enumerate(args.shared_network.tiers or ())
        ]
    if args.block_public_access is not None:
        excluded = args.block_public_access.excluded_tiers or ()
        named += [(f"block_public_access.excluded_tiers[{index}]", name) for index, name in enumerate(excluded)]
    findings = [
        Finding(
            path, f"is not a tier of the network, got {name!r}", near(name, names) or f"name one of {', '.join(names)}"
        )
        for path, name in named
        if name is not None and name not in names
    ]
    findings += [
        Finding(f"tiers[{index}].pods_of", "is for tiers with the role 'pods'", "leave it out")
        for index, tier in enumerate(tiers)
        if tier.pods_of is not None and tier.role is not TierRole.PODS
    ]
    findings += [
        Finding(f"tiers[{index}].role", "needs a private tier of machines on Google Cloud, got 'pods'", "add one")
        for index, tier in enumerate(tiers)
        if pods_in_host(args, tier) and hosts_pods(args, tier) is None
    ]
    return findings


def _subnets(
    args: VpcArgs, tiers: list[TierArgs], zones: tuple[str, ...], addresses: Addresses
) -> tuple[SubnetPlan, ...]:
    return tuple(
        SubnetPlan(
            key=key_of(tier.name, zone),
            tier=tier.name,
            role=tier.role,
            zone=zone,
            cidr=addresses.subnets[tier.name, zone],
            route_table=route_table_key(tier, zone),
            ipv6_number=addresses.ipv6_numbers.get((tier.name, zone)),
            secondary=_secondary(args, tiers, tier, zone, addresses),
            services=services_of(args, tier.name),
            of_service=belongs_to_service(args, tier.name),
        )
        for tier in tiers
        if not pods_in_host(args, tier)
        for zone in zones_of_tier(tier, zones)
    )


def _secondary(
    args: VpcArgs, tiers: list[TierArgs], tier: TierArgs, zone: str, addresses: Addresses
) -> Mapping[str, str]:
    """Further ranges of a subnet: those asked for, and on Google Cloud those of the pods that run in it."""
    found = dict(addresses.secondary.get((tier.name, zone), {}))
    for other in tiers:
        if pods_in_host(args, other) and hosts_pods(args, other) == tier.name:
            found[other.name] = addresses.subnets[other.name, zone]
    return found


def _ipv6(args: VpcArgs) -> Ipv6Plan | None:
    asked = asked_ipv6(args)
    if asked is None:
        return None
    return Ipv6Plan(asked.source, ipv6_prefix_length(args, asked), asked.cidr, bool(asked.egress_only))
