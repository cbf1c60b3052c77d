"""How other components take a cluster: one of ours, or one that exists already."""

from typing import Any, ClassVar, Self

from platform_lib.components.cluster.kind import NodeCapacity, TaintEffect
from platform_lib.components.cluster.kubeconfig import kubeconfig
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class NodeTaintReference(ComponentArgs):
    """A taint of nodes, which pods have to tolerate."""

    key: str
    """Its key."""

    value: str
    """Its value; may be empty."""

    effect: TaintEffect
    """What happens to pods that do not tolerate it."""


class NodeGroupReference(ComponentArgs):
    """A group of nodes: what a component needs to know to place pods on it."""

    name: str
    """Its purpose."""

    capacity: NodeCapacity
    """How its nodes are paid for."""

    zones: list[str]
    """Zone ids that its nodes stand in, such as ``euw1-az1``: the label ``topology.k8s.aws/zone-id``."""

    labels: dict[str, str]
    """Labels of its nodes, ``purpose`` among them."""

    taints: list[NodeTaintReference]
    """What pods have to tolerate."""


class ClusterReference(ComponentArgs):
    """A cluster: what a component needs to know to run something on it.

    Resources of Kubernetes need a provider too, which is handed over by parentage: an option of the component, made
    from ``kubeconfig`` or taken from ``KubernetesCluster.provider``.
    """

    region: str
    """The AWS region, such as ``eu-west-1``."""

    name: str
    """Name of the cluster in EKS."""

    version: str
    """Minor version of Kubernetes, such as ``1.35``."""

    arn: Input[str]
    """ARN of the cluster."""

    endpoint: Input[str]
    """URL of its API."""

    certificate_authority: Input[str]
    """Certificate of the API's authority, PEM in base64."""

    oidc_issuer: Input[str]
    """URL of the issuer of its service account tokens."""

    vpc_id: Input[str]
    """Id of the network that it stands in."""

    security_group_id: Input[str]
    """Security group of control plane and nodes, for rules of what they reach."""

    node_groups: list[NodeGroupReference]
    """Its nodes, by purpose. Pods get permissions of AWS by pod identity, whose agent every cluster of ours has."""

    kubeconfig: Input[str]
    """Configuration for ``kubectl`` and providers; a secret, that asks the ``aws`` command for a token."""

    @property
    def zones(self) -> list[str]:
        """Zone ids that nodes stand in, each once."""
        return sorted({zone for group in self.node_groups for zone in group.zones})

    def group(self, name: str) -> NodeGroupReference | None:
        """The nodes for a purpose; None where there are none."""
        return next((group for group in self.node_groups if group.name == name), None)


class ClusterOutputs(StackOutputs):
    """A cluster as a stack offers it to others. It holds no secret: the kubeconfig is made anew where it is read."""

    output_name: ClassVar[str] = "cluster"
    version: ClassVar[int] = 1

    region: Input[str]
    """The AWS region."""

    name: Input[str]
    """Name of the cluster in EKS."""

    kubernetes_version: Input[str]
    """Minor version of Kubernetes."""

    arn: Input[str]
    """ARN of the cluster."""

    endpoint: Input[str]
    """URL of its API."""

    certificate_authority: Input[str]
    """Certificate of the API's authority, PEM in base64."""

    oidc_issuer: Input[str]
    """URL of the issuer of its service account tokens."""

    vpc_id: Input[str]
    """Id of the network that it stands in."""

    security_group_id: Input[str]
    """Security group of control plane and nodes."""

    node_groups: Input[list[dict[str, Any]]]
    """Its nodes, by purpose."""

    @classmethod
    def of(cls, cluster: ClusterReference) -> Self:
        """The outputs of a cluster."""
        return cls(
            kubernetes_version=cluster.version,
            node_groups=[group.model_dump(mode="json") for group in cluster.node_groups],
            **{name: getattr(cluster, name) for name in cls.model_fields if name in _AS_IT_IS},
        )

    @property
    def reference(self) -> ClusterReference:
        """The cluster as components take it; for outputs that were read at once."""
        return ClusterReference.parse(
            "ClusterOutputs",
            {
                **{name: getattr(self, name) for name in _AS_IT_IS},
                "version": self.kubernetes_version,
                "node_groups": self.node_groups,
                "kubeconfig": kubeconfig(str(self.name), str(self.region), self.endpoint, self.certificate_authority),
            },
        )


_AS_IT_IS = (
    *("region", "name", "arn", "endpoint", "certificate_authority", "oidc_issuer", "vpc_id", "security_group_id"),
)
