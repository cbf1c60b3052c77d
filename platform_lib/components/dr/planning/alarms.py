"""What is watched: how far copies are behind, and backups that are not there. Pure.

Sources of metrics and their dimensions:
- RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html (``ReplicaLag`` of the replica, seconds);
- Aurora: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
  (``AuroraGlobalDBRPOLag`` of the secondary cluster, milliseconds);
- DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  (``ReplicationLatency``, milliseconds);
- S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html (``ReplicationLatency``, seconds);
- EFS: https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html (``TimeSinceLastSync``, seconds);
- AWS Backup: https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html.

Images and secrets have no such metric. Where a metric is sent all the time, its silence counts as bad: a copy that is
gone says nothing. Which ones that holds for is an assumption: DynamoDB and S3 send theirs only while something is
copied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platform_lib.components.dr.kind import Mechanism, Site, SourceKind
from platform_lib.components.dr.planning.model import BackupsPlan, SourcePlan

LATCH_METRIC: Final = "PrimaryWithdrawn"
"""Metric by which users are kept away from the primary site: 1 while it is withdrawn."""

S3_RULE_ID: Final = "everything"
"""Id of the rule of replication; the metric has it as a dimension."""


def latch_namespace(component: str) -> str:
    """Namespace of the metric that withdraws the primary site."""
    return f"DrReplica/{component}"


class Silence(StrEnum):
    """What it means that a metric has no data, as CloudWatch writes it."""

    BAD = "breaching"
    GOOD = "notBreaching"
    UNCHANGED = "ignore"


@dataclass(frozen=True)
class AlarmPlan:
    """One alarm.

    Attributes:
        name: part of its logical name.
        site: whose region it stands in.
        source: the source that it watches; empty for backups as a whole.
        limit: value that may just be reached.
        bad_below: values below the limit are bad, else those above.
        silence: what no data mean.
        periods: so many bad periods in a row raise it.
    """

    name: str
    site: Site
    source: str
    description: str
    namespace: str
    metric: str
    statistic: str
    limit: float
    period_seconds: int
    periods: int
    bad_below: bool = False
    silence: Silence = Silence.GOOD


@dataclass(frozen=True)
class _Lag:
    namespace: str
    metric: str
    per_second: int
    site: Site
    silence: Silence


_LAGS: Final[Mapping[tuple[SourceKind, Mechanism], _Lag]] = {
    (SourceKind.RDS, Mechanism.READ_REPLICA): _Lag("AWS/RDS", "ReplicaLag", 1, Site.SECONDARY, Silence.BAD),
    (SourceKind.AURORA, Mechanism.GLOBAL_DATABASE): _Lag(
        "AWS/RDS", "AuroraGlobalDBRPOLag", 1000, Site.SECONDARY, Silence.BAD
    ),
    (SourceKind.DYNAMODB, Mechanism.GLOBAL_TABLE): _Lag(
        "AWS/DynamoDB", "ReplicationLatency", 1000, Site.PRIMARY, Silence.GOOD
    ),
    (SourceKind.S3, Mechanism.TIMED_REPLICATION): _Lag("AWS/S3", "ReplicationLatency", 1, Site.PRIMARY, Silence.GOOD),
    (SourceKind.EFS, Mechanism.REPLICATION): _Lag("AWS/EFS", "TimeSinceLastSync", 1, Site.PRIMARY, Silence.BAD),
}


def watched_by(kind: SourceKind, mechanism: Mechanism) -> str:
    """Namespace and name of the metric that shows how far a copy is behind; empty where there is none."""
    lag = _LAGS.get((kind, mechanism))
    return "" if lag is None else f"{lag.namespace} {lag.metric}"


def lag_alarm(source: SourcePlan) -> AlarmPlan | None:
    """The alarm on a copy that is further behind than its objective; None where nothing shows it."""
    lag = _LAGS.get((source.kind, source.mechanism.kind))
    if lag is None or source.mechanism.by_owner:
        return None
    minutes = source.objective.recovery_point_minutes
    return AlarmPlan(
        name=f"lag-{source.name}",
        site=lag.site,
        source=source.name,
        description=f"{source.name}: the copy is more than {minutes:g} minutes behind, or gone",
        namespace=lag.namespace,
        metric=lag.metric,
        statistic="Maximum",
        limit=minutes * 60 * lag.per_second,
        period_seconds=60,
        periods=5,
        silence=lag.silence,
    )


def backup_alarms(backups: BackupsPlan) -> Sequence[AlarmPlan]:
    """Alarms on backups and copies that were not made, or failed."""
    hours = backups.every_minutes // 60

    def missed(name: str, metric: str, what: str) -> AlarmPlan:
        return AlarmPlan(
            name=name,
            site=Site.PRIMARY,
            source="",
            description=f"no {what} for twice the time between two",
            namespace="AWS/Backup",
            metric=metric,
            statistic="Sum",
            limit=1,
            period_seconds=hours * 3600,
            periods=2,
            bad_below=True,
            silence=Silence.BAD,
        )

    def failed(name: str, metric: str, what: str, site: Site) -> AlarmPlan:
        return AlarmPlan(
            name=name,
            site=site,
            source="",
            description=f"{what} failed",
            namespace="AWS/Backup",
            metric=metric,
            statistic="Sum",
            limit=0,
            period_seconds=3600,
            periods=1,
        )

    return (
        missed("backups-missed", "NumberOfBackupJobsCompleted", "backup was made"),
        failed("backups-failed", "NumberOfBackupJobsFailed", "a backup", Site.PRIMARY),
        missed("copies-missed", "NumberOfCopyJobsCompleted", "backup was copied"),
        failed("copies-failed", "NumberOfCopyJobsFailed", "a copy of a backup", Site.PRIMARY),
        failed("restores-failed", "NumberOfRestoreJobsFailed", "a restore", Site.SECONDARY),
    )
