"""What is wrong with the arguments of a network is said in the words of its cloud, before anything is made."""

import pytest

from platform_lib.components.vpc import VpcArgs
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.core.errors import ArgsError, PlanError
from support.contexts import context

REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}
CLOUDS = list(REGIONS)
TWO = [{"name": "a", "role": "private"}, {"name": "b", "role": "private"}]
ZONE = {"aws": "euw1-az1", "azure": "regional", "gcp": "regional"}


def refused(cloud, name="main", **more):
    fields = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", **more}
    with pytest.raises((ArgsError, PlanError)) as caught:
        plan_vpc(name, VpcArgs.parse(f"VpcComponent {name!r}", fields), subject=f"VpcComponent {name!r}")
    return str(caught.value)


def with_ledger(cloud, blocks, network=None):
    own = f"dev/{cloud}/{REGIONS[cloud]}/main"
    entry = {
        "network": network or own,
        "ranges": ["10.20.0.0/16"],
        "blocks": {f"{tier}/{ZONE[cloud]}": text for tier, text in blocks.items()},
    }
    return {"tiers": TWO, "ledger": entry, **({"zones": ["euw1-az1"]} if cloud == "aws" else {})}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_ranges(cloud):
    text = refused(cloud, cidr="10.20.0.1/16")
    assert "cidr: has host bits set beyond /16, got '10.20.0.1/16'; use '10.20.0.0/16'" in text
    text = refused(cloud, cidr="52.0.0.0/16")
    assert "cidr: this is a public range, got 52.0.0.0/16" in text
    assert "set public_ranges_allowed" in text
    smallest = "/16" if cloud == "aws" else "/19"
    assert refused(cloud, cidr="10.20.0.0/24").endswith(f"got '10.20.0.0/24'; use a {smallest}")


@pytest.mark.parametrize(
    "cloud, length, expected",
    [
        (
            "aws",
            29,
            "between /16 and /28, got /29; use a prefix length from 16 to 28 (a /28 leaves 11 of 16 addresses)",
        ),
        ("azure", 30, "between /2 and /29, got /30; use a prefix length from 2 to 29 (a /29 leaves 3 of 8 addresses)"),
        ("gcp", 30, "between /4 and /29, got /30; use a prefix length from 4 to 29 (a /29 leaves 4 of 8 addresses)"),
    ],
)
def test_subnets_that_the_reserved_addresses_leave_nothing_of(cloud, length, expected):
    text = refused(cloud, tiers=[{"name": "a", "role": "private", "prefix_length": length}])
    assert text == f"VpcComponent 'main': tiers[0].prefix_length: a subnet on {cloud} is {expected}"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_tier_twice(cloud):
    tiers = [{"name": "a", "role": "public"}, {"name": "a", "role": "private"}]
    assert "tiers[1].name: is given twice" in refused(cloud, tiers=tiers)


def test_zones_that_the_region_does_not_have():
    assert "zones[0]: eu-west-1 has no such zone, got 'euw1-az9'; did you mean" in refused("aws", zones=["euw1-az9"])
    text = refused("aws", zone_count=9)
    assert text == "VpcComponent 'main': zone_count: is more than eu-west-1 has, got 9; use at most 3"


@pytest.mark.parametrize("cloud", ["azure", "gcp"])
def test_zones_where_subnets_span_the_region(cloud):
    for asked in ({"zones": ["1"]}, {"zone_count": 2}):
        assert f"zones.subnets: {cloud} cannot give a subnet in each zone" in refused(cloud, **asked)


@pytest.mark.parametrize("cloud, limit", [("azure", 80), ("gcp", 63)])
def test_names_that_the_cloud_has_no_room_for(cloud, limit):
    text = refused(cloud, "n" * 20, tiers=[{"name": "t" * 63, "role": "private"}])
    assert "too long for the automatic name of " in text
    assert f"(at most {limit} characters); shorten it by " in text


def test_nat_without_a_public_tier_for_it_to_stand_in():
    text = refused("aws", egress="single", tiers=TWO)
    assert text.startswith("VpcComponent 'main': egress: needs a public tier for its NAT gateways, got 'single'; ")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_ledger_that_does_not_fit(cloud):
    key = f"b/{ZONE[cloud]}"
    text = refused(cloud, **with_ledger(cloud, {"a": "10.20.0.0/20", "b": "10.20.0.0/20"}))
    assert f"{key}: 10.20.0.0/20 overlaps 10.20.0.0/20 of a/{ZONE[cloud]} in the ledger" in text
    assert "one of them was edited by hand" in text
    text = refused(cloud, **with_ledger(cloud, {"a": "10.20.0.0/20", "b": "10.20.16.0/24"}))
    assert f"{key}: the ledger holds 10.20.16.0/24, the arguments ask for /20, and a live subnet neither moves" in text
    text = refused(cloud, **with_ledger(cloud, {"a": "10.20.0.0/20"}))
    assert f"ledger.{key}: the address ledger has no entry for it; run 'platform network plan --write'" in text
    text = refused(cloud, **with_ledger(cloud, {}, "prod/aws/eu-west-1/other"))
    assert "ledger: this is the ledger of another network, got prod/aws/eu-west-1/other for dev/" in text
