"""Rule sets as the clouds make them: what is there before anyone writes a rule. Pure; imports nothing of pulumi."""

from collections.abc import Iterable

from platform_lib.components.vpc.reachability.rules import (
    Action,
    Direction,
    Peer,
    PeerKind,
    Rule,
    RuleSet,
    RuleSetKind,
)

_NETWORK = (Peer(PeerKind.VIRTUAL_NETWORK),)
_AZURE_DEFAULTS = (
    Rule(Direction.IN, Action.ALLOW, peers=_NETWORK, priority=65000, name="AllowVnetInBound"),
    Rule(Direction.IN, Action.DENY, priority=65500, name="DenyAllInBound"),
    Rule(Direction.OUT, Action.ALLOW, peers=_NETWORK, priority=65000, name="AllowVnetOutBound"),
    Rule(Direction.OUT, Action.ALLOW, peers=(Peer(PeerKind.INTERNET),), priority=65001, name="AllowInternetOutBound"),
    Rule(Direction.OUT, Action.DENY, priority=65500, name="DenyAllOutBound"),
)


def aws_security_group(name: str, rules: Iterable[Rule] = ()) -> RuleSet:
    """A security group: what no rule allows is refused, in both directions."""
    return RuleSet(name, RuleSetKind.SECURITY_GROUP, tuple(rules))


def aws_network_acl(name: str, rules: Iterable[Rule] = ()) -> RuleSet:
    """A network ACL: refuses what no rule matches.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
    """
    return RuleSet(name, RuleSetKind.NETWORK_ACL, tuple(rules))


def azure_security_group(name: str, rules: Iterable[Rule] = ()) -> RuleSet:
    """A network security group with the default rules of Azure, save that for the probes of load balancers.

    Source: https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules
    """
    return RuleSet(name, RuleSetKind.NSG, (*rules, *_AZURE_DEFAULTS))


def gcp_firewall(name: str, rules: Iterable[Rule] = ()) -> RuleSet:
    """The VPC firewall rules of a network with its two implied rules: nothing in, everything out.

    Source: https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules
    """
    return RuleSet(name, RuleSetKind.FIREWALL, tuple(rules), Action.DENY, Action.ALLOW)


def gcp_policy(name: str, rules: Iterable[Rule] = ()) -> RuleSet:
    """A firewall policy above or beside the VPC rules: what it does not decide goes on to the next.

    Source: https://cloud.google.com/firewall/docs/firewall-policies-overview#rule-evaluation
    """
    return RuleSet(name, RuleSetKind.FIREWALL, tuple(rules), Action.NEXT, Action.NEXT)
