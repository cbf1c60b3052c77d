"""What reachability has to know of a planned network on Azure. Pure."""

from collections.abc import Iterator, Mapping

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection
from platform_lib.components.vpc.azure.rules import INTERNET, MANAGER, PROBES, SecurityRule, security_rules
from platform_lib.components.vpc.planning.model import INTERNET as TO_INTERNET
from platform_lib.components.vpc.planning.model import RouteTablePlan, VpcPlan
from platform_lib.components.vpc.reachability.ports import ALL_PORTS, PortSet
from platform_lib.components.vpc.reachability.presets import azure_security_group
from platform_lib.components.vpc.reachability.rules import Action, Direction, Peer, PeerKind, Rule, RuleSet


def rule_sets(plan: VpcPlan) -> Mapping[str, RuleSet]:
    """The security group of every tier that has one, Azure's own rules behind the given ones."""
    return {
        tier: azure_security_group(f"security-group-{tier}", map(_rule, filter(_counts, rules)))
        for tier, rules in security_rules(plan).items()
    }


def _counts(rule: SecurityRule) -> bool:
    """The platform itself is no end of a connection here."""
    return rule.tag not in (PROBES, MANAGER)


def _rule(rule: SecurityRule) -> Rule:
    return Rule(
        Direction.IN if rule.direction is RuleDirection.IN else Direction.OUT,
        Action.ALLOW if rule.action is RuleAction.ALLOW else Action.DENY,
        protocol=rule.protocol.value,
        ports=PortSet.parse(",".join(rule.ports)) if rule.ports else ALL_PORTS,
        peers=tuple(_peers(rule)),
        priority=rule.priority,
        name=rule.name,
    )


def _peers(rule: SecurityRule) -> Iterator[Peer]:
    if rule.services:
        yield from (Peer(PeerKind.SERVICE, service) for service in rule.services)
    elif rule.tag == INTERNET:
        yield Peer(PeerKind.INTERNET)
    elif rule.peers:
        yield from (Peer(PeerKind.CIDR, block=Block.parse(text)) for text in rule.peers)
    else:
        yield Peer(PeerKind.ANY)


def default_route(plan: VpcPlan, table: RouteTablePlan) -> str | None:
    """Where the default route of a table leads: Azure gives one to the internet to the subnets of services."""
    of_service = any(subnet.of_service for subnet in plan.subnets if subnet.route_table == table.key)
    return TO_INTERNET if of_service else table.default_route
