"""Zones and tiers come and go on the sandbox engine, and no live subnet moves: the steps prove it."""

import pytest

from platform_lib.components.vpc import VpcComponent
from platform_lib.components.vpc.addresses import network_intent
from platform_lib.components.vpc.addressing.ledger import AddressLedger
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.ledger_args import LedgerArgs
from platform_lib.operations.network.plan import plan
from support.component_stack import ComponentStack
from support.contexts import context

SUBNET = "aws:ec2/subnet:Subnet"
REGION = "us-east-1"
ZONES = [f"use1-az{number}" for number in (1, 2, 4, 5, 6)]
TIERS = [{"name": "public", "role": "public"}, {"name": "app", "role": "private"}, {"name": "data", "role": "isolated"}]
FRONT, BEHIND = {"name": "edge", "role": "public"}, {"name": "queue", "role": "isolated"}

GROWING = {
    "2 to 3 zones": ((ZONES[:2], TIERS), (ZONES[:3], TIERS), 3),
    "3 to 4 zones": ((ZONES[:3], TIERS), (ZONES[:4], TIERS), 3),
    "4 to 5 zones": ((ZONES[:4], TIERS), (ZONES, TIERS), 3),
    "new tier in front": ((ZONES[:3], TIERS), (ZONES[:3], [FRONT, *TIERS]), 3),
    "new tier at the end": ((ZONES[:3], TIERS), (ZONES[:3], [*TIERS, BEHIND]), 3),
}


class Network:
    """A network whose ledger is written before each deployment, as a person does it."""

    def __init__(self) -> None:
        self.file = LedgerFile(DEFAULT_PATH, AddressLedger())

    def args(self, zones, tiers, *, guard=None, write=True):
        args = VpcArgs(
            context=context(),
            region=REGION,
            cidr="10.20.0.0/16",
            zones=zones,
            tiers=tiers,
            egress="per-zone",
            guard=guard,
            ledger=self.entry() if self.file.ledger.networks else None,
        )
        if write:
            planned = plan(self.file, [network_intent("main", args, subject="VpcComponent 'main'")])
            self.file = LedgerFile(DEFAULT_PATH, planned.ledger)
        return args.model_copy(update={"ledger": self.entry()})

    def entry(self):
        (entry,) = self.file.ledger.networks.values()
        return LedgerArgs.of(entry)

    def made(self, *shape, **more):
        args = self.args(*shape, **more)
        return lambda account_id, opts: VpcComponent("main", args, opts)


@pytest.fixture
def stack():
    made = ComponentStack(REGION)
    yield made
    made.cloud.close()


def subnets(stack):
    return {name: inputs["cidrBlock"] for name, inputs in stack.of_type(SUBNET).items()}


@pytest.mark.parametrize("edit", GROWING)
def test_growing_creates_and_moves_nothing(stack, edit):
    before, after, new = GROWING[edit]
    network = Network()
    stack.up(network.made(*before))
    first = subnets(stack)
    changes = stack.up(network.made(*after))
    now = subnets(stack)
    assert set(changes) <= {"create", "same", "update"}
    assert len(now) == len(first) + new
    assert first.items() <= now.items()
    assert set(stack.up(network.made(*after))) == {"same"}


def test_dropping_the_first_zone_of_three_deletes_its_own_and_moves_nothing(stack):
    network = Network()
    stack.up(network.made(ZONES[:3], TIERS, guard=False))
    first = subnets(stack)
    changes = stack.up(network.made(ZONES[1:3], TIERS, guard=False))
    assert set(changes) <= {"delete", "same", "update"}
    assert subnets(stack) == {name: cidr for name, cidr in first.items() if not name.endswith("az1")}
    assert set(network.entry().freed) == {"public/use1-az1", "app/use1-az1", "data/use1-az1"}

    stack.up(network.made(ZONES[:3], TIERS, guard=False))
    assert subnets(stack) == first  # the freed blocks were kept for it


def test_the_guard_refuses_the_loss_of_a_zone_in_the_preview(stack):
    network = Network()
    stack.up(network.made(ZONES[:3], TIERS))
    previewed = stack.run("preview", network.made(ZONES[1:3], TIERS))
    assert previewed.exit_code == 1
    assert "main-subnet-data-use1-az1" in "\n".join(item.message for item in previewed.diagnostics)


def test_a_zone_that_the_ledger_does_not_have_fails_and_makes_nothing(stack):
    network = Network()
    stack.up(network.made(ZONES[:2], TIERS))
    first = subnets(stack)
    result = stack.run("up", network.made(ZONES[:3], TIERS, write=False))
    assert result.exit_code == 1
    text = "\n".join(item.message for item in result.diagnostics)
    assert "VpcComponent 'main': ledger.app/use1-az4: the address ledger has no entry for it; " in text
    assert "run 'platform network plan --write'" in text
    assert subnets(stack) == first


def test_an_assertion_that_does_not_hold_fails_the_preview_with_the_path(stack):
    args = Network().args(ZONES[:2], TIERS).model_copy(update={"assertions": ["app must not reach internet"]})
    result = stack.run("preview", lambda account_id, opts: VpcComponent("main", args, opts))
    assert result.exit_code == 1
    text = "\n".join(item.message for item in result.diagnostics)
    assert "assertions[0]: 'app must not reach internet' does not hold: " in text
    assert "NAT gateway nat-use1-az1" in text
    assert not stack.engine.snapshot.resources
