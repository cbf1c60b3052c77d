"""The course of an operation: refresh, program, deletions, stack outputs, policies of the stack."""

from pathlib import Path
from typing import TYPE_CHECKING

from platform_lib.core.errors import EngineError, PlatformError
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.deletion import Deletions
from platform_lib.sandbox.engine.executor import Executor
from platform_lib.sandbox.engine.failure import BailError
from platform_lib.sandbox.engine.generator import Generator, Mode
from platform_lib.sandbox.engine.importing import Importer
from platform_lib.sandbox.engine.matcher import UrnMatcher
from platform_lib.sandbox.engine.refresh import RefreshStep, check_targets, rebuild, refresh
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.snapshot import dependency_urns
from platform_lib.sandbox.engine.state import PendingOperation
from platform_lib.sandbox.engine.target import Program
from platform_lib.sandbox.protocol import ProviderError

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.protocol_log import ProtocolLog


class Course:
    """Takes an operation from its start to its end.

    Args:
        run: the operation.
        program: the user's program, where the operation has one.
        log: protocol log.
    """

    def __init__(self, run: Run, program: Program | None, log: "ProtocolLog | None") -> None:
        self._run = run
        self._program = program
        self._log = log
        self._canceled_text = f"{self._kind} canceled"
        self.error: BaseException | None = None
        self._generator: Generator | None = None
        self._finished = False
        self._bailed = False

    @property
    def _kind(self) -> str:
        return "preview" if self._run.preview else "update"

    def execute(self) -> bool:
        """Does it.

        Returns:
            Whether it went well; the user has been told of everything else.
        """
        run = self._run
        try:
            if run.operation in {"destroy", "destroy-preview", "refresh", "refresh-preview"}:
                self._check_named()
            run.report.prelude()
            try:
                return self._execute()
            finally:
                run.report.summary()
        except BailError:
            return False
        except (PlatformError, ProviderError) as error:
            run.report.error(str(error))
            return False

    def _execute(self) -> bool:
        run, options = self._run, self._run.options
        if run.operation == "import":
            return self._import()
        destroying = run.operation in {"destroy", "destroy-preview"}
        program_refresh = run.refreshing and options.run_program and not destroying
        if run.refreshing and not program_refresh:
            try:
                refresh(run)
            except BailError:
                if not run.cancelled:
                    run.report.error(f"{self._kind} failed")
                raise
            if run.cancelled:
                run.report.error(self._canceled_text)
                return False
            if run.refresh_only:
                return True
        elif run.pending and not run.preview and not run.refreshing:
            run.report.warning(_pending_warning(run.pending))
        check_targets(run, run.replace_targets, ())
        if destroying and not options.run_program:
            self._refuse_delete_hooks()
        mode: Mode = "destroy" if destroying and options.run_program else "refresh" if run.refresh_only else "update"
        executor = Executor(run)
        self._generator = Generator(run, executor, mode=mode, refresh=program_refresh)
        if destroying and not options.run_program:
            self._after_program(executor)
        else:
            self._run_program(executor)
        return self._conclude(executor)

    def _run_program(self, executor: Executor) -> None:
        from platform_lib.sandbox.engine.monitor import Monitor
        from platform_lib.sandbox.engine.program import run_program
        from platform_lib.sandbox.engine.registration import Registrations

        run, program, generator = self._run, self._program, self._generator
        if program is None or generator is None:
            raise EngineError(f"{run.operation}: there is no program; give one")
        directory = _directory(program)
        registrations = Registrations(directory, Path(run.target.root or directory))
        monitor = Monitor(run, generator, executor, registrations, lambda: self._after_program(executor), self._log)
        self.error = run_program(run, monitor, program, directory)

    def _after_program(self, executor: Executor) -> None:
        """Everything is registered: what is not goes, or is refreshed too."""
        run, generator = self._run, self._generator
        self._finished = True
        if generator is None:
            return
        missing: BailError | None = None
        try:
            check_targets(run, run.targets, generator.seen.urns)
        except BailError as error:
            missing = error
        if generator.mode == "refresh":
            self._refresh_rest(executor, generator)
        else:
            try:
                Deletions(generator).execute(executor)
            except BailError:
                self._bailed = True
        if missing is not None:
            raise missing

    def _refresh_rest(self, executor: Executor, generator: Generator) -> None:
        run = self._run
        steps: list[RefreshStep] = []
        for state in run.base:
            if generator.targeting.operated(state.urn):
                continue
            wanted = state.urn not in run.excludes if run.excludes.constrained else state.urn in run.targets
            if wanted:
                run.ensure_provider(state.provider)
                generator.seen.refreshes.add(state.urn)
                steps.append(RefreshStep(state))
        executor.each(steps)
        rebuild(run, steps)

    def _conclude(self, executor: Executor) -> bool:
        """Stack outputs, policies of the stack, and what became of it all."""
        run, generator = self._run, self._generator
        if generator is None:
            return False
        failed = bool(
            self.error is not None or run.failed or executor.saw_error or generator.seen.saw_error or self._bailed
        )
        failed = failed or generator.policies.violated or bool(run.hooks.failed)
        try:
            executor.finish_stack(errored=failed or run.cancelled)
        except PlatformError as error:
            run.report.error(str(error))
            return False
        stopped_by_step = executor.saw_error or bool(run.hooks.failed)
        if self.error is not None and not (stopped_by_step or run.cancelled):
            return False
        if run.failed and not stopped_by_step:
            return False
        if not run.stopped and not executor.saw_error and self._finished:
            generator.policies.check_stack()
        violated = generator.policies.violated
        if stopped_by_step or generator.seen.saw_error or violated:
            run.report.error(f"{self._kind} failed")
            return False
        if run.cancelled:
            run.report.error(self._canceled_text)
            return False
        return not self._bailed

    def _import(self) -> bool:
        run = self._run
        if not run.options.imports:
            return True
        try:
            Importer(run).execute()
        except BailError:
            run.report.error(self._canceled_text if run.cancelled else f"{self._kind} failed")
            return False
        except (PlatformError, ProviderError) as error:
            run.report.error(f"{self._kind} failed: {error}")
            return False
        return True

    def _check_named(self) -> None:
        """Targets and excludes of operations without a program have to be in the state."""
        run = self._run
        for matcher in (run.targets, run.excludes):
            for urn in matcher.literals:
                if urn not in run.all_olds:
                    run.report.error(f"no resource named '{urn}' found")
                    raise BailError(f"no resource named '{urn}' found")

    def _refuse_delete_hooks(self) -> None:
        """Delete hooks are functions of the program: without it they cannot be called."""
        run = self._run
        refused = False
        for state in run.base:
            names = [*state.hooks.get("BeforeDelete", ()), *state.hooks.get("AfterDelete", ())]
            if names:
                refused = True
                run.report.error(
                    "Resource has delete hooks registered, but the program is not running. Hooks: " + ", ".join(names),
                    state.urn,
                )
        if refused:
            run.report.error("You must run with the `--run-program` flag to use delete hooks during destroy.")
            raise BailError("delete hooks need the program")


