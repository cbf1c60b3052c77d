"""Statements: their text, what they claim, and that every mistake put into a sound network breaks one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.reachability.check import check_statements, require_statements
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import Nat, RouteTable, Subnet, TargetKind
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.solve import Solver
from platform_lib.components.vpc.reachability.statement import Claim, Service, Statement, parse_statement
from platform_lib.core.errors import PlanError
from support.network_graphs import aws, azure, changed, gcp, route, rule, with_route, with_rule, without_rule
from support.network_variants import detached, open_data

AWS_STATEMENTS = (
    "any:data must not reach internet",
    "internet must not reach web, app, data",
    "internet may reach balancer on 443 only",
    "balancer must reach web on 8080 only",
    "web may reach app on 8443 only",
    "web must reach app on tcp/8443",
    "web must not reach data",
    "only app may reach data",
    "app must reach data on 5432 only",
    "web must reach internet on 443 and udp/53",
    "head-office must not reach data",
    "near and far must not reach app-a",
    "workload:web-a must reach head-office on 443",
)
AZURE_STATEMENTS = (
    "internet must not reach web-vm, data-vm",
    "data must not reach internet",
    "web-vm may reach data on 1433 only",
    "plant must not reach data",
    "web-vm must reach plant on 443",
)
GCP_STATEMENTS = (
    "internet may reach front-vm on 443 only",
    "internet must not reach back-vm",
    "front-vm may reach back-vm on 8443, 22 only",
    "front-vm must not reach internet on 25",
    "back-vm must not reach internet",
)
SOUND = [(aws, AWS_STATEMENTS), (azure, AZURE_STATEMENTS), (gcp, GCP_STATEMENTS)]

ALL_IN = rule("in", "allow")
MISTAKES: dict[str, tuple[Callable[[], Graph], str]] = {
    "data gets a default route": (
        lambda: with_route(open_data(), "isolated", route("0.0.0.0/0", TargetKind.NAT, "nat")),
        "any:data must not reach internet",
    ),
    "data gets a route to one address": (
        lambda: with_route(open_data(), "isolated", route("203.0.114.9/32", TargetKind.NAT, "nat")),
        "any:data must not reach internet",
    ),
    "data is moved to the public routes": (
        lambda: changed(open_data(), "subnets", "data/a", route_table="public"),
        "any:data must not reach internet",
    ),
    "the group of app is open to everybody": (
        lambda: with_rule(aws(), "app", ALL_IN),
        "near and far must not reach app-a",
    ),
    "the group of app is open to web on all ports": (
        lambda: with_rule(aws(), "app", rule("in", "allow", "all", "*", "group:web")),
        "web may reach app on 8443 only",
    ),
    "one port too many": (
        lambda: with_rule(aws(), "app", rule("in", "allow", "tcp", "8444", "group:web")),
        "web may reach app on 8443 only",
    ),
    "one protocol too many": (
        lambda: with_rule(aws(), "app", rule("in", "allow", "icmp", "*", "10.0.16.0/20")),
        "web may reach app on 8443 only",
    ),
    "a protocol by number": (
        lambda: with_rule(aws(), "app", rule("in", "allow", "47", "*", "10.0.0.0/16")),
        "web may reach app on 8443 only",
    ),
    "half of one subnet": (
        lambda: with_rule(aws(), "app", rule("in", "allow", "tcp", "22", "10.0.24.0/21")),
        "web may reach app on 8443 only",
    ),
    "ssh from one address of the internet": (
        lambda: with_rule(aws(), "balancer", rule("in", "allow", "udp", "500", "185.1.2.3/32")),
        "internet may reach balancer on 443 only",
    ),
    "web gets public addresses and a way in": (
        lambda: with_rule(
            changed(changed(aws(), "workloads", "web-a", public=True), "subnets", "web/a", route_table="public"),
            "web",
            ALL_IN,
        ),
        "internet must not reach web, app, data",
    ),
    "udp needs no answer": (
        lambda: with_rule(changed(aws(), "workloads", "web-a", public=True), "web", ALL_IN),
        "internet must not reach web, app, data",
    ),
    "an early rule of the network ACL": (
        lambda: with_rule(
            with_rule(aws(), "data", ALL_IN),
            "data-acl",
            rule("in", "allow", "all", "*", "10.0.16.0/20", priority=50),
            rule("out", "allow", priority=50),
        ),
        "web must not reach data",
    ),
    "the blackhole is gone and data is open": (
        lambda: changed(
            with_rule(open_data(), "data", ALL_IN),
            "transit_gateways",
            "tgw",
            tables={
                **aws().transit_gateways["tgw"].tables,
                "office": aws().transit_gateways["tgw"].tables["office"][:1],
            },
        ),
        "head-office must not reach data",
    ),
    "the answer is lost in the network ACL": (
        lambda: without_rule(aws(), "data-acl", 1),
        "app must reach data on 5432 only",
    ),
    "the rule is gone": (lambda: without_rule(aws(), "app", 0), "web must reach app on tcp/8443"),
    "the association is gone": (
        lambda: detached("main-attachment"),
        "workload:web-a must reach head-office on 443",
    ),
    "another tier reaches data": (
        lambda: with_rule(open_data(), "data", rule("in", "allow", "tcp", "5432", "10.0.0.0/24")),
        "only app may reach data",
    ),
    "azure: the denial is gone": (lambda: without_rule(azure(), "data-nsg", 1), "plant must not reach data"),
    "azure: data gets the routes of web": (
        lambda: without_rule(changed(azure(), "subnets", "data/regional", route_table="spoke"), "data-nsg", 2),
        "data must not reach internet",
    ),
    "gcp: the target tag is missing": (
        lambda: with_rule(
            changed(gcp(), "workloads", "back-vm", public=True), "vpc-rules", rule("in", "allow", "tcp", "8080")
        ),
        "internet must not reach back-vm",
    ),
    "gcp: an allow before the deny": (
        lambda: with_rule(gcp(), "organisation", rule("in", "allow", "tcp", "3389", priority=5)),
        "internet may reach front-vm on 443 only",
    ),
    "gcp: NAT gets precedence": (
        lambda: changed(gcp(), "route_tables", "vpc", routes=gcp().route_tables["vpc"].routes[1:]),
        "back-vm must not reach internet",
    ),
}


@pytest.mark.parametrize(("network", "texts"), SOUND)
def test_sound_networks_hold_their_statements(network, texts):
    verdicts = check_statements(network(), [parse_statement(text) for text in texts])
    assert [str(verdict.violations[0]) for verdict in verdicts if not verdict.holds] == []
    assert all(verdict.tried > 0 for verdict in verdicts)


@pytest.mark.parametrize("name", MISTAKES)
def test_seeded_mistake_is_found(name: str):
    broken, text = MISTAKES[name]
    statement = parse_statement(text)
    (verdict,) = check_statements(broken(), [statement])
    assert verdict.violations, name
    for trace in verdict.violations:
        assert trace.hops
        assert str(trace).count("->") >= (1 if trace.delivers else 0)


def test_every_mistake_breaks_a_statement_that_held():
    texts = {text for _, text in MISTAKES.values()}
    assert texts <= {text for _, sound in SOUND for text in sound}


def test_the_message_gives_the_whole_path():
    broken = with_rule(aws(), "app", rule("in", "allow", "tcp", "22", name="temporary"))
    with pytest.raises(PlanError) as caught:
        require_statements(broken, [parse_statement("web may reach app on 8443 only")], subject="VpcComponent 'main'")
    text = str(caught.value)
    assert text.startswith(
        "VpcComponent 'main': reachability[0]: 'web may reach app on tcp/8443 only' does not hold: web-a"
    )
    assert "on tcp/22: reachable: security groups of web-a" in text
    assert "10.0.0.0/16 to local" in text
    assert "app: temporary (allow tcp 22 from any)" in text


def test_statements_that_hold_raise_nothing():
    assert require_statements(aws(), [parse_statement(text) for text in AWS_STATEMENTS], subject="x") is None


def test_only_may_reach_tries_everything_else():
    (verdict,) = check_statements(
        with_rule(open_data(), "data", rule("in", "allow", "tcp", "5432", "192.168.0.0/16", "10.1.0.0/24")),
        [parse_statement("only app, near may reach data on 5432")],
    )
    assert verdict.holds  # the office stops at the blackhole, near is named
    (verdict,) = check_statements(
        with_rule(aws(), "balancer", ALL_IN), [parse_statement("only web may reach balancer on 443")]
    )
    assert {trace.source.name for trace in verdict.violations} >= {"internet", "app-a"}


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("isolated must not reach the internet", Statement(("isolated",), Claim.MUST_NOT_REACH, ("internet",))),
        (
            "web may reach app on 8443 only",
            Statement(("web",), Claim.MAY_REACH_ONLY, ("app",), (Service("tcp", PortSet.of(8443)),)),
        ),
        (
            "a, b and c must  reach d on udp/53, 8000-8080 and icmp",
            Statement(
                ("a", "b", "c"),
                Claim.MUST_REACH,
                ("d",),
                (
                    Service("udp", PortSet.of(53)),
                    Service("tcp", PortSet.of((8000, 8080))),
                    Service("icmp", PortSet.parse("*")),
                ),
            ),
        ),
        ("only app may reach data", Statement(("app",), Claim.ONLY_MAY_REACH, ("data",))),
        (
            "web must reach app on 1 only",
            Statement(("web",), Claim.MUST_REACH_ONLY, ("app",), (Service("tcp", PortSet.of(1)),)),
        ),
        (
            "any:data must not reach 8.8.8.8/32 on 53",
            Statement(("any:data",), Claim.MUST_NOT_REACH, ("8.8.8.8/32",), (Service("tcp", PortSet.of(53)),)),
        ),
    ],
)
def test_parsing(text: str, parsed: Statement):
    assert parse_statement(text) == parsed
    assert parse_statement(str(parsed)) == parsed


names = st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True).filter(
    lambda name: name not in {"and", "the", "only", "on", "reach", "must", "may", "not"}
)
port_sets = st.builds(
    lambda first, length: PortSet.of((first, min(first + length, 65535))), st.integers(0, 65535), st.integers(0, 99)
)
services = st.lists(
    st.one_of(
        st.builds(Service, st.sampled_from(["tcp", "udp"]), port_sets), st.just(Service("icmp", PortSet.parse("*")))
    ),
    min_size=1,
    max_size=3,
)
sides = st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)


@given(sides, st.sampled_from(list(Claim)), sides, services.map(tuple))
def test_every_statement_reads_back(sources, claim, destinations, on):
    statement = Statement(sources, claim, destinations, on)
    assert parse_statement(str(statement)) == statement


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("isolated cannot reach internet", "not a statement, got 'isolated cannot reach internet'; write"),
        ("web may reach app on 8443", "'may reach' alone forbids nothing"),
        ("web must reach app", "no port is given"),
        ("web must reach app on 70000", "ports run from 0 to 65535, got '70000'"),
        ("web must reach app on 80-", "not a port or a range of ports, got '80-'"),
        ("only web must reach app on 80", "not a statement"),
    ],
)
def test_bad_statements(text: str, part: str):
    with pytest.raises(PlanError) as caught:
        parse_statement(text, "reachability[2]")
    assert f"reachability[2]: {part}" in str(caught.value)


def test_unknown_names_are_refused_with_near_ones():
    with pytest.raises(PlanError, match=r"nothing in the network has this name, got 'wbe'; did you mean 'web'\?"):
        check_statements(aws(), [parse_statement("wbe must not reach internet")])
    with pytest.raises(PlanError, match="got 'aap'"):
        check_statements(aws(), [parse_statement("only aap may reach data")])


def test_graph_refuses_what_does_not_fit_together():
    with pytest.raises(PlanError) as caught:
        Graph.build(
            subnets=[Subnet("a", "nowhere", "t", (), "tabel")],
            route_tables=[
                RouteTable(
                    "table", (route("0.0.0.0/0", TargetKind.NAT, "nat"), route("0.0.0.0/0", TargetKind.BLACKHOLE))
                )
            ],
            nats=[Nat("nat", "nowhere")],
        )
    text = str(caught.value)
    assert "subnet a: names what is not there, got 'nowhere'" in text
    assert "subnet a: names what is not there, got 'tabel'; did you mean 'table'?" in text
    assert "NAT gateway nat: names what is not there, got 'nowhere'" in text
    assert "route table table: two routes are equal in every way, got 0.0.0.0/0 to blackhole" in text


def test_what_nothing_tells_apart_is_tried_once():
    solver = Solver(aws())
    assert len(solver.resolver.endpoints("workload:data-a")) == 1
    split = Solver(with_rule(aws(), "app", rule("in", "allow", "tcp", "22", "10.0.48.0/26")))
    assert len(split.resolver.endpoints("workload:data-a")) == 2


@given(st.integers(0, 65535), st.sampled_from(["tcp", "udp"]))
def test_a_class_of_ports_stands_for_each_of_its_ports(port: int, protocol: str):
    """What the checker tries holds for every port: a port too many anywhere is found."""
    if (protocol, port) == ("tcp", 8443):
        return
    broken = with_rule(aws(), "app", rule("in", "allow", protocol, str(port), "group:web"))
    (verdict,) = check_statements(broken, [parse_statement("workload:web-a may reach app on 8443 only")])
    assert [(trace.protocol, trace.port) for trace in verdict.violations] == [(protocol, port)]
