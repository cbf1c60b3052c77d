"""What a planned recovery consists of: sites, sources, mechanisms, objectives, and steps with their times. Pure.

Every number says where it comes from: the vendor's page, a drill, or an assumption with its reason.
"""

from dataclasses import dataclass

from platform_lib.components.dr.kind import (
    Action,
    Basis,
    FailoverBy,
    Mechanism,
    Phase,
    Site,
    SourceKind,
    Strategy,
    VaultLockMode,
)
from platform_lib.core.aws_bucket_plan import BucketPlan


@dataclass(frozen=True)
class Figure:
    """A time with where it comes from.

    Attributes:
        seconds: the time.
        basis: where the number comes from.
        source: the vendor's page, the drill with its day, or the reason of an assumption.
    """

    seconds: float
    basis: Basis
    source: str

    @property
    def minutes(self) -> float:
        """The time in minutes."""
        return self.seconds / 60


@dataclass(frozen=True)
class Delay:
    """What can make a copy be behind: one part of a recovery point."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class Objective:
    """What has to be reached when a site is lost, in minutes."""

    recovery_time_minutes: float
    recovery_point_minutes: float


@dataclass(frozen=True)
class StopRule:
    """When a way is not gone on: it is asked before the step it names, and a human decides.

    Attributes:
        name: unique in the plan.
        before: name of the step, or of every step of an action.
        question: what must be true to go on.
        limit: number that it is compared with, with its unit; empty where there is none.
        remedy: what to do where it is not true.
    """

    name: str
    before: Action
    question: str
    limit: str
    remedy: str


@dataclass(frozen=True)
class Step:
    """One step of a way.

    Attributes:
        name: unique in its way, such as ``promote-orders``.
        phase: the part of the way that it belongs to.
        action: what a drill does.
        site: where it is done: at which site's region.
        source: the source that it is about; empty for a step that all share.
        title: what is done, one line.
        command: how an operator does it, with ``<...>`` for what is known only then; empty for what is no command.
        figure: how long it takes.
        after: names of the steps that must be done before.
    """

    name: str
    phase: Phase
    action: Action
    site: Site
    source: str
    title: str
    command: str
    figure: Figure
    after: tuple[str, ...]


@dataclass(frozen=True)
class MechanismPlan:
    """How one source comes to the second site.

    Attributes:
        kind: the mechanism.
        delays: what makes the copy be behind, which together are the recovery point.
        both_ways: the copy is written to and copied back, so that nothing has to be promoted.
        by_owner: whoever owns the source copies it; this component gives or expects the place.
        watched_by: the metric of CloudWatch that shows how far the copy is behind; empty where there is none.
    """

    kind: Mechanism
    delays: tuple[Delay, ...]
    both_ways: bool
    by_owner: bool
    watched_by: str

    @property
    def recovery_point_seconds(self) -> float:
        """How much may be lost, in seconds."""
        return sum(delay.figure.seconds for delay in self.delays)


@dataclass(frozen=True)
class SourcePlan:
    """One source with its copy.

    Attributes:
        name: unique in the plan.
        kind: what it is.
        index: its place in the arguments, for findings.
        objective: what has to be reached.
        mechanism: how it comes to the second site.
        backed_up: AWS Backup takes it into its vaults, whatever else copies it.
        size_gib: how much it holds, which restoring takes its time for.
        multi_az: its copy stands in more than one zone.
        standby_instances: instances of a secondary cluster of Aurora.
    """

    name: str
    kind: SourceKind
    index: int
    objective: Objective
    mechanism: MechanismPlan
    backed_up: bool
    size_gib: int
    multi_az: bool = False
    standby_instances: int = 0


@dataclass(frozen=True)
class SitePlan:
    """One site."""

    site: Site
    region: str


@dataclass(frozen=True)
class BackupsPlan:
    """Backups and their copies.

    Attributes:
        schedule: cron expression of AWS Backup.
        every_minutes: the longest time between two of them.
        start_within_minutes: a backup starts at most so much later.
        complete_within_minutes: and is given up after so much.
        retention_days: how long backups are kept, at both sites.
        cold_after_days: when they move to cold storage; None for never.
        lock: who may delete one before its time.
        lock_minimum_days: no backup may be made for less.
        lock_grace_days: how long a lock of mode compliance can be taken away again.
    """

    schedule: str
    every_minutes: int
    start_within_minutes: int
    complete_within_minutes: int
    retention_days: int
    cold_after_days: int | None
    lock: VaultLockMode
    lock_minimum_days: int
    lock_grace_days: int


@dataclass(frozen=True)
class RestoreTestPlan:
    """How often backups are restored for a test at the second site; ``window_days`` is how old they may be."""

    schedule: str
    window_days: int
    validation_hours: int


@dataclass(frozen=True)
class DrillPlan:
    """How often the way is gone for a drill, in days, and the day of the last one; None where there was none."""

    every_days: int
    last_day: str | None


@dataclass(frozen=True)
class FailoverPlan:
    """What sends users to a site.

    Attributes:
        by: the means.
        record: name of the record of DNS.
        automatic: a failed health check of the primary site alone sends users away.
        tells: somebody is told when the primary site does not answer.
        both_serve: both sites serve users while both are healthy.
        health_path: path that health checks ask.
        new_cluster: a cluster of routing controls is made.
        ttl_seconds: how long resolvers keep the answer.
        interval_seconds: between two looks of a health check.
        failures: so many in a row mean that a site is down.
    """

    by: FailoverBy
    record: str
    automatic: bool
    tells: bool
    both_serve: bool
    health_path: str
    new_cluster: bool
    ttl_seconds: int
    interval_seconds: int
    failures: int


@dataclass(frozen=True)
class BucketsPlan:
    """Buckets at the second site: one for each bucket that is copied, and one for records of access to them.

    ``access_logs`` is None where there is a bucket for that already, or none is needed.
    """

    copies: tuple[tuple[str, BucketPlan], ...]
    access_logs: BucketPlan | None


@dataclass(frozen=True)
class Estimate:
    """What is reached for one source when a site is lost; times in seconds."""

    source: str
    recovery_point_seconds: float
    recovery_time_seconds: float


@dataclass(frozen=True)
class DrPlan:
    """A whole recovery.

    Attributes:
        name: of the component.
        partition: of both regions.
        protects: what holds data is protected from deletion.
        strategy: how much of the second site runs before it is needed.
        active: the site that users are at, as the program says.
        sites: both of them, the primary one first.
        sources: what is copied, in the order of the arguments.
        backups: how AWS Backup takes copies.
        restore_tests: how copies are tested; None where they are not.
        drill: how the way is tested.
        buckets: of copies, at the second site.
        record: what sends users to a site; None where that is done elsewhere.
        stop_rules: when a human has to decide.
        failover: the way to the second site, in order.
        failback: the way back, in order.
        restore: what to do when data are damaged at a site that stands, in order.
    """

    name: str
    partition: str
    protects: bool
    strategy: Strategy
    active: Site
    sites: tuple[SitePlan, SitePlan]
    sources: tuple[SourcePlan, ...]
    backups: BackupsPlan
    restore_tests: RestoreTestPlan | None
    drill: DrillPlan
    buckets: BucketsPlan
    record: FailoverPlan | None
    stop_rules: tuple[StopRule, ...]
    failover: tuple[Step, ...]
    failback: tuple[Step, ...]
    restore: tuple[Step, ...]

    @property
    def primary(self) -> SitePlan:
        """The site that users are at by default."""
        return self.sites[0]

    @property
    def secondary(self) -> SitePlan:
        """The site that takes over."""
        return self.sites[1]

    @property
    def has_backups(self) -> bool:
        """Whether anything goes into the vaults."""
        return any(source.backed_up for source in self.sources)

    @property
    def standing_copies(self) -> tuple[str, ...]:
        """Sources whose copies at the second site are backed up there too: a site that takes over has backups."""
        kinds = (Mechanism.READ_REPLICA, Mechanism.GLOBAL_DATABASE, Mechanism.GLOBAL_TABLE)
        buckets = [name for name, _ in self.buckets.copies]
        return tuple(
            source.name
            for source in self.sources
            if source.backed_up and (source.mechanism.kind in kinds or source.name in buckets)
        )

    def site(self, site: Site) -> SitePlan:
        """One of the sites."""
        return self.primary if site is Site.PRIMARY else self.secondary

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """What is reached for each source when the primary site is lost."""
        return tuple(
            Estimate(
                source.name,
                source.mechanism.recovery_point_seconds,
                sum(step.figure.seconds for step in critical_path(self.failover, source.name)),
            )
            for source in self.sources
        )


def critical_path(way: tuple[Step, ...], source: str) -> tuple[Step, ...]:
    """The chain of steps that decides when users reach one source: shared steps and its own, the longest way through.

    What is done afterwards does not count; steps of other sources run beside.
    """
    found: dict[str, tuple[float, tuple[Step, ...]]] = {}
    for step in way:
        if step.source in ("", source) and step.phase is not Phase.AFTERWARDS:
            before = max((found[name] for name in step.after if name in found), key=lambda it: it[0], default=(0.0, ()))
            found[step.name] = (before[0] + step.figure.seconds, (*before[1], step))
    return max(found.values(), key=lambda it: it[0], default=(0.0, ()))[1]
