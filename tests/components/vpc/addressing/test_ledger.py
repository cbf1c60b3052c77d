"""The ledger: what it refuses, and what a program reads out of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import NetworkId
from platform_lib.components.vpc.addressing.ipv6 import number_subnets, subnet_of
from platform_lib.components.vpc.addressing.ledger import (
    AddressLedger,
    ExternalKind,
    ExternalRange,
    NetworkLedger,
    check_ledger,
    entry_for,
    resolve,
)
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.addressing.overlap import overlaps
from platform_lib.core.errors import PlanError
from support.networks import MAIN, three_tiers

WHO = "VpcComponent 'main'"
ENTRY = NetworkLedger(
    MAIN,
    ("10.0.0.0/16",),
    blocks={
        "public/euw1-az1": "10.0.32.0/24",
        "app/euw1-az1": "10.0.0.0/20",
        "data/euw1-az1": "10.0.33.0/24",
    },
)


def refused(intent, entry) -> list[str]:
    with pytest.raises(PlanError) as caught:
        resolve(intent, entry, subject=WHO)
    return str(caught.value).splitlines()


def test_a_complete_ledger_gives_the_layout():
    layout = resolve(three_tiers(1), ENTRY, subject=WHO)
    assert {key: str(block) for key, block in layout.blocks.items()} == dict(sorted(ENTRY.blocks.items()))
    assert layout.ranges == (Block.parse("10.0.0.0/16"),)
    assert layout.ipv6_numbers == {}


def test_no_entry_names_the_command():
    assert refused(three_tiers(1), None) == [
        (
            f"{WHO}: ledger: the address ledger has no entry for dev/aws/eu-west-1/main; "
            "run 'platform network plan --write' and have the change reviewed"
        )
    ]


def test_missing_subnets_name_the_command_one_a_line():
    lines = refused(three_tiers(2), ENTRY)
    assert lines == [
        f"{WHO}: ledger.{tier}/euw1-az2: the address ledger has no entry for it; "
        "run 'platform network plan --write' and have the change reviewed"
        for tier in ("app", "data", "public")
    ]


def test_a_freed_block_in_use_again_must_be_planned():
    freed = replace(ENTRY, blocks={}, freed=ENTRY.blocks)
    assert len(refused(three_tiers(1), freed)) == 3


def test_missing_ipv6_numbers_are_missing_entries():
    assert len(refused(three_tiers(1, ipv6_prefix_length=56), ENTRY)) == 3


def test_the_ledger_of_another_network():
    other = replace(ENTRY, id=replace(MAIN, environment="prod"))
    assert refused(three_tiers(1), other) == [
        (
            f"{WHO}: ledger: this is the ledger of another network, got prod/aws/eu-west-1/main for "
            "dev/aws/eu-west-1/main; hand in the entry 'dev/aws/eu-west-1/main'"
        )
    ]


def test_ranges_that_only_one_of_the_two_has():
    wider = three_tiers(1, ranges=("10.0.0.0/16", "100.64.0.0/16"))
    assert f"{WHO}: address: the address ledger has no range 100.64.0.0/16 for the network;" in refused(wider, ENTRY)[0]
    recorded = replace(ENTRY, ranges=("10.0.0.0/16", "100.64.0.0/16"))
    assert "the address ledger holds 100.64.0.0/16, the arguments do not" in refused(three_tiers(1), recorded)[0]


def test_a_hand_edit_into_an_overlap_is_refused_by_the_program_too():
    edited = replace(ENTRY, blocks={**ENTRY.blocks, "data/euw1-az1": "10.0.1.0/24"})
    assert (
        "10.0.1.0/24 overlaps 10.0.0.0/20 of app/euw1-az1 in the ledger; one of them was edited by hand"
        in refused(three_tiers(1), edited)[0]
    )


def test_a_text_that_is_no_range():
    edited = replace(ENTRY, blocks={"app/euw1-az1": "10.0.0.0/99"})
    assert (
        "ledger.blocks.app/euw1-az1: is not an IPv4 address range, got '10.0.0.0/99'"
        in refused(three_tiers(1), edited)[0]
    )


def test_entry_for_knows_near_names():
    ledger = AddressLedger({str(MAIN): ENTRY})
    assert entry_for(ledger, MAIN, subject=WHO) is ENTRY
    with pytest.raises(
        PlanError, match=r"no entry for dev/aws/eu-west-2/main; run .*; did you mean 'dev/aws/eu-west-1/main'\?"
    ):
        entry_for(ledger, replace(MAIN, region="eu-west-2"), subject=WHO)


def network(name: str, *ranges: str, **fields) -> NetworkLedger:
    return NetworkLedger(NetworkId("dev", Cloud.AWS, "eu-west-1", name), ranges, **fields)


def problems(*entries: NetworkLedger, external=(), pools=None) -> list[str]:
    ledger = AddressLedger({str(entry.id): entry for entry in entries}, pools or {}, external)
    return [str(finding) for finding in check_ledger(ledger)]


def test_networks_that_overlap():
    assert problems(network("a", "10.0.0.0/16"), network("b", "10.0.128.0/20", "10.1.0.0/16")) == [
        (
            "networks.dev/aws/eu-west-1/b.ranges: 10.0.128.0/20 overlaps 10.0.0.0/16 of "
            "networks.dev/aws/eu-west-1/a.ranges; "
            "two ranges that share addresses cannot be connected: choose another"
        )
    ]


def test_peers_and_on_premises_ranges():
    office = ExternalRange("office", ExternalKind.ON_PREMISES, ("10.0.0.0/8",))
    site = ExternalRange("site", ExternalKind.ON_PREMISES, ("10.9.0.0/16",))
    assert problems(external=(office, site)) == []  # other people's ranges may nest
    assert (
        "10.1.0.0/16 overlaps 10.0.0.0/8 of external.office"
        in problems(network("a", "10.1.0.0/16"), external=(office,))[0]
    )


def test_blocks_of_one_network():
    wrong = network(
        "a",
        "10.0.0.0/16",
        blocks={"app/z1": "10.0.0.0/20", "web/z1": "10.0.1.0/24", "db/z1": "10.1.0.0/24"},
        freed={"old/z1": "10.0.0.0/24", "web/z1": "10.0.64.0/24"},
        ipv6_numbers={"app/z1": 3},
        ipv6_freed={"old/z1": 3},
    )
    path = "networks.dev/aws/eu-west-1/a"
    found = problems(wrong)
    assert f"{path}.freed.web/z1: also among the blocks in use; keep one of the two entries" in found
    assert any(
        line.startswith(f"{path}.blocks.web/z1: 10.0.1.0/24 overlaps 10.0.0.0/20 of {path}.blocks.app/z1")
        for line in found
    )
    assert any(line.startswith(f"{path}.freed.old/z1: 10.0.0.0/24 overlaps") for line in found)
    assert any("10.1.0.0/24 lies outside the ranges of its network, got 10.0.0.0/16" in line for line in found)
    assert f"{path}.ipv6.old/z1: IPv6 number 3 belongs to app/z1 too" in found


def test_pools():
    inside, outside = network("a", "10.0.0.0/16", pool="dev"), network("b", "10.99.0.0/16", pool="dev")
    assert problems(inside, pools={"dev": ("10.0.0.0/12",)}) == []
    assert "10.99.0.0/16 lies outside pool dev" in problems(outside, pools={"dev": ("10.0.0.0/12",)})[0]
    assert "no such pool, got 'dev'; did you mean 'dev1'?" in problems(inside, pools={"dev1": ("10.0.0.0/12",)})[0]
    assert "pools share no address" in problems(pools={"a": ("10.0.0.0/8",), "b": ("10.1.0.0/16",)})[0]


def test_a_hundred_networks_are_checked_in_one_call():
    sound = [network(f"n{n}", f"10.{n}.0.0/16", blocks={"app/z1": f"10.{n}.0.0/20"}) for n in range(100)]
    assert problems(*sound) == []
    assert len(problems(*sound, network("extra", "10.42.7.0/24"))) == 1


blocks = st.builds(
    lambda first, length: Block(4, first << 12, 20).parent(length), st.integers(0, 63), st.integers(14, 20)
)


@given(st.lists(blocks, max_size=20))
def test_the_sweep_finds_what_comparing_every_pair_finds(found: list[Block]):
    named = [(f"n{position}", block) for position, block in enumerate(found)]
    swept = {frozenset((one[0], two[0])) for one, two in overlaps(named)}
    pairs = {frozenset((a, b)) for a, one in named for b, two in named if a < b and one.overlaps(two)}
    assert swept == pairs


def test_single_addresses_overlap_themselves_and_not_their_neighbours():
    one, two = Block.parse("10.0.0.0/32"), Block.parse("10.0.0.1/32")
    assert list(overlaps([("a", one), ("b", one), ("c", two)])) == [(("a", one), ("b", one))]


def test_ipv6_numbers():
    first = number_subnets(56, ["b/1", "a/1"])
    assert first.numbers == {"a/1": 0, "b/1": 1}
    second = number_subnets(56, ["a/0", "b/1", "c/1"], first.numbers)
    assert second.numbers == {"a/0": 2, "b/1": 1, "c/1": 3}
    assert second.freed == {"a/1": 0}
    third = number_subnets(56, ["a/1", "b/1"], {"b/1": 1}, {"a/1": 0})
    assert third.numbers == {"a/1": 0, "b/1": 1}
    assert third.revived == ("a/1",)
    assert str(subnet_of(Block.parse("2001:db8:0:100::/56"), 255)) == "2001:db8:0:1ff::/64"


def test_ipv6_refusals():
    with pytest.raises(PlanError, match="a /63 holds 2 subnets, got 3; use a larger range, or release freed numbers"):
        number_subnets(63, ["a", "b", "c"])
    with pytest.raises(PlanError) as caught:
        number_subnets(56, [], {"a": 256, "b": 1, "c": 1})
    assert "a: a /56 has /64 numbers 0 to 255, the ledger holds 256" in str(caught.value)
    assert "c: the ledger holds IPv6 number 1 for b too" in str(caught.value)
    with pytest.raises(ValueError, match="has no /64 number 1"):
        subnet_of(Block.parse("2001:db8::/64"), 1)


@given(st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefgh")))
def test_ipv6_numbers_never_move(one, two, three):
    first = number_subnets(56, one)
    second = number_subnets(56, two, first.numbers)
    third = number_subnets(56, three, second.numbers, second.freed)
    seen: dict[str, int] = {}
    for outcome in (first, second, third):
        assert len(set(outcome.numbers.values())) == len(outcome.numbers)
        for key, number in outcome.numbers.items():
            assert seen.setdefault(key, number) == number
