"""What is said of a network is proved against the routes, gateways, endpoints and groups that the plan makes."""

from dataclasses import replace

import pytest

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.components.vpc.planned_graph import planned_graph, promises, require_assertions
from platform_lib.components.vpc.planning.model import INTERNET
from platform_lib.components.vpc.reachability.solve import Outcome, reaches
from platform_lib.core.errors import PlanError
from support.contexts import context

SUBJECT = "VpcComponent 'main'"


def planned(**more):
    args = {"context": context(), "region": "eu-west-1", "cidr": "10.20.0.0/16", "egress": "single", **more}
    return plan_vpc("main", VpcArgs(**args), subject=SUBJECT)


def broken(plan, *assertions):
    with pytest.raises(PlanError) as caught:
        require_assertions(plan, assertions, subject=SUBJECT)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "source, destination, protocol, port, expected",
    [
        ("private", "internet", "tcp", 443, Outcome.REACHABLE),
        ("public", "internet", "tcp", 443, Outcome.REACHABLE),
        ("isolated", "internet", "tcp", 443, Outcome.BLOCKED),
        ("internet", "public", "tcp", 443, Outcome.REACHABLE),
        ("internet", "private", "tcp", 443, Outcome.ONE_WAY),
        ("internet", "isolated", "tcp", 443, Outcome.ONE_WAY),
        ("public", "isolated", "tcp", 5432, Outcome.REACHABLE),
        ("isolated", "service:s3", "tcp", 443, Outcome.REACHABLE),
        ("isolated", "kms", "tcp", 443, Outcome.REACHABLE),
        ("isolated", "kms", "tcp", 80, Outcome.BLOCKED),
        ("internet", "kms", "tcp", 443, Outcome.BLOCKED),
    ],
)
def test_what_reaches_what_in_the_usual_network(source, destination, protocol, port, expected):
    graph = planned_graph(planned(endpoints={"interface": ["kms"]}))
    assert reaches(graph, source, destination, protocol, port) is expected


def test_without_egress_nothing_private_gets_out():
    assert reaches(planned_graph(planned(egress="none")), "private", "internet") is Outcome.BLOCKED


def test_without_a_gateway_endpoint_isolated_tiers_reach_no_service():
    graph = planned_graph(planned(endpoints={"gateway": ["dynamodb"]}))
    assert "s3" not in graph.services
    assert reaches(graph, "isolated", "service:dynamodb") is Outcome.REACHABLE


def test_every_way_of_a_zone_of_its_own_leads_through_its_gateway():
    graph = planned_graph(planned(egress="per-zone"))
    assert graph.route_tables["private-euw1-az2"].routes[0].target == "nat-euw1-az2"
    assert graph.nats["nat-euw1-az2"].subnet == "public/euw1-az2"


HOLD = [
    "isolated must not reach internet",
    "private must reach internet on 443",
    "private, isolated must reach kms on 443 only",
    "internet must not reach private, isolated on tcp/443",
    "internet must not reach kms",
]
BREAK = {
    "private must not reach internet": "NAT gateway nat-euw1-az1: translates the source address",
    "isolated must not reach service:s3": "service s3 to gateway endpoint s3",
    "public must not reach isolated": "10.20.0.0/16 to local",
    "only private may reach kms on 443": "endpoints: HTTPS from inside the network",
    "isolated must reach internet on 443": "no route to internet",
}


def test_what_holds_passes():
    require_assertions(planned(endpoints={"interface": ["kms"]}), HOLD, subject=SUBJECT)


@pytest.mark.parametrize("text", BREAK)
def test_what_does_not_hold_is_refused_with_the_path_that_breaks_it(text):
    lines = broken(planned(endpoints={"interface": ["kms"]}), HOLD[0], text)
    assert lines
    assert all(line.startswith(f"{SUBJECT}: assertions[1]: ") for line in lines)
    assert all("does not hold: " in line for line in lines)
    assert BREAK[text] in lines[0]


def test_an_unknown_name_is_told_beside_what_is_broken():
    lines = broken(planned(), "privat must not reach internet", "private must not reach internet")
    assert lines[0] == (
        f"{SUBJECT}: assertions[0]: nothing in the network has this name, got 'privat'; did you mean 'private'?"
    )
    assert lines[1].startswith(f"{SUBJECT}: assertions[1]: ")


def test_the_roles_promise_what_they_are_for():
    assert [str(one) for one in promises(planned())] == [
        "tier:isolated must not reach internet",
        "internet must not reach tier:private, tier:isolated on tcp/1-65535",
    ]
    assert promises(planned(egress="none", tiers=[{"name": "web", "role": "public"}])) == ()


@pytest.mark.parametrize("role, path", [(TierRole.ISOLATED, "roles[0]"), (TierRole.PRIVATE, "roles[1]")])
def test_a_route_too_many_breaks_a_promise(role, path):
    plan = planned()
    tables = tuple(
        replace(table, default_route=INTERNET) if table.role is role else table for table in plan.route_tables
    )
    lines = broken(replace(plan, route_tables=tables))
    assert any(line.startswith(f"{SUBJECT}: {path}: ") for line in lines)
    assert any("internet gateway internet-gateway" in line for line in lines)


def test_a_tier_may_be_called_like_a_service():
    tiers = [{"name": "s3", "role": "isolated"}, {"name": "private", "role": "private"}]
    require_assertions(planned(egress="none", tiers=tiers), ["service:s3 must not reach tier:s3"], subject=SUBJECT)
