"""Pulumi's deployment format, version 3: a ``Snapshot`` as JSON data and back.

The format is ``apitype.UntypedDeployment`` around ``apitype.DeploymentV3`` (pulumi/pulumi, ``sdk/go/common/apitype``),
field by field and in its order; empty fields are left out, unknown ones kept. As in the stock engine the version is 4,
with a list of features, as soon as a resource uses a field that older engines would drop.

Two marks tell that a document came from the sandbox: the manifest's version, which survives ``pulumi stack import``,
and ``metadata.sandbox``, which says which run wrote it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from platform_lib.sandbox.engine.backend.crypter import PassphraseCrypter
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot

MADE_BY: Final = "platform-sandbox/1"
"""The version of the engine that a sandbox document names in its manifest."""

VERSION: Final = 3
VERSION_WITH_FEATURES: Final = 4

_Kind = Literal[
    "a text", "a flag", "a list of texts", "a value", "an object", "an object of lists of texts", "an object of numbers"
]

# Field of ResourceState, name in the format, form; in the order of apitype.ResourceV3.
_FIELDS: Final[tuple[tuple[str, str, _Kind], ...]] = (
    ("urn", "urn", "a text"),
    ("custom", "custom", "a flag"),
    ("delete", "delete", "a flag"),
    ("id", "id", "a text"),
    ("type", "type", "a text"),
    ("inputs", "inputs", "an object"),
    ("outputs", "outputs", "an object"),
    ("parent", "parent", "a text"),
    ("protect", "protect", "a flag"),
    ("tainted", "taint", "a flag"),
    ("external", "external", "a flag"),
    ("dependencies", "dependencies", "a list of texts"),
    ("init_errors", "initErrors", "a list of texts"),
    ("provider", "provider", "a text"),
    ("property_dependencies", "propertyDependencies", "an object of lists of texts"),
    ("pending_replacement", "pendingReplacement", "a flag"),
    ("additional_secret_outputs", "additionalSecretOutputs", "a list of texts"),
    ("aliases", "aliases", "a list of texts"),
    ("custom_timeouts", "customTimeouts", "an object of numbers"),
    ("import_id", "importID", "a text"),
    ("retain_on_delete", "retainOnDelete", "a flag"),
    ("deleted_with", "deletedWith", "a text"),
    ("replace_with", "replaceWith", "a list of texts"),
    ("created", "created", "a text"),
    ("modified", "modified", "a text"),
    ("source_position", "sourcePosition", "a text"),
    ("ignore_changes", "ignoreChanges", "a list of texts"),
    ("hide_diff", "hideDiff", "a list of texts"),
    ("replace_on_changes", "replaceOnChanges", "a list of texts"),
    ("replacement_trigger", "replacementTrigger", "a value"),
    ("hooks", "resourceHooks", "an object of lists of texts"),
)
_KNOWN: Final = frozenset(name for _, name, _ in _FIELDS)
_FRAME: Final = {
    "manifest": dict,
    "metadata": dict,
    "secrets_providers": dict,
    "resources": list,
    "pending_operations": list,
}
_PENDING: Final = ("creating", "updating", "deleting", "reading", "importing")

# Fields that make the stock engine write version 4, and the feature that it then names.
_FEATURES: Final = {
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "viewOf": "views",
    "resourceHooks": "hooks",
    "taint": "taint",
    "replaceWith": "replaceWith",
}


@dataclass(slots=True)
class Deployment:
    """A state document: the snapshot and what stands around it.

    Attributes:
        snapshot: resources and pending operations.
        run: id of the run that wrote it; empty for one that was imported.
        serial: how many times this stack's state was written, from 1.
        operation: what wrote it (``up``, ``destroy``, ``import``, ...).
        extra: fields of the document that the sandbox does not use, kept as they came.
    """

    snapshot: Snapshot = field(default_factory=Snapshot)
    run: str = ""
    serial: int = 0
    operation: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def encode_resource(resource: ResourceState, codec: Codec) -> dict[str, Any]:
    """One resource as ``apitype.ResourceV3``; empty fields are left out, ``custom`` never."""
    data: dict[str, Any] = {}
    for attribute, name, kind in _FIELDS:
        value = getattr(resource, attribute)
        if kind == "a text" or kind == "a flag":
            if value or name == "custom":
                data[name] = value
        elif kind == "a value":
            if value is not None:
                data[name] = codec.encode(value)
        elif not value:
            continue
        elif kind == "an object":
            data[name] = codec.properties(value)
        elif kind == "a list of texts":
            data[name] = list(value)
        elif kind == "an object of numbers":
            data[name] = {key: _whole(number) for key, number in value.items() if number}
        else:
            data[name] = {key: list(value[key]) for key in sorted(value)}
    data.update(resource.extra)
    return data


def decode_resource(data: Any, codec: Codec) -> ResourceState:
    """One resource from ``apitype.ResourceV3``.

    Raises:
        DocumentError: a field is missing or has the wrong form; the text names the resource and the field.
    """
    if not isinstance(data, dict):
        raise DocumentError(f"a resource is {_form(data)}, expected an object")
    urn = data.get("urn")
    if not isinstance(urn, str) or not urn:
        raise DocumentError("a resource has no urn")
    if not data.get("type"):
        raise DocumentError(f"{urn}: type is missing")
    fields: dict[str, Any] = {}
    for attribute, name, kind in _FIELDS:
        if (value := data.get(name)) is None:
            continue
        if kind != "a value" and not _fits(value, kind):
            raise DocumentError(f"{urn}: {name} is {_form(value)}, expected {kind}")
        if kind == "an object":
            value = {key: codec.decode(item) for key, item in value.items()}
        elif kind == "a value":
            value = codec.decode(value)
        fields[attribute] = value
    if fields.get("id") and not fields.get("custom"):
        raise DocumentError(f"{urn}: a component has the id {fields['id']!r}, expected none")
    extra = {name: value for name, value in data.items() if name not in _KNOWN}
    return ResourceState(**{"custom": False, **fields}, extra=extra)


def encode_pending(pending: PendingOperation, codec: Codec) -> dict[str, Any]:
    """One pending operation as ``apitype.OperationV2``."""
    return {"resource": encode_resource(pending.resource, codec), "type": pending.type}


def decode_pending(data: Any, codec: Codec) -> PendingOperation:
    """One pending operation from ``apitype.OperationV2``.

    Raises:
        DocumentError: it is malformed.
    """
    if not isinstance(data, dict) or data.get("type") not in _PENDING:
        raise DocumentError(f"a pending operation is none of {', '.join(_PENDING)}")
    return PendingOperation(data["type"], decode_resource(data.get("resource"), codec))


def serialize(deployment: Deployment, crypter: PassphraseCrypter, *, show_secrets: bool = False) -> dict[str, Any]:
    """The document as JSON data.

    Args:
        deployment: what to write.
        crypter: seals the secrets; its salt goes into the document.
        show_secrets: secrets are written open instead.

    Raises:
        EngineError: the passphrase does not fit the salt.
    """
    codec = Codec(None if show_secrets else crypter)
    snapshot = deployment.snapshot
    resources = [encode_resource(resource, codec) for resource in snapshot.resources]
    pending = [encode_pending(operation, codec) for operation in snapshot.pending]
    body: dict[str, Any] = {"manifest": _manifest()}
    if crypter.salt:  # the first secret makes the salt, so this comes after the resources
        body["secrets_providers"] = {"type": "passphrase", "state": {"salt": crypter.salt}}
    if resources:
        body["resources"] = resources
    if pending:
        body["pending_operations"] = pending
    mark = {"run": deployment.run, "serial": deployment.serial, "operation": deployment.operation}
    body["metadata"] = {**snapshot.metadata, "sandbox": mark}
    body.update(deployment.extra)
    features = _features([*resources, *(operation["resource"] for operation in pending)])
    if features:
        return {"version": VERSION_WITH_FEATURES, "features": features, "deployment": body}
    return {"version": VERSION, "deployment": body}


def salt_of(document: Mapping[str, Any]) -> str:
    """The encryption salt of a checked document; empty where it has none.

    Raises:
        DocumentError: its secrets are kept by another secrets provider than a passphrase.
    """
    secrets = document["deployment"].get("secrets_providers") or {}
    if not secrets.get("type"):
        return ""
    if secrets["type"] != "passphrase":
        raise DocumentError(
            f"secrets_providers: unknown type, got {secrets['type']!r}; the sandbox reads passphrase states only"
        )
    state = secrets.get("state")
    salt = state.get("salt") if isinstance(state, dict) else None
    if not isinstance(salt, str):
        raise DocumentError("secrets_providers: the salt is missing")
    return salt


def check_document(document: Any) -> Mapping[str, Any]:
    """Checks the frame of a document: its version, its features, that it holds a deployment.

    Raises:
        DocumentError: it is no deployment, or one that this release cannot read without losing something.
    """
    if not isinstance(document, dict) or not isinstance(document.get("deployment"), dict):
        if isinstance(document, dict) and "checkpoint" in document:
            raise DocumentError("a checkpoint file of a backend, expected an export; use `pulumi stack export`")
        raise DocumentError("not a deployment, expected an object with version and deployment")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise DocumentError(f"version: not a number, got {version!r}")
    if version > VERSION_WITH_FEATURES:
        raise DocumentError(
            f"version: newer than this release reads, got {version}, at most {VERSION_WITH_FEATURES}; "
            "upgrade platform-lib"
        )
    if version < VERSION:
        raise DocumentError(f"version: older than the sandbox ever wrote, got {version}, at least {VERSION}")
    body = document["deployment"]
    for key, kind in _FRAME.items():
        if body.get(key) is not None and not isinstance(body[key], kind):
            raise DocumentError(f"{key} is {_form(body[key])}, expected {_form(kind())}")
    features = document.get("features") or []
    unknown = sorted({str(feature) for feature in features} - set(_FEATURES.values())) if _is_texts(features) else ["?"]
    if unknown:
        raise DocumentError(f"features: not supported by this release, got {', '.join(unknown)}; upgrade platform-lib")
    return document


def deserialize(document: Mapping[str, Any], codec: Codec) -> Deployment:
    """The deployment of a checked document.

    Raises:
        DocumentError: it is malformed or its secrets cannot be opened.
    """
    body = document["deployment"]
    metadata = dict(body.get("metadata") or {})
    mark = metadata.pop("sandbox", None)
    if not isinstance(mark, dict):
        mark = {}
    serial = mark.get("serial")
    used = {"manifest", "secrets_providers", "resources", "pending_operations", "metadata"}
    return Deployment(
        snapshot=Snapshot(
            resources=[decode_resource(item, codec) for item in body.get("resources") or ()],
            pending=[decode_pending(item, codec) for item in body.get("pending_operations") or ()],
            metadata=metadata,
        ),
        run=str(mark.get("run", "")),
        serial=serial if isinstance(serial, int) else 0,
        operation=str(mark.get("operation", "")),
        extra={key: value for key, value in body.items() if key not in used},
    )


def is_sandbox(document: Mapping[str, Any]) -> bool:
    """Whether a state was made by the sandbox, or holds no resource at all.

    Works on an export of the stock CLI after ``stack import`` too, until the stock engine itself writes the state.
    """
    body = document.get("deployment")
    if not isinstance(body, dict):
        return False
    manifest = body.get("manifest")
    version = manifest.get("version", "") if isinstance(manifest, dict) else ""
    return str(version).startswith("platform-sandbox/") or not body.get("resources")


def check_sandbox(document: Any) -> Mapping[str, Any]:
    """Checks that a document is a deployment which the sandbox may take for its own.

    Raises:
        DocumentError: it is none, or it comes from a real cloud.
    """
    checked = check_document(document)
    if not is_sandbox(checked):
        raise DocumentError(
            "the state comes from a real cloud, which the sandbox leaves alone; use the stock `pulumi` for that stack"
        )
    return checked


def timestamp() -> str:
    """Now, as the format writes times (RFC 3339, UTC)."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _manifest() -> dict[str, str]:
    # The stock engine checks that the magic is the SHA-256 of the version text (apitype.ManifestV1.NewMagic).
    return {"time": timestamp(), "magic": hashlib.sha256(MADE_BY.encode()).hexdigest(), "version": MADE_BY}


def _features(resources: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({_FEATURES[name] for data in resources for name in _FEATURES.keys() & data.keys() if data[name]})


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _fits(value: Any, kind: _Kind) -> bool:
    if kind == "a text":
        return isinstance(value, str)
    if kind == "a flag":
        return isinstance(value, bool)
    if kind == "a list of texts":
        return _is_texts(value)
    if not isinstance(value, dict):
        return False
    if kind == "an object of lists of texts":
        return all(_is_texts(item) for item in value.values())
    if kind == "an object of numbers":
        return all(isinstance(item, int | float) for item in value.values())
    return True


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _form(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a flag", type(None): "nothing"}
    return names.get(type(value), "a number")
