"""Services outside the mesh: who may call them, with which limits, and through which gateway. Pure.

Source: https://istio.io/latest/docs/reference/config/networking/service-entry/ and
https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from platform_lib.components.mesh.arguments.services import ExternalServiceArgs, ServicePortArgs
from platform_lib.components.mesh.hosts import MESH, host_of
from platform_lib.components.mesh.kind import GatewayProtocol, MeshObjectKind, ServiceProtocol
from platform_lib.components.mesh.names import SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning import policies
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.routes import look_up_gateway
from platform_lib.components.mesh.planning.services import HTTP
from platform_lib.core.errors import Finding

TLS = frozenset({ServiceProtocol.TLS, ServiceProtocol.HTTPS})
_DEFAULT_TLS_PORT = 443
_LONGEST_LABEL = 63


class ExternalPlanner:
    """Makes objects of services outside; ``findings`` gathers what is wrong with their arguments."""

    def __init__(self, gateways: Sequence[GatewayPlan]) -> None:
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self.findings: list[Finding] = []

    def plan(self, asked: ExternalServiceArgs, source: str) -> list[PlannedObject]:
        """The objects of a service: its entry, its limits, and its way through a gateway."""
        self._check(asked, source)
        gateway = self._gateway(asked, source)
        exported = self._exported(asked, gateway)
        entry = {**_entry(asked), **exported}
        planned = [_planned(asked, "external", "", MeshObjectKind.SERVICE_ENTRY, source, entry)]
        for host in asked.hosts:
            limits = {"host": host, "trafficPolicy": _limits(asked, host), **exported}
            planned.append(_planned(asked, "external-limits", host, MeshObjectKind.DESTINATION_RULE, source, limits))
            if gateway is not None and not host.startswith("*"):
                planned += self._way_out(asked, host, gateway, source, exported)
        return planned

    def _gateway(self, asked: ExternalServiceArgs, source: str) -> GatewayPlan | None:
        if asked.egress_gateway is None:
            return None
        path = f"{source}.egress_gateway"
        known = {name: gateway for name, gateway in self._gateways.items() if not gateway.is_ingress}
        if asked.egress_gateway in self._gateways and asked.egress_gateway not in known:
            problem = f"is a way in, got {asked.egress_gateway!r}"
            self.findings.append(Finding(path, problem, "name a gateway with direction 'egress'"))
            return None
        return look_up_gateway(asked.egress_gateway, known, path, self.findings)

    def _exported(self, asked: ExternalServiceArgs, gateway: GatewayPlan | None) -> dict[str, Any]:
        if asked.namespaces is None:
            return {}
        also = [gateway.namespace] if gateway is not None else []
        return {"exportTo": list(dict.fromkeys([*asked.namespaces, *also]))}

    def _check(self, asked: ExternalServiceArgs, source: str) -> None:
        protocols = {_protocol(port) for port in asked.ports}
        open_hosts = [host for host in asked.hosts if host.startswith("*")]
        if open_hosts and ServiceProtocol.TCP in protocols:
            problem = f"names no one host, which a port that speaks tcp needs, got {open_hosts[0]!r}"
            self.findings.append(Finding(f"{source}.hosts", problem, "name the hosts"))
        if ServiceProtocol.TCP in protocols and len(asked.hosts) > 1:
            problem = f"cannot be told apart on a port that speaks tcp, got {len(asked.hosts)}"
            self.findings.append(Finding(f"{source}.hosts", problem, "describe one external service for each"))
        if asked.tls_origination_enabled and ServiceProtocol.HTTP not in protocols:
            problem = f"needs a port that speaks http, got {', '.join(sorted(protocols))}"
            self.findings.append(Finding(f"{source}.tls_origination_enabled", problem, "leave it out"))
        for field, is_asked in (("tls_origination_enabled", asked.tls_origination_enabled), ("egress_gateway", True)):
            if open_hosts and is_asked and getattr(asked, field) is not None:
                problem = f"needs hosts that are named, got {open_hosts[0]!r}"
                self.findings.append(Finding(f"{source}.{field}", problem, "name the hosts, or leave it out"))
        if asked.egress_gateway is not None and ServiceProtocol.TCP in protocols:
            problem = "needs ports whose hosts can be told apart, got tcp"
            self.findings.append(Finding(f"{source}.egress_gateway", problem, "leave it out"))

    def _way_out(
        self, asked: ExternalServiceArgs, host: str, gateway: GatewayPlan, source: str, exported: Mapping[str, Any]
    ) -> list[PlannedObject]:
        """Two legs: from a workload to the gateway, and from the gateway to the outside.

        Plain HTTP goes to the gateway in mutual TLS with the host as its server name, by which the gateway knows it.
        Proxies do that for other sidecars by themselves, but not for gateways.
        """
        spec: dict[str, Any] = {"hosts": [host], "gateways": [MESH, gateway.reference]}
        subset = _label(host)
        wrapped: list[int] = []
        for index, port in enumerate(asked.ports):
            passes = _protocol(port) in TLS
            wanted = GatewayProtocol.TLS if passes else GatewayProtocol.HTTP
            taken = next((number for number, speaks in gateway.ports.items() if speaks == wanted), None)
            if taken is None:
                problem = f"needs a port of gateway {gateway.name!r} that speaks {wanted.value}, got none"
                self.findings.append(Finding(f"{source}.ports[{index}]", problem, "add one to its servers"))
                continue
            wrapped += [] if passes else [taken]
            names = {"sniHosts": [host]} if passes else {}
            chosen = {} if passes else {"subset": subset}
            inner = {"host": host_of(gateway.namespace, gateway.proxies), **chosen, "port": {"number": taken}}
            legs = [
                (MESH, port.number, inner),
                (gateway.reference, taken, {"host": host, "port": {"number": port.number}}),
            ]
            spec.setdefault("tls" if passes else "http", []).extend(
                {"match": [{"gateways": [at], "port": number, **names}], "route": [{"destination": target}]}
                for at, number, target in legs
            )
        way = _planned(asked, "egress", host, MeshObjectKind.VIRTUAL_SERVICE, source, {**spec, **exported})
        if not wrapped:
            return [way]
        tls = {"mode": "ISTIO_MUTUAL", "sni": host}
        settings = [{"port": {"number": port}, "tls": tls} for port in dict.fromkeys(wrapped)]
        rule = {
            "host": host_of(gateway.namespace, gateway.proxies),
            "subsets": [{"name": subset, "trafficPolicy": {"portLevelSettings": settings}}],
        }
        return [_planned(asked, "egress-subset", host, MeshObjectKind.DESTINATION_RULE, source, rule), way]


def _planned(
    asked: ExternalServiceArgs, role: str, host: str, kind: MeshObjectKind, source: str, spec: Mapping[str, Any]
) -> PlannedObject:
    key = f"{asked.name}.{host.replace('*', 'all')}" if host else asked.name
    return PlannedObject(
        role=role,
        key=key,
        kind=kind,
        namespace=SYSTEM_NAMESPACE,
        name=key if role == "external" else f"{role}.{key}",
        spec=spec,
        source=source,
    )


def _label(host: str) -> str:
    """A host as the name of a subset, which has 63 characters at most (RFC 1123); a longer one ends in its digest."""
    text = host.replace(".", "-")
    if len(text) <= _LONGEST_LABEL:
        return text
    digest = hashlib.sha256(host.encode()).hexdigest()[:8]
    return f"{text[: _LONGEST_LABEL - 9].rstrip('-')}-{digest}"


def _protocol(port: ServicePortArgs) -> ServiceProtocol:
    return port.protocol or ServiceProtocol.HTTP


def _entry(asked: ExternalServiceArgs) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "hosts": list(asked.hosts),
        "location": "MESH_EXTERNAL",
        "ports": [_port(asked, port) for port in asked.ports],
    }
    if asked.addresses is not None:
        return {
            **spec,
            "addresses": list(asked.addresses),
            "resolution": "STATIC",
            "endpoints": [{"address": address} for address in asked.addresses],
        }
    return {**spec, "resolution": "NONE" if any(host.startswith("*") for host in asked.hosts) else "DNS"}


def _port(asked: ExternalServiceArgs, port: ServicePortArgs) -> dict[str, Any]:
    protocol = _protocol(port)
    spec: dict[str, Any] = {"number": port.number, "name": f"{protocol}-{port.number}", "protocol": protocol.upper()}
    target = _target(asked, port)
    return spec if target is None else {**spec, "targetPort": target}


def _target(asked: ExternalServiceArgs, port: ServicePortArgs) -> int | None:
    if port.target_port is not None:
        return port.target_port
    return _DEFAULT_TLS_PORT if _is_upgraded(asked, port) else None


def _is_upgraded(asked: ExternalServiceArgs, port: ServicePortArgs) -> bool:
    return bool(asked.tls_origination_enabled) and _protocol(port) is ServiceProtocol.HTTP


def _limits(asked: ExternalServiceArgs, host: str) -> Mapping[str, Any]:
    """Limits for a host. What a port says replaces all of the host's, so that it repeats them."""
    is_http = any(_protocol(port) in HTTP for port in asked.ports)
    limits: dict[str, Any] = {"connectionPool": policies.connection_pool(asked.connection_pool, http=is_http)}
    if not host.startswith("*"):  # proxies do not know the addresses of a host that they do not look up
        limits["outlierDetection"] = policies.outlier_detection(asked.outlier_detection)
    upgraded = [port.number for port in asked.ports if _is_upgraded(asked, port)]
    if not upgraded:
        return limits
    tls = {"mode": "SIMPLE", "sni": host, "subjectAltNames": [host]}
    return {**limits, "portLevelSettings": [{"port": {"number": port}, **limits, "tls": tls} for port in upgraded]}
