"""Runbooks in Markdown, made from the plan: what an operator does who has never done it, step by step. Pure.

The steps are those that ``platform drill run`` walks through, so a runbook that a drill passed is one that works.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from platform_lib.components.dr.document import Way, steps_of
from platform_lib.components.dr.kind import Action, Basis, Mechanism, Phase, SourceKind
from platform_lib.components.dr.planning.model import DrPlan, Figure, Step, StopRule, critical_path

_TITLES: Final[Mapping[Way, str]] = {
    Way.FAILOVER: "Fail over from {primary} to {secondary}",
    Way.FAILBACK: "Fail back from {secondary} to {primary}",
    Way.RESTORE: "Restore from backups in {active}",
}
_WHEN: Final[Mapping[Way, str]] = {
    Way.FAILOVER: "The primary site is lost to users, and it is not known to come back in time.",
    Way.FAILBACK: "The primary site stands again and users are at the secondary one. Nothing may be lost on this way.",
    Way.RESTORE: "Data are deleted or damaged at a site that stands. Copies have the damage too; backups have not.",
}
_PHASES: Final[Mapping[Phase, str]] = {
    Phase.DETECT: "Find out",
    Phase.DECIDE: "Decide",
    Phase.DATA: "Data",
    Phase.CAPACITY: "Capacity",
    Phase.TRAFFIC: "Users",
    Phase.AFTERWARDS: "Afterwards",
}
_BASES: Final[Mapping[Basis, str]] = {
    Basis.DOCUMENTED: "documented by AWS",
    Basis.MEASURED: "measured",
    Basis.ASSUMED: "assumed",
}


def runbook(plan: DrPlan, way: Way) -> str:
    """The runbook of one way.

    Args:
        plan: the planned recovery.
        way: what it leads through.

    Returns:
        Markdown, the same for the same plan, with a line feed at its end.
    """
    return "\n".join(_lines(plan, way)).rstrip("\n") + "\n"


def file_name(plan: DrPlan, way: Way) -> str:
    """The name of the runbook's file."""
    return f"{plan.name}-{way.value}.md"


def _lines(plan: DrPlan, way: Way) -> Iterator[str]:
    steps = steps_of(plan, way)
    active = next(site.region for site in plan.sites if site.site is plan.active)
    title = _TITLES[way].format(primary=plan.primary.region, secondary=plan.secondary.region, active=active)
    yield f"# {title}"
    yield ""
    yield f"Of `DrReplica {plan.name}`, strategy {plan.strategy.value}. Made from its plan: change that, not this file."
    yield ""
    yield f"**When:** {_WHEN[way]}"
    yield ""
    yield from _sites(plan)
    yield from _sources(plan, way, steps)
    yield from _overview(steps)
    yield from _steps(plan, way, steps)
    yield from _figures(steps)


def _sites(plan: DrPlan) -> Iterator[str]:
    yield "| site | region |"
    yield "| --- | --- |"
    for site in plan.sites:
        yield f"| {site.site.value} | {site.region} |"
    if plan.record is not None:
        yield ""
        yield f"Users find the active site by `{plan.record.record}` ({plan.record.by.value.replace('-', ' ')})."
    yield ""


def _sources(plan: DrPlan, way: Way, steps: Sequence[Step]) -> Iterator[str]:
    yield "## What it is about"
    yield ""
    if way is Way.FAILOVER:
        yield "| source | kind | copied by | may be lost | is lost at most | may take | takes |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        for source, estimate in zip(plan.sources, plan.estimates, strict=True):
            asked = source.objective
            yield (
                f"| {source.name} | {source.kind.value} | {source.mechanism.kind.value} "
                f"| {minutes(asked.recovery_point_minutes * 60)} | {minutes(estimate.recovery_point_seconds)} "
                f"| {minutes(asked.recovery_time_minutes * 60)} | {minutes(estimate.recovery_time_seconds)} |"
            )
    else:
        yield "| source | kind | takes |"
        yield "| --- | --- | --- |"
        for source in plan.sources:
            taken = sum(step.figure.seconds for step in critical_path(tuple(steps), source.name))
            if any(step.source == source.name for step in steps):
                yield f"| {source.name} | {source.kind.value} | {minutes(taken)} |"
    yield ""


def _overview(steps: Sequence[Step]) -> Iterator[str]:
    yield "## Steps"
    yield ""
    yield "Steps whose predecessors are done run side by side. Write down when each began and ended."
    yield ""
    yield "| | step | at | after | takes |"
    yield "| --- | --- | --- | --- | --- |"
    numbers = {step.name: number for number, step in enumerate(steps, 1)}
    for number, step in enumerate(steps, 1):
        after = ", ".join(str(numbers[name]) for name in _nearest(step, steps)) or "–"
        yield f"| {number} | {step.title} | {step.site.value} | {after} | {minutes(step.figure.seconds)} |"
    yield ""


def _nearest(step: Step, steps: Sequence[Step]) -> list[str]:
    """The predecessors that no other predecessor waits for: those that have to be looked at."""
    covered = {name for other in steps if other.name in step.after for name in other.after}
    return [name for name in step.after if name not in covered]


def _steps(plan: DrPlan, way: Way, steps: Sequence[Step]) -> Iterator[str]:
    rules = [rule for rule in plan.stop_rules if rule.before is not Action.DECIDE or way is Way.FAILOVER]
    asked: set[str] = set()
    phase: Phase | None = None
    for number, step in enumerate(steps, 1):
        if step.phase is not phase:
            phase = step.phase
            yield f"### {_PHASES[phase]}"
            yield ""
        for rule in rules:
            if rule.before is step.action and rule.name not in asked:
                asked.add(rule.name)
                yield from _rule(rule)
        region = next(site.region for site in plan.sites if site.site is step.site)
        yield f"{number}. **{_sentence(step.title)}** ({region}, {minutes(step.figure.seconds)})"
        yield ""
        if step.command:
            yield "   ```sh"
            yield f"   {step.command}"
            yield "   ```"
            yield ""
        if step.action is Action.RECORD and way is Way.FAILOVER:
            down = plan.primary.region
            yield f"   While {down} is down nothing there can be read: leave what lies there out of the refresh"
            yield "   (`--exclude`), and refresh it once the region is back."
            for source in plan.sources:
                if source.kind is SourceKind.EFS and source.mechanism.kind is Mechanism.REPLICATION:
                    yield f"   Take the replication of {source.name}, which the failover ended, out of the state"
                    yield "   (`pulumi state delete`)."
            yield ""


def _rule(rule: StopRule) -> Iterator[str]:
    limit = f" ({rule.limit})" if rule.limit else ""
    yield f"> **Stop** unless the answer is yes: {rule.question}{limit}? If not: {rule.remedy}."
    yield ""


def _figures(steps: Sequence[Step]) -> Iterator[str]:
    yield "## Where the times come from"
    yield ""
    yield "| step | time | basis | source |"
    yield "| --- | --- | --- | --- |"
    for number, step in enumerate(steps, 1):
        if step.figure.seconds:
            basis = _BASES[step.figure.basis]
            yield f"| {number} | {minutes(step.figure.seconds)} | {basis} | {_source(step.figure)} |"
    yield ""


def _source(figure: Figure) -> str:
    return f"<{figure.source}>" if figure.source.startswith("https://") else figure.source


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:]


def minutes(seconds: float) -> str:
    """A time in words: ``45 s``, ``12 min``, ``1 h 5 min``, ``2 d 3 h``; parts of a second are rounded up."""
    whole = int(-(-seconds // 1))
    if whole < 60:
        return f"{whole} s"
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])
