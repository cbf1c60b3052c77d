"""The cases of the rules for ElastiCache and MemoryDB."""

import pytest

from platform_lib.core.values import Secret
from support.aws_examples import KEY_ARN
from support.policies import FAIL, PASS, REMOVE, Case, Trial, resource, trials

GROUP = resource(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    {
        "description": "sessions",
        "engine": "redis",
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "userGroupIds": ["users"],
        "kmsKeyId": KEY_ARN,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "snapshotRetentionLimit": 7,
        "subnetGroupName": "private",
        "autoMinorVersionUpgrade": True,
    },
)
CLUSTER = resource(
    "aws:elasticache/cluster:Cluster",
    {
        "engine": "redis",
        "snapshotRetentionLimit": 7,
        "subnetGroupName": "private",
        "autoMinorVersionUpgrade": "true",
    },
)
USER = resource(
    "aws:elasticache/user:User",
    {"userId": "app", "userName": "app", "engine": "redis", "authenticationMode": {"type": "iam"}},
)
MEMORY = resource(
    "aws:memorydb/cluster:Cluster",
    {"aclName": "app", "tlsEnabled": True, "kmsKeyArn": KEY_ARN, "snapshotRetentionLimit": 7},
)
ELASTICACHE = "aws-elasticache"

CASES = [
    Case(
        f"{ELASTICACHE}-replication-group-encrypted-at-rest",
        GROUP,
        bad=[{"atRestEncryptionEnabled": False}, {"engine": "valkey", "atRestEncryptionEnabled": False}],
        guards=["atRestEncryptionEnabled"],
        also_good={"engine": "valkey", "atRestEncryptionEnabled": REMOVE},
        unrelated={"globalReplicationGroupId": "g", "atRestEncryptionEnabled": REMOVE},
    ),
    Case(
        f"{ELASTICACHE}-replication-group-encrypted-in-transit",
        GROUP,
        bad=[{"transitEncryptionEnabled": False}, {"transitEncryptionMode": "preferred"}],
        absent={"transitEncryptionMode": PASS},
        unrelated={"globalReplicationGroupId": "g", "transitEncryptionEnabled": REMOVE},
    ),
    Case(
        f"{ELASTICACHE}-replication-group-authenticated",
        GROUP,
        bad={"userGroupIds": []},
        unknown={"userGroupIds": PASS},
        also_good={"userGroupIds": REMOVE, "authToken": Secret("generated")},
    ),
    Case(
        f"{ELASTICACHE}-replication-group-uses-customer-key",
        GROUP,
        bad=[{"kmsKeyId": "alias/aws/elasticache"}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        f"{ELASTICACHE}-replication-group-failover",
        GROUP,
        bad=[{"automaticFailoverEnabled": False}, {"multiAzEnabled": False}],
    ),
    Case(
        f"{ELASTICACHE}-backup-retention",
        GROUP,
        bad={"snapshotRetentionLimit": 0},
        also_good={"replicationGroupId": "named"},
    ),
    Case(
        f"{ELASTICACHE}-in-custom-subnet-group",
        GROUP,
        bad=[{"subnetGroupName": "default"}, {"subnetGroupName": ""}],
    ),
    Case(f"{ELASTICACHE}-cluster-auto-minor-version-upgrade", CLUSTER, bad={"autoMinorVersionUpgrade": "false"}),
    Case(f"{ELASTICACHE}-auto-minor-version-upgrade", GROUP, bad={"autoMinorVersionUpgrade": False}),
    Case(
        f"{ELASTICACHE}-user-requires-password",
        USER,
        bad=[{"noPasswordRequired": True}, {"authenticationMode.type": "no-password-required"}],
    ),
    Case("aws-memorydb-cluster-tls", MEMORY, bad={"tlsEnabled": False}),
    Case(
        "aws-memorydb-cluster-uses-customer-key",
        MEMORY,
        bad={"kmsKeyArn": ""},
        unknown={"kmsKeyArn": PASS},
    ),
    Case("aws-memorydb-cluster-not-open-access", MEMORY, bad={"aclName": "open-access"}, absent={"aclName": FAIL}),
    Case("aws-memorydb-snapshot-retention", MEMORY, bad={"snapshotRetentionLimit": 0}),
]

OTHERS = [
    Case(
        f"{ELASTICACHE}-backup-retention",
        CLUSTER,
        bad={"snapshotRetentionLimit": 3},
        unrelated=[{"engine": "memcached"}, {"replicationGroupId": "group"}],
        config={"minimum_days": 5},
    ),
    Case(
        f"{ELASTICACHE}-in-custom-subnet-group",
        CLUSTER,
        bad={"subnetGroupName": "default"},
        unrelated={"replicationGroupId": "group"},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
