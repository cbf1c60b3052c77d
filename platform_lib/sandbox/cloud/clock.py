"""The cloud's own clock: real time until a test or a fault moves it; nothing in the sandbox ever sleeps."""

import datetime
from typing import Final, Protocol

_FROZEN: Final = "clock_frozen"
_OFFSET: Final = "clock_offset"


class _Memory(Protocol):
    """Where the clock keeps its setting: the cloud's own file, so that every process sees the same time."""

    def settings(self, *keys: str) -> dict[str, str]:
        """The values of those that are set."""

    def set_setting(self, key: str, value: str | None) -> None:
        """Sets a setting; None removes it."""


class Clock:
    """UTC time as the cloud sees it, with whole seconds in what it prints.

    Args:
        memory: keeps the offset and the frozen time.
    """

    def __init__(self, memory: _Memory) -> None:
        self._memory = memory

    def now(self) -> datetime.datetime:
        """The time of the cloud: frozen, or real time plus the offset."""
        held = self._memory.settings(_FROZEN, _OFFSET)
        if _FROZEN in held:
            return datetime.datetime.fromisoformat(held[_FROZEN])
        offset = float(held.get(_OFFSET, 0))
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=offset)

    def stamp(self) -> str:
        """The time as ``2026-01-31T12:00:00Z``."""
        return f"{self.now().replace(microsecond=0, tzinfo=None).isoformat()}Z"

    def advance(self, seconds: float) -> None:
        """Moves the clock forward (or, for a test of skew, back) without waiting."""
        held = self._memory.settings(_FROZEN, _OFFSET)
        if _FROZEN in held:
            moved = datetime.datetime.fromisoformat(held[_FROZEN]) + datetime.timedelta(seconds=seconds)
            self._memory.set_setting(_FROZEN, moved.isoformat())
        else:
            self._memory.set_setting(_OFFSET, repr(float(held.get(_OFFSET, 0)) + seconds))

    def freeze(self, at: datetime.datetime) -> None:
        """Stops the clock at a time, which must carry its zone.

        Raises:
            ValueError: the time has no zone.
        """
        if at.tzinfo is None:
            raise ValueError("the time to freeze at needs a zone, for example datetime.UTC")
        self._memory.set_setting(_FROZEN, at.astimezone(datetime.UTC).isoformat())

    def release(self) -> None:
        """Back to real time."""
        self._memory.set_setting(_FROZEN, None)
        self._memory.set_setting(_OFFSET, None)
