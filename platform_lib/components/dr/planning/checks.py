"""What forbids a recovery as it is asked for: every finding names the argument, the value, and the way out. Pure."""

from collections.abc import Iterator, Sequence

from platform_lib.components.dr.args import (
    DrReplicaArgs,
    DrSourceArgs,
    FailoverRecordArgs,
    PrimarySiteArgs,
    SecondarySiteArgs,
    StandbyArgs,
    region_of_key,
)
from platform_lib.components.dr.kind import FailoverBy, Mechanism, SourceKind, Strategy, VaultLockMode
from platform_lib.components.dr.planning.mechanisms import (
    MECHANISMS,
    WITHOUT_BACKUPS,
    WRITTEN_ON_BOTH_SITES,
    default_mechanism,
)
from platform_lib.components.dr.planning.model import BackupsPlan, Step
from platform_lib.components.dr.planning.sources import ARN_OF_KIND, LOGS_OF_ENGINE
from platform_lib.core.aws import partition_of
from platform_lib.core.errors import Finding, near

COLD_DAYS = 90
"""Backups in cold storage stay there for so many days at least
(https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html)."""

_OWNED = (SourceKind.S3, SourceKind.SECRET)
_RUN_A_COPY = (Mechanism.READ_REPLICA, Mechanism.GLOBAL_DATABASE)


def check_sites(args: DrReplicaArgs) -> Iterator[Finding]:
    """Sites that are one, or not in one partition, and what they lack."""
    primary, secondary = args.primary.region, args.secondary.region
    if primary == secondary:
        problem = f"must be another region than the primary one, got {secondary!r}"
        yield Finding("secondary.region", problem, "what is lost with one region is lost with it")
    elif partition_of(primary) != partition_of(secondary):
        problem = f"must be in the partition of {primary} ({partition_of(primary)}), got {secondary!r}"
        yield Finding("secondary.region", problem, "nothing is copied between partitions")
    if args.primary.baseline.alarm_topic_arn is None and args.context.protects:
        problem = "is required outside dev: nobody would hear of a copy that falls behind"
        yield Finding("primary.baseline.alarm_topic_arn", problem, "turn the alarms of the baseline on")


def check_keys(args: DrReplicaArgs) -> Iterator[Finding]:
    """A key that is missing in the second region, or is not of it; sources whose key is not of the first one."""
    given = args.keys.secondary_key_arn if args.keys is not None else None
    may_make = args.keys is None or args.keys.made is not False
    if given is None and args.secondary.baseline is None and not may_make:
        problem = f"is missing: copies in {args.secondary.region} cannot be read with a key of {args.primary.region}"
        yield Finding("keys.secondary_key_arn", problem, "give a key of the second region, or let one be made")
    yield from _key_of("keys.secondary_key_arn", given, args.secondary)
    yield from _key_of("primary.baseline.data_key_arn", args.primary.baseline.data_key_arn, args.primary)
    if args.secondary.baseline is not None:
        yield from _key_of("secondary.baseline.data_key_arn", args.secondary.baseline.data_key_arn, args.secondary)
    for index, source in enumerate(args.sources):
        yield from _key_of(f"sources[{index}].key_arn", source.key_arn, args.primary)


def _key_of(path: str, key: object, site: PrimarySiteArgs | SecondarySiteArgs) -> Iterator[Finding]:
    region = region_of_key(key)
    if region is not None and region != site.region:
        yield Finding(path, f"is not a key of {site.region}, got one of {region}", f"give a key of {site.region}")


def check_sources(args: DrReplicaArgs, strategy: Strategy) -> Iterator[Finding]:
    """Sources that are not taken as they are given."""
    names = [source.name for source in args.sources]
    for index, source in enumerate(args.sources):
        path = f"sources[{index}]"
        if source.name in names[:index]:
            yield Finding(f"{path}.name", f"is given twice, got {source.name!r}", "use another name")
        yield from _check_mechanism(source, path, strategy)
        yield from _check_taken(source, path, args)
        yield from _check_standby(source, path, strategy)


