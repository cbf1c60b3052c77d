"""One program makes a network on each of three clouds, their addresses from one ledger: up, no-op, grow, destroy."""

import pulumi
import pytest

from platform_lib.components.vpc import Cloud, LedgerArgs, VpcArgs, VpcComponent
from platform_lib.components.vpc.addresses import network_intent
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.ledger import AddressLedger
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile
from platform_lib.components.vpc.addressing.overlap import overlaps
from platform_lib.components.vpc.ledger_args import network_id
from platform_lib.operations.network.plan import plan
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import StepEvent
from platform_lib.sandbox.engine.target import Program, Target
from support.component_stack import PROVIDERS
from support.contexts import context

REGIONS = {Cloud.AWS: "us-east-1", Cloud.AZURE: "westeurope", Cloud.GCP: "europe-west1"}
SUBNETS = {
    "aws:ec2/subnet:Subnet": "cidrBlock",
    "azure-native:network:Subnet": "addressPrefix",
    "gcp:compute/subnetwork:Subnetwork": "ipCidrRange",
}
TIERS = [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}, {"name": "db", "role": "isolated"}]
FRONT, BEHIND = {"name": "edge", "role": "public"}, {"name": "queue", "role": "isolated"}
ZONES = [f"use1-az{number}" for number in (1, 2, 4, 5, 6)]


class World:
    """The program of three networks, whose ledger is written before each deployment, as a person does it."""

    def __init__(self) -> None:
        self.cloud = open_cloud(None)
        self.steps: list[StepEvent] = []
        self.engine = Engine(Target("platform", "test"), self.cloud, sink=self._keep)
        self.file = LedgerFile(DEFAULT_PATH, AddressLedger(pools={"dev": ("10.0.0.0/12",)}))

    def _keep(self, event):
        if isinstance(event, StepEvent) and event.phase == "pre":
            self.steps.append(event)

    def args(self, cloud, zones, tiers):
        args = VpcArgs(
            context=context(),
            cloud=cloud,
            region=REGIONS[cloud],
            address={"pool": "dev", "prefix_length": 16},
            zones=zones if cloud is Cloud.AWS else None,
            tiers=tiers,
            egress="single",
            nat_tier="web",  # named before a public tier comes in front of it
            guard=False,
        )
        entry = self.file.ledger.networks.get(str(network_id(cloud.value, args.context, args.region, cloud)))
        return args if entry is None else args.model_copy(update={"ledger": LedgerArgs.of(entry)})

    def program(self, zones, tiers):
        intents = [network_intent(cloud, self.args(cloud, zones, tiers), subject="x") for cloud in Cloud]
        self.file = LedgerFile(DEFAULT_PATH, plan(self.file, intents).ledger)
        args = {cloud: self.args(cloud, zones, tiers) for cloud in Cloud}

        def run() -> None:
            for cloud in Cloud:
                provider, _ = PROVIDERS[cloud](REGIONS[cloud])
                network = VpcComponent(cloud.value, args[cloud], pulumi.ResourceOptions(provider=provider))
                pulumi.export(cloud.value, network.vpc_id)

        return Program(function=run)

    def up(self, zones, tiers):
        self.steps.clear()
        result = self.engine.run("up", self.program(zones, tiers))
        assert result.exit_code == 0, "\n".join(item.message for item in result.diagnostics)
        return dict(result.changes)

    def subnets(self):
        return {
            item.urn.rpartition("::")[2]: item.inputs[SUBNETS[item.type]]
            for item in self.engine.snapshot.resources
            if item.type in SUBNETS
        }


@pytest.fixture
def world():
    made = World()
    yield made
    made.cloud.close()


def test_up_no_op_grow_destroy(world):
    assert set(world.up(ZONES[:2], TIERS)) == {"create"}
    first = world.subnets()
    assert len(first) == 6 + 3 + 3
    assert not list(overlaps((name, Block.parse(cidr)) for name, cidr in first.items()))
    ranges = {key: entry.ranges for key, entry in world.file.ledger.networks.items()}
    assert sorted(ranges.values()) == [("10.0.0.0/16",), ("10.1.0.0/16",), ("10.2.0.0/16",)]

    assert set(world.up(ZONES[:2], TIERS)) == {"same"}

    changes = world.up(ZONES[:3], [FRONT, *TIERS])
    assert set(changes) <= {"create", "update", "same"}
    assert first.items() <= world.subnets().items()
    assert len(world.subnets()) == 12 + 4 + 4

    result = world.engine.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert not world.engine.snapshot.resources


EDITS = {
    "2 to 3 zones": ((2, TIERS), (3, TIERS)),
    "3 to 4 zones": ((3, TIERS), (4, TIERS)),
    "4 to 5 zones": ((4, TIERS), (5, TIERS)),
    "new tier in front": ((2, TIERS), (2, [FRONT, *TIERS])),
    "new tier at the end": ((2, TIERS), (2, [*TIERS, BEHIND])),
}


def test_each_edit_after_the_other_touches_no_subnet_that_is_there(world):
    """The steps of the engine: what is new is created, and of the subnets that were there none has a step."""
    for name, (before, after) in EDITS.items():
        world.up(ZONES[: before[0]], before[1])
        first = world.subnets()
        world.up(ZONES[: after[0]], after[1])
        steps = {step.urn.rpartition("::")[2]: step.op for step in world.steps if step.type in SUBNETS}
        assert {op for child, op in steps.items() if child not in first} == {"create"}, name
        assert {op for child, op in steps.items() if child in first} <= {"same"}, name
        assert not [step.urn for step in world.steps if "replace" in step.op], name
        assert first.items() <= world.subnets().items(), name


def test_dropping_the_first_zone_of_three_deletes_its_subnets_and_touches_no_other(world):
    world.up(ZONES[:3], TIERS)
    first = world.subnets()
    world.up(ZONES[1:3], TIERS)
    steps = {step.urn.rpartition("::")[2]: step.op for step in world.steps if step.type in SUBNETS}
    gone = {child for child in first if child.endswith("az1")}
    assert {child for child, op in steps.items() if op == "delete"} == gone
    assert {op for child, op in steps.items() if child not in gone} <= {"same"}
    assert world.subnets() == {child: cidr for child, cidr in first.items() if child not in gone}
