"""Importing: takes resources that exist already into the state, from a program (``import_``) or from a list."""

from collections.abc import Sequence
from copy import copy

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.defaults import default_name, package_config
from platform_lib.sandbox.engine.diff import ignore_changes
from platform_lib.sandbox.engine.executor import Executor
from platform_lib.sandbox.engine.failure import BailError, StepError
from platform_lib.sandbox.engine.goal import Goal, Registration
from platform_lib.sandbox.engine.registry import VERSION
from platform_lib.sandbox.engine.report import show_at
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.snapshot import duplicate
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step
from platform_lib.sandbox.engine.steps import CreateStep, SameStep
from platform_lib.sandbox.engine.store import StateStore
from platform_lib.sandbox.engine.target import ImportSpec
from platform_lib.sandbox.protocol import InitializationError, ProviderError


class ImportStep(Step):
    """Reads a resource by its id and makes a record of it.

    Args:
        new: the record to fill.
        registration: the program's registration; None when the import was planned (``pulumi import``).
        original: the record of the resource that is replaced by the imported one.
        ignore_changes: paths whose values are taken as they are in the cloud.
        keep: for planned imports: the inputs to keep, all when empty.
    """

    def __init__(
        self,
        new: ResourceState,
        registration: Registration | None,
        *,
        original: ResourceState | None = None,
        ignore_changes: Sequence[str] = (),
        keep: Sequence[str] = (),
    ) -> None:
        super().__init__(None, new, registration, logical=original is None)
        self.op = "import" if original is None else "import-replacement"
        self.imported = new
        self.original = original
        self.ignore_changes = ignore_changes
        self.keep = keep
        self.finished = False

    def begin(self, store: StateStore) -> int:
        """An import is pending."""
        return store.begin("importing", self.imported)

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Adds the record; the one that it replaces waits for its deletion."""
        if kept:
            store.finish(operation, add=self.imported, changed=self.original)
        else:
            store.finish(operation)

    def complete(self) -> None:
        """The record is made; a program's registration is answered once it was compared."""
        self.finished = True

    def apply(self, run: Run) -> None:
        """Has the provider read it."""
        new = self.imported
        planned = self.registration is None
        if planned:
            if new.urn in run.olds:
                raise StepError(f"resource '{new.urn}' already exists")
            if urns.qualified_type(new.parent) != urns.STACK_TYPE and new.parent not in run.news:
                raise StepError(f"unknown parent '{new.parent}' for resource '{new.urn}'")
        if new.custom:
            provider = run.provider_of(new)
            try:
                result = provider.read(new.urn, new.import_id, {}, {})
                if result is None or not result.id:
                    raise StepError(f"resource '{new.import_id}' does not exist")
                new.id, new.inputs, new.outputs = result.id, result.inputs, result.outputs
            except InitializationError as error:
                new.init_errors = list(error.reasons)
                new.id, new.inputs, new.outputs = error.id or new.import_id, error.inputs, error.outputs
        self.old = copy(new)
        self.old.aliases, self.old.additional_secret_outputs = [], []
        self.old.created = self.old.modified = ""
        new.created = new.modified = run.now()
        if not new.custom:
            return
        if planned:
            self._check(run)
            return
        new.inputs, unfit = ignore_changes(dict(new.inputs), self.old.inputs, self.ignore_changes)
        if unfit:
            paths = ", ".join(unfit)
            run.report.diagnostic(
                "info", f'cannot ignore changes in added or removed elements of the path: "{paths}"', new.urn
            )
        if self.original is not None:
            self.original.delete = True

    def _check(self, run: Run) -> None:
        """For planned imports: the inputs that are kept, and what the provider thinks of them."""
        new, old = self.imported, self.old
        if old is None:
            return
        new.import_id = ""
        new.inputs = dict(old.inputs)
        result = run.provider_of(new).check(new.urn, old.inputs, new.inputs, run.seed(new.urn), None)
        if not result.failures:
            return
        if self.keep:
            hint = "Try specifying a different set of properties to import with in the future."
        else:
            package = urns.provider_package(urns.type_of(urns.reference_urn(new.provider)))
            hint = f"This is almost certainly a bug in the `{package}` provider."
        run.report.warning(
            f"One or more imported inputs failed to validate. {hint} The import will still proceed, but you will need "
            "to edit the generated code after copying it into your program.",
            new.urn,
        )
        for failure in result.failures:
            head = f"{new.type} resource '{urns.name_of(new.urn)}'"
            if failure.property:
                value = show_at(new.inputs, failure.property)
                head = f"{head}: property {failure.property} value {value}"
            run.report.warning(f"{head} has a problem: {failure.reason}", new.urn)


