"""What only AWS asks of the arguments. Pure."""

from collections.abc import Iterator, Sequence

from platform_lib.components.vpc.addresses import asked_ipv6, tiers_of
from platform_lib.components.vpc.addressing.intent import Egress
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.address import Ipv6Source
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.aws.acl import MOST_ENTRIES, acl_entries
from platform_lib.components.vpc.aws.resolver import asks_inward, asks_outward, resolver_tier
from platform_lib.components.vpc.planning.filters import INTERNET_PEER
from platform_lib.components.vpc.planning.model import FilterPlan, FlowLogPlan, SubnetPlan
from platform_lib.core.aws import check_log_retention, check_region
from platform_lib.core.errors import Finding, near
from platform_lib.core.validation import FieldError

LEAST_RESOLVER_ZONES = 2
"""Zones that a resolver endpoint has to have addresses in
(https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries.html)."""


def check(args: VpcArgs) -> list[Finding]:
    """What is wrong with the region, with the flow logs in the words of AWS, and with what only AWS asks for."""
    findings = []
    try:
        check_region(args.region)
    except FieldError as error:
        findings.append(Finding("region", f"{error.problem}, got {args.region!r}", error.remedy))
    findings += _check_flow_logs(args.flow_logs or FlowLogsArgs())
    findings += _check_filters(args)
    findings += _check_addresses(args)
    findings += _check_resolver(args)
    return findings


def _check_filters(args: VpcArgs) -> Iterator[Finding]:
    for index, tier in enumerate(tiers_of(args)):
        for number, rule in enumerate(tier.filter.rules if tier.filter is not None else ()):
            if INTERNET_PEER in (rule.peers or ()):
                path = f"tiers[{index}].filter.rules[{number}].peers"
                problem = "names 'internet', which a network ACL cannot tell from other addresses"
                yield Finding(path, problem, "deny your own ranges first, and then name '0.0.0.0/0'")


def check_planned(args: VpcArgs, subnets: Sequence[SubnetPlan], filters: Sequence[FilterPlan]) -> list[Finding]:  # noqa: ARG001 - the same for every cloud
    """Tiers whose rules are more entries than a network ACL takes."""
    findings = []
    for asked in filters:
        entries = acl_entries(asked, ipv6=asked_ipv6(args) is not None)
        for word, inward in (("inbound", True), ("outbound", False)):
            count = sum(1 for one in entries if one.inward is inward)
            if count > MOST_ENTRIES:
                problem = f"needs {count} {word} entries of a network ACL, which takes {MOST_ENTRIES} at most"
                findings.append(Finding(f"tiers.{asked.tier}.filter", problem, "name larger ranges, or fewer ports"))
    return findings


def _check_addresses(args: VpcArgs) -> Iterator[Finding]:
    ipv6 = None if args.address is None else args.address.ipv6
    if ipv6 is not None and ipv6.source is Ipv6Source.OWN and ipv6.pool_id is None:
        problem = "is required for the source 'own' on AWS, where every range of yours comes from an IPAM pool"
        yield Finding("address.ipv6.pool_id", problem, "give it, or set source to 'provider'")
    own = (args.nat.addresses if args.nat is not None else None) or {}
    for zone in own:
        if args.zones is not None and zone not in args.zones:
            remedy = near(zone, args.zones) or f"name one of {', '.join(args.zones)}"
            yield Finding(f"nat.addresses.{zone}", "is not a zone of the network", remedy)
    if own and args.egress is Egress.PER_ZONE and args.zones is not None:
        for zone in args.zones:
            if zone not in own:
                problem = "is missing: with addresses of yours every NAT gateway needs one"
                yield Finding(f"nat.addresses.{zone}", problem, "give its allocation id")


def _check_resolver(args: VpcArgs) -> Iterator[Finding]:
    resolver = None if args.dns is None else args.dns.resolver
    if resolver is None:
        return
    tiers = {tier.name: tier for tier in tiers_of(args)}
    named = resolver_tier(((tier.name, tier.role) for tier in tiers.values()), resolver.tier)
    if (asks_inward(resolver) or asks_outward(resolver)) and named is None:
        yield Finding("dns.resolver.tier", "is needed: there is no private tier for the addresses", "name a tier")
    for path, name in (("tier", named), ("outbound_tier", resolver.outbound_tier)):
        tier = tiers.get(name or "")
        zones = tier.zones if tier is not None and tier.zones is not None else args.zones
        if tier is not None and zones is not None and len(zones) < LEAST_RESOLVER_ZONES:
            problem = f"spans one zone, and a resolver endpoint needs addresses in two, got {name!r}"
            yield Finding(f"dns.resolver.{path}", problem, "name a tier of two zones or more")


def _check_flow_logs(asked: FlowLogsArgs) -> list[Finding]:
    findings = []
    try:
        check_log_retention(asked.retention_days)
    except FieldError as error:
        problem = f"{error.problem}, got {asked.retention_days}"
        findings.append(Finding("flow_logs.retention_days", problem, error.remedy))
    if asked.destination is not None and asked.destination.is_store:
        into = f"the destination {asked.destination.value!r}"
        if asked.bucket_arn is None:
            findings.append(Finding("flow_logs.bucket_arn", f"is required for {into}"))
        if asked.kms_key_arn is not None:
            problem = f"is not used for {into}"
            findings.append(Finding("flow_logs.kms_key_arn", problem, "encrypt the bucket with it"))
    elif asked.bucket_arn is not None:
        problem = f"is used for the destination '{FlowLogDestination.S3}' only"
        findings.append(Finding("flow_logs.bucket_arn", problem, f"set destination to '{FlowLogDestination.S3}'"))
    for field, instead in (("store_id", "bucket_arn"), ("key_id", "kms_key_arn"), ("workspace_id", "")):
        if getattr(asked, field) is not None:
            remedy = f"use {instead}" if instead else "leave it out"
            findings.append(Finding(f"flow_logs.{field}", "is not used on AWS", remedy))
    return findings


def automatic_names(name: str, args: VpcArgs, flow_log: FlowLogPlan | None) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    names = []
    if flow_log is not None and flow_log.destination is FlowLogDestination.CLOUDWATCH:
        names = [
            ("aws:cloudwatch/logGroup:LogGroup", f"{name}-flow-logs"),
            ("aws:iam/role:Role", f"{name}-flow-logs-role"),
            ("aws:iam/policy:Policy", f"{name}-flow-logs-policy"),
        ]
    if args.endpoints is not None and args.endpoints.interface:
        names.append(("aws:ec2/securityGroup:SecurityGroup", f"{name}-endpoints"))
    resolver = None if args.dns is None else args.dns.resolver
    if resolver is not None:
        wanted = {"inbound": asks_inward(resolver), "outbound": asks_outward(resolver)}
        ends = [end for end, asked in wanted.items() if asked]
        names += [("aws:ec2/securityGroup:SecurityGroup", f"{name}-resolver-{end}") for end in ends]
        names += [("aws:route53/resolverEndpoint:ResolverEndpoint", f"{name}-resolver-{end}") for end in ends]
        rule_type = "aws:route53/resolverRule:ResolverRule"
        names += [(rule_type, f"{name}-forward-{rule.name}") for rule in resolver.rules or ()]
    if args.dns is not None and args.dns.firewall is not None:
        group = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
        names.append((group, f"{name}-dns-firewall"))
    return names
