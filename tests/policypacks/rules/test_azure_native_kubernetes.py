"""The cases of the rules for Azure Kubernetes Service."""

from typing import Any

import pytest

from support.policies import PASS, REMOVE, Case, Trial, resource, trials

MANAGED: dict[str, Any] = {
    "apiServerAccessProfile": {"enablePrivateCluster": True},
    "disableLocalAccounts": True,
    "enableRBAC": True,
    "aadProfile": {"managed": True, "enableAzureRBAC": True},
    "networkProfile": {"networkPolicy": "cilium", "networkPlugin": "azure"},
    "addonProfiles": {"azurepolicy": {"enabled": True}, "omsagent": {"enabled": True}},
    "securityProfile": {"defender": {"securityMonitoring": {"enabled": True}}},
    "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
    "diskEncryptionSetID": "set",
    "agentPoolProfiles": [{"name": "system", "enableNodePublicIP": False}],
    "kubernetesVersion": "1.34.1",
}
TOKEN = "azure-native:containerservice:ManagedCluster"
CLUSTER = resource(TOKEN, MANAGED)
PRIVATE = "apiServerAccessProfile.enablePrivateCluster"
RANGES = "apiServerAccessProfile.authorizedIPRanges"

CASES = [
    Case(
        "azure-aks-private-or-restricted-api",
        CLUSTER,
        bad=[{PRIVATE: False}, {PRIVATE: False, RANGES: ["0.0.0.0/0"]}],
        also_good={PRIVATE: False, RANGES: ["192.0.2.0/24"]},
        guards=[PRIVATE],
    ),
    Case("azure-aks-local-accounts-disabled", CLUSTER, bad={"disableLocalAccounts": False}),
    Case(
        "azure-aks-rbac-and-entra",
        CLUSTER,
        bad=[{"enableRBAC": False}, {"aadProfile.managed": False}],
        absent={"enableRBAC": PASS},
    ),
    Case("azure-aks-network-policy", CLUSTER, bad={"networkProfile.networkPolicy": "none"}),
    Case("azure-aks-policy-addon", CLUSTER, bad={"addonProfiles.azurepolicy.enabled": False}),
    Case("azure-aks-defender-profile", CLUSTER, bad={"securityProfile.defender.securityMonitoring.enabled": False}),
    Case(
        "azure-aks-monitoring",
        CLUSTER,
        bad={"addonProfiles.omsagent.enabled": False},
        also_good={"addonProfiles.omsagent": REMOVE, "azureMonitorProfile": {"metrics": {"enabled": True}}},
    ),
    Case(
        "azure-aks-auto-upgrade",
        CLUSTER,
        bad=[
            {"autoUpgradeProfile.upgradeChannel": "none"},
            {"autoUpgradeProfile.nodeOSUpgradeChannel": "Unmanaged"},
            {"autoUpgradeProfile": {}},
        ],
    ),
    Case(
        "azure-aks-disk-encryption",
        CLUSTER,
        bad={"diskEncryptionSetID": ""},
        also_good={"diskEncryptionSetID": REMOVE, "agentPoolProfiles[].enableEncryptionAtHost": True},
        unknown={"diskEncryptionSetID": PASS},
    ),
    Case("azure-aks-no-node-public-ip", CLUSTER, bad={"agentPoolProfiles[].enableNodePublicIP": True}),
    Case("azure-aks-supported-version", CLUSTER, bad={"kubernetesVersion": "1.24.9"}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "azure-aks-supported-version",
            resource("azure-native:containerservice:AgentPool", {"orchestratorVersion": "1.34"}),
            bad={"orchestratorVersion": "1.24"},
            absent={"orchestratorVersion": PASS},
        ),
        Case(
            "azure-aks-no-node-public-ip",
            resource("azure-native:containerservice:AgentPool", {"enableNodePublicIP": False}),
            bad={"enableNodePublicIP": True},
        ),
    ],
    ids=lambda case: case.rule,
)
def test_node_pools_are_judged_like_clusters(case: Case) -> None:
    for trial in trials([case]):
        trial.run()
