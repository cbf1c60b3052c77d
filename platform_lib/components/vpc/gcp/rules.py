"""The rules of a network's firewall policy on Google Cloud: what roles promise, and what tiers ask for. Pure.

Routes hold for a whole network here, not for a subnet, so that what a tier may reach is kept by rules
(https://cloud.google.com/vpc/docs/routes). A rule names the tier by its ranges. The internet is a network context: the
addresses of Google APIs do not belong to it, and a source or destination range has to stand beside it
(https://cloud.google.com/firewall/docs/understand-network-contexts).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection, RuleProtocol
from platform_lib.components.vpc.planning.model import FilterPlan, SubnetPlan, VpcPlan

ANYWHERE: Final = "0.0.0.0/0"

MOST_RULES: Final = 96
"""Rules that a tier may have: each tier owns a hundred priorities, of which four are kept."""

_FIRST_PRIORITY: Final = 1000
_SLOTS: Final = 100
_SMALLEST_SUBNET: Final = 8
"""Addresses of a /29, the smallest subnet (https://cloud.google.com/vpc/docs/subnets#ipv4-ranges)."""

_OWN_IN, _OWN_OUT, _FIRST, _LAST_IN, _LAST_OUT = 0, 1, 2, 98, 99


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """One rule of the policy.

    Attributes:
        tier: whose.
        slot: which of the tier's hundred places; with the tier it is the identity of the rule.
        priority: unique in the policy, the lowest is looked at first.
        direction: seen from the tier.
        action: what happens.
        protocol: which traffic.
        ports: of the destination, as the API writes them; empty is all.
        ranges: of the tier.
        peers: of the other side.
        internet: whether the other side is the internet alone.
    """

    tier: str
    slot: int
    priority: int
    direction: RuleDirection
    action: RuleAction
    ranges: tuple[str, ...]
    peers: tuple[str, ...] = (ANYWHERE,)
    internet: bool = False
    protocol: RuleProtocol = RuleProtocol.ALL
    ports: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Among the children. A rule is known by its priority in the cloud, so that another order is an update."""
        return f"{self.tier}-{self.slot}"


def firewall_rules(plan: VpcPlan) -> tuple[FirewallRule, ...]:
    """All rules in the order of their priorities."""
    defaults = {table.tier: table.default_route for table in plan.route_tables}
    rules = [rule for subnet in plan.subnets for rule in _promised(plan, subnet, defaults)]
    rules += [rule for asked in plan.filters for rule in _asked(plan, asked)]
    return tuple(sorted(rules, key=lambda rule: rule.priority))


def _promised(plan: VpcPlan, subnet: SubnetPlan, defaults: Mapping[str, str | None]) -> Iterator[FirewallRule]:
    """Nothing from the internet into a tier that is not public, nothing to it where neither NAT nor hub leads there."""
    if subnet.role is TierRole.PUBLIC:
        return
    first = _first_priority(plan, subnet.cidr)
    ranges = (subnet.cidr, *subnet.secondary.values())
    asked = [(_OWN_IN, RuleDirection.IN)]
    if defaults[subnet.tier] is None:
        asked.append((_OWN_OUT, RuleDirection.OUT))
    for slot, direction in asked:
        yield FirewallRule(subnet.tier, slot, first + slot, direction, RuleAction.DENY, ranges, internet=True)


def _asked(plan: VpcPlan, asked: FilterPlan) -> Iterator[FirewallRule]:
    """The rules of a tier, and after them that nothing else passes."""
    first = _first_priority(plan, asked.ranges[0])
    for slot, rule in enumerate(asked.rules, start=_FIRST):
        peers = (ANYWHERE,) if rule.internet else tuple(text for text in rule.peers if ":" not in text)
        if not peers:
            continue  # a rule is for one version of IP, and that of a filter is the fourth
        yield FirewallRule(
            tier=asked.tier,
            slot=slot,
            priority=first + slot,
            direction=rule.direction,
            action=rule.action,
            ranges=asked.ranges,
            peers=peers,
            internet=rule.internet,
            protocol=rule.protocol,
            ports=tuple(part.strip() for part in rule.ports.split(",")) if rule.ports else (),
        )
    for slot, direction in ((_LAST_IN, RuleDirection.IN), (_LAST_OUT, RuleDirection.OUT)):
        yield FirewallRule(asked.tier, slot, first + slot, direction, RuleAction.DENY, asked.ranges)


def _first_priority(plan: VpcPlan, text: str) -> int:
    """The first priority of a tier, from where its block lies among all addresses: it never moves, no two share it."""
    block, before = Block.parse(text), 0
    for network in map(Block.parse, plan.ranges):
        if network.contains(block):
            return _FIRST_PRIORITY + (before + block.first - network.first) // _SMALLEST_SUBNET * _SLOTS
        before += network.size
    raise ValueError(f"{text} lies in none of {', '.join(plan.ranges)}")
