"""The runtime: what applications run on."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaselineReference
from platform_lib.components.cluster import (
    AccessEntryArgs,
    AccessPolicy,
    ClusterEncryptionArgs,
    ClusterEndpointArgs,
    ControlPlaneLogsArgs,
    KubernetesCluster,
    KubernetesClusterArgs,
    NodeGroupArgs,
)
from platform_lib.components.dr import DrReplicaReference
from platform_lib.components.mesh import (
    CertificateAuthorityArgs,
    GatewayArgs,
    GatewayProtocol,
    GatewayServerArgs,
    MeshArgs,
    MeshComponent,
    RevisionArgs,
)
from platform_lib.components.vault import (
    VaultBackupArgs,
    VaultCluster,
    VaultClusterArgs,
    VaultCopiesArgs,
    VaultSealArgs,
    VaultTlsArgs,
)
from platform_lib.components.vpc import NetworkReference
from stacks.copies import copied
from stacks.groups.cluster import ClusterSettings
from stacks.groups.vault import VaultSettings
from stacks.label import label
from stacks.settings import StackSettings

CLUSTER = "runtime"
"""The name of the cluster's component; with the label of the stack it is the cluster's name in EKS."""

VAULT = "vault"

SNAPSHOTS = "snapshots"
"""What of the Vault servers is copied to the second site."""

MESH = "mesh"
WEB = "web"
"""The way into the mesh."""


@dataclass(frozen=True)
class Services:
    """What runs on the cluster for all applications."""

    mesh: MeshComponent
    vault: VaultCluster


def build_services(
    settings: StackSettings,
    servers: VaultSettings,
    cluster: KubernetesCluster,
    baseline: SecurityBaselineReference,
    copies: DrReplicaReference | None,
    provider: aws.Provider,
) -> Services:
    """Makes a mesh and Vault servers on a cluster.

    Args:
        settings: of the stack.
        servers: those of its Vault servers.
        cluster: of this stack.
        baseline: of the account, made by this stack or by another one.
        copies: the second site, where snapshots of the servers are copied to; None for none.
        provider: of the account.
    """
    return Services(
        mesh=_make_mesh(settings, cluster), vault=_make_vault(settings, servers, cluster, baseline, copies, provider)
    )


def build_cluster(
    settings: StackSettings, network: NetworkReference, baseline: SecurityBaselineReference, provider: aws.Provider
) -> KubernetesCluster:
    """Makes a cluster in the private subnets of a network, with the keys of the account's baseline.

    Args:
        settings: of the stack.
        network: of this stack or of another one.
        baseline: of the account, made by this stack or by another one.
        provider: of the account.
    """
    asked = settings.cluster
    return KubernetesCluster(
        CLUSTER,
        KubernetesClusterArgs(
            context=settings.context,
            network=network,
            account_id=settings.account_id,
            cluster_name=f"{CLUSTER}-{label(settings)}",
            version=asked.version,
            zones=asked.zones,
            endpoint=ClusterEndpointArgs(private_cidrs=asked.private_cidrs),
            # Disks of nodes need a key that lets Auto Scaling use it, which the one for data does not: the cluster
            # makes its own.
            encryption=ClusterEncryptionArgs(secrets_key_arn=baseline.data_key_arn, logs_key_arn=baseline.logs_key_arn),
            logs=ControlPlaneLogsArgs(retention_days=settings.logging.retention_days),
            node_groups=_node_groups(asked),
            access=[
                AccessEntryArgs(name=name, principal_arn=arn, policy=AccessPolicy.CLUSTER_ADMIN)
                for name, arn in asked.administrators.items()
            ],
            deletion_protection=settings.deletion_protection,
        ),
        pulumi.ResourceOptions(providers=[provider]),
    )


def _make_mesh(settings: StackSettings, cluster: KubernetesCluster) -> MeshComponent:
    asked = settings.mesh
    servers = [
        GatewayServerArgs(hosts=asked.hosts, credential=asked.certificate_secret),
        GatewayServerArgs(hosts=asked.hosts, protocol=GatewayProtocol.HTTP_REDIRECT),
    ]
    return MeshComponent(
        MESH,
        MeshArgs(
            context=settings.context,
            cluster=cluster.reference,
            certificate_authority=_mesh_authority(settings),
            revisions=None if asked.version is None else [RevisionArgs(version=asked.version)],
            namespaces=asked.namespaces,
            gateways=[GatewayArgs(name=WEB, public=asked.public, servers=servers)] if asked.hosts else None,
            telemetry=asked.telemetry,
        ),
        pulumi.ResourceOptions(providers=[cluster.provider]),
    )


def _make_vault(
    settings: StackSettings,
    asked: VaultSettings,
    cluster: KubernetesCluster,
    baseline: SecurityBaselineReference,
    copies: DrReplicaReference | None,
    provider: aws.Provider,
) -> VaultCluster:
    return VaultCluster(
        VAULT,
        VaultClusterArgs(
            context=settings.context,
            cluster=cluster.reference,
            account_id=settings.account_id,
            image=f"{settings.registry}/{asked.image}",
            engine_version=asked.engine_version,
            # The label of the stack, so that whoever reaches the servers of several does not mix them up.
            namespace=f"{VAULT}-{label(settings)}",
            nodes=asked.nodes,
            node_group=asked.node_group,
            tls=VaultTlsArgs(ca_certificate=asked.ca_certificate, secret_name=asked.certificate_secret),
            seal=VaultSealArgs(plugin=asked.seal_plugin),
            administrators=asked.administrators,
            backups=VaultBackupArgs(
                upload_image=f"{settings.registry}/{asked.backup_image}",
                access_log_bucket=baseline.access_log_bucket,
                copies=copied(VaultCopiesArgs, copies, bucket_arn=SNAPSHOTS),
            ),
        ),
        pulumi.ResourceOptions(providers=[provider, cluster.provider]),
    )


def _mesh_authority(settings: StackSettings) -> CertificateAuthorityArgs:
    """The authority that the settings give, or the one that is on the cluster already."""
    if settings.mesh_authority_key is None:
        return CertificateAuthorityArgs(existing_secret=True, existing_namespace=False)
    return CertificateAuthorityArgs(
        certificate=settings.mesh.authority_certificate,
        private_key=settings.mesh_authority_key,
        root_certificate=settings.mesh.root_certificate,
        certificate_chain=settings.mesh.authority_chain,
    )


def _node_groups(asked: ClusterSettings) -> list[NodeGroupArgs]:
    """The nodes by purpose, those that carry the cluster's own pods first."""
    by_purpose = {"system": asked.system, **({} if asked.apps is None else {"apps": asked.apps})}
    return [
        NodeGroupArgs(
            name=name,
            instance_types=nodes.instance_types,
            capacity=nodes.capacity,
            minimum_nodes=nodes.minimum_nodes,
            maximum_nodes=nodes.maximum_nodes,
            disk_gib=nodes.disk_gib,
        )
        for name, nodes in by_purpose.items()
    ]
