"""Mutual TLS, authorisation, tokens and rate limits: from their arguments to objects. Pure."""

from collections.abc import Sequence

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.core.errors import Finding


def plan_security(args: MeshArgs, gateways: Sequence[GatewayPlan]) -> tuple[tuple[PlannedObject, ...], list[Finding]]:
    """The objects that say who may call whom, and what is wrong with their arguments.

    Args:
        args: of the mesh.
        gateways: that are planned.
    """
    return (), []
