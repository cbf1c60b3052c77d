"""Which mechanisms there are for each kind of source, which one a strategy takes, and how far each is behind. Pure."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.dr.args import DrSourceArgs
from platform_lib.components.dr.kind import Mechanism, SourceKind, Strategy
from platform_lib.components.dr.planning import figures
from platform_lib.components.dr.planning.alarms import watched_by
from platform_lib.components.dr.planning.model import BackupsPlan, Delay, Figure, MechanismPlan

MECHANISMS: Final[Mapping[SourceKind, tuple[Mechanism, ...]]] = {
    SourceKind.RDS: (Mechanism.READ_REPLICA, Mechanism.LOG_COPY, Mechanism.BACKUP_COPY),
    SourceKind.AURORA: (Mechanism.GLOBAL_DATABASE, Mechanism.BACKUP_COPY),
    SourceKind.DYNAMODB: (Mechanism.GLOBAL_TABLE, Mechanism.BACKUP_COPY),
    SourceKind.S3: (Mechanism.TIMED_REPLICATION, Mechanism.REPLICATION, Mechanism.BACKUP_COPY),
    SourceKind.EFS: (Mechanism.REPLICATION, Mechanism.BACKUP_COPY),
    SourceKind.ECR: (Mechanism.REPLICATION,),
    SourceKind.SECRET: (Mechanism.REPLICATION,),
    SourceKind.EBS: (Mechanism.BACKUP_COPY,),
}
"""What brings each kind to another region, the nearest to now first."""

WRITTEN_ON_BOTH_SITES: Final = (SourceKind.DYNAMODB, SourceKind.S3, SourceKind.ECR)
"""Kinds whose copies can be written to while the original can, and come back by themselves."""

WITHOUT_BACKUPS: Final = (SourceKind.ECR, SourceKind.SECRET)
"""Kinds that AWS Backup does not know
(https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html)."""


def default_mechanism(kind: SourceKind, strategy: Strategy) -> Mechanism:
    """What a strategy takes for a kind: copies of backups, or what is nearest to now."""
    best = MECHANISMS[kind][0]
    if strategy is not Strategy.BACKUP_AND_RESTORE or kind in WITHOUT_BACKUPS:
        return best
    return Mechanism.LOG_COPY if kind is SourceKind.RDS else Mechanism.BACKUP_COPY


def mechanism_plan(asked: DrSourceArgs, kind: Mechanism, size_gib: int, backups: BackupsPlan) -> MechanismPlan:
    """The mechanism with its delays; what was measured takes the place of the rest."""
    by_owner = bool(asked.copied_by_owner)
    found = {one.part: figures.measured(one) for one in asked.measurements or ()}
    delays = _delays(asked.kind, kind, size_gib, backups)
    return MechanismPlan(
        kind=kind,
        delays=tuple(Delay(name, found.get(name, figure)) for name, figure in delays.items()),
        both_ways=asked.kind in WRITTEN_ON_BOTH_SITES and kind is not Mechanism.BACKUP_COPY and not by_owner,
        by_owner=by_owner,
        watched_by="" if by_owner else watched_by(asked.kind, kind),
    )


def _delays(kind: SourceKind, mechanism: Mechanism, size_gib: int, backups: BackupsPlan) -> dict[str, Figure]:
    if mechanism is Mechanism.BACKUP_COPY:
        return {
            "schedule": figures.schedule(backups.every_minutes),
            "start-window": figures.start_window(backups.start_within_minutes),
            "backup": figures.taking(),
            "copy": figures.copying(size_gib),
        }
    if mechanism is Mechanism.LOG_COPY:
        return {"log-upload": figures.LOG_UPLOAD, "log-copy": figures.LOG_COPY}
    return {"lag": _LAGS[kind, mechanism]}


_LAGS: Final[Mapping[tuple[SourceKind, Mechanism], Figure]] = {
    (SourceKind.RDS, Mechanism.READ_REPLICA): figures.REPLICA_LAG,
    (SourceKind.AURORA, Mechanism.GLOBAL_DATABASE): figures.GLOBAL_DATABASE_LAG,
    (SourceKind.DYNAMODB, Mechanism.GLOBAL_TABLE): figures.GLOBAL_TABLE_LAG,
    (SourceKind.S3, Mechanism.TIMED_REPLICATION): figures.TIMED_REPLICATION,
    (SourceKind.S3, Mechanism.REPLICATION): figures.UNTIMED_REPLICATION,
    (SourceKind.EFS, Mechanism.REPLICATION): figures.FILE_REPLICATION,
    (SourceKind.ECR, Mechanism.REPLICATION): figures.IMAGE_REPLICATION,
    (SourceKind.SECRET, Mechanism.REPLICATION): figures.SECRET_REPLICATION,
}
