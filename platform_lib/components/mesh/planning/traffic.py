"""Services, routes and calls to the outside: from their arguments to objects. Pure."""

from collections.abc import Sequence

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.planning.external import ExternalPlanner
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.routes import RoutePlanner
from platform_lib.components.mesh.planning.services import plan_services, service_objects
from platform_lib.core.errors import Finding


def plan_traffic(args: MeshArgs, gateways: Sequence[GatewayPlan]) -> tuple[tuple[PlannedObject, ...], list[Finding]]:
    """The objects of services, routes, external services and of those that are given as they are.

    Args:
        args: of the mesh.
        gateways: that are planned.

    Returns:
        The objects, and what is wrong with their arguments.
    """
    asked = args.services or []
    services, wrong_services = plan_services(asked)
    routes = RoutePlanner(asked, services, gateways)
    external = ExternalPlanner(gateways)
    objects = [
        *service_objects(asked, services),
        *(routes.plan(route, f"routes[{index}]") for index, route in enumerate(args.routes or ())),
        *(
            planned
            for index, service in enumerate(args.external_services or ())
            for planned in external.plan(service, f"external_services[{index}]")
        ),
        *(
            PlannedObject(
                role="object",
                key=f"{given.kind.lower()}.{given.namespace}.{given.name}",
                kind=given.kind,
                namespace=given.namespace,
                name=given.name,
                spec=given.spec,
                source=f"objects[{index}]",
            )
            for index, given in enumerate(args.objects or ())
        ),
    ]
    return tuple(objects), [*wrong_services, *routes.findings, *external.findings]