def stack_outputs(run: Run) -> Properties:
    """The stack's outputs as the operation leaves (or would leave) them."""
    for state in run.news.values():
        if state.type == urns.STACK_TYPE:
            return state.outputs
    return {}


def without_protected(run: Run) -> bool:
    """Keeps a destroy from what is protected or needed by something that is (``--exclude-protected``).

    Returns:
        Whether anything is left to do: nothing is where every resource is kept.
    """
    kept: set[str] = set()
    for state in reversed(run.base):
        if state.protect or state.urn in kept:
            kept.add(state.urn)
            kept.update(dependency_urns(state))
    if kept:
        run.excludes = UrnMatcher([*run.options.excludes, *sorted(kept)])
    return not kept or any(state.urn not in kept for state in run.base)


def _directory(program: Program) -> Path:
    if program.directory is not None:
        return program.directory.resolve()
    if program.main is None:
        return Path.cwd()
    return (program.main if program.main.is_dir() else program.main.parent).resolve()


def _pending_warning(pending: list[PendingOperation]) -> str:
    lines = "".join(f"  * {item.resource.urn}, interrupted while {item.type}\n" for item in pending)
    return (
        f"Attempting to deploy or update resources with {len(pending)} pending operations from previous deployment.\n"
        f"{lines}"
        "These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to "
        "these resources to complete. You should confirm whether or not the operations listed completed successfully "
        "by checking the state of the appropriate provider. For example, if you are using AWS, you can confirm using "
        "the AWS Console.\n"
        "\n"
        "Once you have confirmed the status of the interrupted operations, you can repair your stack using `pulumi "
        "refresh` which will refresh the state from the provider you are using and clear the pending operations if "
        "there are any.\n"
        "\n"
        "Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations."
    )
