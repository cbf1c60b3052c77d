"""Copies that storage keeps at the second site: buckets, file systems, images."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecr, efs, s3

from platform_lib.components.dr.addresses import Addresses
from platform_lib.components.dr.kind import Mechanism, Site
from platform_lib.components.dr.maker import Maker
from platform_lib.components.dr.planning.alarms import S3_RULE_ID, lag_alarm
from platform_lib.components.dr.planning.model import SourcePlan
from platform_lib.components.dr.policies import Documents
from platform_lib.components.dr.site_maker import SecondSite
from platform_lib.core import aws_policy
from platform_lib.core.aws_bucket_plan import BucketPlan

TIMED_MINUTES = 15
"""The only time that Replication Time Control knows
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTimeValue.html)."""


@dataclass(frozen=True)
class _End:
    """A bucket at one end of a replication."""

    region: str
    bucket: pulumi.Input[str]
    arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class CopyMaker:
    """Makes copies of buckets, file systems and images."""

    def __init__(self, maker: Maker, documents: Documents, addresses: Addresses, there: SecondSite) -> None:
        self._maker = maker
        self._documents = documents
        self._addresses = addresses
        self._there = there
        self._secondary = maker.region(Site.SECONDARY)
        self._primary = maker.region(Site.PRIMARY)
        self.buckets: dict[str, pulumi.Output[str]] = {}
        """ARN of the bucket of each copy, by source."""

    def make_bucket(self, source: SourcePlan, plan: BucketPlan, key_arn: pulumi.Input[str]) -> None:
        """A bucket with versions for the copy of one, and replication both ways unless the owner copies."""
        bucket, _ = self._there.buckets.make(
            plan,
            key_arn=self._there.key_arn,
            statements=lambda _: [],
            access_logs=self._there.access_log_bucket,
            access_logs_ready=self._there.access_logs_ready,
        )
        self.buckets[source.name] = bucket.arn
        if not source.mechanism.by_owner and source.mechanism.kind is not Mechanism.BACKUP_COPY:
            self._replicate(source, bucket, self._there.buckets.versioning[plan.role], key_arn)

    def _replicate(
        self,
        source: SourcePlan,
        copy: s3.Bucket,
        versioning: s3.BucketVersioning,
        key_arn: pulumi.Input[str],
    ) -> None:
        """Both ways, so that what is written after a failover comes back by itself.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-for-metadata-changes.html.
        """
        timed = source.mechanism.kind is Mechanism.TIMED_REPLICATION
        there = _End(self._secondary, copy.id, copy.arn, self._there.key_arn)
        here = _End(self._primary, self._addresses.id(source.name), self._addresses.arn(source.name), key_arn)
        for name, original, target in (("copying", here, there), ("copying-back", there, here)):
            child = self._maker.name(name, source.name)
            role = self._maker.role(f"{name}-{source.name}-role", f"Copies {source.name}", self._documents.trust("s3"))
            document = aws_policy.replicates_buckets([(original.arn, target.arn)], original.key_arn, target.key_arn)
            granted = self._maker.grant(role, f"{child}-role", document)
            s3.BucketReplicationConfig(
                child,
                region=original.region,
                bucket=original.bucket,
                role=role.arn,
                rules=[self._rule(target.arn, target.key_arn, timed=timed)],
                opts=self._maker.options(depends_on=[versioning, granted]),  # only versions are copied
            )
        if (alarm := lag_alarm(source)) is not None:
            names = {"SourceBucket": here.bucket, "DestinationBucket": copy.bucket, "RuleId": S3_RULE_ID}
            self._maker.alarm(alarm, names)

    @staticmethod
    def _rule(
        target_arn: pulumi.Input[str], key_arn: pulumi.Input[str], *, timed: bool
    ) -> s3.BucketReplicationConfigRuleArgsDict:
        """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html."""
        destination: s3.BucketReplicationConfigRuleDestinationArgsDict = {
            "bucket": target_arn,
            "encryption_configuration": {"replica_kms_key_id": key_arn},
        }
        if timed:
            destination["replication_time"] = {"status": "Enabled", "time": {"minutes": TIMED_MINUTES}}
            destination["metrics"] = {"status": "Enabled", "event_threshold": {"minutes": TIMED_MINUTES}}
        return {
            "id": S3_RULE_ID,
            "status": "Enabled",
            "priority": 1,
            "filter": {"prefix": ""},
            "delete_marker_replication": {"status": "Enabled"},
            "source_selection_criteria": {
                "sse_kms_encrypted_objects": {"status": "Enabled"},
                "replica_modifications": {"status": "Enabled"},
            },
            "destination": destination,
        }

    def make_file_system(self, source: SourcePlan) -> dict[str, pulumi.Output[str]]:
        """A file system that EFS makes and keeps up to date, unless it is the one that users are at.

        A failover ends the replication, and the copy can be written to from then on.
        Source: https://docs.aws.amazon.com/efs/latest/ug/replication-fail-over.html.
        """
        original = self._addresses.id(source.name)
        if (alarm := lag_alarm(source)) is not None:
            # The file system that EFS makes is a dimension of the metric too: the alarm is to stand without it.
            schema = '"AWS/EFS", FileSystemId, DestinationFileSystemId'
            self._maker.alarm_on_any(alarm, schema, "FileSystemId", original)
        if self._maker.plan.active is Site.SECONDARY:
            return {}
        made = efs.ReplicationConfiguration(
            self._maker.name("files", source.name),
            region=self._primary,
            source_file_system_id=original,
            destination={"region": self._secondary, "kms_key_id": self._there.key_arn},
            opts=self._maker.options(stateful=True),
        )
        return {source.name: made.destination.file_system_id.apply(str)}

    def make_images(self, sources: Sequence[SourcePlan]) -> None:
        """Replication of all repositories, both ways: a registry has one configuration in each region.

        Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html.
        """
        repositories = [self._addresses.id(source.name) for source in sources]
        ways = (("images", self._primary, self._secondary), ("images-back", self._secondary, self._primary))
        for name, region, target in ways:
            ecr.ReplicationConfiguration(
                self._maker.name(name),
                region=region,
                replication_configuration={
                    "rules": [
                        {
                            "destinations": [{"region": target, "registry_id": self._maker.account_id}],
                            "repository_filters": [
                                {"filter": repository, "filter_type": "PREFIX_MATCH"} for repository in repositories
                            ],
                        }
                    ]
                },
                opts=self._maker.options(),
            )
        document = self._documents.repositories(self._secondary, self._there.key_arn)
        role = self._maker.role("images-role", "Makes repositories for copied images", self._documents.trust("ecr"))
        self._maker.grant(role, self._maker.name("images-role"), document)
        for source, repository in zip(sources, repositories, strict=True):
            ecr.RepositoryCreationTemplate(
                self._maker.name("repository", source.name),
                region=self._secondary,
                prefix=repository,
                description=f"Copies of the images of {source.name}",
                applied_fors=["REPLICATION"],
                encryption_configurations=[{"encryption_type": "KMS", "kms_key": self._there.key_arn}],
                custom_role_arn=role.arn,
                opts=self._maker.options(),
            )
