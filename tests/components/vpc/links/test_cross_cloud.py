"""A VPN between two clouds: one declaration, two views of the same tunnels, and what does not fit."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.links.cross_cloud import DEFAULT_LINK_RANGE, SideIntent, plan_cross_cloud
from platform_lib.core.errors import PlanError

SUBJECT = "CrossCloudVpn 'both'"
REGIONS = {Cloud.AWS: "eu-west-1", Cloud.AZURE: "westeurope", Cloud.GCP: "europe-west1"}
ASNS = {Cloud.AWS: 64512, Cloud.AZURE: 65515, Cloud.GCP: 64514}
RANGES = {Cloud.AWS: ("10.10.0.0/16",), Cloud.AZURE: ("10.20.0.0/16",), Cloud.GCP: ("10.30.0.0/16", "10.40.0.0/20")}


def side(cloud, **more):
    return SideIntent(**{"cloud": cloud, "region": REGIONS[cloud], "asn": ASNS[cloud], "ranges": RANGES[cloud], **more})


def refused(first, second, link=DEFAULT_LINK_RANGE):
    with pytest.raises(PlanError) as caught:
        plan_cross_cloud((first, second), link, subject=SUBJECT)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("one, other", list(combinations(Cloud, 2)))
def test_the_defaults_fit_every_pair_and_the_order_does_not_matter(one, other):
    plan = plan_cross_cloud((side(one), side(other)), DEFAULT_LINK_RANGE, subject=SUBJECT)
    assert plan == plan_cross_cloud((side(other), side(one)), DEFAULT_LINK_RANGE, subject=SUBJECT)
    assert [tunnel.mirrored() for tunnel in plan.seen_from(one)] == list(plan.seen_from(other))
    assert plan.other(one) == plan.side(other)
    assert {tunnel.near.cloud for tunnel in plan.seen_from(other)} == {other}


@given(st.integers(0, 4294967295), st.integers(0, 4294967295), st.sampled_from(list(combinations(Cloud, 2))))
def test_a_plan_has_legal_and_different_asns(first, second, pair):
    try:
        plan = plan_cross_cloud(
            (side(pair[0], asn=first), side(pair[1], asn=second)), DEFAULT_LINK_RANGE, subject=SUBJECT
        )
    except PlanError:
        return
    assert first != second
    for tunnel in plan.tunnels:
        assert {tunnel.near.asn, tunnel.far.asn} == {first, second}
    if Cloud.AZURE in pair:
        assert plan.other(Cloud.AZURE).asn not in (8074, 8075, 12076, 65515, 65517, 65518, 65519, 65520)


def test_everything_that_does_not_fit_is_said_at_once():
    lines = refused(
        side(Cloud.AWS, asn=65515),
        side(Cloud.AZURE, ranges=("10.10.128.0/20",)),
        "169.254.0.0/28",
    )
    assert lines == [
        f"{SUBJECT}: aws.asn: is kept by azure for itself, got 65515; use a private one: 64512-65514, 65521-65534",
        f"{SUBJECT}: azure.asn: is the ASN of both sides, got 65515; give each side one of its own",
        (
            f"{SUBJECT}: azure.ranges[0]: overlaps 10.10.0.0/16 of aws.ranges[0], got '10.10.128.0/20'; give one of "
            "the two another range: addresses that both sides have cannot be reached"
        ),
        (
            f"{SUBJECT}: inside_range: holds 169.254.0.0/30, which aws keeps for itself, got '169.254.0.0/28'; choose "
            "another /28 (https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html)"
        ),
    ]
