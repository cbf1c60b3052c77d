"""The journal on disk: one line of JSON for each thing that a run does to the state, and how it is read back.

The first line names the run and the state file that it builds on (by hash). A line with ``begin`` stands before the
call to the provider, one with ``commit`` after it, so a killed run leaves a begin without commit for what was under
way. A line with ``salt`` comes before the first sealed secret of a state that had none.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.backend.crypter import PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import (
    decode_pending,
    decode_resource,
    encode_pending,
    encode_resource,
    timestamp,
)
from platform_lib.sandbox.engine.backend.files import Log, read_bytes
from platform_lib.sandbox.engine.backend.recovery import Interrupted, Ledger
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError
from platform_lib.sandbox.engine.journal import Changes, Replay
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot

FORMAT: Final = 1
_CHANGING: Final = frozenset({"creating", "updating", "deleting"})


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a journal.

    Attributes:
        run: id of the run.
        operation: what it does.
        base: SHA-256 of the state file that it builds on; empty where there was none.
        salt: encryption salt of that state; empty where it has none.
        started: when, RFC 3339.
    """

    run: str
    operation: str
    base: str
    salt: str
    started: str = field(default_factory=timestamp)


class FileJournal:
    """A ``Journal`` of the engine on disk.

    Args:
        path: the file; must not exist.
        header: its first line.
        crypter: seals the secrets.
        store: replaces the state file; called by ``close``, before the journal is removed.
        ledger: the cloud, asked before each change; None if it cannot be asked.
        subject: the stack, for messages.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        crypter: PassphraseCrypter,
        store: Callable[[Snapshot], None],
        *,
        ledger: Ledger | None,
        subject: str,
    ) -> None:
        self.path = path
        self._header = header
        self._crypter = crypter
        self._codec = Codec(crypter)
        self._store = store
        self._ledger = ledger
        self._subject = subject
        self._salt = header.salt
        self._log: Log | None = None

    def start(self, base: Snapshot) -> None:
        """Makes the file; the base is the state file that the header names."""
        self._log = Log(self.path, subject=self._subject)
        header = self._header
        self._append({
            "journal": FORMAT, "run": header.run, "operation": header.operation, "started": header.started,
            "base": header.base, "resources": len(base.resources), "salt": header.salt,
        })  # fmt: skip

    def begin(self, operation: int, pending: PendingOperation) -> None:
        """Notes what is about to be asked of a provider, and what the cloud holds before that."""
        line: dict[str, Any] = {"begin": operation, "pending": encode_pending(pending, self._codec)}
        if pending.type in _CHANGING and self._ledger is not None:
            line["held"] = [held.row for held in self._ledger.find_created(pending.resource.urn)]
        self._append(line)

    def commit(self, operation: int, changes: Changes) -> None:
        """Notes what a step did to the state."""
        line: dict[str, Any] = {"commit": operation}
        if changes.added:
            line["added"] = self._records(changes.added)
        if changes.replaced:
            line["replaced"] = self._records(changes.replaced)
        if changes.removed:
            line["removed"] = list(changes.removed)
        self._append(line)

    def close(self, snapshot: Snapshot) -> None:
        """Stores the state as a whole; then the journal goes."""
        self._store(snapshot)
        self.abandon()
        self.path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Closes the file and leaves it for the next run to resume from."""
        if self._log is not None:
            self._log.close()

    def _records(self, records: Mapping[int, ResourceState]) -> dict[str, Any]:
        return {str(key): encode_resource(resource, self._codec) for key, resource in records.items()}

    def _append(self, line: Mapping[str, Any]) -> None:
        if self._log is None:
            raise EngineError(f"{self._subject}: {self.path}: the journal was not started; report this as a defect")
        if self._crypter.salt != self._salt:
            self._salt = self._crypter.salt
            self._log.append(_line({"salt": self._salt}))
        self._log.append(_line(line))


@dataclass(frozen=True, slots=True)
class Recording:
    """A journal that was read back.

    Attributes:
        header: its first line.
        snapshot: the state after its last whole line.
        interrupted: operations without an end, in order.
    """

    header: Header
    snapshot: Snapshot
    interrupted: list[Interrupted]


@dataclass(frozen=True, slots=True)
class JournalFile:
    """The lines of a journal, checked as far as that needs no state and no passphrase."""

    path: Path
    header: Header
    lines: list[dict[str, Any]]

    def replay(self, base: Snapshot, crypter: PassphraseCrypter, *, subject: str) -> Recording:
        """The state that the journal tells of.

        Args:
            base: the state of the file that the header names.
            crypter: opens the secrets; goes over to the journal's salt, with which the rest of the run is sealed.
            subject: the stack, for messages.

        Raises:
            EngineError: a line does not say what a line must; the text names it.
        """
        codec = Codec(crypter)
        if self.header.salt:
            crypter.use(self.header.salt)
        replay = Replay(base)
        open_: dict[int, Interrupted] = {}
        for number, line in enumerate(self.lines, start=2):
            try:
                if "salt" in line:
                    crypter.use(str(line["salt"]))
                elif "begin" in line:
                    operation = int(line["begin"])
                    open_[operation] = Interrupted(decode_pending(line["pending"], codec), tuple(line.get("held", ())))
                    replay.begin(operation, open_[operation].pending)
                else:
                    open_.pop(int(line["commit"]), None)
                    replay.commit(int(line["commit"]), _changes(line, codec))
            except (DocumentError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise _damaged(subject, self.path, number, str(error)) from error
        return Recording(self.header, replay.snapshot(), list(open_.values()))


def read_journal(path: Path, *, subject: str) -> JournalFile | None:
    """The journal that a run left, None where there is none.

    A last line that is torn, by a kill in the middle of its write, does not count: its step had not been recorded. The
    same holds for a journal without a whole first line.

    Raises:
        EngineError: another line is damaged, or the journal is of a newer format.
    """
    data = read_bytes(path, subject=subject)
    if data is None:
        return None
    raw = data.split(b"\n")
    if raw[-1] == b"":
        raw.pop()
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(raw, start=1):
        try:
            line = json.loads(text)
        except ValueError as error:
            if number == len(raw):
                break
            raise _damaged(subject, path, number, "not JSON") from error
        if not isinstance(line, dict):
            raise _damaged(subject, path, number, "not an object")
        lines.append(line)
    if not lines:
        return JournalFile(path, Header("", "", "", ""), [])
    first = lines[0]
    if first.get("journal") != FORMAT:
        raise EngineError(
            f"{subject}: {path}: line 1: journal of a format that this release does not read, got "
            f"{first.get('journal')!r}, expected {FORMAT}; upgrade platform-lib"
        )
    texts = {key: str(first.get(key, "")) for key in ("run", "operation", "base", "salt", "started")}
    return JournalFile(path, Header(**texts), lines[1:])


def _changes(line: Mapping[str, Any], codec: Codec) -> Changes:
    return Changes(
        added={int(key): decode_resource(data, codec) for key, data in line.get("added", {}).items()},
        replaced={int(key): decode_resource(data, codec) for key, data in line.get("replaced", {}).items()},
        removed=[int(key) for key in line.get("removed", ())],
    )


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _damaged(subject: str, path: Path, number: int, reason: str) -> EngineError:
    return EngineError(
        f"{subject}: {path}: line {number}: damaged journal of an interrupted run, {reason}; mend the line, or cut the "
        "file before it to keep the steps up to there"
    )
