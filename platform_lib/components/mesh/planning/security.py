"""Who may call whom: mutual TLS, authorisation, tokens and rate limits, from their arguments to objects. Pure."""

from collections.abc import Sequence

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.planning.access import AccessPlanner
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.mutual_tls import plan_mutual_tls
from platform_lib.components.mesh.planning.rate_limits import plan_rate_limits
from platform_lib.components.mesh.planning.targets import Targets
from platform_lib.components.mesh.planning.tokens import plan_tokens
from platform_lib.core.errors import Finding


def plan_security(args: MeshArgs, gateways: Sequence[GatewayPlan]) -> tuple[tuple[PlannedObject, ...], list[Finding]]:
    """The objects that say who may call whom, and what is wrong with their arguments.

    Args:
        args: of the mesh.
        gateways: that are planned.

    Returns:
        The objects, and what is wrong with their arguments.
    """
    targets = Targets(args.services or (), args.workloads or (), gateways)
    access = AccessPlanner(args, gateways, targets)
    objects = (
        *plan_mutual_tls(args, targets),
        *access.plan(),
        *plan_tokens(args.jwt or (), targets),
        *plan_rate_limits(args.rate_limits or (), targets),
    )
    return objects, targets.findings
