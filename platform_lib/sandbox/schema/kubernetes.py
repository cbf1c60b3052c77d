"""Types and look-ups of Kubernetes that are not generated: custom resources, and what the SDK wrote by hand."""

import re
from typing import Final

from platform_lib.sandbox.schema.annotation import TYPES
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType
from platform_lib.sandbox.schema.reader import ResourceFacts

_TOKEN: Final = re.compile(r"^kubernetes:(?P<group>[a-z0-9.-]+)/(?P<version>v\d\w*):(?P<kind>[A-Z]\w*)$")
_COMPONENTS: Final = {
    "kubernetes:yaml:ConfigFile": "yaml/yaml.py",
    "kubernetes:yaml:ConfigGroup": "yaml/yaml.py",
    "kubernetes:helm.sh/v3:Chart": "helm/v3/helm.py",
    "kubernetes:helm.sh/v2:Chart": "helm/v2/helm.py",
    "kubernetes:kustomize:Directory": "kustomize/kustomize.py",
}
"""Components that run in the program and register their children themselves, with the file that defines them."""

FUNCTIONS: Final = {
    "kubernetes:yaml:decode": (("text", True), ("defaultNamespace", False)),
    "kubernetes:helm:template": (("jsonOpts", True),),
    "kubernetes:kustomize:directory": (("directory", True),),
}
"""Look-ups behind those components: argument and whether it is required; the answer is ``result``, a list."""


def custom_resource(token: str, modules: frozenset[str]) -> ResourceFacts | None:
    """The schema of a custom resource: metadata, a free spec and free further properties.

    Args:
        token: ``kubernetes:<group>/<version>:<Kind>``.
        modules: the group/version pairs that the SDK knows; a kind it lacks in one of them is a mistake.

    Returns:
        The facts, or None where the token cannot be one: the group of a custom resource has a dot in it
        (the Kubernetes API server demands it of every definition).
    """
    match = _TOKEN.match(token)
    if match is None or "." not in match["group"] or f"{match['group']}/{match['version']}" in modules:
        return None
    api_version = f"{match['group']}/{match['version']}"
    kind = match["kind"].removesuffix("Patch")
    metadata = "ObjectMetaArgs" if kind == match["kind"] else "ObjectMetaPatchArgs"
    inputs = {
        "apiVersion": PropertySchema(
            "apiVersion",
            "api_version",
            PropertyType("string", enum=(api_version,), enum_strict=True),
            default=api_version,
        ),
        "kind": PropertySchema("kind", "kind", PropertyType("string", enum=(kind,), enum_strict=True), default=kind),
        "metadata": PropertySchema(
            "metadata", "metadata", PropertyType("object", None, f"kubernetes:meta/v1:{metadata}")
        ),
        "spec": PropertySchema("spec", "spec", TYPES["any"]),
    }
    outputs = {
        **inputs,
        "metadata": PropertySchema(
            "metadata",
            "metadata",
            PropertyType("object", None, "kubernetes:meta/v1/outputs:ObjectMeta"),
            required=True,
        ),
        "status": PropertySchema("status", "status", TYPES["any"]),
    }
    return ResourceFacts(inputs, outputs, (), "", is_component=False, id_examples=())


def component(token: str) -> tuple[ResourceFacts, str] | None:
    """The schema of a component that the SDK wrote by hand, and its file; its children are resources of their own."""
    file = _COMPONENTS.get(token)
    if file is None:
        return None
    return ResourceFacts({}, {}, (), "", is_component=True, id_examples=()), file


def function_properties(token: str) -> tuple[dict[str, PropertySchema], dict[str, PropertySchema]] | None:
    """Inputs and outputs of a look-up that the SDK calls by hand."""
    arguments = FUNCTIONS.get(token)
    if arguments is None:
        return None
    inputs = {name: PropertySchema(name, name, TYPES["string"], required=required) for name, required in arguments}
    result = PropertySchema("result", "result", PropertyType("list", item=TYPES["any"]), required=True)
    return inputs, {"result": result}
