"""The stand-ins for the SDK's conversions answer what the SDK answers."""

# ruff: noqa: UP007, UP045 - provider SDKs are written with these

import asyncio
import functools
import inspect
from collections.abc import Mapping
from enum import Enum
from typing import Any, Optional, Union

import pulumi
import pytest
from google.protobuf import struct_pb2
from pulumi import _types
from pulumi.runtime import rpc

from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import conversion


class Size(Enum):
    SMALL = "small"
    ONE = 1


@pulumi.input_type
class Args:
    def __init__(self, long_name: str) -> None:
        pulumi.set(self, "long_name", long_name)

    @property
    @pulumi.getter(name="longName")
    def long_name(self) -> str:
        return str(pulumi.get(self, "long_name"))


@pulumi.output_type
class Answer(dict[str, Any]):
    def __init__(self, *, long_name: str, count: int, size: Size | None = None, parts: Any = None) -> None:
        pulumi.set(self, "long_name", long_name)
        pulumi.set(self, "count", count)
        pulumi.set(self, "size", size)
        pulumi.set(self, "parts", parts)

    @property
    @pulumi.getter(name="longName")
    def long_name(self) -> str:
        return str(pulumi.get(self, "long_name"))

    @property
    @pulumi.getter
    def count(self) -> Optional[int]:
        return pulumi.get(self, "count")

    @property
    @pulumi.getter
    def size(self) -> Optional[Size]:
        return pulumi.get(self, "size")

    @property
    @pulumi.getter
    def parts(self) -> Optional[list["Answer"]]:
        return pulumi.get(self, "parts")


MADE = {name: make for _, name, make in conversion.stand_ins()}


def both(name: str) -> tuple[Any, Any]:
    """The SDK's function and the stand-in of it."""
    module: Any = _types if hasattr(_types, name) else rpc
    original = inspect.unwrap(getattr(module, name))
    return original, MADE[name](original, lambda: True)


def upper(key: str) -> str:
    return key.upper()


@pytest.mark.parametrize(
    ("value", "typ"),
    [
        ("a", str),
        (1, None),
        (True, Any),
        (None, Optional[str]),
        ({"a_b": {"c_d": None}}, None),
        ({"a_b": {"c_d": [1, "x"]}}, Any),
        ({"a_b": {"c_d": 1}}, Mapping[str, Any]),
        ({"a_b": {"c_d": 1}}, Optional[Mapping[str, Mapping[str, str]]]),
        ({"a_b": 1}, dict),
        ({"a_b": 1}, Mapping[int, str]),
        ({"long_name": "x"}, Args),
        ({"long_name": "x"}, Union[Args, Mapping[str, Any]]),
        ({"a": pulumi.StringAsset("t"), "b_c": Args("x")}, None),
        ([{"a_b": "x"}], None),
    ],
)
def test_serializes_as_the_sdk(value: object, typ: object):
    original, fast = both("serialize_property")

    def run(function: Any) -> object:
        return asyncio.run(function(value, [], "key", None, upper, typ))

    assert run(fast) == run(original)


def test_serialize_refuses_what_the_sdk_refuses():
    _, fast = both("serialize_property")
    with pytest.raises(ValueError, match="unexpected input of type object for key"):
        asyncio.run(fast({"key": object()}, [], "outer"))


MESSAGE = wire.encode(
    {
        "text": "x",
        "number": 1,
        "truth": False,
        "nothing": None,
        "unknown": wire.UNKNOWN,
        "list": ["a", None, wire.UNKNOWN, {"k": None}],
        "map": {"a": {"b": 1.5}},
        "secret": {"inner": wire.Secret("s")},
        "__internal": "i",
    }
)


@pytest.mark.parametrize("internal", [True, False, None])
def test_deserializes_as_the_sdk(internal: bool | None):
    original, fast = both("deserialize_properties")
    assert fast(MESSAGE, None, internal) == original(MESSAGE, None, internal)
    assert fast(MESSAGE)["secret"] == {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "value": {"inner": "s"}}
    assert ("__internal" in fast(MESSAGE, None, internal)) == (internal is not False)


def test_unknowns_are_kept_when_asked():
    original, fast = both("deserialize_properties")
    assert isinstance(fast(MESSAGE, True)["unknown"], type(original(MESSAGE, True)["unknown"]))
    assert "unknown" not in fast(MESSAGE)
    _, single = both("deserialize_property")
    assert single(wire.UNKNOWN_SENTINEL) is None
    assert single(struct_pb2.Struct(fields={})) == {}


@pytest.mark.parametrize(
    ("value", "typ"),
    [
        ("small", Size),
        (1.0, Optional[int]),
        (1.5, float),
        (True, int),
        ("x", Optional[str]),
        (None, Size),
        ({"a": 1.0}, Mapping[str, int]),
        (["small"], list[Size]),
        ("x", Union[str, int]),
        ({"longName": "x", "count": 1.0, "size": "small"}, Answer),
        ({"longName": "x", "count": None, "parts": [{"longName": "y", "count": 2.0}]}, Optional[Answer]),
        ({wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "value": {"longName": "x", "count": 1.0}}, Answer),
    ],
)
def test_translates_as_the_sdk(value: object, typ: object):
    original, fast = both("translate_output_properties")
    expected = original(value, upper, typ)
    found = fast(value, upper, typ)
    assert (found, type(found), repr(found)) == (expected, type(expected), repr(expected))


def test_types_are_told_apart_by_the_order_of_their_members():
    original, fast = both("unwrap_type")
    first, second = Union[str, Mapping[str, Any]], Union[Mapping[str, Any], str]
    assert first == second
    for typ in (first, second, first, Optional[int], pulumi.Input[str]):
        assert fast(typ) is original(typ)


@pytest.mark.parametrize("preview", [False, True])
def test_resolves_as_the_sdk(preview: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pulumi.runtime.settings, "is_dry_run", lambda: preview)
    original, fast = both("resolve_properties")
    properties = {
        "id": "i", "urn": "u", "plain": 1, "none": None, "extra": 2,
        "secret": {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "value": "s"},
    }  # fmt: skip

    def calls(function: Any, custom: bool, missing: bool) -> list[Any]:
        seen: list[Any] = []
        names = ["id", "plain", "none", "secret", "missing"]
        resolvers = {name: functools.partial(lambda *args: seen.append(args), name) for name in names}
        function(resolvers, properties, {"plain": {"d"}}, custom, missing)
        return seen

    for custom in (True, False):
        for missing in (True, False):
            assert calls(fast, custom, missing) == calls(original, custom, missing)


def test_contains_unknowns_as_the_sdk():
    original, fast = both("contains_unknowns")
    unknown = pulumi.output.Unknown()
    for value in ("x", 1, None, [1, [unknown]], {"a": unknown}, unknown, {}):
        assert fast(value) is original(value)


def test_other_programs_get_the_sdk():
    for name, make in MADE.items():
        seen: list[Any] = []

        def original(*args: Any, **_options: Any) -> Any:
            seen.append(args)  # noqa: B023 - called in this turn

            async def answer() -> str:
                return "sdk"

            return answer() if name == "serialize_property" else "sdk"  # noqa: B023 - called in this turn

        function = make(original, lambda: False)
        if name == "serialize_property":
            assert asyncio.run(function("x", [], "k")) == "sdk"
        elif name == "resolve_properties":
            function({}, {}, {}, True)
        else:
            extra = [upper] if name == "translate_output_properties" else []
            assert function("x", *extra) == "sdk"
        assert len(seen) == 1, name
