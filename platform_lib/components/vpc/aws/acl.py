"""The rules of a tier as entries of a network ACL, which keeps no memory of connections. Pure.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection, RuleProtocol
from platform_lib.components.vpc.planning.model import FilterPlan, FilterRulePlan

MOST_ENTRIES: Final = 40
"""Entries of a network ACL in each direction: 20 by default, 40 by a raised quota
(https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html)."""

_ANSWERED: Final = {False: ((1024, 65535),), True: ((1024, 3388), (3390, 65535))}
"""Ports that answers leave to, and those that they come to: not that of Remote Desktop, which no one shall open so
(https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports)."""

_FIRST_ANSWER, _FIRST_RULE = 1, 1000
_ALL_PORTS: Final = (0, 65535)
_ICMP_V6: Final = "58"
_NUMBERS: Final = {RuleProtocol.TCP: "6", RuleProtocol.UDP: "17", RuleProtocol.ICMP: "1", RuleProtocol.ALL: "-1"}
"""Protocols by their numbers, as the service reads them back."""


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One entry.

    Attributes:
        inward: whether it is about what enters.
        number: its place, the lowest is looked at first.
        allow: whether it lets pass.
        protocol: number of the protocol, ``-1`` for all.
        ports: first and last port of the destination; (0, 0) where the protocol has none.
        peer: range of the other side.
    """

    inward: bool
    number: int
    allow: bool
    protocol: str
    ports: tuple[int, int]
    peer: str


def acl_entries(asked: FilterPlan, *, ipv6: bool) -> tuple[AclEntry, ...]:
    """The entries of a tier's network ACL; what none matches is refused by the one that AWS puts last.

    Args:
        asked: the rules of the tier.
        ipv6: whether the network has IPv6; entries for it are left out otherwise.
    """
    entries: list[AclEntry] = []
    for inward in (True, False):
        answers = [] if asked.stateless else list(_answers(asked, inward=inward, ipv6=ipv6))
        entries += [_numbered(entry, number) for number, entry in enumerate(answers, _FIRST_ANSWER)]
        rules = [
            entry
            for rule in asked.rules
            if (rule.direction is RuleDirection.IN) is inward
            for entry in _entries(rule, inward=inward, ipv6=ipv6)
        ]
        entries += [_numbered(entry, number) for number, entry in enumerate(rules, _FIRST_RULE)]
    return tuple(entries)


def _numbered(entry: AclEntry, number: int) -> AclEntry:
    return AclEntry(entry.inward, number, entry.allow, entry.protocol, entry.ports, entry.peer)


def _answers(asked: FilterPlan, *, inward: bool, ipv6: bool) -> Iterator[AclEntry]:
    """For what a rule lets out, answers come in, and the other way round."""
    seen: set[tuple[str, str]] = set()
    for rule in asked.rules:
        if rule.action is RuleAction.DENY or (rule.direction is RuleDirection.IN) is inward:
            continue
        for protocol in (RuleProtocol.TCP, RuleProtocol.UDP):
            if rule.protocol not in (protocol, RuleProtocol.ALL):
                continue
            for peer in _peers(rule, ipv6=ipv6):
                if (protocol, peer) not in seen:
                    seen.add((protocol, peer))
                    for ports in _ANSWERED[inward]:
                        yield AclEntry(inward, 0, True, _NUMBERS[protocol], ports, peer)


def _entries(rule: FilterRulePlan, *, inward: bool, ipv6: bool) -> Iterator[AclEntry]:
    for peer in _peers(rule, ipv6=ipv6):
        for ports in _spans(rule):
            protocol = _NUMBERS[rule.protocol]
            if rule.protocol is RuleProtocol.ICMP and ":" in peer:
                protocol = _ICMP_V6
            yield AclEntry(inward, 0, rule.action is RuleAction.ALLOW, protocol, ports, peer)


def _peers(rule: FilterRulePlan, *, ipv6: bool) -> list[str]:
    return [peer for peer in rule.peers if ipv6 or ":" not in peer]


def _spans(rule: FilterRulePlan) -> list[tuple[int, int]]:
    if rule.protocol not in (RuleProtocol.TCP, RuleProtocol.UDP):
        return [(0, 0)]
    if not rule.ports:
        return [_ALL_PORTS]
    spans = []
    for part in rule.ports.split(","):
        first, _, last = part.strip().partition("-")
        spans.append((int(first), int(last or first)))
    return spans
