"""Hosts the components for programs in other languages; the Pulumi CLI starts it.

``pulumi package add <this folder>`` makes an SDK of them, ``pulumi package get-schema <this folder>`` shows the schema.
The list is explicit: a component is offered to other languages when it stands here, and the golden schema says so.
"""

from importlib.metadata import version

from pulumi import ComponentResource
from pulumi.provider.experimental import component_provider_host

from platform_lib.components.baseline import SecurityBaseline
from platform_lib.components.cluster import KubernetesCluster
from platform_lib.components.dr import DrReplica
from platform_lib.components.edge import EdgeFleet
from platform_lib.components.features import FeatureStore
from platform_lib.components.mesh import MeshComponent
from platform_lib.components.vault import VaultCluster
from platform_lib.components.vault_configuration import VaultConfiguration
from platform_lib.components.vpc import VpcComponent
from platform_lib.components.vpc.cross_cloud import CrossCloudVpn

COMPONENTS: list[type[ComponentResource]] = [
    CrossCloudVpn,
    DrReplica,
    EdgeFleet,
    FeatureStore,
    KubernetesCluster,
    MeshComponent,
    SecurityBaseline,
    VaultCluster,
    VaultConfiguration,
    VpcComponent,
]

if __name__ == "__main__":
    component_provider_host(COMPONENTS, name="platform-lib", version=version("platform-lib"))
