"""What can reach what, as plain lines that a command or a report shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from platform_lib.components.vpc.reachability.check import Verdict
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.solve import Outcome, Solver, Trace
from platform_lib.components.vpc.reachability.walk import Hop
from platform_lib.core.errors import Finding, PlanError


@dataclass(frozen=True, slots=True)
class HopRow:
    """One hop; every field is text.

    Attributes:
        way: ``there`` or ``back``.
        place: where.
        decision: ``passes`` or ``stops``.
        reason: why.
    """

    way: str
    place: str
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReachAnswer:
    """The way between two ends.

    Attributes:
        source: who opens the connection, with its address.
        destination: who it is for, with its address.
        service: such as ``tcp/443``.
        outcome: how far it gets.
        hops: the way there and back.
    """

    source: str
    destination: str
    service: str
    outcome: Outcome
    hops: tuple[HopRow, ...]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement and whether it holds.

    Attributes:
        statement: its text.
        holds: whether nothing breaks it.
        tried: connections that were followed.
        paths: every path that breaks it.
    """

    statement: str
    holds: bool
    tried: int
    paths: tuple[str, ...]


def _rows(way: str, hops: Iterable[Hop]) -> list[HopRow]:
    return [HopRow(way, hop.place, "passes" if hop.passed else "stops", hop.reason) for hop in hops]


def _answer(trace: Trace) -> ReachAnswer:
    return ReachAnswer(
        source=str(trace.source),
        destination=str(trace.destination),
        service=trace.service,
        outcome=trace.outcome,
        hops=(*_rows("there", trace.hops), *_rows("back", trace.answer)),
    )


def reach(graph: Graph, source: str, destination: str, service: str = "tcp/443") -> tuple[ReachAnswer, ...]:
    """Explain a connection hop by hop.

    Args:
        graph: the planned network.
        source: a tier, workload, subnet, external network, range, or ``internet``.
        destination: likewise, or a service.
        service: ``tcp/443``, ``443``, ``udp/53``, ``icmp``.

    Returns:
        One answer for every class of addresses that the network tells apart, the furthest first.

    Raises:
        PlanError: a name that nothing has (with near names), or a service that is none.
    """
    protocol, slash, port = service.lower().partition("/")
    if protocol.isdigit() and not slash:
        protocol, port = "tcp", protocol
    try:
        ports = PortSet.parse(port) if port else PortSet.of(0)
    except ValueError as error:
        raise PlanError("reach", [Finding("service", str(error), "write 'tcp/443' or 'icmp'")]) from None
    number = ports.spans[0][0]
    if ports != PortSet.of(number) or (protocol in ("tcp", "udp") and not port):
        raise PlanError(
            "reach", [Finding("service", f"one port is followed at a time, got {service!r}", "write 'tcp/443'")]
        )
    traces = Solver(graph).explain(source, destination, protocol, number)
    order = list(Outcome)
    return tuple(_answer(trace) for trace in sorted(traces, key=lambda trace: order.index(trace.outcome)))


def statement_rows(verdicts: Iterable[Verdict]) -> tuple[StatementRow, ...]:
    """Verdicts as lines."""
    return tuple(
        StatementRow(str(one.statement), one.holds, one.tried, tuple(map(str, one.violations))) for one in verdicts
    )
