"""Refreshing: reads every resource again and takes what is there into the state."""

from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.diff import equal, invert, resolve_unknown
from platform_lib.sandbox.engine.executor import Executor
from platform_lib.sandbox.engine.failure import BailError, StepError
from platform_lib.sandbox.engine.instance import DiffUnavailableError
from platform_lib.sandbox.engine.matcher import UrnMatcher
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.snapshot import dependencies_of, duplicate, repair
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step
from platform_lib.sandbox.engine.store import StateStore
from platform_lib.sandbox.protocol import InitializationError


class RefreshStep(Step):
    """Reads a resource; what users are told is the difference as it came about in the cloud.

    Args:
        old: the record.
        new: the record that a running program asks for, whose options the refreshed one takes; None without a program.
        internal: not shown to users (components and providers on the way of a running program).
    """

    op = "refresh"

    def __init__(self, old: ResourceState, *, new: ResourceState | None = None, internal: bool = False) -> None:
        super().__init__(old, old if new is None else new, logical=False)
        self.before = old
        self.persisted = new is not None
        self.wanted = new
        self.internal = internal
        self.finished = False
        self._changes = "unknown"  # until a provider compares, which it never does for components and providers

    @property
    def state(self) -> ResourceState:
        """The record before: the step is about what was known."""
        return self.before

    @property
    def outcome(self) -> str:
        """``delete``, ``update`` or ``same``: what happened to the resource behind the engine's back."""
        if self.new is None:
            return "delete"
        if self.new is self.before:
            return "same"
        if self.before.external:
            return "same" if equal(self.before.outputs, self.new.outputs) else "update"
        return "same" if self._changes == "none" else "update"

    def begin(self, store: StateStore) -> int:  # noqa: ARG002 - the step protocol
        """Cannot leave anything behind."""
        return 0

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Puts what was read in the record's place."""
        if not kept:
            store.finish(operation)
        elif self.persisted:
            store.finish(operation, add=self.new, remove=self.before, refreshed=True)
        else:
            store.substitute(operation, self.before, self.new)

    def complete(self) -> None:
        """The record is final."""
        self.finished = True

    def apply(self, run: Run) -> None:
        """Reads the resource and compares what is there with what is known."""
        old = self.before
        if not old.custom or urns.is_provider_type(old.type) or old.pending_replacement:
            if self.persisted:
                self.new = duplicate(old)
            return
        provider = run.provider_of(old)
        reasons: list[str] = []
        try:
            result = provider.read(old.urn, old.id, old.inputs, old.outputs)
            if result is None or not result.id:
                self.new = None
                return
            identifier, inputs, outputs = result.id, result.inputs, result.outputs
        except InitializationError as error:
            reasons = list(error.reasons)
            listed = "\n* ".join(reasons)
            run.report.warning(f"Refreshed resource is in an unhealthy state:\n* {listed}", old.urn)
            identifier, inputs, outputs = error.id, error.inputs, error.outputs
        new = duplicate(self.wanted if self.wanted is not None else old)
        new.id, new.init_errors, new.inputs, new.outputs = identifier, reasons, inputs, outputs
        if not equal(inputs, old.inputs) or not equal(outputs, old.outputs):
            new.modified = run.now()
        self.new = new
        if old.external:
            return
        try:
            diff = provider.diff(new.urn, new.id, new.inputs, new.outputs, old.inputs, old.ignore_changes)
            diff = resolve_unknown(diff, new.inputs, old.inputs, old.ignore_changes)
        except DiffUnavailableError as error:
            raise StepError(str(error)) from error
        diff = invert(diff)
        self._changes = diff.changes
        self.diffs, self.detailed = diff.diffs, diff.detailed


def refresh(run: Run) -> None:
    """Refreshes the base of an operation, one resource after the other, errors notwithstanding.

    Raises:
        BailError: a target does not exist, or a resource could not be read.
        EngineError: a provider is not available.
    """
    if not run.base:
        return
    check_targets(run, run.targets, ())
    check_targets(run, run.excludes, ())
    steps: list[RefreshStep] = []
    for state in _wanted(run):
        run.ensure_provider(state.provider)
        steps.append(RefreshStep(state))
    executor = Executor(run, lenient=True)
    executor.each(steps)
    rebuild(run, steps)
    if executor.saw_error:
        raise BailError("refresh failed")


def _wanted(run: Run) -> list[ResourceState]:
    """The records that the operation refreshes."""
    options = run.options
    wanted: list[ResourceState] = []
    if run.excludes.constrained:
        excluded = run.excludes.copy()
        for state in run.base:
            if state.urn in excluded:
                continue
            if options.exclude_dependents and any(urn in excluded for _, urn, _ in dependencies_of(state)):
                excluded.add(state.urn)
                continue
            wanted.append(state)
        return wanted
    targets = run.targets.copy()
    for state in run.base:
        if state.urn in targets:
            wanted.append(state)
        elif options.target_dependents and any(urn in targets for _, urn, _ in dependencies_of(state)):
            targets.add(state.urn)
            wanted.append(state)
    return wanted


def rebuild(run: Run, steps: list[RefreshStep]) -> None:
    """Makes what the refresh found the base of the operation; references to resources that are gone are dropped."""
    found = {id(step.before): step.new for step in steps if step.finished}
    resources: list[ResourceState] = []
    for state in run.base:
        new = found.get(id(state), state)
        if new is not None:
            resources.append(new)
    changed = repair(resources)
    if run.store is not None:
        run.store.rewrite(changed)
    run.rebase(resources)


def check_targets(run: Run, targets: UrnMatcher, news: object) -> None:
    """Sees to it that every target names a resource.

    Args:
        run: the operation.
        targets: literal URNs and patterns; only the former are looked at.
        news: container of URNs that the program registered.

    Raises:
        BailError: one does not, and the user was told.
    """
    missing = False
    for urn in targets.literals:
        if urn in run.all_olds or (isinstance(news, (dict, set, tuple)) and urn in news):
            continue
        missing = True
        hint = "" if "$" in urn else " Did you forget to escape $ in your shell?"
        run.report.error(f"Target '{urn}' could not be found in the stack.{hint}")
    if missing:
        raise BailError("one or more targets could not be found in the stack")
