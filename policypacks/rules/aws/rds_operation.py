"""RDS: availability, backup, maintenance, logs."""

from functools import partial

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_in,
    fail,
    judge,
    require_at_least,
    require_false,
    require_holds,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.aws.rds import CLUSTER, INSTANCE, MEMBER, engine
from policypacks.rules.common.aws_data import zones_of_members

EVENTS = "aws:rds/eventSubscription:EventSubscription"
MINIMUM_DAYS = {
    "minimum_days": {
        "type": "integer",
        "minimum": 1,
        "maximum": 35,
        "default": 7,
        "description": "days for which automated backups must be kept; RDS keeps them for 35 at most",
    }
}
LOGS = {
    "aurora-mysql": ["audit", "error"],
    "aurora-postgresql": ["postgresql"],
    "mysql": ["audit", "error"],
    "mariadb": ["audit", "error"],
    "postgres": ["postgresql", "upgrade"],
    "oracle": ["alert", "audit", "listener"],
    "sqlserver": ["error"],
    "db2": ["diag.log", "notify.log"],
}
"""The logs by which an engine tells who did what and what failed.

Names: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""


@rule("aws-rds-instance-multi-az")
def instance_multi_az(instance: Resource) -> Verdict:
    """Database instances in production have a standby in another zone.

    Without one, the loss of a zone or a host is an outage until a restore is done.
    """
    return require_true(instance, "multiAz") if instance.production else NOT_APPLICABLE


@rule("aws-rds-cluster-multi-az")
def cluster_multi_az(cluster: Resource) -> Verdict:
    """Database clusters have members in at least two zones.

    A cluster with one member, or with all in one zone, is down when that zone is. Multi-AZ clusters (those with an
    instance class of their own) have three zones by design, and Serverless v1 moves by itself.
    """
    if cluster.present("dbClusterInstanceClass") or cluster.get("engineMode") == "serverless":
        return NOT_APPLICABLE
    return zones_of_members(cluster, MEMBER)


@rule("aws-rds-backup-retention", config=MINIMUM_DAYS)
def backup_retention(database: Resource) -> Verdict:
    """Databases keep automated backups for a week at least.

    A mistake is often noticed days later, and only a backup from before can undo it. A replica is restored from its
    source.
    """
    if database.type == INSTANCE and database.present("replicateSourceDb"):
        return NOT_APPLICABLE
    return require_at_least(database, "backupRetentionPeriod", database.config["minimum_days"], unit="days")


@rule("aws-rds-deletion-protection")
def deletion_protection(database: Resource) -> Verdict:
    """Databases cannot be deleted by one call.

    The protection has to be taken off first, which makes a deletion two decisions.
    """
    return require_true(database, "deletionProtection")


@rule("aws-rds-final-snapshot-kept")
def final_snapshot(database: Resource) -> Verdict:
    """A database that is deleted leaves a last snapshot.

    It is the way back from a deletion that was wrong. A replica cannot have one.
    """
    if database.present("replicateSourceDb"):
        return NOT_APPLICABLE
    return all_of(
        require_false(database, "skipFinalSnapshot", absent=PASS), require_set(database, "finalSnapshotIdentifier")
    )


@rule("aws-rds-auto-minor-version-upgrade")
def minor_upgrades(database: Resource) -> Verdict:
    """Databases take minor versions of their engine by themselves.

    Minor versions carry the security fixes.
    """
    return require_true(database, "autoMinorVersionUpgrade")


@rule(
    "aws-rds-logs-exported",
    config={
        "logs": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "default": LOGS,
            "description": "engine (or the start of its name) to the logs that must be exported",
        }
    },
)
def logs_exported(database: Resource) -> Verdict:
    """Databases send their audit and error logs to CloudWatch.

    Logs that stay on the instance are rotated away within days and can be removed by its administrators. Engines that
    the setting does not name, such as those of RDS Custom, cannot export any.
    """
    name = engine(database)
    wanted: dict[str, list[str]] = database.config["logs"]
    if not name:
        return require_set(database, "enabledCloudwatchLogsExports")
    for key, logs in wanted.items():
        if name == key or name.startswith(f"{key}-"):
            return require_holds(database, "enabledCloudwatchLogsExports", logs)
    return NOT_APPLICABLE


@rule("aws-rds-aurora-mysql-audit-log")
def aurora_audit_log(cluster: Resource) -> Verdict:
    """Aurora MySQL clusters export their audit log.

    It says who connected and what was asked of the data.
    """
    if engine(cluster) != "aurora-mysql":
        return NOT_APPLICABLE
    return require_holds(cluster, "enabledCloudwatchLogsExports", ("audit",))


@rule("aws-rds-enhanced-monitoring")
def enhanced_monitoring(database: Resource) -> Verdict:
    """Databases report the load of their operating system.

    What CloudWatch sees from outside does not tell which process starves the others.
    """
    return all_of(
        require_at_least(database, "monitoringInterval", 1, unit="seconds"), require_set(database, "monitoringRoleArn")
    )


@rule("aws-rds-copy-tags-to-snapshots")
def tags_on_snapshots(database: Resource) -> Verdict:
    """Snapshots carry the tags of their database.

    Owner and classification are needed on the copy as much as on the original.
    """
    return require_true(database, "copyTagsToSnapshot")


@rule("aws-rds-storage-autoscaling")
def storage_autoscaling(instance: Resource) -> Verdict:
    """Storage grows before it is full.

    A database without free storage stops.
    """
    least = float(instance.get("allocatedStorage", 0)) + 1
    return require_at_least(instance, "maxAllocatedStorage", least, unit="GiB")


@rule("aws-rds-aurora-backtrack")
def backtrack(cluster: Resource) -> Verdict:
    """Aurora MySQL clusters can be turned back in place.

    Backtracking undoes a wrong statement in minutes where a restore takes hours. Global databases cannot.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html
    """
    if engine(cluster) != "aurora-mysql" or cluster.present("globalClusterIdentifier"):
        return NOT_APPLICABLE
    return require_at_least(cluster, "backtrackWindow", 1, unit="seconds")


CATEGORIES = ("failure", "maintenance", "configuration change")


@rule("aws-rds-event-subscription-exists", subject=THE_STACK)
def events_subscribed(stack: Resource) -> Verdict:
    """Somebody is told when a database fails, is maintained or is changed.

    RDS tells nobody who has not subscribed.
    """
    kinds = [
        kind
        for kind, types in (("db-instance", (INSTANCE, MEMBER)), ("db-cluster", (CLUSTER,)))
        if stack.stack.of(*types)
    ]
    subscriptions = stack.stack.all(stack, EVENTS)
    missing = fail("", "no EventSubscription tells of its databases", "add one for failure, maintenance and changes")

    def tells(subscription: Resource, *, kind: str) -> Verdict:
        if subscription.get("sourceType") not in (None, "", kind):
            return fail("sourceType", f"is not {kind}", f"add a subscription for {kind}")
        every = PASS if not subscription.present("eventCategories") else None
        return all_of(
            require_true(subscription, "enabled", absent=PASS),
            every or require_holds(subscription, "eventCategories", CATEGORIES),
        )

    if not kinds:
        return NOT_APPLICABLE
    if not subscriptions:
        return missing
    return all_in(any_in(judge(partial(tells, kind=kind), item) for item in subscriptions) for kind in kinds)
