"""What stands around the objects of a mesh, as its arguments say it. Pure."""

from collections.abc import Iterator, Sequence

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.checks.surroundings import Service, Surroundings, Workload
from platform_lib.components.mesh.names import SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning.model import GatewayPlan
from platform_lib.components.mesh.planning.services import ServicePlan, plan_service


def surroundings_of(args: MeshArgs, gateways: Sequence[GatewayPlan]) -> Surroundings:
    """Namespaces, services and workloads that the arguments tell of.

    Args:
        args: of the mesh.
        gateways: that are planned.
    """
    services = [plan_service(service) for service in args.services or ()]
    members = (namespace.name for namespace in args.namespaces or ())
    own = (SYSTEM_NAMESPACE, *(gateway.namespace for gateway in gateways))
    return Surroundings(
        namespaces=tuple(dict.fromkeys([*members, *own])),
        services=(
            *(
                Service(one.namespace, one.name, {port.number: port.protocol.value for port in one.ports}, one.labels)
                for one in services
            ),
            *(
                # whatever a port of a gateway speaks, Istio takes it as it comes
                Service(one.namespace, one.proxies, dict.fromkeys(one.ports, "tcp"), one.labels)
                for one in gateways
            ),
        ),
        workloads=(
            *(workload for one in services for workload in _workloads(one)),
            *(
                Workload(one.namespace, one.labels or {"app": one.name}, one.service_account or one.name)
                for one in args.workloads or ()
            ),
            *(_proxies(gateway) for gateway in gateways),
        ),
    )


def _workloads(service: ServicePlan) -> Iterator[Workload]:
    """The pods of each subset, or of the whole service where it has none."""
    for labels in service.subsets.values() or [service.labels]:
        yield Workload(service.namespace, labels, service.account, tuple(port.target for port in service.ports))


def _proxies(gateway: GatewayPlan) -> Workload:
    labels = {"app": gateway.proxies, **gateway.labels}
    return Workload(gateway.namespace, labels, gateway.proxies, tuple(gateway.ports), is_gateway=True)
