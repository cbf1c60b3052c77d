"""What a mesh consists of, as a pure function of its arguments."""

from dataclasses import dataclass

from platform_lib.components.mesh import checks
from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.security import plan_security
from platform_lib.components.mesh.planning.traffic import plan_traffic
from platform_lib.core.errors import PlanError


@dataclass(frozen=True)
class MeshPlan:
    """A whole mesh; every collection is in a fixed order.

    Attributes:
        name: of the component.
        gateways: ways in and out.
        objects: custom resources of Istio.
    """

    name: str
    gateways: tuple[GatewayPlan, ...]
    objects: tuple[PlannedObject, ...]


def plan_mesh(name: str, args: MeshArgs, *, subject: str) -> MeshPlan:
    """The mesh that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned, or the objects do not fit together; all that is found at once.
    """
    gateways: tuple[GatewayPlan, ...] = ()
    traffic, wrong_traffic = plan_traffic(args, gateways)
    security, wrong_security = plan_security(args, gateways)
    objects = (*traffic, *security)
    findings = [*wrong_traffic, *wrong_security]
    findings += checks.check_graph(args, gateways, objects)
    if findings:
        raise PlanError(subject, findings)
    return MeshPlan(name=name, gateways=gateways, objects=objects)
