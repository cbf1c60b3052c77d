"""Property values as Pulumi's deployment format writes them: signatures mark secrets, assets, references, odd numbers.

The forms are those of ``pkg/resource/stack/deployment.go`` (pulumi/pulumi): a secret holds the JSON text of its value,
sealed (``ciphertext``) or, where secrets are shown, open (``plaintext``).
"""

import base64
import json
import math
import struct
from decimal import Decimal
from typing import Any, Final

from platform_lib.core.errors import EngineError
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
from platform_lib.sandbox.engine.backend.crypter import Crypter
from platform_lib.sandbox.wire import (
    ARCHIVE_SIGNATURE,
    ASSET_SIGNATURE,
    RESOURCE_SIGNATURE,
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
)

# Signatures that only the deployment format knows.
_FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"
_BYTES: Final = "803fd3297a5875dc03ca845dda5d2a98"


class DocumentError(EngineError):
    """A state document that cannot be read; whoever knows the file adds its path and what can be restored."""


_PLAIN: Final = frozenset({str, int, bool, type(None)})


class Codec:
    """Turns values into JSON data and back, with one crypter.

    Args:
        crypter: seals and opens secrets; None writes them open, and refuses to read sealed ones.
    """

    def __init__(self, crypter: Crypter | None) -> None:
        self._crypter = crypter

    def encode(self, value: Value) -> Any:
        """The value as JSON data; keys of objects are sorted.

        Raises:
            EngineError: it holds something that is no property value.
        """
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is dict:
            return {key: self.encode(value[key]) for key in sorted(value)}
        if kind is list:
            return [self.encode(item) for item in value]
        return self._encode_marker(value)

    def properties(self, values: Properties) -> dict[str, Any]:
        """The properties as JSON data, by sorted name."""
        return {key: self.encode(values[key]) for key in sorted(values)}

    def _encode_marker(self, value: Value) -> Any:
        if isinstance(value, float):
            return value if math.isfinite(value) else _signed(_FLOAT, value=struct.pack(">d", value).hex())
        if value is UNKNOWN:
            return UNKNOWN_SENTINEL
        if isinstance(value, Secret):
            return self._encode_secret(value)
        if isinstance(value, Asset):
            return _encode_asset(value)
        if isinstance(value, Archive):
            return _encode_archive(value)
        if isinstance(value, ResourceReference):
            reference: dict[str, Any] = _signed(RESOURCE_SIGNATURE, urn=value.urn, packageVersion=value.package_version)
            if value.id is not None:
                reference["id"] = "" if value.id is UNKNOWN else value.id
            return reference
        if isinstance(value, tuple):
            return [self.encode(item) for item in value]
        raise EngineError(f"state: a {type(value).__name__} is not a property value; report this as a defect")

    def _encode_secret(self, secret: Secret) -> dict[str, Any]:
        # Within a secret nothing is sealed again: an inner secret only keeps its mark.
        inner = _OPEN if self._crypter is None else _NESTED
        text = go_json(inner.encode(secret.value))
        if self._crypter is None:
            return _signed(SECRET_SIGNATURE, plaintext=text)
        return _signed(SECRET_SIGNATURE, ciphertext=self._crypter.encrypt(text))

    def decode(self, data: Any) -> Value:
        """The value of JSON data; whole numbers become ``int``.

        Raises:
            DocumentError: an unknown or malformed signature, or a secret that cannot be opened.
        """
        kind = type(data)
        if kind is str:
            return UNKNOWN if data == UNKNOWN_SENTINEL else data
        if kind is float:
            return int(data) if data.is_integer() else data
        if kind is dict:
            if SIGNATURE_KEY in data:
                return self._decode_signed(data)
            return {key: self.decode(item) for key, item in data.items()}
        if kind is list:
            return [self.decode(item) for item in data]
        return data

    def _decode_signed(self, data: dict[str, Any]) -> Value:
        signature = data[SIGNATURE_KEY]
        if signature == SECRET_SIGNATURE:
            return self._decode_secret(data)
        if signature == ASSET_SIGNATURE:
            return _decode_asset(data)
        if signature == ARCHIVE_SIGNATURE:
            return _decode_archive(data)
        if signature == RESOURCE_SIGNATURE:
            urn = _text(data, "urn", "resource reference")
            id_ = data.get("id")
            if id_ is not None and not isinstance(id_, str):
                raise DocumentError("malformed resource reference: id is not a text")
            return ResourceReference(urn, id_, data.get("packageVersion", ""))
        if signature == _FLOAT:
            return _decode_float(_text(data, "value", "number"))
        if signature == _BYTES:
            try:
                return base64.b64decode(_text(data, "value", "byte string"), validate=True).decode()
            except ValueError as error:
                raise DocumentError(
                    "a text holds bytes that are not UTF-8, which the sandbox cannot hold; "
                    "use the stock engine for this stack"
                ) from error
        raise DocumentError(f"unknown signature {signature!r} in a property; it was written by a newer version")

    def _decode_secret(self, data: dict[str, Any]) -> Secret:
        sealed, text = data.get("ciphertext"), data.get("plaintext")
        if isinstance(sealed, str) == isinstance(text, str):
            raise DocumentError("malformed secret: exactly one of ciphertext and plaintext is needed")
        if isinstance(sealed, str):
            if self._crypter is None:
                raise DocumentError("a secret is sealed, but no encryption salt came with it; export it again")
            text = self._crypter.decrypt(sealed)
        try:
            value = json.loads(str(text))
        except ValueError as error:
            raise DocumentError("malformed secret: its content is not JSON") from error
        return Secret(_NESTED.decode(value))


