"""Whether statements hold in a graph, and the path that breaks one. Pure; imports nothing of pulumi."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from platform_lib.components.vpc.reachability.endpoint import INTERNET
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.ports import HIGHEST_PORT, cuts
from platform_lib.components.vpc.reachability.rules import ALL_PROTOCOLS, WITH_PORTS
from platform_lib.components.vpc.reachability.solve import Outcome, Solver, Trace
from platform_lib.components.vpc.reachability.statement import Claim, Service, Statement
from platform_lib.core.errors import Finding, PlanError

OTHER = "other"
"""Stands for every protocol that no rule names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one statement holds.

    Attributes:
        statement: which.
        violations: the paths that break it, one for each pair of names and kind of fault; empty where it holds.
        tried: connections followed; they stand for all there are.
    """

    statement: Statement
    violations: tuple[Trace, ...]
    tried: int

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.violations


class Checker:
    """Checks statements against one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._solver = Solver(graph)
        rules = [rule for rule_set in graph.rule_sets.values() for rule in rule_set.rules]
        self._ports = [ports for rule in rules for ports in (rule.ports, rule.source_ports)]
        named = {rule.protocol for rule in rules} - {ALL_PROTOCOLS}
        self._protocols = (*WITH_PORTS, *sorted(named - set(WITH_PORTS) | {"icmp"}), OTHER)

    def _points(self, services: Sequence[Service]) -> dict[tuple[str, int], bool]:
        """One port of every class of every protocol, and whether the services hold it.

        Ports that neither a rule nor the statement tells apart are one class.
        """
        ports = [
            port for port in cuts([*self._ports, *(service.ports for service in services)]) if port <= HIGHEST_PORT
        ]
        points: dict[tuple[str, int], bool] = {}
        for protocol in dict.fromkeys((*self._protocols, *(service.protocol for service in services))):
            mine = [service for service in services if service.protocol == protocol]
            for port in ports if protocol in WITH_PORTS else (0,):
                points[protocol, port] = any(protocol not in WITH_PORTS or port in service.ports for service in mine)
        return points

    def _others(self, statement: Statement) -> tuple[str, ...]:
        """Every source that the graph knows besides those named, and besides the destinations themselves."""
        named = {name.removeprefix("tier:") for name in (*statement.sources, *statement.destinations)}
        tiers = sorted({subnet.tier for subnet in self._graph.subnets.values()})
        known = (INTERNET, *(f"tier:{tier}" for tier in tiers), *(f"external:{name}" for name in self._graph.externals))
        return tuple(name for name in known if name.partition(":")[2] not in named and name not in named)

    def check(self, statement: Statement) -> Verdict:
        """Try a statement.

        Args:
            statement: what is said.

        Returns:
            The verdict.

        Raises:
            PlanError: a name that nothing in the graph has.
        """
        violations: list[Trace] = []
        tried = 0
        sources = self._others(statement) if statement.claim is Claim.ONLY_MAY_REACH else statement.sources
        if statement.claim is Claim.ONLY_MAY_REACH:
            for name in statement.sources:  # they are not tried, but a name that means nothing is an error all the same
                self._solver.resolver.endpoints(name)
        points = self._points(statement.services)
        for source in sources:
            for destination in statement.destinations:
                found: dict[bool, Trace] = {}
                for trace, must in self._tries(statement, source, destination, points):
                    tried += 1
                    broken = trace.outcome is not Outcome.REACHABLE if must else trace.delivers
                    if broken:
                        found.setdefault(must, trace)
                violations += found.values()
        return Verdict(statement, tuple(violations), tried)

    def _tries(
        self, statement: Statement, source: str, destination: str, points: dict[tuple[str, int], bool]
    ) -> Iterator[tuple[Trace, bool]]:
        """Connections to try, each with whether it must work (else it must not)."""
        claim = statement.claim
        requires = claim in (Claim.MUST_REACH, Claim.MUST_REACH_ONLY)
        forbids_inside = claim in (Claim.MUST_NOT_REACH, Claim.ONLY_MAY_REACH)
        forbids_outside = claim in (Claim.MUST_REACH_ONLY, Claim.MAY_REACH_ONLY)
        for left, right in self._solver.pairs(source, destination):
            for (protocol, port), listed in points.items():
                inside = listed or not statement.services
                if inside and requires:
                    yield self._solver.trace(left, right, protocol, port), True
                elif forbids_inside if inside else forbids_outside:
                    yield self._solver.trace(left, right, protocol, port), False


def check_statements(graph: Graph, statements: Iterable[Statement]) -> tuple[Verdict, ...]:
    """Try every statement against a graph."""
    checker = Checker(graph)
    return tuple(checker.check(statement) for statement in statements)


def require_statements(
    graph: Graph, statements: Sequence[Statement], *, subject: str, path: str = "reachability"
) -> None:
    """Refuse a graph that breaks a statement; what a component calls at preview.

    Args:
        graph: the planned network.
        statements: what is said.
        subject: whose network it is, for the message.
        path: the argument that holds the statements.

    Raises:
        PlanError: one finding for every way in which a statement is broken, with the whole path; and one for every name
            that nothing in the graph has.
    """
    checker, findings = Checker(graph), []
    for position, statement in enumerate(statements):
        where = f"{path}[{position}]"
        try:
            verdict = checker.check(statement)
        except PlanError as error:  # a name that means nothing: told where it stands, beside the other faults
            findings += [Finding(where, found.problem, found.remedy) for found in error.findings]
        else:
            broken = f"{str(statement)!r} does not hold"
            findings += [Finding(where, f"{broken}: {trace}") for trace in verdict.violations]
    if findings:
        raise PlanError(subject, findings)