class Importer:
    """Imports the resources of an import operation.

    Args:
        run: the operation.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._executor = Executor(run, lenient=True)

    def execute(self) -> None:
        """Imports everything.

        Raises:
            BailError: something could not be imported, and the user was told.
            EngineError: the list does not fit the stack.
        """
        run = self._run
        for old in list(run.olds.values()):
            new = duplicate(old)
            new.id = ""
            run.goals[old.urn] = Goal(old.type, urns.name_of(old.urn), old.custom, {})
            self._do([SameStep(old, new)])
        stack, created = self._stack()
        references = self._providers()
        self._import(stack, references)
        if created:
            self._executor.register_outputs(stack, {})
            self._executor.finish_stack(errored=False)

    def _do(self, steps: Sequence[Step]) -> None:
        self._executor.chain(steps)
        self._refuse_failed()

    def _refuse_failed(self) -> None:
        if self._executor.saw_error:
            raise StepError(f"step application failed: {self._executor.first_error}")
        if self._run.cancelled:
            raise BailError("import cancelled")

    def _stack(self) -> tuple[str, bool]:
        """The URN of the stack's resource, and whether it had to be made."""
        run = self._run
        for state in run.base:
            if state.type == urns.STACK_TYPE and not state.parent:
                return state.urn, False
        name = f"{run.target.project}-{run.target.stack}"
        state = ResourceState(run.urn("", urns.STACK_TYPE, name), urns.STACK_TYPE, custom=False)
        self._do([CreateStep(state, None)])
        return state.urn, True

    def _providers(self) -> dict[str, str]:
        """The references of the providers that the imports need, by URN; default ones are made."""
        run = self._run
        references: dict[str, str] = {}
        wanted: dict[str, ImportSpec] = {}
        for spec in run.options.imports:
            if spec.remote:
                raise EngineError(f"import '{spec.name}': remote components are not supported; import their children")
            if spec.component:
                if spec.id:
                    raise EngineError(f"import {spec.name} cannot specify an ID as it's a component")
                continue
            if spec.type.count(":") != 2:
                raise EngineError(
                    f'import type "{spec.type}" is not a valid resource type token. Type tokens must be of the format '
                    "<package>:<module>:<type> - refer to the import section of the provider resource documentation."
                )
            urn = self._provider_urn(spec)
            if urn in run.olds:
                references[urn] = f"{urn}::{run.olds[urn].id}"
            elif spec.provider:
                raise EngineError(
                    f"import '{spec.name}': provider {spec.provider} is not in the stack; name one that is"
                )
            else:
                wanted[urn] = spec
        for urn, spec in sorted(wanted.items()):
            package = urns.package_of(spec.type)
            inputs = package_config(run.target, package)
            if spec.version:
                inputs[VERSION] = spec.version
            try:
                result = run.registry.check(urn, {}, inputs, b"", None)
            except ProviderError as error:
                raise EngineError(f"failed to validate provider config: {error}") from error
            if result.failures:
                reasons = "; ".join(f"{failure.property}: {failure.reason}" for failure in result.failures)
                raise EngineError(f"provider check failed: {reasons}")
            state = ResourceState(urn, urns.type_of(urn), custom=True, inputs=inputs)
            run.goals[urn] = Goal(state.type, urns.name_of(urn), True, {})
            self._do([CreateStep(state, None)])
            references[urn] = f"{urn}::{state.id}"
        return references

    def _provider_urn(self, spec: ImportSpec) -> str:
        if spec.provider:
            known = spec.provider.rpartition("::")[0]
            return spec.provider if spec.provider in self._run.olds else known or spec.provider
        package = urns.package_of(spec.type)
        return self._run.urn("", urns.PROVIDER_PREFIX + package, default_name(spec.version))

    def _import(self, stack: str, references: dict[str, str]) -> None:
        run = self._run
        steps: dict[str, ImportStep] = {}
        for spec in run.options.imports:
            parent = spec.parent or stack
            urn = run.urn(parent, spec.type, spec.name)
            if urn in steps:
                raise EngineError(f"duplicate import '{spec.name}' of type '{spec.type}'")
            old = run.olds.get(urn)
            if old is not None and (old.import_id or old.id) == spec.id:
                continue
            new = ResourceState(
                urn=urn,
                type=spec.type,
                custom=not spec.component,
                parent=parent,
                provider="" if spec.component else references[self._provider_urn(spec)],
                protect=run.options.import_protect,
                import_id=spec.id,
            )
            run.goals[urn] = Goal(spec.type, spec.name, new.custom, {})
            steps[urn] = ImportStep(new, None, keep=spec.properties)
        waiting = dict(steps)
        while waiting and not run.stopped:
            ready = [step for step in waiting.values() if step.imported.parent not in waiting]
            if not ready:
                raise EngineError("imports: parents form a circle; give each resource a parent that comes before it")
            for step in ready:
                del waiting[step.urn]
            self._executor.each(ready)
            self._refuse_failed()
