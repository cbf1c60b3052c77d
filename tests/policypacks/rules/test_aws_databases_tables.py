"""The cases of the rules for DynamoDB, DAX, Keyspaces, Timestream and DMS."""

import json

import pytest

from platform_lib.components.features import table_maker
from platform_lib.core.values import UNKNOWN
from policypacks.rules.aws.databases_tables import RETIRED_DATA, RETIRED_UNTIL
from support.aws_examples import KEY_ARN, allow, policy
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

TABLE = R(
    "table",
    "aws:dynamodb/table:Table",
    {
        "name": "orders",
        "billingMode": "PAY_PER_REQUEST",
        "pointInTimeRecovery": {"enabled": True},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY_ARN},
        "deletionProtectionEnabled": True,
    },
)
TARGET = "aws:appautoscaling/target:Target"
SCALED = [
    R("table", TABLE.type, {**TABLE.properties, "billingMode": "PROVISIONED"}),
    *(
        R(kind, TARGET, {"resourceId": Ref("table"), "scalableDimension": f"dynamodb:table:{kind}CapacityUnits"})
        for kind in ("Read", "Write")
    ),
]
OWN = policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "dynamodb:GetItem"))
DAX = resource(
    "aws:dax/cluster:Cluster",
    {"clusterName": "c", "serverSideEncryption": {"enabled": True}, "clusterEndpointEncryptionType": "TLS"},
)
DMS = resource(
    "aws:dms/replicationInstance:ReplicationInstance",
    {"publiclyAccessible": False, "kmsKeyArn": KEY_ARN, "autoMinorVersionUpgrade": True, "multiAz": True},
)
ENDPOINT = resource("aws:dms/endpoint:Endpoint", {"engineName": "postgres", "sslMode": "verify-full"})
TASK = resource(
    "aws:dms/replicationTask:ReplicationTask",
    {"replicationTaskSettings": json.dumps({"Logging": {"EnableLogging": True}})},
)

CASES = [
    Case("aws-dynamodb-table-point-in-time-recovery", TABLE, bad={"pointInTimeRecovery.enabled": False}),
    Case(
        "aws-dynamodb-table-uses-customer-key",
        TABLE,
        bad=[{"serverSideEncryption.enabled": False}, {"serverSideEncryption.kmsKeyArn": "alias/aws/dynamodb"}],
        unknown={"serverSideEncryption.kmsKeyArn": PASS},
    ),
    Case(
        "aws-dynamodb-retired-table-kept-until",
        R("table", TABLE.type, {**TABLE.properties, "tags": {"retired-until": "2026-01-15", "retired-data": "kept"}}),
        bad=[
            {"tags.retired-until": "2026-01-14"},
            {"tags.retired-until": "soon"},
            {"tags.retired-data": "released"},
        ],
        also_good=[
            {"tags.retired-until": "2027-01-01"},
            {"tags.retired-until": "2026-01-14", "tags.retired-data": "released"},
        ],
        unrelated={"tags": {"team": "features"}},
        guards=[],
        undetermined={"tags": UNKNOWN},
    ),
    Case("aws-dynamodb-table-deletion-protection", TABLE, bad={"deletionProtectionEnabled": False}),
    Case("aws-dynamodb-table-scales", TABLE, bad={"billingMode": "PROVISIONED"}),
    Case(
        "aws-dynamodb-resource-policy-not-public",
        resource("aws:dynamodb/resourcePolicy:ResourcePolicy", {"resourceArn": "arn", "policy": OWN}),
        bad={"policy": policy(allow("*", "dynamodb:GetItem"))},
    ),
    Case(
        "aws-dynamodb-replica-encrypted",
        resource("aws:dynamodb/tableReplica:TableReplica", {"kmsKeyArn": KEY_ARN, "pointInTimeRecovery": True}),
        bad=[{"kmsKeyArn": ""}, {"pointInTimeRecovery": False}],
        unknown={"kmsKeyArn": PASS},
    ),
    Case("aws-dax-cluster-encrypted", DAX, bad={"serverSideEncryption.enabled": False}),
    Case("aws-dax-cluster-tls", DAX, bad={"clusterEndpointEncryptionType": "NONE"}),
    Case("aws-dms-replication-instance-not-public", DMS, bad={"publiclyAccessible": True}),
    Case(
        "aws-dms-replication-instance-encrypted-with-customer-key",
        DMS,
        bad=[{"kmsKeyArn": "alias/aws/dms"}, {"kmsKeyArn": ""}],
        unknown={"kmsKeyArn": PASS},
    ),
    Case(
        "aws-dms-replication-instance-maintained",
        DMS,
        bad=[{"autoMinorVersionUpgrade": False}, {"multiAz": False}],
    ),
    Case(
        "aws-dms-endpoint-tls",
        ENDPOINT,
        bad=[
            {"sslMode": "none"},
            {"engineName": "kafka", "kafkaSettings": {"securityProtocol": "plaintext"}},
            {"engineName": "redis", "redisSettings": {"sslSecurityProtocol": "plaintext"}},
        ],
        guards=["sslMode"],
        also_good=[
            {"engineName": "kafka", "kafkaSettings": {"securityProtocol": "sasl-ssl"}},
            {"engineName": "redis", "redisSettings": {"authType": "none"}, "sslMode": REMOVE},
        ],
        unrelated={"engineName": "s3", "sslMode": REMOVE},
    ),
    Case(
        "aws-dms-s3-endpoint-encrypted",
        resource(
            "aws:dms/s3Endpoint:S3Endpoint", {"encryptionMode": "SSE_KMS", "serverSideEncryptionKmsKeyId": KEY_ARN}
        ),
        bad=[{"encryptionMode": "SSE_S3"}, {"serverSideEncryptionKmsKeyId": ""}],
        unknown={"serverSideEncryptionKmsKeyId": PASS},
    ),
    Case(
        "aws-dms-replication-task-logging",
        TASK,
        bad=[
            {"replicationTaskSettings": json.dumps({"Logging": {"EnableLogging": False}})},
            {"replicationTaskSettings": "{"},
            {"replicationTaskSettings": "[]"},
        ],
    ),
    Case(
        "aws-keyspaces-table-protected",
        resource(
            "aws:keyspaces/table:Table",
            {
                "encryptionSpecification": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyIdentifier": KEY_ARN},
                "pointInTimeRecovery": {"status": "ENABLED"},
            },
        ),
        bad=[{"encryptionSpecification.type": "AWS_OWNED_KMS_KEY"}, {"pointInTimeRecovery.status": "DISABLED"}],
    ),
    Case(
        "aws-timestream-database-uses-customer-key",
        resource("aws:timestreamwrite/database:Database", {"kmsKeyId": KEY_ARN}),
        bad={"kmsKeyId": "alias/aws/timestream"},
        unknown={"kmsKeyId": PASS},
    ),
]
OTHERS = [
    Case(
        "aws-dynamodb-table-scales",
        SCALED,
        bad=[
            drop("Read"),
            on("Write", {"scalableDimension": "dynamodb:index:WriteCapacityUnits"}),
            on("Write", {"resourceId": "table/another"}),
        ],
        also_good=on("Read", {"resourceId": "table/orders"}),
        undetermined=on("Read", {"scalableDimension": UNKNOWN}),
        absent={"resourceId": FAIL},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_the_feature_store_writes_what_the_rule_reads() -> None:
    assert (table_maker.RETIRED_UNTIL, table_maker.RETIRED_DATA) == (RETIRED_UNTIL, RETIRED_DATA)
