"""S3 buckets: who may reach them, how data travels, how it is encrypted."""

from collections.abc import Callable

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import (
    TRUSTED_ACCOUNTS,
    Statement,
    account_of,
    denies_plain_transport,
    each_statement,
    forbid_public_principal,
    statements,
    trusted_accounts,
)
from policypacks.rules.common.aws_s3 import BUCKET, takes_access_logs
from policypacks.rules.common.tags import CLASSIFICATION, tag

POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
KMS = ("aws:kms", "aws:kms:dsse")
FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
"""The groups that ACLs know as everyone: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html"""


@rule("aws-s3-bucket-has-public-access-block")
def bucket_has_public_access_block(bucket: Resource) -> Verdict:
    """Every bucket has a public access block of its own.

    The block overrules whatever ACL or policy somebody adds later.
    """
    return require_related(bucket, BLOCK, by="bucket", key="bucket")


@rule("aws-s3-public-access-block-all-flags-on")
def public_access_block_complete(block: Resource) -> Verdict:
    """A public access block has all four flags on.

    Each flag closes one of four ways to publish a bucket; three of four leave one open.
    """
    return require_true(block, *FLAGS)


@rule("aws-s3-account-public-access-block-all-flags-on")
def account_public_access_block_complete(block: Resource) -> Verdict:
    """The account's public access block has all four flags on.

    It holds for every bucket of the account, also for those that no program knows.
    """
    return require_true(block, *FLAGS)


def _no_public_grant(target: Resource, canned: tuple[str, ...], permissions: tuple[str, ...]) -> Verdict:
    def grant(entry: Node) -> Verdict:
        if entry.get("permission") not in permissions:
            return PASS
        return forbid_in(entry, "grantee.uri", EVERYONE, absent=PASS)

    def inline(entry: Node) -> Verdict:
        if not any(permission in permissions for permission in entry.get("permissions", [])):
            return PASS
        return forbid_in(entry, "uri", EVERYONE, absent=PASS)

    return all_of(
        forbid_in(target, "acl", canned),
        each(target, "accessControlPolicy.grants", grant),
        each(target, "grants", inline),
    )


@rule("aws-s3-bucket-acl-not-public-read")
def acl_not_public_read(target: Resource) -> Verdict:
    """No ACL lets everyone read a bucket.

    A canned or granted ACL for all users publishes the bucket to the internet.
    """
    canned = ("public-read", "public-read-write", "authenticated-read")
    return _no_public_grant(target, canned, ("READ", "READ_ACP", "FULL_CONTROL"))


@rule("aws-s3-bucket-acl-not-public-write")
def acl_not_public_write(target: Resource) -> Verdict:
    """No ACL lets everyone write to a bucket.

    Whoever can write can replace what others trust, and run up the bill.
    """
    return _no_public_grant(target, ("public-read-write",), ("WRITE", "WRITE_ACP", "FULL_CONTROL"))


@rule("aws-s3-bucket-acls-disabled")
def acls_disabled(bucket: Resource) -> Verdict:
    """Buckets are ruled by policies alone, not by ACLs.

    Owner-enforced buckets ignore ACLs, so that one place says who may do what.
    """
    return require_related(
        bucket,
        OWNERSHIP,
        by="bucket",
        key="bucket",
        check=lambda controls: require_in(
            controls,
            "rule.objectOwnership",
            ("BucketOwnerEnforced",),
            absent=fail("rule.objectOwnership", "is not set", "set it to BucketOwnerEnforced"),
        ),
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
        return _some_statement(
            policy,
            lambda entry: denies_plain_transport(entry) and entry.grants("s3:GetObject"),
            "does not deny plain HTTP",
            "deny s3:* to principal * where aws:SecureTransport is false",
        )

    return require_related(bucket, POLICY, by="bucket", key="bucket", check=denies)


@rule("aws-s3-bucket-policy-requires-tls12")
def policy_requires_tls12(bucket: Resource) -> Verdict:
    """Every bucket refuses TLS below version 1.2.

    Older versions have known weaknesses, and S3 leaves the choice to the bucket policy.
    """

    def denies(policy: Resource) -> Verdict:
        return _some_statement(
            policy,
            lambda entry: (
                not entry.allow
                and entry.public
                and any(
                    operator.lower().startswith("numericlessthan") and any(_at_least_12(value) for value in values)
                    for operator, values in entry.condition("s3:TlsVersion")
                )
            ),
            "does not deny TLS below 1.2",
            "deny s3:* to principal * where s3:TlsVersion is NumericLessThan 1.2",
        )

    return require_related(bucket, POLICY, by="bucket", key="bucket", check=denies)


def _at_least_12(value: str) -> bool:
    return value.replace(".", "", 1).isdigit() and float(value) >= 1.2


def _some_statement(policy: Resource, test: Callable[[Statement], bool], problem: str, remedy: str) -> Verdict:
    try:
        found = statements(policy, "policy")
    except ValueError:
        return fail("policy", "is not a policy document", "write it as JSON with a Statement list")
    return PASS if any(test(entry) for entry in found) else fail("policy", problem, remedy)


ADMINISTRATION = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutEncryptionConfiguration",
)


