"""Property values on the wire: protobuf ``Struct`` to the markers of ``core.values`` and back.

Pulumi marks what JSON cannot say by an object with a signature under a fixed key (``sdk/go/common/resource``: secrets,
assets, archives, resource references, output values) and an unknown value by a fixed string for each type.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableSet
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

from platform_lib.core.values import (
    UNKNOWN,
    UNKNOWN_SENTINEL,
    Archive,
    Asset,
    Properties,
    ResourceReference,
    Secret,
    Value,
)

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the protocol, not a password
ASSET_SIGNATURE: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN_SENTINELS: Final = frozenset(
    {
        UNKNOWN_SENTINEL,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""The strings that stand for an unknown value, one for each type that it will have."""

_EXACT: Final = 2.0**53
"""Whole numbers up to this size are exact in a double."""


@dataclass(frozen=True, slots=True)
class OutputValue:
    """A value with what is known about where it comes from; only transforms and remote components see it.

    Attributes:
        value: the value; meaningless unless known.
        known: whether it is known.
        secret: whether it is a secret.
        dependencies: URNs that it comes from.
    """

    value: Value = None
    known: bool = True
    secret: bool = False
    dependencies: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"OutputValue(known={self.known}, secret={self.secret}, dependencies={self.dependencies})"


def decode(message: struct_pb2.Struct, *, keep_outputs: bool = False) -> Properties:
    """Reads properties.

    Args:
        message: as it came.
        keep_outputs: keep output values; otherwise they become plain, secret or unknown values.

    Returns:
        The properties; whole numbers are ints, and every unknown of whatever type is ``UNKNOWN``.
    """
    return _decode_fields(message.fields, keep_outputs)


def _decode_fields(fields: Mapping[str, struct_pb2.Value], keep_outputs: bool) -> Properties:
    """Reads a map; texts, most of all values, on the spot, and by key, since ``items`` of such a map is slow.

    What has a text is one: asking for the kind takes three times as long.
    """
    result: Properties = {}
    for key in fields:
        message = fields[key]
        text = message.string_value
        if text:
            result[key] = UNKNOWN if len(text) == 36 and text in UNKNOWN_SENTINELS else text
        else:
            result[key] = decode_value(message, keep_outputs=keep_outputs)
    return result


def decode_value(message: struct_pb2.Value, *, keep_outputs: bool = False) -> Value:
    """Reads one value; see ``decode``."""
    text = message.string_value
    if text:
        return UNKNOWN if len(text) == 36 and text in UNKNOWN_SENTINELS else text
    kind = message.WhichOneof("kind")
    if kind == "string_value":
        return ""
    if kind == "bool_value":
        return message.bool_value
    if kind == "number_value":
        return number(message.number_value)
    if kind == "struct_value":
        fields = message.struct_value.fields
        if SIGNATURE_KEY in fields:
            return _decode_marked(fields, keep_outputs)
        return _decode_fields(fields, keep_outputs)
    if kind == "list_value":
        return [decode_value(value, keep_outputs=keep_outputs) for value in message.list_value.values]
    return None


def number(value: float) -> int | float:
    """A double as the engine has it: an int where that is exact."""
    return int(value) if -_EXACT <= value <= _EXACT and value == int(value) else value


def _decode_marked(fields: Mapping[str, struct_pb2.Value], keep_outputs: bool) -> Value:
    signature = fields[SIGNATURE_KEY].string_value
    if signature == SECRET_SIGNATURE:
        return Secret(decode_value(fields["value"], keep_outputs=keep_outputs))
    if signature == OUTPUT_SIGNATURE:
        known = "value" in fields
        value = decode_value(fields["value"], keep_outputs=keep_outputs) if known else None
        secret = "secret" in fields and fields["secret"].bool_value
        if keep_outputs:
            urns = fields["dependencies"].list_value.values if "dependencies" in fields else ()
            return OutputValue(value, known, secret, tuple(item.string_value for item in urns))
        result = value if known else UNKNOWN
        return Secret(result) if secret else result
    if signature == ASSET_SIGNATURE:
        return Asset(
            hash=_text(fields, "hash") or "",
            text=_text(fields, "text"),
            path=_text(fields, "path"),
            uri=_text(fields, "uri"),
        )
    if signature == ARCHIVE_SIGNATURE:
        assets = fields["assets"].struct_value.fields if "assets" in fields else None
        return Archive(
            hash=_text(fields, "hash") or "",
            assets=None if assets is None else {key: decode_value(value) for key, value in assets.items()},
            path=_text(fields, "path"),
            uri=_text(fields, "uri"),
        )
    if signature == RESOURCE_SIGNATURE:
        identifier = decode_value(fields["id"], keep_outputs=False) if "id" in fields else None
        if isinstance(identifier, Secret):
            identifier = identifier.value
        if identifier == "":
            identifier = UNKNOWN
        return ResourceReference(fields["urn"].string_value, identifier, _text(fields, "packageVersion") or "")
    raise ValueError(f"property value: unknown signature '{signature}'; the SDK is newer than this engine")


def _text(fields: Mapping[str, struct_pb2.Value], key: str) -> str | None:
    return fields[key].string_value if key in fields else None


def encode(
    properties: Mapping[str, Value], *, keep_secrets: bool = True, keep_resources: bool = True
) -> struct_pb2.Struct:
    """Writes properties.

    Args:
        properties: the values; unknowns become the sentinel string.
        keep_secrets: mark secrets; otherwise they are written bare.
        keep_resources: mark resource references; otherwise they are written as id or URN.
    """
    message = struct_pb2.Struct()
    fields = message.fields
    for key, value in properties.items():
        if type(value) is str:
            fields[key].string_value = value
        else:
            _put(fields[key], value, keep_secrets, keep_resources)
    return message


