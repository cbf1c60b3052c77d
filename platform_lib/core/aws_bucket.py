"""A bucket with all that belongs to it: not public, versioned, encrypted, over TLS, aged, locked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import s3

from platform_lib.core import aws_policy
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.aws_policy import Statement
from platform_lib.core.component import PlatformComponent

UNFINISHED_UPLOAD_DAYS = 7


class BucketMaker:
    """Makes the buckets of one component, all in one region and with the component's tags."""

    def __init__(self, component: PlatformComponent, region: str, tags: Callable[[str], Mapping[str, Any]]) -> None:
        self._component = component
        self._region = region
        self._tags = tags
        self.versioning: dict[str, s3.BucketVersioning] = {}
        """What copies of a bucket have to wait for, by the role of its plan."""

    def make(
        self,
        plan: BucketPlan,
        *,
        key_arn: pulumi.Input[str] | None,
        statements: Callable[[pulumi.Output[str]], Sequence[Statement]],
        access_logs: pulumi.Input[str] | None,
        access_logs_ready: Sequence[pulumi.Resource] = (),
    ) -> tuple[s3.Bucket, s3.BucketPolicy]:
        """Makes a bucket and what belongs to it.

        Args:
            plan: of the bucket.
            key_arn: key to encrypt with; None means a key of S3, as S3 does by itself.
            statements: of its policy, made from its ARN, beside those that require TLS.
            access_logs: name of the bucket where access to it is recorded; None for nowhere.
            access_logs_ready: what has to be there before access can be recorded.

        Returns:
            The bucket and its policy, which whoever writes into the bucket has to wait for.
        """
        name = self._component.child_name(plan.role)
        bucket = s3.Bucket(
            name,
            region=self._region,
            object_lock_enabled=plan.lock_mode is not None,
            tags={**self._tags(name), **({} if plan.purpose is None else {"purpose": plan.purpose})},
            opts=self._component.child_options(stateful=True),
        )
        block = s3.BucketPublicAccessBlock(
            f"{name}-public-access-block",
            region=self._region,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._component.child_options(),
        )
        s3.BucketOwnershipControls(
            f"{name}-ownership",
            region=self._region,
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._component.child_options(),
        )
        versioning = s3.BucketVersioning(
            f"{name}-versioning",
            region=self._region,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self._component.child_options(),
        )
        self.versioning[plan.role] = versioning
        if key_arn is not None:
            self._encrypt(name, bucket, key_arn)
        self._age(name, bucket, plan, versioning)
        if plan.lock_mode is not None:
            self._lock(name, bucket, plan, versioning)
        if access_logs is not None:
            s3.BucketLogging(
                f"{name}-logging",
                region=self._region,
                bucket=bucket.id,
                target_bucket=access_logs,
                target_prefix=f"{name}/",
                opts=self._component.child_options(depends_on=list(access_logs_ready)),
            )
        s3.BucketNotification(
            f"{name}-notification",
            region=self._region,
            bucket=bucket.id,
            eventbridge=True,
            opts=self._component.child_options(),
        )
        policy = s3.BucketPolicy(
            f"{name}-policy",
            region=self._region,
            bucket=bucket.id,
            policy=aws_policy.document([*aws_policy.bucket_requires_tls(bucket.arn), *statements(bucket.arn)]),
            opts=self._component.child_options(depends_on=[block]),  # S3 refuses both at the same time
        )
        return bucket, policy

    def _encrypt(self, name: str, bucket: s3.Bucket, key_arn: pulumi.Input[str]) -> None:
        s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            region=self._region,
            bucket=bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key_arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=self._component.child_options(),
        )

    def _age(self, name: str, bucket: s3.Bucket, plan: BucketPlan, versioning: s3.BucketVersioning) -> None:
        cold = plan.cold_after_days
        s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            region=self._region,
            bucket=bucket.id,
            rules=[
                {
                    "id": "keep",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "transitions": [] if cold is None else [{"days": cold, "storage_class": "GLACIER_IR"}],
                    "expiration": None if plan.keeps_current else {"days": plan.retention_days},
                    "noncurrent_version_expiration": {"noncurrent_days": plan.retention_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_UPLOAD_DAYS},
                },
                *(_dropped(prefix, days) for prefix, days in plan.temporary),
            ],
            opts=self._component.child_options(depends_on=[versioning]),  # rules for old versions need versions
        )

    def _lock(self, name: str, bucket: s3.Bucket, plan: BucketPlan, versioning: s3.BucketVersioning) -> None:
        s3.BucketObjectLockConfiguration(
            f"{name}-object-lock",
            bucket=bucket.id,
            region=self._region,
            rule={"default_retention": {"mode": plan.lock_mode, "days": plan.lock_days}},
            opts=self._component.child_options(depends_on=[versioning]),  # only versions can be locked
        )


def _dropped(prefix: str, days: int) -> s3.BucketLifecycleConfigurationRuleArgsDict:
    """The rule that takes away what lies below a prefix."""
    return {
        "id": prefix.strip("/").replace("/", "-"),
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "expiration": {"days": days},
        "noncurrent_version_expiration": {"noncurrent_days": 1},
    }


def replication_rule(
    name: str, copy_arn: pulumi.Input[str], copy_key_arn: pulumi.Input[str], *, prefix: str = "", priority: int = 1
) -> s3.BucketReplicationConfigRuleArgsDict:
    """The rule that copies what is encrypted with a key of KMS into another bucket, and what is deleted with it.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html.

    Args:
        name: of the rule, unique in the bucket.
        copy_arn: of the bucket that copies go to.
        copy_key_arn: of the key, in its region, that copies are encrypted with.
        prefix: what is copied begins so; empty for everything.
        priority: unique in the bucket; the highest counts.
    """
    return {
        "id": name,
        "status": "Enabled",
        "priority": priority,
        "filter": {"prefix": prefix},
        "delete_marker_replication": {"status": "Enabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": {
            "bucket": copy_arn,
            "encryption_configuration": {"replica_kms_key_id": copy_key_arn},
        },
    }
