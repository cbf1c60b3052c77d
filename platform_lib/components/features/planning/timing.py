"""Whether how long values are good, how often they come, and how old they may be go together. Pure."""

from platform_lib.components.features.arguments.view import BatchViewArgs, StreamViewArgs
from platform_lib.core.errors import Finding

DEFAULT_DELAY_MINUTES = 5
DEFAULT_STREAM_FRESHNESS_MINUTES = 15


def delay_of(view: BatchViewArgs) -> int:
    """How long late data are waited for, in minutes."""
    return DEFAULT_DELAY_MINUTES if view.delay_minutes is None else view.delay_minutes


def freshness_of(view: BatchViewArgs | StreamViewArgs) -> int:
    """How old the newest values may be, in minutes."""
    if view.freshness_minutes is not None:
        return view.freshness_minutes
    if isinstance(view, StreamViewArgs):
        return min(DEFAULT_STREAM_FRESHNESS_MINUTES, view.ttl_minutes)
    return min(2 * (view.every_minutes + delay_of(view)), view.ttl_minutes, 20160)


def check_batch(view: BatchViewArgs, path: str) -> list[Finding]:
    """What contradicts what in the times of a batch view."""
    cycle = view.every_minutes + delay_of(view)
    told = f"every_minutes and delay_minutes together ({cycle})"
    findings = []
    if view.ttl_minutes <= cycle:
        problem = f"is not more than {told}: values would end before new ones come, got {view.ttl_minutes}"
        findings.append(Finding(f"{path}.ttl_minutes", problem, f"use at least {cycle + 1}, or copy more often"))
    if view.freshness_minutes is not None:
        if view.freshness_minutes <= cycle:
            problem = f"is not more than {told}, so that no run could keep it, got {view.freshness_minutes}"
            remedy = f"use at least {cycle + 1}, or copy more often"
            findings.append(Finding(f"{path}.freshness_minutes", problem, remedy))
        findings += _outlived(view, path)
    if view.backfill_minutes is not None and view.backfill_minutes < cycle:
        problem = f"is less than {told}: the first run would leave a gap, got {view.backfill_minutes}"
        findings.append(Finding(f"{path}.backfill_minutes", problem, f"use at least {cycle}, or leave it out"))
    return findings


def check_stream(view: StreamViewArgs, path: str) -> list[Finding]:
    """What contradicts what in the times of a stream view."""
    return [] if view.freshness_minutes is None else _outlived(view, path)


def _outlived(view: BatchViewArgs | StreamViewArgs, path: str) -> list[Finding]:
    freshness = view.freshness_minutes or 0
    if freshness <= view.ttl_minutes:
        return []
    problem = f"is more than ttl_minutes ({view.ttl_minutes}): values would be gone before the alarm, got {freshness}"
    return [Finding(f"{path}.freshness_minutes", problem, f"use at most {view.ttl_minutes}")]
