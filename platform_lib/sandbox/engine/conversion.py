"""Stand-ins for the SDK's functions that turn property values into messages and messages into property values.

Nearly all properties are plain: text, a number, a truth value, nothing, or a map or list of such. The SDK asks of each
of them whether it is a resource, an asset, an output and so on, and takes the declared type apart every time it meets
it. Here a plain value goes the short way and a type is taken apart once; whatever is not plain goes to the SDK.
"""

import functools
import inspect
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, get_args, get_origin

from platform_lib.sandbox.wire import SIGNATURE_KEY

Original = Callable[..., Any]
Active = Callable[[], bool]
"""Whether the program of the current context is one to serve."""
Make = Callable[..., Original]
"""Takes the original and ``active``."""

_PLAIN = frozenset({str, int, float, bool, type(None)})
_MAPPINGS = (dict, abc.Mapping)
_KEPT = 10_000
"""Types that are remembered at most; a program that makes types without end costs no more memory than this."""


def stand_ins() -> Iterator[tuple[ModuleType, str, Make]]:
    """What is replaced: the module, the name of the function, and what makes the stand-in of the original."""
    from pulumi import _types
    from pulumi.runtime import rpc

    yield _types, "unwrap_type", _once_a_type
    yield _types, "unwrap_optional_type", _once_a_type
    yield rpc, "contains_unknowns", _contains_unknowns
    yield rpc, "serialize_property", _serialize_property
    yield rpc, "deserialize_properties", _deserialize_properties
    yield rpc, "deserialize_property", _deserialize_property
    yield rpc, "translate_output_properties", _translate_output_properties
    yield rpc, "resolve_properties", _resolve_properties


def _once_a_type(original: Original, active: Active) -> Original:
    """The answer for a type, kept.

    By identity: types that are equal may have their members in another order, of which the answer depends. The type is
    kept with its answer, so that no other one takes its place in memory.
    """
    known: dict[int, tuple[Any, Any]] = {}

    def unwrap(val: Any) -> Any:
        found = known.get(id(val))
        if found is not None:
            return found[1]
        result = original(val)
        if active():
            if len(known) >= _KEPT:
                known.clear()
            known[id(val)] = (val, result)
        return result

    return unwrap


def _contains_unknowns(original: Original, active: Active) -> Original:
    def contains_unknowns(val: Any) -> bool:
        if type(val) in _PLAIN and active():
            return False
        return original(val)  # type: ignore[no-any-return]  # the SDK's own answer

    return contains_unknowns


def _serialize_property(original: Original, active: Active) -> Original:
    from pulumi import _types
    from pulumi.runtime import rpc, settings

    async def serialize_property(
        value: Any,
        deps: Any,
        property_key: Any,
        resource_obj: Any = None,
        input_transformer: Any = None,
        typ: Any = None,
        keep_output_values: bool = False,
        exclude_resource_refs_from_deps: bool = False,
        return_protobuf_value: bool = False,
    ) -> Any:
        kind = type(value)
        if not return_protobuf_value and active():
            if kind in _PLAIN:
                return value
            if kind is dict and not settings.excessive_debug_output:
                unwrapped = _types.unwrap_type(typ) if typ else typ
                member = _member_type(unwrapped)
                if member is not _OTHER:
                    translate = input_transformer if member is None else None
                    return {
                        translate(key) if translate is not None else key: item
                        if type(item) in _PLAIN
                        else await rpc.serialize_property(
                            item,
                            deps,
                            key,
                            resource_obj,
                            input_transformer,
                            member,
                            keep_output_values,
                            exclude_resource_refs_from_deps,
                        )
                        for key, item in value.items()
                    }
        return await original(
            value,
            deps,
            property_key,
            resource_obj,
            input_transformer,
            typ,
            keep_output_values,
            exclude_resource_refs_from_deps,
            return_protobuf_value,
        )

    return serialize_property


_OTHER = object()
"""Stands for a type whose values the SDK is to write."""


def _member_type(typ: Any) -> Any:
    """The type of the values of a map of that type: None where nothing is declared, ``_OTHER`` for what is no map."""
    if typ is None or typ is Any:
        return None
    if get_origin(typ) not in _MAPPINGS:
        return _OTHER
    members = get_args(typ)
    return members[1] if len(members) == 2 and members[0] is str and members[1] is not None else _OTHER


