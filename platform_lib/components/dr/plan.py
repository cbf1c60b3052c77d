"""What a recovery consists of, as a pure function of its arguments."""

from dataclasses import replace

from platform_lib.components.dr.args import (
    BackupsArgs,
    DrillsArgs,
    DrReplicaArgs,
    DrSourceArgs,
    FailoverRecordArgs,
    ObjectivesArgs,
    RestoreTestsArgs,
    StandbyArgs,
    StopRulesArgs,
)
from platform_lib.components.dr.kind import Action, FailoverBy, Mechanism, Site, SourceKind, Strategy, VaultLockMode
from platform_lib.components.dr.planning.checks import (
    check_backups,
    check_keys,
    check_lock,
    check_measurements,
    check_record,
    check_sites,
    check_sources,
    parts_of,
)
from platform_lib.components.dr.planning.mechanisms import (
    MECHANISMS,
    WITHOUT_BACKUPS,
    default_mechanism,
    mechanism_plan,
)
from platform_lib.components.dr.planning.model import (
    BackupsPlan,
    BucketsPlan,
    DrillPlan,
    DrPlan,
    FailoverPlan,
    Objective,
    RestoreTestPlan,
    SitePlan,
    SourcePlan,
    Step,
    StopRule,
)
from platform_lib.components.dr.planning.objectives import Reach, check_objectives
from platform_lib.components.dr.planning.steps import failback_way, failover_way, restore_way
from platform_lib.components.dr.planning.way import Surroundings
from platform_lib.core.aws import YEAR_OF_LOGS, partition_of
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.errors import PlanError
from platform_lib.core.naming import check_automatic

DEFAULT_RECOVERY_TIME_MINUTES = 60.0
DEFAULT_RECOVERY_POINT_MINUTES = 15.0
DEFAULT_SIZE_GIB = 100
DEFAULT_DECIDE_MINUTES = 10.0
QUARTER_DAYS = 92
OLD_VERSION_DAYS = 365
METRICS_OF_DNS = "us-east-1"
"""Where Route 53 has its metrics
(https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html)."""


def plan_replica(name: str, args: DrReplicaArgs, *, subject: str) -> DrPlan:
    """The recovery that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: what cannot be; all findings at once.
    """
    strategy = args.strategy or Strategy.PILOT_LIGHT
    backups = _backups(args)
    sites = (SitePlan(Site.PRIMARY, args.primary.region), SitePlan(Site.SECONDARY, args.secondary.region))
    sources = tuple(
        _source(source, index, args, strategy, backups)
        for index, source in enumerate(args.sources)
        if source.mechanism is None or source.mechanism in MECHANISMS[source.kind]
    )
    record = None if args.failover_record is None else _record(args.failover_record, args, strategy)
    rules = args.stop_rules or StopRulesArgs()
    active = args.active_site or Site.PRIMARY
    around = Surroundings(
        name=name,
        strategy=strategy,
        primary=sites[0],
        secondary=sites[1],
        record=record,
        decide_minutes=_or(rules.decide_within_minutes, DEFAULT_DECIDE_MINUTES),
        measurements={source.name: tuple(source.measurements or ()) for source in args.sources},
    )
    drills = args.drills or DrillsArgs()
    plan = DrPlan(
        name=name,
        partition=partition_of(args.primary.region),
        protects=args.context.protects,
        strategy=strategy,
        active=active,
        sites=sites,
        sources=sources,
        backups=backups,
        restore_tests=_restore_tests(args.restore_tests or RestoreTestsArgs(), sources),
        drill=DrillPlan(drills.every_days or QUARTER_DAYS, drills.last_day),
        buckets=_buckets(args, sources),
        record=record,
        stop_rules=_stop_rules(rules, sources),
        failover=failover_way(around, sources),
        failback=failback_way(around, sources),
        restore=restore_way(around, sources, sites[0] if active is Site.PRIMARY else sites[1]),
    )
    findings = [
        *check_sites(args),
        *check_keys(args),
        *check_sources(args, strategy),
        *check_measurements(args, {source.name: _parts(plan, source) for source in sources}),
        *check_objectives(sources, _reach(around, args, sources, backups)),
        *check_backups(backups),
        *check_lock(args),
        *check_record(args.failover_record),
        *check_automatic(_names(plan)),
    ]
    if findings:
        raise PlanError(subject, findings)
    return plan


