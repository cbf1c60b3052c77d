"""Secrets in states and stack files: Pulumi's passphrase scheme, readable by the stock CLI and the other way round.

A key is derived from the passphrase and an 8 byte salt with PBKDF2-HMAC-SHA256 in 1,000,000 iterations; values are
sealed with AES-256-GCM under a random 12 byte nonce and written ``v1:<base64 nonce>:<base64 ciphertext and tag>``. The
salt is kept as ``v1:<base64 salt>:<the word pulumi, sealed>``, so that a wrong passphrase is noticed (pulumi/pulumi,
``pkg/secrets/passphrase`` and ``sdk/go/common/resource/config/crypt.go``).
"""

import base64
import binascii
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from platform_lib.core.errors import EngineError

_ITERATIONS: Final = 1_000_000
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_PROOF: Final = "pulumi"

PASSPHRASE_VARIABLE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE_VARIABLE: Final = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable


class Crypter(Protocol):
    """Seals and opens texts."""

    def encrypt(self, text: str) -> str:
        """The sealed text; sealing the same text twice gives two different results."""

    def decrypt(self, sealed: str) -> str:
        """The text that was sealed.

        Raises:
            EngineError: it cannot be opened.
        """


@dataclass(frozen=True, slots=True)
class Passphrase:
    """The passphrase of a run and where it came from.

    Attributes:
        text: the passphrase; never shown.
        source: what to name in messages: the variable or the file; empty where none was given.
    """

    text: str = ""
    source: str = ""

    @property
    def given(self) -> bool:
        """Whether the user chose it; if not, it is empty, and a run that writes secrets says so."""
        return bool(self.source)

    def __repr__(self) -> str:
        return f"Passphrase(source={self.source!r})"


def find_passphrase(env: Mapping[str, str]) -> Passphrase:
    """The passphrase as the stock CLI finds it: the variable (even an empty one), else the file, else none.

    Args:
        env: the environment.

    Raises:
        EngineError: the passphrase file cannot be read.
    """
    if PASSPHRASE_VARIABLE in env:
        return Passphrase(env[PASSPHRASE_VARIABLE], PASSPHRASE_VARIABLE)
    name = env.get(PASSPHRASE_FILE_VARIABLE, "")
    if not name:
        return Passphrase()
    path = Path(name).absolute()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise EngineError(
            f"{PASSPHRASE_FILE_VARIABLE}: {path}: cannot read the passphrase, got {reason}; "
            f"name a readable file or set {PASSPHRASE_VARIABLE}"
        ) from error
    return Passphrase(text.strip(), f"{PASSPHRASE_FILE_VARIABLE} ({path})")


@functools.lru_cache(maxsize=32)
def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    """The cipher of a passphrase and salt; cached, since deriving the key takes a tenth of a second or more."""
    key = PBKDF2HMAC(SHA256(), _KEY_BYTES, salt, _ITERATIONS).derive(passphrase.encode())
    return AESGCM(key)


def _seal(cipher: AESGCM, text: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"


def _open(cipher: AESGCM, sealed: str) -> str:
    """The opened text.

    Raises:
        ValueError: it is not of the form ``v1:nonce:ciphertext``.
        InvalidTag: another key sealed it, or it was changed.
    """
    parts = sealed.split(":")
    if len(parts) != 3 or parts[0] != "v1":
        raise ValueError("not of the form v1:nonce:ciphertext")
    nonce = base64.b64decode(parts[1], validate=True)
    if len(nonce) != _NONCE_BYTES:
        raise ValueError(f"nonce of {len(nonce)} bytes instead of {_NONCE_BYTES}")
    return cipher.decrypt(nonce, base64.b64decode(parts[2], validate=True), None).decode("utf-8", "surrogatepass")


class PassphraseCrypter:
    """Seals and opens secrets with a passphrase; the key is derived when first needed, once per process and salt.

    Args:
        passphrase: of the run.
        salt: the salt text of the state or stack file; empty to make a new one at the first ``encrypt``.
        subject: whose secrets they are, for messages (``stack 'dev'``).
    """

    def __init__(self, passphrase: Passphrase, salt: str = "", *, subject: str = "secrets") -> None:
        self.passphrase = passphrase
        self.salt = salt
        self.subject = subject
        self._cipher: AESGCM | None = None

    def use(self, salt: str) -> None:
        """Takes another salt, for what was sealed with it."""
        if salt != self.salt:
            self.salt = salt
            self._cipher = None

    def encrypt(self, text: str) -> str:
        """The sealed text.

        Raises:
            EngineError: the passphrase is not the one that the salt was made with.
        """
        return _seal(self._ready(), text)

    def decrypt(self, sealed: str) -> str:
        """The text that was sealed.

        Raises:
            EngineError: wrong passphrase, no salt, or a damaged value.
        """
        if not self.salt:
            raise EngineError(
                f"{self.subject}: a secret has no encryption salt beside it; restore the salt, or set the secret again"
            )
        cipher = self._ready()
        try:
            return _open(cipher, sealed)
        except (ValueError, InvalidTag) as error:
            reason = "it was changed or sealed with another salt" if isinstance(error, InvalidTag) else str(error)
            raise EngineError(f"{self.subject}: a secret cannot be opened: {reason}; set the secret again") from error

    def _ready(self) -> AESGCM:
        if self._cipher is not None:
            return self._cipher
        if self.salt:
            self._cipher = self._proven()
        else:
            raw = os.urandom(_SALT_BYTES)
            self._cipher = _cipher(self.passphrase.text, raw)
            self.salt = f"v1:{base64.b64encode(raw).decode()}:{_seal(self._cipher, _PROOF)}"
        return self._cipher

    def _proven(self) -> AESGCM:
        """The cipher, after its key opened the proof in the salt."""
        version, _, rest = self.salt.partition(":")
        encoded, _, proof = rest.partition(":")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        if version != "v1" or not raw or not proof:
            raise EngineError(
                f"{self.subject}: the encryption salt is malformed; restore it from version control or a backup"
            )
        if (cipher := _fits(self.passphrase.text, raw, proof)) is not None:
            return cipher
        if self.passphrase.given:
            empty = self.passphrase.text != "" and _fits("", raw, proof) is not None
            way = "unset it: the secrets were made with an empty passphrase" if empty else "set the right one"
            raise EngineError(f"{self.subject}: incorrect passphrase in {self.passphrase.source}; {way}")
        raise EngineError(
            f"{self.subject}: the secrets need a passphrase; set {PASSPHRASE_VARIABLE} or {PASSPHRASE_FILE_VARIABLE}"
        )


def _fits(passphrase: str, salt: bytes, proof: str) -> AESGCM | None:
    cipher = _cipher(passphrase, salt)
    try:
        return cipher if _open(cipher, proof) == _PROOF else None
    except (ValueError, InvalidTag):
        return None
