"""What is installed by a chart, and where its pods run. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.components.cluster.refs import ClusterReference
from platform_lib.components.mesh.profiles import Replicas
from platform_lib.core.errors import Finding, near

ZONE = "topology.kubernetes.io/zone"

SECCOMP: Mapping[str, Any] = {"type": "RuntimeDefault"}
"""What namespaces with restricted pods ask for (https://kubernetes.io/docs/concepts/security/pod-security-standards/)."""

RESTRICTED: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": SECCOMP,
}
"""A container's security context that such namespaces take."""

_EFFECTS = {"no-schedule": "NoSchedule", "prefer-no-schedule": "PreferNoSchedule", "no-execute": "NoExecute"}
"""Effects of taints as a cluster's reference tells them, and as Kubernetes writes them."""


@dataclass(frozen=True)
class ReleasePlan:
    """A chart that is installed.

    Attributes:
        id: logical name without the component's.
        name: of the release, a contract: charts make names of it.
        values: plain data; what a chart has as its default and nobody changes is left out.
        after: ids of what it follows.
        stateful: it holds an address that others rely on, or what all other objects are made of.
        replicas: pods that it runs at first, for the cost.
        requests: what each of them asks for, as Kubernetes writes it (``cpu``, ``memory``).
    """

    id: str
    name: str
    namespace: str
    chart: str
    version: str
    repository: str
    values: Mapping[str, Any]
    after: tuple[str, ...] = ()
    stateful: bool = False
    replicas: int = 0
    requests: Mapping[str, str] | None = None


def placed(cluster: ClusterReference, group: str | None, path: str) -> tuple[Mapping[str, Any], list[Finding]]:
    """Values by which the pods of a chart run on a group of nodes, and what is wrong with that.

    Args:
        cluster: whose nodes they are.
        group: the group's name; None for any without taints.
        path: the argument that names it.
    """
    names = [found.name for found in cluster.node_groups]
    if group is None:
        if all(_keeps_away(found.taints) for found in cluster.node_groups):
            problem = "is left out, but every group of nodes has taints that keep pods away"
            return {}, [Finding(path, problem, f"name one of {', '.join(names) or 'them'}")]
        return {}, []
    found = cluster.group(group)
    if found is None:
        remedy = near(group, names) or f"the cluster has {', '.join(names) or 'none'}"
        return {}, [Finding(path, f"is no group of the cluster's nodes, got {group!r}", remedy)]
    tolerations = [
        {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": _EFFECTS[taint.effect]}
        for taint in found.taints
    ]
    values: dict[str, Any] = {"nodeSelector": {"purpose": found.labels.get("purpose", group)}}
    return {**values, "tolerations": tolerations} if tolerations else values, []


def _keeps_away(taints: Sequence[Any]) -> bool:
    return any(taint.effect != "prefer-no-schedule" for taint in taints)


def spread(labels: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The constraint that spreads pods over zones, as far as there are any."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": ZONE,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
    ]


def counted(minimum: int | None, maximum: int | None, standard: Replicas, path: str) -> tuple[Replicas, list[Finding]]:
    """How many pods there are, and what is wrong with what was asked.

    Args:
        minimum: asked for.
        maximum: asked for.
        standard: the profile's.
        path: of the arguments.
    """
    least = minimum or min(standard.minimum, maximum or standard.minimum)
    most = maximum or max(standard.maximum, least)
    if most < least:
        problem = f"must be at least minimum_replicas, {least}, got {most}"
        return Replicas(least, least), [Finding(f"{path}.maximum_replicas", problem)]
    return Replicas(least, most), []
