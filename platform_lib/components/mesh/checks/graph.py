"""The objects of a mesh as a graph: who refers to whom, who is selected by what. Pure.

Objects may come from users as they are: whatever in them is not of the kind that a reader here expects is passed over,
since the API server refuses it anyway.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from platform_lib.components.mesh.checks.selection import Labelled, Selecting
from platform_lib.components.mesh.checks.surroundings import Service, Surroundings, Workload
from platform_lib.components.mesh.hosts import CLUSTER_SUFFIX, MESH, covers, full_host
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.errors import near

Spec = Mapping[str, Any]
ADD_HOST = "add it to 'services' or 'external_services'"
PROTOCOLS = ("http", "tls", "tcp")


def mapping(value: Any) -> Spec:
    """The value if it is a map, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[tuple[int, Spec]]:
    """The maps of a list with their places."""
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [(index, item) for index, item in enumerate(listed) if isinstance(item, Mapping)]


def texts(value: Any) -> list[str]:
    """The strings of a list."""
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [item for item in listed if isinstance(item, str)]


def number(value: Any) -> int | None:
    """The value if it is a whole number."""
    return value if isinstance(value, int) else None


def dig(value: Any, *path: str) -> Any:
    """What stands at a path of maps, or None."""
    for step in path:
        value = mapping(value).get(step)
    return value


@dataclass(frozen=True)
class Host:
    """What a host leads to: a Kubernetes service, or a service outside."""

    ports: Mapping[int, str]
    service: Service | None


@dataclass(frozen=True)
class Destination:
    """A place in a VirtualService that leads somewhere.

    Attributes:
        route: the object.
        path: where in its ``spec``.
        host: the full host.
        spec: the destination itself.
        is_copy: whether copies of requests go there.
        weight: share of the requests, in percent, as the rule says it; 100 where it says none, 0 for copies.
    """

    route: PlannedObject
    path: str
    host: str
    spec: Spec
    is_copy: bool
    weight: int


@dataclass(frozen=True)
class Subset:
    """A subset of a host, and the rule that says so."""

    rule: PlannedObject
    path: str
    host: str
    name: str
    spec: Spec


