"""The cases of the rules for S3: access, transport, encryption."""

from typing import Any

import pytest

from support.aws_examples import BLOCK, KEY_ARN, allow, bucket, deny_plain, policy
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

KMS = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN}
TLS = policy(*deny_plain("s3:*"))
OPEN = policy(allow("*", "s3:GetObject"))
OLD_TLS = policy(deny_plain("s3:*")[0])
DEFAULT = "rules[].applyServerSideEncryptionByDefault"
BUCKET = bucket()
POLICY = resource("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "logs", "policy": TLS})
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


def grants(permission: str) -> dict[str, Any]:
    grantee = {"type": "Group", "uri": ALL_USERS}
    return {"accessControlPolicy": {"grants": [{"grantee": grantee, "permission": permission}]}}


CASES = [
    Case(
        "aws-s3-bucket-has-public-access-block",
        BUCKET,
        bad=[drop("bucket-block"), on("bucket-block", {"bucket": "another"})],
    ),
    Case(
        "aws-s3-public-access-block-all-flags-on",
        resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": "logs", **BLOCK}),
        bad=[{flag: False} for flag in BLOCK],
    ),
    Case(
        "aws-s3-account-public-access-block-all-flags-on",
        resource("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", BLOCK),
        bad=[{flag: False} for flag in BLOCK],
    ),
    Case(
        "aws-s3-bucket-acl-not-public-read",
        resource("aws:s3/bucketAclV2:BucketAclV2", {"bucket": "logs", "acl": "private"}),
        bad=[
            {"acl": "public-read"},
            {"acl": "authenticated-read"},
            grants("READ"),
            {"grants": [{"uri": ALL_USERS, "permissions": ["READ"]}]},
        ],
        also_good=[grants("WRITE_ACP")],
    ),
    Case(
        "aws-s3-bucket-acl-not-public-write",
        resource("aws:s3/bucketAcl:BucketAcl", {"bucket": "logs", "acl": "private"}),
        bad=[{"acl": "public-read-write"}, grants("WRITE")],
        also_good=[{"acl": "public-read"}],
    ),
    Case(
        "aws-s3-bucket-acls-disabled",
        BUCKET,
        bad=on("bucket-ownership", {"rule.objectOwnership": "ObjectWriter"}),
        also_good=drop("bucket-ownership"),
        absent={"rule.objectOwnership": FAIL},
    ),
    Case(
        "aws-s3-bucket-policy-no-public-principal",
        POLICY,
        bad=[
            {"policy": OPEN},
            {"policy": policy(allow({"AWS": ["*"]}, "s3:GetObject"))},
            {"policy": policy(allow("*", "s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}))},
            {"policy": policy(allow("*", "s3:*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}))},
            {"policy": policy({"Effect": "Allow", "NotPrincipal": {"AWS": "x"}, "Action": "*", "Resource": "*"})},
            {"policy": "not json"},
        ],
        also_good=[
            {"policy": policy(allow("*", "s3:GetObject", Condition={"StringEquals": {"aws:PrincipalOrgId": "o-1"}}))},
            {"policy": policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "s3:*"))},
        ],
    ),
    Case(
        "aws-s3-bucket-policy-requires-tls",
        BUCKET,
        bad=[drop("bucket-policy"), on("bucket-policy", {"policy": OPEN})],
        breaks=["aws-s3-bucket-policy-requires-tls12"],
    ),
    Case("aws-s3-bucket-policy-requires-tls12", BUCKET, bad=[on("bucket-policy", {"policy": OLD_TLS})]),
    Case(
        "aws-s3-bucket-policy-no-cross-account-admin",
        POLICY,
        bad={"policy": policy(allow({"AWS": "arn:aws:iam::999988887777:root"}, "s3:Put*"), *deny_plain("s3:*"))},
        also_good=[
            {"policy": policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "s3:*"))},
            {"policy": policy(allow({"AWS": "999988887777"}, "s3:GetObject"))},
        ],
        config={"trusted_accounts": ["111122223333"]},
    ),
    Case(
        "aws-s3-bucket-policy-not-locking-out-owner",
        POLICY,
        bad={"policy": policy({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})},
    ),
    Case(
        "aws-s3-encryption-configuration-uses-kms",
        resource(
            "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
            {"bucket": "logs", "rules": [{"applyServerSideEncryptionByDefault": KMS, "bucketKeyEnabled": True}]},
        ),
        bad={f"{DEFAULT}.sseAlgorithm": "AES256"},
    ),
    Case(
        "aws-s3-bucket-encrypted-with-kms",
        BUCKET,
        bad=[
            drop("bucket-encryption"),
            on("bucket-encryption", {f"{DEFAULT}.sseAlgorithm": "AES256"}),
            on("bucket-encryption", {f"{DEFAULT}.kmsMasterKeyId": ""}),
        ],
        unknown={f"{DEFAULT}.kmsMasterKeyId": PASS},
    ),
    Case(
        "aws-s3-bucket-key-enabled",
        resource(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {"bucket": "logs", "rules": [{"applyServerSideEncryptionByDefault": KMS, "bucketKeyEnabled": True}]},
        ),
        bad={"rules[].bucketKeyEnabled": False},
        unrelated={f"{DEFAULT}.sseAlgorithm": "AES256"},
    ),
    Case(
        "aws-s3-access-point-blocks-public",
        resource("aws:s3/accessPoint:AccessPoint", {"bucket": "logs", "publicAccessBlockConfiguration": BLOCK}),
        bad=[{f"publicAccessBlockConfiguration.{flag}": False} for flag in BLOCK],
        also_good={
            "publicAccessBlockConfiguration.blockPublicAcls": False,
            "vpcConfiguration": {"vpcId": "vpc-1"},
        },
    ),
    Case(
        "aws-s3-no-website-hosting",
        [
            R("website", "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", {"bucket": Ref("site")}),
            *(
                item if item.name != "site" else R("site", item.type, {"tags": {"data-classification": "Public"}})
                for item in bucket("site")
            ),
        ],
        bad=[
            on("site", {"tags": {"data-classification": "confidential"}}),
            on("site", {"tags": REMOVE}),
            drop("site"),
            on("website", {"bucket": "another"}),
        ],
        guards=[],
        breaks=["aws-s3-bucket-replication"],
    ),
]

TWIN = R(
    "twin",
    "aws:s3/bucketV2:BucketV2",
    {
        "serverSideEncryptionConfigurations": [{"rules": [{"applyServerSideEncryptionByDefault": KMS}]}],
        "versionings": [{"enabled": True}],
    },
)


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize("rule", ["aws-s3-bucket-encrypted-with-kms", "aws-s3-bucket-versioning-enabled"])
def test_the_twin_names_its_properties_otherwise(rule: str) -> None:
    case = Case(
        rule,
        TWIN,
        bad=[
            {
                "serverSideEncryptionConfigurations[].rules": [{"applyServerSideEncryptionByDefault": {}}],
                "versionings[].enabled": False,
            }
        ],
        guards=[],
    )
    for trial in trials([case]):
        if "mutation" not in trial.name:
            trial.run()


@pytest.mark.parametrize("rule", ["aws-s3-bucket-encrypted-with-kms", "aws-s3-encryption-configuration-uses-kms"])
def test_the_bucket_that_takes_access_logs_cannot_use_kms(rule: str) -> None:
    resources = [item for item in bucket("logs") if item.name in ("logs", "logs-encryption")]
    log = R("log", "aws:s3/bucketLogging:BucketLogging", {"bucket": "x", "targetBucket": Ref("logs")})
    case = Case(rule, resources, bad=on("logs-encryption", {f"{DEFAULT}.sseAlgorithm": "AES256"}), unrelated=add(log))
    tried = [trial for trial in trials([case]) if ": bad" in trial.name or "unrelated" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 2
