"""Whether one end reaches another, with the way there, the way back and the reason of every decision.

Pure; imports nothing of pulumi.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from platform_lib.components.vpc.addressing.block import BITS, Block
from platform_lib.components.vpc.reachability.endpoint import Endpoint, Place, Resolver
from platform_lib.components.vpc.reachability.evaluate import Side
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import Nat
from platform_lib.components.vpc.reachability.ports import ALL_PORTS, NAT_PORTS, PortSet
from platform_lib.components.vpc.reachability.rules import WITH_PORTS
from platform_lib.components.vpc.reachability.walk import Hop, Walk

_CLIENT_PORTS = ALL_PORTS - PortSet.of(0)


class Outcome(StrEnum):
    """How far a connection gets.

    ``partial`` works for some ports of the client only, ``one-way`` arrives and is never answered.
    """

    REACHABLE = "reachable"
    PARTIAL = "partial"
    ONE_WAY = "one-way"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one connection.

    Attributes:
        source: who opens it.
        destination: who it is for.
        protocol: such as ``tcp``.
        port: of the destination; 0 for protocols without ports.
        outcome: how far it gets.
        hops: the way there.
        answer: the way back; empty where nothing arrives.
    """

    source: Endpoint
    destination: Endpoint
    protocol: str
    port: int
    outcome: Outcome
    hops: tuple[Hop, ...]
    answer: tuple[Hop, ...] = ()

    @property
    def delivers(self) -> bool:
        """Whether data of the source can get to the destination.

        TCP needs the answer before it carries any; the other protocols do not.
        """
        if self.outcome is Outcome.ONE_WAY:
            return self.protocol != "tcp"
        return self.outcome is not Outcome.BLOCKED

    @property
    def service(self) -> str:
        """Protocol and port as people write them."""
        return f"{self.protocol}/{self.port}" if self.protocol in WITH_PORTS else self.protocol

    def __str__(self) -> str:
        way = " -> ".join(map(str, self.hops))
        text = f"{self.source} to {self.destination} on {self.service}: {self.outcome}: {way}"
        lost = [hop for hop in self.answer if not hop.passed]
        return f"{text}; the answer is lost at {lost[-1]}" if lost else text


@dataclass(frozen=True, slots=True)
class _Leg:
    """A part of a connection between two ends of which neither is translated.

    Attributes:
        source: who sends.
        answers: who answers, as the filters on the way back see it.
        client_ports: client ports that passed on the way there.
    """

    source: Endpoint
    answers: Endpoint
    client_ports: PortSet


def _nat_end(graph: Graph, nat: Nat, subnet: str, version: int) -> Endpoint:
    """A NAT gateway as the end of a leg, with an address of its subnet."""
    block = next(block for block in graph.subnets[subnet].blocks if block.version == version)
    address = Block(version, min(block.first + 10, block.last), BITS[version])
    name = f"NAT gateway {nat.id}"
    return Endpoint(name, Place.SUBNET, Side(address), subnet, public=nat.public, ephemeral=NAT_PORTS, translates=True)


class Solver:
    """Answers questions about one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.resolver = Resolver(graph)

    def trace(self, source: Endpoint, destination: Endpoint, protocol: str, port: int = 0) -> Trace:
        """Follow one connection there and back.

        Args:
            source: who opens it.
            destination: who it is for.
            protocol: ``tcp``, ``udp``, ``icmp``, another name or number, ``other`` for all that no rule names.
            port: of the destination; 0 for protocols without ports.

        Returns:
            The way.
        """
        hops: list[Hop] = []
        legs: list[_Leg] = []
        translated: set[str] = set()
        end = source
        while True:
            first = NAT_PORTS if legs else _CLIENT_PORTS
            walk = Walk(self.graph, end, destination, protocol, port, first)
            arrived = walk.run()
            hops += walk.hops
            nat = walk.translated
            if nat is not None and nat.id in translated:
                arrived = False
                hops.append(Hop(f"NAT gateway {nat.id}", False, "the routes form a loop: it was passed before"))
            if not arrived:
                return Trace(source, destination, protocol, port, Outcome.BLOCKED, tuple(hops))
            if nat is None or nat.subnet is None:
                # A gateway outside all subnets is its own way out, and hands answers straight to the client's subnet.
                legs.append(_Leg(end, destination, walk.client_ports))
                break
            translated.add(nat.id)
            gateway = _nat_end(self.graph, nat, nat.subnet, end.version)
            # On its way back a packet has the address of who answers again when it leaves the gateway.
            legs.append(_Leg(end, replace(gateway, side=destination.side), walk.client_ports))
            end = gateway
        answer, outcome = self._answer(legs, protocol, port)
        return Trace(source, destination, protocol, port, outcome, tuple(hops), tuple(answer))

    def _answer(self, legs: list[_Leg], protocol: str, port: int) -> tuple[list[Hop], Outcome]:
        """Walk the answer back, leg by leg from the far end."""
        hops: list[Hop] = []
        outcome = Outcome.REACHABLE
        for leg in reversed(legs):
            walk = Walk(self.graph, leg.answers, leg.source, protocol, port, leg.client_ports, reply=True)
            arrived = walk.run()
            hops += walk.hops
            if not arrived:
                return hops, Outcome.ONE_WAY
            if protocol in WITH_PORTS and not walk.client_ports.covers(leg.source.ephemeral):
                outcome = Outcome.PARTIAL
                hops.append(Hop(f"answers to {leg.source.name}", True, f"only to client ports {walk.client_ports}"))
        return hops, outcome

    def explain(self, source: str, destination: str, protocol: str = "tcp", port: int = 443) -> tuple[Trace, ...]:
        """Follow a connection between everything that two names mean.

        Args:
            source: as ``Resolver.endpoints`` reads it.
            destination: likewise.
            protocol: as in ``trace``.
            port: as in ``trace``.

        Returns:
            One trace for every pair of ends of the same IP version; for a pair without a common version, one that says
            so.

        Raises:
            PlanError: a name that nothing has.
        """
        pairs = list(self.pairs(source, destination))
        return tuple(self.trace(left, right, protocol, port if protocol in WITH_PORTS else 0) for left, right in pairs)

    def pairs(self, source: str, destination: str) -> Iterator[tuple[Endpoint, Endpoint]]:
        """Every pair of ends that two names mean, of one IP version; where they share none, one pair without."""
        left, right = self.resolver.endpoints(source), self.resolver.endpoints(destination)
        alike = [(one, two) for one in left for two in right if one.version == two.version and one != two]
        yield from alike or [(left[0], right[0])]


def reaches(graph: Graph, source: str, destination: str, protocol: str = "tcp", port: int = 443) -> Outcome:
    """The best outcome of all traces between two names: whether anything of one reaches anything of the other."""
    traces = Solver(graph).explain(source, destination, protocol, port)
    order = list(Outcome)
    return min((trace.outcome for trace in traces), key=order.index)
