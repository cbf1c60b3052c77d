"""Schedules as AWS writes them, ``cron(...)`` and ``rate(...)``, and the times at which they run.

Fields and wildcards: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html. The wildcards ``L``, ``W`` and ``#``
(last day, nearest weekday, n-th weekday) are not understood here and refused by name.
"""

import datetime
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from platform_lib.core.errors import CloudError

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_RATE: Final = re.compile(r"rate\((\d{1,6}) (minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\(([^()]*)\)")
_FIELDS: Final[Sequence[tuple[str, int, int, Sequence[str]]]] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)
_EXAMPLE: Final = "write six fields in UTC, such as cron(0 5 * * ? *), or rate(1 hour)"
_LOOK_AHEAD_DAYS: Final = 366
"""How far ``longest_gap`` looks: every schedule without a year repeats within it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something runs, in UTC.

    Attributes:
        text: as it was written.
        every: the span of a rate; None for a cron expression.
        fields: for a cron expression the values of each field: minutes, hours, days of the month, months, days of the
            week (1 is Sunday), years.
    """

    text: str
    every: datetime.timedelta | None
    fields: tuple[frozenset[int], ...] = ()

    def runs(self, start: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
        """The times at which it runs, from ``start`` (which a rate counts from and leaves out) to before ``end``."""
        if self.every is not None:
            at = start + self.every
            while at < end:
                yield at
                at += self.every
            return
        minutes, hours, days, months, weekdays, years = self.fields
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        while day < end:
            # ISO weekdays go from Monday 1 to Sunday 7; those of AWS from Sunday 1 to Saturday 7.
            weekday = day.isoweekday() % 7 + 1
            if day.day in days and day.month in months and weekday in weekdays and day.year in years:
                for hour in sorted(hours):
                    for minute in sorted(minutes):
                        at = day.replace(hour=hour, minute=minute)
                        if start <= at < end:
                            yield at
            day += datetime.timedelta(days=1)

    def longest_gap(self, start: datetime.datetime) -> datetime.timedelta | None:
        """The longest time between two runs in the year after ``start``; None where it runs less than twice."""
        if self.every is not None:
            return self.every
        runs = list(self.runs(start, start + datetime.timedelta(days=_LOOK_AHEAD_DAYS)))
        return max((later - earlier for earlier, later in itertools.pairwise(runs)), default=None)


def parse_schedule(text: str) -> Schedule:
    """The schedule that a text names.

    Raises:
        CloudError: it is neither a rate nor a cron expression of AWS, or uses ``L``, ``W`` or ``#``.
    """
    rate = _RATE.fullmatch(text)
    if rate is not None:
        if int(rate[1]) < 1:
            raise _unread("is a rate of nothing", _EXAMPLE)
        return Schedule(text, datetime.timedelta(**{f"{rate[2]}s": int(rate[1])}))
    cron = _CRON.fullmatch(text)
    parts = cron[1].split() if cron is not None else []
    if len(parts) != len(_FIELDS):
        raise _unread("is no schedule of AWS", _EXAMPLE)
    if (parts[2] == "?") == (parts[4] == "?"):
        raise _unread("must have ? as day of month or as day of week, and not as both", _EXAMPLE)
    fields = tuple(_values(part, *field) for part, field in zip(parts, _FIELDS, strict=True))
    return Schedule(text, None, fields)


def _values(text: str, name: str, low: int, high: int, words: Sequence[str]) -> frozenset[int]:
    """The values that one field stands for."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span in ("*", "?"):
            begin, end = low, high
        else:
            begin = _value(first, name, low, high, words)
            end = _value(last, name, low, high, words) if dash else high if slash else begin
        if slash and not (step.isdigit() and int(step) > 0):
            raise _unread(f"has a step in {name} that is no whole number above 0, '{part}'", _EXAMPLE)
        if begin > end:
            raise _unread(f"has a span in {name} that ends before it begins, '{part}'", "write it as two spans")
        found.update(range(begin, end + 1, int(step) if slash else 1))
    return frozenset(found)


def _value(text: str, name: str, low: int, high: int, words: Sequence[str]) -> int:
    if text.upper() in words:
        return words.index(text.upper()) + low
    if text.isdigit() and low <= int(text) <= high:
        return int(text)
    if re.search(r"[LW#]", text):
        raise _unread(f"uses L, W or # in {name}, which is not supported, '{text}'", "name the days themselves")
    raise _unread(f"has a value in {name} outside of {low} to {high}, '{text}'", _EXAMPLE)


def _unread(problem: str, remedy: str) -> CloudError:
    return CloudError(f"schedule: {problem}; {remedy}")
