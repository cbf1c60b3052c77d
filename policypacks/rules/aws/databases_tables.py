"""DynamoDB, DAX, Keyspaces, Timestream, and the migration service that fills databases."""

from datetime import date

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Undetermined,
    Verdict,
    all_of,
    fail,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
    undetermined,
)
from policypacks.rules.common.aws_data import document, inside, require_customer_key
from policypacks.rules.common.aws_policy import forbid_public_principal

TARGET = "aws:appautoscaling/target:Target"
RETIRED_UNTIL = "retired-until"
"""Tag with the last day on which the data of a table are kept that nobody uses any more; ``FeatureStore`` writes it."""

RETIRED_DATA = "retired-data"
"""Tag that says ``released`` where its protection is off."""


@rule("aws-dynamodb-table-point-in-time-recovery")
def point_in_time_recovery(table: Resource) -> Verdict:
    """DynamoDB tables can be brought back to any second of the last weeks.

    A program that writes nonsense writes it to every replica at once; only the past can undo it.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
    """
    return require_true(table, "pointInTimeRecovery.enabled")


@rule("aws-dynamodb-retired-table-kept-until")
def retired_table(table: Resource) -> Verdict:
    """Tables that are retired keep their data until their day, and go after it.

    Whoever still reads them needs the time that was promised; afterwards data that nobody uses are kept without a
    purpose. A program has no clock, so that it can only write the day down.
    """
    place = f"tags.{RETIRED_UNTIL}"
    until = table.get(place)
    if until is None:
        return NOT_APPLICABLE
    got = "" if table.is_secret(place) else f", got '{until}'"
    try:
        last = date.fromisoformat(str(until))
    except ValueError:
        return fail(place, f"is no date{got}", "write it as '2027-03-31'")
    released = table.get(f"tags.{RETIRED_DATA}") == "released"
    if last >= table.setting.today:
        if released:
            problem = f"is released before its day{got}"
            return fail(f"tags.{RETIRED_DATA}", problem, "take data_released from the retired view until then")
        return PASS
    if released:
        return PASS  # on its way: it goes with the entry
    problem = f"has passed, and the data are still kept{got}"
    return fail(place, problem, "set data_released of the retired view and take its entry away then, or prolong it")


@rule("aws-dynamodb-table-uses-customer-key")
def table_customer_key(table: Resource) -> Verdict:
    """DynamoDB tables are encrypted with a key of one's own.

    A table is always encrypted; only with a key of your own can reading be limited, logged and withdrawn.
    """
    return all_of(
        require_true(table, "serverSideEncryption.enabled"),
        require_customer_key(table, "serverSideEncryption.kmsKeyArn"),
    )


@rule("aws-dynamodb-table-deletion-protection")
def table_deletion_protection(table: Resource) -> Verdict:
    """DynamoDB tables cannot be deleted by one call.

    The protection has to be taken off first, which makes a deletion two decisions.
    """
    return require_true(table, "deletionProtectionEnabled")


@rule("aws-dynamodb-table-scales")
def table_scales(table: Resource) -> Verdict:
    """The capacity of DynamoDB tables follows the load.

    A table of fixed capacity refuses requests when there are more of them than expected.
    """
    if table.get("billingMode") == "PAY_PER_REQUEST":
        return PASS
    name = table.at("name").value
    related = table.stack.related(table, TARGET, by="resourceId")
    found: set[str] = set()
    pending = [f"{other.name}.resourceId" for other in related.maybe]
    for target in table.stack.all(table, TARGET):
        named = isinstance(name, str) and target.at("resourceId").value == f"table/{name}"
        if named or any(other.urn == target.urn for other in related.sure):
            try:
                found.add(str(target.get("scalableDimension")))
            except Undetermined as unknown:
                pending.append(f"{target.name}.{unknown.path}")
    wanted = {f"dynamodb:table:{kind}CapacityUnits" for kind in ("Read", "Write")}
    if wanted <= found:
        return PASS
    if pending:
        return undetermined(*pending)
    missing = " and ".join(sorted(wanted - found))
    return fail("billingMode", "is not PAY_PER_REQUEST", f"set it, or add an appautoscaling Target for {missing}")


@rule("aws-dynamodb-resource-policy-not-public")
def table_policy_not_public(policy: Resource) -> Verdict:
    """No policy of a DynamoDB table gives anything to everyone.

    A statement for principal * without a condition opens the table to every AWS account.
    """
    return all_of(require_set(policy, "policy"), forbid_public_principal(policy, "policy"))


