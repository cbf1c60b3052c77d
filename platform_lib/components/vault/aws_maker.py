"""What Vault servers have in AWS: keys, the bucket of snapshots, and identities of pods."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import backup, eks, iam, kms, s3

from platform_lib.components.vault import policies
from platform_lib.components.vault.arguments.backup import VaultCopiesArgs
from platform_lib.components.vault.planning.model import BackupPlan, VaultPlan
from platform_lib.core import aws_policy
from platform_lib.core.aws_bucket import BucketMaker, replication_rule
from platform_lib.core.aws_policy import Statement
from platform_lib.core.component import PlatformComponent

KEY_DELETION_DAYS = 30
KEY_ROTATION_DAYS = 365


class AwsMaker:
    """Makes the parts of one component in AWS, all in one region and with the component's tags."""

    def __init__(
        self,
        component: PlatformComponent,
        plan: VaultPlan,
        account_id: pulumi.Input[str],
        tags: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self._component = component
        self._plan = plan
        self._account_id = account_id
        self._tags = tags

    def make_key(self, role: str, description: str, *, multi_region: bool = False) -> pulumi.Output[str]:
        """A key that rotates; answers its ARN."""
        name = self._component.child_name(role)
        key = kms.Key(
            name,
            region=self._plan.region,
            description=description,
            multi_region=multi_region,
            enable_key_rotation=True,
            rotation_period_in_days=KEY_ROTATION_DAYS,
            deletion_window_in_days=KEY_DELETION_DAYS,
            policy=policies.own_key(self._plan, self._account_id),
            tags=self._tags(name),
            opts=self._component.child_options(stateful=True),
        )
        kms.Alias(f"{name}-alias", region=self._plan.region, target_key_id=key.id, opts=self._component.child_options())
        return key.arn

    def make_bucket(
        self, backups: BackupPlan, key_arn: pulumi.Input[str], access_logs: pulumi.Input[str] | None
    ) -> s3.Bucket:
        """The bucket of snapshots."""
        maker = BucketMaker(self._component, self._plan.region, self._tags)
        bucket, _ = maker.make(backups.bucket, key_arn=key_arn, statements=lambda _: [], access_logs=access_logs)
        self._versioning = maker.versioning[backups.bucket.role]
        return bucket

    def make_copies(self, bucket: s3.Bucket, key_arn: pulumi.Input[str], asked: VaultCopiesArgs) -> None:
        """Second copies of the bucket: replicated into another region, and in a backup plan.

        Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html and
        https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html.
        """
        document = aws_policy.replicates_buckets([(bucket.arn, asked.bucket_arn)], key_arn, asked.key_arn)
        role, _ = self._make_role("replication", "Copies snapshots", aws_policy.assumed_by("s3"), document)
        s3.BucketReplicationConfig(
            self._component.child_name("snapshots-replication"),
            region=self._plan.region,
            bucket=bucket.id,
            role=role.arn,
            rules=[replication_rule("everything", asked.bucket_arn, asked.key_arn)],
            opts=self._component.child_options(depends_on=[self._versioning]),  # only versions are copied
        )
        role, _ = self._make_role("safekeeping", "Backs snapshots up", aws_policy.assumed_by("backup"), None)
        attached = iam.RolePolicyAttachment(
            self._component.child_name("safekeeping-role-attachment"),
            role=role.name,
            policy_arn=f"arn:{self._plan.partition}:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
            opts=self._component.child_options(),
        )
        backup.Selection(
            self._component.child_name("safekeeping"),
            region=self._plan.region,
            plan_id=asked.backup_plan_id,
            iam_role_arn=role.arn,
            resources=[bucket.arn],
            opts=self._component.child_options(depends_on=[attached]),
        )

    def make_identity(
        self, role: str, purpose: str, service_account: str, statements: Sequence[Statement]
    ) -> list[pulumi.Resource]:
        """What the pods of a service account may do in AWS; answers what has to be there before one starts."""
        trust = aws_policy.pods_assume(self._plan.cluster_name, self._account_id, self._plan.namespace, service_account)
        made, attached = self._make_role(role, purpose, trust, aws_policy.document(statements))
        name = self._component.child_name(role)
        identity = eks.PodIdentityAssociation(
            f"{name}-identity",
            region=self._plan.region,
            cluster_name=self._plan.cluster_name,
            namespace=self._plan.namespace,
            service_account=service_account,
            role_arn=made.arn,
            tags=self._tags(f"{name}-identity"),
            opts=self._component.child_options(),
        )
        return [*attached, identity]

    def _make_role(
        self, role: str, purpose: str, trust: pulumi.Output[str], document: pulumi.Output[str] | None
    ) -> tuple[iam.Role, list[pulumi.Resource]]:
        """A role, and what gives it the rights of a document; without one somebody else gives it some."""
        name = f"{self._component.child_name(role)}-role"
        opts = self._component.child_options
        made = iam.Role(name, description=purpose, assume_role_policy=trust, tags=self._tags(name), opts=opts())
        if document is None:
            return made, []
        policy = iam.Policy(
            f"{name}-policy", description=purpose, policy=document, tags=self._tags(f"{name}-policy"), opts=opts()
        )
        attached = iam.RolePolicyAttachment(f"{name}-attachment", role=made.name, policy_arn=policy.arn, opts=opts())
        return made, [attached]
