"""When the next drill is due."""

import datetime

from platform_lib.components.dr.planning.model import DrillPlan


def due_day(drill: DrillPlan) -> datetime.date | None:
    """The last day on which the next drill is in time; None where there was none yet, so that it is due at once."""
    if drill.last_day is None:
        return None
    return datetime.date.fromisoformat(drill.last_day) + datetime.timedelta(days=drill.every_days)
