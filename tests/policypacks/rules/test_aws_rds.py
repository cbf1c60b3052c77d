"""The cases of the rules for RDS: encryption, access, sign-in."""

import pytest

from platform_lib.core.values import Secret
from support.aws_databases import CLUSTER, INSTANCE
from support.aws_examples import KEY_ARN
from support.policies import PASS, REMOVE, Case, Trial, resource, trials

RDS = "aws:rds/"
DATABASE = resource(f"{RDS}instance:Instance", INSTANCE)
SHARED = resource(f"{RDS}cluster:Cluster", CLUSTER)
AWS_KEY = "arn:aws:kms:eu-west-1:111122223333:alias/aws/rds"
COPY = {"dbSnapshotIdentifier": "a", "sharedAccounts": ["111122223333"]}

CASES = [
    Case(
        "aws-rds-instance-storage-encrypted",
        DATABASE,
        bad=[{"storageEncrypted": False}, {"storageEncrypted": False, "snapshotIdentifier": ""}],
        guards=["storageEncrypted"],
        unrelated=[{"storageEncrypted": REMOVE, path: "x"} for path in ("replicateSourceDb", "snapshotIdentifier")],
    ),
    Case(
        "aws-rds-cluster-storage-encrypted",
        SHARED,
        bad={"storageEncrypted": False},
        also_good={"engineMode": "serverless", "storageEncrypted": REMOVE},
        unrelated={"storageEncrypted": REMOVE, "restoreToPointInTime": {"sourceClusterIdentifier": "x"}},
    ),
    Case(
        "aws-rds-global-cluster-storage-encrypted",
        resource(f"{RDS}globalCluster:GlobalCluster", {"globalClusterIdentifier": "g", "storageEncrypted": True}),
        bad={"storageEncrypted": False},
        unrelated={"storageEncrypted": REMOVE, "sourceDbClusterIdentifier": "arn"},
    ),
    Case(
        "aws-rds-uses-customer-key",
        DATABASE,
        bad=[{"kmsKeyId": AWS_KEY}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
        unrelated={"kmsKeyId": REMOVE, "replicateSourceDb": "other"},
    ),
    Case("aws-rds-instance-not-public", DATABASE, bad={"publiclyAccessible": True}),
    Case(
        "aws-rds-snapshot-not-public",
        resource(f"{RDS}snapshot:Snapshot", COPY),
        bad={"sharedAccounts": ["all"]},
    ),
    Case(
        "aws-rds-cluster-snapshot-not-public",
        resource(f"{RDS}clusterSnapshot:ClusterSnapshot", {"dbClusterSnapshotIdentifier": "a"}),
        bad={"sharedAccounts": ["111122223333", "all"]},
    ),
    Case(
        "aws-rds-snapshot-copy-encrypted",
        resource(f"{RDS}snapshotCopy:SnapshotCopy", {"sourceDbSnapshotIdentifier": "a", "kmsKeyId": KEY_ARN}),
        bad={"kmsKeyId": ""},
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-rds-iam-authentication",
        DATABASE,
        bad=[
            {"iamDatabaseAuthenticationEnabled": False},
            {"iamDatabaseAuthenticationEnabled": False, "engine": REMOVE},
        ],
        guards=["iamDatabaseAuthenticationEnabled"],
        unrelated={"engine": "oracle-ee"},
    ),
    Case(
        "aws-rds-master-password-managed",
        DATABASE,
        bad=[{"manageMasterUserPassword": False}, {"manageMasterUserPassword": REMOVE, "password": "in-the-program"}],
        also_good=[{"manageMasterUserPassword": False, "password": Secret("generated")}],
        unrelated={"manageMasterUserPassword": REMOVE, "snapshotIdentifier": "s"},
        absent={"password": PASS},
        unknown={"password": PASS},
    ),
    Case("aws-rds-current-ca-certificate", DATABASE, bad={"caCertIdentifier": "rds-ca-2019"}),
    Case(
        "aws-rds-proxy-requires-tls",
        resource(f"{RDS}proxy:Proxy", {"engineFamily": "POSTGRESQL", "requireTls": True}),
        bad={"requireTls": False},
    ),
    Case(
        "aws-rds-no-default-admin-username",
        DATABASE,
        bad=[{"username": "Postgres"}, {"username": "admin"}],
        unrelated={"username": REMOVE, "replicateSourceDb": "other"},
    ),
    Case(
        "aws-rds-non-default-port",
        DATABASE,
        bad=[{"port": 5432}, {"port": 1521, "engine": "oracle-se2"}, {"port": 3306, "engine": "custom-x"}],
        guards=["port"],
        also_good=[{"port": 3306}],
    ),
    Case(
        "aws-rds-in-custom-subnet-group",
        DATABASE,
        bad=[{"dbSubnetGroupName": "default"}, {"dbSubnetGroupName": ""}],
        unrelated={"dbSubnetGroupName": REMOVE, "replicateSourceDb": "other"},
    ),
    Case(
        "aws-rds-instance-no-database-security-groups",
        DATABASE,
        bad={"vpcSecurityGroupIds": []},
        unknown={"vpcSecurityGroupIds": PASS},
    ),
    Case(
        "aws-rds-performance-insights-encrypted",
        DATABASE,
        bad=[{"performanceInsightsKmsKeyId": "alias/aws/rds"}, {"performanceInsightsKmsKeyId": ""}],
        unknown={"performanceInsightsKmsKeyId": PASS},
        unrelated={"performanceInsightsEnabled": False},
    ),
    Case(
        "aws-rds-cross-region-backups-encrypted",
        resource(
            f"{RDS}instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
            {"sourceDbInstanceArn": "arn", "kmsKeyId": KEY_ARN},
        ),
        bad={"kmsKeyId": ""},
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-rds-cluster-activity-stream",
        resource(
            f"{RDS}clusterActivityStream:ClusterActivityStream",
            {"resourceArn": "arn", "kmsKeyId": KEY_ARN, "mode": "async"},
        ),
        bad=[{"mode": "off"}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
    ),
]

OTHERS = [
    Case("aws-rds-uses-customer-key", SHARED, bad={"kmsKeyId": REMOVE, "snapshotIdentifier": "s"}, guards=[]),
    Case("aws-rds-instance-not-public", SHARED, bad={"publiclyAccessible": True}),
    Case(
        "aws-rds-master-password-managed",
        SHARED,
        bad={"manageMasterUserPassword": False, "masterPassword": "in-the-program"},
        unrelated={"manageMasterUserPassword": REMOVE, "globalClusterIdentifier": "g"},
        guards=[],
    ),
    Case("aws-rds-no-default-admin-username", SHARED, bad={"masterUsername": "root"}),
    Case(
        "aws-rds-global-cluster-storage-encrypted",
        resource("aws:neptune/globalCluster:GlobalCluster", {"storageEncrypted": True}),
        bad={"storageEncrypted": False},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
