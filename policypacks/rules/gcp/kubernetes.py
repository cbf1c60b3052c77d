"""Google Kubernetes Engine: who reaches the control plane, what nodes are and whose rights they have."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    forbid_in,
    forbid_open_cidr,
    require,
    require_equal,
    require_false,
    require_holds,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.gcp import is_default_account

CLUSTER = "gcp:container/cluster:Cluster"
PRIVATE = "privateClusterConfig"
AUTHORIZED = "masterAuthorizedNetworksConfig.cidrBlocks"


def _autopilot(cluster: Resource) -> bool:
    return cluster.type == CLUSTER and cluster.get("enableAutopilot") is True


@rule("gcp-gke-private-nodes")
def private_nodes(cluster: Resource) -> Verdict:
    """Nodes of a cluster have private addresses only.

    A node with a public address can be tried from everywhere, kubelet and all.
    """
    return require_true(cluster, f"{PRIVATE}.enablePrivateNodes")


@rule("gcp-gke-private-endpoint-or-authorized-networks")
def endpoint_limited(cluster: Resource) -> Verdict:
    """The control plane answers only inside the network, or only to named address ranges.

    Whoever reaches the endpoint can try stolen tokens and new holes of the API server.
    """
    named = all_of(require_set(cluster, AUTHORIZED), forbid_open_cidr(cluster, f"{AUTHORIZED}[].cidrBlock"))
    return any_of(require_true(cluster, f"{PRIVATE}.enablePrivateEndpoint"), named)


@rule("gcp-gke-logging-and-monitoring")
def logging_and_monitoring(cluster: Resource) -> Verdict:
    """Clusters send logs and metrics, those of the API server included.

    Without them neither an attack nor an outage is seen.
    """
    services = (forbid_in(cluster, name, ("none",), absent=PASS) for name in ("loggingService", "monitoringService"))
    return all_of(*services, require_holds(cluster, "loggingConfig.enableComponents", ("APISERVER",)))


@rule("gcp-gke-network-policy")
def network_policy(cluster: Resource) -> Verdict:
    """Clusters enforce network policies.

    Without enforcement policies are accepted and do nothing: every pod reaches every other.
    """
    if _autopilot(cluster):
        return PASS
    return any_of(
        require_true(cluster, "networkPolicy.enabled"),
        require_equal(cluster, "datapathProvider", "ADVANCED_DATAPATH"),
    )


@rule("gcp-gke-no-legacy-auth")
def no_legacy_auth(cluster: Resource) -> Verdict:
    """Clusters take neither legacy authorization nor client certificates.

    Both bypass IAM: certificates cannot be revoked, and ABAC gives every service account wide rights.
    """
    return require_false(cluster, "enableLegacyAbac", "masterAuth.clientCertificateConfig.issueClientCertificate")


@rule("gcp-gke-workload-identity")
def workload_identity(subject: Resource) -> Verdict:
    """Pods act under accounts of their own, by workload identity.

    Otherwise each pod can take its node's token from the metadata server.
    """
    if subject.type == CLUSTER:
        if _autopilot(subject):
            return PASS
        return require_set(subject, "workloadIdentityConfig.workloadPool")
    return require_equal(subject, "nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA")


@rule("gcp-gke-secrets-encrypted")
def secrets_encrypted(cluster: Resource) -> Verdict:
    """Secrets of a cluster are encrypted under a key of one's own.

    Who gets at the disks or backups of the control plane reads nothing then.
    """
    return all_of(
        require_equal(cluster, "databaseEncryption.state", "ENCRYPTED"),
        require_set(cluster, "databaseEncryption.keyName"),
    )


@rule("gcp-gke-node-auto-upgrade-and-repair")
def upgrade_and_repair(pool: Resource) -> Verdict:
    """Node pools upgrade and repair themselves.

    Holes of the kubelet and the kernel are closed by upgrades alone.
    """
    return require_true(pool, "management.autoUpgrade", "management.autoRepair")


@rule("gcp-gke-node-service-account")
def node_service_account(subject: Resource) -> Verdict:
    """Nodes act under an account made for them.

    The default account is often an editor of the project, and every pod that breaks out of its node has it.
    """
    path = "nodeConfig.serviceAccount"
    if subject.type == CLUSTER:
        if _autopilot(subject):
            path = "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"
        elif subject.get("removeDefaultNodePool") is True:
            return NOT_APPLICABLE
    return require(
        subject,
        path,
        test=lambda email: not is_default_account(str(email)),
        problem="is the default service account of Compute Engine",
        remedy="set {path} to an account made for nodes",
        absent=fail(path, "is not set, so that nodes act under the default account", f"set {path}"),
    )
