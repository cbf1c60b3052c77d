"""The cases of the rules for RDS: availability, backup, maintenance, logs."""

import pytest

from platform_lib.core.values import UNKNOWN
from support.aws_databases import AURORA, CLUSTER, INSTANCE
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

RDS = "aws:rds/"
DATABASE = resource(f"{RDS}instance:Instance", INSTANCE)
SHARED = resource(f"{RDS}cluster:Cluster", AURORA)
MEMBER = {
    "clusterIdentifier": Ref("cluster"),
    "autoMinorVersionUpgrade": True,
    "monitoringInterval": 60,
    "monitoringRoleArn": "arn:aws:iam::111122223333:role/monitoring",
}
MEMBERS = [
    R("cluster", f"{RDS}cluster:Cluster", AURORA),
    R("first", f"{RDS}clusterInstance:ClusterInstance", {**MEMBER, "availabilityZone": "eu-west-1a"}),
    R("second", f"{RDS}clusterInstance:ClusterInstance", {**MEMBER, "availabilityZone": "eu-west-1b"}),
]
SUBSCRIPTION = {
    "snsTopic": "arn",
    "sourceType": "db-instance",
    "eventCategories": ["failure", "maintenance", "configuration change", "deletion"],
}
SUBSCRIBED = [DATABASE, R("events", f"{RDS}eventSubscription:EventSubscription", SUBSCRIPTION)]

CASES = [
    Case("aws-rds-instance-multi-az", DATABASE, bad={"multiAz": False}),
    Case(
        "aws-rds-cluster-multi-az",
        MEMBERS,
        bad=[
            drop("second"),
            on("second", {"availabilityZone": "eu-west-1a"}),
            on("second", {"clusterIdentifier": "another"}),
        ],
        also_good=on("first", {"availabilityZone": REMOVE}),
        absent={"availabilityZone": PASS, "clusterIdentifier": FAIL},
        undetermined=on("first", {"availabilityZone": UNKNOWN}),
        unrelated=[{"dbClusterInstanceClass": "db.m6gd.large"}, {"engineMode": "serverless"}],
    ),
    Case(
        "aws-rds-backup-retention",
        DATABASE,
        bad=[{"backupRetentionPeriod": 6}, {"backupRetentionPeriod": 0}],
        unrelated={"replicateSourceDb": "other"},
    ),
    Case("aws-rds-deletion-protection", DATABASE, bad={"deletionProtection": False}),
    Case(
        "aws-rds-final-snapshot-kept",
        DATABASE,
        bad=[{"skipFinalSnapshot": True}, {"finalSnapshotIdentifier": ""}],
        absent={"skipFinalSnapshot": PASS},
        unknown={"finalSnapshotIdentifier": PASS},
        unrelated={"replicateSourceDb": "other"},
    ),
    Case("aws-rds-auto-minor-version-upgrade", DATABASE, bad={"autoMinorVersionUpgrade": False}),
    Case(
        "aws-rds-logs-exported",
        DATABASE,
        bad=[
            {"enabledCloudwatchLogsExports": ["upgrade"]},
            {"engine": "mysql", "enabledCloudwatchLogsExports": ["general"]},
            {"engine": "sqlserver-se", "enabledCloudwatchLogsExports": ["agent"]},
        ],
        guards=["enabledCloudwatchLogsExports"],
        also_good=[
            {"engine": "oracle-ee", "enabledCloudwatchLogsExports": ["alert", "audit", "listener", "trace"]},
            {"engine": REMOVE},
        ],
        unrelated={"engine": "custom-oracle-ee"},
    ),
    Case(
        "aws-rds-aurora-mysql-audit-log",
        SHARED,
        bad={"enabledCloudwatchLogsExports": ["error"]},
        unrelated={"engine": "aurora-postgresql"},
    ),
    Case(
        "aws-rds-enhanced-monitoring",
        DATABASE,
        bad=[{"monitoringInterval": 0}, {"monitoringRoleArn": ""}],
        unknown={"monitoringRoleArn": PASS},
    ),
    Case("aws-rds-copy-tags-to-snapshots", DATABASE, bad={"copyTagsToSnapshot": False}),
    Case(
        "aws-rds-storage-autoscaling",
        DATABASE,
        bad=[{"maxAllocatedStorage": 100}, {"maxAllocatedStorage": 0}],
        also_good={"allocatedStorage": REMOVE},
    ),
    Case(
        "aws-rds-aurora-backtrack",
        SHARED,
        bad={"backtrackWindow": 0},
        unrelated=[{"engine": "aurora-postgresql"}, {"globalClusterIdentifier": "g"}],
    ),
    Case(
        "aws-rds-event-subscription-exists",
        SUBSCRIBED,
        bad=[
            drop("events"),
            on("events", {"enabled": False}),
            on("events", {"sourceType": "db-snapshot"}),
            on("events", {"eventCategories": ["failure"]}),
            add(SHARED),
        ],
        also_good=[on("events", {"eventCategories": []}), on("events", {"sourceType": REMOVE})],
        absent={"enabled": PASS, "sourceType": PASS, "eventCategories": PASS},
        unrelated=drop("it"),
    ),
]

OTHERS = [
    Case(
        "aws-rds-instance-multi-az",
        DATABASE,
        bad={"multiAz": False},
        guards=[],
    ),
    Case("aws-rds-auto-minor-version-upgrade", MEMBERS, bad=on("first", {"autoMinorVersionUpgrade": False})),
    Case("aws-rds-backup-retention", SHARED, bad={"backupRetentionPeriod": 1}),
    Case(
        "aws-rds-logs-exported",
        resource(f"{RDS}cluster:Cluster", {**CLUSTER, "engine": "aurora-postgresql"}),
        bad={"enabledCloudwatchLogsExports": ["instance"]},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_a_standby_is_asked_for_in_production_only() -> None:
    case = Case(
        "aws-rds-instance-multi-az", DATABASE, bad=(), unrelated={"multiAz": False}, guards=[], environment="dev"
    )
    for trial in trials([case]):
        if "unrelated" in trial.name:
            trial.run()
