"""What only Azure asks of the arguments. Pure."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from platform_lib.components.vpc.addresses import asked_ipv6, prefix_length, tiers_of
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import Egress
from platform_lib.components.vpc.addressing.limits import LIMITS, Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.account import AzureNetworkArgs
from platform_lib.components.vpc.arguments.address import Ipv6Args, Ipv6Source
from platform_lib.components.vpc.arguments.dns import DnsArgs, ResolverArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.arguments.tier import TierArgs
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS
from platform_lib.components.vpc.azure.rules import MOST_RULES
from platform_lib.components.vpc.azure.services import PARTS, SOVEREIGN_REGIONS, private_zones
from platform_lib.components.vpc.azure.tiers import (
    RESOLVER_SERVICE,
    SERVICE_SUBNETS,
    belongs_to_service,
    delegations_of,
    inbound_tier,
    options_of,
    outbound_tier,
)
from platform_lib.components.vpc.capability.services import GATEWAY_SERVICES
from platform_lib.components.vpc.planning.endpoints import endpoint_tier
from platform_lib.components.vpc.planning.model import FilterPlan, FlowLogPlan, SubnetPlan
from platform_lib.core.errors import Finding, NamingError, near
from platform_lib.core.naming import logical

_MOST_ADDRESSES: Final = 16
"""Public addresses of a NAT gateway (https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource)."""

_RESOLVER_SIZES: Final = (24, 28)
"""Prefix lengths of a subnet of the resolver (https://learn.microsoft.com/azure/dns/dns-private-resolver-overview)."""

_RESOLVER_KEEPS: Final = ("10.0.1.0", "10.0.16.255")
"""The range that no subnet of the resolver may have (the same page)."""

_MOST_FORWARDING_RULES: Final = 25
"""Rules of a forwarding ruleset (the same page)."""


def check(args: VpcArgs) -> list[Finding]:
    """What is wrong with the region, or said in the words of other clouds, or against what Azure takes."""
    findings = []
    if args.region not in AZURE_REGIONS:
        remedy = near(args.region, AZURE_REGIONS) or "write it as 'westeurope'"
        findings.append(Finding("region", f"is not a region of Azure that is known, got {args.region!r}", remedy))
    azure = args.azure or AzureNetworkArgs()
    findings += _check_flow_logs(args.flow_logs or FlowLogsArgs(), azure)
    findings += _check_nat(args, azure)
    findings += _check_tiers(args)
    findings += _check_endpoints(args, args.endpoints or EndpointsArgs())
    findings += _check_dns(args, args.dns or DnsArgs())
    findings += _check_ids(args)
    findings += _check_ipv6(args.address.ipv6 if args.address is not None else None)
    if azure.ddos_plan_id is not None and not args.ddos_plan:
        findings.append(Finding("azure.ddos_plan_id", "is used with ddos_plan only", "set ddos_plan to true"))
    return findings


def _check_flow_logs(asked: FlowLogsArgs, azure: AzureNetworkArgs) -> Iterator[Finding]:
    for field, instead in (("bucket_arn", "store_id"), ("kms_key_arn", "key_id")):
        if getattr(asked, field) is not None:
            yield Finding(f"flow_logs.{field}", "is used on AWS only", f"use {instead}")
    into_service = asked.destination is FlowLogDestination.LOG_SERVICE
    if into_service and asked.workspace_id is None:
        problem = "is required for the destination 'log-service'"
        yield Finding("flow_logs.workspace_id", problem, "give the id of a Log Analytics workspace")
    elif asked.workspace_id is not None and not into_service:
        problem = "is used for the destination 'log-service' only"
        yield Finding("flow_logs.workspace_id", problem, "set destination to 'log-service', or leave it out")
    if asked.key_id is not None and asked.store_id is not None:
        yield Finding("flow_logs.key_id", "is not used with store_id", "encrypt the store with it")
    elif asked.key_id is not None and azure.key_identity_id is None:
        problem = "is required for flow_logs.key_id: an account uses a key by an identity that may use it beforehand"
        yield Finding("azure.key_identity_id", problem, "give the id of a user-assigned identity")
    if asked.key_id is None and azure.key_identity_id is not None:
        yield Finding("azure.key_identity_id", "is used with flow_logs.key_id only", "leave it out")


def _check_ids(args: VpcArgs) -> Iterator[Finding]:
    """Ids whose parts are used, where they are known beforehand."""
    resolver = args.dns.resolver if args.dns is not None else None
    ids = [
        ("address.ipam_pool_id", "/ipamPools/", None if args.address is None else args.address.ipam_pool_id),
        ("flow_logs.key_id", "/keys/", None if args.flow_logs is None else args.flow_logs.key_id),
    ]
    rulesets = (resolver.shared_rule_ids if resolver is not None else None) or {}
    ids += [(f"dns.resolver.shared_rule_ids.{key}", "/dnsForwardingRulesets/", one) for key, one in rulesets.items()]
    for path, part, value in ids:
        if isinstance(value, str) and part.lower() not in value.lower():
            yield Finding(path, f"is not an id with {part}, got {value!r}", "give the whole id")


def _check_nat(args: VpcArgs, azure: AzureNetworkArgs) -> Iterator[Finding]:
    nat, zone = args.nat or NatArgs(), azure.nat_zone
    if nat.addresses and nat.address_count is not None:
        yield Finding("nat.address_count", "is not used with addresses", "leave one of the two out")
    if len(nat.addresses or ()) > _MOST_ADDRESSES:
        problem = f"must be at most {_MOST_ADDRESSES}, got {len(nat.addresses or ())}"
        yield Finding("nat.addresses", problem, "give a prefix")
    if zone is None:
        return
    zones = AZURE_REGIONS.get(args.region, ("1", "2", "3"))
    if zone not in zones:
        remedy = f"use one of {', '.join(zones)}" if zones else "leave it out"
        yield Finding("azure.nat_zone", f"is not a zone of {args.region}, got {zone!r}", remedy)
    if args.egress is not Egress.SINGLE:
        yield Finding("azure.nat_zone", "is used with egress 'single' only", "leave it out, or set egress to 'single'")


def _check_tiers(args: VpcArgs) -> Iterator[Finding]:
    known, seen = GATEWAY_SERVICES[Cloud.AZURE], dict[str, str]()
    for index, tier in enumerate(tiers_of(args)):
        path, options = f"tiers[{index}]", tier.azure
        if tier.filter is not None and len(tier.filter.rules) > MOST_RULES:
            problem = f"must be at most {MOST_RULES}, got {len(tier.filter.rules)}"
            yield Finding(f"{path}.filter.rules", problem, "name several peers in one rule")
        if options is None:
            continue
        for number, service in enumerate(options.service_endpoints or ()):
            if service not in known:
                problem = f"must be one of {', '.join(map(repr, known))}, got {service!r}"
                yield Finding(f"{path}.azure.service_endpoints[{number}]", problem, near(service, known))
        if options.private_endpoint_policies is False and tier.filter is not None:
            problem = "must not be false in a tier with a filter, which would not hold for private endpoints"
            yield Finding(f"{path}.azure.private_endpoint_policies", problem, "leave it out")
        if options.subnet_name is not None:
            yield from _check_subnet_name(args, tier, path, options.subnet_name, seen)


def _check_subnet_name(args: VpcArgs, tier: TierArgs, path: str, name: str, seen: dict[str, str]) -> Iterator[Finding]:
    where = f"{path}.azure.subnet_name"
    if name in seen:
        yield Finding(where, f"is that of the tier {seen[name]!r} too, got {name!r}", "give each its own")
    seen.setdefault(name, tier.name)
    if name not in SERVICE_SUBNETS:
        remedy = near(name, SERVICE_SUBNETS) or f"use one of {', '.join(SERVICE_SUBNETS)}, or leave it out"
        yield Finding(where, f"is no name that a service asks for, got {name!r}", remedy)
        return
    smallest = SERVICE_SUBNETS[name]
    if (length := prefix_length(args, tier)) > smallest:
        problem = f"must be {smallest} or less for {name}, got {length}"
        yield Finding(f"{path}.prefix_length", problem, f"use {smallest}")
    options = tier.azure
    for field, given in (
        ("filter", tier.filter is not None),
        ("azure.service_endpoints", options is not None and bool(options.service_endpoints)),
        ("azure.delegations", options is not None and bool(options.delegations)),
    ):
        if given:
            yield Finding(f"{path}.{field}", f"is not for {name}, whose service takes none", "leave it out")


def _check_endpoints(args: VpcArgs, asked: EndpointsArgs) -> Iterator[Finding]:
    for index, part in enumerate(asked.interface or ()):
        path = f"endpoints.interface[{index}]"
        if part not in PARTS:
            remedy = near(part, PARTS) or f"use one of {', '.join(PARTS)}"
            yield Finding(path, f"is no part of a service whose private names are known, got {part!r}", remedy)
        elif any(other.lower() == part.lower() for other in (asked.interface or ())[:index]):
            yield Finding(path, f"differs from another one in case only, got {part!r}", "use a second network for it")
        if part not in (asked.targets or {}):
            problem = "is needed: the id of the resource that the endpoint leads to"
            yield Finding(f"endpoints.targets.{part}", problem, "give it")
    if asked.interface and args.region.startswith(SOVEREIGN_REGIONS):
        problem = f"are made in the public cloud of Azure only, whose private names are known, got {args.region!r}"
        yield Finding("endpoints.interface", problem, "leave it out")
    tier = endpoint_tier(asked, tiers_of(args)) if asked.interface else None
    if tier is None:
        return
    if services := delegations_of(args, tier):
        problem = f"is handed to {', '.join(services)}, got {tier!r}"
        yield Finding("endpoints.tier", problem, "name a tier that is handed to no service")
    elif belongs_to_service(args, tier):
        problem = f"is the {options_of(args, tier).subnet_name}, got {tier!r}"
        yield Finding("endpoints.tier", problem, "name a tier that belongs to no service")


def _check_dns(args: VpcArgs, asked: DnsArgs) -> Iterator[Finding]:
    if asked.domain_name is not None:
        problem = "cannot be handed out on Azure"
        yield Finding("dns.domain_name", problem, "leave it out")
    keys = [
        (f"dns.private_zones[{index}]", domain.rstrip(".")) for index, domain in enumerate(asked.private_zones or ())
    ]
    if asked.firewall is not None:
        keys += [(f"dns.firewall.list_ids.{name}", name) for name in asked.firewall.list_ids or ()]
    if asked.resolver is not None:
        keys += [(f"dns.resolver.shared_rule_ids.{name}", name) for name in asked.resolver.shared_rule_ids or ()]
    yield from _check_keys(keys)
    own = {domain.rstrip(".") for domain in asked.private_zones or ()}
    parts = (args.endpoints.interface if args.endpoints is not None else None) or ()
    made = {zone: part for part in parts if part in PARTS for zone in private_zones(part, args.region)}
    for domain in sorted(own & set(made)):
        problem = f"is the zone of the endpoint {made[domain]!r} too, got {domain!r}"
        yield Finding("dns.private_zones", problem, "leave it out: it is made with the endpoint")
    if asked.firewall is not None:
        if asked.firewall.fail_open is not None:
            yield Finding("dns.firewall.fail_open", "is not known to Azure", "leave it out")
        for name in asked.firewall.list_ids or {}:
            if name in ("allowed", "blocked"):
                problem = "is the name of a list of the component's own"
                yield Finding(f"dns.firewall.list_ids.{name}", problem, "call it something else")
    if asked.resolver is not None:
        yield from _check_resolver(args, asked.resolver)


def _check_keys(keys: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Names that become part of those of children, and cannot."""
    for path, key in keys:
        try:
            logical("network", "child", key)
        except NamingError:
            remedy = "use lower-case letters and digits joined by '-', '_' or '.'"
            yield Finding(path, f"cannot be part of the name of a child, got {key!r}", remedy)


def _check_resolver(args: VpcArgs, asked: ResolverArgs) -> Iterator[Finding]:
    """A resolver has a tier of its own for each direction, of a size that it takes."""
    into, out_of = inbound_tier(asked), outbound_tier(asked)
    if asked.tier is None and (asked.inbound or asked.rules or asked.outbound) and out_of is None:
        problem = "is required on Azure, where a resolver has tiers of its own"
        yield Finding("dns.resolver.tier", problem, "name a tier that holds nothing else")
    if into is not None and into == out_of:
        problem = f"must be another one than tier on Azure, got {into!r}"
        yield Finding("dns.resolver.outbound_tier", problem, "give it a tier of its own")
    if asked.allowed_from is not None:
        problem = "is said by the filter of the resolver's tier on Azure"
        yield Finding("dns.resolver.allowed_from", problem, "let tcp and udp 53 in under the filter of that tier")
    if len(asked.rules or ()) > _MOST_FORWARDING_RULES:
        problem = f"must be at most {_MOST_FORWARDING_RULES}, got {len(asked.rules or ())}"
        yield Finding("dns.resolver.rules", problem, "give the others to a ruleset under shared_rule_ids")
    ipv6 = asked_ipv6(args) is not None
    if ipv6 and (into or out_of):
        problem = "is not taken by the subnets of a DNS private resolver"
        yield Finding("address.ipv6", problem, "leave it out, or the resolver")
    shortest, longest = _RESOLVER_SIZES
    for index, tier in enumerate(tiers_of(args)):
        if tier.name not in (into, out_of):
            continue
        length = prefix_length(args, tier)
        if not shortest <= length <= longest:
            problem = f"must be from {shortest} to {longest} for the DNS resolver, got {length}"
            yield Finding(f"tiers[{index}].prefix_length", problem, f"use {longest}")
        others = [one for one in delegations_of(args, tier.name) if one != RESOLVER_SERVICE]
        if others or (tier.azure is not None and tier.azure.subnet_name is not None):
            yield Finding(f"tiers[{index}].azure", "is not for the tier of the DNS resolver", "leave it out")


def check_planned(args: VpcArgs, subnets: Sequence[SubnetPlan], filters: Sequence[FilterPlan]) -> list[Finding]:  # noqa: ARG001 - the same for every cloud
    """What is wrong with where subnets lie: those of the resolver stay out of a range that it uses itself."""
    resolver = args.dns.resolver if args.dns is not None else None
    if resolver is None:
        return []
    first, last = map(ipaddress.IPv4Address, _RESOLVER_KEEPS)
    findings = []
    for subnet in subnets:
        block = ipaddress.IPv4Network(subnet.cidr)
        ours = subnet.tier in (inbound_tier(resolver), outbound_tier(resolver))
        if ours and block[0] <= last and block[-1] >= first:
            problem = f"lies in {first} to {last}, which the DNS resolver uses itself, got {subnet.cidr}"
            findings.append(Finding(f"tiers.{subnet.tier}", problem, "give the tier a range outside of it"))
    return findings


def _check_ipv6(asked: Ipv6Args | None) -> Iterator[Finding]:
    if asked is None or asked.source is not Ipv6Source.OWN:
        return
    if asked.cidr is None:
        problem = "is required on Azure: an address pool there gives IPv4 alone"
        yield Finding("address.ipv6.cidr", problem, "give a range such as 'fd20:1:2::/48'")
    elif asked.prefix_length is not None and asked.prefix_length != Block.parse(asked.cidr).prefix_length:
        problem = f"is not that of cidr {asked.cidr}, got {asked.prefix_length}"
        yield Finding("address.ipv6.prefix_length", problem, "leave it out")
    if asked.pool_id is not None:
        yield Finding("address.ipv6.pool_id", "is not used on Azure", "give cidr")


def automatic_names(name: str, args: VpcArgs, flow_log: FlowLogPlan | None) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    names = [
        ("azure-native:network:VirtualNetwork", f"{name}-network"),
        ("azure-native:resources:ResourceGroup", f"{name}-resource-group"),
    ]
    for tier in tiers_of(args):
        names += [
            (LIMITS[Cloud.AZURE].subnet_type or "", f"{name}-subnet-{tier.name}"),
            ("azure-native:network:NetworkSecurityGroup", f"{name}-security-group-{tier.name}"),
            ("azure-native:network:RouteTable", f"{name}-route-table-{tier.name}"),
        ]
    if args.egress not in (None, Egress.NONE, Egress.HUB):
        names += [
            ("azure-native:network:NatGateway", f"{name}-nat"),
            ("azure-native:network:PublicIPAddress", f"{name}-nat-address-16"),
        ]
    if args.endpoints is not None:
        parts = args.endpoints.interface or ()
        names += [("azure-native:network:PrivateEndpoint", f"{name}-endpoint-interface-{part}") for part in parts]
    if flow_log is not None:
        names += [
            ("azure-native:managedidentity:UserAssignedIdentity", f"{name}-flow-logs-identity"),
            ("azure-native:network:PrivateEndpoint", f"{name}-endpoint-flow-logs"),
        ]
    if args.dns is not None:
        names += [
            ("azure-native:privatedns:VirtualNetworkLink", f"{name}-zone-link-{domain.rstrip('.')}")
            for domain in args.dns.private_zones or ()
        ]
        if args.dns.resolver is not None:
            rules = args.dns.resolver.rules or ()
            names += [
                ("azure-native:dnsresolver:ForwardingRule", f"{name}-forwarding-rule-{rule.name}") for rule in rules
            ]
            names.append(("azure-native:dnsresolver:DnsForwardingRuleset", f"{name}-forwarding"))
        if args.dns.firewall is not None:
            lists = args.dns.firewall.list_ids or ()
            names += [("azure-native:dnsresolver:DnsSecurityRule", f"{name}-dns-rule-{key}") for key in lists]
            names.append(("azure-native:dnsresolver:DnsResolverPolicy", f"{name}-dns-policy"))
    return names
