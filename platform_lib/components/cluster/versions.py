"""Which versions of Kubernetes and of its add-ons go together on EKS. Data, and the rules of skew.

The add-on versions are those that AWS lists as the latest for each version of Kubernetes, as read in August 2026:
https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html, managing-coredns.html and
managing-vpc-cni.html. For the Pod Identity agent and the EBS driver AWS publishes no such table: theirs are those that
were in use with these versions then, an assumption; ``aws eks describe-addon-versions`` answers for a region.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DEFAULT_VERSION: Final = "1.35"
"""In standard support until 27 March 2027 (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html)."""

OLDEST_NODE_SKEW: Final = 3
"""Minor versions that kubelet and kube-proxy may be behind the API server; they may never be ahead of it
(https://kubernetes.io/releases/version-skew-policy/)."""

VPC_CNI: Final = "vpc-cni"
KUBE_PROXY: Final = "kube-proxy"
COREDNS: Final = "coredns"
POD_IDENTITY_AGENT: Final = "eks-pod-identity-agent"
EBS_DRIVER: Final = "aws-ebs-csi-driver"

_AGENT_VERSION: Final = "v1.3.10-eksbuild.3"
_EBS_VERSION: Final = "v1.63.1-eksbuild.1"
_CNI_VERSION: Final = "v1.22.4-eksbuild.3"


def _known(kube_proxy: str, coredns: str) -> Mapping[str, str]:
    return {
        POD_IDENTITY_AGENT: _AGENT_VERSION,
        VPC_CNI: _CNI_VERSION,
        KUBE_PROXY: kube_proxy,
        COREDNS: coredns,
        EBS_DRIVER: _EBS_VERSION,
    }


ADDON_VERSIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "1.34": _known("v1.34.6-eksbuild.13", "v1.13.2-eksbuild.11"),
    "1.35": _known("v1.35.3-eksbuild.13", "v1.14.3-eksbuild.3"),
    "1.36": _known("v1.36.0-eksbuild.14", "v1.14.3-eksbuild.3"),
}
"""Version of every default add-on by minor version of Kubernetes."""


@dataclass(frozen=True)
class AddonFacts:
    """A default add-on.

    Attributes:
        needed: no cluster of ours works without it.
        before_nodes: it runs on every node from the start, so that nodes become ready; the others run as ordinary pods
            and need nodes first.
        service_account: of its pods, where they call AWS.
        managed_policy: what AWS grants them for that, the path of a managed policy.
        configuration: configuration values (JSON) where nothing else is said.
    """

    needed: bool
    before_nodes: bool
    service_account: str = ""
    managed_policy: str = ""
    configuration: str = ""


DEFAULT_ADDONS: Final[Mapping[str, AddonFacts]] = {
    POD_IDENTITY_AGENT: AddonFacts(needed=True, before_nodes=True),
    VPC_CNI: AddonFacts(
        needed=True,
        before_nodes=True,
        service_account="aws-node",
        managed_policy="AmazonEKS_CNI_Policy",
        # https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
        configuration='{"enableNetworkPolicy":"true"}',
    ),
    KUBE_PROXY: AddonFacts(needed=True, before_nodes=True),
    COREDNS: AddonFacts(needed=True, before_nodes=False),
    EBS_DRIVER: AddonFacts(
        needed=False,
        before_nodes=False,
        service_account="ebs-csi-controller-sa",
        managed_policy="service-role/AmazonEBSCSIDriverPolicy",
    ),
}
"""Sources: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html (service accounts and
managed policies); the first three run as daemon sets that tolerate every taint."""


def minor(version: str) -> int:
    """The minor part: 35 of ``1.35`` and of ``v1.35.3-eksbuild.13``."""
    return int(version.removeprefix("v").split(".")[1])
