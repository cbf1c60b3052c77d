"""The published schemas of Istio's custom resources, strict: what the API server would refuse of a manifest.

The models of ``cloudcoil-models-istio`` are generated from the CRDs that Istio publishes, but take unknown fields.
Here their JSON schemas are closed, and an explicit nothing is refused, as a structural schema prunes or refuses both
(https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/).
"""

import importlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema

MODELS = "cloudcoil.models.istio"


def schema_faults(manifest: Mapping[str, Any]) -> list[str]:
    """What the schema of its kind refuses of a manifest, as ``path: problem``; metadata is not looked at.

    Raises:
        KeyError: the models have no such kind.
    """
    validator = _validator(manifest["apiVersion"], manifest["kind"])
    content = {key: value for key, value in manifest.items() if key != "metadata"}
    return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(content))


@lru_cache(maxsize=32)
def _validator(api_version: str, kind: str) -> jsonschema.Draft202012Validator:
    group, _, version = api_version.partition("/")
    if not group.endswith(".istio.io"):
        raise KeyError(f"{api_version} is not of Istio")
    module = importlib.import_module(f"{MODELS}.{group.removesuffix('.istio.io')}.{version}")
    try:
        model = getattr(module, kind)
    except AttributeError:
        raise KeyError(f"{api_version} has no {kind}") from None
    schema = _closed(model.model_json_schema(by_alias=True))
    del schema["properties"]["metadata"]
    schema["required"] = ["apiVersion", "kind", "spec"]
    return jsonschema.Draft202012Validator(schema)


def _closed(schema: Any) -> Any:
    """The schema with nothing but its properties, and without ``null`` as an alternative."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items() if key != "default"}
    if len(closed.get("anyOf", ())) == 1:
        closed |= closed.pop("anyOf")[0]
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed
