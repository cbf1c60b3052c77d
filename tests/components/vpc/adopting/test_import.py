"""An existing network is taken over without a replace, on every cloud; the ids are those that providers import by."""

import pytest

from platform_lib.core.tagging import required_tags
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import StepEvent
from platform_lib.sandbox.engine.target import Target
from support.contexts import context
from support.existing_networks import NETWORK, TIERS, WHOLE, Existing, names_of


@pytest.fixture(params=["aws", "azure", "gcp"])
def existing(request):
    made = Existing(request.param, **WHOLE[request.param])
    yield made
    made.stack.cloud.close()


def test_every_importable_child_is_imported_and_nothing_of_it_is_replaced(existing):
    assert sorted(existing.ids) == sorted(names_of(existing.cloud, **existing.more))
    stack = existing.stack
    previewed = stack.run("preview", existing.adopted())
    assert previewed.exit_code == 0, [one.message for one in previewed.diagnostics]
    changes = stack.up(existing.adopted())
    assert changes["import"] == len(existing.ids)
    assert not [kind for kind in changes if "replace" in kind or "delete" in kind]
    taken = {one.urn.rpartition("::main-")[2]: one.id for one in stack.engine.snapshot.resources if one.custom}
    assert taken[NETWORK[existing.cloud]] == existing.ids[NETWORK[existing.cloud]]
    assert {name: taken[name] for name in existing.ids if name.startswith("subnet-")} == {
        name: text for name, text in existing.ids.items() if name.startswith("subnet-")
    }
    assert set(stack.up(existing.adopted())) == {"same"}


def test_what_differs_is_told_as_an_update_in_the_preview(existing):
    events = []
    existing.stack.engine = Engine(Target("platform", "adopting"), existing.stack.cloud, sink=events.append)
    existing.stack.run("preview", existing.adopted())
    network = f"main-{NETWORK[existing.cloud]}"
    steps = {(event.op, event.urn.rpartition("::")[2]) for event in events if isinstance(event, StepEvent)}
    assert ("import", network) in steps
    if existing.cloud != "gcp":  # where a network has no labels
        assert ("update", network) in steps
    assert {row.id for row in existing.stack.cloud.ls()} == existing.before


@pytest.mark.parametrize("cloud", ["aws", "gcp"])  # Azure changes the range of a subnet in place
def test_a_range_that_differs_is_refused_in_the_preview(cloud):
    made = Existing(cloud, flow_logs={"enabled": False})
    result = made.stack.run("preview", made.adopted(cidr="10.30.0.0/16"))
    assert result.exit_code == 1
    text = "\n".join(one.message for one in result.diagnostics)
    assert "unable to replace resource" in text
    made.stack.cloud.close()


def test_a_subnet_that_was_not_there_is_made_beside_the_imported_ones():
    made = Existing("aws", tiers=TIERS[:2], zones=["euw1-az1"])
    changes = made.stack.up(made.adopted(tiers=TIERS[:2], zones=["euw1-az1", "euw1-az2"]))
    assert changes["import"] == len(made.ids)
    subnets = made.stack.of_type("aws:ec2/subnet:Subnet")
    assert sorted(subnets) == [f"main-subnet-{tier}-euw1-az{zone}" for tier in ("app", "web") for zone in (1, 2)]
    made.stack.cloud.close()


def test_imported_children_carry_the_required_tags():
    made = Existing("aws")
    made.stack.up(made.adopted())
    (vpc,) = made.stack.of_type("aws:ec2/vpc:Vpc").values()
    assert required_tags(context()).items() <= vpc["tags"].items()
    made.stack.cloud.close()
