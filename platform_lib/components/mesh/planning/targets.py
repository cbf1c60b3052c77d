"""What rules are for: the pods of a service or the proxies of a gateway. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_lib.components.mesh.arguments.services import MeshServiceArgs, MeshWorkloadArgs
from platform_lib.components.mesh.hosts import principal_of
from platform_lib.components.mesh.kind import GatewayProtocol
from platform_lib.components.mesh.planning.book import Book, shown
from platform_lib.components.mesh.planning.model import GatewayPlan
from platform_lib.components.mesh.planning.routes import look_up_gateway, look_up_gateways
from platform_lib.components.mesh.planning.services import HTTP, ServicePlan, plan_service
from platform_lib.core.errors import Finding


@dataclass(frozen=True)
class Target:
    """Workloads that a rule is for.

    Attributes:
        key: the second part of the logical names of its objects.
        name: the first part of the names of its objects.
        namespace: that they lie in.
        labels: by which rules select them.
        principal: their identity.
        is_gateway: whether they are proxies of a gateway.
        http_ports: those of their ports that speak HTTP, where others do not; empty where all do.
    """

    key: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    principal: str
    is_gateway: bool
    http_ports: tuple[int, ...]


class Targets:
    """Finds what arguments name; ``findings`` gathers what is wrong with the arguments of who may call whom."""

    def __init__(
        self,
        services: Sequence[MeshServiceArgs],
        workloads: Sequence[MeshWorkloadArgs],
        gateways: Sequence[GatewayPlan],
    ) -> None:
        self._book = Book(services)
        callers: list[MeshServiceArgs | MeshWorkloadArgs] = [*services, *workloads]
        self._callers = Book(callers, "'services' or 'workloads'")
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self.findings = [
            Finding(f"workloads[{index}]", f"is a service or workload already, got {shown(one)!r}", "use another name")
            for index, one in enumerate(workloads)
            if shown(one) in {*map(shown, services), *map(shown, workloads[:index])}
        ]

    def caller(self, text: str, path: str) -> list[str]:
        """The identity of a service or workload that calls; none and a finding where there is no such one."""
        one = self._callers.look_up(text, path, self.findings)
        return [] if one is None else [principal_of(one.namespace, one.service_account or one.name)]

    def service(self, text: str, path: str) -> ServicePlan | None:
        """A service, or None and a finding."""
        asked = self._book.look_up(text, path, self.findings)
        return None if asked is None else plan_service(asked)

    def of_service(self, text: str, path: str) -> list[Target]:
        """The pods of a service; none and a finding where there is no such service."""
        service = self.service(text, path)
        return [] if service is None else [of_service(service)]

    def of_gateway(self, name: str, path: str) -> list[Target]:
        """The proxies of a gateway; none and a finding where there is no such gateway."""
        gateway = look_up_gateway(name, self._gateways, path, self.findings)
        return [] if gateway is None else [of_gateway(gateway)]

    def of_gateways(self, names: Sequence[str], path: str) -> list[Target]:
        """The proxies of some gateways, and a finding for each name that none has."""
        return [of_gateway(gateway) for gateway in look_up_gateways(names, self._gateways, path, self.findings)]

    def of_both(self, services: Sequence[str], gateways: Sequence[str], path: str) -> list[Target]:
        """What the fields ``services`` and ``gateways`` of an argument name."""
        pods = [
            target
            for index, text in enumerate(services)
            for target in self.of_service(text, f"{path}.services[{index}]")
        ]
        return [*pods, *self.of_gateways(gateways, f"{path}.gateways")]


def of_service(service: ServicePlan) -> Target:
    """The pods of a service."""
    principal = principal_of(service.namespace, service.account)
    speaking = tuple(port.target for port in service.ports if port.protocol in HTTP)
    some = speaking if len(speaking) < len(service.ports) else ()
    return Target(
        service.key, service.name, service.namespace, service.labels, principal, is_gateway=False, http_ports=some
    )


def of_gateway(gateway: GatewayPlan) -> Target:
    """The proxies of a gateway."""
    principal = principal_of(gateway.namespace, gateway.proxies)
    key = f"{gateway.namespace}.{gateway.proxies}"
    speaking = tuple(port for port, protocol in gateway.ports.items() if protocol != GatewayProtocol.TLS)
    some = speaking if len(speaking) < len(gateway.ports) else ()
    return Target(key, gateway.proxies, gateway.namespace, gateway.labels, principal, is_gateway=True, http_ports=some)
