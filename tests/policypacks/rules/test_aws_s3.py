"""The cases of the rules for S3."""

import json

import pytest

from support.policies import PASS, Case, R, Ref, Trial, drop, on, resource, trials

KMS = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"}
TLS = {
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
}
OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
BLOCK = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)

BUCKET = [
    R("bucket", "aws:s3/bucket:Bucket", {"bucket": "logs"}),
    R("block", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": Ref("bucket"), **BLOCK}),
    R("policy", "aws:s3/bucketPolicy:BucketPolicy", {"bucket": Ref("bucket"), "policy": json.dumps(TLS)}),
    R(
        "encryption",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"bucket": Ref("bucket"), "rules": [{"applyServerSideEncryptionByDefault": KMS}]},
    ),
    R(
        "versioning",
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": Ref("bucket"), "versioningConfiguration": {"status": "Enabled"}},
    ),
]
DEFAULT = "rules[].applyServerSideEncryptionByDefault"

CASES = [
    Case("aws-s3-bucket-has-public-access-block", BUCKET, bad=[drop("block"), on("block", {"bucket": "another"})]),
    Case(
        "aws-s3-public-access-block-all-flags-on",
        resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": "logs", **BLOCK}),
        bad=[{flag: False} for flag in BLOCK],
    ),
    Case(
        "aws-s3-bucket-acl-not-public-read",
        resource("aws:s3/bucketAcl:BucketAcl", {"bucket": "logs", "acl": "private"}),
        bad=[
            {"acl": "public-read"},
            {
                "accessControlPolicy": {
                    "grants": [
                        {
                            "grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers", "type": "Group"},
                            "permission": "READ",
                        }
                    ]
                }
            },
        ],
    ),
    Case(
        "aws-s3-bucket-policy-no-public-principal",
        resource("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "logs", "policy": json.dumps(TLS)}),
        bad={"policy": json.dumps(OPEN)},
    ),
    Case(
        "aws-s3-bucket-policy-requires-tls",
        BUCKET,
        bad=[drop("policy"), on("policy", {"policy": json.dumps(OPEN)})],
    ),
    Case(
        "aws-s3-encryption-configuration-uses-kms",
        resource(
            "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
            {"bucket": "logs", "rules": [{"applyServerSideEncryptionByDefault": KMS}]},
        ),
        bad={f"{DEFAULT}.sseAlgorithm": "AES256"},
    ),
    Case(
        "aws-s3-bucket-encrypted-with-kms",
        BUCKET,
        bad=[
            drop("encryption"),
            on("encryption", {f"{DEFAULT}.sseAlgorithm": "AES256"}),
            on("encryption", {f"{DEFAULT}.kmsMasterKeyId": ""}),
        ],
        unknown={f"{DEFAULT}.kmsMasterKeyId": PASS},
    ),
    Case(
        "aws-s3-bucket-versioning-enabled",
        BUCKET,
        bad=[drop("versioning"), on("versioning", {"versioningConfiguration.status": "Suspended"})],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
