"""Services, routes and calls to the outside: from their arguments to objects. Pure."""

from collections.abc import Sequence

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.core.errors import Finding


def plan_traffic(args: MeshArgs, gateways: Sequence[GatewayPlan]) -> tuple[tuple[PlannedObject, ...], list[Finding]]:
    """The objects of services, routes and external services, and what is wrong with their arguments.

    Args:
        args: of the mesh.
        gateways: that are planned.
    """
    return (), []
