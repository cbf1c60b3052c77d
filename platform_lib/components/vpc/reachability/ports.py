"""Sets of ports as disjoint intervals. Pure; imports nothing of pulumi."""

from collections.abc import Iterable
from dataclasses import dataclass

HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class PortSet:
    """A set of port numbers from 0 to 65535.

    Attributes:
        spans: disjoint intervals (first, last) in rising order, neither touching nor empty.
    """

    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, *spans: tuple[int, int] | int) -> "PortSet":
        """The union of some intervals and single ports."""
        pairs = sorted((span, span) if isinstance(span, int) else span for span in spans)
        merged: list[tuple[int, int]] = []
        for first, last in pairs:
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            elif first <= last:
                merged.append((first, last))
        return cls(tuple(merged))

    @classmethod
    def parse(cls, text: str) -> "PortSet":
        """Read ``443``, ``8000-8080``, ``80,443`` or ``*``.

        Raises:
            ValueError: with what is wrong with the text.
        """
        if text.strip() == "*":
            return ALL_PORTS
        spans = []
        for part in text.split(","):
            first, dash, last = part.strip().partition("-")
            if not first.isdigit() or (dash and not last.isdigit()):
                raise ValueError(f"not a port or a range of ports, got {part.strip()!r}")
            low, high = int(first), int(last) if dash else int(first)
            if not low <= high <= HIGHEST_PORT:
                raise ValueError(f"ports run from 0 to {HIGHEST_PORT}, got {part.strip()!r}")
            spans.append((low, high))
        return cls.of(*spans)

    def __contains__(self, port: int) -> bool:
        return any(first <= port <= last for first, last in self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __and__(self, other: "PortSet") -> "PortSet":
        spans = ((max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans)
        return PortSet.of(*(span for span in spans if span[0] <= span[1]))

    def __or__(self, other: "PortSet") -> "PortSet":
        return PortSet.of(*self.spans, *other.spans)

    def __sub__(self, other: "PortSet") -> "PortSet":
        edges, start = [], 0
        for first, last in other.spans:
            edges.append((start, first - 1))
            start = last + 1
        edges.append((start, HIGHEST_PORT))
        return self & PortSet.of(*(span for span in edges if span[0] <= span[1]))

    def covers(self, other: "PortSet") -> bool:
        """Whether every port of the other set is in this one."""
        return not other - self

    def __str__(self) -> str:
        if self == ALL_PORTS:
            return "all ports"
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.spans) or "no port"


ALL_PORTS = PortSet(((0, HIGHEST_PORT),))
EPHEMERAL = PortSet(((32768, 60999),))
"""Ports a Linux client sends from: net.ipv4.ip_local_port_range, kernel documentation, networking/ip-sysctl."""
NAT_PORTS = PortSet(((1024, 65535),))
"""Ports a NAT gateway sends from: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-other-features.html ."""


def cuts(sets: Iterable[PortSet]) -> list[int]:
    """One port of every class that no given set tells apart, in rising order."""
    points = {0}
    for ports in sets:
        for first, last in ports.spans:
            points.add(first)
            if last < HIGHEST_PORT:
                points.add(last + 1)
    return sorted(points)
