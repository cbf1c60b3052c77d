"""S3 buckets: versions, logs, copies, retention."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    fail,
    require_at_least,
    require_equal,
    require_false,
    require_in,
    require_related,
    require_set,
    rule,
    some,
)
from policypacks.rules.common.aws_s3 import LOGGING, takes_access_logs, takes_configuration_history, takes_trails
from policypacks.rules.common.tags import is_log_store, is_regulated

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
ON = ("Enabled",)


def _inline(bucket: Resource, *paths: str) -> list[Node]:
    """What the bucket says itself: ``Bucket`` and its twin ``BucketV2`` name it differently."""
    return [leaf for path in paths for leaf in bucket.leaves(path) if leaf.exists()]


@rule("aws-s3-bucket-versioning-enabled")
def bucket_versioned(bucket: Resource) -> Verdict:
    """Every bucket keeps the former versions of its objects.

    Without versions an overwritten or deleted object is gone, and so is the proof of what it said.
    """

    def enabled(versioning: Resource) -> Verdict:
        return require_equal(versioning, "versioningConfiguration.status", "Enabled")

    inline = _inline(bucket, "versioning.enabled", "versionings[].enabled")
    return any_of(
        require_related(bucket, VERSIONING, by="bucket", key="bucket", check=enabled),
        all_in(require_in(leaf, "", (True,)) for leaf in inline),
    )


@rule("aws-s3-versioning-not-suspended")
def versioning_not_suspended(versioning: Resource) -> Verdict:
    """Versioning of a bucket is on, not suspended.

    A suspended bucket keeps old versions but makes no new ones, which is easily taken for protection.
    """
    return require_equal(versioning, "versioningConfiguration.status", "Enabled")


@rule("aws-s3-versioning-mfa-delete")
def mfa_delete(versioning: Resource) -> Verdict:
    """Versions of logs and evidence can only be deleted with a second factor.

    Then a stolen key alone cannot remove the traces of its use.
    """
    return require_equal(versioning, "versioningConfiguration.mfaDelete", "Enabled")


@rule("aws-s3-bucket-access-logging")
def bucket_access_logged(bucket: Resource) -> Verdict:
    """Access to every bucket is logged, but for the bucket that takes the logs.

    Access logs are what tells who read an object, when nobody else noticed.
    """
    if takes_access_logs(bucket):
        return NOT_APPLICABLE
    inline = _inline(bucket, "logging.targetBucket", "loggings[].targetBucket")
    return any_of(
        require_related(
            bucket, LOGGING, by="bucket", key="bucket", check=lambda logging: require_set(logging, "targetBucket")
        ),
        PASS if inline else NOT_APPLICABLE,
    )


@rule("aws-s3-bucket-replication")
def bucket_replicated(bucket: Resource) -> Verdict:
    """Buckets with regulated data are replicated.

    A second copy, best in another region or account, outlives the loss of the first.
    """
    if not is_regulated(bucket) or is_log_store(bucket) or _keeps_logs(bucket) or _is_replica(bucket):
        return NOT_APPLICABLE
    inline = _inline(bucket, "replicationConfiguration.rules[].status", "replicationConfigurations[].rules[].status")
    return any_of(
        require_related(
            bucket,
            REPLICATION,
            by="bucket",
            key="bucket",
            check=lambda it: some(it, "rules", lambda entry: require_in(entry, "status", ON)),
        ),
        any_of(*(require_in(leaf, "", ON) for leaf in inline)),
    )


def _is_replica(bucket: Resource) -> bool:
    return bool(bucket.stack.related(bucket, REPLICATION, by="rules[].destination.bucket").sure)


def _keeps_logs(bucket: Resource) -> bool:
    return takes_access_logs(bucket) or takes_trails(bucket) or takes_configuration_history(bucket)


@rule("aws-s3-bucket-lifecycle")
def bucket_lifecycle(bucket: Resource) -> Verdict:
    """Every bucket says how long it keeps its objects.

    What is kept without a limit is what leaks years later, and is paid for until then.
    """

    def enabled(configuration: Resource) -> Verdict:
        return some(configuration, "rules", lambda entry: require_in(entry, "status", ON))

    inline = _inline(bucket, "lifecycleRules[].enabled")
    return any_of(
        require_related(bucket, LIFECYCLE, by="bucket", key="bucket", check=enabled),
        any_of(*(require_in(leaf, "", (True,)) for leaf in inline)),
    )


@rule("aws-s3-lifecycle-aborts-incomplete-uploads")
def lifecycle_aborts_uploads(configuration: Resource) -> Verdict:
    """A lifecycle configuration clears away uploads that were never finished.

    Their parts are invisible in listings, hold data all the same, and cost money.
    """

    def check(entry: Node) -> Verdict:
        return all_of(
            require_in(entry, "status", ON),
            require_at_least(entry, "abortIncompleteMultipartUpload.daysAfterInitiation", 1, unit="days"),
        )

    return some(configuration, "rules", check)


@rule("aws-s3-bucket-object-lock")
def object_lock(bucket: Resource) -> Verdict:
    """Buckets that keep logs or evidence lock their objects.

    A locked object cannot be altered or deleted before its time, not even by who owns the account. S3 access logs and
    AWS Config cannot be delivered into locked buckets; those are left out.
    """
    if takes_access_logs(bucket) or takes_configuration_history(bucket):
        return NOT_APPLICABLE
    if not is_log_store(bucket) and not takes_trails(bucket):
        return NOT_APPLICABLE
    modes = ("COMPLIANCE", "GOVERNANCE")
    inline = _inline(bucket, "objectLockConfiguration.rule.defaultRetention.mode")
    retained = any_of(
        require_related(
            bucket,
            LOCK,
            by="bucket",
            key="bucket",
            check=lambda lock: require_in(lock, "rule.defaultRetention.mode", modes),
        ),
        all_in(require_in(leaf, "", modes) for leaf in inline),
    )
    return all_of(require_in(bucket, "objectLockEnabled", (True,)), retained)


@rule("aws-s3-bucket-no-force-destroy")
def no_force_destroy(bucket: Resource) -> Verdict:
    """Production buckets are not emptied by their deletion.

    With forceDestroy, one wrong ``destroy`` takes every object along.
    """
    return require_false(bucket, "forceDestroy") if bucket.production else NOT_APPLICABLE


@rule("aws-s3-bucket-event-notifications")
def event_notifications(bucket: Resource) -> Verdict:
    """Every bucket tells when its objects change.

    Events are what lets a scan or an alarm follow a change within seconds; EventBridge takes them all.
    """

    def tells(notification: Resource) -> Verdict:
        targets = ("eventbridge", "topics", "queues", "lambdaFunctions")
        if any(notification.present(name) and notification.at(name).value is not False for name in targets):
            return PASS
        return fail("eventbridge", "nothing is told", "set eventbridge to true, or name a target")

    return require_related(bucket, NOTIFICATION, by="bucket", key="bucket", check=tells)
