"""Writes planned resources of ``pulumi_vault`` to a real server, call by call as the provider would.

The provider's plugin is not there in tests; its resources are a thin layer over the API of the servers, and each is one
or two calls here. What a resource makes (accessors, ids) takes the place of what the sandbox made up.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from platform_lib.core.values import plain
from support.openbao import Client

Resource = Any
"""A resource of a sandbox's state: ``type``, ``urn``, ``inputs``, ``outputs``."""

PLUGINS = {
    "mongodb": "mongodb-database-plugin",
    "mssql": "mssql-database-plugin",
    "mysql": "mysql-database-plugin",
    "mysqlAurora": "mysql-aurora-database-plugin",
    "mysqlRds": "mysql-rds-database-plugin",
    "postgresql": "postgresql-database-plugin",
}


def wrapped(client: Client, path: str, life: str = "60s") -> dict[str, Any]:
    """A POST whose answer comes wrapped: token and life of the wrapping."""
    headers = {"X-Vault-Token": client.token, "X-Vault-Wrap-TTL": life}
    request = urllib.request.Request(f"{client.address}/v1/{path}", data=b"{}", headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, Any] = json.loads(answer.read())["wrap_info"]
    return found


def snake(name: str) -> str:
    """``tokenMaxTtl`` as the API writes it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Applied:
    """A server to which resources were written.

    Attributes:
        answers: what the server said to each resource, by its logical name.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: dict[str, Any] = {}
        self._real: dict[str, str] = {}

    def write(self, resources: Iterable[Resource]) -> "Applied":
        """Writes all resources of Vault, in the order of the state.

        Raises:
            KeyError: nobody said how a type is written.
        """
        for resource in resources:
            if resource.type.startswith("vault:"):
                inputs = self._translated(
                    {key: value for key, value in plain(resource.inputs).items() if value is not None}
                )
                answer = WRITERS[resource.type](self.client, inputs)
                self.answers[resource.urn.rsplit("::", 1)[-1]] = answer
                self._learn(resource, inputs, answer)
        return self

    def _translated(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._translated(item) for key, item in value.items() if not key.startswith("__")}
        if isinstance(value, list):
            return [self._translated(item) for item in value]
        return self._real.get(value, value) if isinstance(value, str) else value

    def _learn(self, resource: Resource, inputs: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Values that the sandbox made up, and what they are on this server."""
        made = plain(resource.outputs)
        if "accessor" in made and "type" in inputs:
            space = "mounts" if resource.type.endswith("/mount:Mount") else "auth"
            self._real[made["accessor"]] = self.client.read(f"sys/{space}/{inputs['path']}")["data"]["accessor"]
        if resource.type == "vault:identity/group:Group":
            self._real[resource.id] = answer["data"]["id"]


def _fields(inputs: Mapping[str, Any], *without: str) -> dict[str, Any]:
    return {snake(key): value for key, value in inputs.items() if key not in without}


def _to(template: str, *without: str) -> Callable[[Client, Mapping[str, Any]], dict[str, Any]]:
    """A resource that is one call: its inputs, without those that stand in the path."""
    named = re.findall(r"\{(\w+)\}", template)

    def write(client: Client, inputs: Mapping[str, Any]) -> dict[str, Any]:
        path = template.format(**{name: str(inputs[name]).strip("/") for name in named})
        return client.write(path, **_fields(inputs, *named, *without))

    return write


def _auth(client: Client, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return client.write(f"sys/auth/{inputs['path']}", type=inputs["type"], description=inputs.get("description", ""))


def _jwt(client: Client, inputs: Mapping[str, Any]) -> dict[str, Any]:
    _auth(client, inputs)
    return client.write(f"auth/{inputs['path']}/config", **_fields(inputs, "path", "type", "description"))


def _mount(client: Client, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return client.write(
        f"sys/mounts/{inputs['path']}",
        type=inputs["type"],
        description=inputs.get("description", ""),
        options=inputs.get("options"),
        config={
            "default_lease_ttl": inputs["defaultLeaseTtlSeconds"],
            "max_lease_ttl": inputs["maxLeaseTtlSeconds"],
            "listing_visibility": inputs["listingVisibility"],
        },
    )


def _connection(client: Client, inputs: Mapping[str, Any]) -> dict[str, Any]:
    (kind,) = PLUGINS.keys() & inputs.keys()
    details = _fields(inputs[kind])
    rest = _fields(inputs, "backend", "name", kind)
    return client.write(f"{inputs['backend']}/config/{inputs['name']}", plugin_name=PLUGINS[kind], **details, **rest)


def _transit(client: Client, inputs: Mapping[str, Any]) -> dict[str, Any]:
    path = f"{inputs['backend']}/keys/{inputs['name']}"
    client.write(
        path,
        type=inputs["type"],
        exportable=inputs["exportable"],
        allow_plaintext_backup=inputs["allowPlaintextBackup"],
        auto_rotate_period=inputs["autoRotatePeriod"],
    )
    settings = {"deletion_allowed": inputs["deletionAllowed"]}
    if "minDecryptionVersion" in inputs:
        settings["min_decryption_version"] = inputs["minDecryptionVersion"]
    return client.write(f"{path}/config", **settings)


WRITERS: Mapping[str, Callable[[Client, Mapping[str, Any]], dict[str, Any]]] = {
    "vault:index/policy:Policy": _to("sys/policies/acl/{name}"),
    "vault:index/authBackend:AuthBackend": _auth,
    "vault:index/mount:Mount": _mount,
    "vault:jwt/authBackend:AuthBackend": _jwt,
    "vault:jwt/authBackendRole:AuthBackendRole": _to("auth/{backend}/role/{roleName}"),
    "vault:kubernetes/authBackendConfig:AuthBackendConfig": _to("auth/{backend}/config"),
    "vault:kubernetes/authBackendRole:AuthBackendRole": _to("auth/{backend}/role/{roleName}"),
    "vault:appRole/authBackendRole:AuthBackendRole": _to("auth/{backend}/role/{roleName}"),
    "vault:kv/secretBackendV2:SecretBackendV2": _to("{mount}/config"),
    "vault:database/secretBackendConnection:SecretBackendConnection": _connection,
    "vault:database/secretBackendRole:SecretBackendRole": _to("{backend}/roles/{name}"),
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": _to(
        "{backend}/intermediate/generate/{type}"
    ),
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned": _to(
        "{backend}/intermediate/set-signed"
    ),
    "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls": _to("{backend}/config/urls"),
    "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig": _to("{backend}/config/crl"),
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": _to("{backend}/roles/{name}"),
    "vault:ssh/secretBackendCa:SecretBackendCa": _to("{backend}/config/ca"),
    "vault:ssh/secretBackendRole:SecretBackendRole": _to("{backend}/roles/{name}"),
    "vault:transit/secretBackendKey:SecretBackendKey": _transit,
    "vault:identity/group:Group": _to("identity/group"),
    "vault:identity/groupAlias:GroupAlias": _to("identity/group-alias"),
}
"""How each type is written."""
