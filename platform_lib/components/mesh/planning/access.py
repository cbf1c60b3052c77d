"""Authorisation: nobody is let in, save by a rule; gateways let in requests for their hosts. Pure.

Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/ and
https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.access import AuthorizationArgs
from platform_lib.components.mesh.checks.model import found
from platform_lib.components.mesh.kind import GatewayProtocol, MeshObjectKind
from platform_lib.components.mesh.names import SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.services import HTTP, ServicePlan
from platform_lib.components.mesh.planning.targets import Targets
from platform_lib.core.errors import Finding, near


class AccessPlanner:
    """Makes the objects of who may call whom."""

    def __init__(self, args: MeshArgs, gateways: Sequence[GatewayPlan], targets: Targets) -> None:
        self._args = args
        self._gateways = gateways
        self._targets = targets
        self._issuers = {issuer.name: issuer.issuer for issuer in args.jwt or ()}

    def plan(self) -> list[PlannedObject]:
        """The rules that let callers in, and behind them the one that lets nobody in.

        In this order nobody who is let in by a rule is shut out while both are made.
        """
        rules = [
            planned
            for index, rule in enumerate(self._args.authorization or ())
            for planned in self._allow(rule, f"authorization[{index}]")
        ]
        ways = [planned for gateway in self._gateways for planned in self._way(gateway)]
        after = tuple(sorted(planned.id for planned in (*rules, *ways)))
        nobody = _policy("deny-all", "", SYSTEM_NAMESPACE, "deny-all", {}, "", after=after)
        return [*rules, *ways, nobody]

    def _allow(self, asked: AuthorizationArgs, path: str) -> list[PlannedObject]:
        service = self._targets.service(asked.service, f"{path}.service")
        sources = self._sources(asked, path)
        if service is None or not sources:
            return []
        to = self._operation(asked, service, path)
        rule = {"from": sources, **({"to": [{"operation": to}]} if to else {})}
        issuers = self._issuers_of(asked, path)
        if issuers:
            rule["when"] = [{"key": "request.auth.claims[iss]", "values": issuers}]
        spec = {"selector": {"matchLabels": dict(service.labels)}, "action": "ALLOW", "rules": [rule]}
        return [_policy("allow", asked.name, service.namespace, f"allow-{asked.name}", spec, path)]

    def _sources(self, asked: AuthorizationArgs, path: str) -> list[dict[str, Any]]:
        gateways = self._targets.of_gateways(asked.from_gateways or (), f"{path}.from_gateways")
        callers = [
            *(
                principal
                for index, text in enumerate(asked.from_services or ())
                for principal in self._targets.caller(text, f"{path}.from_services[{index}]")
            ),
            *(gateway.principal for gateway in gateways),
        ]
        if not (asked.from_services or asked.from_gateways or asked.from_namespaces):
            remedy = "name 'from_services', 'from_gateways' or 'from_namespaces'"
            self._targets.findings.append(Finding(path, "lets everybody in", remedy))
        sources = []
        if callers:
            sources.append({"source": {"principals": list(dict.fromkeys(callers))}})
        if asked.from_namespaces:
            sources.append({"source": {"namespaces": list(asked.from_namespaces)}})
        return sources

    def _operation(self, asked: AuthorizationArgs, service: ServicePlan, path: str) -> dict[str, Any]:
        """What may be called. Ports are those of the pods: there the rule is held."""
        target = {port.number: port for port in service.ports}
        chosen = asked.ports or list(target)
        for index, number in enumerate(asked.ports or ()):
            if number not in target:
                problem = f"is no port of {service.namespace}/{service.name}, got {number}"
                remedy = f"use one of {', '.join(map(str, target))}"
                self._targets.findings.append(Finding(f"{path}.ports[{index}]", problem, remedy))
        plain = [number for number in chosen if number in target and target[number].protocol not in HTTP]
        for field in ("methods", "paths"):
            if getattr(asked, field) is not None and plain:
                problem = f"needs ports that speak HTTP, got {', '.join(map(str, plain))}"
                self._targets.findings.append(Finding(f"{path}.{field}", problem, "name the ports in 'ports'"))
        return {
            **({"ports": [str(target[one].target) for one in asked.ports if one in target]} if asked.ports else {}),
            **({"methods": list(asked.methods)} if asked.methods else {}),
            **({"paths": list(asked.paths)} if asked.paths else {}),
        }

    def _issuers_of(self, asked: AuthorizationArgs, path: str) -> list[str]:
        for index, name in enumerate(asked.token_issuers or ()):
            if name not in self._issuers:
                problem = f"is no issuer of the mesh, got {name!r}"
                remedy = near(name, self._issuers) or "add it to 'jwt'"
                self._targets.findings.append(found("issuer-known", f"{path}.token_issuers[{index}]", problem, remedy))
        return [self._issuers[name] for name in asked.token_issuers or () if name in self._issuers]

    def _way(self, gateway: GatewayPlan) -> list[PlannedObject]:
        """What a gateway lets in: requests for its hosts; a way out only from the namespaces of the mesh.

        Whether there are routes for the hosts does not count: those of other stacks are not known here, and without one
        a gateway answers with 404.
        """
        passing = [port for port, protocol in gateway.ports.items() if protocol == GatewayProtocol.TLS]
        looked_into = [port for port, protocol in gateway.ports.items() if protocol != GatewayProtocol.TLS]
        rules: list[dict[str, Any]] = []
        members = [namespace.name for namespace in self._args.namespaces or ()]
        if looked_into and (gateway.is_ingress or members):
            operation = {"ports": list(map(str, looked_into)), "hosts": _any(gateway.hosts)}
            rule: dict[str, Any] = {"to": [{"operation": operation}]}
            if not gateway.is_ingress:
                rule["from"] = [{"source": {"namespaces": members}}]
            rules.append(rule)
        if passing:  # nothing is known of who calls but the server name that it asks for
            to = [{"operation": {"ports": list(map(str, passing))}}]
            rules.append({"to": to, "when": [{"key": "connection.sni", "values": list(gateway.hosts)}]})
        if not rules:
            return []
        spec = {"selector": {"matchLabels": gateway.labels}, "action": "ALLOW", "rules": rules}
        return [_policy("allow-gateway", gateway.name, gateway.namespace, f"allow-hosts-{gateway.name}", spec, "")]


def _any(hosts: Sequence[str]) -> list[str]:
    """The hosts with any port, since what a client sends as ``Host`` may have one.

    A pattern takes one ``*``, so that one with ``*.`` in front stays as it is
    (https://istio.io/latest/docs/ops/best-practices/security/#host-match-policies).
    """
    return [pattern for host in hosts for pattern in ([host] if host.startswith("*") else [host, f"{host}:*"])]


def _policy(
    role: str,
    key: str,
    namespace: str,
    name: str,
    spec: Mapping[str, Any],
    source: str,
    *,
    after: tuple[str, ...] = (),
) -> PlannedObject:
    return PlannedObject(
        role=role,
        key=key,
        kind=MeshObjectKind.AUTHORIZATION_POLICY,
        namespace=namespace,
        name=name,
        spec=spec,
        after=after,
        source=source,
    )
