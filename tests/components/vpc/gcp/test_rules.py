"""The firewall policy of a network on Google Cloud, and what it lets reachability prove."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc import VpcArgs
from platform_lib.components.vpc.gcp.rules import firewall_rules
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.components.vpc.planned_graph import planned_graph, require_assertions
from platform_lib.components.vpc.reachability.solve import Outcome, Solver
from platform_lib.core.errors import PlanError
from support.contexts import context

SUBJECT = "VpcComponent 'main'"


def planned(**more):
    args = {
        "context": context(),
        "cloud": "gcp",
        "region": "europe-west1",
        "cidr": "10.20.0.0/16",
        "tiers": [
            {"name": "web", "role": "public"},
            {"name": "app", "role": "private"},
            {"name": "db", "role": "isolated"},
        ],
        **more,
    }
    return plan_vpc("main", VpcArgs(**args), subject=SUBJECT)


def filtered(*rules, tier="app", **more):
    tiers = [
        {"name": "web", "role": "public"},
        {"name": "app", "role": "private"},
        {"name": "db", "role": "isolated"},
    ]
    tiers = [{**one, "filter": {"rules": list(rules)}} if one["name"] == tier else one for one in tiers]
    return planned(tiers=tiers, **more)


def refusal(**more):
    with pytest.raises(PlanError) as raised:
        planned(**more)
    return str(raised.value)


def reaches(plan, source, destination, port=443):
    traces = Solver(planned_graph(plan)).explain(source, destination, "tcp", port)
    return any(trace.outcome is Outcome.REACHABLE for trace in traces)


def test_the_internet_opens_nothing_into_tiers_that_are_not_public():
    plan = planned(egress="regional")
    assert [reaches(plan, "internet", tier) for tier in ("web", "app", "db")] == [True, False, False]


@pytest.mark.parametrize("egress, app", [("none", False), ("regional", True)])
def test_only_tiers_behind_nat_reach_the_internet_though_the_default_route_holds_for_all(egress, app):
    plan = planned(egress=egress)
    assert [reaches(plan, tier, "internet") for tier in ("web", "app", "db")] == [True, app, False]


def test_google_apis_are_no_internet():
    assert reaches(planned(), "db", "service:google-apis")


def test_a_filter_lets_pass_what_it_names_and_nothing_else():
    allow = {"direction": "in", "action": "allow", "protocol": "tcp", "ports": "8443", "peers": ["web"]}
    plan = filtered(allow)
    assert reaches(plan, "web", "app", 8443)
    assert not reaches(plan, "web", "app", 443)
    assert not reaches(plan, "db", "app", 8443)
    assert not reaches(plan, "app", "db", 443)
    require_assertions(plan, ["web may reach app on 8443 only"], subject=SUBJECT)


def test_a_rule_too_many_breaks_an_assertion_with_its_path():
    plan = filtered({"direction": "in", "action": "allow", "protocol": "tcp", "ports": "22,8443", "peers": ["web"]})
    with pytest.raises(PlanError, match="web may reach app on tcp/8443 only"):
        require_assertions(plan, ["web may reach app on 8443 only"], subject=SUBJECT)


def test_a_filter_cannot_open_an_isolated_tier():
    plan = filtered({"direction": "out", "action": "allow"}, {"direction": "in", "action": "allow"}, tier="db")
    assert not reaches(plan, "db", "internet")
    require_assertions(plan, [], subject=SUBJECT)


def test_a_rule_for_the_internet_and_ranges_is_two():
    plan = filtered({"direction": "out", "action": "deny", "peers": ["internet", "192.168.0.0/16", "fd00::/8"]})
    rules = [(one.slot, one.peers, one.internet) for one in firewall_rules(plan) if one.tier == "app"]
    assert rules[2:4] == [(2, ("192.168.0.0/16",), False), (3, ("0.0.0.0/0",), True)]


@given(
    st.lists(st.integers(20, 29), min_size=1, max_size=8),
    st.integers(0, 5),
)
def test_priorities_are_unique_and_stay_when_tiers_are_added(sizes, kept):
    def tiers(count):
        return [
            {
                "name": f"t{number}",
                "role": "private",
                "prefix_length": size,
                "filter": {"rules": [{"direction": "in", "action": "allow"}]},
            }
            for number, size in enumerate(sizes[:count])
        ]

    every = firewall_rules(planned(tiers=tiers(len(sizes)), zone_room=1))
    assert len({one.priority for one in every}) == len(every)
    some = firewall_rules(planned(tiers=tiers(max(1, min(kept, len(sizes)))), zone_room=1))
    assert {(one.key, one.priority) for one in some} <= {(one.key, one.priority) for one in every}


@pytest.mark.parametrize(
    "more, text",
    [
        (
            {"endpoints": {"interface": ["all-apis"]}},
            "endpoints.addresses.all-apis: is needed for an endpoint for Google APIs; give an address outside",
        ),
        (
            {"endpoints": {"interface": ["all-apis"], "addresses": {"all-apis": "10.20.0.5"}}},
            "endpoints.addresses.all-apis: lies in the network's range 10.20.0.0/16, which is for subnets, got",
        ),
        (
            {"endpoints": {"interface": ["all-apis"], "addresses": {"all-apis": "x"}}},
            "endpoints.addresses.all-apis: is not an IPv4 address, got 'x'; write it as '10.255.255.5'",
        ),
        (
            {"endpoints": {"addresses": {"vpc-sc": "10.0.0.1"}}},
            "endpoints.addresses.vpc-sc: is for an endpoint that is not asked for; name it under",
        ),
        (
            {"endpoints": {"interface": ["billing"]}},
            "endpoints.targets.billing: is needed: the service attachment that the endpoint leads to; give it, or",
        ),
        (
            {"dns": {"resolver": {"shared_rule_ids": {"corp": "zone"}}}},
            "dns.resolver.shared_rule_ids: cannot be joined from a network",
        ),
        (
            {"dns": {"firewall": {"list_ids": {"a": "b"}, "alert_only": True, "fail_open": True}}},
            "dns.firewall.list_ids: are not known to Google Cloud",
        ),
        (
            {
                "tiers": [
                    {"name": "app", "role": "private"},
                    {"name": "pods", "role": "pods", "egress": "nat"},
                ],
            },
            "tiers[1].egress: is that of the tier 'app', which the pods run in, got 'nat'; leave it out",
        ),
        (
            {
                "tiers": [
                    {
                        "name": "app",
                        "role": "private",
                        "filter": {"rules": [{"direction": "in", "action": "allow"}] * 97},
                    }
                ]
            },
            "tiers[0].filter.rules: are 97 rules of a firewall policy, of which a tier may have 96",
        ),
        (
            {
                "address": {"ipv6": {"source": "provider"}},
                "tiers": [
                    {"name": "app", "role": "private", "filter": {"rules": [{"direction": "in", "action": "allow"}]}}
                ],
            },
            "tiers[0].filter: holds for IPv4 alone on Google Cloud",
        ),
        ({"region": "europe-west99"}, "region: is not a region of Google Cloud that is known, got 'europe-west99'"),
    ],
)
def test_what_only_google_cloud_asks_for_is_said(more, text):
    assert text in refusal(**more)


@pytest.mark.parametrize(
    "rule, text",
    [
        ({"peers": ["ap"]}, "tiers[1].filter.rules[0].peers[0]: is no tier, no range and not 'internet', got 'ap'"),
        ({"peers": ["10.0.0.1/8"]}, "tiers[1].filter.rules[0].peers[0]: has host bits set beyond /8"),
        ({"ports": "443"}, "tiers[1].filter.rules[0].ports: is for tcp and udp, got '443' with the protocol all"),
    ],
)
def test_rules_of_tiers_are_checked(rule, text):
    with pytest.raises(PlanError) as raised:
        filtered({"direction": "in", "action": "allow", **rule})
    assert text in str(raised.value)
