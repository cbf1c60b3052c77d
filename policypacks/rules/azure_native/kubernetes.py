"""Azure Kubernetes Service: clusters and node pools."""

from policypacks.engine.rule import (
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    forbid_open_cidr,
    require,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)


@rule("azure-aks-private-or-restricted-api")
def private_api(cluster: Resource) -> Verdict:
    """The API server is private, or open to named addresses only.

    Whoever reaches the API server can try every weakness of it and every leaked credential.
    """
    ranges = "apiServerAccessProfile.authorizedIPRanges"
    return any_of(
        require_true(cluster, "apiServerAccessProfile.enablePrivateCluster"),
        all_of(require_set(cluster, ranges), forbid_open_cidr(cluster, ranges)),
    )


@rule("azure-aks-local-accounts-disabled")
def no_local_accounts(cluster: Resource) -> Verdict:
    """Clusters have no local accounts.

    The local administrator is a certificate that names nobody and cannot be withdrawn.
    """
    return require_true(cluster, "disableLocalAccounts")


@rule("azure-aks-rbac-and-entra")
def rbac(cluster: Resource) -> Verdict:
    """People sign in to clusters by Microsoft Entra and have roles.

    Without it everyone shares one certificate, and that may do everything.
    """
    return all_of(require_true(cluster, "enableRBAC", absent=PASS), require_true(cluster, "aadProfile.managed"))


@rule("azure-aks-network-policy")
def network_policy(cluster: Resource) -> Verdict:
    """Clusters enforce network policies.

    Without an engine the policies are taken and have no effect; it cannot be chosen later on every cluster.
    """
    return require_in(cluster, "networkProfile.networkPolicy", ("azure", "calico", "cilium"))


@rule("azure-aks-policy-addon")
def policy_addon(cluster: Resource) -> Verdict:
    """Clusters check what is deployed against Azure Policy.

    What reaches the cluster past the pipeline is checked by nobody else.
    """
    return require_true(cluster, "addonProfiles.azurepolicy.enabled")


@rule("azure-aks-defender-profile")
def defender(cluster: Resource) -> Verdict:
    """Clusters are watched by Defender.

    It sees what containers do, which no setting shows.
    """
    return require_true(cluster, "securityProfile.defender.securityMonitoring.enabled")


@rule("azure-aks-monitoring")
def monitoring(cluster: Resource) -> Verdict:
    """Clusters send logs or metrics to Azure Monitor.

    What only the cluster knows is gone with it.
    """
    return any_of(
        require_true(cluster, "addonProfiles.omsagent.enabled"),
        require_true(cluster, "azureMonitorProfile.metrics.enabled"),
    )


@rule("azure-aks-auto-upgrade")
def auto_upgrade(cluster: Resource) -> Verdict:
    """Clusters and their nodes are patched by themselves.

    Versions leave support after about a year, and patches for nodes come every week.
    """
    return all_of(
        require_in(cluster, "autoUpgradeProfile.upgradeChannel", ("patch", "stable", "rapid")),
        require_in(cluster, "autoUpgradeProfile.nodeOSUpgradeChannel", ("NodeImage", "SecurityPatch")),
    )


@rule("azure-aks-disk-encryption")
def disk_encryption(cluster: Resource) -> Verdict:
    """Disks of nodes are encrypted under a key of one's own, or at the host.

    Images, caches and volumes of all workloads lie on them.
    """
    return any_of(
        require_set(cluster, "diskEncryptionSetID"),
        each(cluster, "agentPoolProfiles", lambda pool: require_true(pool, "enableEncryptionAtHost")),
    )


@rule("azure-aks-no-node-public-ip")
def no_public_nodes(cluster: Resource) -> Verdict:
    """Nodes have no public address.

    Nodes are reached through load balancers, which are watched; kubelets are not for the internet.
    """
    if cluster.type.endswith(":AgentPool"):
        return require_false(cluster, "enableNodePublicIP")
    return each(cluster, "agentPoolProfiles", lambda pool: require_false(pool, "enableNodePublicIP"))


@rule(
    "azure-aks-supported-version",
    config={
        "versions": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["1.33", "1.34", "1.35", "1.36"],
            "description": "minor versions in support; an assumption for mid 2026, see az aks get-versions",
        }
    },
)
def supported_version(cluster: Resource) -> Verdict:
    """Clusters and node pools run a supported version of Kubernetes.

    Versions out of support get no patches: https://learn.microsoft.com/azure/aks/supported-kubernetes-versions
    """
    versions = cluster.config["versions"]
    pool = cluster.type.endswith(":AgentPool")
    return require(
        cluster,
        "orchestratorVersion" if pool else "kubernetesVersion",
        test=lambda value: ".".join(str(value).split(".")[:2]) in versions,
        problem="is not a supported version",
        remedy=f"set {{path}} to one of {', '.join(versions)}",
        absent=PASS if pool else None,
    )
