"""Second copies of a store: replication of its bucket into another region, and a place in a backup plan."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import backup, dynamodb, s3

from platform_lib.components.features.arguments.running import StoreCopiesArgs
from platform_lib.components.features.maker import Maker
from platform_lib.components.features.planning.model import StorePlan
from platform_lib.components.features.policies import Documents
from platform_lib.components.features.repository import BUNDLE_KEY, REGISTRY_KEY, VIEWS_PREFIX
from platform_lib.core.aws_bucket import replication_rule

KEPT = (VIEWS_PREFIX, REGISTRY_KEY.partition("/")[0], BUNDLE_KEY.partition("/")[0])
"""What is copied; the rest is gone within days."""

_MANAGED = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)
"""What AWS Backup needs for tables, and for buckets
(https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html)."""


class CopyMaker:
    """Makes the copies of one store."""

    def __init__(self, maker: Maker, plan: StorePlan, documents: Documents, asked: StoreCopiesArgs) -> None:
        self._maker = maker
        self._plan = plan
        self._documents = documents
        self._asked = asked

    def replicate(self, bucket: s3.Bucket, versioning: s3.BucketVersioning, key_arn: pulumi.Input[str]) -> None:
        """Copies what is kept in the bucket into the other region."""
        asked = self._asked
        role = self._maker.role(
            "replication-role",
            "Copies the bucket",
            self._documents.trust("s3"),
            self._documents.replication(asked.bucket_arn, key_arn, asked.key_arn),
        )
        s3.BucketReplicationConfig(
            self._maker.name("data-replication"),
            region=self._plan.region,
            bucket=bucket.id,
            role=role.arn,
            rules=[
                replication_rule(prefix, asked.bucket_arn, asked.key_arn, prefix=f"{prefix}/", priority=priority)
                for priority, prefix in enumerate(KEPT, 1)
            ],
            opts=self._maker.options(depends_on=[versioning]),  # only versions are copied
        )

    def back_up(self, bucket: s3.Bucket, tables: Sequence[dynamodb.Table]) -> None:
        """Puts bucket and tables into the backup plan."""
        role = self._maker.bare_role("backup-role", "Backs the store up", self._documents.trust("backup"))
        attached = self._maker.attach_managed(role, "backup-reading", _MANAGED)
        backup.Selection(
            self._maker.name("backup"),
            region=self._plan.region,
            plan_id=self._asked.backup_plan_id,
            iam_role_arn=role.arn,
            resources=[bucket.arn, *(table.arn for table in tables)],
            opts=self._maker.options(depends_on=attached),
        )
