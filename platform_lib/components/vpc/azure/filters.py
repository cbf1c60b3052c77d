"""Network security groups, one a tier."""

from collections.abc import Mapping

from pulumi_azure_native import network

from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection, RuleProtocol
from platform_lib.components.vpc.azure.network import AzureNetwork
from platform_lib.components.vpc.azure.rules import SecurityRule, security_rules
from platform_lib.components.vpc.room import Site

_PROTOCOLS = {
    RuleProtocol.TCP: network.SecurityRuleProtocol.TCP,
    RuleProtocol.UDP: network.SecurityRuleProtocol.UDP,
    RuleProtocol.ICMP: network.SecurityRuleProtocol.ICMP,
    RuleProtocol.ALL: network.SecurityRuleProtocol.ASTERISK,
}
_ANY = "*"


def make_security_groups(site: Site, made: AzureNetwork) -> Mapping[str, network.NetworkSecurityGroup]:
    """The groups by tier, their rules inside them: a group changes as a whole, so that no rule is ever missing."""
    groups = {}
    for tier, rules in security_rules(site.plan).items():
        name = site.name("security-group", tier)
        groups[tier] = network.NetworkSecurityGroup(
            name,
            resource_group_name=made.group,
            location=site.region,
            security_rules=[_rule(rule) for rule in rules],
            tags={**site.tags, "tier": tier},
            opts=site.options(name),
        )
    return groups


def _rule(rule: SecurityRule) -> network.SecurityRuleArgs:
    incoming = rule.direction is RuleDirection.IN
    one, many = rule.tag or (None if rule.peers else _ANY), list(rule.peers) or None
    return network.SecurityRuleArgs(
        name=rule.name,
        priority=rule.priority,
        direction=network.SecurityRuleDirection.INBOUND if incoming else network.SecurityRuleDirection.OUTBOUND,
        access=network.SecurityRuleAccess.ALLOW if rule.action is RuleAction.ALLOW else network.SecurityRuleAccess.DENY,
        protocol=_PROTOCOLS[rule.protocol],
        source_port_range=_ANY,
        destination_port_range=None if rule.ports else _ANY,
        destination_port_ranges=list(rule.ports) or None,
        source_address_prefix=one if incoming else _ANY,
        source_address_prefixes=many if incoming else None,
        destination_address_prefix=_ANY if incoming else one,
        destination_address_prefixes=None if incoming else many,
    )