def _deserialize_properties(original: Original, active: Active) -> Original:
    from google.protobuf.struct_pb2 import Struct
    from pulumi.runtime import rpc

    unknown = rpc.UNKNOWN

    def deserialize_properties(props_struct: Any, keep_unknowns: Any = None, keep_internal: Any = True) -> Any:
        if (
            keep_internal is False
            or type(props_struct) is not Struct
            or not active()
            or SIGNATURE_KEY in props_struct.fields
        ):
            return original(props_struct, keep_unknowns, keep_internal)
        output = {}
        for key, message in props_struct.fields.items():
            kind = message.WhichOneof("kind")
            if kind is None or kind == "null_value":
                continue
            value = getattr(message, kind)
            if kind in _MESSAGES or value == unknown:
                value = rpc.deserialize_property(value, keep_unknowns, keep_internal)
                if value is None:
                    continue
            output[key] = value
        return output

    return deserialize_properties


_MESSAGES = frozenset({"struct_value", "list_value"})


def _deserialize_property(original: Original, active: Active) -> Original:
    from pulumi.runtime import rpc

    unknown = rpc.UNKNOWN

    def deserialize_property(value: Any, keep_unknowns: Any = None, keep_internal: Any = True) -> Any:
        if type(value) in _PLAIN and value != unknown and active():
            return value
        return original(value, keep_unknowns, keep_internal)

    return deserialize_property


def _translate_output_properties(original: Original, active: Active) -> Original:
    from pulumi import _types
    from pulumi.runtime import rpc

    @functools.lru_cache(maxsize=_KEPT)
    def members(output_type: Any) -> tuple[Mapping[str, Any], frozenset[str]]:
        """The types of an output type's members, and the members whose plain values are converted."""
        types = _types.output_type_types(output_type)
        bare = {key: _types.unwrap_optional_type(typ) for key, typ in types.items()}
        return types, frozenset(key for key, typ in bare.items() if typ is int or _is_enum(typ))

    def translate(
        output: Any,
        output_transformer: Any,
        typ: Any = None,
        transform_using_type_metadata: bool = False,
        path: Any = None,
        return_none_on_dict_type_mismatch: bool = False,
    ) -> Any:
        kind = type(output)
        if kind in _PLAIN and active():
            wanted: Any = _types.unwrap_optional_type(typ) if typ else None
            if wanted is int:
                return int(output) if kind is float else output
            if not _is_enum(wanted):
                return output
        elif kind is dict and typ and SIGNATURE_KEY not in output and active():
            wanted = _types.unwrap_optional_type(typ)
            if _is_output_type(_types, wanted):
                types, converted = members(wanted)
                translated = {
                    key: value
                    if type(value) in _PLAIN and key not in converted
                    else rpc.translate_output_properties(
                        value,
                        output_transformer,
                        types.get(key),
                        transform_using_type_metadata,
                        rpc._Path(key, parent=path),  # noqa: SLF001 - as the SDK does
                        return_none_on_dict_type_mismatch,
                    )
                    for key, value in output.items()
                }
                return _types.output_type_from_dict(wanted, translated)
        return original(
            output,
            output_transformer,
            typ,
            transform_using_type_metadata,
            path,
            return_none_on_dict_type_mismatch,
        )

    return translate


def _is_output_type(types: Any, typ: Any) -> bool:
    return inspect.isclass(typ) and types.is_output_type(typ)


def _is_enum(typ: Any) -> bool:
    return inspect.isclass(typ) and issubclass(typ, Enum)


def _resolve_properties(original: Original, active: Active) -> Original:
    """Asks once whether this is a preview, not for every property."""
    from pulumi.runtime import rpc, settings

    def resolve_properties(
        resolvers: dict[str, Any],
        all_properties: dict[str, Any],
        deps: Mapping[str, Any],
        custom: bool,
        resolve_missing_as_unknown: bool = False,
    ) -> None:
        if settings.excessive_debug_output or not active():
            original(resolvers, all_properties, deps, custom, resolve_missing_as_unknown)
            return
        preview = settings.is_dry_run()
        for key, value in all_properties.items():
            resolve = resolvers.get(key)
            if resolve is None or key == "urn" or (key == "id" and custom):
                continue
            secret = type(value) not in _PLAIN and rpc.is_rpc_secret(value)
            bare = rpc.unwrap_rpc_secret(value) if secret else value
            resolve(bare, not preview or bare is not None, secret, deps.get(key), None)
        known = not preview and not resolve_missing_as_unknown
        for key, resolve in resolvers.items():
            if key not in all_properties:
                resolve(None, known, False, deps.get(key), None)

    return resolve_properties
