"""The cases of the rules for Kinesis, Kafka, MQ brokers and the scheduler."""

import pytest

from support.aws_examples import KEY_ARN
from support.policies import PASS, REMOVE, Case, Trial, resource, trials

STREAM = resource("aws:kinesis/stream:Stream", {"encryptionType": "KMS", "kmsKeyId": KEY_ARN, "retentionPeriod": 168})
FIREHOSE = resource(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    {"destination": "extended_s3", "serverSideEncryption": {"enabled": True}},
)
TRANSIT = "encryptionInfo.encryptionInTransit"
PUBLIC = "brokerNodeGroupInfo.connectivityInfo.publicAccess.type"
KAFKA = resource(
    "aws:msk/cluster:Cluster",
    {
        "encryptionInfo": {
            "encryptionInTransit": {"clientBroker": "TLS", "inCluster": True},
            "encryptionAtRestKmsKeyArn": KEY_ARN,
        },
        "brokerNodeGroupInfo": {"connectivityInfo": {"publicAccess": {"type": "DISABLED"}}},
        "clientAuthentication": {"unauthenticated": False, "sasl": {"iam": True}},
        "loggingInfo": {"brokerLogs": {"cloudwatchLogs": {"enabled": True}, "s3": {"enabled": False}}},
    },
)
BROKER = resource(
    "aws:mq/broker:Broker",
    {
        "engineType": "ActiveMQ",
        "publiclyAccessible": False,
        "logs": {"audit": True, "general": True},
        "encryptionOptions": {"useAwsOwnedKey": False, "kmsKeyId": KEY_ARN},
        "autoMinorVersionUpgrade": True,
        "deploymentMode": "ACTIVE_STANDBY_MULTI_AZ",
    },
)
CONNECTOR = resource(
    "aws:mskconnect/connector:Connector",
    {
        "kafkaClusterEncryptionInTransit": {"encryptionType": "TLS"},
        "kafkaClusterClientAuthentication": {"authenticationType": "IAM"},
    },
)

CASES = [
    Case(
        "aws-kinesis-stream-encrypted",
        STREAM,
        bad=[{"encryptionType": "NONE"}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
    ),
    Case("aws-kinesis-stream-retention", STREAM, bad={"retentionPeriod": 24}),
    Case(
        "aws-kinesis-firehose-encrypted",
        FIREHOSE,
        bad={"serverSideEncryption.enabled": False},
        unrelated=[{f"{source}SourceConfiguration": {"roleArn": "arn"}} for source in ("kinesis", "msk")],
    ),
    Case(
        "aws-kinesis-video-stream-uses-customer-key",
        resource("aws:kinesis/videoStream:VideoStream", {"kmsKeyId": KEY_ARN}),
        bad={"kmsKeyId": "alias/aws/kinesisvideo"},
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-msk-cluster-tls",
        KAFKA,
        bad=[{f"{TRANSIT}.clientBroker": "TLS_PLAINTEXT"}, {f"{TRANSIT}.inCluster": False}],
    ),
    Case(
        "aws-msk-cluster-uses-customer-key",
        KAFKA,
        bad={"encryptionInfo.encryptionAtRestKmsKeyArn": ""},
        unknown={"encryptionInfo.encryptionAtRestKmsKeyArn": PASS},
    ),
    Case("aws-msk-cluster-not-public", KAFKA, bad={PUBLIC: "SERVICE_PROVIDED_EIPS"}),
    Case(
        "aws-msk-cluster-authenticated",
        KAFKA,
        bad=[{"clientAuthentication.sasl.iam": False}, {"clientAuthentication.unauthenticated": True}],
        absent={"clientAuthentication.unauthenticated": PASS},
        also_good=[
            {"clientAuthentication.sasl": {"scram": True}},
            {"clientAuthentication.sasl": REMOVE, "clientAuthentication.tls": {"certificateAuthorityArns": ["arn"]}},
        ],
    ),
    Case(
        "aws-msk-cluster-logging",
        KAFKA,
        bad={"loggingInfo.brokerLogs.cloudwatchLogs.enabled": False},
        also_good={"loggingInfo.brokerLogs": {"firehose": {"enabled": True}}},
    ),
    Case("aws-mq-broker-not-public", BROKER, bad={"publiclyAccessible": True}),
    Case(
        "aws-mq-broker-logs",
        BROKER,
        bad=[{"logs.general": False}, {"logs.audit": False}],
        also_good={"engineType": "RabbitMQ", "logs.audit": REMOVE},
    ),
    Case(
        "aws-mq-broker-encrypted-with-customer-key",
        BROKER,
        bad=[{"encryptionOptions.useAwsOwnedKey": True}, {"encryptionOptions.kmsKeyId": ""}],
        unknown={"encryptionOptions.kmsKeyId": PASS},
    ),
    Case("aws-mq-broker-auto-minor-upgrade", BROKER, bad={"autoMinorVersionUpgrade": False}),
    Case("aws-mq-broker-high-availability", BROKER, bad={"deploymentMode": "SINGLE_INSTANCE"}),
    Case(
        "aws-mskconnect-connector-tls",
        CONNECTOR,
        bad=[
            {"kafkaClusterEncryptionInTransit.encryptionType": "PLAINTEXT"},
            {"kafkaClusterClientAuthentication.authenticationType": "NONE"},
        ],
    ),
    Case(
        "aws-scheduler-schedule-uses-customer-key",
        resource("aws:scheduler/schedule:Schedule", {"kmsKeyArn": KEY_ARN}),
        bad={"kmsKeyArn": ""},
        unknown={"kmsKeyArn": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
