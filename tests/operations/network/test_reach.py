import pytest

from platform_lib.components.vpc.reachability.check import check_statements
from platform_lib.components.vpc.reachability.solve import Outcome
from platform_lib.components.vpc.reachability.statement import parse_statement
from platform_lib.core.errors import PlanError
from platform_lib.operations.network.reach import reach, statement_rows
from support.network_graphs import aws, rule, with_rule


def test_hops_there_and_back():
    (answer,) = reach(aws(), "app-a", "data-a", "5432")
    assert (answer.source, answer.destination) == ("app-a (10.0.32.10)", "data-a (10.0.48.10)")
    assert (answer.service, answer.outcome) == ("tcp/5432", Outcome.REACHABLE)
    assert [(row.way, row.place, row.decision) for row in answer.hops] == [
        ("there", "security groups of app-a", "passes"),
        ("there", "route table private of subnet app/a", "passes"),
        ("there", "network ACL of subnet data/a", "passes"),
        ("there", "security groups of data-a", "passes"),
        ("there", "subnet data/a", "passes"),
        ("back", "network ACL of subnet data/a", "passes"),
        ("back", "route table isolated of subnet data/a", "passes"),
        ("back", "subnet app/a", "passes"),
    ]


def test_the_furthest_comes_first():
    answers = reach(aws(), "web", "any:far", "tcp/22")
    assert [answer.outcome for answer in answers] == [Outcome.REACHABLE, Outcome.BLOCKED]
    assert answers[1].hops[-1].decision == "stops"


def test_protocols_without_ports():
    (answer, *_) = reach(aws(), "web-a", "any:near", "icmp")
    assert (answer.service, answer.outcome) == ("icmp", Outcome.REACHABLE)


@pytest.mark.parametrize("service", ["tcp/x", "tcp/70000", "tcp/1-2", "tcp", "udp/53,54"])
def test_bad_services(service: str):
    with pytest.raises(PlanError, match="reach: service: "):
        reach(aws(), "web-a", "app-a", service)


def test_unknown_names():
    with pytest.raises(PlanError, match=r"got 'ap-a'; did you mean 'app-a'\?"):
        reach(aws(), "web-a", "ap-a")


def test_statements_as_lines():
    broken = with_rule(aws(), "app", rule("in", "allow", "tcp", "22"))
    texts = ["web must reach app on 8443", "web may reach app on 8443 only"]
    good, bad = statement_rows(check_statements(broken, [parse_statement(text) for text in texts]))
    assert (good.holds, good.paths) == (True, ())
    assert bad.statement == "web may reach app on tcp/8443 only"
    assert not bad.holds
    assert bad.tried > 10
    assert "on tcp/22: reachable" in bad.paths[0]
