"""Registrations that go from the program to the engine and back as Python objects.

Over gRPC a registration is a message, and its properties are a ``Struct`` of it. In process both sides would take the
message apart as soon as the other has put it together. The stand-ins here hand the same over without: properties as the
engine has them, a request with the fields of the message, an answer likewise. What is not ordinary (the protocol is
logged, a hook, a custom timeout, ...) goes as a message.
"""

import functools
import inspect
import sys
from collections import abc
from collections.abc import Callable, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, Final, get_args, get_origin

from google.protobuf import struct_pb2
from pulumi import _types
from pulumi.output import Output
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import resource_pb2

from platform_lib.core.values import UNKNOWN, Properties, Value
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine.outputs import PropertyOutput, PropertyOutputs

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


class _MarkedError(Exception):
    """There is more in a value than plain data."""


def program_value(value: Value, keep_unknowns: bool | None = None) -> Any:
    """A value of the engine as the SDK would read it from the message that it would become."""
    try:
        return _plain(value)
    except _MarkedError:
        message = wire.encode_value(value)
        return rpc.deserialize_property(getattr(message, message.WhichOneof("kind") or ""), keep_unknowns)


def _plain(value: Value) -> Any:
    kind = type(value)
    if kind is str or kind is bool or kind is float or value is None:
        return value
    if kind is int:
        return float(value)
    if kind is dict and wire.SIGNATURE_KEY not in value:
        read = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in read.items() if item is not None}
    if kind is list:
        return [_plain(item) for item in value]
    raise _MarkedError


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


# -- what the program is answered --------------------------------------------------------------------------------------

_AS_IS, _WHOLE, _TEXT_MAP, _OTHER = range(4)


def _conversion(typ: Any) -> int:
    """How plain values become those of a type: as they are, as whole numbers, a map of texts, or as the SDK does it."""
    wanted: Any = _types.unwrap_optional_type(typ) if typ else None
    if wanted is int:
        return _WHOLE
    if inspect.isclass(wanted) and issubclass(wanted, Enum):
        return _OTHER
    if get_origin(wanted) in {dict, abc.Mapping} and get_args(wanted) == (str, str):
        return _TEXT_MAP
    return _AS_IS


@functools.lru_cache(maxsize=4096)
def _resource_type(cls: Any) -> tuple[Mapping[str, str], Mapping[str, Any], Mapping[str, tuple[str, int]]]:
    """Names and types of a resource's properties, and both a property's name and its conversion.

    The SDK puts them together anew for each resource.
    """
    names, types = _types.resource_pulumi_to_py_names(cls), _types.resource_types(cls)
    return names, types, {key: (names.get(key) or key, _conversion(types.get(key))) for key in {*names, *types}}


def _class_of(res: object) -> Any:
    return type(res)


def resolve_outputs(original: Original, active: Active) -> Original:
    """Settles the Outputs of a registration that was answered without a message."""

    def resolve(
        res: Any,
        serialized_props: Any,
        outputs: Any,
        deps: Mapping[str, Any],
        resolvers: Any,
        custom: bool,
        transform_using_type_metadata: bool = False,
        keep_unknowns: bool = False,
        resolve_missing_as_unknown: bool = False,
    ) -> None:
        if not (
            type(outputs) is Bag
            and type(serialized_props) is Bag
            and type(resolvers) is PropertyOutputs
            and wire.SIGNATURE_KEY not in outputs
            and not settings.excessive_debug_output
            and active()
        ):
            original(
                res,
                _message(serialized_props),
                _message(outputs),
                deps,
                resolvers,
                custom,
                transform_using_type_metadata,
                keep_unknowns,
                resolve_missing_as_unknown,
            )
            return
        typed = transform_using_type_metadata
        names = _resource_type(_class_of(res))[0]
        rename: Callable[[str], str] = (lambda key: names.get(key) or key) if typed else res.translate_output_property
        found: dict[str, Any] = {}
        _read(res, outputs, found, typed, rename, keep_unknowns, given=False)
        legacy = settings.is_legacy_apply_enabled()  # type: ignore[no-untyped-call]  # the SDK types it not
        if not settings.is_dry_run() or legacy:
            _read(res, serialized_props, found, typed, rename, None, given=True)
        resolvers.settle(
            found,
            {rename(key): resources for key, resources in deps.items()},
            missing_unknown=resolve_missing_as_unknown,
        )

    return resolve


def _message(properties: Any) -> Any:
    return wire.encode(properties) if type(properties) is Bag else properties


def _read(
    res: Any,
    values: Properties,
    found: dict[str, Any],
    typed: bool,
    rename: Callable[[str], str],
    keep_unknowns: bool | None,
    *,
    given: bool,
) -> None:
    """Reads values of the engine into those that the program gets, by the names that it has for them.

    Args:
        res: the resource.
        values: of the engine.
        found: where to.
        typed: names are those of the resource's type, and not made by its own function.
        rename: the program's name of a property.
        keep_unknowns: unknown values are kept outside of previews too.
        given: the values are inputs, which stand only for what has no output and may be of another type than it.
    """
    _, types, known = _resource_type(_class_of(res))
    for key, value in values.items():
        if value is None and not given:
            continue
        name, conversion = known.get(key) or (key, _AS_IS)
        if not typed:
            name = rename(key)
        if given and name in found:
            continue
        kind = type(value)
        if conversion != _OTHER and (kind in _TEXTS or value is None):
            found[name] = value
        elif conversion != _OTHER and (kind is int or kind is float):
            found[name] = int(value) if conversion == _WHOLE else float(value)
        elif conversion == _TEXT_MAP and typed and kind is dict and all(type(item) is str for item in value.values()):
            found[name] = dict(value)
        else:
            read = program_value(value, keep_unknowns)
            if read is not None or given:
                found[name] = rpc.translate_output_properties(
                    read,
                    (lambda prop: prop) if typed else res.translate_output_property,
                    types.get(key),
                    typed,
                    path=rpc._Path(name, resource=f"{res._name}"),  # noqa: SLF001 - as the SDK does
                    return_none_on_dict_type_mismatch=given,
                )