class Graph:
    """Objects and what stands around them."""

    def __init__(self, objects: Iterable[PlannedObject], around: Surroundings) -> None:
        self.objects = tuple(objects)
        self.around = around
        self._by_kind: dict[str, list[PlannedObject]] = defaultdict(list)
        for one in self.objects:
            self._by_kind[one.kind].append(one)
        self._services = {service.host: service for service in around.services}
        self._rules: dict[Kind, Selecting[PlannedObject]] = {}

    def of(self, kind: Kind) -> Sequence[PlannedObject]:
        """The objects of a kind, in their order."""
        return self._by_kind[kind]

    @cached_property
    def gateways(self) -> Mapping[str, PlannedObject]:
        """Gateway objects by ``namespace/name``."""
        return {f"{one.namespace}/{one.name}": one for one in self.of(Kind.GATEWAY)}

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """All hosts that lead somewhere, for near names."""
        outside = (host for one in self.of(Kind.SERVICE_ENTRY) for host in texts(one.spec.get("hosts")))
        return (*self._services, *dict.fromkeys(outside))

    def near_host(self, host: str) -> str:
        """A hint naming a host that is meant perhaps.

        Services are compared by their names, since all hosts of a cluster are alike at their ends.
        """
        name, dot, rest = host.partition(".")
        if not dot or not rest.endswith(CLUSTER_SUFFIX):
            return near(host, self.hosts, cutoff=0.9) or ADD_HOST
        elsewhere = [known for known in self._services if known.partition(".")[0] == name]
        if elsewhere:
            return f"did you mean {elsewhere[0]!r}?"
        return near(name, [known.partition(".")[0] for known in self._services]) or ADD_HOST

    def host(self, host: str) -> Host | None:
        """What a full host leads to; None where it leads nowhere."""
        service = self._services.get(host)
        if service is not None:
            return Host(service.ports, service)
        named, patterns = self._outside
        if host in named:
            return named[host]
        return next((found for pattern, found in patterns if covers(pattern, host)), None)

    @cached_property
    def _outside(self) -> tuple[Mapping[str, Host], Sequence[tuple[str, Host]]]:
        """What hosts outside lead to: those that are named, and patterns."""
        named: dict[str, Host] = {}
        patterns: list[tuple[str, Host]] = []
        for entry in self.of(Kind.SERVICE_ENTRY):
            ports = [port for _, port in items(entry.spec.get("ports"))]
            found = Host({number(one.get("number")) or 0: str(one.get("protocol", "")).lower() for one in ports}, None)
            for host in texts(entry.spec.get("hosts")):
                if host.startswith("*"):
                    patterns.append((host, found))
                else:
                    named.setdefault(host, found)
        return named, patterns

    @cached_property
    def destinations(self) -> tuple[Destination, ...]:
        """Everything that routes lead to, copies of requests among it."""
        return tuple(found for route in self.of(Kind.VIRTUAL_SERVICE) for found in _destinations(route))

    @cached_property
    def subsets(self) -> tuple[Subset, ...]:
        """All subsets of all hosts."""
        return tuple(
            Subset(
                rule,
                f"subsets[{index}]",
                full_host(str(rule.spec.get("host", "")), rule.namespace),
                str(spec.get("name", "")),
                spec,
            )
            for rule in self.of(Kind.DESTINATION_RULE)
            for index, spec in items(rule.spec.get("subsets"))
        )

    @cached_property
    def subsets_of(self) -> Mapping[str, Sequence[str]]:
        """Names of the subsets of each host."""
        names: dict[str, list[str]] = defaultdict(list)
        for one in self.subsets:
            names[one.host].append(one.name)
        return names

    def gateways_of(self, route: PlannedObject) -> list[str]:
        """What a route is bound to: ``mesh``, or ``namespace/name`` of gateways."""
        named = texts(route.spec.get("gateways")) or [MESH]
        return [name if "/" in name or name == MESH else f"{route.namespace}/{name}" for name in named]

    def selected(self, one: PlannedObject) -> list[Workload]:
        """The workloads that an object is for: in its namespace, or everywhere where it lies in the root namespace.

        Gateways select proxies of any namespace. Source:
        https://istio.io/latest/docs/reference/config/type/workload-selector/ and
        https://istio.io/latest/docs/reference/config/networking/gateway/#Gateway.
        """
        everywhere = one.namespace == self.around.root or one.kind == Kind.GATEWAY
        return self._workloads.picked(selector_of(one), None if everywhere else one.namespace)

    def rules_for(self, workload: Workload, kind: Kind) -> list[PlannedObject]:
        """The objects of a kind that are for a workload."""
        if kind not in self._rules:
            self._rules[kind] = Selecting((one, one.namespace, selector_of(one)) for one in self.of(kind))
        return self._rules[kind].picking(workload.labels, (workload.namespace, self.around.root))

    def behind(self, service: Service) -> list[Workload]:
        """The workloads behind a service."""
        return self._workloads.picked(service.selector, service.namespace) if service.selector else []

    def before(self, workload: Workload) -> list[Service]:
        """The services before a workload."""
        return self._selecting_services.picking(workload.labels, (workload.namespace,))

    @cached_property
    def _workloads(self) -> Labelled[Workload]:
        return Labelled((one, one.namespace, one.labels) for one in self.around.workloads)

    @cached_property
    def _selecting_services(self) -> Selecting[Service]:
        return Selecting((one, one.namespace, one.selector) for one in self.around.services if one.selector)


def selector_of(one: PlannedObject) -> Spec:
    """The labels that an object selects workloads by; empty for all."""
    if one.kind == Kind.GATEWAY:
        return mapping(one.spec.get("selector"))
    if one.kind in (Kind.ENVOY_FILTER, Kind.SIDECAR, Kind.SERVICE_ENTRY):
        return mapping(dig(one.spec, "workloadSelector", "labels"))
    return mapping(dig(one.spec, "selector", "matchLabels"))


def rules_of(route: PlannedObject) -> Iterator[tuple[str, str, Spec]]:
    """Protocol, path and content of the rules of a VirtualService."""
    for protocol in PROTOCOLS:
        for index, rule in items(route.spec.get(protocol)):
            yield protocol, f"{protocol}[{index}]", rule


def _destinations(route: PlannedObject) -> Iterator[Destination]:
    for _, path, rule in rules_of(route):
        for index, spec in items(rule.get("route")):
            weight = spec.get("weight")
            share = weight if isinstance(weight, int) else 100
            yield _destination(route, f"{path}.route[{index}].destination", spec.get("destination"), share)
        for index, spec in items(rule.get("mirrors")):
            yield _destination(route, f"{path}.mirrors[{index}].destination", spec.get("destination"))
        if "mirror" in rule:
            yield _destination(route, f"{path}.mirror", rule["mirror"])


def _destination(route: PlannedObject, path: str, spec: Any, weight: int | None = None) -> Destination:
    host = full_host(str(mapping(spec).get("host", "")), route.namespace)
    return Destination(route, path, host, mapping(spec), is_copy=weight is None, weight=weight or 0)
