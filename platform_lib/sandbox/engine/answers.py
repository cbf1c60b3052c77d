"""What a program reads of the answers to its registrations: values of the engine as values of the SDK's types.

A resource has some 25 properties, of which a program reads a few. So an answer is kept as the engine gave it, and a
property is turned into the program's value when somebody asks for it. A value that does not fit the declared type is
refused to whoever asks, in the SDK's words; the SDK itself refuses the registration.
"""

import functools
import inspect
from collections import abc
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, get_args, get_origin

from pulumi import _types
from pulumi.runtime import rpc, settings

from platform_lib.core.values import Properties, Value
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine.exchange import Active, Bag, Original
from platform_lib.sandbox.engine.outputs import MISSING, PropertyOutputs

_TEXTS: Final = frozenset({str, bool})
_AS_IS, _WHOLE, _TEXT_MAP, _OTHER = range(4)


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


@dataclass(frozen=True, slots=True)
class _Members:
    """The properties of a resource's class; the SDK puts them together anew for each resource.

    Attributes:
        keys: the engine's names of a property, by the program's.
        conversions: type and conversion by the engine's name.
    """

    keys: Mapping[str, tuple[str, ...]]
    conversions: Mapping[str, tuple[Any, int]]


@functools.lru_cache(maxsize=4096)
def _members(cls: Any) -> _Members:
    names, types = _types.resource_pulumi_to_py_names(cls), _types.resource_types(cls)
    keys: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
    for key, name in names.items():
        keys[name] = (*keys.get(name, () if name in names else (name,)), key)
    return _Members(keys, {key: (typ, _conversion(typ)) for key, typ in types.items()})


class Answered:
    """The properties of one answer, read when they are asked for.

    Args:
        resource: whose they are.
        outputs: of the engine.
        inputs: stand for what has no output; they may be of another type than it.
        typed: names are those of the resource's type, and not made by its own function.
        keep_unknowns: unknown outputs are kept outside of previews too.
    """

    __slots__ = ("_conversions", "_inputs", "_keep_unknowns", "_keys", "_outputs", "_resource", "_typed")

    def __init__(
        self, resource: Any, outputs: Properties, inputs: Properties, *, typed: bool, keep_unknowns: bool
    ) -> None:
        self._resource, self._outputs, self._inputs = resource, outputs, inputs
        self._typed, self._keep_unknowns = typed, keep_unknowns
        kind: Any = type(resource)
        members = _members(kind)
        self._conversions = members.conversions
        self._keys: Mapping[str, tuple[str, ...]] | None = members.keys if typed else None

    def __call__(self, name: str) -> Any:
        """The value by the program's name, ``MISSING`` where there is none; secrets as the SDK marks them.

        Raises:
            AssertionError, ValueError: the value is not of the declared type.
        """
        if self._keys is None:
            self._keys = self._renamed()
        keys = self._keys.get(name, (name,) if self._typed else ())
        for key in reversed(keys):
            value = self._outputs.get(key)
            if value is not None:
                found = self._value(name, key, value, given=False)
                if found is not MISSING:
                    return found
        for key in keys:
            if key in self._inputs:
                return self._value(name, key, self._inputs[key], given=True)
        return MISSING

    def _renamed(self) -> dict[str, tuple[str, ...]]:
        keys: dict[str, tuple[str, ...]] = {}
        for key in {**self._outputs, **self._inputs}:
            name = self._resource.translate_output_property(key)
            keys[name] = (*keys.get(name, ()), key)
        return keys

    def _value(self, name: str, key: str, value: Value, *, given: bool) -> Any:
        typ, conversion = self._conversions.get(key, (None, _AS_IS))
        kind = type(value)
        if conversion != _OTHER:
            if kind in _TEXTS or value is None:
                return value
            if kind is int or kind is float:
                return int(value) if conversion == _WHOLE else float(value)
            if conversion == _TEXT_MAP and self._typed and kind is dict and all(type(x) is str for x in value.values()):
                return dict(value)
        read = program_value(value, None if given else self._keep_unknowns)
        if read is None and not given:
            return MISSING
        return rpc.translate_output_properties(
            read,
            (lambda prop: prop) if self._typed else self._resource.translate_output_property,
            typ,
            self._typed,
            path=rpc._Path(name, resource=f"{self._resource._name}"),  # noqa: SLF001 - as the SDK does
            return_none_on_dict_type_mismatch=given,
        )


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
        if (
            type(outputs) is Bag
            and type(serialized_props) is Bag
            and type(resolvers) is PropertyOutputs
            and not deps
            and wire.SIGNATURE_KEY not in outputs
            and not settings.excessive_debug_output
            and active()
        ):
            legacy = settings.is_legacy_apply_enabled()  # type: ignore[no-untyped-call]  # the SDK types it not
            given = serialized_props if legacy or not settings.is_dry_run() else {}
            typed = transform_using_type_metadata
            found = Answered(res, outputs, given, typed=typed, keep_unknowns=keep_unknowns)
            resolvers.settle(found, missing_unknown=resolve_missing_as_unknown)
            return
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

    return resolve


def _message(properties: Any) -> Any:
    return wire.encode(properties) if type(properties) is Bag else properties
