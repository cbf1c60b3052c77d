"""Policy documents of AWS as data: the statements that several components need, and the JSON text of a document.

Values may be Outputs; a document with an Output is an Output. Sources stand at each statement.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """The JSON text of a policy document; secrets in it stay secret."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    sid: str, actions: Sequence[str], resources: Any, conditions: Mapping[str, Any] | None = None, **more: Any
) -> Statement:
    """An Allow statement; ``more`` takes ``Principal``."""
    return _statement("Allow", sid, actions, resources, conditions, more)


def deny(
    sid: str, actions: Sequence[str], resources: Any, conditions: Mapping[str, Any] | None = None, **more: Any
) -> Statement:
    """A Deny statement; ``more`` takes ``Principal``."""
    return _statement("Deny", sid, actions, resources, conditions, more)


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: Any,
    conditions: Mapping[str, Any] | None,
    more: Mapping[str, Any],
) -> Statement:
    statement = {"Sid": sid, "Effect": effect, **more, "Action": list(actions), "Resource": resources}
    return {**statement, "Condition": conditions} if conditions else statement


def service(name: str) -> Mapping[str, str]:
    """A service as principal: ``delivery.logs`` or the full ``logs.eu-west-1.amazonaws.com``."""
    return {"Service": name if name.endswith(".amazonaws.com") else f"{name}.amazonaws.com"}


def assumed_by(service_name: str, conditions: Mapping[str, Any] | None = None) -> pulumi.Output[str]:
    """The trust policy of a role that a service assumes, where it can under conditions that keep other accounts out.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html.
    """
    trust = {
        "Sid": "ServiceAssumesRole",
        "Effect": "Allow",
        "Principal": service(service_name),
        "Action": "sts:AssumeRole",
    }
    return document([{**trust, "Condition": conditions} if conditions else trust])


def pods_assume(
    cluster_name: str, account_id: pulumi.Input[str], namespace: str, service_account: str
) -> pulumi.Output[str]:
    """The trust policy of a role for the pods of one service account of one cluster of EKS.

    Sources: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html and pod-id-abac.html for the tags.
    """
    conditions = {
        "StringEquals": {
            "aws:SourceAccount": account_id,
            "aws:RequestTag/eks-cluster-name": cluster_name,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": service_account,
        }
    }
    return document(
        [
            {
                "Sid": "PodsAssumeRole",
                "Effect": "Allow",
                "Principal": service("pods.eks"),
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": conditions,
            }
        ]
    )


def account_administers_key(partition: str, account_id: pulumi.Input[str]) -> Statement:
    """Lets the account's IAM policies decide over a key; without it the key may become unmanageable.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
    """
    root = pulumi.Output.format("arn:{0}:iam::{1}:root", partition, account_id)
    return allow("AccountAdministersKey", ["kms:*"], "*", Principal={"AWS": root})


def log_groups_use_key(partition: str, region: str, account_id: pulumi.Input[str], group_name: str) -> Statement:
    """Lets CloudWatch Logs encrypt the log groups of one account whose names match a pattern.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html.
    """
    groups = pulumi.Output.format("arn:{0}:logs:{1}:{2}:log-group:{3}", partition, region, account_id, group_name)
    return allow(
        "LogGroupsUseKey",
        ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "*",
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        Principal=service(f"logs.{region}"),
    )


def bucket_requires_tls(bucket_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """Refuses requests to a bucket without TLS, or with TLS older than 1.2.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html.
    """
    everything = [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")]
    return [
        deny("DenyWithoutTls", ["s3:*"], everything, {"Bool": {"aws:SecureTransport": "false"}}, Principal="*"),
        deny("DenyOldTls", ["s3:*"], everything, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}, Principal="*"),
    ]


def access_is_recorded(account_id: pulumi.Input[str], bucket_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """Lets S3 write records of access to the account's buckets into a bucket.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html.
    """
    this_account = {"StringEquals": {"aws:SourceAccount": account_id}}
    objects = pulumi.Output.concat(bucket_arn, "/*")
    return [allow("S3WritesAccessLogs", ["s3:PutObject"], objects, this_account, Principal=service("logging.s3"))]


def alarms_publish(account_id: pulumi.Input[str], topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """Lets alarms of the account publish to a topic, over TLS only.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html.
    """
    this_account = {"StringEquals": {"aws:SourceAccount": account_id}}
    without_tls = {"Bool": {"aws:SecureTransport": "false"}}
    return document(
        [
            allow("AlarmsPublish", ["sns:Publish"], topic_arn, this_account, Principal=service("cloudwatch")),
            deny("DenyWithoutTls", ["sns:Publish"], topic_arn, without_tls, Principal="*"),
        ]
    )


def alarms_use_key(account_id: pulumi.Input[str]) -> Statement:
    """Lets alarms of the account encrypt what they publish.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html.
    """
    this_account = {"StringEquals": {"aws:SourceAccount": account_id}}
    acts = ["kms:Decrypt", "kms:GenerateDataKey*"]
    return allow("AlarmsUseKey", acts, "*", this_account, Principal=service("cloudwatch"))


def replicates_buckets(
    copies: Sequence[tuple[pulumi.Input[str], pulumi.Input[str]]],
    key_arn: pulumi.Input[str],
    copy_key_arn: pulumi.Input[str],
) -> pulumi.Output[str]:
    """What S3 does to copy buckets, each with the ARN of where its copy goes.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html.
    """
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    buckets = [source for source, _ in copies]
    return document(
        [
            allow("LookAtBuckets", ["s3:GetReplicationConfiguration", "s3:ListBucket"], buckets),
            allow("ReadVersions", read, [pulumi.Output.concat(source, "/*") for source in buckets]),
            allow("WriteCopies", write, [pulumi.Output.concat(target, "/*") for _, target in copies]),
            allow("Decrypt", ["kms:Decrypt"], [key_arn]),
            allow("EncryptCopies", ["kms:Encrypt"], [copy_key_arn]),
        ]
    )
