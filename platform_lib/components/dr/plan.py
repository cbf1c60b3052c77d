"""What a recovery consists of, as a pure function of its arguments."""

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
from platform_lib.components.dr.kind import Action, FailoverBy, Site, Strategy, VaultLockMode
from platform_lib.components.dr.planning import steps
from platform_lib.components.dr.planning.checks import check_objectives, check_sites, check_sources
from platform_lib.components.dr.planning.mechanisms import (
    MECHANISMS,
    WITHOUT_BACKUPS,
    default_mechanism,
    mechanism_plan,
)
from platform_lib.components.dr.planning.model import (
    BackupPlan,
    DrillPlan,
    DrPlan,
    FailoverPlan,
    Objective,
    RestoreTestPlan,
    SitePlan,
    SourcePlan,
    StopRule,
)
from platform_lib.core.aws import partition_of
from platform_lib.core.errors import PlanError

DEFAULT_RECOVERY_TIME_MINUTES = 60.0
DEFAULT_RECOVERY_POINT_MINUTES = 15.0
DEFAULT_SIZE_GIB = 100
DEFAULT_DECIDE_MINUTES = 10.0
QUARTER_DAYS = 92


def plan_replica(name: str, args: DrReplicaArgs, *, subject: str) -> DrPlan:
    """The recovery that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: what cannot be; all findings at once.
    """
    findings = [*check_sites(args), *check_sources(args)]
    strategy = args.strategy or Strategy.PILOT_LIGHT
    backups = _backups(args)
    sites = (SitePlan(Site.PRIMARY, args.primary.region), SitePlan(Site.SECONDARY, args.secondary.region))
    sources = tuple(
        _source(source, index, args, strategy, backups)
        for index, source in enumerate(args.sources)
        if source.mechanism is None or source.mechanism in MECHANISMS[source.kind]
    )
    record = None if args.failover_record is None else _record(args.failover_record)
    rules = args.stop_rules or StopRulesArgs()
    active = args.active_site or Site.PRIMARY
    around = steps.Surroundings(
        name=name,
        strategy=strategy,
        primary=sites[0],
        secondary=sites[1],
        record=record,
        decide_minutes=_or(rules.decide_within_minutes, DEFAULT_DECIDE_MINUTES),
        standby_instances={source.name: source.standby_instances for source in sources},
        measurements={source.name: tuple(source.measurements or ()) for source in args.sources},
    )
    tests, drills = args.restore_tests or RestoreTestsArgs(), args.drills or DrillsArgs()
    plan = DrPlan(
        name=name,
        partition=partition_of(args.primary.region),
        strategy=strategy,
        active=active,
        sites=sites,
        sources=sources,
        backups=backups,
        restore_tests=RestoreTestPlan(
            _test_schedule(tests.every_days or 7), tests.every_days or 7, tests.validation_hours or 4
        ),
        drill=DrillPlan(drills.every_days or QUARTER_DAYS),
        record=record,
        stop_rules=_stop_rules(rules, sources),
        failover=steps.failover(around, sources),
        failback=steps.failback(around, sources),
        restore=steps.restore(around, sources, sites[0] if active is Site.PRIMARY else sites[1]),
    )
    findings += check_objectives(plan)
    if findings:
        raise PlanError(subject, findings)
    return plan


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _backups(args: DrReplicaArgs) -> BackupPlan:
    asked = args.backups or BackupsArgs()
    hours = asked.every_hours or 24
    return BackupPlan(
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
    asked: DrSourceArgs, index: int, args: DrReplicaArgs, strategy: Strategy, backups: BackupPlan
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
        standby_instances=standby.instances
        if standby.instances is not None
        else int(strategy is not Strategy.PILOT_LIGHT),
    )


def _record(asked: FailoverRecordArgs) -> FailoverPlan:
    return FailoverPlan(
        by=asked.by or FailoverBy.HEALTH_CHECKS,
        record=asked.name,
        ttl_seconds=60 if asked.ttl_seconds is None else asked.ttl_seconds,
        interval_seconds=asked.interval_seconds or 30,
        failures=asked.failures or 3,
    )


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
