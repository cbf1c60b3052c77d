"""What a rule set does with a packet. Pure; imports nothing of pulumi.

The source port of a client is free within a range, so a decision is not yes or no but the set of client ports that
pass: the destination ports of an answer, the source ports of everything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.rules import (
    ALL_PROTOCOLS,
    WITH_PORTS,
    Action,
    Direction,
    Peer,
    PeerKind,
    Rule,
    RuleSet,
    RuleSetKind,
)


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a connection as filters see it.

    Attributes:
        address: a block of one address.
        groups: security groups that rules may name.
        tags: network tags.
        service: service that it is; empty for others.
        internet: whether it lies outside all private networks.
    """

    address: Block
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    service: str = ""
    internet: bool = False


@dataclass(frozen=True, slots=True)
class Packet:
    """Traffic of one connection in one direction.

    Attributes:
        source: who sends it.
        destination: who it is for.
        protocol: never ``all``; ``other`` stands for every protocol that no rule names.
        port: the server's port; 0 for protocols without ports.
        client_ports: ports of the client under consideration.
        reply: whether it answers, so that the server sends it.
    """

    source: Side
    destination: Side
    protocol: str
    port: int
    client_ports: PortSet
    reply: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What a filter lets through.

    Attributes:
        client_ports: the client ports that pass; empty is a refusal.
        reason: the rule (or default) that decided, for the explanation.
    """

    client_ports: PortSet
    reason: str


def _is_peer(peer: Peer, other: Side) -> bool:
    match peer.kind:
        case PeerKind.ANY:
            return True
        case PeerKind.CIDR:
            return peer.block is not None and peer.block.contains(other.address)
        case PeerKind.GROUP:
            return peer.value in other.groups
        case PeerKind.TAG:
            return peer.value in other.tags
        case PeerKind.SERVICE:
            return peer.value == other.service
        case PeerKind.INTERNET:
            return other.internet
        case PeerKind.VIRTUAL_NETWORK:
            return not other.internet


def matched_ports(rule: Rule, packet: Packet, direction: Direction) -> PortSet:
    """The client ports of a packet that a rule matches; empty where it does not match at all.

    Args:
        rule: of any direction.
        packet: the traffic.
        direction: which way it passes the filter; the other side of the rule is its source on the way in.

    Returns:
        Some of the packet's client ports.
    """
    if rule.direction is not direction or rule.protocol not in (ALL_PROTOCOLS, packet.protocol):
        return PortSet()
    guarded, other = (
        (packet.destination, packet.source) if direction is Direction.IN else (packet.source, packet.destination)
    )
    if rule.targets and not set(rule.targets) & set(guarded.tags):
        return PortSet()
    if not any(_is_peer(peer, other) for peer in rule.peers):
        return PortSet()
    if packet.protocol not in WITH_PORTS:
        return packet.client_ports
    fixed, free = (rule.source_ports, rule.ports) if packet.reply else (rule.ports, rule.source_ports)
    return packet.client_ports & free if packet.port in fixed else PortSet()


def _default(rule_set: RuleSet, direction: Direction) -> Action:
    return rule_set.default_in if direction is Direction.IN else rule_set.default_out


def _in_order(rule_set: RuleSet) -> list[Rule]:
    """Rules in the order they are looked at; at one priority a denial comes first (GCP)."""
    return sorted(rule_set.rules, key=lambda rule: (rule.priority, rule.action is not Action.DENY))


def security_groups(groups: Iterable[RuleSet], packet: Packet, direction: Direction) -> Decision:
    """What all security groups of a machine let through together."""
    passed, reasons, names = PortSet(), [], []
    for group in groups:
        names.append(group.id)
        for rule in group.rules:
            ports = matched_ports(rule, packet, direction)
            if ports and not passed.covers(ports):
                passed |= ports
                reasons.append(f"{group.id}: {rule}")
    if passed:
        return Decision(passed, "; ".join(reasons))
    return Decision(passed, f"no rule of {', '.join(names)} allows it {direction}")


def first_match(rule_set: RuleSet, packet: Packet, direction: Direction) -> tuple[Decision, PortSet]:
    """What an ordered rule set lets through.

    Args:
        rule_set: of any ordered kind.
        packet: the traffic.
        direction: which way it passes.

    Returns:
        The decision, and the client ports that the set leaves to the next one (``next``).
    """
    open_ports, passed, handed_on = packet.client_ports, PortSet(), PortSet()
    reasons: list[str] = []
    for rule in _in_order(rule_set):
        ports = matched_ports(rule, packet, direction) & open_ports
        if not ports:
            continue
        reasons.append(f"{rule_set.id}: rule {rule.priority} {rule}")
        open_ports -= ports
        if rule.action is Action.ALLOW:
            passed |= ports
        elif rule.action is Action.NEXT:
            handed_on |= ports
        if not open_ports:
            break
    if open_ports:
        action = _default(rule_set, direction)
        reasons.append(f"{rule_set.id}: no rule matches, the default is {action}")
        if action is Action.ALLOW:
            passed |= open_ports
        elif action is Action.NEXT:
            handed_on |= open_ports
    return Decision(passed, "; ".join(reasons)), handed_on


def filtered(rule_set: RuleSet, packet: Packet, direction: Direction) -> Decision:
    """What one rule set of any kind lets through on its own."""
    if rule_set.kind is RuleSetKind.SECURITY_GROUP:
        return security_groups([rule_set], packet, direction)
    return first_match(rule_set, packet, direction)[0]


def chained(rule_sets: Iterable[RuleSet], packet: Packet, direction: Direction) -> Decision:
    """What a chain of rule sets lets through, each asked only for what the one before handed on (GCP)."""
    open_ports, passed, reasons = packet.client_ports, PortSet(), []
    for rule_set in rule_sets:
        part = Packet(packet.source, packet.destination, packet.protocol, packet.port, open_ports, packet.reply)
        decision, open_ports = first_match(rule_set, part, direction)
        passed |= decision.client_ports
        reasons.append(decision.reason)
        if not open_ports:
            break
    return Decision(passed | open_ports, "; ".join(reasons))
