"""Windows: when an environment may be changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from platform_lib.core.errors import near
from platform_lib.core.validation import FieldError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM: Final = re.compile(r"(?P<days>[a-z,-]+) (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)(?: (?P<zone>\S+))?")
_HINT: Final = "write days, hours and a time zone, such as 'mon-thu 08:00-16:00 Europe/Berlin'"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that comes every week.

    Attributes:
        text: as it was written.
        days: the days on which it opens, 0 for Monday.
        start: when it opens.
        end: when it closes, the minute itself not included; midnight, or a time before ``start``, is on the next day.
        zone: whose clock counts, with its summer time.
    """

    text: str
    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo

    def open(self, at: datetime) -> bool:
        """Whether it is open at a moment."""
        local = at.astimezone(self.zone)
        minute = local.time().replace(second=0, microsecond=0)
        if self.start < self.end:
            return local.weekday() in self.days and self.start <= minute < self.end
        late = local.weekday() in self.days and minute >= self.start
        return late or ((local.weekday() - 1) % 7 in self.days and minute < self.end)


def any_open(windows: Sequence[Window], at: datetime) -> bool:
    """Whether one of the windows is open, or there are none, which means always."""
    return not windows or any(window.open(at) for window in windows)


def parse_window(text: str) -> Window:
    """The window that a text names.

    Raises:
        FieldError: it is none.
    """
    match = _FORM.fullmatch(text.strip().lower())
    if match is None:
        raise FieldError("must be a window", _HINT)
    # The zone's name keeps its capitals, which the pattern has lost.
    zone = text.split()[2] if match["zone"] else "UTC"
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise FieldError(f"has a time zone that is not known here, '{zone}'", f"{_zone_hint(zone)}") from None
    return Window(text, _days(match["days"]), _clock(match["start"]), _clock(match["end"]), place)


def _zone_hint(zone: str) -> str:
    from zoneinfo import available_timezones

    return near(zone, available_timezones()) or "name one of the tz database, such as Europe/Berlin"


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        for name in (first, last or first):
            if name not in DAYS:
                raise FieldError(f"has a day that is not known, '{name}'", f"days are {', '.join(DAYS)}")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found |= {(start + offset) % 7 for offset in range((end - start) % 7 + 1)}
    return frozenset(found)


def _clock(text: str) -> time:
    hour, minute = int(text[:2]), int(text[3:])
    if text == "24:00":
        return time(0)
    if hour > 23 or minute > 59:
        raise FieldError(f"has a time that does not exist, '{text}'", "hours go from 00:00 to 24:00")
    return time(hour, minute)


def _parsed(value: Any) -> Any:
    return value if isinstance(value, Window) else parse_window(value if isinstance(value, str) else repr(value))


WindowText = Annotated[Window, BeforeValidator(_parsed)]
"""A field that takes such a text."""
