"""S3 buckets: public access, transport, encryption, versions, logs, retention."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    require_equal,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import denies_plain_transport, forbid_public_principal, statements

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
KMS = ("aws:kms", "aws:kms:dsse")
EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


@rule("aws-s3-bucket-has-public-access-block")
def bucket_has_public_access_block(bucket: Resource) -> Verdict:
    """Every bucket has a public access block of its own.

    The block overrules whatever ACL or policy somebody adds later.
    """
    return require_related(bucket, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", by="bucket", key="bucket")


@rule("aws-s3-public-access-block-all-flags-on")
def public_access_block_complete(block: Resource) -> Verdict:
    """A public access block has all four flags on.

    Each flag closes one of four ways to publish a bucket; three of four leave one open.
    """
    return require_true(block, "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule("aws-s3-bucket-acl-not-public-read")
def acl_not_public_read(target: Resource) -> Verdict:
    """No ACL lets everyone read a bucket.

    A canned or granted ACL for all users publishes every object listing in the bucket.
    """

    def grant(entry: Node) -> Verdict:
        if entry.get("permission") not in ("READ", "READ_ACP", "FULL_CONTROL"):
            return PASS
        return forbid_in(entry, "grantee.uri", EVERYONE, absent=PASS)

    return all_of(
        forbid_in(target, "acl", ("public-read", "public-read-write", "authenticated-read")),
        each(target, "accessControlPolicy.grants", grant),
    )


@rule("aws-s3-bucket-policy-no-public-principal")
def policy_not_public(policy: Resource) -> Verdict:
    """No bucket policy gives anything to everyone.

    A statement for principal * without a condition publishes what it allows to the internet.
    """
    return all_of(require_set(policy, "policy"), forbid_public_principal(policy, "policy"))


@rule("aws-s3-bucket-policy-requires-tls")
def policy_requires_tls(bucket: Resource) -> Verdict:
    """Every bucket refuses requests that do not come over TLS.

    S3 answers plain HTTP unless the bucket policy denies it, and data would cross networks readable.
    """

    def denies(policy: Resource) -> Verdict:
        try:
            found = statements(policy, "policy")
        except ValueError:
            return fail("policy", "is not a policy document", "write it as JSON with a Statement list")
        if any(denies_plain_transport(entry) and entry.grants("s3:GetObject") for entry in found):
            return PASS
        return fail("policy", "does not deny plain HTTP", "deny s3:* to principal * where aws:SecureTransport is false")

    return require_related(bucket, "aws:s3/bucketPolicy:BucketPolicy", by="bucket", key="bucket", check=denies)


@rule("aws-s3-encryption-configuration-uses-kms")
def encryption_uses_kms(configuration: Resource) -> Verdict:
    """Bucket encryption uses KMS keys.

    Only with a KMS key is reading the data a second permission, which can be logged and withdrawn.
    """
    return require_in(configuration, "rules[].applyServerSideEncryptionByDefault.sseAlgorithm", KMS)


@rule("aws-s3-bucket-encrypted-with-kms")
def bucket_encrypted_with_kms(bucket: Resource) -> Verdict:
    """Every bucket is encrypted with a named KMS key.

    Without a key of your own, nobody can tell who may decrypt, and nobody can withdraw it.
    """

    def configured(configuration: Resource) -> Verdict:
        return each(configuration, "rules", default_key)

    def default_key(entry: Node) -> Verdict:
        return all_of(
            require_in(entry, "applyServerSideEncryptionByDefault.sseAlgorithm", KMS),
            require_set(entry, "applyServerSideEncryptionByDefault.kmsMasterKeyId"),
        )

    inline = bucket.at("serverSideEncryptionConfiguration.rule")
    return any_of(
        require_related(bucket, ENCRYPTION, by="bucket", key="bucket", check=configured),
        default_key(inline) if inline.exists() else NOT_APPLICABLE,
    )


@rule("aws-s3-bucket-versioning-enabled")
def bucket_versioned(bucket: Resource) -> Verdict:
    """Every bucket keeps the former versions of its objects.

    Without versions an overwritten or deleted object is gone, and so is the proof of what it said.
    """

    def enabled(versioning: Resource) -> Verdict:
        return require_equal(versioning, "versioningConfiguration.status", "Enabled")

    inline = bucket.at("versioning")
    return any_of(
        require_related(bucket, VERSIONING, by="bucket", key="bucket", check=enabled),
        require_true(bucket, "versioning.enabled") if inline.exists() else NOT_APPLICABLE,
    )
