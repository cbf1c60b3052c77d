"""Tunnels: every one has its mirror, addresses of its own, and an order that suits both clouds."""

import ipaddress
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.links.inside import INSIDE_RULES, check_link_range, ends_of, tunnel_ranges
from platform_lib.components.vpc.links.tunnel import Speaker, between_clouds, to_site

clouds = st.sampled_from(Cloud)
links = st.integers(0, (1 << 12) - 1).map(
    lambda number: Block(4, Block.parse("169.254.0.0/16").first + 16 * number, 28)
)
asns = st.integers(64512, 65514)


@given(st.permutations(list(Cloud)), asns, asns, links)
def test_every_tunnel_has_its_mirror(order, one, other, link):
    near, far = Speaker(order[0], one), Speaker(order[1], other)
    mine, theirs = between_clouds(near, far, link), between_clouds(far, near, link)
    assert [tunnel.mirrored() for tunnel in mine] == list(theirs)


@given(st.permutations(list(Cloud)), links)
def test_tunnels_between_clouds_never_share_an_address_or_an_interface_pair(order, link):
    tunnels = between_clouds(Speaker(order[0], 64512), Speaker(order[1], 64513), link)
    assert not any(one.inside.overlaps(other.inside) for one, other in combinations(tunnels, 2))
    addresses = [end.address for tunnel in tunnels for end in (tunnel.near, tunnel.far)]
    assert len(set(addresses)) == 2 * len(tunnels)
    assert len({(tunnel.near.interface, tunnel.far.interface) for tunnel in tunnels}) == len(tunnels)
    assert len({tunnel.key for tunnel in tunnels}) == len(tunnels)
    for tunnel in tunnels:
        inside = ipaddress.ip_network(str(tunnel.inside))
        assert {ipaddress.ip_address(end.address) for end in (tunnel.near, tunnel.far)} == set(inside.hosts())
        assert link.contains(tunnel.inside)


@pytest.mark.parametrize("near, far", list(permutations(Cloud, 2)))
def test_losing_any_interface_of_either_side_leaves_a_tunnel(near, far):
    tunnels = between_clouds(Speaker(near, 64512), Speaker(far, 64513), Block.parse("169.254.21.0/28"))
    assert len(tunnels) == (4 if Cloud.AWS in (near, far) else 2)
    for side in ("near", "far"):
        interfaces = {getattr(tunnel, side).interface for tunnel in tunnels}
        for lost in interfaces:
            assert [tunnel for tunnel in tunnels if getattr(tunnel, side).interface != lost]


@given(clouds, clouds, links)
def test_aws_has_the_lower_address(near, far, link):
    if near is not far:
        for tunnel in between_clouds(Speaker(near, 64512), Speaker(far, 64513), link):
            ends = {tunnel.near.cloud: tunnel.near.address, tunnel.far.cloud: tunnel.far.address}
            lower, upper = ends_of(tunnel.inside)
            assert ends.get(Cloud.AWS, lower) == lower
            assert ends.get(Cloud.AZURE, upper) == upper


def test_the_tunnels_of_aws_and_azure_are_those_of_the_vendors_example():
    """https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp: two tunnels end at each instance."""
    tunnels = between_clouds(Speaker(Cloud.AZURE, 65000), Speaker(Cloud.AWS, 64512), Block.parse("169.254.21.0/28"))
    assert [
        (one.near.interface, one.near.address, one.far.connection, one.far.tunnel, one.far.address) for one in tunnels
    ] == [
        (0, "169.254.21.2", 0, 1, "169.254.21.1"),
        (0, "169.254.21.6", 0, 2, "169.254.21.5"),
        (1, "169.254.21.10", 1, 1, "169.254.21.9"),
        (1, "169.254.21.14", 1, 2, "169.254.21.13"),
    ]


@given(clouds, st.integers(1, 2), links)
def test_tunnels_to_a_site_share_no_range_and_no_address_of_ours(cloud, devices, link):
    tunnels = to_site(Speaker(cloud, 64512), 65010, devices, link)
    assert len(tunnels) >= 2
    assert {tunnel.far.interface for tunnel in tunnels} == set(range(devices))
    assert not any(one.inside.overlaps(other.inside) for one, other in combinations(tunnels, 2))
    assert len({tunnel.near.address for tunnel in tunnels}) == len(tunnels)
    assert not {tunnel.near.address for tunnel in tunnels} & {tunnel.far.address for tunnel in tunnels}


@given(clouds.filter(lambda cloud: cloud is not Cloud.GCP), links)
def test_a_second_device_moves_no_tunnel(cloud, link):
    one, two = (to_site(Speaker(cloud, 64512), 65010, devices, link) for devices in (1, 2))
    assert two[: len(one)] == one


def test_a_device_speaks_with_both_instances_of_azure_from_one_address():
    tunnels = to_site(Speaker(Cloud.AZURE, 65515), 65010, 2, Block.parse("169.254.22.0/28"))
    assert [(one.near.address, one.far.address) for one in tunnels] == [
        ("169.254.22.2", "169.254.22.1"),
        ("169.254.22.6", "169.254.22.1"),
        ("169.254.22.10", "169.254.22.9"),
        ("169.254.22.14", "169.254.22.9"),
    ]


@given(st.sets(clouds, min_size=1), links)
def test_a_range_without_findings_is_one_that_every_cloud_takes(ends, link):
    ranges = tunnel_ranges(link)
    legal = all(
        INSIDE_RULES[cloud].first <= link.first
        and link.last <= INSIDE_RULES[cloud].last
        and not any(inside.overlaps(kept) for inside in ranges for kept in INSIDE_RULES[cloud].reserved)
        for cloud in ends
    )
    assert (check_link_range(str(link), ends) == []) is legal
