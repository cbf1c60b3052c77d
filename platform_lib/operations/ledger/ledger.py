"""The record of one stack on disk: read with every entry verified, and added to under a lock.

``<folder>/<project>/<stack>/000001.json`` and ``000001.json.sig``, and so on. Whoever reads believes nothing of it but
what follows from the signatures: the first entry's decisions name the keys, and the pin of those decisions is what the
reader knows from elsewhere. What was cut off at the end shows only against the head, the hash of the last entry, which
the pipeline keeps with the state (see ``Anchor``).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from platform_lib.core.errors import PlatformError
from platform_lib.operations.approval import SKEW
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.governance.file import GovernanceError
from platform_lib.operations.governance.governance import Governance, parse_governance
from platform_lib.operations.ledger.entry import Entry, RecordError, Started, read_entry, sha256
from platform_lib.operations.ledger.judge import Past, problems_of
from platform_lib.operations.model import Model
from platform_lib.operations.signature import SUFFIX, signed, verify_bytes
from platform_lib.sandbox.engine.backend.files import read_bytes, write_atomic
from platform_lib.sandbox.engine.backend.lock import StackLock

_NAME: Final = re.compile(r"\d{6}\.json")


class Anchor(Protocol):
    """Where the head of a record is kept, apart from the record: with the state, where only the pipeline writes."""

    def read(self) -> str:
        """The head; empty where none was kept yet.

        Raises:
            PlatformError: it cannot be read.
        """

    def write(self, head: str) -> None:
        """Keeps a head.

        Raises:
            PlatformError: it cannot be written.
        """

    def prove(self, head: str) -> None:
        """Checks that a head that was written is kept.

        Raises:
            PlatformError: it is not.
        """


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it was read.

    Attributes:
        entry: the entry.
        sha256: of its file.
        key_id: of the key that signed it.
    """

    entry: Entry
    sha256: str
    key_id: str


@dataclass(frozen=True, slots=True)
class History:
    """A whole record, verified.

    Attributes:
        entries: in order.
        past: what it says before the next deployment.
    """

    entries: tuple[Stored, ...]
    past: Past

    @property
    def head(self) -> str:
        """SHA-256 of the last entry."""
        return self.entries[-1].sha256

    @property
    def pin(self) -> str:
        """SHA-256 over the decisions that it began with."""
        opened = self.entries[0].entry.opened
        return opened.pin if opened else ""

    @property
    def running(self) -> Stored | None:
        """A deployment that began and has not ended."""
        last = self.entries[-1]
        return last if last.entry.kind == "started" else None

    def deployments(self) -> Iterable[tuple[Stored, Stored | None]]:
        """Each deployment with its end, where it has one, oldest first."""
        ends = {item.entry.finished.started: item for item in self.entries if item.entry.finished is not None}
        return [(item, ends.get(item.entry.sequence)) for item in self.entries if item.entry.kind == "started"]

    def deployed(self, commit: str) -> tuple[Started, Stored] | None:
        """The last successful deployment of a commit, with the entry of its end."""
        for start, end in reversed(list(self.deployments())):
            started, finished = start.entry.started, end.entry.finished if end else None
            if end and started and finished and finished.outcome == "done" and started.proposal.commit == commit:
                return started, end
        return None


