"""Network rules as security groups, ACLs and firewalls write them: who may reach which ports."""

from collections.abc import Collection
from dataclasses import dataclass

from policypacks.engine.rule import PASS, Node, Verdict, fail, is_open

ALL_PORTS = range(65_536)
"""TCP and UDP ports (RFC 6335)."""

ALL_PROTOCOLS = frozenset({"-1", "all", "*", "any"})
"""How providers write every protocol: AWS ``-1`` or ``all``, Azure ``*``, GCP ``all``."""

WITH_PORTS = ALL_PROTOCOLS | {"tcp", "udp", "6", "17", "sctp", "132"}
"""Protocols that have ports, by name and by IANA number."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One permission: sources to ports.

    Attributes:
        path: where it stands.
        sources: address ranges, as written.
        protocol: as written, lower case.
        ports: the ports that it opens; empty for protocols without ports.
    """

    path: str
    sources: tuple[str, ...]
    protocol: str
    ports: range

    def is_public(self) -> bool:
        """Whether the internet at large is among the sources."""
        return any(is_open(source) for source in self.sources)

    def public_ports(self, ports: Collection[int]) -> list[int]:
        """Which of the given ports it opens to the internet."""
        return [port for port in sorted(ports) if port in self.ports] if self.is_public() else []


def aws_opening(rule: Node, *, sources: Collection[str]) -> Opening:
    """The permission of an AWS security group rule (inline entry, SecurityGroupRule, SecurityGroupIngressRule).

    Args:
        rule: the node that holds ``protocol`` (or ``ipProtocol``), ``fromPort`` and ``toPort``.
        sources: its properties that name address ranges.

    Raises:
        Undetermined: protocol, ports or sources are not known yet.
    """
    found: list[str] = []
    for name in sources:
        value = rule.get(name)
        found += value if isinstance(value, list) else [] if value is None else [value]
    protocol = str(rule.get("protocol") or rule.get("ipProtocol") or "-1").lower()
    return Opening(rule.path, tuple(str(item) for item in found), protocol, aws_ports(rule, protocol))


def aws_ports(rule: Node, protocol: str) -> range:
    """The ports of an AWS rule: all where the protocol is all, none where it has no ports."""
    if protocol in ALL_PROTOCOLS:
        return ALL_PORTS
    if protocol not in WITH_PORTS:
        return range(0)
    low, high = int(rule.get("fromPort", 0)), int(rule.get("toPort", rule.get("fromPort", 65_535)))
    return ALL_PORTS if low == -1 else range(low, high + 1)


def forbid_public_ports(opening: Opening, ports: Collection[int], what: str) -> Verdict:
    """The permission opens none of the ports to the internet; ``what`` names the service for the message."""
    hit = opening.public_ports(ports)
    if not hit:
        return PASS
    shown = ", ".join(str(port) for port in hit)
    return fail(opening.path, f"opens {what} (port {shown}) to the internet", "narrow the sources to who needs it")
