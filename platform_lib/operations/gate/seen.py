"""What policies saw of a resource, in a form that can be kept: hashes of its inputs, never the inputs."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from platform_lib.core.values import Properties, has_secret, has_unknown
from platform_lib.operations.changes import shown
from platform_lib.operations.gate.verdict import SeenResource

_DEFAULTS: Final = "__defaults"
"""The input in which providers note what they filled in themselves, automatic names among it."""

_AUTONAMED: Final = "pulumi.com/autonamed"
"""The annotation by which the Kubernetes provider marks a name that it made."""


def seen(urn: str, properties: Properties, planned: Properties) -> SeenResource:
    """A resource as policies saw it.

    Args:
        urn: its URN.
        properties: as the policies were shown them.
        planned: its inputs as the engine plans them, with the provider's own notes; empty where it told none.
    """
    notes = {key: value for key, value in planned.items() if key == _DEFAULTS}
    hashes, unhashed = input_hashes({**properties, **notes})
    return SeenResource(urn=urn, inputs=hashes, unhashed=unhashed)


def input_hashes(properties: Properties) -> tuple[dict[str, str], tuple[str, ...]]:
    """Hashes of inputs, and the names of those that cannot be hashed.

    Left open are inputs that are secret or unknown, wholly or in part, and what the provider filled in: an automatic
    name is another one at each preview.

    Returns:
        Start of the SHA-256 by top-level input, and the inputs without one.
    """
    filled = properties.get(_DEFAULTS)
    filled_in = set(filled) if isinstance(filled, list) and all(isinstance(item, str) for item in filled) else set()
    hashes: dict[str, str] = {}
    unhashed: list[str] = []
    for key, value in properties.items():
        if key.startswith("__"):
            continue
        if key in filled_in or _autonamed(value) or has_unknown(value) or has_secret(value):
            unhashed.append(key)
        else:
            text = json.dumps(shown(value), sort_keys=True, default=str)
            hashes[key] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return hashes, tuple(sorted(unhashed))


def _autonamed(value: Any) -> bool:
    annotations = value.get("annotations") if isinstance(value, Mapping) else None
    return isinstance(annotations, Mapping) and _AUTONAMED in annotations
