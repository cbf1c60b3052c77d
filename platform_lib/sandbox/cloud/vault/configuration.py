"""What lies below mounts: settings, roles, keys, authorities, groups (https://developer.hashicorp.com/vault/api-docs)."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any, Final

from platform_lib.core.values import UNKNOWN, Properties
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.cloud.vault.mount import needs_engine, needs_method, needs_store
from platform_lib.sandbox.protocol import CheckFailure

_GROUP: Final = "vault:identity/group:Group"
_CONNECTION: Final = "vault:database/secretBackendConnection:SecretBackendConnection"


def _pem(words: str, request: Request, salt: str) -> str:
    """Something of the form of PEM; what it holds is made up."""
    body = base64.b64encode(request.hex(192, salt).encode()).decode()
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {words}-----\n{lines}\n-----END {words}-----"


def _setting(path: str) -> TypeRules:
    """Settings of an engine: one a mount, and writing them again overwrites them."""
    return TypeRules(id=path, admit=needs_engine, adopts=True)


def _method_setting(path: str) -> TypeRules:
    return TypeRules(id=path, admit=needs_method, adopts=True)


def _request_outputs(request: Request) -> Properties:
    """The key stays in the engine, unless its type is ``exported``."""
    exported = request.get("type") == "exported"
    return {
        "csr": _pem("CERTIFICATE REQUEST", request, "csr"),
        "keyId": request.uuid("key"),
        **({"privateKey": _pem("EC PRIVATE KEY", request, "private")} if exported else {"privateKey": ""}),
    }


def _needs_certificate(inputs: Properties) -> Iterable[CheckFailure]:
    text = inputs.get("certificate")
    if isinstance(text, str) and text != "" and "BEGIN CERTIFICATE" not in text:
        yield CheckFailure("certificate", "holds no certificate in PEM")


def _public_key(request: Request) -> Properties:
    if not request.get("generateSigningKey", True):
        return {}
    kind = str(request.get("keyType") or "ssh-rsa")
    word = {"ed25519": "ssh-ed25519", "rsa": "ssh-rsa"}.get(kind, kind)
    body = hashlib.sha256(request.hex(64, "ssh").encode()).digest()
    return {"publicKey": f"{word} {base64.b64encode(body).decode()}\n"}


def _keep_key(request: Request) -> None:
    if request.old is not None and request.old.inputs.get("deletionAllowed") is not True:
        raise refuse(f"error deleting policy {request.get('name')}: deletion is not allowed for this key")


def _needs_connection(request: Request) -> None:
    needs_engine(request)
    backend, name = str(request.get("backend", "")).strip("/"), request.get("dbName")
    if name is UNKNOWN or request.preview:
        return
    found = request.store.find(_CONNECTION, f"{backend}/config/{name}", request.account)
    if found is not None and not _allows(found.inputs, str(request.get("name"))):
        raise refuse(f'"{request.get("name")}" is not an allowed role')


def _allows(inputs: Properties, role: str) -> bool:
    allowed: Any = inputs.get("allowedRoles") or []
    return "*" in allowed or role in allowed


RULES: Final[dict[str, TypeRules]] = {
    "vault:kv/secretBackendV2:SecretBackendV2": TypeRules(id="{mount}/config", admit=needs_store, adopts=True),
    _CONNECTION: TypeRules(id="{backend}/config/{name}", admit=needs_engine, adopts=True),
    "vault:database/secretBackendRole:SecretBackendRole": TypeRules(
        id="{backend}/roles/{name}", admit=_needs_connection, adopts=True
    ),
    "vault:database/secretBackendStaticRole:SecretBackendStaticRole": TypeRules(
        id="{backend}/static-roles/{name}", admit=_needs_connection, adopts=True
    ),
    "vault:aws/secretBackendRole:SecretBackendRole": TypeRules(
        id="{backend}/roles/{name}", admit=needs_engine, adopts=True
    ),
    "vault:ssh/secretBackendRole:SecretBackendRole": TypeRules(
        id="{backend}/roles/{name}", admit=needs_engine, adopts=True
    ),
    "vault:ssh/secretBackendCa:SecretBackendCa": TypeRules(
        id="{backend}", admit=needs_engine, compute=_public_key, adopts=True
    ),
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": TypeRules(
        id="{backend}/intermediate/generate/{type}", admit=needs_engine, compute=_request_outputs, adopts=True
    ),
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned": TypeRules(
        id="{backend}/intermediate/set-signed", admit=needs_engine, check=_needs_certificate, adopts=True
    ),
    "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls": _setting("{backend}/config/urls"),
    "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig": _setting("{backend}/config/crl"),
    "vault:transit/secretBackendKey:SecretBackendKey": TypeRules(
        source="https://developer.hashicorp.com/vault/api-docs/secret/transit#delete-key",
        id="{backend}/keys/{name}",
        admit=needs_engine,
        adopts=True,
        defaults={"latestVersion": 1, "minAvailableVersion": 0},
        deleting=_keep_key,
    ),
    "vault:kubernetes/authBackendConfig:AuthBackendConfig": _method_setting("auth/{backend}/config"),
    "vault:aws/authBackendClient:AuthBackendClient": _method_setting("auth/{backend}/config/client"),
    "vault:azure/authBackendConfig:AuthBackendConfig": _method_setting("auth/{backend}/config"),
    "vault:github/team:Team": TypeRules(id="auth/{backend}/map/teams/{team}", admit=needs_method, adopts=True),
    _GROUP: TypeRules(
        id=lambda request: request.uuid("group"),
        unique="vault:{account}:group:{name}",
        exists="group with the same name already exists",
    ),
    "vault:identity/groupAlias:GroupAlias": TypeRules(
        id=lambda request: request.uuid("group-alias"),
        references=(Reference("canonicalId", (_GROUP,), missing='group "{value}" not found'),),
    ),
}