def _reach(around: Surroundings, args: DrReplicaArgs, sources: tuple[SourcePlan, ...], backups: BackupsPlan) -> Reach:
    """What sources would reach with other mechanisms, the others as they are."""

    def other(source: SourcePlan, mechanism: Mechanism) -> SourcePlan:
        asked = args.sources[source.index]
        return replace(source, mechanism=mechanism_plan(asked, mechanism, source.size_gib, backups))

    def way_with(source: SourcePlan) -> tuple[Step, ...]:
        return failover_way(around, [source if one.index == source.index else one for one in sources])

    return Reach(other, way_with)


def _parts(plan: DrPlan, source: SourcePlan) -> set[str]:
    delays = {delay.name for delay in source.mechanism.delays}
    return delays.union(*(parts_of(way, source.name) for way in (plan.failover, plan.failback, plan.restore)))


def _names(plan: DrPlan) -> list[tuple[str, str]]:
    """Type token and name of every child whose name has a limit."""
    name = plan.name
    return [
        *(("aws:iam/role:Role", f"{name}-copying-back-{source}-role") for source, _ in plan.buckets.copies),
        *(("aws:s3/bucket:Bucket", f"{name}-{bucket.role}") for _, bucket in plan.buckets.copies),
        *(
            (token, f"{name}-{role}-{source.name}")
            for source in plan.sources
            for token, role in _DATABASES.get(source.mechanism.kind, ())
        ),
        ("aws:iam/role:Role", f"{name}-monitoring-role"),
        ("aws:backup/vault:Vault", f"{name}-vault-secondary"),
        ("aws:backup/restoreTestingPlan:RestoreTestingPlan", f"{name}_restore_tests"),
        ("aws:backup/restoreTestingSelection:RestoreTestingSelection", f"{name}_restore_test_dynamodb"),
    ]


_DATABASES = {
    Mechanism.READ_REPLICA: (("aws:rds/instance:Instance", "replica"),),
    Mechanism.GLOBAL_DATABASE: (("aws:rds/globalCluster:GlobalCluster", "global"),),
}
"""Types and parts of the names that are made of those of databases."""


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _backups(args: DrReplicaArgs) -> BackupsPlan:
    asked = args.backups or BackupsArgs()
    hours = asked.every_hours or 24
    return BackupsPlan(
        schedule=f"cron(0 {'0' if hours == 24 else f'0/{hours}'} * * ? *)",
        every_minutes=hours * 60,
        start_within_minutes=asked.start_within_minutes or 60,
        complete_within_minutes=asked.complete_within_minutes or 1440,
        retention_days=asked.retention_days or 35,
        cold_after_days=asked.cold_after_days,
        lock=asked.lock or (VaultLockMode.GOVERNANCE if args.context.protects else VaultLockMode.NONE),
        lock_minimum_days=asked.lock_minimum_days or 7,
        lock_grace_days=asked.lock_grace_days or 14,
    )


def _source(
    asked: DrSourceArgs, index: int, args: DrReplicaArgs, strategy: Strategy, backups: BackupsPlan
) -> SourcePlan:
    own, common = asked.objectives or ObjectivesArgs(), args.objectives or ObjectivesArgs()
    standby = asked.standby or StandbyArgs()
    size = asked.size_gib or DEFAULT_SIZE_GIB
    return SourcePlan(
        name=asked.name,
        kind=asked.kind,
        index=index,
        objective=Objective(
            own.recovery_time_minutes or common.recovery_time_minutes or DEFAULT_RECOVERY_TIME_MINUTES,
            own.recovery_point_minutes or common.recovery_point_minutes or DEFAULT_RECOVERY_POINT_MINUTES,
        ),
        mechanism=mechanism_plan(asked, asked.mechanism or default_mechanism(asked.kind, strategy), size, backups),
        backed_up=asked.kind not in WITHOUT_BACKUPS and asked.backed_up is not False,
        size_gib=size,
        multi_az=args.context.protects if standby.multi_az is None else standby.multi_az,
        standby_instances=1 + args.context.protects if standby.instances is None else standby.instances,
    )


