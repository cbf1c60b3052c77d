"""One set of arguments planned on three clouds, its addresses cut from a pool of the ledger."""

from itertools import pairwise

import pytest

from platform_lib.components.vpc import Cloud, LedgerArgs, VpcArgs
from platform_lib.components.vpc.addresses import network_intent
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.ledger import AddressLedger
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.operations.network.plan import plan
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
POOLS = LedgerFile(DEFAULT_PATH, AddressLedger(pools={"dev": ("10.0.0.0/12",)}))
REGIONS = {Cloud.AWS: "eu-west-1", Cloud.AZURE: "westeurope", Cloud.GCP: "europe-west1"}
ASKED = {
    "address": {"pool": "dev", "prefix_length": 16, "ipv6": {"source": "own", "cidr": "fd20:1:2::/48"}},
    "tiers": [
        {"name": "app", "role": "private", "gcp": {"secondary_ranges": {"services": 22}}},
        {"name": "web", "role": "public"},
        {"name": "pods", "role": "pods"},
        {"name": "links", "role": "hub"},
    ],
    "egress": "regional",
    "gcp": {"private_services_prefix_length": 20},
}
KEYS = {
    Cloud.AWS: [f"{tier}-euw1-az{zone}" for tier in ("app", "web", "pods", "links") for zone in (1, 2)],
    Cloud.AZURE: ["app", "web", "pods", "links"],
    Cloud.GCP: ["app", "web", "links"],
}


def planned(cloud):
    fields = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], **ASKED}
    if cloud is Cloud.AWS:  # where every range of one's own comes from a pool
        ipv6 = {**ASKED["address"]["ipv6"], "pool_id": "ipam-pool-1"}
        fields["address"] = {**ASKED["address"], "ipv6": ipv6}
    intent = network_intent("main", VpcArgs(**fields), subject=SUBJECT)
    entry = plan(POOLS, [intent]).ledger.networks[str(intent.id)]
    return plan_vpc("main", VpcArgs(**fields, ledger=LedgerArgs.of(entry)), subject=SUBJECT)


@pytest.mark.parametrize("cloud", Cloud)
def test_every_block_lies_in_the_range_of_the_pool_and_no_two_overlap(cloud):
    found = planned(cloud)
    blocks = [subnet.cidr for subnet in found.subnets]
    blocks += [text for subnet in found.subnets for text in subnet.secondary.values()]
    blocks = sorted(map(Block.parse, [*blocks, *found.reserved.values()]))
    assert found.ranges == ("10.0.0.0/16",)
    assert all(Block.parse(found.cidr).contains(block) for block in blocks)
    assert not any(first.overlaps(second) for first, second in pairwise(blocks))
    assert [subnet.key for subnet in found.subnets] == KEYS[cloud]
    numbers = [subnet.ipv6_number for subnet in found.subnets]
    assert len(set(numbers)) == len(numbers)
    assert None not in numbers


@pytest.mark.parametrize("cloud", Cloud)
def test_routes_say_the_same_on_every_cloud(cloud):
    tables = {table.tier: (table.default_route, table.ipv6_default) for table in planned(cloud).route_tables}
    # An own IPv6 range of Google Cloud is unique local and reaches no internet.
    public = ("internet", None if cloud is Cloud.GCP else "internet")
    expected = {"app": ("regional", None), "web": public, "pods": ("regional", None), "links": (None, None)}
    assert tables == {name: expected[name] for name in tables}


def test_only_google_cloud_has_further_ranges_of_a_subnet():
    (app, web, links) = planned(Cloud.GCP).subnets
    assert (list(app.secondary), web.secondary, links.secondary) == (["services", "pods"], {}, {})
    assert list(planned(Cloud.GCP).reserved) == ["private-services"]
    assert not any(subnet.secondary for cloud in (Cloud.AWS, Cloud.AZURE) for subnet in planned(cloud).subnets)


def test_a_gateway_subnet_of_azure_is_larger():
    sizes = {cloud: Block.parse(planned(cloud).subnets[-1].cidr).prefix_length for cloud in Cloud}
    assert sizes == {Cloud.AWS: 28, Cloud.AZURE: 27, Cloud.GCP: 28}
