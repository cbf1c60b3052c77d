"""One operation at a time per stack: a lock file that says who holds it.

The lock itself is ``flock``: the system releases it when its holder ends, however it ends, so nothing is left behind by
a crash. The content of the file is for people. To break a lock the file is removed, and the next holder makes a new
one; the old holder notices before it writes, since what it has locked is no longer the file at that path.
"""

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from platform_lib.core.errors import EngineError, reason_of
from platform_lib.sandbox.engine.backend.deployment import timestamp
from platform_lib.sandbox.engine.backend.files import read_bytes


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock.

    Attributes:
        pid: process id on its host.
        host: name of the host.
        started: when it took the lock, RFC 3339.
        operation: what it does.
    """

    pid: int
    host: str
    started: str
    operation: str

    @classmethod
    def here(cls, operation: str) -> "Holder":
        """This process, now."""
        return cls(os.getpid(), socket.gethostname(), timestamp(), operation)

    @classmethod
    def parse(cls, data: bytes | None) -> "Holder | None":
        """The holder that a lock file names; None where it names none."""
        try:
            fields: Any = json.loads(data or b"")
            return cls(int(fields["pid"]), str(fields["host"]), str(fields["started"]), str(fields["operation"]))
        except (ValueError, KeyError, TypeError):
            return None

    def gone(self) -> bool:
        """Whether it is certain that the process no longer runs."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False

    def __str__(self) -> str:
        return f"`{self.operation}`, pid {self.pid} on {self.host}, since {self.started}"


class StackLock:
    """The lock of one stack, held until ``release`` or the end of a ``with`` block. Use ``acquire``.

    Attributes:
        notice: what the user should know about how the lock was had; empty for the usual way.
    """

    def __init__(self, path: Path, descriptor: int, notice: str, subject: str) -> None:
        self.path = path
        self.notice = notice
        self._descriptor = descriptor
        self._subject = subject

    @classmethod
    def acquire(cls, path: Path, operation: str, *, subject: str, break_lock: bool = False) -> "StackLock":
        """Takes the lock, or says who has it.

        Args:
            path: the lock file.
            operation: what it is taken for.
            subject: the stack, for messages.
            break_lock: take it from whoever has it.

        Raises:
            EngineError: another process holds it.
        """
        notice = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            while True:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    holder = Holder.parse(_content(descriptor))
                    try:
                        # A process that is gone can still have a child that inherited its lock.
                        refused = not break_lock and (holder is None or not holder.gone())
                        if refused and _is_at(descriptor, path):
                            raise _held(holder, subject) from None
                        if not refused and _broken(descriptor, path):
                            notice = f"broke the lock of {holder or 'an unknown process'}"
                            break_lock = False
                    finally:
                        os.close(descriptor)
                    continue
                if not _is_at(descriptor, path):  # another process broke the lock just now
                    os.close(descriptor)
                    continue
                if not notice and (holder := Holder.parse(_content(descriptor))) is not None:
                    notice = f"took over the lock of {holder}: it ended without releasing it"
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, json.dumps(asdict(Holder.here(operation))).encode(), 0)
                return cls(path, descriptor, notice, subject)
        except OSError as error:
            raise EngineError(
                f"{subject}: {path}: cannot lock, got {reason_of(error)}; mend that and run again"
            ) from error

    @staticmethod
    def holder(path: Path, *, subject: str) -> Holder | None:
        """Who the lock file names; it may be gone."""
        return Holder.parse(read_bytes(path, subject=subject))

    def check(self) -> None:
        """Checks that the lock was not broken meanwhile; to be called before anything is replaced.

        Raises:
            EngineError: another process broke the lock.
        """
        if self._descriptor < 0 or not _is_at(self._descriptor, self.path):
            raise EngineError(
                f"{self._subject}: the lock of this run was broken by another process, so its state is not stored; "
                "run `refresh`, which finds what this run made"
            )

    def release(self) -> None:
        """Gives the lock back; does nothing when called again."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, 4096, 0)


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is the one at the path."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def _broken(descriptor: int, path: Path) -> bool:
    """Removes the lock file, unless it is not the opened one any more: another process may break the lock as well."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # looking and removing are one
        if not _is_at(descriptor, path):
            return False
        path.unlink()
        return True
    finally:
        os.close(folder)


def _held(holder: Holder | None, subject: str) -> EngineError:
    return EngineError(
        f"{subject}: another operation is under way: {holder or 'it has just started'}; wait for it to end, or, if you "
        "are sure that it no longer runs, run again with --break-lock"
    )
