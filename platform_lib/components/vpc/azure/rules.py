"""The rules of the network security group of each tier: what its role promises, and what it asks for. Pure.

A group keeps state. It stands around a subnet and is asked within it too; behind its own rules come those of Azure,
which let in and out what lies in the network or is connected to it, and let all out to the internet
(https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection, RuleProtocol
from platform_lib.components.vpc.azure.services import SERVICE_TAGS
from platform_lib.components.vpc.planning.model import HTTPS, FilterPlan, FilterRulePlan, SubnetPlan, VpcPlan
from platform_lib.components.vpc.reachability.ports import PortSet

INTERNET: Final = "Internet"
PROBES: Final = "AzureLoadBalancer"
"""Where the health probes of load balancers come from."""

MANAGER: Final = "GatewayManager"
"""What manages application gateways, which stand in public tiers and are not made where it cannot reach them
(https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups)."""

_MANAGER_PORTS: Final = ("65200-65535",)
_FIRST: Final = 100
_LAST: Final = 4096
"""Priorities run from 100 to 4096 (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview)."""

MOST_RULES: Final = 900
"""Rules that a tier may ask for: a group has at most 1,000, of which some are kept for its own
(https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits)."""


@dataclass(frozen=True, slots=True)
class SecurityRule:
    """One rule of a group.

    Attributes:
        name: unique in the group.
        priority: unique in the group and direction; the lowest is looked at first.
        direction: seen from the tier.
        action: what happens.
        protocol: which traffic.
        ports: of the destination, as Azure writes them; empty is all.
        peers: ranges of the other side; empty is any.
        tag: a service tag in place of ``peers``; empty is none.
        services: the service endpoints whose addresses the tag means; empty for others.
    """

    name: str
    priority: int
    direction: RuleDirection
    action: RuleAction
    protocol: RuleProtocol = RuleProtocol.ALL
    ports: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    tag: str = ""
    services: tuple[str, ...] = ()


def security_rules(plan: VpcPlan) -> Mapping[str, tuple[SecurityRule, ...]]:
    """The rules of every tier's group; tiers that belong to a service are left out, which refuses a group.

    Without a filter a public tier lets in HTTPS from the internet, and a tier without a way out lets nothing out but to
    the network, to what is connected to it, and to the services of its service endpoints.
    """
    filters = {one.tier: one for one in plan.filters}
    return {
        subnet.tier: (
            *_managed(subnet),
            *(_filtered(filters[subnet.tier]) if subnet.tier in filters else _of_role(plan, subnet)),
        )
        for subnet in plan.subnets
        if not subnet.of_service
    }


def _managed(subnet: SubnetPlan) -> Iterator[SecurityRule]:
    if subnet.role is TierRole.PUBLIC:
        incoming, allow = RuleDirection.IN, RuleAction.ALLOW
        yield SecurityRule("manager-in", _LAST - 2, incoming, allow, RuleProtocol.TCP, _MANAGER_PORTS, tag=MANAGER)


def _of_role(plan: VpcPlan, subnet: SubnetPlan) -> Iterator[SecurityRule]:
    allow, deny = RuleAction.ALLOW, RuleAction.DENY
    if subnet.role is TierRole.PUBLIC:
        yield SecurityRule("https-in", _FIRST, RuleDirection.IN, allow, RuleProtocol.TCP, (str(HTTPS),), tag=INTERNET)
    (table,) = (table for table in plan.route_tables if table.key == subnet.route_table)
    if table.default_route is None:
        for number, tag in enumerate(dict.fromkeys(SERVICE_TAGS[name] for name in subnet.services)):
            services = tuple(name for name in subnet.services if SERVICE_TAGS[name] == tag)
            name = f"{tag.lower()}-out"
            yield SecurityRule(name, _FIRST + number, RuleDirection.OUT, allow, tag=tag, services=services)
        yield SecurityRule("no-internet-out", _LAST, RuleDirection.OUT, deny, tag=INTERNET)


def _filtered(asked: FilterPlan) -> Iterator[SecurityRule]:
    """The rules of a filter, then what ends it: nothing else passes but the probes of load balancers."""
    parts = [(rule, peers) for rule in asked.rules for peers in _by_version(rule)]
    for number, (rule, peers) in enumerate(parts):
        yield SecurityRule(
            name=f"rule-{number + 1}",
            priority=_FIRST + number,
            direction=rule.direction,
            action=rule.action,
            protocol=rule.protocol,
            ports=_ports(rule.ports),
            peers=peers,
            tag=INTERNET if rule.internet else "",
        )
    yield SecurityRule("probes-in", _LAST - 1, RuleDirection.IN, RuleAction.ALLOW, tag=PROBES)
    yield SecurityRule("nothing-else-in", _LAST, RuleDirection.IN, RuleAction.DENY)
    yield SecurityRule("nothing-else-out", _LAST, RuleDirection.OUT, RuleAction.DENY)


def _by_version(rule: FilterRulePlan) -> Iterator[tuple[str, ...]]:
    """The ranges of a rule, IPv4 apart from IPv6, which no rule of Azure has together; one empty group for any."""
    blocks = [Block.parse(text) for text in rule.peers]
    if not blocks or any(block.prefix_length == 0 for block in blocks):
        yield ()
        return
    for version in (4, 6):
        if found := tuple(str(block) for block in blocks if block.version == version):
            yield found


def _ports(text: str) -> tuple[str, ...]:
    """Ports as Azure writes them; empty for all."""
    spans = PortSet.parse(text).spans if text else ()
    return tuple(str(first) if first == last else f"{first}-{last}" for first, last in spans)
