"""Ed25519 signatures of files (RFC 8032), detached: the file stays as it is, its signature stands beside it.

Keys are PEM (PKCS #8, SubjectPublicKeyInfo), the signature is base64 of the 64 raw bytes, so that others verify it too:
``openssl pkeyutl -verify -rawin -pubin -inkey KEY.pub -in FILE -sigfile <(base64 -d FILE.sig)``.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from platform_lib.core.errors import PlatformError, reason_of
from platform_lib.operations.errors import InputError
from platform_lib.operations.output import write_text

SUFFIX: Final = ".sig"
PASSPHRASE: Final = "PLATFORM_EVIDENCE_PASSPHRASE"  # noqa: S105  # the name of the variable
"""Environment variable with the passphrase of the private key."""


class SignatureError(PlatformError):
    """A file is not what was signed, or was signed by another key."""


def signature_path(file: Path) -> Path:
    """Where the signature of a file stands."""
    return file.with_name(file.name + SUFFIX)


def create_key(private: Path, passphrase: str = "") -> tuple[Path, str]:
    """Makes a key pair: the private key at the path, readable by its owner alone, the public one beside it as ``.pub``.

    Args:
        private: the new file.
        passphrase: that protects it; empty for none.

    Returns:
        The path of the public key, and its id.

    Raises:
        InputError: one of the files is there already.
        PlatformError: a file cannot be written.
    """
    public = private.with_name(private.name + ".pub")
    for path in (private, public):
        if path.exists():
            raise InputError(f"evidence key: {path}: is there already; choose another name, keys are not replaced")
    key = Ed25519PrivateKey.generate()
    protection: KeySerializationEncryption = NoEncryption()
    if passphrase:
        protection = BestAvailableEncryption(passphrase.encode())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
    try:
        # Made for its owner alone from the first moment; O_EXCL: nobody put another file there meanwhile.
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
    except OSError as error:
        reason = reason_of(error)
        raise PlatformError(f"evidence key: {private}: cannot write, got {reason}; give another file") from error
    write_text(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    return public, key_id(key.public_key())


def key_id(key: Ed25519PublicKey) -> str:
    """The id of a key: ``SHA256:`` and the SHA-256 of its DER form."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"SHA256:{hashlib.sha256(der).hexdigest()}"


def sign(file: Path, private: Path, passphrase: str = "") -> tuple[Path, str]:
    """Signs a file; a signature that is there already is replaced.

    Returns:
        The path of the signature, and the id of the key.

    Raises:
        InputError: the key cannot be read, is no Ed25519 private key, or the passphrase is not its own.
        PlatformError: the file cannot be read, or the signature cannot be written.
    """
    key = private_key(private, passphrase)
    target = signature_path(file)
    write_text(target, signed(_read(file, "evidence"), key))
    return target, key_id(key.public_key())


def signed(content: bytes, key: Ed25519PrivateKey) -> str:
    """The signature of bytes, as the text of its file."""
    return base64.b64encode(key.sign(content)).decode() + "\n"


def verify(file: Path, public: Path, signature: Path | None = None) -> tuple[bytes, str]:
    """Verifies that a file is, byte for byte, what the owner of a key signed. Needs no network.

    Args:
        file: the file.
        public: the public key that the verifier trusts; not one that came with the file.
        signature: the signature; beside the file when left out.

    Returns:
        The bytes that were verified, and the id of the key.

    Raises:
        SignatureError: the file or the signature was changed, or another key signed it.
        InputError: the key is no Ed25519 public key.
        PlatformError: a file cannot be read.
    """
    key = read_public_key(public)
    content = _read(file, "evidence")
    where = signature or signature_path(file)
    verify_bytes(content, _read(where, "signature"), [key], f"evidence {file}", str(where))
    return content, key_id(key)


def verify_bytes(
    content: bytes, signature: bytes, keys: Iterable[Ed25519PublicKey], subject: str, where: str = ""
) -> str:
    """Verifies that bytes are what the owner of one of some keys signed.

    Args:
        content: what was signed.
        signature: the content of the signature's file.
        keys: that the verifier trusts.
        subject: how messages call what was signed.
        where: how they call the signature; that of the subject when left out.

    Returns:
        The id of the key.

    Raises:
        SignatureError: the bytes or the signature were changed, or another key signed them.
    """
    where = where or f"of {subject}"
    try:
        raw = base64.b64decode(signature.removesuffix(b"\n"), validate=True)
    except binascii.Error as error:
        raise SignatureError(f"signature {where}: is not base64; give the file as it was written") from error
    # Base64 leaves a few bits unused: only the one form that `signed` writes counts.
    if len(raw) != 64 or base64.b64encode(raw) + b"\n" != signature:
        raise SignatureError(f"signature {where}: is not one that the platform writes; give it as it was written")
    tried = list(keys)
    for key in tried:
        try:
            key.verify(raw, content)
        except InvalidSignature:
            continue
        return key_id(key)
    names = ", ".join(key_id(key) for key in tried) or "any key that is trusted"
    raise SignatureError(
        f"{subject}: does not match its signature by {names}; the file was changed, or another key signed it"
    )


def private_key(path: Path, passphrase: str = "") -> Ed25519PrivateKey:
    """The private key of a file.

    Raises:
        InputError: it cannot be read, is no Ed25519 private key, or the passphrase is not its own.
    """
    content = _read(path, "evidence key")
    try:
        key = load_pem_private_key(content, passphrase.encode() or None)
    except TypeError as error:
        hint = f"set {PASSPHRASE}" if not passphrase else f"unset {PASSPHRASE}: the key has no passphrase"
        raise InputError(f"evidence key: {path}: cannot be opened; {hint}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(
            f"evidence key: {path}: is no private key in PEM form, or the passphrase in {PASSPHRASE} is not its own; "
            "make one with `platform evidence keygen`"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"evidence key: {path}: is not an Ed25519 key; make one with `platform evidence keygen`")
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The public key of a file.

    Raises:
        InputError: it cannot be read, or is no Ed25519 public key.
    """
    return public_key(_read(path, "evidence key").decode("utf-8", "replace"), f"evidence key: {path}")


def public_key(text: str, subject: str) -> Ed25519PublicKey:
    """The public key of a text: PEM, or the one line between its BEGIN and END.

    Raises:
        InputError: it is none.
    """
    pem = text if "-----BEGIN" in text else f"-----BEGIN PUBLIC KEY-----\n{text.strip()}\n-----END PUBLIC KEY-----\n"
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"{subject}: is no public key in PEM form; give the .pub file") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"{subject}: is not an Ed25519 key; give the .pub file of `platform evidence keygen`")
    return key


def key_line(key: Ed25519PublicKey) -> str:
    """A public key as the one line that ``governance/approvers.yaml`` takes."""
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise PlatformError(f"{what}: {path}: cannot be read, got {reason}; give the path of the file") from error
