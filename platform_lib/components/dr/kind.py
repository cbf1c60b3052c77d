"""Closed choices of recovery from disasters. Imports nothing of pulumi."""

from enum import StrEnum


class Strategy(StrEnum):
    """How much of the second site runs before it is needed.

    Source: https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html.
    """

    BACKUP_AND_RESTORE = "backup-and-restore"
    PILOT_LIGHT = "pilot-light"
    WARM_STANDBY = "warm-standby"
    ACTIVE_ACTIVE = "active-active"


class Site(StrEnum):
    """One of the two sites."""

    PRIMARY = "primary"
    SECONDARY = "secondary"

    @property
    def other(self) -> "Site":
        """The other site."""
        return Site.SECONDARY if self is Site.PRIMARY else Site.PRIMARY


class SourceKind(StrEnum):
    """What holds the data."""

    RDS = "rds"
    AURORA = "aurora"
    DYNAMODB = "dynamodb"
    S3 = "s3"
    EFS = "efs"
    ECR = "ecr"
    SECRET = "secret"  # noqa: S105 - a kind of resource
    EBS = "ebs"


class Mechanism(StrEnum):
    """How data come to the second site."""

    BACKUP_COPY = "backup-copy"
    """Scheduled backups of AWS Backup, each copied into the vault of the second site."""

    LOG_COPY = "log-copy"
    """Automated backups of RDS with their transaction logs, copied to the second site for a restore to a point in
    time."""

    READ_REPLICA = "read-replica"
    """A read replica of RDS in the second site."""

    GLOBAL_DATABASE = "global-database"
    """A global database of Aurora, with a secondary cluster in the second site."""

    GLOBAL_TABLE = "global-table"
    """A replica of a table of DynamoDB, written on both sites."""

    TIMED_REPLICATION = "timed-replication"
    """Replication of S3 with Replication Time Control."""

    REPLICATION = "replication"
    """Replication by the service itself: of S3 without a promise of time, of EFS, of ECR, of a secret."""


class Basis(StrEnum):
    """Where a number comes from."""

    DOCUMENTED = "documented"
    """The vendor's page says it."""

    MEASURED = "measured"
    """A drill showed it."""

    ASSUMED = "assumed"
    """Nobody says it: we took it, for the reason that stands there."""


class Phase(StrEnum):
    """The parts of a way from one site to the other, in their order."""

    DETECT = "detect"
    DECIDE = "decide"
    DATA = "data"
    CAPACITY = "capacity"
    TRAFFIC = "traffic"
    AFTERWARDS = "afterwards"


class Action(StrEnum):
    """What a step does: a runbook says it in words, a drill does it."""

    NOTICE = "notice"
    """Find out that a site does not answer."""

    DECIDE = "decide"
    """Look at the stop rules, and decide."""

    FENCE = "fence"
    """Keep everybody from writing at the site that is left."""

    PROMOTE = "promote"
    """Make a copy the one that is written to."""

    RESTORE = "restore"
    """Make a new resource from a backup."""

    USE = "use"
    """Nothing has to be done with the copy: it can be used as it is."""

    CATCH_UP = "catch-up"
    """Copy back what was written meanwhile, and wait until nothing is missing."""

    SCALE = "scale"
    """Bring the programs of a site up to size."""

    SWITCH = "switch"
    """Send users to another site."""

    VERIFY = "verify"
    """Write and read, and compare with the objectives."""

    RECORD = "record"
    """Let state and program say which site is active."""

    PROTECT = "protect"
    """Make the copies anew that protect the active site."""


class FailoverBy(StrEnum):
    """What sends users to a site."""

    HEALTH_CHECKS = "health-checks"
    """Health checks of Route 53, and a latch that holds the decision."""

    ROUTING_CONTROLS = "routing-controls"
    """Routing controls of Application Recovery Controller."""


class VaultLockMode(StrEnum):
    """Who may delete a backup before its time."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"
