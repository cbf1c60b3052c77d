"""Second copies of a fleet's buckets: replication into another region, and a place in a backup plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup, iam, s3

from platform_lib.components.edge import policies
from platform_lib.components.edge.args import CopiesArgs
from platform_lib.components.edge.maker import Maker
from platform_lib.components.edge.plan import FleetPlan
from platform_lib.core.aws_bucket import replication_rule


@dataclass(frozen=True)
class Original:
    """A bucket, what turned its versions on, and the ARN of where its copy goes."""

    role: str
    bucket: s3.Bucket
    versioning: s3.BucketVersioning
    copy_arn: pulumi.Input[str]


class CopyMaker:
    """Makes the copies of one fleet."""

    def __init__(self, maker: Maker, plan: FleetPlan, documents: policies.Documents) -> None:
        self._maker = maker
        self._plan = plan
        self._documents = documents

    def make(self, originals: Sequence[Original], key_arn: pulumi.Input[str], asked: CopiesArgs) -> None:
        """Replicates the buckets, and puts them into the backup plan."""
        self._replicate(originals, key_arn, asked)
        self._back_up(originals, asked.backup_plan_id)

    def _replicate(self, originals: Sequence[Original], key_arn: pulumi.Input[str], asked: CopiesArgs) -> None:
        document = self._documents.replication(
            [(one.bucket.arn, one.copy_arn) for one in originals], key_arn, asked.key_arn
        )
        role = self._maker.role("replication-role", "Copies buckets", self._documents.trust("s3"), document)
        for one in originals:
            s3.BucketReplicationConfig(
                self._maker.name(one.role, "replication"),
                region=self._plan.region,
                bucket=one.bucket.id,
                role=role.arn,
                rules=[replication_rule("everything", one.copy_arn, asked.key_arn)],
                opts=self._maker.options(depends_on=[one.versioning]),  # only versions are copied
            )

    def _back_up(self, originals: Sequence[Original], plan_id: pulumi.Input[str]) -> None:
        """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html."""
        role = self._maker.role("backup-role", "Backs buckets up", self._documents.trust("backup"), None)
        managed = f"arn:{self._plan.partition}:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"
        attachment = iam.RolePolicyAttachment(
            self._maker.name("backup-reading"), role=role.name, policy_arn=managed, opts=self._maker.options()
        )
        backup.Selection(
            self._maker.name("backup"),
            region=self._plan.region,
            plan_id=plan_id,
            iam_role_arn=role.arn,
            resources=[one.bucket.arn for one in originals],
            opts=self._maker.options(depends_on=[attachment]),
        )
