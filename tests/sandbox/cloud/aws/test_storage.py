import json
import re
from typing import Any

import pytest

from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObject:BucketObject"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
PUBLIC = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]})


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


@pytest.fixture
def bucket(aws: Driver) -> Made:
    return aws.create(BUCKET, "data", {"bucket": "data-of-ours"})


def test_a_bucket_has_the_forms_and_defaults_of_s3(bucket: Made) -> None:
    assert bucket.id == "data-of-ours"
    assert bucket["arn"] == "arn:aws:s3:::data-of-ours"
    assert bucket["bucketRegionalDomainName"] == "data-of-ours.s3.eu-west-1.amazonaws.com"
    assert (
        bucket["serverSideEncryptionConfiguration"]["rule"]["applyServerSideEncryptionByDefault"]["sseAlgorithm"]
        == "AES256"
    )


@pytest.mark.parametrize("name", ["AB", "Data", "a..b", "10.0.0.1", "ab-", "xn--a", "a" * 64])
def test_a_bucket_name_keeps_the_rules(aws: Driver, name: str) -> None:
    assert f"invalid bucket name '{name}'" in aws.reasons(BUCKET, {"bucket": name})


def test_bucket_names_are_taken_across_accounts_and_regions(aws: Driver, bucket: Made) -> None:
    other = driver("aws", {"region": "us-east-1", "allowedAccountIds": '["222222222222"]'}, aws.cloud)
    with pytest.raises(ProviderError, match=r"BucketAlreadyExists: .*'data-of-ours'"):
        other.create(BUCKET, "b", {"bucket": bucket.id})


def test_objects_keep_a_bucket(aws: Driver, bucket: Made) -> None:
    made = aws.create(OBJECT, "o", {"bucket": bucket.id, "key": "a.txt", "content": "x"})
    assert made["etag"] == "9dd4e461268c8034f5c8564e155c67a6"
    with pytest.raises(ProviderError, match="BucketNotEmpty"):
        aws.delete(bucket)
    aws.delete(made)
    aws.delete(bucket)


def test_a_bucket_that_may_be_forced_goes_with_its_objects(aws: Driver) -> None:
    forced = aws.create(BUCKET, "f", {"forceDestroy": True})
    aws.create(OBJECT, "o", {"bucket": forced.id, "key": "a", "content": "x"})
    aws.delete(forced)
    assert not [row for row in aws.cloud.ls() if row.type == BUCKET]


SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("aws:s3/bucketVersioning:BucketVersioning", {"versioningConfiguration": {"status": "Enabled"}}),
    ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"blockPublicAcls": True}),
    (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
    ),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": 1}}]},
    ),
    ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {"rule": {"objectOwnership": "BucketOwnerEnforced"}}),
    (POLICY, {"policy": PUBLIC}),
]


@pytest.mark.parametrize(("token", "inputs"), SETTINGS)
def test_a_setting_goes_by_the_buckets_name_and_needs_the_bucket(
    aws: Driver, bucket: Made, token: str, inputs: dict[str, Any]
) -> None:
    assert aws.create(token, "s", {"bucket": bucket.id, **inputs}).id == bucket.id
    assert aws.create(token, "again", {"bucket": bucket.id, **inputs}).id == bucket.id, "a second one overwrites"
    with pytest.raises(ProviderError, match=r"NoSuchBucket: .*\(nowhere-at-all\)"):
        aws.create(token, "lost", {"bucket": "nowhere-at-all", **inputs})


def test_a_public_policy_is_refused_where_public_policies_are_blocked(aws: Driver, bucket: Made) -> None:
    aws.create(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "b", {"bucket": bucket.id, "blockPublicPolicy": True}
    )
    with pytest.raises(ProviderError, match=r"AccessDenied.*BlockPublicPolicy"):
        aws.create(POLICY, "p", {"bucket": bucket.id, "policy": PUBLIC})
    private = PUBLIC.replace('"*"', '{"AWS": "arn:aws:iam::123456789012:root"}', 1)
    assert aws.create(POLICY, "q", {"bucket": bucket.id, "policy": private}).id


def test_acls_need_an_ownership_that_allows_them(aws: Driver, bucket: Made) -> None:
    token = "aws:s3/bucketAcl:BucketAcl"
    with pytest.raises(ProviderError, match="AccessControlListNotSupported"):
        aws.create(token, "a", {"bucket": bucket.id, "acl": "private"})
    aws.create(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "o",
        {"bucket": bucket.id, "rule": {"objectOwnership": "BucketOwnerPreferred"}},
    )
    assert aws.create(token, "a", {"bucket": bucket.id, "acl": "private"}).id


