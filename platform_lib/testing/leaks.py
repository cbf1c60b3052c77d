"""Finds secrets that stand in the open, and Outputs that were formatted into text."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.path import covers, leaves
from platform_lib.testing.path import find as value_at

if TYPE_CHECKING:
    from platform_lib.testing.graph import Graph
    from platform_lib.testing.resource import Resource

SHORTEST_SECRET: Final = 6
"""Characters; shorter texts are found everywhere."""

_FORMATTED: Final = "Calling __str__ on an Output[T] is not supported"
"""What the SDK makes of an Output in an f-string (``pulumi.Output.__str__``)."""


_ECHOES: Final = frozenset({"effectiveLabels", "pulumiLabels"})
"""Outputs of Google Cloud that repeat the labels and are secret for every resource, since a label might be one. A label
that the program itself makes secret is one by its input."""


def find(graph: "Graph") -> list[str]:
    """Where secrets stand in the open; the texts never hold what was found."""
    secrets = _secrets(graph)
    found: list[str] = []

    def search(subject: str, value: Any) -> None:
        if isinstance(value, str):
            for secret, origin in secrets.items():
                if secret in value:
                    found.append(
                        f"{subject}: holds the secret of {origin} in the open; pass it as an Output that is secret"
                    )

    for resource in graph.resources:
        for where, properties, hidden in _properties(resource):
            for path, value in leaves(properties):
                if not covers(hidden, path):
                    search(f"{resource.label}: {where}.{path}", value)
    for path, value in leaves(graph.exports):
        if not covers(graph.secret_exports, path):
            search(f"export '{path}'", value)
    for entry in graph.log:
        search("log", entry.message)
    return list(dict.fromkeys(found))


def _secrets(graph: "Graph") -> Mapping[str, str]:
    """Secret texts with where they come from."""
    found: dict[str, str] = {}
    for resource in graph.resources:
        for where, properties, hidden in _properties(resource):
            for path in hidden - _ECHOES:
                for _, value in leaves(value_at(properties, path), path):
                    if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
                        found.setdefault(value, f"{where}.{path} of {resource.label}")
    for value in graph.config_secrets:
        if len(value) >= SHORTEST_SECRET:
            found.setdefault(value, "the configuration")
    return found


def _properties(resource: "Resource") -> Iterator[tuple[str, Mapping[str, Any], frozenset[str]]]:
    if resource.type == "pulumi:pulumi:Stack":
        return  # its outputs are the exports
    yield "inputs", resource.inputs, resource.secret_inputs
    yield "outputs", resource.outputs, resource.secret_outputs


def check_formatted(graph: "Graph") -> None:
    """Fails where an Output was turned into text, which gives the SDK's warning in place of the value.

    Raises:
        ExpectationError: with every place.
    """
    places = [
        f"{resource.label}: inputs.{path}"
        for resource in graph.resources
        for path, value in leaves(resource.inputs)
        if isinstance(value, str) and _FORMATTED in value
    ]
    exports = (path for path, value in leaves(graph.exports) if isinstance(value, str) and _FORMATTED in value)
    places += [f"export '{path}'" for path in exports]
    if places:
        remedy = "use pulumi.Output.format or apply"
        texts = (f"{graph!r}: {place}: an Output was formatted into text; {remedy}" for place in places)
        raise ExpectationError("\n".join(texts))
