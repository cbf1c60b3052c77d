"""Look-ups of Kubernetes: YAML to objects; charts and kustomizations need their files, so they are left to fixtures."""

from typing import Any, Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.model import refuse
from platform_lib.sandbox.cloud.package import Look, LookUp


def _decode(look: Look) -> Properties:
    """Every document of a YAML text; lists are taken apart, a default namespace is filled in."""
    from ruamel.yaml import YAML  # only where YAML is read
    from ruamel.yaml.error import YAMLError

    try:
        documents = list(YAML(typ="safe", pure=True).load_all(str(look.args.get("text", ""))))
    except YAMLError as problem:
        raise refuse(f"error converting YAML to JSON: {problem}") from problem
    found: list[Any] = []
    for document in documents:
        if not isinstance(document, dict):
            continue
        found += (
            document["items"] if str(document.get("kind", "")).endswith("List") and "items" in document else [document]
        )
    namespace = look.args.get("defaultNamespace")
    for item in found if namespace else ():
        item.setdefault("metadata", {}).setdefault("namespace", namespace)
    return {"result": found}


LOOK_UPS: Final[dict[str, LookUp]] = {"kubernetes:yaml:decode": _decode}
