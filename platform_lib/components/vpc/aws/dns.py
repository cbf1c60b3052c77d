"""Names on AWS: private zones, resolver endpoints with their rules, and DNS Firewall."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import ec2, route53
from pulumi_aws import vpc as security_group_rules

from platform_lib.components.vpc.arguments.dns import DnsArgs, DnsFirewallArgs, ResolverArgs
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.aws.resolver import asks_inward, asks_outward, planned_tier
from platform_lib.components.vpc.room import Site

_DNS_PORT = 53
_PROTOCOLS = ("tcp", "udp")
_ALLOWED, _BLOCKED, _LISTED = 100, 200, 300
_ASSOCIATION_PRIORITY = 101
"""100 and 9000 are kept for Firewall Manager
(https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-associating-rule-group.html)."""


def make_zones(site: Site, network: AwsNetwork) -> Mapping[str, pulumi.Output[str]]:
    """The private zones; gives their ids by domain."""
    zones = {}
    for domain in (site.args.dns or DnsArgs()).private_zones or ():
        name = site.name("zone", domain.replace(".", "-"))
        zones[domain] = route53.Zone(
            name,
            name=domain,
            comment=f"{domain} in the network {site.plan.name}",
            vpcs=[route53.ZoneVpcArgs(vpc_id=network.vpc.id, vpc_region=site.region)],
            tags=site.tags_of(name),
            opts=site.options(name, stateful=True),
        ).zone_id
    return zones


def make_resolver(site: Site, network: AwsNetwork) -> Sequence[pulumi.Input[str]]:
    """Resolver endpoints, rules and their associations; gives the addresses that others may ask."""
    asked = (site.args.dns or DnsArgs()).resolver
    if asked is None:
        return ()
    inbound = None
    if asks_inward(asked):
        inbound = _make_endpoint(site, network, asked, "inbound")
    outbound = None
    if asks_outward(asked):
        outbound = _make_endpoint(site, network, asked, "outbound")
    _make_rules(site, network, asked, outbound)
    if inbound is None:
        return ()
    count = len(_subnets_of(site, asked.tier))
    return [inbound.ip_addresses[at].apply(lambda found: found.ip or "") for at in range(count)]


def _subnets_of(site: Site, named: str | None) -> Sequence[str]:
    tier = planned_tier(site.plan, named)
    return [subnet.key for subnet in site.plan.subnets if subnet.tier == tier]


def _make_endpoint(site: Site, network: AwsNetwork, asked: ResolverArgs, direction: str) -> route53.ResolverEndpoint:
    group = _make_group(site, network, asked, direction)
    tier = asked.tier if direction == "inbound" else asked.outbound_tier or asked.tier
    name = site.name("resolver", direction)
    return route53.ResolverEndpoint(
        name,
        region=site.region,
        direction=direction.upper(),
        security_group_ids=[group.id],
        protocols=["Do53"],
        ip_addresses=[
            route53.ResolverEndpointIpAddressArgs(subnet_id=network.subnets[key].id) for key in _subnets_of(site, tier)
        ],
        tags=site.tags_of(name),
        opts=site.options(name),
    )


def _make_group(site: Site, network: AwsNetwork, asked: ResolverArgs, direction: str) -> ec2.SecurityGroup:
    inward = direction == "inbound"
    name = site.name(f"resolver-{direction}")
    group = ec2.SecurityGroup(
        name,
        region=site.region,
        vpc_id=network.vpc.id,
        description=f"Names asked for {'by others' if inward else 'elsewhere'}",
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    if inward:
        peers = asked.allowed_from or list(site.plan.ranges)
    else:
        targets = {target for rule in asked.rules or () for target in rule.targets}
        peers = [f"{target}/{128 if ':' in target else 32}" for target in sorted(targets)]
    rules = security_group_rules
    make = rules.SecurityGroupIngressRule if inward else rules.SecurityGroupEgressRule
    for protocol in _PROTOCOLS:
        for peer in peers:
            key = f"{direction}-{protocol}-{peer.translate(str.maketrans('./:', '---'))}"
            name = site.name("resolver-rule", key)
            make(
                name,
                region=site.region,
                security_group_id=group.id,
                description=f"Names over {protocol}",
                ip_protocol=protocol,
                from_port=_DNS_PORT,
                to_port=_DNS_PORT,
                cidr_ipv4=None if ":" in peer else peer,
                cidr_ipv6=peer if ":" in peer else None,
                tags=site.tags_of(name),
                opts=site.options(name),
            )
    return group


def _make_rules(
    site: Site, network: AwsNetwork, asked: ResolverArgs, outbound: route53.ResolverEndpoint | None
) -> None:
    rules: dict[str, pulumi.Input[str]] = {}
    for rule in asked.rules or ():
        name = site.name("forward", rule.name)
        rules[rule.name] = route53.ResolverRule(
            name,
            region=site.region,
            domain_name=rule.domain,
            rule_type="FORWARD",
            resolver_endpoint_id=None if outbound is None else outbound.id,
            target_ips=[
                route53.ResolverRuleTargetIpArgs(
                    ip=None if ":" in target else target, ipv6=target if ":" in target else None
                )
                for target in rule.targets
            ],
            tags=site.tags_of(name),
            opts=site.options(name),
        ).id
    rules.update(asked.shared_rule_ids or {})
    for key, rule_id in rules.items():
        name = site.name("forward-association", key)
        route53.ResolverRuleAssociation(
            name, region=site.region, resolver_rule_id=rule_id, vpc_id=network.vpc.id, opts=site.options(name)
        )


def make_dns_firewall(site: Site, network: AwsNetwork) -> None:
    """DNS Firewall of the network: lists, the group of rules over them, and what the network does while it fails."""
    asked = (site.args.dns or DnsArgs()).firewall
    if asked is None:
        return
    name = site.name("dns-firewall")
    group = route53.ResolverFirewallRuleGroup(
        name, region=site.region, tags=site.tags_of(name), opts=site.options(name)
    )
    if asked.allowed:
        _make_rule(site, group, asked, "allowed", _ALLOWED, _make_list(site, "allowed", asked.allowed))
    if asked.blocked:
        _make_rule(site, group, asked, "blocked", _BLOCKED, _make_list(site, "blocked", asked.blocked))
    for place, (key, list_id) in enumerate((asked.list_ids or {}).items()):
        _make_rule(site, group, asked, key, _LISTED + place, list_id)
    name = site.name("dns-firewall-association")
    route53.ResolverFirewallRuleGroupAssociation(
        name,
        region=site.region,
        firewall_rule_group_id=group.id,
        vpc_id=network.vpc.id,
        priority=_ASSOCIATION_PRIORITY,
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    name = site.name("dns-firewall-config")
    route53.ResolverFirewallConfig(
        name,
        region=site.region,
        resource_id=network.vpc.id,
        firewall_fail_open="ENABLED" if asked.fail_open else "DISABLED",
        opts=site.options(name),
    )


def _make_list(site: Site, key: str, domains: list[str]) -> pulumi.Output[str]:
    name = site.name("dns-list", key)
    return route53.ResolverFirewallDomainList(
        name, region=site.region, domains=domains, tags=site.tags_of(name), opts=site.options(name)
    ).id


def _make_rule(
    site: Site,
    group: route53.ResolverFirewallRuleGroup,
    asked: DnsFirewallArgs,
    key: str,
    priority: int,
    list_id: pulumi.Input[str],
) -> None:
    allowed = priority == _ALLOWED
    action = "ALLOW" if allowed else "ALERT" if asked.alert_only else "BLOCK"
    name = site.name("dns-rule", key)
    route53.ResolverFirewallRule(
        name,
        region=site.region,
        firewall_rule_group_id=group.id,
        firewall_domain_list_id=list_id,
        priority=priority,
        action=action,
        block_response="NODATA" if action == "BLOCK" else None,
        opts=site.options(name),
    )
