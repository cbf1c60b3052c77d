"""Walks a way step by step: each begins when what it waits for has ended, by the clock of the sandbox cloud."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from platform_lib.components.dr.document import Way, steps_of
from platform_lib.components.dr.kind import Action
from platform_lib.components.dr.planning.model import Step, critical_path
from platform_lib.operations.drill.act import Acts
from platform_lib.operations.drill.model import SourceRecord, StepRecord, WayRecord
from platform_lib.operations.drill.stage import Stage

Told = Callable[[Way, StepRecord], None]
"""Hears of each step of a way once it was walked."""


def nobody(way: Way, step: StepRecord) -> None:
    """Hears of a step and does nothing about it."""
    del way, step


def walk(stage: Stage, way: Way, told: Told = nobody) -> WayRecord:
    """Walks a way to its end, whatever fails on it.

    Args:
        stage: where the drill plays; its cloud's clock is stopped, and stands at the end of the way afterwards.
        way: that is walked.
        told: hears of each step.
    """
    acts, clock = Acts(stage, way), stage.cloud.clock
    began = clock.now()
    ends: dict[str, datetime] = {}
    walked: list[Step] = []
    records: list[StepRecord] = []
    for step in steps_of(stage.plan, way):
        start = max((ends[name] for name in step.after if name in ends), default=began)
        clock.freeze(start)
        checks, seconds = acts.act(step)
        ends[step.name] = start + timedelta(seconds=seconds)
        walked.append(replace(step, figure=replace(step.figure, seconds=seconds)))
        record = StepRecord(
            name=step.name,
            phase=step.phase,
            action=step.action,
            site=step.site,
            region=stage.region(step.site),
            source=step.source,
            title=step.title,
            began=start,
            seconds=seconds,
            planned_seconds=step.figure.seconds,
            basis=step.figure.basis,
            checks=tuple(checks),
        )
        records.append(record)
        told(way, record)
    clock.freeze(max(ends.values(), default=began))
    sources = _sources(stage, tuple(walked), records) if way is Way.FAILOVER else ()
    return WayRecord(way=way, began=began, steps=tuple(records), sources=sources)


def _sources(stage: Stage, walked: tuple[Step, ...], records: list[StepRecord]) -> tuple[SourceRecord, ...]:
    """What was reached for each source: its point by the canaries, its time by the longest way through its steps."""
    found = []
    for source in stage.plan.sources:
        path = critical_path(walked, source.name)
        asked_point = source.objective.recovery_point_minutes * 60
        asked_time = source.objective.recovery_time_minutes * 60
        broken = [one.name for one in records if not one.passed and one.source in ("", source.name) and _serves(one)]
        time = None if broken else sum(step.figure.seconds for step in path)
        measured = stage.measured.get(source.name)
        point = measured.point_seconds if measured is not None else None
        notes = [f"not served: {', '.join(broken)} failed"] if broken else []
        notes += [measured.problem] if measured is not None and measured.problem else []
        if measured is None:
            notes.append("its owner copies it, and nobody says which it is: no canary was written")
        in_time = time is not None and time <= asked_time
        near = measured is None or (point is not None and point <= asked_point)
        found.append(
            SourceRecord(
                name=source.name,
                kind=source.kind.value,
                mechanism=source.mechanism.kind.value,
                point_objective=asked_point,
                point=point,
                time_objective=asked_time,
                time=time,
                within=in_time and near,
                note="; ".join(notes),
            )
        )
    return tuple(found)


def _serves(record: StepRecord) -> bool:
    """Whether users are not served while the step is not done: what only looks does not count."""
    return record.action not in (Action.NOTICE, Action.VERIFY, Action.RECORD, Action.PROTECT)