def encode_value(value: Value) -> struct_pb2.Value:
    """Writes one value, markers included."""
    message = struct_pb2.Value()
    _put(message, value, True, True)
    return message


def _put(message: struct_pb2.Value, value: Value, secrets: bool, resources: bool) -> None:
    if isinstance(value, str):
        message.string_value = value
    elif value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, (int, float)):
        message.number_value = value
    elif type(value) is dict or isinstance(value, Mapping):
        fields = message.struct_value.fields
        if not value:
            message.struct_value.SetInParent()
        for key, item in value.items():
            if type(item) is str:
                fields[key].string_value = item
            else:
                _put(fields[key], item, secrets, resources)
    elif isinstance(value, list):
        items = message.list_value.values
        if not value:
            message.list_value.SetInParent()
        for item in value:
            _put(items.add(), item, secrets, resources)
    elif value is UNKNOWN:
        message.string_value = UNKNOWN_SENTINEL
    elif isinstance(value, Secret):
        if secrets:
            fields = message.struct_value.fields
            fields[SIGNATURE_KEY].string_value = SECRET_SIGNATURE
            _put(fields["value"], value.value, secrets, resources)
        else:
            _put(message, value.value, secrets, resources)
    elif isinstance(value, ResourceReference) and not resources:
        plain = value.urn if value.id is None else value.id
        _put(message, plain, secrets, resources)
    else:
        _put(message, marked(value), secrets, resources)


def marked(value: Value) -> dict[str, Value]:
    """A marker as the object that stands for it on the wire; what it holds keeps its markers.

    Raises:
        TypeError: the value is not a property value.
    """
    if isinstance(value, Secret):
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value.value}
    if isinstance(value, Asset):
        return _present(ASSET_SIGNATURE, hash=value.hash or None, text=value.text, path=value.path, uri=value.uri)
    if isinstance(value, Archive):
        assets = None if value.assets is None else dict(value.assets)
        return _present(ARCHIVE_SIGNATURE, hash=value.hash or None, assets=assets, path=value.path, uri=value.uri)
    if isinstance(value, ResourceReference):
        identifier = "" if value.id is UNKNOWN else value.id
        version = value.package_version or None
        parts = value.urn.split("::", 3)
        named = {"name": parts[3], "type": parts[2].rpartition("$")[2]} if len(parts) == 4 else {}
        return _present(RESOURCE_SIGNATURE, urn=value.urn, id=identifier, packageVersion=version, **named)
    if isinstance(value, OutputValue):
        result: dict[str, Value] = {SIGNATURE_KEY: OUTPUT_SIGNATURE}
        if value.known:
            result["value"] = value.value
        if value.secret:
            result["secret"] = True
        if value.dependencies:
            result["dependencies"] = list(value.dependencies)
        return result
    raise TypeError(f"property value: a {type(value).__name__} is none")


def _present(signature: str, **fields: Value) -> dict[str, Value]:
    return {SIGNATURE_KEY: signature} | {key: value for key, value in fields.items() if value is not None}


def to_json(value: Value) -> Any:
    """A value as the JSON that the protocol's messages show: markers as signed objects, unknowns as the sentinel."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if value is UNKNOWN:
        return UNKNOWN_SENTINEL
    return {key: to_json(item) for key, item in marked(value).items()}


def output_dependencies(value: Value, found: MutableSet[str]) -> None:
    """Collects the URNs that the output values in a value come from."""
    if isinstance(value, OutputValue):
        if value.known:
            output_dependencies(value.value, found)
        for urn in value.dependencies:
            found.add(urn)
    elif isinstance(value, Secret):
        output_dependencies(value.value, found)
    else:
        for item in _members(value):
            output_dependencies(item, found)


def _members(value: Value) -> Iterable[Value] | Iterator[Value]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def downgrade(value: Value) -> Value:
    """A value without output values: each becomes plain, secret or unknown; where it comes from is lost."""
    if isinstance(value, OutputValue):
        result = downgrade(value.value) if value.known else UNKNOWN
        return Secret(result) if value.secret else result
    if isinstance(value, Mapping):
        return {key: downgrade(item) for key, item in value.items()}
    if isinstance(value, list):
        return [downgrade(item) for item in value]
    if isinstance(value, Secret):
        return Secret(downgrade(value.value))
    return value


def upgrade(properties: Mapping[str, Value], dependencies: Mapping[str, Iterable[str]]) -> Properties:
    """Properties in which secrets and unknowns are output values, with what each property depends on.

    Args:
        properties: the values; output values in them stay.
        dependencies: property to URNs.
    """
    result: Properties = {}
    for key, value in properties.items():
        raised = _raise(value)
        wanted = set(dependencies.get(key, ()))
        present: set[str] = set()
        output_dependencies(raised, present)
        if not wanted <= present:
            output = raised if isinstance(raised, OutputValue) else OutputValue(raised)
            merged = tuple(sorted(wanted | set(output.dependencies)))
            raised = OutputValue(output.value, output.known, output.secret, merged)
        result[key] = raised
    return result


def _raise(value: Value) -> Value:
    if value is UNKNOWN:
        return OutputValue(known=False)
    if isinstance(value, Secret):
        inner = _raise(value.value)
        if isinstance(inner, OutputValue):
            return OutputValue(inner.value, inner.known, True, inner.dependencies)
        return OutputValue(inner, secret=True)
    if isinstance(value, Mapping):
        return {key: _raise(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_raise(item) for item in value]
    return value
