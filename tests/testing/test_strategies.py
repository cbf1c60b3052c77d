from enum import StrEnum

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from platform_lib.components.baseline import SecurityBaselineArgs
from platform_lib.components.vpc import VpcArgs
from platform_lib.core.inputs import Input
from platform_lib.sandbox import schema
from platform_lib.testing import ExpectationError, args_strategy, inputs_strategy, run_program
from support.contexts import context

few = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Disk(BaseModel):
    gib: int = Field(ge=8, le=64, multiple_of=8)
    labels: dict[str, str] | None = None


class ServerArgs(BaseModel, arbitrary_types_allowed=True):
    name: str = Field(min_length=3, max_length=8)
    size: Size
    ports: list[int] = Field(min_length=1, max_length=2)
    disks: list[Disk] | None = None
    subnet: Input[str] | None = None
    public: bool = False
    share: float = Field(default=0.5, ge=0, le=1)
    zone: str = Field(default="a", pattern="[abc]")


class OddArgs(BaseModel, arbitrary_types_allowed=True):
    owner: pulumi.Resource


@given(args_strategy(ServerArgs))
def test_args_fit_annotations_and_bounds(args):
    assert 3 <= len(args.name) <= 8
    assert 1 <= len(args.ports) <= 2
    assert args.zone in {"a", "b", "c"}
    assert args.subnet is None or isinstance(args.subnet, str)
    for disk in args.disks or []:
        assert disk.gib % 8 == 0
        assert 8 <= disk.gib <= 64


@given(args_strategy(ServerArgs, size=Size.LARGE, name=st.sampled_from(["web", "api"])))
def test_fields_may_be_given_as_values_or_strategies(args):
    assert args.size is Size.LARGE
    assert args.name in {"web", "api"}


def test_optional_fields_are_given_and_left_out():
    @given(args_strategy(ServerArgs))
    def collect(args):
        seen.add("disks" in args.model_fields_set)

    seen = set()
    collect()
    assert seen == {True, False}


def test_wrong_field_and_strange_type_are_refused():
    with pytest.raises(ExpectationError, match="ServerArgs: sizes: is not a field; did you mean 'size'"):
        args_strategy(ServerArgs, sizes=1)
    with pytest.raises(ExpectationError, match="OddArgs: owner: nothing is known to fit"):
        args_strategy(OddArgs)


@few
@given(args_strategy(VpcArgs, cidr="10.0.0.0/16", zone_count=st.integers(2, 3), zones=None, tiers=None, ledger=None))
def test_args_of_a_network(args):
    assert isinstance(args, VpcArgs)
    assert args.context.environment
    assert args.zone_count in {2, 3}


@few
@given(args_strategy(SecurityBaselineArgs, context=context()))
def test_args_of_a_baseline(args):
    assert isinstance(args, SecurityBaselineArgs)
    assert len(args.account_id) == 12


@pytest.mark.parametrize("kind", ["aws:sqs/queue:Queue", "gcp:storage/bucket:Bucket", "kubernetes:core/v1:ConfigMap"])
def test_inputs_fit_the_schema(kind):
    @few
    @given(inputs_strategy(kind, optional=0.5))
    def fits(inputs):
        assert not schema.validate(schema.resource(kind), inputs)

    fits()


def test_inputs_make_resources():
    @settings(few, max_examples=5)
    @given(inputs_strategy("aws:s3/bucketObject:BucketObject", optional=0.2), inputs_strategy("aws:sns/topic:Topic"))
    def deploys(content, inputs):
        def program():
            pulumi.CustomResource("aws:sns/topic:Topic", "topic", inputs)

        run_program(program, config={"aws:region": "eu-west-1"}).one("aws:sns/topic:Topic")
        assert "bucket" in content

    deploys()


def test_unknown_type_is_refused():
    with pytest.raises(ExpectationError, match="did you mean 'aws:sqs/queue:Queue'"):
        inputs_strategy("aws:sqs/que:Queue")
