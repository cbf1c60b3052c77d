"""Runs a drill: copies the sandbox, puts a fault in where one is asked for, loses a region, walks there and back."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platform_lib.components.dr.document import Way
from platform_lib.components.dr.kind import Site
from platform_lib.components.dr.planning.model import DrPlan
from platform_lib.operations.drill.canary import delay_seconds, interval, measure
from platform_lib.operations.drill.effect import routing_controls
from platform_lib.operations.drill.model import Drill, Seed, WayRecord
from platform_lib.operations.drill.place import copied
from platform_lib.operations.drill.replica import choose, replicas
from platform_lib.operations.drill.seed import plant
from platform_lib.operations.drill.stage import Stage
from platform_lib.operations.drill.switch import find_setting
from platform_lib.operations.drill.walk import Told, nobody, walk
from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.sandbox.cloud.aws.recovery.answer import routing_control, set_routing_control
from platform_lib.sandbox.cloud.aws.recovery.copies import Mechanism
from platform_lib.sandbox.cloud.aws.recovery.schedule import parse_schedule
from platform_lib.sandbox.cloud.clock import Clock
from platform_lib.sandbox.workspace import Workspace

BETWEEN: Final = timedelta(hours=1)
"""How long users are at the second site before the way back is walked."""


@dataclass(frozen=True)
class Request:
    """What is drilled, and how.

    Attributes:
        ways: that are walked, in order; a way back only after the way there.
        replica: name of the ``DrReplica``; None for the only one.
        setting: where the configuration says which site is active; None to look for it.
        seed: a fault that is put in beforehand.
        source: the source that the fault is about; None for the first one that it fits.
        in_place: on the sandbox itself, not on a copy.
        record_later: the program is told of a failover only once the primary region is back.
        keep: folder that the copy is made in and left; None for one that is gone afterwards.
    """

    ways: tuple[Way, ...] = (Way.FAILOVER, Way.FAILBACK)
    replica: str | None = None
    setting: str | None = None
    seed: Seed | None = None
    source: str | None = None
    in_place: bool = False
    record_later: bool = False
    keep: Path | None = None

    def __post_init__(self) -> None:
        if self.seed is not None and self.in_place:
            raise InputError("drill: --seed does not go with --in-place; a fault is put into a copy only")
        if self.keep is not None and self.in_place:
            raise InputError("drill: --keep does not go with --in-place; nothing is copied then")
        if self.source is not None and self.seed is None:
            raise InputError("drill: --source says what a seeded fault is about; give --seed too")
        if self.keep is not None and self.keep.exists() and any(self.keep.iterdir()):
            raise InputError(f"drill: --keep: {self.keep} is not empty; name a new folder")


def run_drill(
    workspace: Workspace,
    stack: str,
    request: Request,
    *,
    schema: Mapping[str, Any] | None = None,
    told: Told = nobody,
) -> Drill:
    """Runs a drill on the sandbox.

    Args:
        workspace: whose sandbox it is.
        stack: name of the stack that has the ``DrReplica``; it must be up.
        request: what is drilled.
        schema: JSON schema of the project's settings, to find the one for the active site; None without.
        told: hears of each step once it was walked.

    Returns:
        What it did and showed; a drill that failed is a result.

    Raises:
        InputError: what is asked does not fit the stack.
        RefusedError: the stack is not as its program says, or users are not at the primary site.
        PlatformError: it could not begin.
    """
    handle = workspace.stack(stack)
    replica = choose(replicas(handle.export(show_secrets=True)), request.replica, stack=stack)
    config = handle.config()
    setting = request.setting or find_setting(config, schema, workspace.project.name)
    ran = datetime.now(UTC)
    place: AbstractContextManager[Workspace] = (
        contextlib.nullcontext(workspace) if request.in_place else copied(workspace, stack, keep=request.keep)
    )
    with place as where, where.cloud() as cloud, _stopped(cloud.clock):
        stage = Stage(
            stack=where.stack(stack),
            cloud=cloud,
            replica=replica,
            config=config,
            setting=setting,
            canary_seconds=interval(replica.plan),
            began=cloud.clock.now(),
            record_later=request.record_later,
        )
        _refuse_unready(stage, request)
        _warm_up(stage)
        seeded = ""
        if request.seed is not None:
            seeded = plant(stage, request.seed, request.source)
            if request.seed is Seed.STALE_BACKUP:
                cloud.clock.advance(_longest_wait(replica.plan).total_seconds())
        walked = _walk(stage, request.ways, told)
    return _record(stage, request, ran, seeded, walked)


@contextlib.contextmanager
def _stopped(clock: Clock) -> Iterator[None]:
    """Stops the cloud's clock for the block; afterwards it goes on from where the drill left it."""
    clock.freeze(clock.now())
    try:
        yield
    finally:
        left = clock.now()
        clock.release()
        clock.advance((left - datetime.now(UTC)).total_seconds())


