"""What only Google Cloud asks of the arguments. Pure."""

from collections.abc import Iterator, Sequence

from platform_lib.components.vpc.addresses import asked_ipv6, hosts_pods, pods_in_host, tier_egress, tiers_of
from platform_lib.components.vpc.addressing.intent import Egress
from platform_lib.components.vpc.addressing.limits import LIMITS, Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.gcp.regions import GCP_REGIONS
from platform_lib.components.vpc.gcp.rules import MOST_RULES
from platform_lib.components.vpc.planning.model import FilterPlan, FlowLogPlan, SubnetPlan
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding, near
from platform_lib.core.validation import FieldError

API_BUNDLES = ("all-apis", "vpc-sc")
"""Google APIs as one endpoint (https://cloud.google.com/vpc/docs/about-accessing-google-apis-endpoints)."""


def check(args: VpcArgs) -> list[Finding]:
    """What is wrong with the region, or said in the words of other clouds, or lacks what only this cloud needs."""
    findings = []
    if args.region not in GCP_REGIONS:
        remedy = near(args.region, GCP_REGIONS) or "write it as 'europe-west1'"
        findings.append(
            Finding("region", f"is not a region of Google Cloud that is known, got {args.region!r}", remedy)
        )
    if args.flow_logs is not None:
        for field, instead in (("bucket_arn", "store_id"), ("kms_key_arn", "key_id")):
            if getattr(args.flow_logs, field) is not None:
                findings.append(Finding(f"flow_logs.{field}", "is used on AWS only", f"use {instead}"))
    findings += _check_tiers(args)
    findings += _check_endpoints(args, args.endpoints or EndpointsArgs())
    findings += _check_dns(args.dns or DnsArgs())
    return findings


def _check_tiers(args: VpcArgs) -> Iterator[Finding]:
    tiers = tiers_of(args)
    by_name, egress = {tier.name: tier for tier in tiers}, args.egress or Egress.NONE
    ipv6 = asked_ipv6(args) is not None
    for index, tier in enumerate(tiers):
        path = f"tiers[{index}]"
        if tier.filter is not None and ipv6:
            problem = "holds for IPv4 alone on Google Cloud, whose subnets get their IPv6 ranges when they are made"
            yield Finding(f"{path}.filter", problem, "leave it out, or set address.ipv6.source to 'off'")
        host = by_name.get(hosts_pods(args, tier) or "") if pods_in_host(args, tier) else None
        if tier.egress is not None and host is not None and tier.egress is not tier_egress(host, egress):
            problem = f"is that of the tier {host.name!r}, which the pods run in, got {tier.egress.value!r}"
            yield Finding(f"{path}.egress", problem, "leave it out")


def check_planned(args: VpcArgs, subnets: Sequence[SubnetPlan], filters: Sequence[FilterPlan]) -> list[Finding]:  # noqa: ARG001 - the same for every cloud
    """Tiers with more rules than they have priorities."""
    rules = {asked.tier: asked.rules for asked in filters}
    return [
        Finding(
            f"tiers[{index}].filter.rules",
            f"are {count} rules of a firewall policy, of which a tier may have {MOST_RULES}",
            "name several peers in one rule",
        )
        for index, tier in enumerate(tiers_of(args))
        if (count := len(rules.get(tier.name, ()))) > MOST_RULES
    ]


def _check_endpoints(args: VpcArgs, asked: EndpointsArgs) -> Iterator[Finding]:
    for service in asked.interface or ():
        if service in API_BUNDLES:
            if service not in (asked.addresses or {}):
                problem = "is needed for an endpoint for Google APIs"
                yield Finding(f"endpoints.addresses.{service}", problem, "give an address outside every subnet")
        elif service not in (asked.targets or {}):
            problem = "is needed: the service attachment that the endpoint leads to"
            yield Finding(f"endpoints.targets.{service}", problem, f"give it, or ask for {' or '.join(API_BUNDLES)}")
    for service, text in (asked.addresses or {}).items():
        path = f"endpoints.addresses.{service}"
        if service not in (asked.interface or ()):
            remedy = near(service, asked.interface or ()) or "name it under endpoints.interface too"
            yield Finding(path, "is for an endpoint that is not asked for", remedy)
            continue
        try:
            address = parse_ipv4(f"{text}/32")
        except FieldError:
            yield Finding(path, f"is not an IPv4 address, got {text!r}", "write it as '10.255.255.5'")
            continue
        if args.cidr is not None and address.subnet_of(parse_ipv4(args.cidr)):
            problem = f"lies in the network's range {args.cidr}, which is for subnets, got {text!r}"
            yield Finding(path, problem, "give an address outside of it")


def _check_dns(asked: DnsArgs) -> Iterator[Finding]:
    if asked.resolver is not None and asked.resolver.shared_rule_ids:
        problem = "cannot be joined from a network: a zone of Google Cloud names its networks itself"
        yield Finding("dns.resolver.shared_rule_ids", problem, "add the network to the zone, or give rules")
    if asked.firewall is None:
        return
    for field, problem in (
        ("list_ids", "are not known to Google Cloud, whose response policies keep no lists"),
        ("alert_only", "is not known to Google Cloud: every query is recorded anyway"),
        ("fail_open", "is not known to Google Cloud"),
    ):
        if getattr(asked.firewall, field):
            yield Finding(f"dns.firewall.{field}", problem, "leave it out")


def automatic_names(name: str, args: VpcArgs, flow_log: FlowLogPlan | None) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    names = [
        ("gcp:compute/network:Network", f"{name}-network"),
        ("gcp:compute/networkFirewallPolicy:NetworkFirewallPolicy", f"{name}-firewall-policy"),
        (
            "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation",
            f"{name}-firewall-policy-association",
        ),
        ("gcp:compute/route:Route", f"{name}-google-apis-route"),
        ("gcp:dns/policy:Policy", f"{name}-dns-policy"),
    ]
    subnet_type = LIMITS[Cloud.GCP].subnet_type or ""
    names += [(subnet_type, f"{name}-subnet-{tier.name}") for tier in tiers_of(args) if not pods_in_host(args, tier)]
    if args.egress not in (None, Egress.NONE, Egress.HUB):
        names += [
            ("gcp:compute/router:Router", f"{name}-router"),
            ("gcp:compute/routerNat:RouterNat", f"{name}-nat"),
            ("gcp:compute/address:Address", f"{name}-nat-address-1"),
        ]
    if args.endpoints is not None:
        names += [
            ("gcp:compute/address:Address", f"{name}-endpoint-address-{service}")
            for service in args.endpoints.interface or ()
        ]
    if args.dns is not None:
        zones = [f"{name}-zone-{domain.replace('.', '-')}" for domain in args.dns.private_zones or ()]
        rules = (args.dns.resolver.rules if args.dns.resolver is not None else None) or ()
        zones += [f"{name}-forwarding-zone-{rule.name}" for rule in rules]
        names += [("gcp:dns/managedZone:ManagedZone", zone) for zone in zones]
    if flow_log is not None and flow_log.own_store:
        names.append(("gcp:storage/bucket:Bucket", f"{name}-flow-logs"))
    return names