@rule(
    "aws-s3-bucket-policy-no-cross-account-admin",
    config=TRUSTED_ACCOUNTS,
)
def policy_no_foreign_administration(policy: Resource) -> Verdict:
    """No bucket policy lets another account administer the bucket.

    Who may change policy, ACL or encryption can undo every other safeguard. Which accounts are one's own is said by the
    setting or by the provider's allowedAccountIds; where neither does, no account can be called foreign.
    """
    trusted = trusted_accounts(policy)
    if not trusted:
        return NOT_APPLICABLE

    def check(statement: Statement) -> Verdict:
        if not statement.allow or not statement.grants(*ADMINISTRATION):
            return PASS
        for principal in (statement.principals or {}).get("AWS", ()):
            if account_of(principal) not in trusted:
                return fail(
                    statement.path,
                    f"lets {principal} administer the bucket",
                    "allow reading and writing only, or list the account in trusted_accounts",
                )
        return PASS

    return all_of(require_set(policy, "policy"), each_statement(policy, "policy", check))


@rule("aws-s3-bucket-policy-not-locking-out-owner")
def policy_no_lockout(policy: Resource) -> Verdict:
    """No bucket policy denies everything to everyone.

    Such a bucket can be mended by nobody but the account's root user.
    """

    def check(statement: Statement) -> Verdict:
        everything = statement.grants("s3:PutBucketPolicy") and statement.grants("s3:GetObject")
        if statement.allow or not statement.public or statement.conditions or not everything:
            return PASS
        return fail(statement.path, "denies everything to everyone", "add a condition, or name actions")

    return all_of(require_set(policy, "policy"), each_statement(policy, "policy", check))


@rule("aws-s3-encryption-configuration-uses-kms")
def encryption_uses_kms(configuration: Resource) -> Verdict:
    """Bucket encryption uses KMS keys.

    Only with a KMS key is reading the data a second permission, which can be logged and withdrawn. Buckets that take
    access logs cannot use KMS; those are left out.
    """
    targets = configuration.stack.target(configuration, "bucket", BUCKET, key="bucket").sure
    if any(takes_access_logs(bucket) for bucket in targets):
        return NOT_APPLICABLE
    return require_in(configuration, "rules[].applyServerSideEncryptionByDefault.sseAlgorithm", KMS)


def _default_key(entry: Node) -> Verdict:
    return all_of(
        require_in(entry, "applyServerSideEncryptionByDefault.sseAlgorithm", KMS),
        require_set(entry, "applyServerSideEncryptionByDefault.kmsMasterKeyId"),
    )


@rule("aws-s3-bucket-encrypted-with-kms")
def bucket_encrypted_with_kms(bucket: Resource) -> Verdict:
    """Every bucket is encrypted with a named KMS key.

    Without a key of your own, nobody can tell who may decrypt, and nobody can withdraw it. Buckets that take access
    logs cannot use KMS; those are left out.
    """
    if takes_access_logs(bucket):
        return NOT_APPLICABLE
    inline = [
        leaf
        for path in ("serverSideEncryptionConfiguration.rule", "serverSideEncryptionConfigurations[].rules[]")
        for leaf in bucket.leaves(path)
        if leaf.exists()
    ]
    return any_of(
        require_related(
            bucket, ENCRYPTION, by="bucket", key="bucket", check=lambda it: each(it, "rules", _default_key)
        ),
        all_in(_default_key(leaf) for leaf in inline),
    )


@rule("aws-s3-bucket-key-enabled")
def bucket_key_enabled(configuration: Resource) -> Verdict:
    """Buckets that use KMS have a bucket key.

    It keeps the number of KMS requests, and the chance to be throttled by KMS, low.
    """

    def check(entry: Node) -> Verdict:
        if entry.get("applyServerSideEncryptionByDefault.sseAlgorithm") not in KMS:
            return NOT_APPLICABLE
        return require_true(entry, "bucketKeyEnabled")

    return each(configuration, "rules", check)


@rule("aws-s3-access-point-blocks-public")
def access_point_blocks_public(point: Resource) -> Verdict:
    """Access points keep the public out.

    An access point has a public access block of its own, beside the bucket's; it cannot be changed later.
    """
    flags = require_true(point, *(f"publicAccessBlockConfiguration.{flag}" for flag in FLAGS))
    return any_of(flags, PASS if point.present("vpcConfiguration.vpcId") else NOT_APPLICABLE)


@rule("aws-s3-no-website-hosting")
def no_website(website: Resource) -> Verdict:
    """Only buckets that hold public data are websites.

    A website endpoint answers plain HTTP to everyone, whatever the data is.
    """
    targets = website.stack.target(website, "bucket", BUCKET, key="bucket")
    public = [tag(bucket, CLASSIFICATION) == "public" for bucket in targets.sure]
    if public and all(public):
        return PASS
    return fail("bucket", "serves a bucket that is not tagged as public", "serve it through CloudFront instead")
