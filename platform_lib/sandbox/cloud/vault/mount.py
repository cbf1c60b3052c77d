"""Secret engines, auth methods, policies and secrets (https://developer.hashicorp.com/vault/api-docs)."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.model import Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

MOUNT: Final = "vault:index/mount:Mount"
AUTH: Final = "vault:index/authBackend:AuthBackend"
_BUILT_IN: Final = frozenset({"secret", "cubbyhole", "sys", "identity", "token"})

_ENGINES: Final = {
    "vault:aws/secretBackend:SecretBackend": ("path", "aws"),
    "vault:azure/backend:Backend": ("path", "azure"),
    "vault:gcp/secretBackend:SecretBackend": ("path", "gcp"),
    "vault:database/secretsMount:SecretsMount": ("path", "database"),
    "vault:kubernetes/secretBackend:SecretBackend": ("path", "kubernetes"),
    "vault:consul/secretBackend:SecretBackend": ("path", "consul"),
    "vault:rabbitMq/secretBackend:SecretBackend": ("path", "rabbitmq"),
}
_AUTHS: Final = {
    "vault:jwt/authBackend:AuthBackend": ("path", "jwt"),
    "vault:gcp/authBackend:AuthBackend": ("path", "gcp"),
    "vault:github/authBackend:AuthBackend": ("path", "github"),
    "vault:ldap/authBackend:AuthBackend": ("path", "ldap"),
    "vault:okta/authBackend:AuthBackend": ("path", "okta"),
}


def _path(kind: str = "") -> Callable[[Request], str]:
    def make(request: Request) -> str:
        return str(request.get("path") or request.get("type") or kind).strip("/")

    return make


def _mount(kind: str = "", *, auth: bool = False) -> TypeRules:
    """An engine: one a path, and everything below the path goes with it."""
    path = _path(kind)
    space = "auth" if auth else "sys"

    def compute(request: Request) -> Properties:
        accessor = (
            request.outputs.get("accessor")
            or f"{'auth_' if auth else ''}{request.get('type') or kind}_{request.hex(8)}"
        )
        found: Properties = {
            "accessor": accessor,
            "path": request.id,
            "auditNonHmacRequestKeys": request.get("auditNonHmacRequestKeys", []),
            "auditNonHmacResponseKeys": request.get("auditNonHmacResponseKeys", []),
        }
        for key in ("defaultLeaseTtlSeconds", "maxLeaseTtlSeconds"):
            if key in request.schema.outputs:
                found[key] = request.get(key, 0)
        if "tune" in request.schema.outputs:
            found["tune"] = request.get("tune", {})
        return {key: value for key, value in found.items() if key in request.schema.outputs}

    def deleting(request: Request) -> None:
        for below in (f"{request.id}/", f"auth/{request.id}/"):
            for row in request.store.rows(
                "package = 'vault' AND scope = ? AND id > ? AND id < ?", (request.account, below, below[:-1] + "0")
            ):
                request.store.remove(row.row)

    return TypeRules(
        id=path,
        unique=lambda request: f"vault:{request.account}:{space}:{path(request)}",
        exists="path is already in use at {path}/" if kind else "path is already in use",
        compute=compute,
        deleting=deleting,
    )


def _needs_mount(key: str, tokens: Callable[[str], bool]) -> Callable[[Request], None]:
    def admit(request: Request) -> None:
        mount = str(request.get(key, "")).strip("/")
        if not mount or mount in _BUILT_IN or request.knows(mount):
            return
        if not any(tokens(row.type) for row in request.store.by_id(mount)):
            raise refuse(f'Code: 404. Errors: no handler for route "{mount}/". route entry not found.')

    return admit


def _is_engine(token: str) -> bool:
    return token == MOUNT or token in _ENGINES


def _is_auth(token: str) -> bool:
    return token == AUTH or token in _AUTHS


needs_engine: Final = _needs_mount("backend", _is_engine)
"""Refuses what lies below an engine that is not there."""

needs_store: Final = _needs_mount("mount", _is_engine)
"""Refuses what lies below a KV engine that is not there."""

needs_method: Final = _needs_mount("backend", _is_auth)
"""Refuses what lies below a method that is not there."""


def _check_policy(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if name == "root":
        yield CheckFailure("name", "the policy 'root' cannot be changed")


def _secret_outputs(request: Request) -> Properties:
    text = request.get("dataJson")
    try:
        data: Any = json.loads(text) if isinstance(text, str) else {}
    except ValueError as problem:
        raise refuse(f"data_json syntax error: {problem}") from problem
    version = (
        int((plain(request.old.outputs.get("metadata") or {}) if request.old is not None else {}).get("version", 0)) + 1
    )
    held = (
        {key: value if isinstance(value, str) else json.dumps(value) for key, value in data.items()}
        if isinstance(data, dict)
        else {}
    )
    return {
        "data": held,
        "path": request.id,
        "metadata": {"version": str(version), "created_time": request.stamp, "destroyed": "false", "deletion_time": ""},
        "customMetadata": request.get("customMetadata")
        or {"maxVersions": 0, "casRequired": False, "deleteVersionAfter": 0, "data": {}},
    }


def _role(auth: str, key: str = "roleName") -> TypeRules:
    def identify(request: Request) -> str:
        return f"auth/{str(request.get('backend') or auth).strip('/')}/role/{request.get(key)}"

    return TypeRules(
        id=identify,
        adopts=True,
        admit=needs_method,
        compute=lambda request: (
            {"roleId": request.get("roleId") or request.outputs.get("roleId") or request.uuid("role")}
            if "roleId" in request.schema.outputs
            else {}
        ),
    )


RULES: Final[dict[str, TypeRules]] = {
    MOUNT: _mount(),
    AUTH: _mount(auth=True),
    **{token: _mount(kind) for token, (_, kind) in _ENGINES.items()},
    **{token: _mount(kind, auth=True) for token, (_, kind) in _AUTHS.items()},
    "vault:index/policy:Policy": TypeRules(
        source="Vault API: /sys/policies/acl, writing twice overwrites", id="{name}", check=_check_policy, adopts=True
    ),
    "vault:kv/secretV2:SecretV2": TypeRules(
        id="{mount}/data/{name}", admit=needs_store, compute=_secret_outputs, adopts=True
    ),
    "vault:kv/secret:Secret": TypeRules(
        id="{path}", adopts=True, compute=lambda request: {"data": _secret_outputs(request)["data"]}
    ),
    "vault:appRole/authBackendRole:AuthBackendRole": _role("approle"),
    "vault:kubernetes/authBackendRole:AuthBackendRole": _role("kubernetes"),
    "vault:jwt/authBackendRole:AuthBackendRole": _role("jwt"),
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": TypeRules(
        id="{backend}/roles/{name}", admit=needs_engine, adopts=True
    ),
}