class _Unsealed:
    """The crypter within a secret: what is there is sealed as a whole."""

    def encrypt(self, text: str) -> str:
        return text

    def decrypt(self, sealed: str) -> str:
        return sealed


_NESTED: Final = Codec(_Unsealed())
_OPEN: Final = Codec(None)


def _signed(signature: str, **fields: Any) -> dict[str, Any]:
    return {SIGNATURE_KEY: signature, **fields}


def _text(data: dict[str, Any], key: str, what: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise DocumentError(f"malformed {what}: {key} is not a text")
    return value


def _decode_float(text: str) -> float:
    try:
        return float(struct.unpack(">d", bytes.fromhex(text))[0])
    except (ValueError, struct.error) as error:
        raise DocumentError(f"malformed number: {text!r} is not the hex form of a double") from error


def _encode_asset(asset: Asset) -> dict[str, Any]:
    fields = {"hash": asset.hash, "text": asset.text, "path": asset.path, "uri": asset.uri}
    return _signed(ASSET_SIGNATURE, **{key: item for key, item in fields.items() if item})


def _encode_archive(archive: Archive) -> dict[str, Any]:
    fields: dict[str, Any] = {"hash": archive.hash} if archive.hash else {}
    if archive.assets is not None:
        fields["assets"] = {
            name: _encode_archive(item) if isinstance(item, Archive) else _encode_asset(item)
            for name, item in sorted(archive.assets.items())
        }
    fields.update({key: item for key, item in (("path", archive.path), ("uri", archive.uri)) if item})
    return _signed(ARCHIVE_SIGNATURE, **fields)


def _decode_asset(data: dict[str, Any]) -> Asset:
    text, path, uri = data.get("text"), data.get("path"), data.get("uri")
    if text is None and path is None and uri is None:
        text = ""  # the format drops an empty text
    return Asset(data.get("hash", ""), text, path, uri)


def _decode_archive(data: dict[str, Any]) -> Archive:
    members = data.get("assets")
    assets: dict[str, Asset | Archive] | None = None
    if members is not None:
        assets = {}
        for name, item in members.items():
            kind = item.get(SIGNATURE_KEY) if isinstance(item, dict) else None
            if kind not in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE):
                raise DocumentError(f"malformed archive: member {name!r} is neither an asset nor an archive")
            assets[name] = _decode_asset(item) if kind == ASSET_SIGNATURE else _decode_archive(item)
    return Archive(data.get("hash", ""), assets, data.get("path"), data.get("uri"))


_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def go_json(data: Any) -> str:
    """JSON text as Go's ``encoding/json`` writes it: compact, sorted keys, ``<>&`` escaped, its own number format.

    The text of an open secret (``--show-secrets``) is compared as a text by tools, hence the care.
    """
    if isinstance(data, dict):
        return "{" + ",".join(f"{go_json(key)}:{go_json(data[key])}" for key in sorted(data)) + "}"
    if isinstance(data, list):
        return "[" + ",".join(go_json(item) for item in data) + "]"
    if isinstance(data, float) or (isinstance(data, int) and not isinstance(data, bool)):
        return _go_number(data)
    return json.dumps(data, ensure_ascii=False).translate(_HTML)


def _go_number(number: float) -> str:
    """``strconv.AppendFloat`` as ``encoding/json`` calls it: exponents only below 1e-6 and from 1e21 on."""
    size = abs(number)
    if not math.isfinite(number):
        raise ValueError("JSON has no infinite numbers")
    if isinstance(number, int) and size < 10**21:
        return str(number)
    text = repr(float(number))
    if size and (size < 1e-6 or size >= 1e21):
        mantissa, _, exponent = text.partition("e")
        return f"{mantissa}e{exponent[0]}{exponent[1:].lstrip('0')}"
    return format(Decimal(text), "f").removesuffix(".0")
