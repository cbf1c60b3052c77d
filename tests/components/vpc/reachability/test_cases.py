"""The table of connections followed by hand, each against the solver."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.solve import Outcome, Solver, Trace
from support.network_variants import NETWORKS, VARIANTS


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    name: str
    network: str
    source: str
    destination: str
    service: str
    outcome: Outcome
    reason: str

    def graph(self) -> Graph:
        return VARIANTS[self.name]() if self.network == "changed" else NETWORKS[self.network]()

    def traces(self) -> tuple[Trace, ...]:
        protocol, _, port = self.service.partition("/")
        return Solver(self.graph()).explain(self.source, self.destination, protocol, int(port))


def read_cases() -> list[Case]:
    lines = Path(__file__).with_name("cases.txt").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]
    return [Case(*row[:5], Outcome(row[5]), row[6]) for row in cells]


CASES = read_cases()
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def test_the_table_is_whole():
    assert len({case.name for case in CASES}) == len(CASES) >= 40
    assert {case.outcome for case in CASES} == set(Outcome)
    assert set(VARIANTS) == {case.name for case in CASES if case.network == "changed"}


@every_case
def test_outcome(case: Case):
    traces, order = case.traces(), list(Outcome)
    best = min(traces, key=lambda trace: order.index(trace.outcome))
    assert best.outcome is case.outcome, [str(trace) for trace in traces]
    steps = [str(hop) for trace in traces for hop in (*trace.hops, *trace.answer)]
    assert any(case.reason in step for step in steps), steps


@every_case
def test_every_way_ends_with_its_reason(case: Case):
    for trace in case.traces():
        stops = [hop for hop in (*trace.hops, *trace.answer) if not hop.passed]
        assert len(stops) == (trace.outcome in (Outcome.BLOCKED, Outcome.ONE_WAY))
        if trace.outcome is Outcome.BLOCKED:
            assert trace.hops[-1] is stops[0]
