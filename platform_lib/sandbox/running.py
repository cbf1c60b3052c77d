"""One operation on a stack of the sandbox: lock, state, engine, cloud, journal, state, history."""

import contextlib
import hashlib
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.backend.deployment import timestamp
from platform_lib.sandbox.engine.backend.history import Operation as PastOperation
from platform_lib.sandbox.engine.backend.history import append_history
from platform_lib.sandbox.engine.backend.recovery import Ledger
from platform_lib.sandbox.engine.backend.store import StackStore, Stored, new_run
from platform_lib.sandbox.engine.event import CancelEvent, DiagnosticEvent, Event, EventSink, Operation, Result
from platform_lib.sandbox.engine.journal import Journal
from platform_lib.sandbox.engine.policy import PolicyEvaluator
from platform_lib.sandbox.engine.target import ConfigValue, Options, Program, Target
from platform_lib.sandbox.protocol import Providers
from platform_lib.sandbox.stack_config import StackFile, read_stack_file

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.engine import Engine
    from platform_lib.sandbox.workspace import Workspace

PREVIEWS: Final = frozenset({"preview", "refresh-preview", "destroy-preview"})
"""Operations that take no lock and write nothing."""

_RUN_PROGRAM: Final = frozenset({"preview", "up"})
_VALIDATE: Final = frozenset({"preview", "up", "import"})
_REFRESHABLE: Final = frozenset({"preview", "up", "destroy", "destroy-preview"})
_SEALED_BY_NOTHING: Final = (
    "secrets in the state are sealed with an empty passphrase; set PULUMI_CONFIG_PASSPHRASE to choose one"
)


class StackRun:
    """One operation, run once.

    Args:
        workspace: that the stack belongs to.
        stack: name of the stack.
        operation: what to do.
        options: how to do it.
        sink: receives every event.
        policy: evaluates every resource.
        program: what to run; None where nothing is run.
        config: configuration by full key; None for that of the stack file.
    """

    def __init__(
        self,
        workspace: "Workspace",
        stack: str,
        operation: Operation,
        options: Options,
        *,
        sink: EventSink | None,
        policy: PolicyEvaluator | None,
        program: Program | None,
        config: Mapping[str, ConfigValue] | None = None,
    ) -> None:
        if workspace.project.refresh and operation in _REFRESHABLE:
            options = replace(options, refresh=True)
        self._workspace = workspace
        self._stack = stack
        self._operation: Operation = operation
        self._options = options
        self._sink = sink
        self._policy = policy
        self._program = program
        self._config = config
        self._engine: Engine | None = None
        self._cancelled = 0

    @staticmethod
    def needs_program(operation: Operation, options: Options) -> bool:
        """Whether an operation runs the program."""
        return operation in _RUN_PROGRAM or options.run_program

    def run(self, *, break_lock: bool = False) -> Result:
        """Runs it; see ``StackHandle.run``."""
        file = read_stack_file(self._workspace.project, self._stack)
        store = self._workspace.store(self._stack, salt="" if file.provider else file.salt)
        if self._operation in PREVIEWS:
            with self._workspace.providers() as providers:
                stored = store.read(ledger_of(providers))
                return self._execute(self._target(file, stored), stored, providers, None)
        self._workspace.prepare()
        with store.lock(self._operation, break_lock=break_lock) as lock, self._workspace.providers() as providers:
            stored = store.read(ledger_of(providers))
            target = self._target(file, stored)
            if lock.notice:
                self._tell("warning", lock.notice)
            self._tell_resumed(stored)
            run, started, clock = new_run(), timestamp(), time.monotonic()
            journal = store.journal(stored, operation=self._operation, run=run, lock=lock, ledger=ledger_of(providers))
            try:
                result = self._execute(target, stored, providers, journal)
            finally:
                journal.abandon()
            self._remember(store, stored, result, run, started, time.monotonic() - clock)
            return result

    def cancel(self) -> None:
        """Ends it: once, running steps finish; twice, they are given up."""
        self._cancelled += 1
        if self._engine is not None:
            self._engine.cancel()

    def _target(self, file: StackFile, stored: Stored) -> Target:
        project = self._workspace.project
        validate = self._operation in _VALIDATE or self._options.run_program
        config = self._config
        if config is None:
            config = self._workspace.config(file, file.salt or stored.crypter.salt, validate=validate)
        return Target(project.name, self._stack, config=config, root=str(project.root))

    def _execute(self, target: Target, stored: Stored, providers: Providers, journal: Journal | None) -> Result:
        """Hands the operation to an engine."""
        from platform_lib.sandbox.engine.engine import Engine

        options = self._options
        if not options.seed:
            # Equal for the preview and the run that follows it, so that both give the same automatic names.
            generation = f"{target.project}/{target.stack}/{stored.deployment.serial}"
            options = replace(options, seed=hashlib.sha256(generation.encode()).digest())

        def told(event: Event) -> None:
            if self._sink is None:
                return
            sealed = journal is not None and bool(stored.crypter.salt)
            if isinstance(event, CancelEvent) and sealed and not stored.crypter.passphrase.given:
                self._tell("info", _SEALED_BY_NOTHING)
            self._sink(event)

        self._engine = Engine(
            target,
            providers,
            stored.deployment.snapshot,
            sink=told,
            policy=self._policy,
            journal=journal,
            stack_outputs=self._workspace.stack_outputs,
        )
        with self._interruptible():
            return self._engine.run(self._operation, self._program, options)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
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
                self._tell("warning", "cancelling: running steps finish; press Ctrl-C again to give them up")

        previous = signal.signal(signal.SIGINT, handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)

    def _tell_resumed(self, stored: Stored) -> None:
        """Says that a killed run is taken up, and what became of what it left open."""
        if (run := stored.resumed) is not None:
            text = f"the {run.operation} that began at {run.started} was interrupted; going on from there"
            self._tell("info", text, *stored.notes)

    def _tell(self, severity: Literal["info", "warning"], *texts: str) -> None:
        if self._sink is not None:
            for text in texts:
                self._sink(DiagnosticEvent(severity, f"sandbox: stack '{self._stack}': {text}"))

    def _remember(
        self, store: StackStore, stored: Stored, result: Result, run: str, started: str, seconds: float
    ) -> None:
        past = PastOperation(
            run=run,
            operation=self._operation,
            started=started,
            seconds=round(seconds, 3),
            exit_code=result.exit_code,
            changes=dict(result.changes),
            resources=len(stored.deployment.snapshot.resources),
            serial=stored.deployment.serial,
        )
        with contextlib.suppress(EngineError):  # the state is stored; a line of history is not worth failing for
            append_history(store.history_path, past, subject=store.subject)


def ledger_of(providers: object) -> Ledger | None:
    """The cloud as what a killed run can be settled with; None for providers that cannot be asked."""
    return providers if isinstance(providers, Ledger) else None
