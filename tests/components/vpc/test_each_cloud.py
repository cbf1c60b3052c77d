"""What is asked in the same words comes up, stays, grows and goes on each cloud, and what is asserted holds."""

import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.addressing.limits import Cloud
from support.component_stack import ComponentStack
from support.contexts import context

REGIONS = {Cloud.AWS: "eu-west-1", Cloud.AZURE: "westeurope", Cloud.GCP: "europe-west1"}
SUBNETS = {
    Cloud.AWS: ("aws:ec2/subnet:Subnet", "cidrBlock"),
    Cloud.AZURE: ("azure-native:network:Subnet", "addressPrefix"),
    Cloud.GCP: ("gcp:compute/subnetwork:Subnetwork", "ipCidrRange"),
}
TIERS = [
    {"name": "web", "role": "public", "prefix_length": 26},
    {"name": "app", "role": "private", "prefix_length": 24},
    {"name": "db", "role": "isolated", "prefix_length": 26},
]
ASSERTIONS = [
    "db must not reach internet",
    "app must reach internet on 443",
    "internet must not reach app, db on tcp/443",
]


def network(cloud, tiers=TIERS, **more):
    fields = {
        "context": context(),
        "cloud": cloud,
        "region": REGIONS[cloud],
        "cidr": "10.20.0.0/16",
        "tiers": tiers,
        "egress": "single",
        "assertions": ASSERTIONS,
        "guard": False,
        **more,
    }
    return lambda account, opts: VpcComponent("main", VpcArgs(**fields), opts)


@pytest.fixture(params=Cloud)
def cloud(request):
    return request.param


@pytest.fixture
def stack(cloud):
    made = ComponentStack(REGIONS[cloud], cloud)
    yield made
    made.cloud.close()


def ranges(stack, cloud):
    token, field = SUBNETS[cloud]
    return {name: inputs[field] for name, inputs in stack.of_type(token).items()}


def test_it_comes_up_stays_grows_and_goes(stack, cloud):
    assert set(stack.up(network(cloud))) == {"create"}
    assert set(stack.up(network(cloud))) == {"same"}
    first = ranges(stack, cloud)
    grown = network(cloud, [*TIERS, {"name": "cache", "role": "isolated", "prefix_length": 26}])
    assert set(stack.up(grown)) <= {"create", "same", "update"}
    assert first.items() < ranges(stack, cloud).items()
    assert set(stack.up(network(cloud))) <= {"delete", "same", "update"}
    assert ranges(stack, cloud) == first
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert not stack.engine.snapshot.resources
