"""The rules of tiers: what is wrong with them on any cloud, and their other sides as ranges. Pure."""

from collections.abc import Iterator, Mapping

from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.components.vpc.arguments.tier import RuleProtocol, TierArgs, TierRuleArgs
from platform_lib.components.vpc.planning.model import FilterPlan, FilterRulePlan, SubnetPlan
from platform_lib.core.errors import Finding, near

INTERNET_PEER = "internet"
"""The other side of a rule that is nobody's network."""

ANYWHERE = ("0.0.0.0/0", "::/0")
"""The other side of a rule that names none."""

WITH_PORTS = (RuleProtocol.TCP, RuleProtocol.UDP)


def check_filters(tiers: list[TierArgs]) -> list[Finding]:
    """Other sides that are none, and ports where a protocol has none."""
    names = [tier.name for tier in tiers]
    findings: list[Finding] = []
    for index, tier in enumerate(tiers):
        for number, rule in enumerate(tier.filter.rules if tier.filter is not None else ()):
            path = f"tiers[{index}].filter.rules[{number}]"
            findings += _check_peers(f"{path}.peers", rule, names)
            if rule.ports is not None and rule.protocol not in WITH_PORTS:
                problem = f"is for tcp and udp, got {rule.ports!r} with the protocol {rule.protocol or 'all'!s}"
                findings.append(Finding(f"{path}.ports", problem, "set protocol to 'tcp' or 'udp', or leave it out"))
    return findings


def _check_peers(path: str, rule: TierRuleArgs, names: list[str]) -> Iterator[Finding]:
    for number, peer in enumerate(rule.peers or ()):
        if peer == INTERNET_PEER or peer in names:
            continue
        where = f"{path}[{number}]"
        try:
            Block.parse(peer)
        except AddressError as error:
            if "/" in peer:
                yield Finding(where, error.problem, error.remedy)
            else:
                remedy = near(peer, [*names, INTERNET_PEER]) or f"name one of {', '.join([*names, INTERNET_PEER])}"
                yield Finding(where, f"is no tier, no range and not 'internet', got {peer!r}", remedy)


def plan_filters(tiers: list[TierArgs], subnets: tuple[SubnetPlan, ...]) -> tuple[FilterPlan, ...]:
    """The rules of every tier that has some, in the order of the tiers."""
    ranges = _ranges(tiers, subnets)
    return tuple(
        FilterPlan(
            tier=tier.name,
            ranges=ranges[tier.name],
            rules=tuple(part for rule in tier.filter.rules for part in _parts(rule, ranges)),
            stateless=bool(tier.filter.stateless),
        )
        for tier in tiers
        if tier.filter is not None
    )


def _ranges(tiers: list[TierArgs], subnets: tuple[SubnetPlan, ...]) -> Mapping[str, tuple[str, ...]]:
    """Tier to its ranges: of its subnets with what else they have, or its range in the subnet that hosts its pods."""
    names, found = {tier.name for tier in tiers}, dict[str, tuple[str, ...]]()
    for subnet in subnets:
        own = (subnet.cidr, *(text for key, text in subnet.secondary.items() if key not in names))
        found[subnet.tier] = (*found.get(subnet.tier, ()), *own)
        found.update({key: (text,) for key, text in subnet.secondary.items() if key in names})
    return found


def _parts(rule: TierRuleArgs, ranges: Mapping[str, tuple[str, ...]]) -> Iterator[FilterRulePlan]:
    """A rule; two where it names the internet beside ranges, which no cloud takes in one."""
    peers = rule.peers or list(ANYWHERE)
    named = tuple(text for peer in peers if peer != INTERNET_PEER for text in ranges.get(peer, (peer,)))
    for sides, internet in ((named, False), ((), True)):
        if sides or (internet and INTERNET_PEER in peers):
            yield FilterRulePlan(
                rule.direction, rule.action, rule.protocol or RuleProtocol.ALL, rule.ports or "", sides, internet
            )
