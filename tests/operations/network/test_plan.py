"""The address plan: what a change means for the ledger, writing it, giving blocks back."""

from dataclasses import replace
from pathlib import Path

import pytest

from platform_lib.components.vpc.addressing.intent import Egress, NetworkId, TierIntent, TierRole
from platform_lib.components.vpc.addressing.ledger import AddressLedger, ExternalKind, ExternalRange, resolve
from platform_lib.components.vpc.addressing.ledger_file import LedgerFile, read_ledger
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.errors import PlanError
from platform_lib.operations.network.plan import ChangeKind, plan, release, retire, write
from support.networks import MAIN, three_tiers

EMPTY = LedgerFile(Path("address-ledger.yaml"), AddressLedger())
POOL = AddressLedger(pools={"dev": ("10.0.0.0/12",)})


def named(name: str, **changes):
    return three_tiers(id=replace(MAIN, name=name), **changes)


def after(file: LedgerFile, *intents) -> LedgerFile:
    return LedgerFile(file.path, plan(file, intents).ledger)


def refused(file: LedgerFile, *intents) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan(file, intents)
    return str(caught.value).splitlines()


def test_the_first_plan_adds_range_and_subnets():
    changes = plan(EMPTY, [three_tiers(1)]).changes
    assert [(change.key, change.kind, change.value) for change in changes] == [
        ("range", ChangeKind.ADD, "10.0.0.0/16"),
        ("app/euw1-az1", ChangeKind.ADD, "10.0.0.0/20"),
        ("data/euw1-az1", ChangeKind.ADD, "10.0.16.0/24"),
        ("public/euw1-az1", ChangeKind.ADD, "10.0.17.0/24"),
    ]


def test_a_second_plan_changes_nothing():
    file = after(EMPTY, three_tiers(ipv6_prefix_length=56))
    assert plan(file, [three_tiers(ipv6_prefix_length=56)]).changes == ()


def test_free_revive_and_ipv6_turned_off():
    file = after(EMPTY, three_tiers(2, ipv6_prefix_length=56))
    fewer = plan(file, [three_tiers(1)])
    assert {(change.kind, change.key) for change in fewer.changes if change.value.startswith("10.")} == {
        (ChangeKind.FREE, f"{tier}/euw1-az2") for tier in ("app", "data", "public")
    }
    assert sum(change.value.startswith("/64 number") for change in fewer.changes) == 6
    back = plan(LedgerFile(file.path, fewer.ledger), [three_tiers(2, ipv6_prefix_length=56)])
    assert {change.kind for change in back.changes} == {ChangeKind.REVIVE}
    assert back.ledger == file.ledger


def test_the_order_of_the_networks_does_not_matter():
    file = LedgerFile(Path("x"), POOL)
    intents = [
        named(name, ranges=(), pool="dev", prefix_length=length) for name, length in (("c", 16), ("a", 17), ("b", 18))
    ]
    assert plan(file, intents) == plan(file, intents[::-1])


def test_networks_from_a_pool_keep_clear_of_everything():
    external = (
        ExternalRange("office", ExternalKind.ON_PREMISES, ("10.0.0.0/15",)),
        ExternalRange("site", ExternalKind.ON_PREMISES, ("10.1.0.0/16",)),
        ExternalRange("far", ExternalKind.PEER, ("192.168.0.0/16",)),
    )
    file = LedgerFile(Path("x"), replace(POOL, external=external))
    file = after(file, named("fixed", ranges=("10.2.0.0/16",)))
    file = after(file, named("one", ranges=(), pool="dev", prefix_length=16))
    file = after(file, named("two", ranges=(), pool="dev", prefix_length=16))
    ranges = {entry.id.name: entry.ranges for entry in file.ledger.networks.values()}
    assert ranges == {"fixed": ("10.2.0.0/16",), "one": ("10.3.0.0/16",), "two": ("10.4.0.0/16",)}
    intent = named("two", ranges=(), pool="dev", prefix_length=16)
    assert resolve(intent, file.ledger.networks[str(intent.id)], subject="x").ranges[0].prefix_length == 16


def test_a_pool_inside_an_external_range_is_taken():
    external = (ExternalRange("all", ExternalKind.RESERVED, ("10.0.0.0/8",)),)
    file = LedgerFile(Path("x"), replace(POOL, external=external))
    lines = refused(file, named("one", ranges=(), pool="dev", prefix_length=16))
    assert "pool dev: dev/aws/eu-west-1/one: no room for a /16 in 10.0.0.0/12: nothing is free" in lines[0]


def test_pools_that_are_not_there_and_sizes_that_change():
    intent = named("one", ranges=(), pool="dve", prefix_length=16)
    assert "no such pool, got 'dve'; did you mean 'dev'?" in refused(LedgerFile(Path("x"), POOL), intent)[0]
    file = after(LedgerFile(Path("x"), POOL), named("one", ranges=(), pool="dev", prefix_length=16))
    line = refused(file, named("one", ranges=(), pool="dev", prefix_length=17))[0]
    assert "address.prefix_length: the ledger holds 10.0.0.0/16, the arguments ask for /17; keep /16 and add" in line


