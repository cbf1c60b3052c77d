"""Registrations that go from the program to the engine and back as Python objects.

Over gRPC a registration is a message, and its properties are a ``Struct`` of it. In process both sides would take the
message apart as soon as the other has put it together. The stand-ins here hand the same over without: properties as the
engine has them, a request with the fields of the message, an answer likewise. What is not ordinary (the protocol is
logged, a hook, a custom timeout, ...) goes as a message.
"""

import functools
import sys
from collections import abc
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final, get_args, get_origin

from google.protobuf import struct_pb2
from pulumi import _types
from pulumi.output import Output
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import resource_pb2

from platform_lib.core.values import UNKNOWN, Properties, Value
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine.outputs import PropertyOutput

Original = Callable[..., Any]
Active = Callable[[], bool]

_TEXTS: Final = frozenset({str, bool})
_PLAIN: Final = frozenset({str, bool, int, float, type(None)})


class Bag(dict[str, Value]):
    """Properties on their way between program and engine, as the engine has them."""

    __slots__ = ()


# -- values ------------------------------------------------------------------------------------------------------------


def engine_value(value: Any) -> Value:
    """A serialised property as the engine has it: what ``wire`` would read from the message that it would become."""
    kind = type(value)
    if kind is str:
        return UNKNOWN if len(value) == _SENTINEL_LENGTH and value in wire.UNKNOWN_SENTINELS else value
    if value is None or kind is bool:
        return value
    if kind is int or kind is float:
        return wire.number(float(value))
    if kind is dict and wire.SIGNATURE_KEY not in value and all(type(key) is str for key in value):
        return {key: engine_value(item) for key, item in value.items()}
    if kind is list:
        return [engine_value(item) for item in value]
    message = struct_pb2.Struct()
    message["value"] = value
    return wire.decode_value(message.fields["value"])


_SENTINEL_LENGTH: Final = 36


# -- what the program sends --------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def _input_type(typ: type) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """The names and types of an input type's properties; the SDK puts them together anew each time."""
    return _types.input_type_py_to_pulumi_names(typ), _types.input_type_types(typ)


def serialize_properties(original: Original, active: Active) -> Original:
    """Gives a registration its properties as the engine has them; what is not plain text or number the SDK writes."""

    async def serialize(
        inputs: Any,
        property_deps: dict[str, Any],
        resource_obj: Any = None,
        input_transformer: Any = None,
        typ: Any = None,
        keep_output_values: bool = False,
        exclude_resource_refs_from_deps: bool = False,
    ) -> Any:
        if keep_output_values or settings.excessive_debug_output or not active() or not _registering():
            return await original(
                inputs,
                property_deps,
                resource_obj,
                input_transformer,
                typ,
                keep_output_values,
                exclude_resource_refs_from_deps,
            )
        names, types = _input_type(typ) if typ is not None else ({}, {})
        bag = Bag()
        for key in inputs:
            value = inputs[key]
            if value is None:
                continue
            name = names.get(key) or key if typ is not None else input_transformer(key) if input_transformer else key
            deps: list[Any] = []
            kind = type(value)
            if kind is PropertyOutput or kind is Output:
                data = await value._data  # noqa: SLF001 - as the SDK does
                if data.is_known and not data.is_secret and type(data.value) in _PLAIN:
                    deps.extend(data.resources)
                    value, kind = data.value, type(data.value)
            if kind is dict and _is_text_map(value, types.get(name)):
                pass  # as it is: the keys are the user's
            elif kind not in _PLAIN:
                value = await _serialized(key, value, deps, resource_obj, input_transformer, types.get(name))
            if value is not None:
                bag[name] = engine_value(value)
                property_deps[name] = deps
        return bag

    return serialize


def _is_text_map(value: dict[Any, Any], typ: Any) -> bool:
    """Whether a value is a map of texts, and its type says no more of it."""
    if typ is None:
        return False
    declared = _types.unwrap_type(typ)
    members = get_args(declared)
    return (
        get_origin(declared) in {dict, abc.Mapping}
        and len(members) == 2
        and members[0] is str
        and all(type(item) is str for item in value.values())
    )


async def _serialized(key: str, value: Any, deps: list[Any], resource: Any, translate: Any, typ: Any) -> Any:
    """One property as the SDK writes it, with what it says of a property that cannot be written."""
    try:
        return await rpc.serialize_property(value, deps, key, resource, translate, typ, False, False)
    except (ValueError, AssertionError) as error:
        kind = type(error)
        raise kind(
            f"While processing input: {key!r}, type {type(key)}, value {value!r}\n{kind.__name__} has risen: {error}"
        ) from error


