"""A network that is only referred to makes nothing and gives out its ids; bad ids are told all at once."""

from dataclasses import replace

import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.plan import plan_vpc, settled
from platform_lib.components.vpc.planned_graph import require_assertions
from platform_lib.components.vpc.rooms import require_made
from platform_lib.core.errors import PlanError
from platform_lib.testing import run_program
from support.contexts import context

TIERS = [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}]
GROUP = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network"
NETWORK = f"{GROUP}/virtualNetworks/v"
AWS = {
    "vpc": "vpc-0a1b2c3d",
    "subnet-web-euw1-az1": "subnet-0a1b2c3d",
    "subnet-app-euw1-az1": "subnet-0a1b2c3e",
    "route-table-web": "rtb-0a1b2c3d",
}
AZURE = {"network": NETWORK, "subnet-web": f"{NETWORK}/subnets/web", "subnet-app": f"{NETWORK}/subnets/app"}
GCP = {
    "network": "projects/p/global/networks/n",
    "subnet-web": "projects/p/regions/europe-west1/subnetworks/web",
    "subnet-app": "projects/p/regions/europe-west1/subnetworks/app",
}
IDS = {"aws": AWS, "azure": AZURE, "gcp": GCP}
REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}


def fields(cloud="aws", ids=None, mode="reference", **more):
    given = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", "tiers": TIERS}
    given |= {"zones": ["euw1-az1"]} if cloud == "aws" else {}
    return {**given, "adopt": {"mode": mode, "ids": IDS[cloud] if ids is None else ids}, **more}


def findings(*given, **more):
    """Path and problem of all that is wrong."""
    args = VpcArgs(**fields(*given, **more))
    with pytest.raises(PlanError) as caught:
        require_made(plan_vpc("main", args, subject="x"), settled(args, subject="x"), subject="x")
    return {one.path: (one.problem, one.remedy) for one in caught.value.findings}


@pytest.mark.parametrize("cloud", IDS)
def test_nothing_is_made_and_the_ids_are_given_out(cloud):
    made = []

    def program():
        made.append(VpcComponent("main", VpcArgs(**fields(cloud))))

    graph = run_program(program, mode="update")
    assert [one.type for one in graph.resources if one.custom] == []
    (component,) = graph.of_type("platform-lib:index:VpcComponent")
    ids, outputs = IDS[cloud], component.outputs
    network = ids["vpc" if cloud == "aws" else "network"]
    assert outputs["vpc_id"] == network
    assert outputs["subnet_ids"] == {
        tier: [text for name, text in ids.items() if name.startswith(f"subnet-{tier}")] for tier in ("web", "app")
    }
    assert outputs["route_table_ids"] == ({"web": "rtb-0a1b2c3d"} if cloud == "aws" else {})
    arns = {"aws": "", "azure": network, "gcp": f"https://www.googleapis.com/compute/v1/{network}"}
    assert outputs["vpc_arn"] == arns[cloud]
    assert (outputs["cost_drivers"], outputs["evidence"], outputs["flow_log_destination_arn"]) == ([], [], "")
    assert {row["option"] for row in outputs["capability"]} <= {"zones.subnets"}
    reference = made[0].reference
    assert (reference.vpc_id, reference.cidr) == (network, "10.20.0.0/16")
    assert [subnet.id for subnet in reference.in_tier("app")] == outputs["subnet_ids"]["app"]


@pytest.mark.parametrize(
    "more",
    [
        {"egress": "single"},
        {"endpoints": {"interface": ["ssm"]}},
        {"endpoints": {"gateway": ["s3"]}},
        {"dns": {"private_zones": ["internal.example.com"]}},
        {"flow_logs": {"retention_days": 30}},
        {"block_public_access": {"blocked": "both-ways"}},
        {"guard": True},
        {"tags": {"team": "net"}},
    ],
)
def test_what_would_have_to_be_made_is_refused_by_name(more):
    (path,) = more
    assert findings(**more) == {
        path: (
            "is not for a network that is only referred to, of which nothing is made",
            "leave it out, or set adopt.mode to 'import'",
        )
    }