def _check_mechanism(source: DrSourceArgs, path: str, strategy: Strategy) -> Iterator[Finding]:
    known, kind = MECHANISMS[source.kind], source.kind.value
    if source.mechanism is not None and source.mechanism not in known:
        problem = f"does not copy {kind}, got {source.mechanism.value!r}"
        yield Finding(f"{path}.mechanism", problem, f"use one of {', '.join(one.value for one in known)}")
    one_writer = source.kind not in (*WRITTEN_ON_BOTH_SITES, SourceKind.SECRET)
    if strategy is Strategy.ACTIVE_ACTIVE and one_writer and source.mechanism is None:
        problem = f"is required with active-active: {kind} is written on one site only, and the other one reads"
        remedy = f"say so with {known[0].value}, or keep what both sites write in dynamodb"
        yield Finding(f"{path}.mechanism", problem, remedy)


def _check_taken(source: DrSourceArgs, path: str, args: DrReplicaArgs) -> Iterator[Finding]:
    by_owner = bool(source.copied_by_owner)
    if source.kind is SourceKind.SECRET and not by_owner:
        problem = "must be true for a secret: only the secret itself names its replicas"
        remedy = f"give the secret a replica in {args.secondary.region} with a key of that region, and say so"
        yield Finding(f"{path}.copied_by_owner", problem, remedy)
    elif by_owner and source.kind not in _OWNED:
        problem = f"is for buckets and secrets only, got a source of kind {source.kind.value!r}"
        yield Finding(f"{path}.copied_by_owner", problem, "leave it out")
    elif by_owner and source.mechanism is Mechanism.BACKUP_COPY:
        yield Finding(f"{path}.mechanism", "is not what an owner does, got 'backup-copy'", "use replication")
    if source.backed_up and source.kind in WITHOUT_BACKUPS:
        problem = f"must be false: AWS Backup does not know {source.kind.value}"
        yield Finding(f"{path}.backed_up", problem, "leave it out")
    if source.kind is SourceKind.SECRET and source.id is not None:
        yield Finding(f"{path}.id", "does not name a secret: ARNs end in characters of chance", "give its arn")
    elif source.arn is None and source.id is None and not (source.kind is SourceKind.S3 and by_owner):
        yield Finding(f"{path}.arn", "is required", "give its arn or its id")
    if isinstance(source.arn, str) and not ARN_OF_KIND[source.kind].pattern(args.primary.region).fullmatch(source.arn):
        problem = (
            f"is not the arn of a source of kind {source.kind.value!r} in {args.primary.region}, got {source.arn!r}"
        )
        yield Finding(f"{path}.arn", problem, "give the source at the primary site")


def _check_standby(source: DrSourceArgs, path: str, strategy: Strategy) -> Iterator[Finding]:
    mechanism = source.mechanism or default_mechanism(source.kind, strategy)
    standby, path = source.standby, f"{path}.standby"
    if mechanism not in _RUN_A_COPY:
        if standby is not None:
            yield Finding(path, f"is not for {mechanism.value}, which runs no copy", "leave it out")
        return
    standby = standby or StandbyArgs()
    has_instances = mechanism is Mechanism.READ_REPLICA or standby.instances != 0
    needed = [
        ("instance_class", has_instances),
        ("engine", True),
        ("engine_version", mechanism is Mechanism.GLOBAL_DATABASE),
        ("subnet_group", True),
        ("security_group_ids", True),
    ]
    for field, required in needed:
        if required and getattr(standby, field) is None:
            yield Finding(f"{path}.{field}", f"is required for {mechanism.value}")
    aurora = mechanism is Mechanism.GLOBAL_DATABASE
    engines = [engine for engine in LOGS_OF_ENGINE if engine.startswith("aurora-") == aurora]
    if standby.engine is not None and standby.engine not in engines:
        problem = f"cannot be copied by {mechanism.value}, got {standby.engine!r}"
        other = "" if aurora else "; log-copy takes every engine of RDS"
        remedy = near(standby.engine, engines) or f"use one of {', '.join(engines)}"
        yield Finding(f"{path}.engine", problem, f"{remedy}{other}")
    if standby.instances is not None and not aurora:
        yield Finding(f"{path}.instances", "is for global-database only", "leave it out")
    if standby.multi_az is not None and aurora:
        yield Finding(f"{path}.multi_az", "is for read-replica only", "say how many instances there are")


