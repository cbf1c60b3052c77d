"""The cloud's own clock: real time until a test or a fault moves it; nothing in the sandbox ever sleeps."""

import datetime
from typing import Protocol

ISO = "%Y-%m-%dT%H:%M:%SZ"


class _Memory(Protocol):
    """Where the clock keeps its setting: the cloud's own file, so that every process sees the same time."""

    def setting(self, key: str) -> str | None:
        """The value of a setting."""

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
        frozen = self._memory.setting("clock_frozen")
        if frozen is not None:
            return datetime.datetime.fromisoformat(frozen)
        offset = float(self._memory.setting("clock_offset") or 0)
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=offset)

    def stamp(self) -> str:
        """The time as ``2026-01-31T12:00:00Z``."""
        return self.now().strftime(ISO)

    def advance(self, seconds: float) -> None:
        """Moves the clock forward (or, for a test of skew, back) without waiting."""
        frozen = self._memory.setting("clock_frozen")
        if frozen is not None:
            moved = datetime.datetime.fromisoformat(frozen) + datetime.timedelta(seconds=seconds)
            self._memory.set_setting("clock_frozen", moved.isoformat())
        else:
            offset = float(self._memory.setting("clock_offset") or 0)
            self._memory.set_setting("clock_offset", repr(offset + seconds))

    def freeze(self, at: datetime.datetime) -> None:
        """Stops the clock at a time, which must carry its zone.

        Raises:
            ValueError: the time has no zone.
        """
        if at.tzinfo is None:
            raise ValueError("the time to freeze at needs a zone, for example datetime.UTC")
        self._memory.set_setting("clock_frozen", at.astimezone(datetime.UTC).isoformat())

    def release(self) -> None:
        """Back to real time."""
        self._memory.set_setting("clock_frozen", None)
        self._memory.set_setting("clock_offset", None)
