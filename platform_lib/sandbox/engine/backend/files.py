"""Files that survive a kill and a full disk: whole files replaced atomically, and logs that only grow."""

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

from platform_lib.core.errors import EngineError, reason_of

_MODE: Final = 0o600  # states name what a company runs, even with their secrets sealed
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def read_bytes(path: Path, *, subject: str) -> bytes | None:
    """The content of a file, None where there is none.

    Raises:
        EngineError: it is there but cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EngineError(f"{subject}: {path}: cannot read, got {reason_of(error)}; mend that and run again") from error


def write_atomic(path: Path, data: bytes, *, subject: str, sync: bool = True) -> None:
    """Replaces a file as a whole: whoever reads it, whenever, sees the old content or the new one.

    Args:
        path: the file; its folder is made where missing.
        data: the new content.
        subject: whose file it is, for messages.
        sync: the content and the rename reach the disk before the call returns.

    Raises:
        EngineError: it cannot be written; the old file is as it was.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE)
        try:
            _write(descriptor, data)
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(path)
        if sync:
            _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise _failed(error, path, subject) from error


class Log:
    """A file to which lines are appended; a line is written whole or, after a failure, not at all.

    Lines are handed to the system at once, so they survive the end of the process however it comes; they are not forced
    to the disk one by one, so a power cut may lose the last ones.

    Args:
        path: the file; must not exist yet.
        subject: whose file it is, for messages.

    Raises:
        EngineError: it cannot be made.
    """

    def __init__(self, path: Path, *, subject: str) -> None:
        self.path = path
        self._subject = subject
        self._size = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, flags, _MODE)
        except OSError as error:
            raise _failed(error, path, subject) from error

    def append(self, line: bytes) -> None:
        """Appends one line; its newline is added.

        Raises:
            EngineError: it cannot be written; the lines before it are whole.
        """
        data = line + b"\n"
        try:
            _write(self._descriptor, data)
        except OSError as error:
            with contextlib.suppress(OSError):  # a torn last line is tolerated when the file is read
                os.ftruncate(self._descriptor, self._size)
            raise _failed(error, self.path, self._subject) from error
        self._size += len(data)

    def close(self) -> None:
        """Closes the file; it stays where it is."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _write(descriptor: int, data: bytes) -> None:
    """Writes all of it; one system call in all but the rarest cases."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(error: OSError, path: Path, subject: str) -> EngineError:
    way = "free space" if error.errno in _FULL else "mend that"
    return EngineError(
        f"{subject}: {path}: cannot write, got {reason_of(error)}; {way} and run the same command again: what is "
        "stored so far stays as it is, and the next run goes on from there"
    )