def check_measurements(args: DrReplicaArgs, names: dict[str, set[str]]) -> Iterator[Finding]:
    """Measurements of parts that an estimate does not have; ``names`` are those that it has, by source."""
    for index, source in enumerate(args.sources):
        known = sorted(names.get(source.name, ()))
        seen = set()
        for position, one in enumerate(source.measurements or ()):
            path = f"sources[{index}].measurements[{position}].part"
            if known and one.part not in known:
                remedy = near(one.part, known) or f"use one of {', '.join(known)}"
                yield Finding(path, f"is no part of the estimate, got {one.part!r}", remedy)
            elif one.part in seen:
                yield Finding(path, f"is given twice, got {one.part!r}", "give the newest one")
            seen.add(one.part)


def parts_of(way: Sequence[Step], source: str) -> set[str]:
    """How measurements call the steps of one source: by what is done."""
    return {step.name.removesuffix(f"-{source}") for step in way if step.source == source}


def check_backups(plan: BackupsPlan) -> Iterator[Finding]:
    """Numbers of backups that do not fit each other."""
    hours = plan.every_minutes // 60
    if 24 % hours:
        yield Finding("backups.every_hours", f"must divide 24, got {hours}", "use 1, 2, 3, 4, 6, 8, 12 or 24")
    if plan.cold_after_days is not None and plan.retention_days < plan.cold_after_days + COLD_DAYS:
        problem = f"must be {COLD_DAYS} days or more before retention_days ({plan.retention_days})"
        remedy = f"keep backups for at least {plan.cold_after_days + COLD_DAYS} days"
        yield Finding("backups.cold_after_days", f"{problem}, got {plan.cold_after_days}", remedy)
    if plan.lock_minimum_days > min(plan.retention_days, 35):
        most = min(plan.retention_days, 35)
        problem = f"must be at most {most}, or the vault refuses backups that are kept for so long"
        yield Finding("backups.lock_minimum_days", f"{problem}, got {plan.lock_minimum_days}")
    if plan.complete_within_minutes <= plan.start_within_minutes:
        problem = f"must be more than start_within_minutes ({plan.start_within_minutes})"
        yield Finding("backups.complete_within_minutes", f"{problem}, got {plan.complete_within_minutes}")


def check_lock(args: DrReplicaArgs) -> Iterator[Finding]:
    """A grace time of a lock that has none."""
    asked = args.backups
    if asked is not None and asked.lock_grace_days is not None and asked.lock is not VaultLockMode.COMPLIANCE:
        yield Finding("backups.lock_grace_days", "is for a lock of mode compliance only", "leave it out")


def check_record(asked: FailoverRecordArgs | None) -> Iterator[Finding]:
    """A record that answers the same for both sites, or mixes its two means."""
    if asked is None:
        return
    path = "failover_record"
    if isinstance(asked.primary_target, str) and asked.primary_target == asked.secondary_target:
        problem = f"must be another one than that of the primary site, got {asked.primary_target!r}"
        yield Finding(f"{path}.secondary_target", problem)
    by_checks = asked.by is not FailoverBy.ROUTING_CONTROLS
    if by_checks and asked.cluster_arn is not None:
        yield Finding(f"{path}.cluster_arn", "is for routing-controls only", "leave it out, or use them")
    if not by_checks and asked.automatic:
        problem = "must be false with routing-controls, which somebody switches"
        yield Finding(f"{path}.automatic", problem, "leave it out, or use health-checks")
