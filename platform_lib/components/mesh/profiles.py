"""What a profile means: how much of everything there is. Data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from platform_lib.components.mesh.kind import MeshProfile, OutboundPolicy


@dataclass(frozen=True)
class Replicas:
    """How many pods there are: autoscaled between the two where they differ."""

    minimum: int
    maximum: int

    @property
    def autoscaled(self) -> bool:
        """Whether an autoscaler decides over their number."""
        return self.maximum > self.minimum


@dataclass(frozen=True)
class Profile:
    """How much of everything there is.

    Attributes:
        control_plane: replicas of istiod.
        gateway: replicas of each gateway's proxies.
        control_plane_resources: requests and limits of istiod.
        gateway_resources: of a gateway's proxy.
        sidecar_resources: of the proxy beside each pod.
        tracing_percent: share of requests that is traced.
        outbound_policy: where workloads may call to outside.
        in_memory_jaeger: whether Jaeger may be installed, which loses all traces when it restarts.
    """

    control_plane: Replicas
    gateway: Replicas
    control_plane_resources: Mapping[str, Any]
    gateway_resources: Mapping[str, Any]
    sidecar_resources: Mapping[str, Any]
    tracing_percent: float
    outbound_policy: OutboundPolicy
    in_memory_jaeger: bool


def _resources(cpu: str, memory: str, most_cpu: str, most_memory: str) -> Mapping[str, Any]:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": most_cpu, "memory": most_memory}}


PROFILES: Final[Mapping[MeshProfile, Profile]] = {
    MeshProfile.DEV: Profile(
        control_plane=Replicas(1, 1),
        gateway=Replicas(1, 1),
        control_plane_resources=_resources("100m", "256Mi", "1", "1Gi"),
        gateway_resources=_resources("50m", "64Mi", "1", "512Mi"),
        sidecar_resources=_resources("10m", "64Mi", "1", "512Mi"),
        tracing_percent=100,
        outbound_policy=OutboundPolicy.ALLOW_ANY,
        in_memory_jaeger=True,
    ),
    MeshProfile.PROD: Profile(
        control_plane=Replicas(2, 5),
        gateway=Replicas(3, 10),
        control_plane_resources=_resources("500m", "2Gi", "2", "4Gi"),
        gateway_resources=_resources("200m", "256Mi", "2", "1Gi"),
        sidecar_resources=_resources("100m", "128Mi", "2", "1Gi"),
        tracing_percent=1,
        outbound_policy=OutboundPolicy.REGISTRY_ONLY,
        in_memory_jaeger=False,
    ),
}
"""Requests of ``prod`` are those of Istio's own charts for istiod and sidecars (manifests/charts in
https://github.com/istio/istio); all else is a choice of this project: three proxies a gateway, so that each of three
zones can have one, and two of istiod, so that a disruption budget of one lets a node be drained."""
