"""The state of one stack on disk: its file, the journal of a run, the last versions, the history.

Under the sandbox folder, by project and stack::

    stacks/<project>/<stack>.json       the state, Pulumi's deployment format
    journals/<project>/<stack>.jsonl    what the run under way, or one that was killed, did to it
    locks/<project>/<stack>.lock        who works on it
    backups/<project>/<stack>/          the last versions of the state, the current one included
    history/<project>/<stack>.json      the last operations
"""

import contextlib
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import (
    Deployment,
    check_document,
    check_sandbox,
    deserialize,
    salt_of,
    serialize,
)
from platform_lib.sandbox.engine.backend.files import read_bytes, write_atomic
from platform_lib.sandbox.engine.backend.journal import FileJournal, Header, read_journal
from platform_lib.sandbox.engine.backend.lock import StackLock
from platform_lib.sandbox.engine.backend.recovery import Ledger, settle
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError
from platform_lib.sandbox.engine.snapshot import normalize
from platform_lib.sandbox.engine.state import ResourceState, Snapshot
from platform_lib.sandbox.engine.urn import STACK_TYPE

BACKUPS: Final = 5
"""How many versions of the state are kept, the current one included."""

_READS: Final = 3  # a reader without the lock may meet a run that ends just then


@dataclass(slots=True)
class Stored:
    """The state of a stack as it was read.

    Attributes:
        deployment: what the file and a journal beside it say.
        crypter: opens and seals its secrets.
        digest: SHA-256 of the file; empty where there is none.
        resumed: the first line of the journal of a killed run; None where there was none.
        notes: what became of what that run left open, one sentence a resource.
    """

    deployment: Deployment
    crypter: PassphraseCrypter
    digest: str = ""
    resumed: Header | None = None
    notes: list[str] = field(default_factory=list)