def _registering() -> bool:
    """Whether the properties are those of a registration, and not of a read or look-up: by who waits for them."""
    preparing = sys._getframe(2)  # noqa: SLF001 - the standard way to ask who calls
    waiting = preparing.f_back
    return (
        preparing.f_code.co_name == "prepare_resource"
        and waiting is not None
        and waiting.f_code.co_name == "do_register"
    )


class Urns:
    """URNs that a property depends on; stands for the message of the same fields."""

    __slots__ = ("urns",)

    def __init__(self, urns: list[str]) -> None:
        self.urns = urns


_MESSAGE: Final = resource_pb2.RegisterResourceRequest
_ORDINARY: Final = frozenset(
    {
        "type", "name", "parent", "custom", "object", "protect", "provider", "providers", "dependencies", "aliases",
        "propertyDependencies", "version", "pluginDownloadURL", "acceptSecrets", "acceptResources", "sourcePosition",
        "additionalSecretOutputs", "supportsPartialValues", "stackTrace", "supportsResultReporting",
    }
)  # fmt: skip
"""Fields that a request without a message may have; others must be empty."""


class Request:
    """A ``RegisterResourceRequest`` that is no message: the fields that are set, and the message's own defaults."""

    DESCRIPTOR = _MESSAGE.DESCRIPTOR
    object: Bag

    def __init__(self, fields: dict[str, Any]) -> None:
        self.__dict__.update(fields)

    def HasField(self, name: str) -> bool:  # noqa: N802 - named by protobuf
        """Whether the field was set."""
        return name in self.__dict__

    def message(self) -> Any:
        """The message."""
        return message_of(self.__dict__)


_EMPTY: Final = _MESSAGE()
for _field in _MESSAGE.DESCRIPTOR.fields:
    setattr(Request, _field.name, getattr(_EMPTY, _field.name))


def message_of(fields: Mapping[str, Any]) -> Any:
    """The message with these fields, properties and dependencies as they are on the wire."""
    fields = dict(fields)
    if type(fields.get("object")) is Bag:
        fields["object"] = wire.encode(fields["object"])
    depends = fields.get("propertyDependencies") or {}
    fields["propertyDependencies"] = {
        key: _MESSAGE.PropertyDependencies(urns=item.urns) if type(item) is Urns else item
        for key, item in depends.items()
    }
    return _MESSAGE(**fields)


class Answer:
    """A ``RegisterResourceResponse`` that is no message."""

    __slots__ = ("id", "object", "result", "unknown", "urn")
    propertyDependencies: Mapping[str, Any] = {}  # noqa: N815 - named by the protocol

    def __init__(self, urn: str, id: str, outputs: Properties, result: int, unknown: bool) -> None:
        self.urn = urn
        self.id = id
        self.object = Bag(outputs)
        self.result = result
        self.unknown = unknown


class Protocol:
    """The module of the protocol's messages as ``pulumi.runtime.resource`` uses it: ordinary requests are none.

    Args:
        module: the module itself.
        active: whether the program of the current context is one to serve.
    """

    def __init__(self, module: ModuleType, active: Active) -> None:
        self._module = module
        self.RegisterResourceRequest = _Requests(active)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        setattr(self, name, value)
        return value


class _Requests:
    """Makes requests; what else the class of the message has is found here too."""

    def __init__(self, active: Active) -> None:
        self._active = active

    def __call__(self, **fields: Any) -> Any:
        if type(fields.get("object")) is Bag and self._active():
            given = {name: value for name, value in fields.items() if value is not None}
            if "hooks" in given and not given["hooks"].ByteSize():
                del given["hooks"]
            if (
                all(name in _ORDINARY or not value for name, value in given.items())
                and type(given.get("protect", False)) is bool
                and type(given.get("version", "")) is str
                and type(given.get("pluginDownloadURL", "")) is str
                and given.get("acceptResources", False)
            ):
                return Request(given)
        return message_of(fields)

    def PropertyDependencies(self, urns: list[str]) -> Any:  # noqa: N802 - named by the protocol
        """What one property depends on."""
        return Urns(urns) if self._active() else _MESSAGE.PropertyDependencies(urns=urns)

    def __getattr__(self, name: str) -> Any:
        return getattr(_MESSAGE, name)
