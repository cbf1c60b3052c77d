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
from platform_lib.components.vpc import NetworkReference
from stacks.groups.cluster import ClusterSettings
from stacks.settings import StackSettings

CLUSTER = "runtime"
"""The name of the cluster's component; with the environment it is the cluster's name in EKS."""


@dataclass(frozen=True)
class Runtime:
    """The components of the runtime."""

    cluster: KubernetesCluster


def build_runtime(
    settings: StackSettings, network: NetworkReference, baseline: SecurityBaselineReference, provider: aws.Provider
) -> Runtime:
    """Makes the runtime: a cluster in the private subnets of a network, with the keys of the account's baseline.

    Args:
        settings: of the stack.
        network: of this stack or of another one.
        baseline: of the account, made by this stack or by another one.
        provider: of the account.
    """
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    asked = settings.cluster
    cluster = KubernetesCluster(
        CLUSTER,
        KubernetesClusterArgs(
            context=settings.context,
            network=network,
            account_id=account.account_id,
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
    return Runtime(cluster)


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