def _refuse_unready(stage: Stage, request: Request) -> None:
    name, plan = stage.replica.name, stage.plan
    down = [region for region in (plan.primary.region, plan.secondary.region) if region in stage.cloud.down()]
    if down:
        raise RefusedError(
            f"drill: {name}: {down[0]} is down already; bring it up by `platform sandbox region {down[0]} --up`"
        )
    if Way.FAILOVER in request.ways and plan.active is not Site.PRIMARY:
        raise RefusedError(
            f"drill: {name}: users are at the {plan.active.value} site already, and a failover is drilled from the "
            "primary one; set active_site to primary and run up first"
        )
    check = stage.unchanged(plan.active, "before")
    if not check.passed:
        raise RefusedError(f"drill: {name}: {check.text}; run up first, a drill begins with what the program says")


def _warm_up(stage: Stage) -> None:
    """Lets time pass until there are backups, and lets the active site be the one that is switched on."""
    for site, arn in list(routing_controls(stage)):
        if site is stage.plan.active and not routing_control(stage.cloud, arn):
            set_routing_control(stage.cloud, arn, on=True)
    stage.cloud.clock.advance(_longest_wait(stage.plan).total_seconds())


def _longest_wait(plan: DrPlan) -> timedelta:
    """After so long every source has a backup at the second site, and one that stopped is too old."""
    backups = plan.backups
    minutes = 2 * backups.every_minutes + backups.start_within_minutes + backups.complete_within_minutes
    return timedelta(minutes=minutes + 60)


def _walk(stage: Stage, ways: Sequence[Way], told: Told) -> list[WayRecord]:
    walked: list[WayRecord] = []
    if Way.FAILOVER in ways:
        _lose(stage)
        walked.append(walk(stage, Way.FAILOVER, told))
    if Way.FAILBACK in ways and all(record.passed for record in walked):
        stage.cloud.clock.advance(BETWEEN.total_seconds())
        if not stage.record_later:
            stage.cloud.bring_up(stage.region(Site.PRIMARY))
        walked.append(walk(stage, Way.FAILBACK, told))
    if Way.RESTORE in ways:
        walked.append(walk(stage, Way.RESTORE, told))
    return walked


def _lose(stage: Stage) -> None:
    """Takes the primary site down at the worst moment, and sees which canaries had arrived."""
    clock, plan = stage.cloud.clock, stage.plan
    lost = _worst_moment(plan, clock.now())
    clock.freeze(lost)
    stage.lost_at = lost
    for source in plan.sources:
        if source.name in stage.replica.sources or stage.row(source.name) is not None:
            stage.measured[source.name] = measure(stage.cloud, stage.replica, source, lost, stage.canary_seconds)
    stage.cloud.take_down(plan.primary.region)


def _worst_moment(plan: DrPlan, now: datetime) -> datetime:
    """A second before the slowest copy of a backup arrives; now, where no source waits for backups."""
    delays = [delay_seconds(one) for one in plan.sources if one.mechanism.kind.value == Mechanism.BACKUP_COPY.value]
    if not delays:
        return now
    delay = timedelta(seconds=max(delays))
    runs = parse_schedule(plan.backups.schedule).runs(now - delay, now + timedelta(days=32))
    return next((at + delay - timedelta(seconds=1) for at in runs if at + delay > now), now)


def _record(stage: Stage, request: Request, ran: datetime, seeded: str, walked: Sequence[WayRecord]) -> Drill:
    failures = [text for way in walked for text in _failures(way)]
    left_out = [way.value for way in request.ways if way not in {one.way for one in walked}]
    failures += [f"{way}: not walked, as the way before it failed" for way in left_out]
    return Drill(
        project=stage.stack.project.name,
        stack=stage.stack.name,
        replica=stage.replica.name,
        ran=ran,
        in_place=request.in_place,
        record_later=request.record_later,
        region_down=stage.region(Site.PRIMARY) if stage.lost_at is not None else "",
        lost_at=stage.lost_at,
        canary_seconds=stage.canary_seconds if stage.measured else 0,
        seed=request.seed,
        seeded=seeded,
        ways=tuple(walked),
        passed=not failures,
        failures=tuple(dict.fromkeys(failures)),
    )


def _failures(way: WayRecord) -> list[str]:
    """What failed on a way, each thing where it was first seen."""
    seen: dict[str, str] = {}
    for step in way.steps:
        for check in step.checks:
            if not check.passed:
                seen.setdefault(check.text, step.name)
    found = [f"{way.way.value}: {step}: {text}" for text, step in seen.items()]
    found += [
        f"{way.way.value}: {source.name}: users wait {source.time / 60:g} minutes, and may wait "
        f"{source.time_objective / 60:g}"
        for source in way.sources
        if source.time is not None and source.time > source.time_objective
    ]
    return found
