"""Property values on the wire."""

from typing import Any

import pytest
from google.protobuf import struct_pb2

from platform_lib.core.values import UNKNOWN, Archive, Asset, Properties, ResourceReference, Secret
from platform_lib.sandbox import wire
from platform_lib.sandbox.wire import OutputValue

EVERYTHING: Properties = {
    "text": "x",
    "whole": 3,
    "part": 1.5,
    "truth": False,
    "nothing": None,
    "list": [1, [], {}],
    "map": {"a.b": {"c": None}},
    "secret": Secret({"inner": [UNKNOWN]}),
    "unknown": UNKNOWN,
    "asset": Asset(hash="h", text=""),
    "archive": Archive(hash="h", assets={"f": Asset(hash="g", path="p"), "d": Archive(hash="i", uri="u")}),
    "custom": ResourceReference("urn:a", "id"),
    "component": ResourceReference("urn:b", None),
    "new": ResourceReference("urn:c", UNKNOWN),
}


def test_everything_survives_the_way_there_and_back():
    assert wire.decode(wire.encode(EVERYTHING)) == EVERYTHING


def test_whole_numbers_are_ints_as_long_as_they_are_exact():
    result = wire.decode(wire.encode({"small": 2.0, "large": 2.0**60}))
    assert [type(result["small"]), type(result["large"])] == [int, float]


@pytest.mark.parametrize("sentinel", sorted(wire.UNKNOWN_SENTINELS))
def test_every_sentinel_is_unknown(sentinel: str):
    assert wire.decode_value(struct_pb2.Value(string_value=sentinel)) is UNKNOWN


def test_secrets_and_references_can_be_written_bare():
    values: Properties = {
        "s": [Secret("x")],
        "c": ResourceReference("urn:a", "id"),
        "b": ResourceReference("urn:b", None),
    }
    bare = wire.decode(wire.encode(values, keep_secrets=False, keep_resources=False))
    assert bare == {"s": ["x"], "c": "id", "b": "urn:b"}


@pytest.mark.parametrize(
    ("output", "plain"),
    [
        (OutputValue("x", dependencies=("urn:a", "urn:b")), "x"),
        (OutputValue("x", secret=True), Secret("x")),
        (OutputValue(known=False, dependencies=("urn:a",)), UNKNOWN),
        (OutputValue(known=False, secret=True), Secret(UNKNOWN)),
    ],
)
def test_output_values_are_kept_or_made_plain(output: OutputValue, plain: Any):
    message = wire.encode_value(output)
    assert wire.decode_value(message, keep_outputs=True) == output
    assert wire.decode_value(message) == plain
    assert wire.downgrade([output]) == [plain]


def test_upgrading_adds_only_the_dependencies_that_are_missing():
    inner = OutputValue("x", dependencies=("urn:a",))
    result = wire.upgrade(
        {"held": [inner], "more": inner, "secret": Secret("s"), "unknown": UNKNOWN, "free": 1},
        {"held": ["urn:a"], "more": ["urn:b"], "secret": ["urn:c"]},
    )
    assert result == {
        "held": [inner],
        "more": OutputValue("x", dependencies=("urn:a", "urn:b")),
        "secret": OutputValue("s", secret=True, dependencies=("urn:c",)),
        "unknown": OutputValue(known=False),
        "free": 1,
    }


def test_an_unknown_signature_is_refused():
    with pytest.raises(ValueError, match="unknown signature 'new'"):
        wire.decode_value(wire.encode_value({wire.SIGNATURE_KEY: "new"}))


def test_what_is_no_property_value_is_refused():
    with pytest.raises(TypeError, match="a object is none"):
        wire.encode({"a": object()})  # type: ignore[dict-item]


def test_the_text_of_an_output_value_does_not_tell_it():
    assert "hunter2" not in repr(OutputValue("hunter2", secret=True))
