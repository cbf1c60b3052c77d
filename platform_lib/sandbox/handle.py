"""One stack of a sandbox: operations on it, and its state."""

import contextlib
import hashlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.backend.crypter import PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import (
    check_document,
    deserialize,
    is_sandbox,
    salt_of,
    timestamp,
)
from platform_lib.sandbox.engine.backend.history import Operation as PastOperation
from platform_lib.sandbox.engine.backend.history import append_history, read_history
from platform_lib.sandbox.engine.backend.lock import Holder, StackLock
from platform_lib.sandbox.engine.backend.recovery import Ledger
from platform_lib.sandbox.engine.backend.store import StackStore, Stored, new_run, outputs_of
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError
from platform_lib.sandbox.engine.event import CancelEvent, DiagnosticEvent, Event, EventSink, Operation, Result
from platform_lib.sandbox.engine.policy import PolicyEvaluator
from platform_lib.sandbox.engine.state import ResourceState, Snapshot
from platform_lib.sandbox.engine.target import ConfigValue, Options, Program, Target
from platform_lib.sandbox.project import Project
from platform_lib.sandbox.stack_config import StackFile, read_stack_file, stack_config

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.engine import Engine
    from platform_lib.sandbox.workspace import Workspace

_PREVIEWS: Final = frozenset({"preview", "refresh-preview", "destroy-preview"})
_WITH_PROGRAM: Final = frozenset({"preview", "up"})
_REFRESHABLE: Final = frozenset({"preview", "up", "destroy", "destroy-preview"})


