"""The policy documents of a baseline: who may use its keys, write into its buckets and publish to its topic."""

from collections.abc import Sequence

import pulumi

from platform_lib.components.baseline.plan import BaselinePlan
from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import Statement, allow, service


def data_key(plan: BaselinePlan, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """The key for data: whom the account's own policies let use it."""
    return aws_policy.document([aws_policy.account_administers_key(plan.partition, account_id)])


def logs_key(plan: BaselinePlan, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """The key for logs: log groups, trails and alarms of the account too.

    Sources: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html and
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html.
    """
    trails = pulumi.Output.format("arn:{0}:cloudtrail:*:{1}:trail/*", plan.partition, account_id)
    this_account = {"StringEquals": {"aws:SourceAccount": account_id}}
    trail_of_account = {
        "ArnLike": {"aws:SourceArn": _trail_arns(plan, account_id)},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
    }
    return aws_policy.document(
        [
            aws_policy.account_administers_key(plan.partition, account_id),
            aws_policy.log_groups_use_key(plan.partition, plan.region, account_id, "*"),
            allow("TrailEncrypts", ["kms:GenerateDataKey*"], "*", trail_of_account, Principal=service("cloudtrail")),
            allow("TrailLooksAtKey", ["kms:DescribeKey"], "*", this_account, Principal=service("cloudtrail")),
            aws_policy.alarms_use_key(account_id),
        ]
    )


def archive_bucket(
    plan: BaselinePlan, account_id: pulumi.Input[str], bucket_arn: pulumi.Output[str]
) -> Sequence[Statement]:
    """Lets this account's trail write into the archive.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html.
    """
    trail = {"ArnLike": {"aws:SourceArn": _trail_arns(plan, account_id)}}
    owned = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}, **trail}
    logs = pulumi.Output.format("{0}/AWSLogs/{1}/*", bucket_arn, account_id)
    return [
        allow("TrailLooksAtBucket", ["s3:GetBucketAcl"], bucket_arn, trail, Principal=service("cloudtrail")),
        allow("TrailWrites", ["s3:PutObject"], logs, owned, Principal=service("cloudtrail")),
    ]


def trail_logs(plan: BaselinePlan, account_id: pulumi.Input[str], group_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    """Lets the trail write into its own streams of its own log group.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html.
    """
    streams = pulumi.Output.format("{0}:log-stream:{1}_CloudTrail_{2}*", group_arn, account_id, plan.region)
    return aws_policy.document([allow("WriteEvents", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams])])


def configuration_delivery(
    account_id: pulumi.Input[str], bucket_arn: pulumi.Output[str], key_arn: pulumi.Input[str]
) -> pulumi.Output[str]:
    """Lets AWS Config deliver into its bucket.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html.
    """
    objects = pulumi.Output.format("{0}/AWSLogs/{1}/Config/*", bucket_arn, account_id)
    owned = {"StringLike": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    return aws_policy.document(
        [
            allow("WriteHistory", ["s3:PutObject"], [objects], owned),
            allow("LookAtBucket", ["s3:GetBucketAcl", "s3:ListBucket"], [bucket_arn]),
            allow("Encrypt", ["kms:Decrypt", "kms:GenerateDataKey"], [key_arn]),
        ]
    )


def _trail_arns(plan: BaselinePlan, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """ARNs that the trail may have: its name gets a random end."""
    return pulumi.Output.format(
        "arn:{0}:cloudtrail:{1}:{2}:trail/{3}-trail-*", plan.partition, plan.region, account_id, plan.name
    )
