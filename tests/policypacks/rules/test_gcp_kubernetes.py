"""The cases of the rules for Google Kubernetes Engine."""

import pytest

from support.policies import PASS, REMOVE, Case, R, Trial, on, resource, trials

DEFAULT = "123456789012-compute@developer.gserviceaccount.com"
NODES = "nodes@p.iam.gserviceaccount.com"
CLUSTER = resource(
    "gcp:container/cluster:Cluster",
    {
        "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True},
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "APISERVER"]},
        "datapathProvider": "ADVANCED_DATAPATH",
        "workloadIdentityConfig": {"workloadPool": "p.svc.id.goog"},
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": "k"},
        "nodeConfig": {"serviceAccount": NODES},
    },
)
POOL = R(
    "pool",
    "gcp:container/nodePool:NodePool",
    {
        "cluster": "c",
        "management": {"autoUpgrade": True, "autoRepair": True},
        "nodeConfig": {"serviceAccount": NODES, "workloadMetadataConfig": {"mode": "GKE_METADATA"}},
    },
)
ENDPOINT = "privateClusterConfig.enablePrivateEndpoint"
RANGES = "masterAuthorizedNetworksConfig.cidrBlocks"
NARROW = [{"cidrBlock": "192.0.2.0/24"}]
AUTOPILOT = {"enableAutopilot": True}

CASES = [
    Case("gcp-gke-private-nodes", CLUSTER, bad={"privateClusterConfig.enablePrivateNodes": False}),
    Case(
        "gcp-gke-private-endpoint-or-authorized-networks",
        CLUSTER,
        bad=[{ENDPOINT: False}, {ENDPOINT: False, RANGES: [*NARROW, {"cidrBlock": "0.0.0.0/0"}]}],
        also_good={ENDPOINT: False, RANGES: NARROW},
        guards=[ENDPOINT],
    ),
    Case(
        "gcp-gke-logging-and-monitoring",
        CLUSTER,
        bad=[
            {"loggingService": "none"},
            {"monitoringService": "none"},
            {"loggingConfig.enableComponents": ["SYSTEM_COMPONENTS"]},
        ],
        absent={"loggingService": PASS, "monitoringService": PASS},
    ),
    Case(
        "gcp-gke-network-policy",
        CLUSTER,
        bad={"datapathProvider": "LEGACY_DATAPATH"},
        also_good=[
            {"datapathProvider": REMOVE, "networkPolicy": {"enabled": True}},
            {"datapathProvider": REMOVE, **AUTOPILOT},
        ],
    ),
    Case(
        "gcp-gke-no-legacy-auth",
        CLUSTER,
        bad=[{"enableLegacyAbac": True}, {"masterAuth.clientCertificateConfig.issueClientCertificate": True}],
    ),
    Case(
        "gcp-gke-workload-identity",
        [CLUSTER, POOL],
        bad=[
            {"workloadIdentityConfig.workloadPool": ""},
            on("pool", {"nodeConfig.workloadMetadataConfig.mode": "GCE_METADATA"}),
        ],
        also_good={"workloadIdentityConfig": REMOVE, **AUTOPILOT},
        guards=["workloadIdentityConfig.workloadPool"],
        unknown={"workloadIdentityConfig.workloadPool": PASS},
    ),
    Case(
        "gcp-gke-secrets-encrypted",
        CLUSTER,
        bad=[{"databaseEncryption.state": "DECRYPTED"}, {"databaseEncryption.keyName": ""}],
        unknown={"databaseEncryption.keyName": PASS},
    ),
    Case(
        "gcp-gke-node-auto-upgrade-and-repair",
        POOL,
        bad=[{"management.autoUpgrade": False}, {"management.autoRepair": False}],
    ),
    Case(
        "gcp-gke-node-service-account",
        POOL,
        bad=[{"nodeConfig.serviceAccount": DEFAULT}, {"nodeConfig.serviceAccount": "default"}],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


PROVISIONED = "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"


def test_a_cluster_names_the_account_of_the_nodes_that_it_makes_itself() -> None:
    case = Case(
        "gcp-gke-node-service-account",
        CLUSTER,
        bad=[{"nodeConfig.serviceAccount": DEFAULT}, {**AUTOPILOT, PROVISIONED: DEFAULT}, AUTOPILOT],
        also_good={"nodeConfig": REMOVE, **AUTOPILOT, PROVISIONED: NODES},
        unrelated={"nodeConfig": REMOVE, "removeDefaultNodePool": True},
        guards=["nodeConfig.serviceAccount"],
    )
    tried = trials([case])
    for trial in tried:
        if "mutation" not in trial.name:
            trial.run()
    assert len(tried) > 6
