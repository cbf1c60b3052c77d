"""What lies beyond a network takes part in what is proved about it."""

import pytest

from platform_lib.components.vpc import VpcArgs
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.components.vpc.planned_graph import planned_graph, require_assertions
from platform_lib.components.vpc.reachability.solve import Outcome, reaches
from platform_lib.core.errors import PlanError
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}
TIERS = [
    {"name": "app", "role": "private"},
    {"name": "data", "role": "isolated"},
    {"name": "links", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
]
OFFICE = {
    "name": "office",
    "peer_addresses": ["203.0.113.7"],
    "peer_asn": 65010,
    "ranges": ["192.168.0.0/16"],
    "pre_shared_keys": {"0-0": "a.secret.key", "0-1": "a.secret.key"},
}
HUB = {"kind": "transit", "id": "hub", "destinations": ["10.0.0.0/8"]}


def planned(cloud="aws", **more):
    fields = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", "tiers": TIERS}
    return plan_vpc("main", VpcArgs(**{**fields, **more}), subject=SUBJECT)


@pytest.mark.parametrize("cloud", REGIONS)
def test_a_site_reaches_the_tiers_that_learn_its_routes_and_is_reached_from_them(cloud):
    graph = planned_graph(planned(cloud, hybrid={"vpns": [OFFICE]}))
    assert reaches(graph, "app", "office") is Outcome.REACHABLE
    assert reaches(graph, "office", "app") is Outcome.REACHABLE


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_a_tier_that_learns_nothing_is_out_of_reach(cloud):
    graph = planned_graph(planned(cloud, hybrid={"vpns": [OFFICE], "routed_tiers": ["app"]}))
    assert reaches(graph, "data", "office") is Outcome.BLOCKED
    assert reaches(graph, "office", "data") is not Outcome.REACHABLE
    assert reaches(graph, "app", "office") is Outcome.REACHABLE


def test_an_assertion_about_a_site_fails_with_the_path_that_breaks_it():
    plan = planned(hybrid={"vpns": [OFFICE]})
    with pytest.raises(PlanError, match=r"assertions\[0\].*hybrid link office"):
        require_assertions(plan, ["data must not reach office"], subject=SUBJECT)
    closed = planned(hybrid={"vpns": [OFFICE], "routed_tiers": ["app"]})
    require_assertions(closed, ["data must not reach office", "app must reach office on 443"], subject=SUBJECT)


def test_what_is_behind_the_hub_is_reached_over_it():
    graph = planned_graph(planned(hub=HUB))
    assert reaches(graph, "app", "hub") is Outcome.REACHABLE
    assert reaches(graph, "app", "10.99.0.0/16") is Outcome.REACHABLE
    assert reaches(graph, "links", "hub") is Outcome.BLOCKED
    assert reaches(graph, "app", "internet") is Outcome.BLOCKED


@pytest.mark.parametrize(
    "cloud, hub",
    [
        ("aws", HUB),
        ("azure", HUB),
        ("azure", {"kind": "peering", "id": "vnet", "next_hop": "10.0.0.4"}),
        ("gcp", {"kind": "peering", "id": "net", "next_hop": "rule"}),
    ],
)
def test_with_egress_through_the_hub_private_tiers_reach_the_internet_and_isolated_ones_do_not(cloud, hub):
    plan = planned(cloud, hub=hub, egress="hub")
    graph = planned_graph(plan)
    assert reaches(graph, "app", "internet") is Outcome.REACHABLE
    assert reaches(graph, "data", "internet") is Outcome.BLOCKED
    assert reaches(graph, "internet", "app") is not Outcome.REACHABLE
    require_assertions(plan, [], subject=SUBJECT)


def test_a_site_at_the_hub_is_reached_by_routes_to_the_hub():
    plan = planned(hub={**HUB, "destinations": ["10.0.0.0/8"]}, hybrid={"vpns": [OFFICE]})
    graph = planned_graph(plan)
    assert reaches(graph, "app", "office") is Outcome.REACHABLE
    assert {table.hub_routes for table in plan.route_tables if table.tier == "app"} == {
        ("10.0.0.0/8", "192.168.0.0/16")
    }


def test_a_range_that_the_hub_has_anyway_is_routed_once():
    plan = planned(hub={**HUB, "destinations": ["192.168.0.0/16"]}, hybrid={"vpns": [OFFICE]})
    assert {table.hub_routes for table in plan.route_tables if table.tier == "app"} == {("192.168.0.0/16",)}
