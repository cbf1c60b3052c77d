"""The policy documents of a recovery: who may use the key, publish to the topic, copy buckets, delete backups."""

from collections.abc import Sequence

import pulumi

from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import Statement, allow, deny, service

Text = pulumi.Output[str]


class Documents:
    """The documents of one component in one account."""

    def __init__(self, partition: str, account_id: pulumi.Input[str]) -> None:
        self._partition = partition
        self._account_id = account_id
        self._here = {"StringEquals": {"aws:SourceAccount": account_id}}

    def key(self) -> Text:
        """The key of the second site: the account's policies decide, and alarms may encrypt what they say.

        Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html.
        """
        use = ["kms:Decrypt", "kms:GenerateDataKey*"]
        return aws_policy.document(
            [
                aws_policy.account_administers_key(self._partition, self._account_id),
                allow("AlarmsUseKey", use, "*", self._here, Principal=service("cloudwatch")),
            ]
        )

    def topic(self, topic_arn: Text) -> Text:
        """Lets alarms of the account publish, over TLS only.

        Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html.
        """
        over_tls = {"Bool": {"aws:SecureTransport": "false"}}
        return aws_policy.document(
            [
                allow("AlarmsPublish", ["sns:Publish"], topic_arn, self._here, Principal=service("cloudwatch")),
                deny("DenyWithoutTls", ["sns:Publish"], topic_arn, over_tls, Principal="*"),
            ]
        )

    def access_logs(self, bucket_arn: Text) -> Sequence[Statement]:
        """Lets S3 write records of access to the account's buckets.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html.
        """
        objects = pulumi.Output.concat(bucket_arn, "/*")
        return [allow("S3WritesAccessLogs", ["s3:PutObject"], objects, self._here, Principal=service("logging.s3"))]

    def vault(self) -> Text:
        """Nobody deletes a backup by hand, or lets it end earlier: AWS Backup itself does when its time is over.

        Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html.
        """
        acts = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]
        return aws_policy.document([deny("NobodyDeletesBackups", acts, "*", Principal="*")])

    def trust(self, service_name: str) -> Text:
        """The trust policy of a role that a service takes on for this account."""
        return aws_policy.assumed_by(service_name, self._here)

    def monitoring_trust(self) -> Text:
        """The trust policy of the role by which databases report the load of their operating system.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html.
        """
        return self.trust("monitoring.rds")

    def replication(
        self,
        source_arn: Text,
        target_arn: Text,
        source_key_arn: pulumi.Input[str],
        target_key_arn: pulumi.Input[str],
    ) -> Text:
        """What S3 does to copy one bucket to the other, and back.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html.
        """
        read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        both = [source_arn, target_arn]
        objects = [pulumi.Output.concat(arn, "/*") for arn in both]
        keys = [source_key_arn, target_key_arn]
        return aws_policy.document(
            [
                allow("LookAtBuckets", ["s3:GetReplicationConfiguration", "s3:ListBucket"], both),
                allow("ReadVersions", read, objects),
                allow("WriteCopies", write, objects),
                allow("UseKeys", ["kms:Decrypt", "kms:Encrypt"], keys),
            ]
        )

    def repositories(self, region: str, key_arn: pulumi.Input[str]) -> Text:
        """What ECR does when it makes the repositories of copied images.

        Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html.
        """
        repositories = pulumi.Output.format(
            "arn:{0}:ecr:{1}:{2}:repository/*", self._partition, region, self._account_id
        )
        acts = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
        keys = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"]
        return aws_policy.document(
            [allow("MakeRepositories", acts, [repositories]), allow("EncryptRepositories", keys, [key_arn])]
        )
