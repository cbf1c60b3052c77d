"""What a stack of the reference platform offers to others, and what it takes of others, as typed and versioned outputs.

The models live with the components, so that a consumer needs nothing but the library.
"""

from platform_lib.components.baseline import BaselineOutputs, SecurityBaselineReference
from platform_lib.components.cluster import ClusterOutputs
from platform_lib.components.vpc import NetworkOutputs, NetworkReference
from stacks.blueprints.foundation import Foundation
from stacks.blueprints.runtime import Runtime

__all__ = [
    "BaselineOutputs",
    "ClusterOutputs",
    "NetworkOutputs",
    "export_foundation",
    "export_runtime",
    "take_foundation",
]


def export_foundation(foundation: Foundation) -> None:
    """Exports what the foundation offers."""
    network = foundation.network
    NetworkOutputs.of(
        network.reference,
        zones=network.zones,
        subnet_ids=network.subnet_ids,
        nat_public_ips=network.nat_public_ips,
    ).export()
    BaselineOutputs.of(foundation.baseline.reference).export()


def export_runtime(runtime: Runtime) -> None:
    """Exports what the runtime offers."""
    ClusterOutputs.of(runtime.cluster.reference).export()


def take_foundation(stack: str) -> tuple[NetworkReference, SecurityBaselineReference]:
    """Network and baseline of another stack, which has to be deployed.

    Args:
        stack: its full name.

    Raises:
        ReferenceMissingError: it does not offer them, or not in the form that this program reads.
    """
    return NetworkOutputs.read_now(stack).reference, BaselineOutputs.read_now(stack).reference
