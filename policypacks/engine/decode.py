"""Decoding property values: from the protocol's structs and from state files into plain data with markers.

Signatures and the unknown sentinel: sdk/python ``pulumi.runtime.rpc``, sdk/go ``resource/plugin`` (rpc.go).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from platform_lib.core.values import UNKNOWN, UNKNOWN_SENTINEL, Archive, Asset, Properties, ResourceReference, Secret

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (the mark of a secret, not one)
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_SENTINEL,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""The strings that stand for an unknown of some kind (sdk/go ``resource/plugin/rpc.go``)."""


def decode_struct(struct: Any) -> Properties:
    """The properties in a ``google.protobuf.Struct``, decoded once."""
    return {key: _value(value) for key, value in struct.fields.items()}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if len(text) == 36 and text in _UNKNOWNS else text
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        fields = value.struct_value.fields
        decoded = {key: _value(item) for key, item in fields.items()}
        return _marked(decoded) if SIGNATURE in decoded else decoded
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    return None


def decode_json(value: Any) -> Any:
    """A property value of a state file or of the engine's JSON; a ciphertext is a secret whose value is unknown."""
    if isinstance(value, str):
        return UNKNOWN if len(value) == 36 and value in _UNKNOWNS else value
    if isinstance(value, list):
        return [decode_json(item) for item in value]
    if isinstance(value, Mapping):
        decoded = {key: decode_json(item) for key, item in value.items()}
        return _marked(decoded) if SIGNATURE in decoded else decoded
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _marked(decoded: dict[str, Any]) -> Any:
    signature = decoded[SIGNATURE]
    if signature == SECRET:
        if "value" in decoded:
            return Secret(decoded["value"])
        if "plaintext" in decoded:
            return Secret(decode_json(json.loads(decoded["plaintext"])))
        return Secret(UNKNOWN)
    if signature == OUTPUT:
        inner = decoded.get("value", UNKNOWN)
        return Secret(inner) if decoded.get("secret") else inner
    if signature == ASSET:
        return Asset(**{key: decoded[key] for key in ("hash", "text", "path", "uri") if decoded.get(key)})
    if signature == ARCHIVE:
        return Archive(**{key: decoded[key] for key in ("hash", "assets", "path", "uri") if decoded.get(key)})
    if signature == REFERENCE:
        return ResourceReference(str(decoded.get("urn", "")), decoded.get("id"), str(decoded.get("packageVersion", "")))
    return decoded


def encode_struct(properties: Properties, struct: Any) -> None:
    """Fill a ``google.protobuf.Struct`` with properties, the reverse of ``decode_struct``."""
    for key, value in properties.items():
        _fill(value, struct.fields[key])


def _fill(value: Any, into: Any) -> None:
    if value is UNKNOWN:
        into.string_value = UNKNOWN_SENTINEL
    elif isinstance(value, Secret):
        fields = into.struct_value.fields
        fields[SIGNATURE].string_value = SECRET
        _fill(value.value, fields["value"])
    elif value is None:
        into.null_value = 0
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, int | float):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, list):
        into.list_value.SetInParent()
        for item in value:
            _fill(item, into.list_value.values.add())
    elif isinstance(value, Asset | Archive | ResourceReference):
        _fill(_wire(value), into)
    else:
        into.struct_value.SetInParent()
        for key, item in value.items():
            _fill(item, into.struct_value.fields[key])


def _wire(value: Asset | Archive | ResourceReference) -> dict[str, Any]:
    if isinstance(value, ResourceReference):
        found: dict[str, Any] = {SIGNATURE: REFERENCE, "urn": value.urn}
        if value.id is not None:
            found["id"] = value.id
        if value.package_version:
            found["packageVersion"] = value.package_version
        return found
    names = ("hash", "text", "path", "uri") if isinstance(value, Asset) else ("hash", "assets", "path", "uri")
    filled = {name: getattr(value, name) for name in names if getattr(value, name)}
    return {SIGNATURE: ASSET if isinstance(value, Asset) else ARCHIVE, **filled}
