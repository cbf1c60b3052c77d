"""Property values as text in the cloud's file: JSON in which every secret is sealed.

A secret is encrypted with AES-256-GCM under a key of the cloud's own; property names stay readable. The key lies in a
file
beside the database (``cloud.db.key``, mode 0600), so a database that is copied, committed or attached to a ticket
tells no
secret; whoever reads the whole folder can read them, as with any local key. An id is never secret, as in Pulumi's
state.
"""

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from platform_lib.core.errors import CloudError
from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret

MARK: Final = "4dabf18193072939515e22adb298388d"
"""The key that tells a marker from a user's dict: Pulumi's own signature key, which no user value may hold."""

_NONCE_BYTES: Final = 12


class Codec:
    """Turns properties into text and back under one key.

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)
        self._encode = json.JSONEncoder(default=self._mark, separators=(",", ":")).encode

    @classmethod
    def for_file(cls, path: Path | None) -> "Codec":
        """The codec of a cloud: a fresh key in memory, or the key file beside the database, made when missing.

        Raises:
            CloudError: the key file is damaged, or missing although the database is there.
        """
        if path is None:
            return cls(AESGCM.generate_key(bit_length=256))
        key_path = path.with_name(path.name + ".key")
        if not key_path.exists() and not path.exists():
            _write_key(key_path)
        try:
            key = base64.b64decode(key_path.read_text(encoding="ascii"), validate=True)
        except (OSError, ValueError):
            key = b""
        if len(key) != 32:
            raise CloudError(
                f"sandbox cloud: {key_path}: the key of the stored secrets is missing or damaged; restore it, or start "
                "with an empty cloud by `platform sandbox reset`"
            )
        return cls(key)

    def dumps(self, value: Any) -> str:
        """The value as JSON text; secrets sealed, assets and references marked.

        Raises:
            CloudError: the value holds an unknown, which no cloud can store.
        """
        return self._encode(value)

    def loads(self, text: str) -> Any:
        """The value that ``dumps`` was given."""
        return json.loads(text, object_hook=self._unmark) if MARK in text else json.loads(text)

    def digest(self, text: str) -> str:
        """A keyed hash: equal for equal texts, and it does not tell the text."""
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=16).hexdigest()

    def _mark(self, value: object) -> dict[str, Any]:
        if isinstance(value, Secret):
            nonce = os.urandom(_NONCE_BYTES)
            sealed = self._cipher.encrypt(nonce, self.dumps(value.value).encode(), None)
            return {MARK: "secret", "sealed": base64.b64encode(nonce + sealed).decode("ascii")}
        if isinstance(value, Asset):
            return {MARK: "asset", "hash": value.hash, "text": value.text, "path": value.path, "uri": value.uri}
        if isinstance(value, Archive):
            return {MARK: "archive", "hash": value.hash, "assets": value.assets, "path": value.path, "uri": value.uri}
        if isinstance(value, ResourceReference):
            known = None if value.id is UNKNOWN else value.id
            return {MARK: "reference", "urn": value.urn, "id": known, "version": value.package_version}
        if isinstance(value, Mapping):
            return dict(value)
        raise CloudError(f"sandbox cloud: a value of type {type(value).__name__} cannot be stored")

    def _unmark(self, value: dict[str, Any]) -> Any:
        kind = value.get(MARK)
        if kind is None:
            return value
        if kind == "secret":
            sealed = base64.b64decode(value["sealed"])
            try:
                opened = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
            except InvalidTag:
                raise CloudError(
                    "sandbox cloud: a stored secret does not open with the key beside the database; restore that key, "
                    "or start with an empty cloud by `platform sandbox reset`"
                ) from None
            return Secret(self.loads(opened.decode()))
        if kind == "asset":
            return Asset(value["hash"], value["text"], value["path"], value["uri"])
        if kind == "archive":
            return Archive(value["hash"], value["assets"], value["path"], value["uri"])
        return ResourceReference(value["urn"], value["id"], value["version"])


def _write_key(path: Path) -> None:
    """Makes the key file once; a second process that is as quick reads the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = base64.b64encode(AESGCM.generate_key(bit_length=256)).decode("ascii")
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # never replace a key that another process has just made
        os.link(fresh, path)
    fresh.unlink()


_LEAVES: Final = frozenset({str, int, float, bool, type(None)})


def holds_secret(value: Any) -> bool:
    """Whether a secret stands anywhere in the value; quicker than a walk for plain leaves."""
    if type(value) in _LEAVES:
        return False
    if isinstance(value, Secret):
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:  # noqa: SIM110 (any() would make a generator for every list and map)
        if type(item) not in _LEAVES and holds_secret(item):
            return True
    return False
