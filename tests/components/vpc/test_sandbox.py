import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from support.component_stack import ComponentStack
from support.contexts import context

WHOLE = {
    "egress": "per-zone",
    "endpoints": {"interface": ["ssm", "kms"]},
    "dns": {"domain_name": "example.internal"},
}
TIERS = [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}]


def network(environment="dev", **more):
    def make(account_id, opts):
        args = {"context": context(environment), "region": "eu-west-1", "cidr": "10.20.0.0/16", **more}
        return VpcComponent("main", VpcArgs(**args), opts)

    return make


@pytest.fixture
def stack():
    made = ComponentStack()
    yield made
    made.cloud.close()


def subnets(stack):
    return {name: inputs["cidrBlock"] for name, inputs in stack.of_type("aws:ec2/subnet:Subnet").items()}


def test_a_whole_network_comes_up_stays_and_goes(stack):
    assert set(stack.up(network(**WHOLE, guard=False))) == {"create"}
    assert set(stack.up(network(**WHOLE, guard=False))) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert not stack.engine.snapshot.resources


def test_a_preview_changes_nothing_and_tells_what_an_update_does(stack):
    previewed = stack.run("preview", network(**WHOLE))
    assert previewed.exit_code == 0
    assert not stack.engine.snapshot.resources
    assert stack.up(network(**WHOLE)) == dict(previewed.changes)


@pytest.mark.parametrize(
    "before, after",
    [
        ({"zone_count": 2}, {"zone_count": 3}),
        ({"zones": ["euw1-az2", "euw1-az3"]}, {"zones": ["euw1-az1", "euw1-az3", "euw1-az2"]}),
        ({"tiers": TIERS}, {"tiers": [*TIERS, {"name": "db", "role": "isolated"}]}),
        ({"egress": "none"}, {"egress": "single"}),
        ({"egress": "single"}, {"egress": "per-zone"}),
        ({}, {"endpoints": {"interface": ["ssm"]}}),
    ],
)
def test_growing_replaces_nothing_and_moves_no_subnet(stack, before, after):
    stack.up(network(**before))
    first = subnets(stack)
    changes = stack.up(network(**after))
    assert set(changes) <= {"create", "update", "same"}
    assert first.items() <= subnets(stack).items()


def test_a_zone_that_goes_takes_its_own_subnets_only(stack):
    stack.up(network(zones=["euw1-az1", "euw1-az2", "euw1-az3"], guard=False))
    first = subnets(stack)
    changes = stack.up(network(zones=["euw1-az2", "euw1-az3"], guard=False))
    assert set(changes) <= {"delete", "update", "same"}
    assert {name: cidr for name, cidr in first.items() if not name.endswith("az1")} == subnets(stack)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_guarded_network_is_not_destroyed(stack, environment):
    stack.up(network(environment))
    result = stack.run("destroy")
    assert result.exit_code == 1
    text = "\n".join(item.message for item in result.diagnostics)
    assert "main-subnet-private-euw1-az1" in text
    assert "protect" in text
    assert {"main-vpc", "main-subnet-private-euw1-az1"} <= {
        item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources
    }


def test_bad_arguments_fail_the_run_with_their_text_and_make_nothing(stack):
    def make(account_id, opts):
        return VpcComponent("main", {"context": context(), "region": "eu-west-1", "cidr": "10.0.0.1/16"}, opts)

    result = stack.run("up", make)
    assert result.exit_code == 1
    text = "\n".join(item.message for item in result.diagnostics)
    assert "VpcComponent 'main': cidr: has host bits set beyond /16, got '10.0.0.1/16'; use '10.0.0.0/16'" in text
    assert "Traceback" not in text
    assert not stack.of_type("aws:ec2/vpc:Vpc")
