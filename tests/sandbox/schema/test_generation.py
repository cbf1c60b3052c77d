"""Generated inputs are valid, repeatable, and look like what people write."""

import ipaddress
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.core.values import has_unknown
from platform_lib.sandbox import schema

PACKAGES = ("aws", "azure-native", "gcp", "kubernetes", "vault")


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("optional", [0.0, 0.5, 1.0])
def test_what_is_generated_is_valid(package: str, optional: float) -> None:
    rng = random.Random(20)
    for token in rng.sample(schema.tokens(package), 12):
        known = schema.resource(token)
        inputs = schema.generate(known, rng, optional=optional)
        assert [f"{token} {finding}" for finding in schema.validate(known, inputs)] == []
        assert {name for name, item in known.inputs.items() if item.required} <= set(inputs)
        assert not has_unknown(inputs)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), optional=st.floats(0, 1))
def test_the_same_seed_gives_the_same_inputs(seed: int, optional: float) -> None:
    known = schema.resource("aws:lb/listener:Listener")
    first = schema.generate(known, random.Random(seed), optional=optional)
    assert first == schema.generate(known, random.Random(seed), optional=optional)
    assert schema.validate(known, first) == []


def test_the_share_of_optional_inputs_is_followed() -> None:
    known = schema.resource("aws:rds/instance:Instance")
    none, half, full = (len(schema.generate(known, random.Random(1), optional=share)) for share in (0.0, 0.5, 1.0))
    assert none == 1
    assert none < half < full


def test_deprecated_inputs_are_never_given() -> None:
    known = schema.resource("aws:s3/bucket:Bucket")
    deprecated = {name for name, item in known.inputs.items() if item.deprecated}
    assert "acl" in deprecated
    assert not deprecated & set(schema.generate(known, random.Random(1), optional=1.0))


def test_texts_are_believable_by_the_name_of_their_property() -> None:
    subnet = schema.generate(schema.resource("aws:ec2/subnet:Subnet"), random.Random(3), optional=1.0)
    assert ipaddress.ip_network(subnet["cidrBlock"]).prefixlen == 24
    assert subnet["vpcId"].startswith("vpc-")
    function = schema.generate(schema.resource("aws:lambda/function:Function"), random.Random(3), optional=1.0)
    assert function["role"]
    policy = schema.generate(schema.resource("aws:s3/bucketPolicy:BucketPolicy"), random.Random(3))
    assert json.loads(policy["policy"])["Version"] == "2012-10-17"


def test_constants_and_enums_are_kept() -> None:
    known = schema.resource("kubernetes:apps/v1:Deployment")
    inputs = schema.generate(known, random.Random(4), optional=1.0)
    assert (inputs["apiVersion"], inputs["kind"]) == ("apps/v1", "Deployment")


def test_types_that_hold_themselves_come_to_an_end() -> None:
    known = schema.resource("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
    assert schema.validate(known, schema.generate(known, random.Random(5), optional=1.0)) == []