def test_statements_about_routes_that_nobody_knows_are_refused():
    (found,) = findings(assertions=["app must not reach internet"]).items()
    assert found[0] == "assertions"
    assert found[1][0].startswith("cannot be proved of a network that is only referred to")


def test_what_is_off_or_none_anyway_may_be_said():
    args = VpcArgs(**fields(egress="none", flow_logs={"enabled": False}, endpoints={"gateway": []}, guard=False))
    require_made(plan_vpc("main", args, subject="x"), settled(args, subject="x"), subject="x")


def test_all_missing_and_unknown_ids_are_told_at_once():
    found = findings(ids={"subnet-app-euw1-az2": "subnet-0a1b2c3d", "nat-euw1-az1": "nat-0a1b2c3d"})
    assert list(found) == [
        "adopt.ids.subnet-app-euw1-az2",
        "adopt.ids.nat-euw1-az1",
        "adopt.ids.vpc",
        "adopt.ids.subnet-web-euw1-az1",
        "adopt.ids.subnet-app-euw1-az1",
    ]
    problem, remedy = found["adopt.ids.subnet-app-euw1-az2"]
    assert problem == "names no child of the network that can be referred to"
    assert remedy.startswith("did you mean 'subnet-app-euw1-az1'?")
    assert found["adopt.ids.vpc"] == (
        "is required in reference mode",
        "give its id, or run 'platform network adopt'",
    )


def test_an_import_needs_the_network_and_knows_its_children_by_near_names():
    found = findings(mode="import", ids={"internet-gatway": "igw-0a1b2c3d"})
    assert found["adopt.ids.vpc"][0] == "is required: nothing is taken over without it"
    assert found["adopt.ids.internet-gatway"] == (
        "names no child of the network that can be imported",
        "did you mean 'internet-gateway'?",
    )


@pytest.mark.parametrize(
    "cloud, name, text, example",
    [
        ("aws", "vpc", "arn:aws:ec2:eu-west-1:1:vpc/vpc-0a1b2c3d", "vpc-0a1b2c3d"),
        ("aws", "subnet-app-euw1-az1", "10.20.1.0/24", "subnet-0a1b2c3d"),
        ("azure", "subnet-app", "app", "/subscriptions/<id>/resourceGroups/<name>/..."),
        ("gcp", "network", "main", "projects/<project>/..."),
    ],
)
def test_ids_have_the_form_of_their_cloud(cloud, name, text, example):
    found = findings(cloud, ids={**IDS[cloud], name: text})
    assert found == {f"adopt.ids.{name}": (f"is no id of {cloud}, got {text!r}", f"write {example!r}")}


def test_one_id_is_not_given_twice():
    found = findings(ids={**AWS, "subnet-app-euw1-az1": "subnet-0a1b2c3d"})
    problem = "has the id of subnet-web-euw1-az1 too, got 'subnet-0a1b2c3d'"
    assert found == {"adopt.ids.subnet-app-euw1-az1": (problem, "give each its own")}


def test_an_id_of_another_region_may_name_it():
    args = VpcArgs(**fields(ids={**AWS, "vpc": "vpc-0a1b2c3d@eu-west-1"}, mode="import"))
    require_made(plan_vpc("main", args, subject="x"), settled(args, subject="x"), subject="x")


def test_nothing_is_proved_of_routes_that_nobody_knows():
    args = VpcArgs(**fields())
    plan = plan_vpc("main", args, subject="x")
    assert plan.referenced
    require_assertions(plan, ["app must reach internet on 443"], subject="x")
    with pytest.raises(PlanError, match="does not hold"):
        require_assertions(replace(plan, referenced=False), ["app must reach internet on 443"], subject="x")
