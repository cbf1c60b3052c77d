"""Hubs and links keep every rule of the packs in production, carry the required tags, and lie under the component."""

from collections.abc import Mapping

import pulumi
import pulumi_aws
import pulumi_azure_native
import pulumi_gcp
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.tagging import required_tags
from platform_lib.testing import run_program
from support.contexts import context

KEYS = dict.fromkeys(("0-0", "0-1"), "a.secret.of.an.office")
OFFICE = {"name": "office", "peer_addresses": ["203.0.113.7"], "peer_asn": 65010, "ranges": ["192.168.0.0/16"]}
TIERS = [
    {"name": "app", "role": "private"},
    {"name": "links", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
]
WHOLE = {
    "aws": {
        "region": "eu-west-1",
        "hub": {"kind": "transit", "own": {"share_with": ["123456789012"]}, "destinations": ["10.0.0.0/8"]},
        "hybrid": {
            "vpns": [{**OFFICE, "to_hub": False}],
            "lines": [
                {"name": "line", "connection_id": "dx", "vlan": 7, "peer_asn": 65020, "ranges": ["172.16.0.0/12"]}
            ],
        },
    },
    "azure": {
        "region": "westeurope",
        "hub": {"kind": "transit", "own": {"address_prefix": "10.255.0.0/24"}},
        "hybrid": {
            "vpns": [{**OFFICE, "pre_shared_keys": KEYS}],
            "lines": [{"name": "line", "connection_id": "circuit", "ranges": ["172.16.0.0/12"]}],
        },
    },
    "gcp": {
        "region": "europe-west1",
        "hub": {"kind": "transit", "own": {}},
        "hybrid": {
            "vpns": [{**OFFICE, "pre_shared_keys": KEYS}],
            "lines": [{"name": "line", "ranges": ["172.16.0.0/12"]}],
        },
    },
}
NOT_OURS = {
    "azure": {"azure-storage-account-customer-key"},  # of the flow logs, for which no key is given here
    "gcp": {"gcp-logging-sink-exists"},  # a sink of all logs is not the network's business
}
BEYOND = ("hub", "vpn", "line", "tunnel", "customer", "connection", "local-gateway", "external", "wan", "partner")


def _provider(cloud):
    if cloud == "aws":
        return pulumi_aws.Provider("aws", region="eu-west-1")
    if cloud == "azure":
        return pulumi_azure_native.Provider("azure", location="westeurope")
    return pulumi_gcp.Provider("gcp", project="our-project", region="europe-west1")


def network(cloud):
    def program():
        args = {"context": context("prod"), "cloud": cloud, "cidr": "10.20.0.0/16", "tiers": TIERS, **WHOLE[cloud]}
        VpcComponent("main", VpcArgs(**args), pulumi.ResourceOptions(provider=_provider(cloud)))

    return program


@pytest.fixture(scope="module", params=WHOLE)
def case(request):
    """Run once a cloud: its name and the graph."""
    return request.param, run_program(network(request.param))


@pytest.fixture(scope="module")
def made(case):
    return case[1]


def test_the_packs_find_nothing(case):
    cloud, made = case
    made.policies("baseline", environment="prod").assert_none(ignore=NOT_OURS.get(cloud, ()))


def test_everything_lies_under_the_component_and_carries_its_tags(made):
    wanted = required_tags(context("prod"))
    for one in made.resources:
        if one.name.startswith("main-"):
            assert one.parent.endswith("platform-lib:index:VpcComponent::main"), one.name
        if one.name.removeprefix("main-").startswith(BEYOND):
            held = one.inputs.get("tags", one.inputs.get("labels"))
            if isinstance(held, Mapping):  # labels of a route table in a hub are a list of names
                assert wanted.items() <= held.items(), one.name
    tagged = [one for one in made.resources if one.name.removeprefix("main-").startswith(BEYOND)]
    assert sum("tags" in one.inputs or "labels" in one.inputs for one in tagged) >= 5


def test_what_others_rely_on_is_guarded(made):
    guarded = {one.name for one in made.resources if one.options.protect}
    found = {one.name for one in made.resources}
    wanted = {"main-hub", "main-hub-attachment", "main-vpn-gateway", "main-vpn-address-0", "main-line-gateway"}
    wanted |= {"main-vpn-office-0", "main-vpn-router", "main-line-line-1", "main-wan"}
    assert wanted & found <= guarded
    assert len(wanted & found) >= 4


def test_urns_change_only_on_purpose(case, golden):
    cloud, made = case
    beyond = [
        one for one in made.resources if one.name.removeprefix("main-").startswith((*BEYOND, "transit", "route-prop"))
    ]
    lines = sorted(f"{one.type} {one.name}\n" for one in beyond)
    golden(f"urns/vpc-beyond-{cloud}.txt", "".join(lines))
