"""The policy documents of a recovery: who may use the key, publish to the topic, copy buckets, delete backups."""

import pulumi

from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import allow, deny

Text = pulumi.Output[str]


class Documents:
    """The documents of one component in one account."""

    def __init__(self, partition: str, account_id: pulumi.Input[str]) -> None:
        self._partition = partition
        self._account_id = account_id
        self._here = {"StringEquals": {"aws:SourceAccount": account_id}}

    def key(self) -> Text:
        """The key of the second site: the account's policies decide, and alarms may encrypt what they say."""
        return aws_policy.document(
            [
                aws_policy.account_administers_key(self._partition, self._account_id),
                aws_policy.alarms_use_key(self._account_id),
            ]
        )

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
