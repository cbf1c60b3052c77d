"""Routes: requests for hosts, most often through a gateway, and where they go. Pure.

A request that came through a gateway is not looked at by the routes of the service that it goes to: what a service
says of its subsets, time and retries would not hold for it
(https://istio.io/latest/docs/ops/common-problems/network-issues/#route-rules-have-no-effect-on-ingress-gateway-requests).
So a route repeats it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from platform_lib.components.mesh.arguments.routes import DestinationArgs, RouteArgs, RouteMatchArgs, RouteRuleArgs
from platform_lib.components.mesh.arguments.services import MeshServiceArgs
from platform_lib.components.mesh.checks.model import found
from platform_lib.components.mesh.hosts import host_of
from platform_lib.components.mesh.kind import GatewayProtocol, MeshObjectKind
from platform_lib.components.mesh.ownership import ROUTE, ignored
from platform_lib.components.mesh.planning import policies
from platform_lib.components.mesh.planning.book import Book
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.services import HTTP, ServicePlan, routed
from platform_lib.core.errors import Finding, near


class RoutePlanner:
    """Makes objects of routes; ``findings`` gathers what is wrong with their arguments."""

    def __init__(
        self, asked: Sequence[MeshServiceArgs], services: Sequence[ServicePlan], gateways: Sequence[GatewayPlan]
    ) -> None:
        self._book = Book(asked)
        self._services = {(service.namespace, service.name): service for service in services}
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self.findings: list[Finding] = []

    def plan(self, route: RouteArgs, source: str) -> PlannedObject:
        """The object of a route."""
        gateways = look_up_gateways(route.gateways or (), self._gateways, f"{source}.gateways", self.findings)
        rules = list(enumerate(route.rules))
        led_to = [
            (self._service(one, route.namespace), f"{source}.rules[{index}].destinations[{position}]")
            for index, rule in rules
            for position, one in enumerate(rule.destinations)
        ]
        if _passes_through(gateways):
            body: dict[str, Any] = {"tls": [self._tls(route, rule, f"{source}.rules[{at}]") for at, rule in rules]}
        else:
            body = {"http": [one for at, rule in rules for one in self._http(route, rule, f"{source}.rules[{at}]")]}
            self._check_protocols(led_to)
        spec: dict[str, Any] = {"hosts": list(route.hosts), **body}
        if route.gateways is not None:
            spec["gateways"] = [gateway.reference for gateway in gateways]
        return PlannedObject(
            role="route",
            key=route.name,
            kind=MeshObjectKind.VIRTUAL_SERVICE,
            namespace=route.namespace,
            name=route.name,
            spec=spec,
            ignored=ignored(ROUTE) if any(service is not None and service.moved for service, _ in led_to) else (),
            source=source,
        )

    def _service(self, destination: DestinationArgs, namespace: str) -> ServicePlan | None:
        asked = self._book.find(destination.service, namespace)
        return None if asked is None else self._services[asked.namespace, asked.name]

    def _check_protocols(self, led_to: Sequence[tuple[ServicePlan | None, str]]) -> None:
        for service, path in led_to:
            if service is not None and not service.is_http:
                protocols = ", ".join(sorted({port.protocol for port in service.ports}))
                problem = f"has no port that speaks HTTP, as this route does, got {protocols}"
                self.findings.append(Finding(f"{path}.service", problem, "lead to it through a gateway of 'tls'"))

    def _http(self, route: RouteArgs, rule: RouteRuleArgs, path: str) -> list[dict[str, Any]]:
        """A rule, and before it those that a header leads to a subset of the service."""
        first = self._service(rule.destinations[0], route.namespace)
        matches = [self._match(one, f"{path}.matches[{at}]") for at, one in enumerate(rule.matches or ())]
        shares = self._destinations(route, rule, path)
        carried: dict[str, Any] = {} if rule.rewritten_path is None else {"rewrite": {"uri": rule.rewritten_path}}
        carried |= self._carried(rule, first, path)
        main = {**({"match": matches} if matches else {}), "route": routed(shares), **carried}
        alone = len(rule.destinations) == 1 and rule.destinations[0].subset is None
        if first is None or not alone:
            return [main]
        target = shares[0][0]
        asked = {header for match in matches for header in match.get("headers", {})}
        previews = [
            {
                "match": [_led_by(match, first.header, subset) for match in matches or [{}]],
                "route": routed([({**target, "subset": subset}, 100)]),
                **carried,
            }
            for subset in first.previewed
            if first.header not in asked
        ]
        return [*previews, {**main, **first.copies(target["port"]["number"])}]

    def _carried(self, rule: RouteRuleArgs, first: ServicePlan | None, path: str) -> dict[str, Any]:
        """Time, retries and faults: those of the rule, else those of the service."""
        usual = policies.DEFAULT_TIMEOUT_SECONDS if first is None else first.timeout_seconds
        retries = policies.retries(rule.retries) if first is None or rule.retries is not None else dict(first.retries)
        injected = policies.fault(rule.fault) if first is None or rule.fault is not None else first.fault
        if rule.fault is not None and injected is None:
            remedy = "give 'delay_seconds' or 'abort_status'"
            self.findings.append(Finding(f"{path}.fault", "injects nothing", remedy))
        spec = {"timeout": policies.duration(rule.timeout_seconds or usual), "retries": retries}
        return {**spec, "fault": injected} if injected else spec

    def _match(self, match: RouteMatchArgs, path: str) -> dict[str, Any]:
        if match.path is not None and match.path_prefix is not None:
            self.findings.append(Finding(f"{path}.path", "is given beside 'path_prefix'", "leave one of them out"))
        spec: dict[str, Any] = {}
        if match.path is not None:
            spec["uri"] = {"exact": match.path}
        elif match.path_prefix is not None:
            spec["uri"] = {"prefix": match.path_prefix}
        if match.method is not None:
            spec["method"] = {"exact": match.method}
        if match.headers:
            spec["headers"] = {name: {"exact": value} for name, value in match.headers.items()}
        if not spec:
            self.findings.append(Finding(path, "says nothing of a request", "leave 'matches' out for all requests"))
        return spec

    def _tls(self, route: RouteArgs, rule: RouteRuleArgs, path: str) -> dict[str, Any]:
        for field in ("matches", "rewritten_path", "timeout_seconds", "retries", "fault"):
            if getattr(rule, field) is not None:
                problem = "needs a gateway that ends TLS, got one that lets it pass through"
                self.findings.append(Finding(f"{path}.{field}", problem, "leave it out"))
        return {"match": [{"sniHosts": list(route.hosts)}], "route": routed(self._destinations(route, rule, path))}

    def _destinations(self, route: RouteArgs, rule: RouteRuleArgs, path: str) -> list[tuple[dict[str, Any], int]]:
        several = len(rule.destinations) > 1
        shares: list[tuple[dict[str, Any], int]] = []
        for index, destination in enumerate(rule.destinations):
            weight = 100 if destination.weight is None else destination.weight
            service = self._service(destination, route.namespace)
            spec = self._destination(destination, service, f"{path}.destinations[{index}]")
            if service is None or destination.subset is not None or not service.shares:
                shares.append((spec, weight))
            elif several and len(service.shares) > 1:
                problem = f"shares requests out between its subsets itself, got {destination.service!r}"
                remedy = "name one of its subsets here"
                self.findings.append(Finding(f"{path}.destinations[{index}].subset", problem, remedy))
            else:
                own = [({**spec, "subset": subset}, share) for subset, share in service.shares]
                shares += own if not several else [(own[0][0], weight)]
        return shares

    def _destination(self, asked: DestinationArgs, service: ServicePlan | None, path: str) -> dict[str, Any]:
        spec: dict[str, Any] = {"host": _host(asked.service) if service is None else service.host}
        if asked.subset is not None:
            spec["subset"] = asked.subset
        port = asked.port
        if port is None and service is not None:
            speaking = [one.number for one in service.ports if one.protocol in HTTP] or [
                one.number for one in service.ports
            ]
            if len(speaking) > 1:
                choice = ", ".join(map(str, speaking))
                self.findings.append(
                    found("route-port-chosen", f"{path}.port", "is required", f"the service has {choice}")
                )
            port = speaking[0]
        if port is not None:
            spec["port"] = {"number": port}
        return spec


def look_up_gateways(
    names: Sequence[str], known: Mapping[str, GatewayPlan], path: str, findings: list[Finding]
) -> list[GatewayPlan]:
    """The gateways of some names, and a finding for each name that none has."""
    gateways = [look_up_gateway(name, known, f"{path}[{at}]", findings) for at, name in enumerate(names)]
    return [gateway for gateway in gateways if gateway is not None]


def look_up_gateway(
    name: str, known: Mapping[str, GatewayPlan], path: str, findings: list[Finding]
) -> GatewayPlan | None:
    """The gateway of a name, or None and a finding."""
    if name not in known:
        remedy = near(name, known) or "add it to 'gateways'"
        findings.append(found("gateway-known", path, f"is no gateway of the mesh, got {name!r}", remedy))
    return known.get(name)


def _led_by(match: Mapping[str, Any], header: str, subset: str) -> dict[str, Any]:
    return {**match, "headers": {**match.get("headers", {}), header: {"exact": subset}}}


def _host(text: str) -> str:
    """The host of a service that is none of the mesh, as it would be called."""
    namespace, slash, name = text.partition("/")
    return host_of(namespace, name) if slash else text


def _passes_through(gateways: Sequence[GatewayPlan]) -> bool:
    """Whether all ports of the gateways let TLS pass through, so that no request can be looked at."""
    protocols = {protocol.lower() for gateway in gateways for protocol in gateway.ports.values()}
    return protocols == {GatewayProtocol.TLS.value}
