"""What was read from the SDKs, kept on disk: one SQLite file that may be lost, damaged or shared at any time.

A row is valid for one package version and one state (size and time of change) of the source file it was read from. The
cache never fails a caller: a file that cannot be opened or written is done without, a damaged one is rebuilt.
"""

import atexit
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

FORMAT: Final = 1
"""Raise it when the encoding or the reading changes; files of other formats are left alone."""

_PENDING: Final = 64
_BUSY: Final = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_CANTOPEN"})
_TABLE: Final = "CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, file TEXT, stamp TEXT, data TEXT) WITHOUT ROWID"


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, str, str, str]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?)", rows)


def default_folder() -> Path:
    """Where caches of this user go: PLATFORM_CACHE_DIR, else the custom of the system."""
    chosen = os.environ.get("PLATFORM_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "platform-lib"


def stamp_of(path: Path) -> str:
    """Size and time of change of a source file, empty where it is gone."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}-{status.st_mtime_ns}"


class Cache:
    """Facts by key; safe in threads, and in processes that share the file.

    Args:
        folder: where the file goes; None keeps nothing on disk.
    """

    def __init__(self, folder: Path | None) -> None:
        self.path = None if folder is None else folder / f"schema-{FORMAT}.sqlite"
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._pending: dict[str, tuple[str, str, str]] = {}
        self._pid = 0
        self._registered = False

    def get(self, key: str, root: Path, decode: Callable[[Any], Any]) -> Any:
        """The decoded value of the key, or None where it is not there, outdated or damaged.

        Args:
            key: with the package version in it.
            root: folder of the SDK, to see whether the source file changed.
            decode: turns JSON data into the value; what it raises for damaged data counts as not there.
        """
        rows = self._run(
            lambda connection: connection.execute("SELECT file, stamp, data FROM fact WHERE key = ?", (key,)).fetchall()
        )
        for file, stamp, data in rows or ():
            if stamp_of(root / str(file)) != stamp:
                return None
            try:
                return decode(json.loads(data))
            except (ValueError, TypeError, KeyError):
                return None
        return None

    def put(self, key: str, file: str, stamp: str, data: Any) -> None:
        """Keeps JSON data for the key; written with others, at the latest when the process ends."""
        if self.path is None:
            return
        with self._lock:
            self._pending[key] = (file, stamp, json.dumps(data, separators=(",", ":")))
            if len(self._pending) >= _PENDING:
                self.flush()

    def flush(self) -> None:
        """Writes what is pending in one transaction."""
        with self._lock:
            rows = [(key, *row) for key, row in self._pending.items()]
            self._pending.clear()
            if rows:
                self._run(lambda connection: _insert(connection, rows))

    def close(self) -> None:
        """Writes what is pending and lets go of the file."""
        self.flush()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection | None:
        if self.path is None:
            return None
        if self._connection is not None and self._pid == os.getpid():
            return self._connection
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self._registered:
            atexit.register(self.close)
            self._registered = True
        connection = sqlite3.connect(self.path, timeout=2.0, check_same_thread=False, isolation_level=None)
        try:
            # Losing rows costs a second reading, so nothing waits for the disk.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
        except sqlite3.Error:
            connection.close()
            raise
        self._connection, self._pid = connection, os.getpid()
        return connection

    def _run(self, action: Callable[[sqlite3.Connection], Any]) -> Any:
        """The action's answer; None where the cache is of no use just now."""
        with self._lock:
            for attempt in (1, 2):
                try:
                    connection = self._open()
                    if connection is None:
                        return None
                    answer = action(connection)
                except (sqlite3.DatabaseError, OSError) as error:
                    # Locked for too long, read-only or full: another time. Anything else: damaged, made anew.
                    if attempt == 2 or getattr(error, "sqlite_errorname", "") in _BUSY:
                        return None
                    self._discard()
                else:
                    return answer
        return None

    def _discard(self) -> None:
        """Removes a damaged file; whoever still has it open keeps their copy."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self.path is not None:
            try:
                self.path.unlink(missing_ok=True)
            except OSError:
                self.path = None
