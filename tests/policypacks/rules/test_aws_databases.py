"""The cases of the rules for DocumentDB and Neptune."""

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from support.aws_databases import CLUSTER_BASICS, parameters
from support.aws_examples import KEY_ARN
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

DOCDB = resource(
    "aws:docdb/cluster:Cluster",
    {
        **CLUSTER_BASICS,
        "kmsKeyId": KEY_ARN,
        "manageMasterUserPassword": True,
        "enabledCloudwatchLogsExports": ["audit", "profiler"],
    },
)
GROUP = resource("aws:docdb/clusterParameterGroup:ClusterParameterGroup", parameters("docdb5.0", audit_logs="all"))
MEMBER = {"clusterIdentifier": Ref("cluster"), "autoMinorVersionUpgrade": True, "publiclyAccessible": False}
GRAPH = {
    **CLUSTER_BASICS,
    "kmsKeyArn": KEY_ARN,
    "iamDatabaseAuthenticationEnabled": True,
    "enableCloudwatchLogsExports": ["audit"],
}
NEPTUNE = resource("aws:neptune/cluster:Cluster", GRAPH)
MEMBERS = [
    R("cluster", "aws:neptune/cluster:Cluster", GRAPH),
    *(
        R(
            f"member-{zone}",
            "aws:neptune/clusterInstance:ClusterInstance",
            {**MEMBER, "availabilityZone": f"eu-west-1{zone}"},
        )
        for zone in "ab"
    ),
]
INSTANCE = resource("aws:neptune/clusterInstance:ClusterInstance", {**MEMBER, "clusterIdentifier": "c"})

CASES = [
    Case(
        "aws-docdb-cluster-encrypted",
        DOCDB,
        bad={"storageEncrypted": False},
        unrelated={"storageEncrypted": REMOVE, "snapshotIdentifier": "s"},
    ),
    Case(
        "aws-docdb-cluster-uses-customer-key",
        DOCDB,
        bad=[{"kmsKeyId": "alias/aws/rds"}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
    ),
    Case("aws-docdb-cluster-logs-exported", DOCDB, bad={"enabledCloudwatchLogsExports": ["profiler"]}),
    Case(
        "aws-docdb-parameter-group-tls-and-audit",
        GROUP,
        bad=[
            {"parameters[0].value": "disabled"},
            {"parameters": [{"name": "audit_logs", "value": "ddl"}, {"name": "tls", "value": "disabled"}]},
        ],
        also_good={"parameters": [{"name": "audit_logs", "value": "ddl"}, {"name": "tls", "value": "tls1.2+"}]},
        absent={"parameters[0].value": FAIL},
    ),
    Case("aws-docdb-backup-retention", DOCDB, bad={"backupRetentionPeriod": 1}),
    Case("aws-docdb-deletion-protection", DOCDB, bad={"deletionProtection": False}),
    Case(
        "aws-docdb-master-password-managed",
        DOCDB,
        bad=[{"manageMasterUserPassword": False}, {"manageMasterUserPassword": False, "masterPassword": "plain-text"}],
        guards=["manageMasterUserPassword"],
        also_good={"manageMasterUserPassword": REMOVE, "masterPassword": Secret("generated")},
        unrelated={"manageMasterUserPassword": REMOVE, "snapshotIdentifier": "s"},
    ),
    Case(
        "aws-neptune-cluster-encrypted",
        NEPTUNE,
        bad={"storageEncrypted": False},
        unrelated={"storageEncrypted": REMOVE, "replicationSourceIdentifier": "s"},
    ),
    Case(
        "aws-neptune-cluster-uses-customer-key",
        NEPTUNE,
        bad={"kmsKeyArn": ""},
        unknown={"kmsKeyArn": PASS},
    ),
    Case("aws-neptune-iam-authentication", NEPTUNE, bad={"iamDatabaseAuthenticationEnabled": False}),
    Case("aws-neptune-audit-logs-exported", NEPTUNE, bad={"enableCloudwatchLogsExports": ["slowquery"]}),
    Case("aws-neptune-backup-retention", NEPTUNE, bad={"backupRetentionPeriod": 6}),
    Case("aws-neptune-deletion-protection", NEPTUNE, bad={"deletionProtection": False}),
    Case("aws-neptune-instance-not-public", INSTANCE, bad={"publiclyAccessible": True}),
    Case(
        "aws-neptune-cluster-multi-az",
        MEMBERS,
        bad=[drop("member-b"), on("member-b", {"availabilityZone": "eu-west-1a"})],
        absent={"availabilityZone": PASS},
        undetermined=on("member-a", {"availabilityZone": UNKNOWN}),
    ),
    Case("aws-neptune-auto-minor-version-upgrade", INSTANCE, bad={"autoMinorVersionUpgrade": False}),
    Case("aws-neptune-copy-tags-to-snapshots", NEPTUNE, bad={"copyTagsToSnapshot": False}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
