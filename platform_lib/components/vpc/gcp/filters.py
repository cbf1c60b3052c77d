"""The network's firewall policy."""

from pulumi_gcp import compute

from platform_lib.components.vpc.arguments.tier import RuleDirection, RuleProtocol
from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.gcp.rules import FirewallRule, firewall_rules
from platform_lib.components.vpc.room import Site

_INTERNET = "INTERNET"


def make_filters(site: Site, network: GcpNetwork) -> None:
    """The policy, its rules, and what binds it to the network once they are there."""
    project = settings(site).project
    name = site.name("firewall-policy")
    policy = compute.NetworkFirewallPolicy(
        name,
        project=project,
        description=f"What the tiers of the network {site.plan.name} may reach",
        opts=site.options(name, guarded=True),
    )
    rules = [_make_rule(site, policy, rule) for rule in firewall_rules(site.plan)]
    name = site.name("firewall-policy-association")
    compute.NetworkFirewallPolicyAssociation(
        name,
        project=project,
        attachment_target=network.network.id,
        firewall_policy=policy.name,
        opts=site.options(name, guarded=True, depends_on=rules),  # a policy counts from its first moment on
    )


def _make_rule(
    site: Site, policy: compute.NetworkFirewallPolicy, rule: FirewallRule
) -> compute.NetworkFirewallPolicyRule:
    name, inward = site.name("firewall-rule", rule.key), rule.direction is RuleDirection.IN
    context = _INTERNET if rule.internet else None
    return compute.NetworkFirewallPolicyRule(
        name,
        project=settings(site).project,
        firewall_policy=policy.name,
        rule_name=name,
        description=f"{rule.action} {rule.protocol} {rule.direction}, tier {rule.tier}",
        priority=rule.priority,
        direction="INGRESS" if inward else "EGRESS",
        action=rule.action.value,
        enable_logging=True,
        match=compute.NetworkFirewallPolicyRuleMatchArgs(
            src_ip_ranges=list(rule.peers if inward else rule.ranges),
            dest_ip_ranges=list(rule.ranges if inward else rule.peers),
            src_network_context=context if inward else None,
            dest_network_context=None if inward else context,
            layer4_configs=[
                compute.NetworkFirewallPolicyRuleMatchLayer4ConfigArgs(
                    ip_protocol=rule.protocol.value if rule.protocol is not RuleProtocol.ALL else "all",
                    ports=list(rule.ports) or None,
                )
            ],
        ),
        opts=site.options(name),
    )
