"""The allocator: what always holds, and what it says when it cannot."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.allocate import Allocation, Request, allocate
from platform_lib.components.vpc.addressing.block import BITS, Block
from platform_lib.core.errors import PlanError

TEN = Block.parse("10.0.0.0/16")
SIX = Block.parse("2001:db8::/56")


def requests(shortest: int, longest: int, most: int = 24):
    lengths = st.lists(st.integers(shortest, longest), max_size=most)
    return lengths.map(lambda found: [Request(f"tier{n % 4}/zone{n // 4}", length) for n, length in enumerate(found)])


cases = st.one_of(
    st.tuples(st.just((TEN, Block.parse("100.64.0.0/18"))), requests(20, 28)),
    st.tuples(st.just((SIX,)), requests(60, 64)),
)


def failed(ranges, wanted, ledger=None, freed=None) -> list[str]:
    with pytest.raises(PlanError) as caught:
        allocate(ranges, wanted, ledger, freed, subject="net")
    return str(caught.value).splitlines()


@given(cases)
def test_blocks_are_inside_aligned_of_the_right_size_and_apart(case):
    ranges, wanted = case
    done = allocate(ranges, wanted)
    sizes = {request.key: request.prefix_length for request in wanted}
    assert {key: block.prefix_length for key, block in done.blocks.items()} == sizes
    taken: set[int] = set()
    for block in (*done.blocks.values(), *done.free):
        assert any(outer.contains(block) for outer in ranges)
        assert block.first % block.size == 0
        units = set(
            range(
                block.first >> (BITS[block.version] - 64 if block.version == 6 else 4),
                (block.last >> (BITS[block.version] - 64 if block.version == 6 else 4)) + 1,
            )
        )
        assert not units & taken
        taken |= units
    assert sum(block.size for block in (*done.blocks.values(), *done.free)) == sum(outer.size for outer in ranges)


@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case, dice: random.Random):
    ranges, wanted = case
    held = dict(list(allocate(ranges, wanted[: len(wanted) // 2]).blocks.items()))
    shuffled, again = list(wanted), list(held.items())
    dice.shuffle(shuffled)
    dice.shuffle(again)
    assert allocate(ranges, wanted, held) == allocate(ranges, shuffled, dict(again))
    assert allocate(ranges[::-1], wanted, held) == allocate(ranges, wanted, held)


@given(cases, st.data())
def test_what_the_ledger_holds_stays(case, data):
    ranges, wanted = case
    first = allocate(ranges, data.draw(st.lists(st.sampled_from(wanted), unique=True)) if wanted else [])
    second = allocate(ranges, wanted, first.blocks)
    assert {key: second.blocks[key] for key in first.blocks} == first.blocks
    assert set(second.added) == set(second.blocks) - set(first.blocks)


@given(cases)
def test_a_repeated_allocation_changes_nothing(case):
    ranges, wanted = case
    first = allocate(ranges, wanted)
    assert allocate(ranges, wanted, first.blocks) == Allocation(first.blocks, (), (), {}, first.free)


def test_the_largest_come_first_and_then_the_keys():
    done = allocate([TEN], [Request("a/1", 24), Request("c/1", 20), Request("b/1", 20)])
    assert {key: str(block) for key, block in done.blocks.items()} == {
        "a/1": "10.0.32.0/24",
        "b/1": "10.0.0.0/20",
        "c/1": "10.0.16.0/20",
    }


def test_best_fit_keeps_large_blocks_whole():
    held = {"a/1": Block.parse("10.0.0.0/24"), "b/1": Block.parse("10.0.4.0/22")}
    done = allocate([TEN], [Request("a/1", 24), Request("b/1", 22), Request("c/1", 24), Request("d/1", 23)], held)
    assert str(done.blocks["c/1"]) == "10.0.1.0/24"
    assert str(done.blocks["d/1"]) == "10.0.2.0/23"


def test_freed_blocks_stay_taken_and_come_back_to_their_key():
    first = allocate([TEN], [Request("a/1", 24), Request("b/1", 24)])
    second = allocate([TEN], [Request("b/1", 24), Request("c/1", 24)], first.blocks)
    assert second.freed == {"a/1": first.blocks["a/1"]}
    assert first.blocks["a/1"] not in second.blocks.values()
    third = allocate([TEN], [Request("a/1", 24), Request("b/1", 24), Request("c/1", 24)], second.blocks, second.freed)
    assert third.blocks["a/1"] == first.blocks["a/1"]
    assert third.revived == ("a/1",)
    assert third.added == ()


def test_explicit_and_computed_blocks_mix():
    done = allocate([TEN], [Request("a/1", 24), Request("b/1", cidr="10.0.0.0/20"), Request("c/1", 24, "10.0.16.0/24")])
    assert {key: str(block) for key, block in done.blocks.items()} == {
        "a/1": "10.0.17.0/24",
        "b/1": "10.0.0.0/20",
        "c/1": "10.0.16.0/24",
    }


def test_no_room_says_what_would_fit():
    lines = failed([Block.parse("10.0.0.0/24")], [Request("a/1", 25), Request("b/1", 25), Request("c/1", 26)])
    assert lines == [
        (
            "net: c/1: no room for a /26 in 10.0.0.0/24: nothing is free; add a secondary range of /26 or larger, "
            "or for a new network use one range of /23, the smallest that holds everything"
        )
    ]


def test_no_room_counts_everything_that_is_homeless():
    lines = failed([Block.parse("10.0.0.0/24")], [Request(f"t/{n}", 25) for n in range(5)] + [Request("u/1", 26)])
    assert len(lines) == 4
    assert "nothing is free; add a secondary range of /23 or larger" in lines[0]
    lines = failed(
        [Block.parse("10.0.0.0/24")], [Request("a/1", 26), Request("b/1", 24)], {"a/1": Block.parse("10.0.0.64/26")}
    )
    assert lines[0].startswith("net: b/1: no room for a /24 in 10.0.0.0/24: the largest free block is 10.0.0.128/25;")


@given(st.lists(st.integers(20, 28), min_size=1, max_size=40))
def test_the_smallest_range_that_is_named_is_the_smallest(lengths):
    wanted = [Request(f"t/{n}", length) for n, length in enumerate(lengths)]
    with pytest.raises(PlanError) as caught:
        allocate([], wanted)
    length = int(str(caught.value).splitlines()[0].rpartition("one range of /")[2].partition(",")[0])
    assert allocate([Block(4, 10 << 24, length)], wanted).blocks
    with pytest.raises(PlanError):
        allocate([Block(4, 10 << 24, length + 1)], wanted)


@pytest.mark.parametrize(
    ("wanted", "ledger", "line"),
    [
        (
            [Request("a/1", 24), Request("a/1", 24)],
            {},
            "net: a/1: requested twice; give each tier and zone once",
        ),
        ([Request("a/1")], {}, "net: a/1: neither a prefix length nor a range is given; give one of the two"),
        ([Request("a/1", 33)], {}, "net: a/1: not a prefix length of IPv4, got 33"),
        (
            [Request("a/1", cidr="10.0.0.1/24")],
            {},
            "net: a/1: has host bits set beyond /24, got '10.0.0.1/24'; use '10.0.0.0/24'",
        ),
        ([Request("a/1", cidr="2001:db8::/64")], {}, "net: a/1: not an IPv4 range, got 2001:db8::/64"),
        (
            [Request("a/1", 25, "10.0.0.0/24")],
            {},
            "net: a/1: the range and the prefix length differ, got 10.0.0.0/24 and /25; leave the prefix length out",
        ),
        (
            [Request("a/1", cidr="10.1.0.0/24")],
            {},
            (
                "net: a/1: 10.1.0.0/24 lies outside the ranges of the network, got 10.0.0.0/16; "
                "choose a range inside, or add a secondary range"
            ),
        ),
        (
            [Request("a/1", 24), Request("b/1", cidr="10.0.0.0/23")],
            {"a/1": "10.0.1.0/24"},
            "net: b/1: 10.0.0.0/23 overlaps a/1 10.0.1.0/24; choose a free range, the largest is 10.0.128.0/17",
        ),
        (
            [Request("a/1", 23)],
            {"a/1": "10.0.1.0/24"},
            (
                "net: a/1: the ledger holds 10.0.1.0/24, the arguments ask for /23, and a live subnet neither moves "
                "nor resizes; ask for /24, or add a tier of another name and release this one when it is empty"
            ),
        ),
        (
            [Request("a/1", cidr="10.0.2.0/24")],
            {"a/1": "10.0.1.0/24"},
            (
                "net: a/1: the ledger holds 10.0.1.0/24, the arguments ask for 10.0.2.0/24, and a live subnet neither "
                "moves nor resizes; ask for 10.0.1.0/24, or add a tier of another name and release this one when it is "
                "empty"
            ),
        ),
        (
            [Request("a/1", 24)],
            {"a/1": "10.0.1.0/24", "b/1": "10.0.0.0/23"},
            (
                "net: a/1: 10.0.1.0/24 overlaps 10.0.0.0/23 of b/1 in the ledger; one of them was edited by hand: "
                "restore the ledger from its last reviewed version"
            ),
        ),
        (
            [Request("a/1", 24)],
            {"a/1": "10.2.1.0/24"},
            (
                "net: a/1: 10.2.1.0/24 of the ledger lies outside the ranges of the network, got 10.0.0.0/16; "
                "keep the range that holds it: it can be removed only after its blocks are released"
            ),
        ),
    ],
)
def test_refusals(wanted, ledger, line):
    assert line in failed([TEN], wanted, {key: Block.parse(text) for key, text in ledger.items()})


def test_refusals_of_ranges_and_ledgers():
    assert failed([TEN, SIX], []) == ["net: ranges: IPv4 and IPv6 mixed, got 10.0.0.0/16, 2001:db8::/56"]
    assert failed([TEN, Block.parse("10.0.128.0/17")], []) == [
        "net: ranges: 10.0.128.0/17 overlaps 10.0.0.0/16; give ranges that share no address"
    ]
    twice = {"a/1": Block.parse("10.0.0.0/24")}
    assert "both live and freed" in failed([TEN], [], twice, twice)[0]
    assert "lies outside the ranges" in failed([TEN], [], {"a/1": SIX})[0]


def test_a_block_never_spans_two_ranges():
    halves = [Block.parse("10.0.0.0/17"), Block.parse("10.0.128.0/17")]
    assert "no room for a /16" in failed(halves, [Request("a/1", 16)])[0]
