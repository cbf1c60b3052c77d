"""Evaluating a saved state: the deployment JSON that ``pulumi stack export`` and ``platform state export`` write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from platform_lib.core.errors import PolicyError
from platform_lib.core.values import Properties
from policypacks.engine.decode import decode_json
from policypacks.engine.evaluation import merged
from policypacks.engine.evaluator import Evaluator
from policypacks.engine.finding import Finding
from policypacks.engine.resource import Facts
from policypacks.engine.token import canonical

NEWEST: Final = 4
"""The newest deployment version that is understood (apitype: 3 is the common one, 4 adds features that it lists)."""

_FEATURES: Final = frozenset({"refreshBeforeUpdate", "views", "hooks", "taint"})
"""Features of version 4 that do not change what resources are (apitype.DeploymentSchemaVersionLatest)."""

_PROVIDERS = "pulumi:providers:"


def evaluate_state(evaluator: Evaluator, deployment: Mapping[str, Any]) -> Sequence[Finding]:
    """Evaluate every live resource of a saved state, then the stack.

    Args:
        evaluator: from ``load``, with ``preview=False``: nothing will become known any more.
        deployment: ``{"version": 3, "deployment": {"resources": [...]}}``, or the inner object.

    Returns:
        All findings that no waiver excuses.

    Raises:
        PolicyError: it is not a deployment, or a newer engine wrote it.
    """
    found: list[Finding] = []
    inputs: list[Facts] = []
    graph: list[Facts] = []
    for facts, outputs in _decoded(deployment):
        inputs.append(facts)
        properties = merged(facts.properties, outputs)
        graph.append(replace(facts, properties=properties))
    for facts in inputs:
        found += evaluator.analyze_facts(facts)
    found += evaluator.analyze_graph(graph)
    return found


def resources_of(deployment: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The resource entries of a deployment.

    Raises:
        PolicyError: it is not a deployment, or a newer engine wrote it.
    """
    version = deployment.get("version", 3 if "resources" in deployment else None)
    if not isinstance(version, int):
        raise PolicyError("state: is not a deployment; give the file that `pulumi stack export` writes")
    if version > NEWEST:
        raise PolicyError(f"state: was written by a newer engine, got version {version}; update the platform")
    unknown = sorted(set(deployment.get("features") or ()) - _FEATURES)
    if unknown:
        raise PolicyError(
            f"state: uses features that are not understood, got {', '.join(unknown)}; update the platform"
        )
    inner = deployment.get("deployment", deployment)
    resources = inner.get("resources") if isinstance(inner, Mapping) else None
    if resources is None:
        resources = []
    if not isinstance(resources, list) or not all(isinstance(item, Mapping) and "urn" in item for item in resources):
        raise PolicyError("state: resources is not a list of resources; give an unchanged export")
    return resources


def _decoded(deployment: Mapping[str, Any]) -> Iterable[tuple[Facts, Properties]]:
    """Facts with inputs, and the outputs with the id, of every resource that is not waiting for its deletion."""
    entries = [entry for entry in resources_of(deployment) if not entry.get("delete")]
    providers = {
        f"{entry['urn']}::{entry.get('id', '')}": entry
        for entry in entries
        if str(entry.get("type", "")).startswith(_PROVIDERS)
    }
    settings: dict[str, Properties] = {key: decode_json(item.get("inputs") or {}) for key, item in providers.items()}
    for entry in entries:
        properties: Properties = decode_json(entry.get("inputs") or {})
        outputs: Properties = decode_json(entry.get("outputs") or {})
        if entry.get("id"):
            outputs.setdefault("id", entry["id"])
        reference = entry.get("provider", "")
        kind = str(entry["type"])
        yield (
            Facts(
                type=kind,
                kind=canonical(kind),
                urn=entry["urn"],
                name=_name(entry["urn"]),
                properties=properties,
                options=_options(entry),
                provider=settings.get(reference, {} if reference else None),
                provider_name=_name(providers[reference]["urn"]) if reference in providers else "",
                parent=entry.get("parent", ""),
                dependencies=entry.get("dependencies") or (),
                property_dependencies={
                    key: urns or () for key, urns in (entry.get("propertyDependencies") or {}).items()
                },
                external=bool(entry.get("external")),
                source=str(entry.get("sourcePosition") or ""),
            ),
            outputs,
        )


def _name(urn: str) -> str:
    return urn.split("::", 3)[-1]


def _options(entry: Mapping[str, Any]) -> dict[str, Any]:
    names = ("protect", "ignoreChanges", "aliases", "additionalSecretOutputs", "customTimeouts")
    return {name: entry[name] for name in names if name in entry}