@dataclass
class Ledger:
    """The record of one stack.

    Attributes:
        folder: of the records of a project.
        project: its name.
        stack: name of the stack.
        anchor: where the head is kept; None where nothing keeps it.
    """

    folder: Path
    project: str
    stack: str
    anchor: Anchor | None = None
    subject: str = field(init=False)
    path: Path = field(init=False)

    def __post_init__(self) -> None:
        self.subject = f"record of stack '{self.stack}'"
        self.path = self.folder / self.project / self.stack

    def exists(self) -> bool:
        """Whether it was opened."""
        return self.path.is_dir() and any(self.path.iterdir())

    def lock(self, operation: str, *, break_lock: bool = False) -> StackLock:
        """Takes the record for one operation; another one is refused until it ends.

        Raises:
            EngineError: another process holds it.
        """
        path = self.path.with_name(f"{self.stack}.lock")
        return StackLock.acquire(path, operation, subject=self.subject, break_lock=break_lock)

    def read(self, *, pin: str = "", head: str = "") -> History:
        """The whole record, every entry verified: signature, chain, order, and that it was allowed.

        Args:
            pin: SHA-256 of the decisions that it must begin with; empty takes its own.
            head: SHA-256 of the entry that it must end with; empty for any.

        Raises:
            RecordError: it is not what the pipeline wrote.
            RefusedError: it was never opened.
        """
        if not self.exists():
            raise RefusedError(
                f"{self.subject}: there is none in {self.folder}; open it with `platform record init`, or bring it back"
            )
        walk = _Walk(self)
        for number, path in enumerate(self._paths(), start=1):
            content = self._bytes(path)
            signature = self._bytes(path.with_name(path.name + SUFFIX))
            walk.take(number, content, signature, pin=pin)
        history = walk.history()
        if head and history.head != head:
            raise RecordError(
                f"{self.subject}: ends with {history.head}, got {head} as its head; bring back the whole record"
            )
        return history

    def anchored(self) -> History:
        """As ``read``, and against the head that is kept with the state.

        Raises:
            RecordError: as ``read``, or it does not end where the state says.
        """
        history = self.read()
        if self.anchor is None:
            return history
        kept = self.anchor.read()
        if not kept:
            raise RecordError(f"{self.subject}: the state names no head of it; it was opened for another backend")
        heads = [item.sha256 for item in history.entries]
        if kept == heads[-1]:
            return history
        if len(heads) > 1 and kept == heads[-2]:
            # The last run was killed after it wrote its entry; the signature shows that it was the pipeline's.
            self.anchor.write(heads[-1])
            return history
        raise RecordError(
            f"{self.subject}: ends with {heads[-1]}, got {kept} as the head that the state names; somebody deployed "
            "with another copy of the record, or entries were removed: bring back the whole record"
        )

    def append(self, history: History | None, entry: Entry, key: Ed25519PrivateKey) -> History:
        """Adds an entry and moves the head.

        Args:
            history: the record so far; None to open it.
            entry: whose ``sequence`` and ``previous`` follow from that.
            key: of the pipeline.

        Raises:
            RecordError: the entry does not fit, was not allowed, was signed by a key that may not, or somebody else
                deployed meanwhile.
            PlatformError: it cannot be written.
        """
        content = entry_bytes(entry)
        signature = signed(content, key).encode()
        walk = _Walk(self, history)
        walk.take(entry.sequence, content, signature)
        if entry.kind == "started" and history is not None and self.anchor is not None:
            # Between reading and writing lie the minutes of a preview, in which another machine may have deployed.
            kept = self.anchor.read()
            if kept != history.head:
                raise RecordError(
                    f"{self.subject}: the head that the state names moved meanwhile, got {kept}; somebody else "
                    "deployed: bring back the whole record and run again"
                )
        path = self.path / f"{entry.sequence:06}.json"
        # The signature first: an entry is there as soon as its own file is.
        write_atomic(path.with_name(path.name + SUFFIX), signature, subject=self.subject)
        write_atomic(path, content, subject=self.subject)
        found = walk.history()
        if self.anchor is not None:
            self.anchor.write(found.head)
            if entry.kind == "opened":
                self.anchor.prove(found.head)
        return found

    def _paths(self) -> list[Path]:
        names = sorted(path.name for path in self.path.iterdir())
        entries = [name for name in names if _NAME.fullmatch(name)]
        known = {*entries, *(name + SUFFIX for name in entries)}
        for name in names:
            if name not in known:
                of = f"; {name.removesuffix(SUFFIX)} is missing: bring it back" if name.endswith(SUFFIX) else ""
                raise RecordError(f"{self.subject}: {name}: does not belong there{of or '; take it away'}")
        if not entries:
            raise RecordError(f"{self.subject}: {self.path}: holds no entry; bring back the record")
        return [self.path / name for name in entries]

    def _bytes(self, path: Path) -> bytes:
        content = read_bytes(path, subject=self.subject)
        if content is None:
            raise RecordError(f"{self.subject}: {path.name}: is missing; bring it back")
        return content


def entry_bytes(entry: Entry) -> bytes:
    """An entry as its file has it."""
    return document(entry).encode()


def document(model: Model) -> str:
    """A model as the text of its file."""
    data: Mapping[str, Any] = model.model_dump(mode="json", by_alias=True)
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


