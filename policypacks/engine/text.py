"""Regular expressions that cannot run away: no nested repeats, and long texts are read in windows."""

import re
from functools import cached_property
from typing import Final

from platform_lib.core.errors import PolicyError

WINDOW: Final = 65_536
"""Characters that one search looks at."""

OVERLAP: Final = 4_096
"""Characters that two windows share, so that a match up to this length is not cut."""

_REPEAT = re.compile(r"[*+]|\{\d+,\d*\}")
_ESCAPE = re.compile(r"\\.")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")


class Pattern:
    """A regular expression for rules.

    Attributes:
        pattern: the expression.

    Raises:
        PolicyError: a repeated group holds a repeat itself, which can take exponential time.
    """

    def __init__(self, pattern: str, *, ignore_case: bool = False) -> None:
        if _nested(pattern):
            raise PolicyError(f"pattern {pattern!r}: repeats a group that repeats; write it without nesting")
        self.pattern = pattern
        self._flags = re.IGNORECASE if ignore_case else re.NOFLAG

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        """Made when it is first used: a stack needs a few of the packs' patterns."""
        return re.compile(self.pattern, self._flags)

    def find(self, text: str) -> str | None:
        """The first match in a text of any length, or None. Matches longer than ``OVERLAP`` may be missed."""
        for start in range(0, max(len(text), 1), WINDOW - OVERLAP):
            match = self._compiled.search(text, start, start + WINDOW)
            if match:
                return match.group()
            if start + WINDOW >= len(text):
                return None
        return None

    def fits(self, text: str) -> bool:
        """Whether the whole text matches; texts longer than a window do not."""
        return len(text) <= WINDOW and self._compiled.fullmatch(text) is not None


def _nested(pattern: str) -> bool:
    text = _CLASS.sub("x", _ESCAPE.sub("x", pattern))
    holds_repeat = [False]
    for position, character in enumerate(text):
        if character == "(":
            holds_repeat.append(False)
        elif character == ")" and len(holds_repeat) > 1:
            inner = holds_repeat.pop()
            if inner and _REPEAT.match(text, position + 1):
                return True
            holds_repeat[-1] = holds_repeat[-1] or inner
        elif _REPEAT.match(text, position):
            holds_repeat[-1] = True
    return False