@rule("aws-dynamodb-replica-encrypted")
def replica_protected(replica: Resource) -> Verdict:
    """Replicas of DynamoDB tables have a key of their own and can be brought back to the past.

    Neither the key nor the recovery of the table reaches the other region.
    """
    return all_of(require_customer_key(replica, "kmsKeyArn"), require_true(replica, "pointInTimeRecovery"))


@rule("aws-dax-cluster-encrypted")
def dax_encrypted(cluster: Resource) -> Verdict:
    """DAX clusters are encrypted at rest.

    A cache of a table holds the table's data, and is encrypted only when it is made so.
    """
    return require_true(cluster, "serverSideEncryption.enabled")


@rule("aws-dax-cluster-tls")
def dax_tls(cluster: Resource) -> Verdict:
    """DAX clusters speak TLS.

    The default endpoint sends data in plain text.
    """
    return require_equal(cluster, "clusterEndpointEncryptionType", "TLS")


@rule("aws-dms-replication-instance-not-public")
def dms_not_public(instance: Resource) -> Verdict:
    """Replication instances have no public address.

    They hold the credentials of both databases and the data between them.
    """
    return require_false(instance, "publiclyAccessible")


@rule("aws-dms-replication-instance-encrypted-with-customer-key")
def dms_customer_key(instance: Resource) -> Verdict:
    """Replication instances are encrypted with a key of one's own.

    The data rests there on its way, encrypted with a key of AWS unless another is named.
    """
    return require_customer_key(instance, "kmsKeyArn")


@rule("aws-dms-replication-instance-maintained")
def dms_maintained(instance: Resource) -> Verdict:
    """Replication instances update themselves and have a standby.

    A replication that stops leaves the target behind its source, and restarts are not always possible.
    """
    return require_true(instance, "autoMinorVersionUpgrade", "multiAz")


WITHOUT_SSL_MODE = ("s3", "dynamodb", "kinesis", "opensearch", "elasticsearch", "neptune", "redshift")
"""Targets that are reached by the AWS API or are always encrypted; they take no sslMode.

Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
"""


@rule("aws-dms-endpoint-tls")
def dms_endpoint_tls(endpoint: Resource) -> Verdict:
    """Replication connects to its databases over TLS.

    All of a database passes through this connection.
    """
    engine = str(endpoint.get("engineName", "")).lower()
    if engine.startswith(WITHOUT_SSL_MODE):
        return NOT_APPLICABLE
    if engine == "kafka":
        return require_in(
            endpoint, "kafkaSettings.securityProtocol", ("ssl-encryption", "ssl-authentication", "sasl-ssl")
        )
    if engine == "redis":
        return require_equal(endpoint, "redisSettings.sslSecurityProtocol", "ssl-encryption", absent=PASS)
    return require_in(endpoint, "sslMode", ("require", "verify-ca", "verify-full"))


@rule("aws-dms-s3-endpoint-encrypted")
def dms_s3_encrypted(endpoint: Resource) -> Verdict:
    """Replication to S3 encrypts with a KMS key.

    Files of a replication are a copy of the database.
    """
    return all_of(
        require_in(endpoint, "encryptionMode", ("SSE_KMS", "sse-kms"), ignore_case=True),
        require_customer_key(endpoint, "serverSideEncryptionKmsKeyId"),
    )


@rule("aws-dms-replication-task-logging")
def dms_task_logs(task: Resource) -> Verdict:
    """Replication tasks write a log.

    Without it nobody can tell which rows did not arrive.
    """
    remedy = "set Logging.EnableLogging to true in replicationTaskSettings"
    try:
        enabled = inside(document(task, "replicationTaskSettings"), "Logging", "EnableLogging")
    except ValueError:
        return fail("replicationTaskSettings", "is not JSON", remedy)
    return PASS if enabled is True else fail("replicationTaskSettings", "does not turn logging on", remedy)


@rule("aws-keyspaces-table-protected")
def keyspaces_protected(table: Resource) -> Verdict:
    """Keyspaces tables have a key of one's own and can be brought back to the past.

    Both are off unless a table asks for them.
    """
    return all_of(
        require_equal(table, "encryptionSpecification.type", "CUSTOMER_MANAGED_KMS_KEY"),
        require_equal(table, "pointInTimeRecovery.status", "ENABLED"),
    )


@rule("aws-timestream-database-uses-customer-key")
def timestream_customer_key(database: Resource) -> Verdict:
    """Timestream databases are encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn.
    """
    return require_customer_key(database, "kmsKeyId")
