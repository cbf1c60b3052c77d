"""Canary writes: what is written to a source at known times, and the newest of it that a copy has."""

import datetime
import math
from dataclasses import dataclass
from typing import Final

from platform_lib.components.dr.kind import Site
from platform_lib.components.dr.planning.model import DrPlan, SourcePlan
from platform_lib.operations.drill.replica import Replica
from platform_lib.sandbox.cloud.aws.recovery.arrival import newest
from platform_lib.sandbox.cloud.aws.recovery.copies import SOURCES, Copy, Mechanism, copies
from platform_lib.sandbox.cloud.aws.recovery.world import World
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row

LONGEST_SECONDS: Final = 60.0
"""Canaries are at most so far apart."""

WAITED: Final = "schedule"
"""The delay of a backup that is the wait for it, which the schedule itself shows."""


@dataclass(frozen=True)
class Measured:
    """What canaries showed about one source.

    Attributes:
        point_seconds: from the newest canary that arrived until the loss; None where none did.
        problem: why none did; empty where one did.
    """

    point_seconds: float | None
    problem: str = ""


def interval(plan: DrPlan) -> float:
    """How far canaries are apart, in seconds: a whole part of every objective, so that none is missed by rounding."""
    objectives = [source.objective.recovery_point_minutes * 60 for source in plan.sources]
    least = min(objectives, default=LONGEST_SECONDS)
    return least / math.ceil(least / LONGEST_SECONDS)


def delay_seconds(source: SourcePlan) -> float:
    """What the plan says that the copy of a source is behind by, without the wait for the next backup."""
    return sum(delay.figure.seconds for delay in source.mechanism.delays if delay.name != WAITED)


def find_source(cloud: Cloud, replica: Replica, source: str) -> Row | None:
    """The resource of a source in the cloud: by its ARN, or, where its owner copies it, by the place that takes it."""
    world = World(cloud.store)
    if arn := replica.sources.get(source):
        return world.named(arn, *SOURCES)
    place = world.named(replica.copies.get(source, ""), *SOURCES)
    found = copies(cloud.store, cloud.knows) if place is not None else ()
    return next((copy.source for copy in found if place is not None and copy.target == place.id), None)


def copies_of(cloud: Cloud, source: Row, plan: DrPlan, site: Site) -> list[Copy]:
    """The copies of a resource's data at a site."""
    region = plan.primary.region if site is Site.PRIMARY else plan.secondary.region
    return [
        copy for copy in copies(cloud.store, cloud.knows) if copy.source.row == source.row and copy.region == region
    ]


def measure(
    cloud: Cloud, replica: Replica, source: SourcePlan, lost: datetime.datetime, every_seconds: float
) -> Measured:
    """The recovery point that is reached for a source when the primary site is lost.

    A canary was written every so many seconds until the loss; the newest one that the copy has counts.

    Args:
        cloud: where source and copy are.
        replica: the recovery.
        source: of its plan.
        lost: when the primary site was lost.
        every_seconds: how far canaries are apart.
    """
    row, plan = find_source(cloud, replica, source.name), replica.plan
    if row is None:
        named = replica.sources.get(source.name) or "copied by its owner"
        return Measured(None, f"{source.name} ({named}) is not in the sandbox cloud; bring up the stack that has it")
    wanted = source.mechanism.kind.value
    found = [copy for copy in copies_of(cloud, row, plan, Site.SECONDARY) if copy.mechanism.value == wanted]
    if not found:
        return Measured(
            None, f"{source.name} is not copied to {plan.secondary.region} by {wanted}; nothing arrives there"
        )
    good = [copy for copy in found if not copy.faults]
    if not good:
        return Measured(None, f"{source.name}: {'; '.join(found[0].faults)}")
    arrived = [newest(copy, cloud, delay_seconds(source), lost) for copy in good]
    at = max((one for one in arrived if one is not None), default=None)
    if at is None:
        return Measured(None, f"{source.name}: nothing has arrived in {plan.secondary.region} yet")
    behind = (lost - at).total_seconds()
    return Measured(max(1, math.ceil(round(behind / every_seconds, 6))) * every_seconds)


def backup_ages(cloud: Cloud, replica: Replica, now: datetime.datetime) -> dict[str, tuple[float | None, float, str]]:
    """How old the newest backup of each backed up source is at the second site, and how old it may be, in seconds.

    Returns:
        By source: the age (None where there is no usable one), the most it may be, and why there is none.
    """
    found: dict[str, tuple[float | None, float, str]] = {}
    plan = replica.plan
    most = (plan.backups.every_minutes + plan.backups.start_within_minutes + plan.backups.complete_within_minutes) * 60
    for source in plan.sources:
        row = find_source(cloud, replica, source.name) if source.backed_up and source.name in replica.sources else None
        if row is None:
            continue
        held = [one for one in copies_of(cloud, row, plan, Site.SECONDARY) if one.mechanism is Mechanism.BACKUP_COPY]
        good = [one for one in held if not one.faults]
        times = [newest(one, cloud, _usable_after(source), now) for one in good]
        at = max((one for one in times if one is not None), default=None)
        problem = "" if good else "; ".join(held[0].faults) if held else "no backup plan copies it"
        found[source.name] = ((now - at).total_seconds() if at is not None else None, most, problem)
    return found


def _usable_after(source: SourcePlan) -> float:
    """From the time of a backup until its copy can be restored: the plan's figure where it has one."""
    return delay_seconds(source) if source.mechanism.kind.value == Mechanism.BACKUP_COPY.value else 0
