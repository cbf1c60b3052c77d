from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core import cidr
from platform_lib.core.validation import FieldError


@st.composite
def blocks(draw, shortest=8, longest=28):
    length = draw(st.integers(shortest, longest))
    address = draw(st.integers(0, 2**length - 1)) << (32 - length)
    return IPv4Network((address, length))


@given(blocks())
def test_every_block_parses_to_itself(block):
    assert cidr.parse_ipv4(str(block)) == block


@pytest.mark.parametrize(
    "text, problem, remedy",
    [
        ("10.0.0.1/16", "has host bits set beyond /16", "use '10.0.0.0/16'"),
        ("10.0.0.0", "has no prefix length", "use '10.0.0.0/32'"),
        ("10.0.0.0/255.255.0.0", "has no prefix length", "use '10.0.0.0/16'"),
        ("10.0.0/16", "is not an IPv4 address range", "write it as '10.0.0.0/16'"),
        ("2001:db8::/56", "is not an IPv4 address range", "write it as '10.0.0.0/16'"),
        ("10.0.0.0/33", "is not an IPv4 address range", "write it as '10.0.0.0/16'"),
        ("", "is not an IPv4 address range", "write it as '10.0.0.0/16'"),
    ],
)
def test_what_is_no_block_is_refused(text, problem, remedy):
    with pytest.raises(FieldError) as caught:
        cidr.parse_ipv4(text)
    assert (caught.value.problem, caught.value.remedy) == (problem, remedy)


def test_ipv6_parses_and_refuses_host_bits():
    assert str(cidr.parse_ipv6("2001:DB8::/56")) == "2001:db8::/56"
    with pytest.raises(FieldError, match="host bits set beyond /56; use '2001:db8::/56'"):
        cidr.parse_ipv6("2001:db8::1/56")


@given(st.lists(blocks(longest=16), max_size=8))
def test_overlaps_are_found_exactly_where_blocks_share_addresses(many):
    expected = any(a.overlaps(b) for index, a in enumerate(many) for b in many[:index])
    found = cidr.overlaps(many)
    assert bool(found) == expected
    assert all(first.overlaps(second) for first, second in found)


@st.composite
def half_full(draw):
    """A block, and some blocks in it or beside it."""
    parent = draw(blocks(shortest=16, longest=20))
    lengths = draw(st.lists(st.integers(parent.prefixlen + 1, parent.prefixlen + 4), max_size=6))
    steps = [(length, draw(st.integers(-1, 2 ** (length - parent.prefixlen)))) for length in lengths]
    start = int(parent.network_address)
    found = [(start + step * 2 ** (32 - length), length) for length, step in steps]
    return parent, [IPv4Network(item) for item in found if 0 <= item[0] < 2**32]


@given(half_full(), st.integers(14, 24))
def test_first_free_is_the_lowest_free_block(parent_and_taken, length):
    parent, taken = parent_and_taken
    found = cidr.first_free(parent, taken, length)
    candidates = parent.subnets(new_prefix=length) if length >= parent.prefixlen else ()
    expected = next((block for block in candidates if not any(block.overlaps(other) for other in taken)), None)
    assert found == expected


@given(st.lists(st.integers(18, 28), min_size=1, max_size=12))
def test_the_smallest_holding_block_holds_them_and_its_half_does_not(lengths):
    prefix = cidr.smallest_holding(lengths)

    def holds(prefix_length):
        parent, taken = IPv4Network((0, prefix_length)), []
        for length in sorted(lengths):
            block = cidr.first_free(parent, taken, length)
            if block is None:
                return False
            taken.append(block)
        return True

    assert holds(prefix)
    assert prefix == 32 or not holds(prefix + 1)


def test_no_block_holds_nothing_or_more_than_there_is():
    for lengths in ([], [0, 0]):
        with pytest.raises(ValueError, match="fit no block"):
            cidr.smallest_holding(lengths)


def test_sizes_and_containment():
    assert cidr.size(28) == 16
    assert cidr.size(64, bits=128) == 2**64
    assert cidr.is_aligned(int(IPv4Network("10.0.16.0/20").network_address), 20)
    assert not cidr.is_aligned(int(IPv4Network("10.0.16.0/20").network_address), 19)
    assert cidr.contains(IPv4Network("10.0.0.0/16"), IPv4Network("10.0.255.0/24"))
    assert not cidr.contains(IPv4Network("10.0.0.0/24"), IPv4Network("10.0.0.0/16"))
