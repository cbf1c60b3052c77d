"""Whether objectives can be reached: each finding names the part that breaks one, and what would reach it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from platform_lib.components.dr.kind import Mechanism
from platform_lib.components.dr.planning.mechanisms import MECHANISMS
from platform_lib.components.dr.planning.model import Figure, SourcePlan, Step, critical_path
from platform_lib.core.errors import Finding

Other = Callable[[SourcePlan, Mechanism], SourcePlan]
"""A source as it would be with another mechanism."""

WayOf = Callable[[SourcePlan], tuple[Step, ...]]
"""The way to the second site for a source alone."""


@dataclass(frozen=True)
class Reach:
    """Makes the parts of recovery points and times of sources, as they are and as they would be."""

    other: Other
    way_of: WayOf

    def point(self, source: SourcePlan) -> list[tuple[str, Figure]]:
        """What a recovery point is made of."""
        return [(delay.name, delay.figure) for delay in source.mechanism.delays]

    def time(self, source: SourcePlan) -> list[tuple[str, Figure]]:
        """What a recovery time is made of."""
        return [(step.name, step.figure) for step in critical_path(self.way_of(source), source.name)]


def check_objectives(sources: Sequence[SourcePlan], reach: Reach) -> list[Finding]:
    """Objectives that mechanisms cannot reach."""
    findings = []
    for source in sources:
        asked = source.objective
        findings += _check(source, "recovery_point_minutes", asked.recovery_point_minutes, reach.point, reach)
        findings += _check(source, "recovery_time_minutes", asked.recovery_time_minutes, reach.time, reach)
    return findings


def _check(
    source: SourcePlan,
    field: str,
    asked: float,
    parts_of: Callable[[SourcePlan], list[tuple[str, Figure]]],
    reach: Reach,
) -> list[Finding]:
    parts = parts_of(source)
    reached = _minutes(parts)
    if reached <= asked:
        return []
    name, figure = _breaking(parts, asked)
    so_far = f"{figure.minutes:g} of {reached:g}" if reached > figure.minutes else f"{reached:g}"
    problem = (
        f"cannot be reached by {source.mechanism.kind.value}, got {asked:g}: {name} takes {so_far} minutes "
        f"({figure.basis.value}: {figure.source})"
    )
    better = [
        one.value
        for one in MECHANISMS[source.kind]
        if one is not source.mechanism.kind and _minutes(parts_of(reach.other(source, one))) <= asked
    ]
    least = f"ask for at least {reached:g}"
    remedy = f"use {' or '.join(better)}, or {least}" if better else least
    return [Finding(f"sources[{source.index}].objectives.{field}", problem, remedy)]


def _breaking(parts: Sequence[tuple[str, Figure]], asked: float) -> tuple[str, Figure]:
    """The part by which the sum goes past what is asked."""
    for position in range(len(parts)):
        if _minutes(parts[: position + 1]) > asked:
            return parts[position]
    raise AssertionError("the parts together are within what is asked")  # pragma: no cover - called only beyond it


def _minutes(parts: Sequence[tuple[str, Figure]]) -> float:
    return sum(figure.seconds for _, figure in parts) / 60
