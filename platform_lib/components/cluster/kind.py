"""The closed choices of a cluster: how nodes are paid for and what they run, what taints do, what entries may do."""

from enum import StrEnum


class NodeCapacity(StrEnum):
    """How nodes are paid for."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"


class NodeImage(StrEnum):
    """Operating system and architecture of nodes."""

    AMAZON_LINUX_X86 = "amazon-linux-x86"
    AMAZON_LINUX_ARM = "amazon-linux-arm"
    BOTTLEROCKET_X86 = "bottlerocket-x86"
    BOTTLEROCKET_ARM = "bottlerocket-arm"


class TaintEffect(StrEnum):
    """What happens to pods that do not tolerate a taint."""

    NO_SCHEDULE = "no-schedule"
    PREFER_NO_SCHEDULE = "prefer-no-schedule"
    NO_EXECUTE = "no-execute"


class AccessPolicy(StrEnum):
    """An access policy of EKS (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html)."""

    CLUSTER_ADMIN = "cluster-admin"
    ADMIN = "admin"
    ADMIN_VIEW = "admin-view"
    EDIT = "edit"
    VIEW = "view"
