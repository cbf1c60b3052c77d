"""Services: how each is called, how its subsets share requests out. Pure.

Each subset is a DestinationRule of its own beside the one with the limits of the service: Istio merges all rules of a
host, given that each subset stands in one of them and one alone has limits at the top
(https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services). The route follows all of
them. So a new subset is there before a route uses it, and an old one goes only when no route uses it any more, which
the same page asks for: a route whose subset is missing answers with 503.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.components.mesh.arguments.services import MeshServiceArgs, ServicePortArgs, SubsetArgs
from platform_lib.components.mesh.hosts import host_of
from platform_lib.components.mesh.kind import MeshObjectKind, ServiceProtocol
from platform_lib.components.mesh.ownership import ROUTE, ignored
from platform_lib.components.mesh.planning import policies
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.errors import Finding

PREVIEW_HEADER = "x-preview"
HTTP = frozenset({ServiceProtocol.HTTP, ServiceProtocol.HTTP2, ServiceProtocol.GRPC})
"""Protocols whose requests can be told apart: they can be timed out, tried again, mirrored and failed."""

_TCP = frozenset({ServiceProtocol.TCP})


@dataclass(frozen=True)
class PortPlan:
    """A port of a service: its number, what it speaks, and the port of the pods behind it."""

    number: int
    protocol: ServiceProtocol
    target: int


@dataclass(frozen=True)
class ServicePlan:
    """A service with everything filled in.

    Attributes:
        namespace: that it lies in.
        name: its name.
        labels: of its pods.
        account: service account of its pods.
        ports: its ports.
        subsets: names of its subsets with all labels of their pods.
        shares: subset and share of the requests in percent, in the order of the arguments; empty for all pods alike.
        moved: whether a rollout controller moves the shares.
        header: that leads a request to a subset, in lower case as HTTP/2 has it; empty for none.
        previewed: subsets that the header leads to.
        mirror: subset that gets copies, and the share of requests in percent; None for none.
        timeout_seconds: of a request, with all its retries.
        retries: as Istio writes them.
        fault: as Istio writes it; None for none.
    """

    namespace: str
    name: str
    labels: Mapping[str, str]
    account: str
    ports: tuple[PortPlan, ...]
    subsets: Mapping[str, Mapping[str, str]]
    shares: tuple[tuple[str, int], ...]
    moved: bool
    header: str
    previewed: tuple[str, ...]
    mirror: tuple[str, float] | None
    timeout_seconds: float
    retries: Mapping[str, Any]
    fault: Mapping[str, Any] | None

    @property
    def host(self) -> str:
        """Its full host name."""
        return host_of(self.namespace, self.name)

    @property
    def key(self) -> str:
        """The second part of the logical names of its objects."""
        return f"{self.namespace}.{self.name}"

    @property
    def is_http(self) -> bool:
        """Whether a port of it speaks HTTP."""
        return any(port.protocol in HTTP for port in self.ports)

    def destination(self, port: int, subset: str | None = None) -> dict[str, Any]:
        """Where requests for a port of it go."""
        chosen = {"subset": subset} if subset is not None else {}
        return {"host": self.host, **chosen, "port": {"number": port}}

    def shared(self, port: int) -> list[dict[str, Any]]:
        """Where requests for a port of it go, with the shares of its subsets."""
        if not self.shares:
            return routed([(self.destination(port), 100)])
        return routed([(self.destination(port, subset), weight) for subset, weight in self.shares])

    def copies(self, port: int) -> dict[str, Any]:
        """Where copies of requests for a port of it go."""
        if self.mirror is None:
            return {}
        subset, percent = self.mirror
        return {"mirrors": [{"destination": self.destination(port, subset), "percentage": {"value": percent}}]}


def plan_services(asked: Sequence[MeshServiceArgs]) -> tuple[tuple[ServicePlan, ...], list[Finding]]:
    """The services, and what is wrong with their arguments."""
    findings: list[Finding] = []
    seen: set[tuple[str, str]] = set()
    for index, service in enumerate(asked):
        path = f"services[{index}]"
        if (service.namespace, service.name) in seen:
            shown = f"{service.namespace}/{service.name}"
            findings.append(Finding(path, f"is given twice, got {shown!r}", "describe a service once"))
        seen.add((service.namespace, service.name))
        findings += _check(service, path)
    return tuple(plan_service(service) for service in asked), findings


def service_objects(asked: Sequence[MeshServiceArgs], services: Sequence[ServicePlan]) -> tuple[PlannedObject, ...]:
    """The objects of all services: limits, subsets, routes."""
    return tuple(
        planned
        for index, (args, plan) in enumerate(zip(asked, services, strict=True))
        for planned in _objects(args, plan, f"services[{index}]")
    )


def routed(destinations: Sequence[tuple[dict[str, Any], int]]) -> list[dict[str, Any]]:
    """Destinations with their shares; a single one with all of it says no share, as nothing else is possible."""
    if len(destinations) == 1 and destinations[0][1] == 100:
        return [{"destination": destinations[0][0]}]
    return [{"destination": destination, "weight": weight} for destination, weight in destinations]


def plan_service(asked: MeshServiceArgs) -> ServicePlan:
    """A service with everything filled in."""
    subsets = asked.subsets or []
    labels = asked.labels or {"app": asked.name}
    header, previewed = _preview(asked)
    mirror = asked.mirror
    return ServicePlan(
        namespace=asked.namespace,
        name=asked.name,
        labels=labels,
        account=asked.service_account or asked.name,
        ports=tuple(_port(port) for port in asked.ports),
        subsets={subset.name: {**labels, **_labels(subset)} for subset in subsets},
        shares=_shares(asked),
        moved=bool(asked.canary and asked.canary.rollout_controller_enabled),
        header=header,
        previewed=previewed,
        mirror=None if mirror is None else (mirror.subset, 100 if mirror.percent is None else mirror.percent),
        timeout_seconds=asked.timeout_seconds or policies.DEFAULT_TIMEOUT_SECONDS,
        retries=policies.retries(asked.retries),
        fault=policies.fault(asked.fault),
    )


def _port(asked: ServicePortArgs) -> PortPlan:
    return PortPlan(asked.number, asked.protocol or ServiceProtocol.HTTP, asked.target_port or asked.number)


def _labels(subset: SubsetArgs) -> dict[str, str]:
    return subset.labels or {"version": subset.name}


def _shares(asked: MeshServiceArgs) -> tuple[tuple[str, int], ...]:
    if asked.canary is not None:
        return tuple(asked.canary.weights.items())
    if asked.blue_green is not None:
        return ((asked.blue_green.active, 100),)
    return tuple((subset.name, 100) for subset in (asked.subsets or [])[:1])


def _check(asked: MeshServiceArgs, path: str) -> list[Finding]:
    findings = []
    names = [subset.name for subset in asked.subsets or ()]
    for index, name in enumerate(names):
        if name in names[:index]:
            findings.append(Finding(f"{path}.subsets[{index}].name", f"is given twice, got {name!r}"))
    numbers = [port.number for port in asked.ports]
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            findings.append(Finding(f"{path}.ports[{index}].number", f"is given twice, got {number}"))
    if asked.canary is not None and asked.blue_green is not None:
        findings.append(Finding(f"{path}.blue_green", "is given beside 'canary'", "leave one of them out"))
    if asked.blue_green is not None and asked.blue_green.active == asked.blue_green.idle:
        findings.append(Finding(f"{path}.blue_green.idle", f"is the active subset, got {asked.blue_green.idle!r}"))
    protocols = {port.protocol or ServiceProtocol.HTTP for port in asked.ports}
    if not protocols & HTTP:
        for field in ("timeout_seconds", "retries", "mirror", "fault", "blue_green"):
            if getattr(asked, field) is not None:
                problem = f"needs a port that speaks HTTP, got {', '.join(sorted(protocols))}"
                findings.append(Finding(f"{path}.{field}", problem, "leave it out"))
    if not protocols & (HTTP | _TCP) and asked.canary is not None:
        problem = "needs a port that proxies look into, got TLS that passes through"
        findings.append(Finding(f"{path}.canary", problem, "leave it out"))
    if asked.fault is not None and not policies.fault(asked.fault):
        findings.append(Finding(f"{path}.fault", "injects nothing", "give 'delay_seconds' or 'abort_status'"))
    return findings


def _objects(asked: MeshServiceArgs, plan: ServicePlan, source: str) -> list[PlannedObject]:
    planned = [
        _destination_rule(plan, "limits", plan.key, plan.name, source, {"trafficPolicy": _limits(asked, plan)}),
        *(
            _destination_rule(
                plan,
                "subset",
                f"{plan.key}.{subset.name}",
                f"{plan.name}.{subset.name}",
                f"{source}.subsets[{index}]",
                {"subsets": [_subset(subset, plan)]},
            )
            for index, subset in enumerate(asked.subsets or ())
        ),
    ]
    spec = {"hosts": [plan.host], **_routes(plan)}
    if len(spec) > 1:  # ports with TLS that passes through have no routes
        planned.append(
            PlannedObject(
                role="service",
                key=plan.key,
                kind=MeshObjectKind.VIRTUAL_SERVICE,
                namespace=plan.namespace,
                name=plan.name,
                spec=spec,
                ignored=ignored(ROUTE) if plan.moved else (),
                source=source,
            )
        )
    return planned


def _destination_rule(
    plan: ServicePlan, role: str, key: str, name: str, source: str, spec: Mapping[str, Any]
) -> PlannedObject:
    return PlannedObject(
        role=role,
        key=key,
        kind=MeshObjectKind.DESTINATION_RULE,
        namespace=plan.namespace,
        name=name,
        spec={"host": plan.host, **spec},
        source=source,
    )


def _limits(asked: MeshServiceArgs, plan: ServicePlan) -> dict[str, Any]:
    return {
        "connectionPool": policies.connection_pool(asked.connection_pool, http=plan.is_http),
        "outlierDetection": policies.outlier_detection(asked.outlier_detection),
    }


def _subset(subset: SubsetArgs, plan: ServicePlan) -> dict[str, Any]:
    limits = {}
    if subset.connection_pool is not None:
        limits["connectionPool"] = policies.connection_pool(subset.connection_pool, http=plan.is_http)
    if subset.outlier_detection is not None:
        limits["outlierDetection"] = policies.outlier_detection(subset.outlier_detection)
    return {"name": subset.name, "labels": _labels(subset), **({"trafficPolicy": limits} if limits else {})}


def _routes(plan: ServicePlan) -> dict[str, Any]:
    http = [rule for port in plan.ports if port.protocol in HTTP for rule in _http(plan, port.number)]
    tcp = [
        {"match": [{"port": port.number}], "route": plan.shared(port.number)}
        for port in plan.ports
        if port.protocol in _TCP
    ]
    return {**({"http": http} if http else {}), **({"tcp": tcp} if tcp else {})}


def _http(plan: ServicePlan, port: int) -> list[dict[str, Any]]:
    here = {} if len(plan.ports) == 1 else {"port": port}
    carried: dict[str, Any] = {
        "timeout": policies.duration(plan.timeout_seconds),
        "retries": dict(plan.retries),
        **({"fault": plan.fault} if plan.fault else {}),
    }
    rules = [
        {
            "name": f"preview-{subset}-{port}",
            "match": [{**here, "headers": {plan.header: {"exact": subset}}}],
            "route": routed([(plan.destination(port, subset), 100)]),
            **carried,
        }
        for subset in plan.previewed
    ]
    match = {"match": [here]} if here else {}
    return [*rules, {"name": f"main-{port}", **match, "route": plan.shared(port), **carried, **plan.copies(port)}]


def _preview(asked: MeshServiceArgs) -> tuple[str, tuple[str, ...]]:
    """The header that leads to a subset, and the subsets that it leads to."""
    if asked.canary is not None and asked.canary.preview_header is not None:
        return asked.canary.preview_header.lower(), tuple(asked.canary.weights)
    if asked.blue_green is not None:
        return (asked.blue_green.preview_header or PREVIEW_HEADER).lower(), (asked.blue_green.idle,)
    return "", ()
