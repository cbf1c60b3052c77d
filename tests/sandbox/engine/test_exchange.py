"""Registrations without messages come to what registrations with messages come to."""

import asyncio
import contextvars
import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import resource, rpc
from pulumi.runtime.proto import alias_pb2, resource_pb2

from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import acceleration, answers, exchange, monitor, outputs
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.target import Options, Program, Target
from support.sim_cloud import SimProviders

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
PLAIN = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
MARKED = st.recursive(
    LEAVES
    | st.just(UNKNOWN)
    | st.builds(Secret, LEAVES)
    | st.builds(Asset, st.just("h"), st.just("text"))
    | st.just(Archive("h", {"a": Asset("h", "x")}))
    | st.builds(ResourceReference, st.just("urn:pulumi:s::p::a:b:C::n"), st.just("id")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


def shown(value: Any) -> Any:
    """A value of the program in a form that can be compared: assets and unknowns have no equality."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return type(value), shown(vars(value))
    return "unknown" if isinstance(value, pulumi.output.Unknown) else (type(value), value)


@given(PLAIN)
def test_engine_values_are_those_of_a_message(value: Any):
    message = struct_pb2.Struct()
    message["value"] = value
    assert shown(exchange.engine_value(value)) == shown(wire.decode(message)["value"])


def test_engine_values_with_markers_are_those_of_a_message():
    secret = {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "value": [1, wire.UNKNOWN_SENTINEL]}
    assert exchange.engine_value({"a": secret}) == {"a": Secret([1, UNKNOWN])}
    assert exchange.engine_value(wire.UNKNOWN_SENTINEL) is UNKNOWN
    assert exchange.engine_value(math.inf) == math.inf
    with pytest.raises((TypeError, AttributeError)):
        exchange.engine_value({1: "x"})


@given(MARKED, st.booleans())
def test_program_values_are_those_of_a_message(value: Any, keep: bool):
    fields = wire.encode({"value": value}).fields["value"]
    held = getattr(fields, fields.WhichOneof("kind"))
    expected = None if value is None else rpc.deserialize_property(held, keep)
    assert shown(answers.program_value(value, keep)) == shown(expected)


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@pulumi.output_type
class Inner(dict[str, Any]):
    def __init__(self, *, long_name: str) -> None:
        pulumi.set(self, "long_name", long_name)

    @property
    @pulumi.getter(name="longName")
    def long_name(self) -> str:
        return str(pulumi.get(self, "long_name"))


class Typed(pulumi.CustomResource):
    """A resource whose properties have types, as those of provider SDKs do."""

    count: pulumi.Output[int]
    share: pulumi.Output[float]
    anything: pulumi.Output[Any]
    size: pulumi.Output[Size]
    tags: pulumi.Output[Mapping[str, str]]
    inner: pulumi.Output[Inner]
    inners: pulumi.Output[Sequence[Inner]]
    missing: pulumi.Output[str]
    mistyped: pulumi.Output[str]

    def __init__(self) -> None:
        """Is registered nowhere."""
        self._name = "typed"


VALUES: dict[str, Any] = {
    "count": 3,
    "share": 2,
    "anything": {"a": [1, None, {"b": None}], "n": 1},
    "size": "small",
    "tags": {"Some-Key": "x"},
    "inner": {"longName": "x"},
    "inners": [{"longName": "y"}],
    "extra": "not asked for",
    "id": "i",
}


def settled(values: dict[str, Any], given_: dict[str, Any], *, direct: bool, **options: Any) -> dict[str, Any]:
    """What the Outputs of a resource come to, without messages or by the SDK alone."""

    async def run() -> dict[str, Any]:
        thing = Typed()
        names = dict.fromkeys((*Typed.__annotations__, "id"))
        transfer: Any = inspect.unwrap(rpc.transfer_properties)
        resolve: Any = inspect.unwrap(rpc.resolve_outputs)
        if direct:
            transfer = outputs.transfer_properties(transfer, lambda: True)
            resolve = answers.resolve_outputs(resolve, lambda: True)
        wrap = exchange.Bag if direct else wire.encode
        resolvers = transfer(thing, names, True)
        early = thing.count._data
        resolve(thing, wrap(given_), wrap(values), {}, resolvers, True, True, True, **options)
        found = {name: await vars(thing)[name]._data for name in Typed.__annotations__}
        assert await early == found["count"]
        return {
            name: (shown(data.value), data.is_known, data.is_secret, data.resources == {thing})
            for name, data in found.items()
        }

    return asyncio.run(run())


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(
    "values",
    [VALUES, {**VALUES, "inner": Secret(VALUES["inner"]), "count": UNKNOWN, "tags": {"a": Secret("s"), "b": UNKNOWN}}],
)
@pytest.mark.parametrize("missing", [False, True])
def test_outputs_settle_as_by_the_sdk(
    preview: bool, missing: bool, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pulumi.runtime.settings, "is_dry_run", lambda: preview)
    inputs = {"size": "large", "mistyped": {"no": "text"}, "missing": UNKNOWN}
    options = {"resolve_missing_as_unknown": missing}
    ours = settled(values, inputs, direct=True, **options)
    assert ours == settled(values, inputs, direct=False, **options)


def test_outputs_of_another_type_are_refused_as_by_the_sdk():
    for direct in (True, False):
        with pytest.raises(AssertionError, match=r"Unexpected type; expected a value of type .*str"):
            settled({"mistyped": {"a": 1}}, {}, direct=direct)
        with pytest.raises(ValueError, match="not a valid Size"):
            settled({"size": "huge"}, {}, direct=direct)


def test_what_settles_a_property_alone():
    async def run() -> None:
        thing = Typed()
        every = outputs.PropertyOutputs(thing, ["count", "share", "size"])
        assert (list(every), len(every), "count" in every, every.get("other")) == (
            ["count", "share", "size"],
            3,
            True,
            None,
        )
        waiting = thing.share._data
        every["count"](1, True, True, {thing}, None)
        every["share"](2, False, False, None, None)
        every["size"](None, False, False, None, ValueError("no"))
        assert await thing.count.future() == 1
        assert await thing.count.is_secret()
        assert not (await waiting).is_known
        with pytest.raises(ValueError, match="no"):
            await thing.size.future()

    asyncio.run(run())


@pulumi.input_type
class TypedArgs:
    """Inputs with types, as those of provider SDKs."""

    def __init__(self, long_name: Any, tags: Any, inner: Any, plain: Any, none: Any = None) -> None:
        for name, value in (("long_name", long_name), ("tags", tags), ("inner", inner), ("plain", plain)):
            pulumi.set(self, name, value)
        pulumi.set(self, "none", none)

    @property
    @pulumi.getter(name="longName")
    def long_name(self) -> pulumi.Input[str]:
        return pulumi.get(self, "long_name")

    @property
    @pulumi.getter
    def tags(self) -> pulumi.Input[Mapping[str, pulumi.Input[str]]] | None:
        return pulumi.get(self, "tags")

    @property
    @pulumi.getter
    def inner(self) -> pulumi.Input["TypedArgs"] | None:
        return pulumi.get(self, "inner")

    @property
    @pulumi.getter
    def plain(self) -> Any:
        return pulumi.get(self, "plain")


@pytest.mark.parametrize(
    ("typ", "inputs"),
    [
        (TypedArgs, {"long_name": "x", "tags": {"a_b": "1"}, "plain": {"a_b": "1"}, "none": None}),
        (
            TypedArgs,
            {"long_name": True, "tags": {"a_b": 1, "c": None}, "inner": {"long_name": "y", "tags": {"q": "r"}}},
        ),
        (TypedArgs, {"inner": TypedArgs("y", {"d_e": "f"}, None, 2), "plain": [1, {"x_y": wire.UNKNOWN_SENTINEL}]}),
        (TypedArgs, {"tags": {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "value": "s"}, "long_name": Size.LARGE}),
        (None, {"a_b": {"c_d": "1"}, "none": None, "number": 2.0}),
    ],
)
def test_properties_serialise_as_by_the_sdk(typ: Any, inputs: dict[str, Any]):
    original: Any = inspect.unwrap(rpc.serialize_properties)
    quick = exchange.serialize_properties(original, lambda: True)

    async def prepare_resource(function: Any) -> Any:  # named as those for whom properties are serialised
        deps: dict[str, Any] = {}
        secret = {**inputs, "later": pulumi.Output.secret("s"), "now": pulumi.Output.from_input(3)}
        return await function(secret, deps, None, str.upper, typ), deps

    async def do_register(function: Any) -> Any:
        return await prepare_resource(function)

    bag, quick_deps = asyncio.run(do_register(quick))
    struct, deps = asyncio.run(do_register(original))
    assert type(bag) is exchange.Bag
    assert dict(bag) == wire.decode(struct)
    assert quick_deps == deps


def test_properties_that_cannot_be_sent_are_refused_as_by_the_sdk():
    original: Any = inspect.unwrap(rpc.serialize_properties)

    async def prepare_resource(function: Any) -> Any:
        return await function({"plain": object()}, {}, None, None, TypedArgs)

    async def do_register(function: Any) -> Any:
        return await prepare_resource(function)

    texts = []
    for function in (original, exchange.serialize_properties(original, lambda: True)):
        with pytest.raises(ValueError, match="unexpected input of type object") as refused:
            asyncio.run(do_register(function))
        texts.append(str(refused.value).split(" at 0x")[0])
    assert texts[0] == texts[1]


def program() -> None:
    """All kinds of values, dependencies and options."""
    kind = "sim:index:Thing"
    names = {"computed": None, "echo": None}
    first = pulumi.CustomResource(kind, "first", {**names, "value": "1", "list": [1, 2.5, None], "none": None})
    parent = pulumi.ComponentResource("my:index:Group", "group")
    options = pulumi.ResourceOptions(parent=parent, protect=False, aliases=[pulumi.Alias(name="was")])
    second: Any = pulumi.CustomResource(kind, "second", {**names, "value": vars(first)["computed"]}, options)
    late = pulumi.ResourceOptions(depends_on=[parent], custom_timeouts=pulumi.CustomTimeouts(create="5m"))
    pulumi.CustomResource(
        kind,
        "third",
        {
            **names,
            "value": pulumi.Output.secret("s"),
            "nested": {"a": {"b": vars(second)["echo"]}, "asset": pulumi.StringAsset("x")},
            "other": first,
            "joined": pulumi.Output.concat(first.id, "-", second.id),
        },
        late,
    )
    pulumi.export("id", second.id)
    pulumi.export("echo", vars(first)["echo"])


def comparable(state: ResourceState) -> ResourceState:
    """The record without times, the made-up id of the default provider, and the order of dependencies."""
    depends = {key: sorted(urns) for key, urns in state.property_dependencies.items()}
    identifier = "" if state.type.startswith("pulumi:providers:") else state.id
    return replace(
        state,
        id=identifier,
        provider=state.provider.rpartition("::")[0],
        created="",
        modified="",
        dependencies=sorted(state.dependencies),
        property_dependencies=depends,
    )


@pytest.mark.parametrize("operation", ["up", "preview"])
def test_a_program_comes_to_the_same_with_messages(operation: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = []
    bare: list[str] = []
    monkeypatch.setattr(monitor, "Answer", lambda *args: (bare.append(args[0]), exchange.Answer(*args))[1])
    for options in (Options(seed=b"0" * 32), Options(seed=b"0" * 32, log_grpc=tmp_path / "log")):
        engine = Engine(Target("tx", "dev"), SimProviders())
        result = engine.run(operation, Program.of(program), options)
        states = [comparable(state) for state in engine.snapshot.resources]
        found.append((result.exit_code, result.changes, result.outputs, states))
    assert found[0] == found[1]
    assert found[0][:2] == (0, {"create": 5})
    assert [urn.rpartition("::")[2] for urn in bare] == ["tx-dev", "first", "group", "second"]


def test_what_is_not_ordinary_is_a_message():
    protocol = exchange.Protocol(resource_pb2, lambda: True)
    bag = exchange.Bag({"a": 1, "b": Secret("s")})
    depends = {"a": protocol.RegisterResourceRequest.PropertyDependencies(urns=["u"])}
    plain = {"type": "a:b:C", "name": "n", "object": bag, "acceptResources": True, "propertyDependencies": depends}
    request = protocol.RegisterResourceRequest(**plain, aliases=[alias_pb2.Alias(urn="old")], protect=None)
    assert type(request) is exchange.Request
    assert (request.parent, request.HasField("protect"), request.HasField("name")) == ("", False, True)
    message = request.message()
    assert wire.decode(message.object) == bag
    assert (
        message
        == protocol.RegisterResourceRequest(**plain, aliases=[alias_pb2.Alias(urn="old")], importId="").message()
    )
    for rare in ({"importId": "x"}, {"retainOnDelete": True}, {"acceptResources": False}, {"remote": True}):
        made = protocol.RegisterResourceRequest(**{**plain, **rare})
        assert isinstance(made, resource_pb2.RegisterResourceRequest), rare
        assert list(made.propertyDependencies["a"].urns) == ["u"]
    with pytest.raises(TypeError):
        protocol.RegisterResourceRequest(**plain, protect="yes")
    assert protocol.Result.SUCCESS == resource_pb2.Result.SUCCESS
    assert isinstance(
        protocol.RegisterResourceRequest.CustomTimeouts(), resource_pb2.RegisterResourceRequest.CustomTimeouts
    )


def test_other_programs_send_messages():
    contextvars.copy_context().run(acceleration.activate, traces=False)
    request = resource.resource_pb2.RegisterResourceRequest(type="a:b:C", object=struct_pb2.Struct())
    assert isinstance(request, resource_pb2.RegisterResourceRequest)