def test_everything_wrong_is_said_at_once_with_its_network():
    file = after(EMPTY, named("a"))
    small = named("c", ranges=("10.9.0.0/24",))
    lines = refused(
        file, named("b", ranges=("10.1.0.5/16",)), named("a", tiers=(TierIntent("app", TierRole.PRIVATE, 29),))
    )
    assert any("dev/aws/eu-west-1/b: address: has host bits set beyond /16" in line for line in lines)
    assert any("dev/aws/eu-west-1/a: tiers.app.prefix_length: a subnet on aws is between" in line for line in lines)
    assert any(
        "dev/aws/eu-west-1/c: app/euw1-az1: no room for a /20 in 10.9.0.0/24" in line for line in refused(file, small)
    )
    assert "two networks have this name" in refused(file, named("d"), named("d"))[0]


def test_overlap_with_another_stack_a_peer_and_on_premises():
    file = after(EMPTY, named("a"))
    prod = three_tiers(id=NetworkId("prod", Cloud.GCP, "europe-west1", "a"), egress=Egress.REGIONAL)
    assert "overlaps 10.0.0.0/16 of networks.dev/aws/eu-west-1/a.ranges" in refused(file, prod)[0]
    peer = replace(file.ledger, external=(ExternalRange("partner", ExternalKind.PEER, ("10.1.0.0/24",)),))
    assert (
        "of networks.dev/aws/eu-west-1/b.ranges"
        in refused(LedgerFile(Path("x"), peer), named("b", ranges=("10.1.0.0/16",)))[0]
    )


def test_a_range_goes_only_after_its_blocks():
    wide = three_tiers(1, ranges=("10.0.0.0/16", "10.1.0.0/16"))
    file = after(EMPTY, wide)
    assert [change.kind for change in plan(file, [three_tiers(1)]).changes] == [ChangeKind.RELEASE]
    used = replace(wide, tiers=(*wide.tiers, TierIntent("x", TierRole.PRIVATE, cidrs={"euw1-az1": "10.1.0.0/24"})))
    file = after(file, used)
    line = refused(file, three_tiers(1))[0]
    assert "x/euw1-az1: 10.1.0.0/24 of the ledger lies outside the ranges of the network, got 10.0.0.0/16; keep" in line


def test_write_and_read_back(tmp_path: Path):
    path = tmp_path / "address-ledger.yaml"
    file = read_ledger(path)
    written = write(file, plan(file, [three_tiers(2, ipv6_prefix_length=56)]))
    assert plan(read_ledger(path), [three_tiers(2, ipv6_prefix_length=56)]).changes == ()
    assert resolve(three_tiers(2, ipv6_prefix_length=56), written.ledger.networks[str(MAIN)], subject="x").blocks


def test_release_gives_freed_blocks_back():
    file = after(after(EMPTY, three_tiers(2)), three_tiers(1))
    outcome = release(file, MAIN, ["app/euw1-az2"])
    assert [(change.kind, change.key) for change in outcome.changes] == [(ChangeKind.RELEASE, "app/euw1-az2")]
    assert set(outcome.ledger.networks[str(MAIN)].freed) == {"data/euw1-az2", "public/euw1-az2"}
    everything = release(file, MAIN)
    assert everything.ledger.networks[str(MAIN)].freed == {}
    assert len(everything.changes) == 3


def test_release_refuses_what_is_in_use_or_unknown():
    file = after(after(EMPTY, three_tiers(2)), three_tiers(1))
    with pytest.raises(PlanError) as caught:
        release(file, MAIN, ["app/euw1-az1", "app/euw1-az3"])
    lines = str(caught.value).splitlines()
    assert (
        "app/euw1-az1 is in use: 10.0.0.0/20; remove it from the stack and run 'platform network plan --write'"
        in lines[0]
    )
    assert "nothing freed has this key, got 'app/euw1-az3'; did you mean 'app/euw1-az2'?" in lines[1]
    with pytest.raises(PlanError, match=r"no such network, got dev/aws/eu-west-1/mian; did you mean"):
        release(file, replace(MAIN, name="mian"))


def test_a_destroyed_network_is_retired_and_then_released():
    file = after(EMPTY, three_tiers(1, ipv6_prefix_length=56))
    retired = retire(file, MAIN)
    assert len(retired.changes) == 6
    assert retired.ledger.networks[str(MAIN)].blocks == {}
    some = release(LedgerFile(file.path, retired.ledger), MAIN, ["app/euw1-az1", "data/euw1-az1", "public/euw1-az1"])
    assert str(MAIN) in some.ledger.networks  # only a release of everything gives the range back
    gone = release(LedgerFile(file.path, retired.ledger), MAIN)
    assert gone.ledger.networks == {}
    assert gone.changes[-1].value == "10.0.0.0/16"