class StackStore:
    """Reads and writes the state of one stack.

    Args:
        root: the sandbox folder.
        project: name of the project.
        stack: name of the stack.
        passphrase: of the run.
        salt: encryption salt of the stack file, for a state that has none of its own; may be empty.
    """

    def __init__(self, root: Path, project: str, stack: str, passphrase: Passphrase, *, salt: str = "") -> None:
        self.subject = f"stack '{stack}'"
        self.path = root / "stacks" / project / f"{stack}.json"
        self.journal_path = root / "journals" / project / f"{stack}.jsonl"
        self.lock_path = root / "locks" / project / f"{stack}.lock"
        self.backup_folder = root / "backups" / project / stack
        self.history_path = root / "history" / project / f"{stack}.json"
        self._passphrase = passphrase
        self._salt = salt

    @property
    def exists(self) -> bool:
        """Whether a run has left a state, or has begun to."""
        return self.path.exists() or self.journal_path.exists()

    def holds_resources(self) -> bool:
        """Whether the stack has resources, as far as its file shows without being read; a damaged one counts as yes."""
        if self.journal_path.exists():
            return True
        data = read_bytes(self.path, subject=self.subject)
        if data is None:
            return False
        try:
            return bool(json.loads(data)["deployment"].get("resources"))
        except (ValueError, KeyError, TypeError, AttributeError):
            return True

    def salt(self) -> str:
        """The encryption salt of the state; empty where it has none or cannot be read."""
        data = read_bytes(self.path, subject=self.subject)
        try:
            return salt_of(check_document(json.loads(data))) if data is not None else ""
        except (ValueError, DocumentError):
            return ""

    def lock(self, operation: str, *, break_lock: bool = False) -> StackLock:
        """Takes the stack for one operation.

        Raises:
            EngineError: another operation is under way.
        """
        return StackLock.acquire(self.lock_path, operation, subject=self.subject, break_lock=break_lock)

    def read(self, ledger: Ledger | None = None) -> Stored:
        """The state: the file, and what a killed run's journal adds to it. Nothing is written.

        Args:
            ledger: the cloud, to settle what the killed run left open; None leaves that pending.

        Raises:
            EngineError: file or journal are damaged, newer, or of another stack's run; a secret cannot be opened.
        """
        for attempt in range(1, _READS + 1):
            stored = self._read_file()
            journal = read_journal(self.journal_path, subject=self.subject)
            if journal is None or journal.header.run in ("", stored.deployment.run):
                return stored  # a journal whose run has stored the state has only not been removed yet
            if journal.header.base == stored.digest:
                recording = journal.replay(stored.deployment.snapshot, stored.crypter, subject=self.subject)
                snapshot = normalize(recording.snapshot)
                stored.deployment.snapshot, stored.resumed = snapshot, recording.header
                stored.notes = settle(snapshot, recording.interrupted, ledger)
                return stored
            if attempt == _READS:
                break
        raise EngineError(
            f"{self.subject}: {self.journal_path}: journal of an interrupted run that builds on another state file; "
            f"put the state file back that it builds on ({self._backups_hint()}), or move the journal away to give up "
            "what that run did"
        )

    def document(self, stored: Stored, *, show_secrets: bool = False) -> dict[str, Any]:
        """The state in the deployment format, for users.

        Args:
            stored: what was read.
            show_secrets: secrets are written open.

        Raises:
            EngineError: secrets cannot be opened or sealed.
        """
        return serialize(stored.deployment, stored.crypter, show_secrets=show_secrets)

    def write(self, stored: Stored, snapshot: Snapshot, *, operation: str, run: str, lock: StackLock) -> None:
        """Replaces the state file, keeps a copy as a backup, and forgets the oldest backups.

        Args:
            stored: what was read before; brought up to date.
            snapshot: the new state.
            operation: what made it.
            run: id of the run.
            lock: of the stack.

        Raises:
            EngineError: it cannot be written (the old file is as it was), or the lock was broken.
        """
        lock.check()
        old = stored.deployment
        new = Deployment(snapshot, run, old.serial + 1, operation, old.extra)
        data = _dump(serialize(new, stored.crypter))
        write_atomic(self.path, data, subject=self.subject)
        stored.deployment, stored.digest = new, hashlib.sha256(data).hexdigest()
        with contextlib.suppress(EngineError):  # the state is stored; a backup that is missing does not undo that
            self._back_up(data, new)

    def journal(
        self, stored: Stored, *, operation: str, run: str, lock: StackLock, ledger: Ledger | None
    ) -> FileJournal:
        """The journal for a run that starts from what was read.

        What a killed run left is stored as a whole first, so that the new journal has a file to build on.

        Raises:
            EngineError: the state cannot be written.
        """
        if stored.resumed is not None:
            self.write(
                stored, stored.deployment.snapshot, operation=f"{stored.resumed.operation} (interrupted)",
                run=stored.resumed.run, lock=lock,
            )  # fmt: skip
        self.journal_path.unlink(missing_ok=True)
        unfinished = [*self.path.parent.glob(f".{self.path.name}.*.tmp"), *self.backup_folder.glob(".*.tmp")]
        for path in unfinished:  # of runs that were killed while they wrote a file
            path.unlink(missing_ok=True)

        def store(snapshot: Snapshot) -> None:
            self.write(stored, snapshot, operation=operation, run=run, lock=lock)

        header = Header(run, operation, stored.digest, stored.crypter.salt)
        return FileJournal(self.journal_path, header, stored.crypter, store, ledger=ledger, subject=self.subject)

    def replace(self, stored: Stored, snapshot: Snapshot, *, operation: str, lock: StackLock) -> None:
        """Replaces the state outside of a run; a journal that it took in goes.

        Raises:
            EngineError: it cannot be written.
        """
        self.write(stored, snapshot, operation=operation, run=new_run(), lock=lock)
        self.journal_path.unlink(missing_ok=True)

    def restore(self, backup: Path | None, lock: StackLock) -> Path:
        """Puts a kept version back, byte by byte.

        Args:
            backup: which one; None for the newest whole one that is not what is there.
            lock: of the stack.

        Returns:
            The version that was put back.

        Raises:
            EngineError: there is none, or it is damaged.
        """
        current = read_bytes(self.path, subject=self.subject)
        for path in self.backups() if backup is None else [backup]:
            data = read_bytes(path, subject=self.subject)
            if data is None or not _whole(data) or (backup is None and data == current):
                continue
            lock.check()
            write_atomic(self.path, data, subject=self.subject)
            return path
        raise EngineError(
            f"{self.subject}: {backup or self.backup_folder}: no whole version of the state to put back; "
            "choose one of the kept versions, or import an export"
        )

    def remove(self) -> None:
        """Forgets the stack: state, journal, backups, history."""
        for path in (self.path, self.journal_path, self.history_path, *self.backups()):
            path.unlink(missing_ok=True)
        if self.backup_folder.is_dir() and not any(self.backup_folder.iterdir()):
            self.backup_folder.rmdir()

    def backups(self) -> list[Path]:
        """The kept versions of the state, newest first; their names tell the serial and the operation."""
        return sorted(self.backup_folder.glob("*.json"), reverse=True)

    def _read_file(self) -> Stored:
        data = read_bytes(self.path, subject=self.subject)
        if data is None:
            return Stored(Deployment(), PassphraseCrypter(self._passphrase, self._salt, subject=self.subject))
        digest = hashlib.sha256(data).hexdigest()
        try:
            try:
                document = check_sandbox(json.loads(data))
            except ValueError as error:
                raise DocumentError(f"not JSON ({error})") from error
            salt = salt_of(document)
            crypter = PassphraseCrypter(self._passphrase, salt or self._salt, subject=self.subject)
            return Stored(deserialize(document, Codec(crypter)), crypter, digest)
        except DocumentError as error:
            raise EngineError(
                f"{self.subject}: {self.path}: not to be used: {error}; it was left as it is: {self._backups_hint()}"
            ) from error

    def _back_up(self, data: bytes, deployment: Deployment) -> None:
        operation = deployment.operation.partition(" ")[0] or "write"
        path = self.backup_folder / f"{deployment.serial:06d}-{operation}.json"
        write_atomic(path, data, subject=self.subject, sync=False)
        for old in self.backups()[BACKUPS:]:
            old.unlink(missing_ok=True)

    def _backups_hint(self) -> str:
        for backup in self.backups():
            data = read_bytes(backup, subject=self.subject)
            if data is None or not _whole(data):
                continue
            return f"to restore the newest version that is whole, run `cp '{backup}' '{self.path}'`"
        return "there is no backup that is whole"


def new_run() -> str:
    """An id for a run."""
    return uuid.uuid4().hex


def outputs_of(resources: Sequence[ResourceState]) -> Properties:
    """The outputs of a stack, from its resources."""
    for resource in resources:
        if resource.type == STACK_TYPE and not resource.delete:
            return resource.outputs
    return {}


def _whole(data: bytes) -> bool:
    """Whether a state file can be read, as far as that needs no passphrase."""
    try:
        check_document(json.loads(data))
    except (ValueError, DocumentError):
        return False
    return True


def _dump(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
