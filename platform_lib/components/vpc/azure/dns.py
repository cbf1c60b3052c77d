"""Names: private zones, the DNS private resolver with its rules, and the DNS security policy."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_azure_native import dnsresolver, network

from platform_lib.components.vpc.arguments.dns import DnsArgs, ResolverArgs
from platform_lib.components.vpc.azure.endpoints import PrivateNames, last_of
from platform_lib.components.vpc.azure.network import AzureNetwork, part_of
from platform_lib.components.vpc.azure.tiers import inbound_tier, outbound_tier
from platform_lib.components.vpc.room import Site

ALLOWED, BLOCKED = "allowed", "blocked"
_FIRST_RULE = 100
_STEP = 100


def make_private_zones(site: Site, names: PrivateNames) -> Mapping[str, pulumi.Input[str]]:
    """The private zones that are asked for by name; gives their ids by domain."""
    return {domain: names.zone(domain).id for domain in (site.args.dns or DnsArgs()).private_zones or ()}


def make_resolver(site: Site, made: AzureNetwork, subnets: Mapping[str, network.Subnet]) -> Sequence[pulumi.Input[str]]:
    """The resolver with its endpoints, rules and links; gives the addresses at which it is asked."""
    asked = (site.args.dns or DnsArgs()).resolver
    if asked is None:
        return ()
    _link_shared(site, made, asked)
    into, out_of = inbound_tier(asked), outbound_tier(asked)
    if into is None and out_of is None:
        return ()
    name = site.name("resolver")
    resolver = dnsresolver.DnsResolver(
        name,
        resource_group_name=made.group,
        location=site.region,
        virtual_network=dnsresolver.SubResourceArgs(id=made.vnet.id),
        tags=site.tags,
        opts=site.options(name),
    )
    if out_of is not None:
        _make_outbound(site, made, asked, resolver, subnets, out_of)
    return () if into is None else _make_inbound(site, made, resolver, subnets, into)


def _make_inbound(
    site: Site,
    made: AzureNetwork,
    resolver: dnsresolver.DnsResolver,
    subnets: Mapping[str, network.Subnet],
    tier: str,
) -> Sequence[pulumi.Input[str]]:
    name = site.name("resolver-inbound")
    endpoint = dnsresolver.InboundEndpoint(
        name,
        resource_group_name=made.group,
        location=site.region,
        dns_resolver_name=resolver.name,
        ip_configurations=[
            dnsresolver.IpConfigurationArgs(
                subnet=dnsresolver.SubResourceArgs(id=subnets[tier].id),
                private_ip_allocation_method=dnsresolver.IpAllocationMethod.DYNAMIC,
            )
        ],
        tags=site.tags,
        opts=site.options(name, depends_on=last_of(subnets)),
    )
    return [endpoint.ip_configurations.apply(lambda found: (found[0].private_ip_address or "") if found else "")]


def _make_outbound(
    site: Site,
    made: AzureNetwork,
    asked: ResolverArgs,
    resolver: dnsresolver.DnsResolver,
    subnets: Mapping[str, network.Subnet],
    tier: str,
) -> None:
    name = site.name("resolver-outbound")
    endpoint = dnsresolver.OutboundEndpoint(
        name,
        resource_group_name=made.group,
        location=site.region,
        dns_resolver_name=resolver.name,
        subnet=dnsresolver.SubResourceArgs(id=subnets[tier].id),
        tags=site.tags,
        opts=site.options(name, depends_on=last_of(subnets)),
    )
    name = site.name("forwarding")
    ruleset = dnsresolver.DnsForwardingRuleset(
        name,
        resource_group_name=made.group,
        location=site.region,
        dns_resolver_outbound_endpoints=[dnsresolver.SubResourceArgs(id=endpoint.id)],
        tags=site.tags,
        opts=site.options(name),
    )
    for rule in asked.rules or ():
        name = site.name("forwarding-rule", rule.name)
        dnsresolver.ForwardingRule(
            name,
            resource_group_name=made.group,
            dns_forwarding_ruleset_name=ruleset.name,
            domain_name=_full(rule.domain),
            target_dns_servers=[
                dnsresolver.TargetDnsServerArgs(ip_address=address, port=53) for address in rule.targets
            ],
            forwarding_rule_state=dnsresolver.ForwardingRuleState.ENABLED,
            opts=site.options(name),
        )
    _link(site, site.name("forwarding-link"), made, made.group, ruleset.name)


def _link_shared(site: Site, made: AzureNetwork, asked: ResolverArgs) -> None:
    """Let rulesets that exist already hold for this network too."""
    for key, ruleset in (asked.shared_rule_ids or {}).items():
        group, ruleset_name = part_of(ruleset, "resourceGroups"), part_of(ruleset, "dnsForwardingRulesets")
        _link(site, site.name("shared-rules", key), made, group, ruleset_name)


def _link(site: Site, name: str, made: AzureNetwork, group: pulumi.Input[str], ruleset_name: pulumi.Input[str]) -> None:
    dnsresolver.PrivateResolverVirtualNetworkLink(
        name,
        resource_group_name=group,
        dns_forwarding_ruleset_name=ruleset_name,
        virtual_network_link_name=made.vnet.name,  # other networks are linked to the ruleset too
        virtual_network=dnsresolver.SubResourceArgs(id=made.vnet.id),
        opts=site.options(name),
    )


def make_dns_firewall(site: Site, made: AzureNetwork) -> None:
    """A DNS security policy: names that are always answered, then those that are not."""
    asked = (site.args.dns or DnsArgs()).firewall
    if asked is None:
        return
    name = site.name("dns-policy")
    policy = dnsresolver.DnsResolverPolicy(
        name, resource_group_name=made.group, location=site.region, tags=site.tags, opts=site.options(name)
    )
    stop = dnsresolver.ActionType.ALERT if asked.alert_only else dnsresolver.ActionType.BLOCK
    rules = [(ALLOWED, dnsresolver.ActionType.ALLOW), (BLOCKED, stop)]
    lists = {
        key: _make_list(site, made, key, domains)
        for key, domains in ((ALLOWED, asked.allowed), (BLOCKED, asked.blocked))
        if domains
    }
    rules += [(key, stop) for key in asked.list_ids or {}]
    lists = {**(asked.list_ids or {}), **lists}
    for number, (key, action) in enumerate(rules):
        if key in lists:
            name = site.name("dns-rule", key)
            dnsresolver.DnsSecurityRule(
                name,
                resource_group_name=made.group,
                location=site.region,
                dns_resolver_policy_name=policy.name,
                priority=_FIRST_RULE + number * _STEP,
                action=dnsresolver.DnsSecurityRuleActionArgs(
                    action_type=action,
                    block_response_code=dnsresolver.BlockResponseCode.SERVFAIL
                    if action is dnsresolver.ActionType.BLOCK
                    else None,
                ),
                dns_resolver_domain_lists=[dnsresolver.SubResourceArgs(id=lists[key])],
                dns_security_rule_state=dnsresolver.DnsSecurityRuleState.ENABLED,
                tags=site.tags,
                opts=site.options(name),
            )
    name = site.name("dns-policy-link")
    dnsresolver.DnsResolverPolicyVirtualNetworkLink(
        name,
        resource_group_name=made.group,
        location=site.region,
        dns_resolver_policy_name=policy.name,
        virtual_network=dnsresolver.SubResourceArgs(id=made.vnet.id),
        tags=site.tags,
        opts=site.options(name),
    )


def _make_list(site: Site, made: AzureNetwork, key: str, domains: Sequence[str]) -> pulumi.Input[str]:
    name = site.name("dns-list", key)
    made_list = dnsresolver.DnsResolverDomainList(
        name,
        resource_group_name=made.group,
        location=site.region,
        domains=[_full(domain) for domain in domains],
        tags=site.tags,
        opts=site.options(name),
    )
    return made_list.id


def _full(domain: str) -> str:
    """The name with the root at its end, as the service takes it; ``*`` is the root itself, which all names are below.

    Source: https://learn.microsoft.com/azure/dns/dns-security-policy.
    """
    return "." if domain == "*" else f"{domain.rstrip('.')}."
