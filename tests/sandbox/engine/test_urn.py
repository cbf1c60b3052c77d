"""URNs and provider references."""

import pytest

from platform_lib.sandbox.engine import urn as urns

BUCKET = "aws:s3/bucket:Bucket"
ROOT = urns.make("dev", "shop", "", urns.STACK_TYPE, "shop-dev")


def test_the_root_leaves_no_trace_and_other_parents_do():
    outer = urns.make("dev", "shop", ROOT, "acme:index:Outer", "o")
    assert outer == "urn:pulumi:dev::shop::acme:index:Outer::o"
    inner = urns.make("dev", "shop", outer, BUCKET, "b")
    assert inner == f"urn:pulumi:dev::shop::acme:index:Outer${BUCKET}::b"
    assert (urns.type_of(inner), urns.qualified_type(inner)) == (BUCKET, f"acme:index:Outer${BUCKET}")
    assert (urns.stack_of(inner), urns.project_of(inner)) == ("dev", "shop")


def test_a_name_may_hold_the_separator():
    urn = urns.make("dev", "shop", "", BUCKET, "a::b$c")
    assert urns.name_of(urn) == "a::b$c"
    assert urns.type_of(urn) == BUCKET


@pytest.mark.parametrize(
    ("type_", "name", "default"),
    [
        ("pulumi:providers:aws", "default", True),
        ("pulumi:providers:aws", "default_7_1_0", True),
        ("pulumi:providers:aws", "defaults", False),
        (BUCKET, "default", False),
    ],
)
def test_default_providers(type_: str, name: str, default: bool):
    assert urns.is_default_provider(urns.make("dev", "shop", "", type_, name)) is default


def test_references_are_split_at_the_last_separator():
    urn = urns.make("dev", "shop", "", "pulumi:providers:aws", "a::b")
    assert urns.split_reference(f"{urn}::id") == (urn, "id")
    assert urns.provider_package(urns.type_of(urn)) == "aws"


@pytest.mark.parametrize("text", ["", "aws", "urn:pulumi:dev::shop::t::n", "urn:pulumi:dev::shop::t::n::"])
def test_what_is_no_reference_is_refused(text: str):
    with pytest.raises(ValueError, match="expected '<urn>::<id>'"):
        urns.split_reference(text)
