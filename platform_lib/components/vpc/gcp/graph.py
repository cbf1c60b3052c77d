"""What reachability has to know of a planned network on Google Cloud. Pure."""

from collections.abc import Mapping

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection
from platform_lib.components.vpc.gcp.rules import FirewallRule, firewall_rules
from platform_lib.components.vpc.planning.model import INTERNET, RouteTablePlan, VpcPlan
from platform_lib.components.vpc.reachability.ports import ALL_PORTS, PortSet
from platform_lib.components.vpc.reachability.rules import Action, Direction, Peer, PeerKind, Rule, RuleSet, RuleSetKind


def rule_sets(plan: VpcPlan) -> Mapping[str, RuleSet]:
    """The rules of the firewall policy by the tier that they name; what they do not decide passes.

    The implied rule that lets nothing in is left out: a tier stands for machines whose owners opened what they need.
    """
    services = [endpoint.service for endpoint in plan.endpoints if endpoint.is_gateway]
    found: dict[str, list[Rule]] = {}
    for rule in firewall_rules(plan):
        found.setdefault(rule.tier, list(map(_not_internet, services))).append(_rule(rule))
    return {
        tier: RuleSet(f"firewall-policy/{tier}", RuleSetKind.FIREWALL, tuple(rules), Action.ALLOW, Action.ALLOW)
        for tier, rules in found.items()
    }


def _not_internet(service: str) -> Rule:
    """Addresses of Google APIs do not belong to the internet that rules speak of."""
    return Rule(Direction.OUT, Action.ALLOW, peers=(Peer(PeerKind.SERVICE, service),), name="no internet")


def _rule(rule: FirewallRule) -> Rule:
    internet = (Peer(PeerKind.INTERNET),)
    return Rule(
        Direction.IN if rule.direction is RuleDirection.IN else Direction.OUT,
        Action.ALLOW if rule.action is RuleAction.ALLOW else Action.DENY,
        protocol=rule.protocol.value,
        ports=PortSet.parse(",".join(rule.ports)) if rule.ports else ALL_PORTS,
        peers=internet if rule.internet else tuple(Peer(PeerKind.CIDR, block=Block.parse(text)) for text in rule.peers),
        priority=rule.priority,
        name=f"rule {rule.priority}",
    )


def default_route(plan: VpcPlan, table: RouteTablePlan) -> str | None:
    """Where the default route of a tier leads: one to the internet holds for the whole network."""
    return INTERNET if plan.has_internet_gateway else table.default_route
