"""What Vault servers have in AWS: keys, the bucket of snapshots, and identities of pods."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import eks, iam, kms, s3

from platform_lib.components.vault import policies
from platform_lib.components.vault.planning.model import BackupPlan, VaultPlan
from platform_lib.core import aws_policy
from platform_lib.core.aws_bucket import BucketMaker
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
        return bucket

    def make_identity(
        self, role: str, purpose: str, service_account: str, statements: Sequence[Statement]
    ) -> list[pulumi.Resource]:
        """What the pods of a service account may do in AWS; answers what has to be there before one starts."""
        name = self._component.child_name(role)
        made = iam.Role(
            f"{name}-role",
            description=purpose,
            assume_role_policy=aws_policy.pods_assume(
                self._plan.cluster_name, self._account_id, self._plan.namespace, service_account
            ),
            tags=self._tags(f"{name}-role"),
            opts=self._component.child_options(),
        )
        policy = iam.Policy(
            f"{name}-role-policy",
            description=purpose,
            policy=aws_policy.document(statements),
            tags=self._tags(f"{name}-role-policy"),
            opts=self._component.child_options(),
        )
        attached = iam.RolePolicyAttachment(
            f"{name}-role-attachment", role=made.name, policy_arn=policy.arn, opts=self._component.child_options()
        )
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
        return [attached, identity]
