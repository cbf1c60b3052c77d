"""A network takes its addresses from the ledger, and says which command to run where the ledger lacks them."""

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addresses import network_intent
from platform_lib.components.vpc.addressing.ledger import AddressLedger, NetworkLedger
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile, read_ledger
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.ledger_args import LedgerArgs, network_id, project_ledger
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.core.errors import ArgsError, PlanError, SettingsError
from platform_lib.operations.network.plan import plan, write
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
MAIN = network_id("main", context(), "eu-west-1")
WRITE = "run 'platform network plan --write' and have the change reviewed"
BLOCKS = {
    "public/euw1-az1": "10.20.0.0/24",
    "private/euw1-az1": "10.20.16.0/20",
    "isolated/euw1-az1": "10.20.4.0/22",
}


def ledger(**changes):
    return {"network": str(MAIN), "ranges": ["10.20.0.0/16"], "blocks": BLOCKS, **changes}


def arguments(**more):
    return VpcArgs(**{"context": context(), "region": "eu-west-1", "cidr": "10.20.0.0/16", "zone_count": 1, **more})


def planned(**more):
    return plan_vpc("main", arguments(**more), subject=SUBJECT)


def refused(**more):
    with pytest.raises((ArgsError, PlanError)) as caught:
        planned(**more)
    return str(caught.value).splitlines()


def test_every_subnet_lies_where_the_ledger_says():
    found = planned(ledger=ledger())
    assert {f"{subnet.tier}/{subnet.zone}": subnet.cidr for subnet in found.subnets} == BLOCKS


@pytest.mark.parametrize(
    "fault, expected",
    [
        ({"zone_count": 2}, f"ledger.isolated/euw1-az2: the address ledger has no entry for it; {WRITE}"),
        (
            {"cidr": "10.21.0.0/16"},
            "private/euw1-az1: 10.20.16.0/20 of the ledger lies outside the ranges of the network",
        ),
        (
            {"ledger": ledger(ranges=[])},
            f"address: the address ledger has no range 10.20.0.0/16 for the network; {WRITE}",
        ),
        (
            {"ledger": ledger(network="prod/aws/eu-west-1/main")},
            "ledger: this is the ledger of another network, got prod/aws/eu-west-1/main for dev/aws/eu-west-1/main",
        ),
        (
            {"ledger": ledger(blocks={**BLOCKS, "isolated/euw1-az1": "10.20.0.0/22"})},
            "public/euw1-az1: 10.20.0.0/24 overlaps 10.20.0.0/22 of isolated/euw1-az1 in the ledger",
        ),
        (
            {"tiers": [{"name": "private", "role": "private", "prefix_length": 24}]},
            "private/euw1-az1: the ledger holds 10.20.16.0/20, the arguments ask for /24",
        ),
        (
            {"ledger": ledger(blocks={**BLOCKS, "public/euw1-az1": "10.20.0.1/24"})},
            "ledger.blocks.public/euw1-az1: has host bits set beyond /24, got '10.20.0.1/24'",
        ),
        ({"ledger": ledger(network="main")}, "ledger.network: a network is written environment/cloud/region/name"),
        ({"zone_room": 4}, "zone_room: is not used with a ledger, got 4; leave it out"),
    ],
)
def test_what_the_ledger_does_not_bear_out_is_refused(fault, expected):
    lines = refused(**{"ledger": ledger(), **fault})
    assert any(line.startswith((f"{SUBJECT}: {expected}", f"VpcArgs: {expected}")) for line in lines)


def test_a_subnet_whose_block_was_freed_waits_for_the_command():
    blocks = {key: text for key, text in BLOCKS.items() if not key.startswith("isolated")}
    lines = refused(ledger=ledger(blocks=blocks, freed={"isolated/euw1-az1": "10.20.4.0/22"}))
    assert lines == [f"{SUBJECT}: ledger.isolated/euw1-az1: the address ledger has no entry for it; {WRITE}"]


def test_a_count_keeps_the_zones_in_use():
    blocks = {key.replace("az1", "az3"): text for key, text in BLOCKS.items()}
    assert planned(ledger=ledger(blocks=blocks)).zones == ("euw1-az3",)


