"""HashiCorp Vault: namespaces, mounts, auth methods and what is written below them (Vault API documentation)."""

# ruff: noqa: ARG002 - the protocol and the base class give every argument; not every provider or package needs each

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from platform_lib.sandbox.cloud.model import Request, Session
from platform_lib.sandbox.cloud.package import Package, known
from platform_lib.sandbox.protocol import CheckFailure
from platform_lib.sandbox.schema.model import ResourceSchema

DEFAULT_ADDRESS: Final = "http://127.0.0.1:8200"
"""The server of a configuration without one; the sandbox never calls it."""

_MOUNT_KEYS: Final = ("backend", "mount", "path")


class Vault(Package):
    """The Vault provider, version 7."""

    name: ClassVar[str] = "vault"

    def modules(self) -> Sequence[str]:
        """Mounts, auth methods, policies, secrets, what lies below them, and the look-ups."""
        return [f"platform_lib.sandbox.cloud.vault.{area}" for area in ("mount", "configuration", "lookups")]

    def check_config(self, config: Mapping[str, Any]) -> Sequence[CheckFailure]:
        """Refuses an address that is no URL."""
        address = known(config, "address")
        if isinstance(address, str) and not address.startswith(("http://", "https://")):
            return [CheckFailure("address", f"is not a URL (http:// or https://), got '{address}'")]
        return ()

    def session(self, config: Mapping[str, Any]) -> Session:
        """Server and namespace of a configuration."""
        address = str(known(config, "address") or DEFAULT_ADDRESS).rstrip("/")
        namespace = str(known(config, "namespace") or "").strip("/")
        return Session("vault", f"{address}/{namespace}" if namespace else address, "", config=config)

    def place(self, session: Session, schema: ResourceSchema, inputs: Mapping[str, Any]) -> tuple[str, str]:
        """The server and namespace; a resource's own namespace lies below the configuration's."""
        namespace = inputs.get("namespace")
        if isinstance(namespace, str) and namespace and "namespace" in schema.inputs:
            return f"{session.scope}/{namespace.strip('/')}", ""
        return session.scope, ""

    def identify(self, request: Request) -> str:
        """The path, in the form of the documented import id: mount, fixed words, own name."""
        example = request.schema.id_examples[0] if request.schema.id_examples else ""
        parts = example.strip("/").split("/")
        own = self._own_name(request)
        if len(parts) == 1 or not example:
            return own or f"{request.kind.lower()}-{request.hex(8)}"
        at = 1 if parts[0] == "auth" else 0
        mount = next(
            (request.inputs[key] for key in _MOUNT_KEYS if isinstance(request.inputs.get(key), str)), parts[at]
        )
        head = [*parts[:at], str(mount).strip("/").removeprefix("auth/"), *parts[at + 1 : -1]]
        last = parts[-1]
        return "/".join([*head, own if own and own != mount else last])

    @staticmethod
    def _own_name(request: Request) -> str:
        rule = request.schema.autoname
        keys = [rule.property] if rule is not None else []
        lowered = request.kind[0].lower() + request.kind[1:]
        keys += ["name", "roleName", "role", f"{lowered}Name", "path", "username", "groupName", "keyName", "type"]
        keys += [
            key
            for key, item in request.schema.inputs.items()
            if item.required and item.type.kind == "string" and key not in _MOUNT_KEYS
        ]
        for key in keys:
            held = request.inputs.get(key)
            if isinstance(held, str) and held:
                return held.strip("/")
        return next(
            (str(request.inputs[key]).strip("/") for key in _MOUNT_KEYS if isinstance(request.inputs.get(key), str)), ""
        )

    def arn(self, request: Request) -> str:
        """Vault has no arns; a value that looks like one comes from a cloud behind it."""
        return f"arn:aws:iam::123456789012:role/{request.name}"

    def adopts(self, schema: ResourceSchema) -> bool:
        """Writing to a path that is there overwrites it; only mounts refuse (their rules say so)."""
        return True

    def exists(self, request: Request) -> str:
        """The server's refusal."""
        return f"path is already in use at {request.id}/"

    def not_found(self, schema: ResourceSchema, id_: str) -> str:
        """The server's refusal."""
        return f"error updating {schema.token.rpartition(':')[2]}: no value found at {id_}"
