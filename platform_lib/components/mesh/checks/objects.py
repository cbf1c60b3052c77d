"""Checks of any object: its name, its namespace, what it selects."""

import re
from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, selector_of
from platform_lib.components.mesh.checks.model import check
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.errors import near

Found = Iterator[tuple[PlannedObject, str, str, str]]

_LONGEST_NAME = 253
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_SELECTING = {
    Kind.PEER_AUTHENTICATION: "mtls-selects-workloads",
    Kind.AUTHORIZATION_POLICY: "access-selects-workloads",
    Kind.REQUEST_AUTHENTICATION: "jwt-selects-workloads",
    Kind.ENVOY_FILTER: "filter-selects-workloads",
    Kind.SIDECAR: "sidecar-selects-workloads",
    Kind.TELEMETRY: "telemetry-selects-workloads",
}
"""Kinds that select workloads, and the name of the check that there are some."""


@check("object-once", "Objects of one kind have different names in a namespace")
def once(graph: Graph) -> Found:
    """The second one would take the place of the first."""
    seen: dict[tuple[str, str, str], PlannedObject] = {}
    for one in graph.objects:
        first = seen.setdefault((one.kind, one.namespace, one.name), one)
        if first is not one:
            asked = f", as {first.source} asks for" if first.source else ""
            yield one, "", f"is there already{asked}", "use another name"


@check("object-name-valid", "Names of objects are names that Kubernetes takes")
def name_valid(graph: Graph) -> Found:
    """The API server refuses the object.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names.
    """
    for one in graph.objects:
        if len(one.name) > _LONGEST_NAME or not _NAME.fullmatch(one.name):
            problem = f"has no name that Kubernetes takes, got {one.name!r} ({len(one.name)} characters)"
            yield one, "", problem, f"use lower-case letters, digits, '-' and '.', at most {_LONGEST_NAME}"


@check("object-namespace-in-mesh", "Objects lie in namespaces of the mesh", like="IST0102")
def namespaces(graph: Graph) -> Found:
    """Where no pod has a proxy, nothing holds."""
    known = graph.around.namespaces
    for one in graph.objects:
        if one.namespace not in known:
            problem = f"lies in a namespace that is not in the mesh, got {one.namespace!r}"
            yield one, "", problem, near(one.namespace, known) or "add it to 'namespaces'"


def _selects(kind: Kind, name: str) -> None:
    @check(name, f"{kind.value}: labels that select workloads are those of some", like="IST0127")
    def selects(graph: Graph) -> Found:
        """What the object says holds for nobody."""
        for one in graph.of(kind):
            selector = selector_of(one)
            if selector and not graph.selected(one):
                where = "the mesh" if one.namespace == graph.around.root else f"namespace {one.namespace!r}"
                labels = ", ".join(f"{key}={value}" for key, value in selector.items())
                yield one, "", f"selects no workload of {where}, got {labels}", "use the labels of a service's pods"


for _kind, _name in _SELECTING.items():
    _selects(_kind, _name)


def _alone(kind: Kind, name: str, like: str) -> None:
    @check(name, f"{kind.value}: one selects a workload, and one is for the rest of a namespace", like=like)
    def alone(graph: Graph) -> Found:
        """Which of two counts is not defined, or is the older one, whatever the other says."""
        seen: dict[tuple[str, frozenset[tuple[str, str]]], PlannedObject] = {}
        for one in graph.of(kind):
            key = (one.namespace, frozenset((str(key), str(value)) for key, value in selector_of(one).items()))
            first = seen.setdefault(key, one)
            if first is not one:
                problem = f"is for the same workloads as {first.shown}, of which one alone counts"
                yield one, "", problem, "make one of the two"


_alone(Kind.PEER_AUTHENTICATION, "mtls-once", "")
_alone(Kind.SIDECAR, "sidecar-once", "IST0110, IST0111")
_alone(Kind.TELEMETRY, "telemetry-once", "IST0159, IST0160")
