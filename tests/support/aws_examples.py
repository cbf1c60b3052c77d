"""Compliant AWS resources that several rule tests start from."""

import json
from typing import Any

from support.policies import R, Ref

KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1"
BLOCK = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)


def policy(*statements: dict[str, Any]) -> str:
    """A policy document as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """An Allow statement; without principal for identity policies."""
    named = {} if principal is None else {"Principal": principal}
    return {"Effect": "Allow", **named, "Action": action, "Resource": resource, **more}


def deny_plain(action: str) -> list[dict[str, Any]]:
    """The statements that refuse plain HTTP and old TLS."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    return [
        {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {**deny, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
    ]


def bucket(name: str = "bucket") -> list[R]:
    """A bucket with all that makes it compliant; it holds regulated data."""
    it = Ref(name)
    s3 = "aws:s3/bucket"
    return [
        R(name, f"{s3}:Bucket", {"bucket": f"{name}-physical", "tags": {"data-classification": "confidential"}}),
        R(f"{name}-block", f"{s3}PublicAccessBlock:BucketPublicAccessBlock", {"bucket": it, **BLOCK}),
        R(f"{name}-policy", f"{s3}Policy:BucketPolicy", {"bucket": it, "policy": policy(*deny_plain("s3:*"))}),
        R(
            f"{name}-ownership",
            f"{s3}OwnershipControls:BucketOwnershipControls",
            {"bucket": it, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        ),
        R(
            f"{name}-encryption",
            f"{s3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {
                "bucket": it,
                "rules": [
                    {
                        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN},
                        "bucketKeyEnabled": True,
                    }
                ],
            },
        ),
        R(
            f"{name}-versioning",
            f"{s3}Versioning:BucketVersioning",
            {"bucket": it, "versioningConfiguration": {"status": "Enabled", "mfaDelete": "Enabled"}},
        ),
        R(f"{name}-logging", f"{s3}Logging:BucketLogging", {"bucket": it, "targetBucket": "logs", "targetPrefix": "x"}),
        R(
            f"{name}-replication",
            f"{s3}ReplicationConfig:BucketReplicationConfig",
            {"bucket": it, "rules": [{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}}]},
        ),
        R(
            f"{name}-lifecycle",
            f"{s3}LifecycleConfiguration:BucketLifecycleConfiguration",
            {
                "bucket": it,
                "rules": [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}],
            },
        ),
        R(f"{name}-notification", f"{s3}Notification:BucketNotification", {"bucket": it, "eventbridge": True}),
    ]
