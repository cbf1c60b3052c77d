"""An existing network is taken over without a replace, on every cloud; the ids are those that providers import by."""

import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.adopting.names import importable
from platform_lib.components.vpc.plan import plan_vpc, settled
from platform_lib.core.tagging import required_tags
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import StepEvent
from platform_lib.sandbox.engine.target import Target
from support.component_stack import ComponentStack
from support.contexts import context

REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}
RULES = {"rules": [{"direction": "in", "action": "allow", "protocol": "tcp", "ports": "443", "peers": ["10.0.0.0/8"]}]}
TIERS = [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}, {"name": "db", "role": "isolated"}]
WHOLE = {
    "aws": {
        "egress": "per-zone",
        "endpoints": {"interface": ["ssm"]},
        "dns": {"domain_name": "example.internal"},
        "tiers": [*TIERS, {"name": "cache", "role": "isolated", "filter": RULES}],
    },
    "azure": {"egress": "single", "nat": {"address_count": 2}, "flow_logs": {"enabled": False}},
    "gcp": {"egress": "regional", "nat": {"address_count": 2}, "flow_logs": {"enabled": False}},
}
NETWORK = {"aws": "vpc", "azure": "network", "gcp": "network"}


def fields(cloud, **more):
    given = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", "tiers": TIERS}
    return {**given, **more}


def names_of(cloud, **more):
    args = VpcArgs(**fields(cloud, **more))
    return importable(plan_vpc("main", args, subject="x"), settled(args, subject="x"))


def component(name, cloud, **more):
    return lambda account, opts: VpcComponent(name, VpcArgs(**fields(cloud, **more)), opts)


class Existing:
    """A network that another program made, and a stack beside it that knows nothing of it."""

    def __init__(self, cloud, **more):
        self.cloud, self.more = cloud, more
        self.stack = ComponentStack(REGIONS[cloud], cloud)
        self.stack.up(component("old", cloud, tags={"made-by": "hand"}, **more))
        self.before = {row.id for row in self.stack.cloud.ls()}
        self.ids = self._ids()
        self.stack.engine = Engine(Target("platform", "adopting"), self.stack.cloud)

    def _ids(self):
        found = {}
        for one in self.stack.engine.snapshot.resources:
            name = one.urn.rpartition("::old-")[2]
            if one.custom and name in names_of(self.cloud, **self.more):
                assert name not in found, f"{name} is the name of two children"
                found[name] = self._import_id(one)
        return found

    def _import_id(self, one):
        """What providers import by, where that is not the id."""
        if one.type.endswith(":RouteTableAssociation"):
            return f"{one.inputs['subnetId']}/{one.inputs['routeTableId']}"
        if one.type == "aws:ec2/route:Route":
            return f"{one.inputs['routeTableId']}_{one.inputs['destinationCidrBlock']}"
        return one.inputs["vpcId"] if one.type.endswith(":VpcDhcpOptionsAssociation") else one.id

    def adopted(self, **more):
        adopt = {"mode": "import", "ids": self.ids}
        return component("main", self.cloud, **{**self.more, "adopt": adopt, **more})


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