class StackHandle:
    """One stack. Make it with ``Workspace.stack``.

    Attributes:
        name: of the stack.
        workspace: that it belongs to.
    """

    def __init__(self, workspace: "Workspace", name: str) -> None:
        self.workspace = workspace
        self.name = name
        self.subject = f"stack '{name}'"
        self._engine: Engine | None = None
        self._cancelled = 0

    @property
    def project(self) -> Project:
        """The project of the stack."""
        return self.workspace.project

    # Operations

    def run(
        self,
        operation: Operation,
        options: Options | None = None,
        *,
        sink: EventSink | None = None,
        policy: PolicyEvaluator | None = None,
        program: Program | None = None,
        break_lock: bool = False,
    ) -> Result:
        """Runs one operation to its end: lock, state, engine, cloud, journal, state, history.

        Ctrl-C ends it early: once, running steps finish (exit code 1); twice, they are given up (exit code 8). That holds
        where nobody else handles SIGINT; whoever does calls ``cancel``. A run that is killed is taken up by the next one.

        Args:
            operation: what to do; previews take no lock and write nothing.
            options: how to do it.
            sink: receives every event as it happens.
            policy: evaluates every resource.
            program: instead of the project's own.
            break_lock: take the stack from whoever works on it.

        Returns:
            What it came to; a failed operation is a result, not an exception.

        Raises:
            SettingsError: project or stack file are wrong.
            EngineError: the operation cannot start: lock held, state damaged or from a real cloud, wrong passphrase.
            CloudError: the cloud's file is damaged.
        """
        options = options or Options()
        if self.project.refresh and operation in _REFRESHABLE:
            options = replace(options, refresh=True)
        with_program = operation in _WITH_PROGRAM or options.run_program
        if with_program and program is None:
            program = self.program()
        file = read_stack_file(self.project, self.name)
        store = self._store(file)
        if operation in _PREVIEWS:
            with self.workspace.providers() as providers:
                stored = store.read(_ledger(providers))
                target = self._target(file, stored, validate=with_program)
                return self._execute(operation, options, target, stored, providers, None, sink, policy, program)
        self.workspace.prepare()
        with store.lock(operation, break_lock=break_lock) as lock, self.workspace.providers() as providers:
            return self._change(operation, options, file, store, lock, providers, sink, policy, program, with_program)

    def cancel(self) -> None:
        """Ends the running operation, from a signal handler or another thread; twice gives up what is running."""
        self._cancelled += 1
        if self._engine is not None:
            self._engine.cancel()

    # State

    def exists(self) -> bool:
        """Whether the stack has a state on the sandbox."""
        return self._store().exists

    def state(self) -> Snapshot:
        """The state, with what an interrupted run did. It is a copy.

        Raises:
            EngineError: it is damaged, or its secrets cannot be opened.
        """
        return self._store().read().deployment.snapshot

    def outputs(self) -> Properties:
        """The stack's outputs, secrets marked.

        Raises:
            EngineError: the state is damaged, or its secrets cannot be opened.
        """
        return outputs_of(self.state().resources)

    def export(self, show_secrets: bool = False) -> dict[str, Any]:
        """The state in Pulumi's deployment format, marked as the sandbox's.

        Args:
            show_secrets: secrets are written open.

        Raises:
            EngineError: the state is damaged, or its secrets cannot be opened.
        """
        store = self._store()
        return store.document(store.read(), show_secrets=show_secrets)

    def import_state(self, document: Mapping[str, Any], *, break_lock: bool = False) -> None:
        """Replaces the state by an export of the sandbox.

        Args:
            document: in the deployment format.
            break_lock: take the stack from whoever works on it.

        Raises:
            EngineError: it is no deployment, of a real cloud, of another stack, or its secrets cannot be opened.
        """
        store = self._store()
        try:
            checked = check_document(document)
            if not is_sandbox(checked):
                raise DocumentError(
                    "the state comes from a real cloud, which the sandbox must not take over; import it with the stock "
                    "`pulumi stack import`"
                )
            crypter = PassphraseCrypter(self.workspace.passphrase(), salt_of(checked), subject=self.subject)
            snapshot = deserialize(checked, Codec(crypter)).snapshot
        except DocumentError as error:
            raise EngineError(f"{self.subject}: import: {error}") from error
        prefix = f"urn:pulumi:{self.name}::{self.project.name}::"
        for resource in snapshot.resources:
            if not resource.urn.startswith(prefix):
                raise EngineError(
                    f"{self.subject}: import: {resource.urn} belongs to another stack; import it into that stack"
                )
        self.workspace.prepare()
        with store.lock("import", break_lock=break_lock) as lock:
            stored = store.read()
            stored.crypter = crypter
            store.replace(stored, snapshot, operation="import", lock=lock)

    def protected(self) -> list[str]:
        """The URNs of the resources that are protected."""
        return [resource.urn for resource in self.state().live() if resource.protect]

    def unprotect(self, urns: Sequence[str] = (), *, break_lock: bool = False) -> list[str]:
        """Lifts the protection in the state; the next ``up`` sets again what the program protects.

        Args:
            urns: of what; empty for all.
            break_lock: take the stack from whoever works on it.

        Returns:
            The URNs that were protected.
        """
        changed: list[str] = []

        def lift(resources: Sequence[ResourceState]) -> bool:
            for resource in resources:
                if resource.protect and (not urns or resource.urn in urns):
                    resource.protect = False
                    changed.append(resource.urn)
            return bool(changed)

        self._edit("unprotect", lift, break_lock=break_lock)
        return changed

    def restore(self, backup: Path | None = None, *, break_lock: bool = False) -> Path:
        """Puts a kept version of the state back.

        Args:
            backup: one of ``backups``; None for the newest whole one that differs from the current state.
            break_lock: take the stack from whoever works on it.

        Returns:
            The version that was put back.

        Raises:
            EngineError: there is none, or it is damaged.
        """
        store = self._store()
        with store.lock("restore", break_lock=break_lock) as lock:
            return store.restore(backup, lock)

    def backups(self) -> list[Path]:
        """The kept versions of the state, newest first."""
        return self._store().backups()

    def history(self) -> list[PastOperation]:
        """The last operations, oldest first.

        Raises:
            EngineError: the file is damaged.
        """
        return read_history(self._store().history_path, subject=self.subject)

    def lock_holder(self) -> Holder | None:
        """Who works on the stack, or was killed while doing so; None for nobody."""
        return StackLock.holder(self._store().lock_path, subject=self.subject)

    def remove(self, *, force: bool = False, break_lock: bool = False) -> None:
        """Forgets the stack; its file stays, and so does what the cloud holds of it.

        Args:
            force: even if it still has resources.
            break_lock: take the stack from whoever works on it.

        Raises:
            EngineError: it still has resources.
        """
        store = self._store()
        if not store.exists:
            return
        with store.lock("remove", break_lock=break_lock):
            if not force and store.holds_resources():
                raise EngineError(f"{self.subject}: it still has resources; destroy them first, or use --force")
            store.remove()

    # Configuration

    def config(self, *, validate: bool = True) -> dict[str, ConfigValue]:
        """The configuration as programs see it, by full key.

        Args:
            validate: check required keys and types.

        Raises:
            SettingsError: every finding with file, line and key.
        """
        file = read_stack_file(self.project, self.name)
        salt = file.salt or self._store(file).salt()
        return self._config(file, salt, validate=validate)

    def environment(self) -> str:
        """The configuration key ``environment`` of the project; empty where the stack does not set it."""
        value = self.config(validate=False).get(f"{self.project.name}:environment")
        return value.value if value is not None else ""

    def program(self) -> Program:
        """The project's program, run where the stock CLI runs it: in its own folder.

        Raises:
            SettingsError: it is not there.
        """
        path = self.project.program
        return Program(main=path, directory=path if path.is_dir() else path.parent)

    # Parts

    def _store(self, file: StackFile | None = None) -> StackStore:
        file = file or StackFile(self.name)
        return self.workspace.store(self.name, salt=file.salt if not file.provider else "")

    def _config(self, file: StackFile, salt: str, *, validate: bool) -> dict[str, ConfigValue]:
        crypter = PassphraseCrypter(self.workspace.passphrase(), salt, subject=self.subject)
        stand_ins = self.workspace.stand_ins(self.name)
        return stack_config(self.project, file, crypter, stand_ins=stand_ins, validate=validate)

    def _target(self, file: StackFile, stored: Stored, *, validate: bool) -> Target:
        config = self._config(file, file.salt or stored.crypter.salt, validate=validate)
        return Target(self.project.name, self.name, config=config, root=str(self.project.root))

    def _change(
        self, operation: Operation, options: Options, file: StackFile, store: StackStore, lock: StackLock,
        providers: Any, sink: EventSink | None, policy: PolicyEvaluator | None, program: Program | None,
        with_program: bool,
    ) -> Result:  # fmt: skip
        """An operation that may change the stack, under its lock."""
        ledger = _ledger(providers)
        stored = store.read(ledger)
        target = self._target(file, stored, validate=with_program or operation == "import")
        run, started, clock = new_run(), timestamp(), time.monotonic()
        _tell(sink, [lock.notice] if lock.notice else [], "warning", self.subject)
        _tell(sink, _resumed(stored), "info", self.subject)
        journal = store.journal(stored, operation=operation, run=run, lock=lock, ledger=ledger)
        try:
            result = self._execute(operation, options, target, stored, providers, journal, sink, policy, program)
        finally:
            journal.abandon()
        past = PastOperation(
            run, operation, started, round(time.monotonic() - clock, 3), result.exit_code, dict(result.changes),
            len(stored.deployment.snapshot.resources), stored.deployment.serial,
        )  # fmt: skip
        with contextlib.suppress(EngineError):  # the state is stored; a line of history is not worth failing for
            append_history(store.history_path, past, subject=self.subject)
        return result

    def _execute(
        self, operation: Operation, options: Options, target: Target, stored: Stored, providers: Any, journal: Any,
        sink: EventSink | None, policy: PolicyEvaluator | None, program: Program | None,
    ) -> Result:  # fmt: skip
        """Hands the operation to an engine."""
        from platform_lib.sandbox.engine.engine import Engine

        if not options.seed:
            # Equal for the preview and the run that follows it, so that both give the same automatic names.
            generation = f"{target.project}/{target.stack}/{stored.deployment.serial}"
            options = replace(options, seed=hashlib.sha256(generation.encode()).digest())
        self._cancelled = 0
        self._engine = Engine(
            target,
            providers,
            stored.deployment.snapshot,
            sink=self._telling(sink, stored) if sink is not None and journal is not None else sink,
            policy=policy,
            journal=journal,
            stack_outputs=self.workspace.stack_outputs,
        )
        try:
            with self._interruptible(sink):
                return self._engine.run(operation, program, options)
        finally:
            self._engine = None

    def _telling(self, sink: EventSink, stored: Stored) -> Callable[[Event], None]:
        """Says before the end of the stream how safe the secrets of the state are."""

        def told(event: Event) -> None:
            if isinstance(event, CancelEvent) and stored.crypter.salt and not stored.crypter.passphrase.given:
                text = "secrets in the state are sealed with an empty passphrase; set PULUMI_CONFIG_PASSPHRASE to choose one"
                sink(DiagnosticEvent("info", f"sandbox: {self.subject}: {text}"))
            sink(event)

        return told

    @contextmanager
    def _interruptible(self, sink: EventSink | None) -> Iterator[None]:
        """Turns Ctrl-C into a cancellation where nobody else handles it."""
        alone = threading.current_thread() is threading.main_thread()
        if not alone or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return

        def handle(number: int, frame: object) -> None:
            del number, frame
            if self._cancelled >= 2:
                raise KeyboardInterrupt
            self.cancel()
            if self._cancelled == 1:
                text = "cancelling: running steps finish; press Ctrl-C again to give them up"
                _tell(sink, [text], "warning", self.subject)

        previous = signal.signal(signal.SIGINT, handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)

    def _edit(self, operation: str, change: Callable[[Sequence[ResourceState]], bool], *, break_lock: bool) -> None:
        """Changes the state by hand, if the function says that it changed something."""
        store = self._store()
        with store.lock(operation, break_lock=break_lock) as lock, self.workspace.providers() as providers:
            stored = store.read(_ledger(providers))
            if change(stored.deployment.snapshot.resources):
                store.replace(stored, stored.deployment.snapshot, operation=operation, lock=lock)


def _ledger(providers: object) -> Ledger | None:
    return providers if isinstance(providers, Ledger) else None


def _resumed(stored: Stored) -> list[str]:
    """What to tell of a killed run that is taken up."""
    if stored.resumed is None:
        return []
    first = (
        f"the {stored.resumed.operation} that began at {stored.resumed.started} was interrupted; going on from there"
    )
    return [first, *stored.notes]


def _tell(sink: EventSink | None, texts: Sequence[str], severity: Any, subject: str) -> None:
    if sink is not None:
        for text in texts:
            sink(DiagnosticEvent(severity, f"sandbox: {subject}: {text}"))
