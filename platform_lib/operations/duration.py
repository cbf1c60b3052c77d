"""Spans of time as people write them: ``90s``, ``30m``, ``24h``, ``7d``."""

import re
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from platform_lib.core.validation import FieldError

_FORM: Final = re.compile(r"(\d{1,6})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """The span that a text names.

    Raises:
        FieldError: it is none.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise FieldError("must be a span of time", "write a whole number and a unit, such as 90s, 30m, 24h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def duration_text(span: timedelta) -> str:
    """A span in its largest two units, such as ``1d 2h`` or ``45s``; parts of a second are dropped."""
    seconds = int(abs(span).total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def _parsed(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    return parse_duration(value if isinstance(value, str) else repr(value))


Duration = Annotated[timedelta, BeforeValidator(_parsed)]
"""A field that takes such a text."""