def test_chosen_ranges_and_computed_ones_stand_side_by_side():
    tier = {"name": "app", "role": "private", "cidrs": {"euw1-az2": "10.20.240.0/20"}}
    args = arguments(zone_count=3, tiers=[tier])
    found = plan(LedgerFile(DEFAULT_PATH, AddressLedger()), [network_intent("main", args, subject=SUBJECT)])
    entry = found.ledger.networks[str(MAIN)]
    assert entry.blocks["app/euw1-az2"] == "10.20.240.0/20"
    made = planned(zone_count=3, tiers=[tier], ledger=LedgerArgs.of(entry))
    assert {subnet.zone: subnet.cidr for subnet in made.subnets}["euw1-az2"] == "10.20.240.0/20"
    assert len({subnet.cidr for subnet in made.subnets}) == 3


@pytest.mark.parametrize(
    "cidrs, expected",
    [
        ({"euw1-az9": "10.20.0.0/20"}, "tiers[0].cidrs.euw1-az9: is not a zone of the tier, got 'euw1-az9'; did you"),
        ({"euw1-az1": "10.20.0.0/24"}, "tiers[0].cidrs.euw1-az1: is not of the tier's size /20, got '10.20.0.0/24'"),
    ],
)
def test_chosen_ranges_that_do_not_fit_never_get_into_the_ledger(cidrs, expected):
    args = arguments(tiers=[{"name": "app", "role": "private", "cidrs": cidrs}])
    with pytest.raises(PlanError) as caught:
        network_intent("main", args, subject=SUBJECT)
    assert str(caught.value).startswith(f"{SUBJECT}: {expected}")


@given(
    st.permutations(["a", "b", "c", "d"]),
    st.lists(st.lists(st.sampled_from(["euw1-az1", "euw1-az2", "euw1-az3"]), min_size=1, unique=True), min_size=2),
)
def test_no_subnet_moves_whatever_zones_and_tiers_come_and_go(names, steps):
    file, before = LedgerFile(DEFAULT_PATH, AddressLedger()), {}
    for position, zones in enumerate(steps):
        tiers = [{"name": name, "role": "private", "prefix_length": 22} for name in names[position % 3 :]]
        args = arguments(zones=zones, zone_count=None, tiers=tiers)
        file = LedgerFile(DEFAULT_PATH, plan(file, [network_intent("main", args, subject=SUBJECT)]).ledger)
        given_args = args.model_copy(update={"ledger": LedgerArgs.of(file.ledger.networks[str(MAIN)])})
        now = {f"{s.tier}/{s.zone}": s.cidr for s in plan_vpc("main", given_args, subject=SUBJECT).subnets}
        assert {key: text for key, text in before.items() if key in now}.items() <= now.items()
        assert len(set(now.values())) == len(now) == len(tiers) * len(zones)
        before |= now


def test_arguments_and_entry_are_the_same_thing():
    entry = NetworkLedger(MAIN, ("10.20.0.0/16",), BLOCKS, {"old/euw1-az1": "10.20.64.0/20"})
    assert LedgerArgs.of(entry).entry == entry


@pytest.fixture
def project(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n", encoding="utf-8")
    (tmp_path / "stacks").mkdir()
    return tmp_path


def test_a_program_reads_its_entry_from_the_ledger_of_its_project(project, monkeypatch):
    file = read_ledger(project / "governance" / "address-ledger.yaml")
    write(file, plan(file, [network_intent("main", arguments(), subject=SUBJECT)]))
    found = project_ledger("main", context(), "eu-west-1", start=project / "stacks")
    assert planned(ledger=found).subnets[0].cidr.startswith("10.20.")
    monkeypatch.chdir(project)
    assert project_ledger("main", context(), "eu-west-1") == found


def test_a_network_that_is_not_in_the_ledger_is_told_with_the_command(project):
    with pytest.raises(PlanError) as caught:
        project_ledger("main", context(), "eu-west-1", start=project)
    assert isinstance(caught.value, pulumi.RunError)
    assert str(caught.value) == f"{SUBJECT}: ledger: the address ledger has no entry for {MAIN}; {WRITE}"


def test_a_ledger_that_is_not_usable_is_told_with_its_line(project):
    path = project / "governance" / "address-ledger.yaml"
    path.parent.mkdir()
    path.write_text("version: 1\nnetwroks: {}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"line 2: netwroks: unknown key; did you mean 'networks'\?") as caught:
        project_ledger("main", context(), "eu-west-1", start=project)
    assert isinstance(caught.value, pulumi.RunError)
