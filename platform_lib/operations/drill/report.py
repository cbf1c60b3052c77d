"""The record of a drill as Markdown, to be kept beside the runbooks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from platform_lib.components.dr.document import Way
from platform_lib.components.dr.runbook import minutes
from platform_lib.operations.drill.model import Drill, SourceRecord, StepRecord, WayRecord

TITLES: Final[Mapping[Way, str]] = {
    Way.FAILOVER: "Failover",
    Way.FAILBACK: "Failback",
    Way.RESTORE: "Restore",
}
HONEST: Final = (
    "On the sandbox: what is shown is that steps, records, keys and copies fit together, and that an update changes "
    "nothing afterwards. Times are the plan's, those of health checks and of DNS the settings'; no data was moved."
)


def markdown(drill: Drill) -> str:
    """The record, with a line feed at its end."""
    return "\n".join(_lines(drill)).rstrip("\n") + "\n"


def clock_text(at: datetime) -> str:
    """A time of the sandbox cloud's clock."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def point_text(source: SourceRecord) -> str:
    """What was lost at most, or that nobody knows."""
    return (
        minutes(source.point) if source.point is not None else "nothing arrived" if not source.within else "not known"
    )


def time_text(source: SourceRecord) -> str:
    """How long users waited."""
    return minutes(source.time) if source.time is not None else "not served"


def _lines(drill: Drill) -> Iterator[str]:
    yield f"# Drill of {drill.replica}, stack {drill.stack}, {drill.ran:%Y-%m-%d}"
    yield ""
    yield f"**{'Passed' if drill.passed else 'Failed'}.** {HONEST}"
    yield ""
    if drill.lost_at is not None:
        yield f"- {drill.region_down} was switched off at {clock_text(drill.lost_at)} (clock of the sandbox cloud)."
        yield f"- Canaries were written every {minutes(drill.canary_seconds)} until then."
    if drill.seed is not None:
        yield f"- Seeded fault `{drill.seed.value}`: {drill.seeded}."
    if drill.record_later:
        yield "- The program was told of the failover once the region was back."
    yield "- It ran on the sandbox itself." if drill.in_place else "- It ran on a copy of the sandbox."
    yield ""
    if drill.failures:
        yield "## What failed"
        yield ""
        yield from (f"- {text}" for text in drill.failures)
        yield ""
    for way in drill.ways:
        yield from _way(way)


def _way(way: WayRecord) -> Iterator[str]:
    yield f"## {TITLES[way.way]}"
    yield ""
    if way.sources:
        yield "| source | copied by | may be lost | was lost | may take | took | |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        for source in way.sources:
            mark = "ok" if source.within else "**failed**"
            yield (
                f"| {source.name} | {source.mechanism} | {minutes(source.point_objective)} | {point_text(source)} "
                f"| {minutes(source.time_objective)} | {time_text(source)} | {mark} |"
            )
        yield ""
    yield "| step | at | began | took | planned | |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for step in way.steps:
        yield (
            f"| {step.title} | {step.region} | {clock_text(step.began)} | {minutes(step.seconds)} "
            f"| {minutes(step.planned_seconds)} ({step.basis.value}) | {'ok' if step.passed else '**failed**'} |"
        )
    yield ""
    yield from _checks(way)


def _checks(way: WayRecord) -> Iterator[str]:
    shown: list[tuple[StepRecord, str]] = [
        (step, f"{'ok' if check.passed else '**failed**'}: {check.text}") for step in way.steps for check in step.checks
    ]
    if shown:
        yield "What was seen:"
        yield ""
        yield from (f"- {step.name}: {text}" for step, text in shown)
        yield ""