class _Walk:
    """Takes the entries of a record one by one and keeps what they add up to."""

    def __init__(self, ledger: Ledger, history: History | None = None) -> None:
        self._ledger = ledger
        self._entries: list[Stored] = list(history.entries) if history else []
        self._past: Past | None = history.past if history else None
        self._begun: Started | None = None
        if history and history.running:
            self._begun = history.running.entry.started

    def history(self) -> History:
        if self._past is None:
            raise RecordError(f"{self._ledger.subject}: holds no entry; bring back the record")
        return History(tuple(self._entries), self._past)

    def take(self, number: int, content: bytes, signature: bytes, *, pin: str = "") -> None:
        subject = f"{self._ledger.subject}: entry {number}"
        entry = read_entry(content, subject)
        past = self._past or self._opening(entry, subject, pin)
        identity = _verified(content, signature, past.governance, entry, subject)
        self._chained(entry, number, subject)
        stored = Stored(entry, sha256(content), identity)
        if entry.started is not None:
            self._starts(entry, entry.started, past, subject)
        elif entry.finished is not None:
            past = self._finishes(entry, past, subject)
        self._past = replace(past, last=entry.created)
        self._entries.append(stored)

    def _opening(self, entry: Entry, subject: str, pin: str) -> Past:
        if entry.opened is None:
            raise RecordError(f"{subject}: does not open the record; bring back the entries before it")
        try:
            governance = parse_governance(entry.opened.governance)
        except GovernanceError as error:
            raise RecordError(f"{subject}: {error}") from None
        if governance.sha256 != entry.opened.pin:
            raise RecordError(f"{subject}: its decisions are not those of its pin; bring back the record")
        if pin and governance.sha256 != pin:
            raise RecordError(f"{subject}: begins with other decisions, got {governance.sha256}; the pin is {pin}")
        return Past(governance)

    def _chained(self, entry: Entry, number: int, subject: str) -> None:
        last = self._entries[-1] if self._entries else None
        if entry.sequence != number or entry.previous != (last.sha256 if last else ""):
            raise RecordError(f"{subject}: does not follow the entry before it; bring back the whole record")
        if (entry.project, entry.stack) != (self._ledger.project, self._ledger.stack):
            raise RecordError(f"{subject}: is of {entry.project}/{entry.stack}; it belongs into that record")
        if last and entry.created < last.entry.created - SKEW:
            raise RecordError(f"{subject}: is older than the entry before it, got {entry.created.isoformat()}")

    def _starts(self, entry: Entry, started: Started, past: Past, subject: str) -> None:
        problems = problems_of(started, past, project=self._ledger.project, stack=self._ledger.stack, at=entry.created)
        if problems:
            raise RecordError("\n".join(f"{subject}: was not allowed: {problem}" for problem in problems))
        self._begun = started

    def _finishes(self, entry: Entry, past: Past, subject: str) -> Past:
        begun, finished = self._begun, entry.finished
        before = self._entries[-1].entry
        if begun is None or finished is None or before.kind != "started" or finished.started != before.sequence:
            raise RecordError(f"{subject}: ends a deployment that did not begin; bring back the whole record")
        self._begun = None
        if finished.outcome != "done":
            return past
        try:
            governance = parse_governance(begun.governance)
        except GovernanceError as error:
            raise RecordError(f"{subject}: {error}") from None
        commit = begun.proposal.commit
        return Past(
            governance=governance,
            commit=commit,
            earlier=(past.earlier | {past.commit}) - {"", commit},
            packs=begun.proposal.packs,
            used=past.used | {sha256(item.content.encode()) for item in begun.approvals},
        )


def _verified(content: bytes, signature: bytes, governance: Governance, entry: Entry, subject: str) -> str:
    """The id of the deployer's key that signed an entry."""
    try:
        environment = governance.environments.of_stack(entry.stack)
        identity = verify_bytes(content, signature, governance.approvers.deployer_keys(), subject)
    except PlatformError as error:
        raise RecordError(str(error)) from None
    if entry.environment != environment.name:
        raise RecordError(f"{subject}: is of environment '{entry.environment}', got '{environment.name}' for its stack")
    name = governance.approvers.deployer_of(identity, environment.name)
    if name != entry.deployer:
        raise RecordError(
            f"{subject}: was signed by {identity}, which may not deploy '{environment.name}' as '{entry.deployer}'"
        )
    return identity


def next_entry(history: History | None, *, at: datetime, **fields: Any) -> Entry:
    """The entry that follows; whose it is, its ``kind`` and its body are given."""
    return Entry(
        sequence=len(history.entries) + 1 if history else 1,
        previous=history.head if history else "",
        created=at,
        **fields,
    )
