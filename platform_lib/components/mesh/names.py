"""Names that Istio and this component give: where things stand, and what they are called."""

from typing import Final

SYSTEM_NAMESPACE: Final = "istio-system"
"""Where the control plane runs, and the root namespace: what lies there without a selector holds for the whole mesh
(``meshConfig.rootNamespace``, https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/)."""

INGRESS_NAMESPACE: Final = "istio-ingress"
EGRESS_NAMESPACE: Final = "istio-egress"

CNI_NAMESPACE: Final = "kube-system"
"""Where the node agent runs: it needs paths of the node, which a namespace with restricted pods does not give
(https://istio.io/latest/docs/setup/additional-setup/pod-security-admission/)."""

TRUST_DOMAIN: Final = "cluster.local"
"""What identities of workloads begin with (``meshConfig.trustDomain``)."""

CLUSTER_DOMAIN: Final = "cluster.local"
"""What host names of services end with (``global.proxy.clusterDomain`` of the charts)."""

AUTHORITY_SECRET: Final = "cacerts"  # noqa: S105 - the name of a secret
"""The one secret that istiod reads its certificate authority from
(https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/)."""

REVISION_LABEL: Final = "istio.io/rev"
"""Label of namespaces and pods: revision or tag that injects their proxies."""

TRACES_PROVIDER: Final = "traces"
"""What the mesh configuration calls the collector of traces."""
