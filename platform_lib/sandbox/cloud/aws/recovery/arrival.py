"""What had arrived in a copy at a moment: of what copies all the time by its lag, of backups by their schedule.

The cloud does not know how long copying takes: the caller says it, from a model that marks each number.
"""

import datetime
from typing import Final

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.cloud.aws.recovery.copies import Copy, Mechanism
from platform_lib.sandbox.cloud.aws.recovery.schedule import parse_schedule
from platform_lib.sandbox.cloud.cloud import Cloud

_STOPPED: Final = "backups stopped "
"""Begins the settings that say since when no backup of a plan has succeeded."""


def newest(copy: Copy, cloud: Cloud, delay_seconds: float, stopped: datetime.datetime) -> datetime.datetime | None:
    """The time of the newest write that the copy holds, once its source has stopped.

    Args:
        copy: the copy.
        cloud: where it is; says whether backups were stopped.
        delay_seconds: from a write until it is in the copy; of a backup from its scheduled time until its copy can be
            restored.
        stopped: when the source's region went down, or now where it is up.

    Returns:
        None where nothing has arrived that can be used: the copy has a fault, is too young, or no backup has run.

    Raises:
        CloudError: the schedule of its backups cannot be read.
    """
    if copy.faults:
        return None
    since = max(_time(copy.maker.created), _time(copy.source.created))
    delay = datetime.timedelta(seconds=delay_seconds)
    if copy.mechanism is not Mechanism.BACKUP_COPY:
        return stopped - delay if stopped - delay >= since else None
    try:
        schedule = parse_schedule(copy.schedule)
    except CloudError as error:
        raise CloudError(f"sandbox cloud: {copy.maker.type} '{copy.maker.id}': {error}") from error
    until = min(stopped - delay, backups_stopped(cloud, copy.maker.id) or stopped)
    return max(schedule.runs(since, until + _INSTANT), default=None)


def stop_backups(cloud: Cloud, plan: str) -> None:
    """From now on no backup of the plan succeeds, as when a role or a quota fails its jobs."""
    cloud.store.set_setting(_STOPPED + plan, cloud.clock.now().isoformat())


def resume_backups(cloud: Cloud, plan: str) -> None:
    """Backups of the plan succeed again."""
    cloud.store.set_setting(_STOPPED + plan, None)


def backups_stopped(cloud: Cloud, plan: str) -> datetime.datetime | None:
    """Since when no backup of the plan has succeeded; None where they do."""
    held = cloud.store.setting(_STOPPED + plan)
    return datetime.datetime.fromisoformat(held) if held is not None else None


_INSTANT: Final = datetime.timedelta(microseconds=1)
"""Makes the end of a span of runs one that counts."""


def _time(stamp: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(stamp)
