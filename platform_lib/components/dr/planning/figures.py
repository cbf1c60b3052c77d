"""Times of steps and delays, each with where it comes from. Pure.

Where a vendor's page gives a number it is documented; where it gives only words (``seconds``, ``minutes``) or nothing,
the number is ours and assumed, and the page stands beside it. A measurement of a drill takes the place of either.
"""

from typing import Final

from platform_lib.components.dr.args import MeasurementArgs
from platform_lib.components.dr.kind import Basis, SourceKind, Strategy
from platform_lib.components.dr.planning.model import Figure

_AWS: Final = "https://docs.aws.amazon.com"
_AURORA_USES: Final = f"{_AWS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html"
_AURORA_FAILOVER: Final = f"{_AWS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html"
_BACKUP_PLAN: Final = f"{_AWS}/aws-backup/latest/devguide/plan-options-and-configuration.html"
_STRATEGIES: Final = (
    f"{_AWS}/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html"
)


def documented(minutes: float, page: str) -> Figure:
    """A time that the vendor's page gives."""
    return Figure(minutes * 60, Basis.DOCUMENTED, page)


def assumed(minutes: float, why: str) -> Figure:
    """A time that is ours, with its reason."""
    return Figure(minutes * 60, Basis.ASSUMED, why)


def measured(measurement: MeasurementArgs) -> Figure:
    """A time that a drill showed."""
    return Figure(measurement.minutes * 60, Basis.MEASURED, f"measured on {measurement.day}")


# What makes a copy be behind.


def schedule(every_minutes: int) -> Figure:
    """Between two backups."""
    return documented(every_minutes, _BACKUP_PLAN)


def start_window(minutes: int) -> Figure:
    """How much later than its time a backup may start: one in time and the next one late are so much more apart."""
    return documented(minutes, f"{_AWS}/aws-backup/latest/devguide/API_BackupRuleInput.html")


def taking() -> Figure:
    """Until a backup is there."""
    return assumed(30, "an incremental backup; AWS names no time")


def copying(size_gib: int) -> Figure:
    """Until a backup is in the other region."""
    return assumed(10 + size_gib / 20, "10 minutes, and a twentieth of the data at 1 GiB a minute; AWS names no time")


LOG_UPLOAD: Final = documented(5, f"{_AWS}/AmazonRDS/latest/UserGuide/USER_PIT.html")
LOG_COPY: Final = assumed(
    5,
    f"copied as soon as they are ready, without a time ({_AWS}/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html)",
)
REPLICA_LAG: Final = assumed(
    5,
    f"asynchronous, without a time ({_AWS}/AmazonRDS/latest/UserGuide/USER_ReadRepl.html); the alarm holds it to this",
)
GLOBAL_DATABASE_LAG: Final = documented(1 / 60, _AURORA_USES)
GLOBAL_TABLE_LAG: Final = documented(
    1 / 60, f"{_AWS}/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"
)
TIMED_REPLICATION: Final = documented(15, f"{_AWS}/AmazonS3/latest/userguide/replication-time-control.html")
UNTIMED_REPLICATION: Final = assumed(
    24 * 60,
    f"most objects take minutes, some take hours ({_AWS}/AmazonS3/latest/userguide/replication-time-control.html)",
)
FILE_REPLICATION: Final = documented(15, f"{_AWS}/efs/latest/ug/efs-replication.html")
IMAGE_REPLICATION: Final = documented(30, f"{_AWS}/AmazonECR/latest/userguide/replication.html")
SECRET_REPLICATION: Final = assumed(
    1, f"AWS names no time ({_AWS}/secretsmanager/latest/userguide/replicate-secrets.html)"
)

# What takes its time when a site is lost.


def health_checks(interval_seconds: int, failures: int) -> Figure:
    """Until health checks call a site down."""
    page = f"{_AWS}/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html"
    return documented(interval_seconds * failures / 60, page)


NOTICED_BY_PEOPLE: Final = assumed(5, "an alarm of the active site, and somebody who reads it")


def deciding(minutes: float) -> Figure:
    """Until somebody decided."""
    return assumed(minutes, "stop_rules.decide_within_minutes")


WITHDRAWING: Final = assumed(2, "a datum of CloudWatch every minute, and a health check that follows it")
ROUTING_CONTROL: Final = assumed(1, f"AWS names seconds ({_AWS}/r53recovery/latest/dg/routing-control.about.html)")
SWITCHED_BY_PEOPLE: Final = assumed(5, "a change of DNS by hand")


def resolvers(ttl_seconds: int) -> Figure:
    """Until resolvers forgot the old answer."""
    return documented(ttl_seconds / 60, f"{_AWS}/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html")


PROMOTE_REPLICA: Final = assumed(
    10, f"several minutes or longer ({_AWS}/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html)"
)
FAIL_OVER_CLUSTER: Final = assumed(5, f"in the order of minutes ({_AURORA_FAILOVER})")
MAKE_INSTANCE: Final = assumed(15, "a new instance of a cluster that has its data already; AWS names no time")
END_FILE_REPLICATION: Final = assumed(
    10,
    f"its replication is deleted, which takes several minutes ({_AWS}/efs/latest/ug/delete-replications.html)",
)
PROMOTE_SECRET: Final = assumed(1, "one call, which AWS names no time for")
NOTHING_TO_DO: Final = assumed(0, "the copy can be used as it is")
CHECKING: Final = assumed(10, "a write and a read for every source")
RECORDING: Final = assumed(15, "a change of the program, and a refresh and an update of the stack")

_RESTORE_BASE: Final = {
    SourceKind.RDS: (20, 200.0),
    SourceKind.AURORA: (30, 200.0),
    SourceKind.S3: (15, 2.0),
    SourceKind.EFS: (15, 5.0),
    SourceKind.EBS: (5, 100.0),
}
"""Minutes that a restore takes at least, and GiB a minute on top."""


def restoring(kind: SourceKind, size_gib: int) -> Figure:
    """Until what was backed up can be used."""
    if kind is SourceKind.DYNAMODB:  # 95 percent of restores, whatever the table holds
        return documented(60, f"{_AWS}/amazondynamodb/latest/developerguide/CreateBackup.html")
    base, rate = _RESTORE_BASE[kind]
    return assumed(base + size_gib / rate, f"{base} minutes, and {rate:g} GiB a minute; AWS names no time")


def catching_up(size_gib: int) -> Figure:
    """Until the other site has again what was written meanwhile."""
    return assumed(30 + size_gib / 2, "30 minutes, and all of the data at 2 GiB a minute; AWS names no time")


_SCALING: Final = {
    Strategy.BACKUP_AND_RESTORE: (30, "programs of the second site are deployed"),
    Strategy.PILOT_LIGHT: (15, "programs of the second site are started"),
    Strategy.WARM_STANDBY: (5, "programs of the second site get their full size"),
    Strategy.ACTIVE_ACTIVE: (0, "programs of both sites run at full size"),
}


def scaling(strategy: Strategy) -> Figure:
    """Until programs of the second site carry the load."""
    minutes, what = _SCALING[strategy]
    return assumed(minutes, f"{what} ({_STRATEGIES})")
