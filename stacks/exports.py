"""What a stack of the reference platform offers to others, and what it takes of others, as typed and versioned outputs.

The models live with the components, so that a consumer needs nothing but the library.
"""

from platform_lib.components.baseline import BaselineOutputs, SecurityBaselineReference
from platform_lib.components.cluster import ClusterOutputs, ClusterReference, KubernetesCluster
from platform_lib.components.dr import DrReplica, DrReplicaOutputs
from platform_lib.components.edge import EdgeFleet, EdgeFleetOutputs
from platform_lib.components.features import FeatureStore, FeatureStoreOutputs
from platform_lib.components.mesh import MeshOutputs
from platform_lib.components.vault import VaultOutputs, VaultReference
from platform_lib.components.vault_configuration import VaultConfiguration, VaultConfigurationOutputs
from platform_lib.components.vpc import NetworkOutputs, NetworkReference
from stacks.blueprints.foundation import Foundation
from stacks.blueprints.runtime import Services
from stacks.database import Database, DatabaseOutputs

__all__ = [
    "BaselineOutputs",
    "ClusterOutputs",
    "DatabaseOutputs",
    "DrReplicaOutputs",
    "EdgeFleetOutputs",
    "FeatureStoreOutputs",
    "MeshOutputs",
    "NetworkOutputs",
    "VaultConfigurationOutputs",
    "VaultOutputs",
    "export_data",
    "export_edge",
    "export_foundation",
    "export_resilience",
    "export_runtime",
    "export_secrets",
    "take_foundation",
    "take_runtime",
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


def export_runtime(cluster: KubernetesCluster, services: Services) -> None:
    """Exports what the runtime offers."""
    ClusterOutputs.of(cluster.reference).export()
    MeshOutputs.of(services.mesh.reference).export()
    VaultOutputs.of(services.vault.reference).export()


def export_secrets(configuration: VaultConfiguration) -> None:
    """Exports what the secrets offer."""
    VaultConfigurationOutputs.of(configuration.reference).export()


def export_data(database: Database, features: FeatureStore) -> None:
    """Exports what the data offer."""
    DatabaseOutputs.of(database).export()
    FeatureStoreOutputs.of(features.reference).export()


def export_resilience(recovery: DrReplica) -> None:
    """Exports what the resilience offers."""
    DrReplicaOutputs.of(recovery.reference).export()


def export_edge(fleet: EdgeFleet) -> None:
    """Exports what the edge offers."""
    EdgeFleetOutputs.of(fleet.reference).export()


def take_foundation(stack: str) -> tuple[NetworkReference, SecurityBaselineReference]:
    """Network and baseline of another stack, which has to be deployed.

    Args:
        stack: its full name.

    Raises:
        ReferenceMissingError: it does not offer them, or not in the form that this program reads.
    """
    return NetworkOutputs.read_now(stack).reference, BaselineOutputs.read_now(stack).reference


def take_runtime(stack: str) -> tuple[ClusterReference, VaultReference]:
    """Cluster and Vault servers of another stack, which has to be deployed.

    Args:
        stack: its full name.

    Raises:
        ReferenceMissingError: it does not offer them, or not in the form that this program reads.
    """
    return ClusterOutputs.read_now(stack).reference, VaultOutputs.read_now(stack).reference
