"""One stack of a sandbox: operations on it, and its state."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.backend.crypter import PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import check_sandbox, deserialize, salt_of
from platform_lib.sandbox.engine.backend.history import Operation as PastOperation
from platform_lib.sandbox.engine.backend.history import read_history
from platform_lib.sandbox.engine.backend.lock import Holder, StackLock
from platform_lib.sandbox.engine.backend.store import StackStore, outputs_of
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError
from platform_lib.sandbox.engine.event import EventSink, Operation, Result
from platform_lib.sandbox.engine.policy import PolicyEvaluator
from platform_lib.sandbox.engine.state import Snapshot
from platform_lib.sandbox.engine.target import ConfigValue, Options, Program
from platform_lib.sandbox.project import Project
from platform_lib.sandbox.running import StackRun, ledger_of
from platform_lib.sandbox.stack_config import read_stack_file

if TYPE_CHECKING:
    from platform_lib.sandbox.workspace import Workspace


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
        self._run: StackRun | None = None

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
        config: Mapping[str, ConfigValue] | None = None,
        break_lock: bool = False,
    ) -> Result:
        """Runs one operation to its end: lock, state, engine, cloud, journal, state, history.

        Ctrl-C ends it early: once, running steps finish (exit code 1); twice, they are given up (exit code 8). That
        holds where nobody else handles SIGINT; whoever does calls ``cancel``. A run that is killed is taken up by the
        next one.

        Args:
            operation: what to do; previews take no lock and write nothing.
            options: how to do it.
            sink: receives every event as it happens.
            policy: evaluates every resource.
            program: instead of the project's own.
            config: configuration by full key instead of the stack file's.
            break_lock: take the stack from whoever works on it.

        Returns:
            What it came to; a failed operation is a result, not an exception.

        Raises:
            SettingsError: project or stack file are wrong.
            EngineError: the operation cannot start: lock held, state damaged or from a real cloud, wrong passphrase.
            CloudError: the cloud's file is damaged.
        """
        options = options or Options()
        if program is None and StackRun.needs_program(operation, options):
            program = self.program()
        self._run = StackRun(
            self.workspace, self.name, operation, options, sink=sink, policy=policy, program=program, config=config
        )
        try:
            return self._run.run(break_lock=break_lock)
        finally:
            self._run = None

    def cancel(self) -> None:
        """Ends the running operation, from a signal handler or another thread; twice gives up what is running."""
        if self._run is not None:
            self._run.cancel()

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
            checked = check_sandbox(document)
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
        store = self._store()
        with store.lock("unprotect", break_lock=break_lock) as lock, self.workspace.providers() as providers:
            stored = store.read(ledger_of(providers))
            chosen = [
                resource
                for resource in stored.deployment.snapshot.resources
                if resource.protect and (not urns or resource.urn in urns)
            ]
            for resource in chosen:
                resource.protect = False
            if chosen:
                store.replace(stored, stored.deployment.snapshot, operation="unprotect", lock=lock)
            return [resource.urn for resource in chosen]

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
        """Who works on the stack; None for nobody, or for a run on this host that was killed."""
        holder = StackLock.holder(self._store().lock_path, subject=self.subject)
        return None if holder is None or holder.gone() else holder

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
        return self.workspace.config(file, file.salt or self._store().salt(), validate=validate)

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

    def _store(self) -> StackStore:
        return self.workspace.store(self.name)