def _buckets(args: DrReplicaArgs, sources: tuple[SourcePlan, ...]) -> BucketsPlan:
    copies = tuple(
        (source.name, BucketPlan(f"copy-{source.name}", retention_days=OLD_VERSION_DAYS, keeps_current=True))
        for source in sources
        if source.kind is SourceKind.S3 and source.mechanism.kind is not Mechanism.BACKUP_COPY
    )
    made = copies and args.secondary.baseline is None
    logs = BucketPlan("access-logs", retention_days=YEAR_OF_LOGS, with_key=False, records_access=False, purpose="logs")
    return BucketsPlan(copies, logs if made else None)


def _record(asked: FailoverRecordArgs, args: DrReplicaArgs, strategy: Strategy) -> FailoverPlan:
    heard_at_home = args.primary.region == METRICS_OF_DNS and args.primary.baseline.alarm_topic_arn is not None
    there = heard_at_home or args.secondary.region == METRICS_OF_DNS
    return FailoverPlan(
        by=asked.by or FailoverBy.HEALTH_CHECKS,
        record=asked.name,
        tells=asked.alarm_topic_arn is not None or there,
        both_serve=strategy is Strategy.ACTIVE_ACTIVE,
        automatic=strategy is Strategy.ACTIVE_ACTIVE if asked.automatic is None else asked.automatic,
        health_path=asked.health_path or "/",
        new_cluster=asked.by is FailoverBy.ROUTING_CONTROLS and asked.cluster_arn is None,
        ttl_seconds=60 if asked.ttl_seconds is None else asked.ttl_seconds,
        interval_seconds=asked.interval_seconds or 30,
        failures=asked.failures or 3,
    )


def _restore_tests(asked: RestoreTestsArgs, sources: tuple[SourcePlan, ...]) -> RestoreTestPlan | None:
    if asked.enabled is False or not any(source.backed_up for source in sources):
        return None
    days = asked.every_days or 7
    return RestoreTestPlan(_test_schedule(days), days, asked.validation_hours or 4)


def _test_schedule(days: int) -> str:
    if days < 7:
        return "cron(0 6 * * ? *)"
    if days < 28:
        return "cron(0 6 ? * 1 *)"
    return "cron(0 6 1 * ? *)" if days < 90 else "cron(0 6 1 1/3 ? *)"


def _stop_rules(asked: StopRulesArgs, sources: tuple[SourcePlan, ...]) -> tuple[StopRule, ...]:
    longest = max((source.objective.recovery_time_minutes for source in sources), default=DEFAULT_RECOVERY_TIME_MINUTES)
    abort = _or(asked.abort_after_minutes, 2 * longest)
    return (
        StopRule(
            "site-is-lost",
            Action.DECIDE,
            "is the site that is left lost to users, and not only one program of it",
            "",
            "mend the program",
        ),
        StopRule(
            "copies-are-near",
            Action.PROMOTE,
            "is every copy as near to now as its recovery point objective",
            "recovery_point_minutes of the source",
            "decide whether the lost data are worth the time that the site may need",
        ),
        StopRule(
            "keys-work",
            Action.PROMOTE,
            "can the keys of the site that takes over be used",
            "",
            "cancel the deletion of the key, or enable it; without it no copy can be read",
        ),
        StopRule(
            "old-site-is-withdrawn",
            Action.SWITCH,
            "is nobody writing at the site that is left",
            "",
            "withdraw it first: what two sites write cannot be brought together again",
        ),
        StopRule(
            "in-time",
            Action.SWITCH,
            "has the way taken less than the limit",
            f"{abort:g} minutes",
            "stop, and decide anew between waiting and going on",
        ),
    )
