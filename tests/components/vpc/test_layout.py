from ipaddress import IPv4Network
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from platform_lib.components.vpc import layout

tiers = st.lists(st.integers(20, 28), min_size=1, max_size=6).map(
    lambda lengths: {f"t{index}": length for index, length in enumerate(lengths)}
)
rooms = st.integers(1, 16)
zone_numbers = st.sets(st.integers(1, 16), min_size=1, max_size=6)
networks = st.integers(16, 22).flatmap(
    lambda length: st.integers(0, 2 ** (length - 8) - 1).map(
        lambda index: IPv4Network((index << (32 - length), length))
    )
)


def laid_out(network, lengths, room, numbers):
    """Every subnet by tier and zone, or None where they do not fit."""
    blocks = layout.tier_blocks(network, lengths, room)
    if blocks is None:
        return None
    return {
        (name, number): layout.subnet_of(blocks[name], length, f"x-az{number}")
        for name, length in lengths.items()
        for number in numbers
        if number <= layout.places(room)
    }


@given(networks, tiers, rooms, zone_numbers)
def test_subnets_lie_inside_have_the_right_size_and_never_overlap(network, lengths, room, numbers):
    subnets = laid_out(network, lengths, room, numbers)
    assume(subnets)
    for (name, _), subnet in subnets.items():
        assert subnet.subnet_of(network)
        assert subnet.prefixlen == lengths[name]
    found = sorted(subnets.values())
    assert all(not first.overlaps(second) for first, second in pairwise(found))


@given(networks, tiers, rooms, zone_numbers, zone_numbers)
def test_adding_or_removing_any_zone_moves_nothing(network, lengths, room, before, after):
    first, second = laid_out(network, lengths, room, before), laid_out(network, lengths, room, after)
    assume(first is not None)
    assert all(second[key] == subnet for key, subnet in first.items() if key in second)


@given(networks, tiers, rooms, zone_numbers, st.integers(20, 28))
def test_a_tier_at_the_end_moves_nothing(network, lengths, room, numbers, added):
    first = laid_out(network, lengths, room, numbers)
    second = laid_out(network, {**lengths, "added": added}, room, numbers)
    assume(first is not None and second is not None)
    assert all(second[key] == subnet for key, subnet in first.items())


@given(tiers, rooms)
def test_the_smallest_network_holds_the_tiers_and_a_smaller_one_does_not(lengths, room):
    smallest = layout.smallest_network(list(lengths.values()), room)

    def holds(prefix_length):
        return layout.tier_blocks(IPv4Network((10 << 24, prefix_length)), lengths, room) is not None

    if smallest is None:
        assert not holds(layout.LARGEST_NETWORK)
    else:
        assert holds(smallest)
        assert smallest == layout.SMALLEST_NETWORK or not holds(smallest + 1)


@pytest.mark.parametrize("room, expected", [(1, 1), (2, 2), (3, 4), (5, 8), (8, 8), (9, 16), (16, 16)])
def test_the_room_is_rounded_up_to_a_power_of_two(room, expected):
    assert layout.places(room) == expected


@pytest.mark.parametrize("text", ["euw1", "eu-west-1a", "euw1-az", "euw1-az0", ""])
def test_what_is_no_zone_id_is_refused(text):
    with pytest.raises(ValueError, match="is not a zone id"):
        layout.zone_number(text)


def test_a_zone_beyond_the_room_is_refused():
    with pytest.raises(ValueError, match="has no room for euw1-az5"):
        layout.subnet_of(IPv4Network("10.0.0.0/22"), 24, "euw1-az5")
