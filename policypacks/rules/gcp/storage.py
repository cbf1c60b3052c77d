"""Cloud Storage buckets: who may read them, what is kept."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    fail,
    forbid_in,
    require,
    require_equal,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.gcp import EVERYONE, forbid_public_members
from policypacks.rules.common.tags import is_log_store


@rule("gcp-storage-bucket-public-access-prevention")
def public_access_prevention(bucket: Resource) -> Verdict:
    """Buckets cannot be made public.

    The prevention overrules whatever binding or ACL somebody adds later.
    """
    return require_equal(bucket, "publicAccessPrevention", "enforced")


@rule("gcp-storage-bucket-uniform-access")
def uniform_access(bucket: Resource) -> Verdict:
    """Buckets are ruled by IAM alone, not by ACLs of objects.

    One place then says who may do what; an ACL on one object is seen by nobody.
    """
    return require_true(bucket, "uniformBucketLevelAccess")


@rule("gcp-storage-bucket-iam-not-public")
def not_public(grant: Resource) -> Verdict:
    """No binding or ACL opens a bucket to everyone.

    Public buckets are searched for by machines all day long.
    """
    # A policy document is JSON text; a principal's name stands in it as it is, between quotes.
    document = require(
        grant,
        "policyData",
        test=lambda text: not any(f'"{name}"' in str(text) for name in EVERYONE),
        problem="grants a role to everyone",
        remedy="name the principals in {path}",
        absent=PASS,
    )
    return all_of(forbid_public_members(grant), forbid_in(grant, "entity", EVERYONE, absent=PASS), document)


@rule("gcp-storage-bucket-versioning")
def versioning(bucket: Resource) -> Verdict:
    """Buckets keep former versions of their objects.

    What is overwritten or deleted, by mistake or on purpose, can be brought back. A locked retention
    policy does it as well.
    """
    if bucket.get("retentionPolicy.isLocked") in (True, "true"):
        return NOT_APPLICABLE
    return require_true(bucket, "versioning.enabled")


@rule("gcp-storage-bucket-logging")
def logging(bucket: Resource) -> Verdict:
    """Buckets have their requests logged, into another bucket.

    Without the log nobody can say who read the data. A log store does not log itself.
    """
    if is_log_store(bucket):
        return NOT_APPLICABLE
    if bucket.present("logging.logBucket") and bucket.present("name"):
        target = bucket.get("logging.logBucket")
        if target == bucket.get("name"):
            return fail("logging.logBucket", "is the bucket itself", "log into another bucket")
    return require_set(bucket, "logging.logBucket")


@rule("gcp-storage-bucket-retention-locked")
def retention_locked(bucket: Resource) -> Verdict:
    """Stores of logs and evidence have a retention policy that nobody can shorten.

    Evidence that an intruder or an administrator can delete proves nothing.
    """
    if not is_log_store(bucket):
        return NOT_APPLICABLE
    return all_of(
        require_set(bucket, "retentionPolicy.retentionPeriod"), require_true(bucket, "retentionPolicy.isLocked")
    )
