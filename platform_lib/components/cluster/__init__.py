"""A Kubernetes cluster on AWS (EKS): private control plane, nodes by purpose, access, identities and add-ons."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.cluster.args import (
        AccessEntryArgs,
        ClusterAddonArgs,
        ClusterEncryptionArgs,
        ClusterEndpointArgs,
        ControlPlaneLogsArgs,
        KubernetesClusterArgs,
        NodeGroupArgs,
        NodeTaintArgs,
        PodIdentityArgs,
    )
    from platform_lib.components.cluster.component import KubernetesCluster
    from platform_lib.components.cluster.kind import AccessPolicy, NodeCapacity, NodeImage, TaintEffect
    from platform_lib.components.cluster.refs import (
        ClusterOutputs,
        ClusterReference,
        NodeGroupReference,
        NodeTaintReference,
    )
    from platform_lib.components.cluster.upgrade import (
        UpgradePart,
        UpgradePlan,
        UpgradeStep,
        check_version_step,
        upgrade_plan,
    )

__all__ = [
    "AccessEntryArgs",
    "AccessPolicy",
    "ClusterAddonArgs",
    "ClusterEncryptionArgs",
    "ClusterEndpointArgs",
    "ClusterOutputs",
    "ClusterReference",
    "ControlPlaneLogsArgs",
    "KubernetesCluster",
    "KubernetesClusterArgs",
    "NodeCapacity",
    "NodeGroupArgs",
    "NodeGroupReference",
    "NodeImage",
    "NodeTaintArgs",
    "NodeTaintReference",
    "PodIdentityArgs",
    "TaintEffect",
    "UpgradePart",
    "UpgradePlan",
    "UpgradeStep",
    "check_version_step",
    "upgrade_plan",
]

_ARGS = "platform_lib.components.cluster.args"
_KIND = "platform_lib.components.cluster.kind"
_REFS = "platform_lib.components.cluster.refs"
_UPGRADE = "platform_lib.components.cluster.upgrade"

__getattr__ = public_names(
    __name__,
    {
        "AccessEntryArgs": _ARGS,
        "AccessPolicy": _KIND,
        "ClusterAddonArgs": _ARGS,
        "ClusterEncryptionArgs": _ARGS,
        "ClusterEndpointArgs": _ARGS,
        "ClusterOutputs": _REFS,
        "ClusterReference": _REFS,
        "ControlPlaneLogsArgs": _ARGS,
        "KubernetesCluster": "platform_lib.components.cluster.component",
        "KubernetesClusterArgs": _ARGS,
        "NodeCapacity": _KIND,
        "NodeGroupArgs": _ARGS,
        "NodeGroupReference": _REFS,
        "NodeImage": _KIND,
        "NodeTaintArgs": _ARGS,
        "NodeTaintReference": _REFS,
        "PodIdentityArgs": _ARGS,
        "TaintEffect": _KIND,
        "UpgradePart": _UPGRADE,
        "UpgradePlan": _UPGRADE,
        "UpgradeStep": _UPGRADE,
        "check_version_step": _UPGRADE,
        "upgrade_plan": _UPGRADE,
    },
)
