"""What the mesh tells about itself: one Telemetry object for all of it, and the tools that show it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.control_plane import ControlPlaneArgs
from platform_lib.components.mesh.arguments.telemetry import MeshTelemetryArgs
from platform_lib.components.mesh.names import SYSTEM_NAMESPACE, TRACES_PROVIDER
from platform_lib.components.mesh.planning.control_plane import CRDS
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.release import RESTRICTED, ReleasePlan, placed
from platform_lib.components.mesh.profiles import Profile
from platform_lib.components.mesh.versions import JAEGER_CHARTS, JAEGER_VERSION, KIALI_CHARTS, KIALI_VERSION
from platform_lib.core.errors import Finding

KIALI = "kiali"
JAEGER = "jaeger"
OTLP_PORT = 4317
"""OpenTelemetry over gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-default-port)."""

JAEGER_QUERY_PORT = 16685
JAEGER_HOST = f"{JAEGER}.{SYSTEM_NAMESPACE}.svc.cluster.local"


@dataclass(frozen=True)
class PlannedTelemetry:
    """What the mesh tells about itself.

    Attributes:
        providers: collectors, for the configuration of the mesh.
        traced_percent: share of requests that is traced; 0 where traces go nowhere.
    """

    providers: tuple[Mapping[str, Any], ...]
    traced_percent: float
    releases: tuple[ReleasePlan, ...]
    objects: tuple[PlannedObject, ...]


def plan_telemetry(args: MeshArgs, profile: Profile) -> tuple[PlannedTelemetry, list[Finding]]:
    """Telemetry, and what is wrong with its arguments.

    Args:
        args: of the mesh.
        profile: how much of everything there is.
    """
    asked = args.telemetry or MeshTelemetryArgs()
    providers = _providers(asked)
    percent = 0.0
    if providers:
        percent = float(profile.tracing_percent if asked.tracing_percent is None else asked.tracing_percent)
    node_group = (args.control_plane or ControlPlaneArgs()).node_group
    placement, _ = placed(args.cluster, node_group, "")  # what is wrong is said of the control plane
    releases = []
    if asked.jaeger_enabled:
        releases.append(_jaeger(placement))
    if asked.kiali_enabled:
        releases.append(_kiali(asked, placement))
    planned = PlannedTelemetry(providers, percent, tuple(releases), (_object(asked, percent),))
    return planned, _check(asked, profile)


def _providers(asked: MeshTelemetryArgs) -> tuple[Mapping[str, Any], ...]:
    if asked.collector is not None:
        host, port = asked.collector.host, asked.collector.port or OTLP_PORT
    elif asked.jaeger_enabled:
        host, port = JAEGER_HOST, OTLP_PORT
    else:
        return ()
    return ({"name": TRACES_PROVIDER, "opentelemetry": {"service": host, "port": port}},)


def _check(asked: MeshTelemetryArgs, profile: Profile) -> list[Finding]:
    findings = []
    if asked.tracing_percent is not None and not _providers(asked):
        problem = f"is given, but traces go nowhere, got {asked.tracing_percent:g}"
        findings.append(Finding("telemetry.tracing_percent", problem, "give telemetry.collector, or leave it out"))
    if asked.jaeger_enabled and not profile.in_memory_jaeger:
        problem = "keeps all traces in memory, which the profile does not allow, got true"
        findings.append(Finding("telemetry.jaeger_enabled", problem, "give telemetry.collector of a store of yours"))
    if asked.access_log_filter is not None and asked.access_logs_enabled is False:
        problem = "is given, but access logs are off"
        findings.append(Finding("telemetry.access_log_filter", problem, "leave it out"))
    if asked.kiali_enabled and asked.prometheus_url is None:
        problem = "is required with Kiali, which reads its metrics there"
        findings.append(Finding("telemetry.prometheus_url", problem, "write it as 'http://prometheus.monitoring:9090'"))
    if asked.kiali_enabled and asked.metrics_enabled is False:
        problem = "shows nothing without metrics, which are off, got true"
        findings.append(Finding("telemetry.kiali_enabled", problem, "leave telemetry.metrics_enabled out"))
    if not asked.kiali_enabled and asked.prometheus_url is not None:
        problem = "is read by Kiali only, which is not installed"
        findings.append(Finding("telemetry.prometheus_url", problem, "set telemetry.kiali_enabled, or leave it out"))
    return findings


def _object(asked: MeshTelemetryArgs, percent: float) -> PlannedObject:
    """The one object for the whole mesh: of several in the root namespace only the oldest would count.

    Source: https://istio.io/latest/docs/reference/config/telemetry/. The providers ``prometheus`` and ``envoy`` are
    Istio's own (https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/).
    """
    metrics: dict[str, Any] = {"providers": [{"name": "prometheus"}]}
    if asked.metrics_enabled is False:
        metrics["overrides"] = [{"disabled": True}]
    logs: dict[str, Any] = {"providers": [{"name": "envoy"}]}
    if asked.access_logs_enabled is False:
        logs["disabled"] = True
    elif asked.access_log_filter is not None:
        logs["filter"] = {"expression": asked.access_log_filter}
    tracing: dict[str, Any] = {"disableSpanReporting": True}
    if _providers(asked):
        tracing = {"providers": [{"name": TRACES_PROVIDER}], "randomSamplingPercentage": percent}
    return PlannedObject(
        role="telemetry",
        key="",
        kind="Telemetry",
        namespace=SYSTEM_NAMESPACE,
        name="mesh-default",
        spec={"metrics": [metrics], "tracing": [tracing], "accessLogging": [logs]},
        source="telemetry",
    )


def _jaeger(placement: Mapping[str, Any]) -> ReleasePlan:
    resources = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    return ReleasePlan(
        id=JAEGER,
        name=JAEGER,
        namespace=SYSTEM_NAMESPACE,
        chart="jaeger",
        version=JAEGER_VERSION,
        repository=JAEGER_CHARTS,
        values={
            "fullnameOverride": JAEGER,
            "jaeger": {
                "securityContext": RESTRICTED,
                "serviceAccount": {"automountServiceAccountToken": False},
                "resources": resources,
                **placement,
            },
        },
        after=(CRDS,),
        replicas=1,
        requests=resources["requests"],
    )


def _kiali(asked: MeshTelemetryArgs, placement: Mapping[str, Any]) -> ReleasePlan:
    """Kiali shows and changes nothing, and answers to holders of a token of Kubernetes only.

    Sources: https://kiali.io/docs/configuration/authentication/token/,
    https://kiali.io/docs/configuration/p8s-jaeger-grafana/ and https://kiali.io/docs/configuration/rbac/.
    """
    tracing: dict[str, Any] = {"enabled": False}
    if asked.jaeger_enabled:
        address = f"http://{JAEGER}.{SYSTEM_NAMESPACE}:{JAEGER_QUERY_PORT}"
        tracing = {"enabled": True, "provider": "jaeger", "internal_url": address, "use_grpc": True}
    resources = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    named = {"nodeSelector": "node_selector", "tolerations": "tolerations"}
    return ReleasePlan(
        id=KIALI,
        name=KIALI,
        namespace=SYSTEM_NAMESPACE,
        chart="kiali-server",
        version=KIALI_VERSION,
        repository=KIALI_CHARTS,
        values={
            "istio_namespace": SYSTEM_NAMESPACE,
            "auth": {"strategy": "token"},
            "deployment": {
                "instance_name": KIALI,
                "view_only_mode": True,
                "resources": resources,
                **{named[key]: value for key, value in placement.items()},
            },
            "external_services": {"prometheus": {"url": asked.prometheus_url or ""}, "tracing": tracing},
        },
        after=(CRDS,),
        replicas=1,
        requests=resources["requests"],
    )