def test_lifecycle_rules_do_something_and_have_ids_of_their_own(aws: Driver, bucket: Made) -> None:
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    with pytest.raises(ProviderError, match="At least one action"):
        aws.create(token, "l", {"bucket": bucket.id, "rules": [{"id": "a", "status": "Enabled"}]})
    rule = {"id": "a", "status": "Enabled", "expiration": {"days": 1}}
    with pytest.raises(ProviderError, match=r"Rule ID must be unique.*: a"):
        aws.create(token, "l", {"bucket": bucket.id, "rules": [rule, rule]})


def test_keys_and_aliases(aws: Driver) -> None:
    key = aws.create(KEY, "k", {"enableKeyRotation": True})
    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", key.id)
    assert key["arn"] == f"arn:aws:kms:eu-west-1:123456789012:key/{key.id}"
    assert key["rotationPeriodInDays"] == 365
    assert "123456789012:root" in key["policy"]
    alias = aws.create(ALIAS, "a", {"name": "alias/app", "targetKeyId": key.id})
    assert alias["targetKeyArn"] == key["arn"]
    with pytest.raises(ProviderError, match=r"AlreadyExistsException.*alias/app"):
        aws.create(ALIAS, "b", {"name": "alias/app", "targetKeyId": key.id})
    with pytest.raises(ProviderError, match="Key 'no-key' does not exist"):
        aws.create(ALIAS, "c", {"name": "alias/other", "targetKeyId": "no-key"})
    assert "must begin with 'alias/'" in aws.reasons(ALIAS, {"name": "app", "targetKeyId": key.id})
    assert "(7 - 30)" in aws.reasons(KEY, {"deletionWindowInDays": 3})


def test_a_key_may_be_named_by_id_arn_and_alias(aws: Driver) -> None:
    key = aws.create(KEY, "k")
    aws.create(ALIAS, "a", {"name": "alias/app", "targetKeyId": key.id})
    for index, name in enumerate((key.id, key["arn"], "alias/app", "alias/aws/secretsmanager")):
        assert aws.create("aws:secretsmanager/secret:Secret", f"s{index}", {"kmsKeyId": name}).id
    with pytest.raises(ProviderError, match=r"KMS.NotFoundException"):
        aws.create("aws:secretsmanager/secret:Secret", "x", {"kmsKeyId": "alias/none"})


def test_log_groups_take_the_retentions_that_aws_takes(aws: Driver) -> None:
    made = aws.create(LOGS, "l", {"name": "/app", "retentionInDays": 365})
    assert made["arn"] == "arn:aws:logs:eu-west-1:123456789012:log-group:/app"
    assert aws.create(LOGS, "forever")["retentionInDays"] == 0
    assert "to be one of" in aws.reasons(LOGS, {"retentionInDays": 31})
    with pytest.raises(ProviderError, match="ResourceAlreadyExistsException"):
        aws.create(LOGS, "m", {"name": "/app"})


def test_secrets_and_parameters(aws: Driver) -> None:
    secret = aws.create("aws:secretsmanager/secret:Secret", "s", {"name": "db"})
    assert re.fullmatch(r"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-[a-p]{6}", secret.id)
    version = aws.create(
        "aws:secretsmanager/secretVersion:SecretVersion", "v", {"secretId": secret.id, "secretString": "x"}
    )
    assert version["versionStages"] == ["AWSCURRENT"]
    with pytest.raises(ProviderError, match="can't find the specified secret"):
        aws.create("aws:secretsmanager/secretVersion:SecretVersion", "w", {"secretId": "none", "secretString": "x"})
    with pytest.raises(ProviderError, match="the secret db already exists"):
        aws.create("aws:secretsmanager/secret:Secret", "t", {"name": "db"})
    parameter = aws.create("aws:ssm/parameter:Parameter", "p", {"name": "/a/b", "type": "String", "value": "1"})
    assert (parameter["arn"], parameter["version"]) == ("arn:aws:ssm:eu-west-1:123456789012:parameter/a/b", 1)
    assert aws.update(parameter, {"name": "/a/b", "type": "String", "value": "2"})["version"] == 2
    assert "must begin with one" in aws.reasons(
        "aws:ssm/parameter:Parameter", {"name": "a/b", "type": "String", "value": "1"}
    )


def test_a_multi_region_key_says_so(aws: Driver) -> None:
    assert aws.create(KEY, "k", {"multiRegion": True}).id.startswith("mrk-")


def test_two_clouds_share_no_names() -> None:
    for _ in range(2):
        assert driver("aws", cloud=open_cloud(None)).create(BUCKET, "b", {"bucket": "same-name"}).id == "same-name"
