"""The namespaces of the mesh itself: restricted pods, and no traffic but what is named. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.names import CLUSTER_DOMAIN, SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning.gateways import HTTPS_PORT, STATUS_PORT
from platform_lib.components.mesh.planning.model import GatewayPlan
from platform_lib.components.mesh.planning.telemetry import JAEGER, KIALI, OTLP_PORT

POD_SECURITY: Mapping[str, str] = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "latest",
}

ISTIOD_PORTS = (15012, 15014, 15017)
"""Configuration over TLS, metrics and webhooks; the port without TLS, 15010, stays shut
(https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio)."""

PROXY_PORTS = (STATUS_PORT, 15020, 15090)
"""Health and metrics of a proxy (same page)."""

API_PORTS = (443, 6443)
"""The API of the cluster, and the keys of token issuers."""

KIALI_PORTS = (20001, 9090)
"""https://kiali.io/docs/configuration/kialis.kiali.io/ (``server.port`` and ``server.observability.metrics.port``)."""

JAEGER_PORTS = (OTLP_PORT, 4318, 16685, 16686)
"""https://www.jaegertracing.io/docs/latest/architecture/apis/."""

ANYWHERE_IN_THE_CLUSTER: Mapping[str, Any] = {"to": [{"namespaceSelector": {}}]}


@dataclass(frozen=True)
class NetworkPolicyPlan:
    """A network policy: its logical name without the component's, and its spec."""

    id: str
    name: str
    namespace: str
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class NamespacePlan:
    """A namespace that the component makes, with its network policies."""

    name: str
    labels: Mapping[str, str]
    policies: tuple[NetworkPolicyPlan, ...]

    @property
    def id(self) -> str:
        """Its logical name without the component's."""
        return f"namespace-{self.name}"


def plan_namespaces(args: MeshArgs, gateways: Sequence[GatewayPlan]) -> tuple[NamespacePlan, ...]:
    """The namespaces that the mesh needs and nobody else brings.

    Args:
        args: of the mesh.
        gateways: that are planned.
    """
    made = []
    authority = args.certificate_authority
    if not authority.existing_secret or authority.existing_namespace is False:
        made.append(_namespace(SYSTEM_NAMESPACE, _of_the_control_plane(args)))
    outside = _outside(args)
    for namespace in dict.fromkeys(gateway.namespace for gateway in gateways):
        own = [gateway for gateway in gateways if gateway.namespace == namespace]
        made.append(_namespace(namespace, [_of_a_gateway(gateway, outside) for gateway in own]))
    return tuple(made)


def _outside(args: MeshArgs) -> list[int]:
    """Ports of services outside that a gateway may have to call: those that routes lead to, and the collector's."""
    found = set()
    for service in args.external_services or ():
        secured = {HTTPS_PORT} if service.tls_origination_enabled else set()
        found |= secured | {number for port in service.ports for number in (port.number, port.target_port) if number}
    collector = args.telemetry.collector if args.telemetry is not None else None
    if collector is not None and not collector.host.endswith(f".svc.{CLUSTER_DOMAIN}"):
        found.add(collector.port or OTLP_PORT)
    return sorted(found)


def _namespace(name: str, policies: Sequence[NetworkPolicyPlan]) -> NamespacePlan:
    closed = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    names = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [_egress(53, 53, protocols=("UDP", "TCP"))]}
    return NamespacePlan(
        name,
        POD_SECURITY,
        (
            NetworkPolicyPlan(f"deny-{name}", "default-deny", name, closed),
            NetworkPolicyPlan(f"names-{name}", "look-up-names", name, names),
            *policies,
        ),
    )


def _of_the_control_plane(args: MeshArgs) -> list[NetworkPolicyPlan]:
    policies = [_policy("control-plane", {"app": "istiod"}, ISTIOD_PORTS, [_egress(*API_PORTS)])]
    if args.telemetry is not None and args.telemetry.kiali_enabled:
        egress = [ANYWHERE_IN_THE_CLUSTER, _egress(*API_PORTS)]
        policies.append(_policy(KIALI, {"app.kubernetes.io/name": KIALI}, KIALI_PORTS, egress))
    if args.telemetry is not None and args.telemetry.jaeger_enabled:
        policies.append(_policy(JAEGER, {"app.kubernetes.io/name": JAEGER}, JAEGER_PORTS, []))
    return policies


def _of_a_gateway(gateway: GatewayPlan, outside: Sequence[int]) -> NetworkPolicyPlan:
    called = outside if gateway.is_ingress else list(dict.fromkeys([*gateway.ports, *outside]))
    egress = [ANYWHERE_IN_THE_CLUSTER, *([_egress(*called)] if called else [])]
    ports = [*gateway.ports, *PROXY_PORTS]
    return _policy(gateway.name, gateway.labels, ports, egress, role="gateway-traffic", namespace=gateway.namespace)


def _policy(
    key: str,
    labels: Mapping[str, str],
    ports: Sequence[int],
    egress: Sequence[Mapping[str, Any]],
    *,
    role: str = "traffic",
    namespace: str = SYSTEM_NAMESPACE,
) -> NetworkPolicyPlan:
    spec = {
        "podSelector": {"matchLabels": dict(labels)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": port} for port in ports]}],
        **({"egress": list(egress)} if egress else {}),
    }
    return NetworkPolicyPlan(f"{role}-{key}", key, namespace, spec)


def _egress(*ports: int, protocols: Sequence[str] = ()) -> Mapping[str, Any]:
    pairs = zip(protocols or ["TCP"] * len(ports), ports, strict=True)
    return {"ports": [{"protocol": protocol, "port": port} for protocol, port in pairs]}
