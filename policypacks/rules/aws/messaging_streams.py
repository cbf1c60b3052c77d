"""Kinesis, Kafka, MQ brokers and the scheduler."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    require_at_least,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key


@rule("aws-kinesis-stream-encrypted")
def stream_encrypted(stream: Resource) -> Verdict:
    """Kinesis streams are encrypted with a KMS key.

    A stream keeps what was sent for a day at least.
    """
    return all_of(require_equal(stream, "encryptionType", "KMS"), require_set(stream, "kmsKeyId"))


@rule(
    "aws-kinesis-stream-retention",
    config={
        "minimum_hours": {
            "type": "integer",
            "minimum": 24,
            "maximum": 8760,
            "default": 168,
            "description": "hours for which a stream must keep its records; Kinesis keeps them for 8760 at most",
        }
    },
)
def stream_retention(stream: Resource) -> Verdict:
    """Kinesis streams keep their records for a week at least.

    What a consumer missed during an outage can be read again only as long as it is kept.
    """
    return require_at_least(stream, "retentionPeriod", stream.config["minimum_hours"], unit="hours")


@rule("aws-kinesis-firehose-encrypted")
def firehose_encrypted(stream: Resource) -> Verdict:
    """Firehose streams are encrypted at rest.

    Records wait in the stream until they are delivered. With a stream or a topic as its source, the encryption is that
    of the source. https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
    """
    if stream.present("kinesisSourceConfiguration") or stream.present("mskSourceConfiguration"):
        return NOT_APPLICABLE
    return require_true(stream, "serverSideEncryption.enabled")


@rule("aws-kinesis-video-stream-uses-customer-key")
def video_customer_key(stream: Resource) -> Verdict:
    """Kinesis video streams are encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn.
    """
    return require_customer_key(stream, "kmsKeyId")


@rule("aws-msk-cluster-tls")
def kafka_tls(cluster: Resource) -> Verdict:
    """Kafka clusters speak TLS, with clients and among brokers.

    Messages otherwise cross the network readable. It is the default, which must not be changed.
    """
    base = "encryptionInfo.encryptionInTransit"
    return all_of(require_equal(cluster, f"{base}.clientBroker", "TLS"), require_true(cluster, f"{base}.inCluster"))


@rule("aws-msk-cluster-uses-customer-key")
def kafka_customer_key(cluster: Resource) -> Verdict:
    """Kafka clusters are encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn.
    """
    return require_customer_key(cluster, "encryptionInfo.encryptionAtRestKmsKeyArn")


@rule("aws-msk-cluster-not-public")
def kafka_not_public(cluster: Resource) -> Verdict:
    """Kafka brokers have no public address.

    A public address leaves the brokers' own sign-in between the messages and the internet.
    """
    return require_equal(cluster, "brokerNodeGroupInfo.connectivityInfo.publicAccess.type", "DISABLED")


@rule("aws-msk-cluster-authenticated")
def kafka_authenticated(cluster: Resource) -> Verdict:
    """Kafka clusters ask who connects.

    Without a method to sign in, whoever reaches the port reads and writes every topic.
    """
    base = "clientAuthentication"
    return all_of(
        require_false(cluster, f"{base}.unauthenticated", absent=PASS),
        any_of(
            require_true(cluster, f"{base}.sasl.iam"),
            require_true(cluster, f"{base}.sasl.scram"),
            require_set(cluster, f"{base}.tls.certificateAuthorityArns"),
        ),
    )


@rule("aws-msk-cluster-logging")
def kafka_logs(cluster: Resource) -> Verdict:
    """Kafka brokers send their logs somewhere.

    They are kept nowhere else, and hold who was refused.
    """
    kinds = ("cloudwatchLogs", "s3", "firehose")
    return any_of(*(require_true(cluster, f"loggingInfo.brokerLogs.{kind}.enabled") for kind in kinds))


@rule("aws-mq-broker-not-public")
def broker_not_public(broker: Resource) -> Verdict:
    """MQ brokers have no public address.

    A public address leaves the broker's passwords between the messages and the internet.
    """
    return require_false(broker, "publiclyAccessible")


@rule("aws-mq-broker-logs")
def broker_logs(broker: Resource) -> Verdict:
    """MQ brokers write their logs, ActiveMQ also who administered it.

    They are off unless asked for. RabbitMQ has no audit log.
    """
    active = str(broker.get("engineType", "")).lower() == "activemq"
    return require_true(broker, "logs.general", *(("logs.audit",) if active else ()))


@rule("aws-mq-broker-encrypted-with-customer-key")
def broker_customer_key(broker: Resource) -> Verdict:
    """MQ brokers are encrypted with a key of one's own.

    The key of AWS cannot be limited or withdrawn.
    """
    return all_of(
        require_false(broker, "encryptionOptions.useAwsOwnedKey"),
        require_customer_key(broker, "encryptionOptions.kmsKeyId"),
    )


@rule("aws-mq-broker-auto-minor-upgrade")
def broker_upgrades(broker: Resource) -> Verdict:
    """MQ brokers take minor versions of their engine by themselves.

    Minor versions carry the security fixes.
    """
    return require_true(broker, "autoMinorVersionUpgrade")


@rule("aws-mq-broker-high-availability")
def broker_available(broker: Resource) -> Verdict:
    """MQ brokers survive the loss of a zone.

    A single broker is down when its zone is, and cannot be extended later.
    """
    return require_in(broker, "deploymentMode", ("ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"))


@rule("aws-mskconnect-connector-tls")
def connector_tls(connector: Resource) -> Verdict:
    """Kafka connectors speak TLS and sign in by IAM.

    A connector carries whole topics from one system to another.
    """
    return all_of(
        require_equal(connector, "kafkaClusterEncryptionInTransit.encryptionType", "TLS"),
        require_equal(connector, "kafkaClusterClientAuthentication.authenticationType", "IAM"),
    )


@rule("aws-scheduler-schedule-uses-customer-key")
def schedule_customer_key(schedule: Resource) -> Verdict:
    """Schedules are encrypted with a key of one's own.

    The input that a schedule sends is kept with it; the key of AWS cannot be limited or withdrawn.
    """
    return require_customer_key(schedule, "kmsKeyArn")
