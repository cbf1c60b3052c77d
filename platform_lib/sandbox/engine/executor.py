"""Executes steps: announces, applies, records and answers them, and stops when one fails."""

from collections.abc import Sequence

from platform_lib.core.errors import PlatformError
from platform_lib.core.values import Properties, Secret
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.failure import ProtectedError, StepError
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.snapshot import dependencies_of
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step, init_failure
from platform_lib.sandbox.engine.steps import CreateStep, SameStep, UpdateStep
from platform_lib.sandbox.protocol import InitializationError, ProviderError


class Executor:
    """Runs chains of steps, one step at a time.

    Args:
        run: the operation.
        lenient: failed steps do not stop the others, nor are they skipped (refreshes, imports).
    """

    def __init__(self, run: Run, *, lenient: bool = False) -> None:
        self.run = run
        self.lenient = lenient
        self.errored: list[Step] = []
        self.saw_error = False
        self.first_error = ""
        self._registered: dict[str, Step] = {}
        self._skipped: set[str] = set()
        self.stack_outputs: tuple[str, Properties] | None = None

    def chain(self, steps: Sequence[Step]) -> None:
        """Executes steps that have to come one after the other; those after a failed one are left out."""
        skipped = self._skipped
        if self.errored:
            skipped.update(step.urn for step in self.errored)
        for step in steps:
            if skipped and any(urn in skipped for _, urn, _ in dependencies_of(step.state)):
                step.skip()
                skipped.add(step.urn)
                continue
            if self.run.stopped or not self._execute(step):
                return

    def each(self, steps: Sequence[Step]) -> None:
        """Executes steps that do not depend on each other."""
        for step in steps:
            if self.run.stopped:
                return
            self._execute(step)

    def _execute(self, step: Step) -> bool:
        run = self.run
        run.report.started(step)
        store = run.store
        operation = step.begin(store) if store is not None else 0
        failure: Exception | None = None
        partial = False
        try:
            step.apply(run)
        except StepError as error:
            failure, partial = error, error.partial
        except (ProviderError, PlatformError) as error:
            failure = error
        if step.new is not None and step.op != "replace" and (failure is None or partial):
            self._settle(step, step.new)
        if failure is None:
            if step.logical and step.new is not None:
                self._registered[step.urn] = step
            run.report.succeeded(step)
        else:
            text = init_failure(failure) if isinstance(failure, InitializationError) else str(failure)
            run.report.failed(step, text)
        if store is not None:
            step.end(store, operation, kept=failure is None or partial)
        if failure is not None:
            self._fail(step, failure)
            return False
        step.complete()
        if run.hooks.failed and not run.options.continue_on_error:
            run.failed = True
        return True

    def _settle(self, step: Step, new: ResourceState) -> None:
        """Marks secrets among the outputs, and makes the record known to whoever refers to the resource."""
        outputs = new.outputs
        new.outputs = _with_secrets(new, self.run)
        if step.old is not None and step.old.outputs is outputs:
            step.old.outputs = new.outputs  # the same outputs: what is secret now was so before
        if step.op == "refresh":
            return
        if step.op in {"read", "read-replacement"}:
            self.run.reads[new.urn] = new
        else:
            self.run.news[new.urn] = new

    def _fail(self, step: Step, failure: Exception) -> None:
        self.saw_error = True
        self.first_error = self.first_error or str(failure)
        if self.lenient:
            return
        if self.run.options.continue_on_error or isinstance(failure, ProtectedError):
            step.fail()
            self.errored.append(step)
        else:
            self.run.failed = True

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """A component has its outputs; those of the stack wait for the end.

        Raises:
            StepError: no such resource was registered, or it has its outputs already.
        """
        if urns.qualified_type(urn) == urns.STACK_TYPE:
            self.stack_outputs = (urn, outputs)
            return
        self._finish_outputs(urn, outputs)

    def finish_stack(self, *, errored: bool) -> None:
        """Sets the stack's outputs; after an error the old ones stay where there is no new one."""
        if self.stack_outputs is None:
            return
        urn, outputs = self.stack_outputs
        old = self.run.olds.get(urn)
        if errored and old is not None:
            outputs = {**old.outputs, **outputs}
        self._finish_outputs(urn, outputs)

    def _finish_outputs(self, urn: str, outputs: Properties) -> None:
        run = self.run
        step = self._registered.pop(urn, None)
        if step is None or step.new is None:
            raise StepError(f"cannot complete a resource '{urn}' whose registration isn't pending")
        if isinstance(step, SameStep) and step.skipped_create:
            return
        new, old = step.new, step.old
        new.outputs = outputs
        if not new.custom and isinstance(step, CreateStep):
            run.hooks.after("AfterCreate", new, new_inputs=new.inputs, new_outputs=outputs)
        elif not new.custom and isinstance(step, UpdateStep) and old is not None:
            run.hooks.after(
                "AfterUpdate",
                new,
                old=old,
                new_inputs=new.inputs,
                old_inputs=old.inputs,
                new_outputs=outputs,
                old_outputs=old.outputs,
            )
        run.report.outputs(step)
        if run.store is not None:
            run.store.finish(0, changed=new)
        if run.hooks.failed and not run.options.continue_on_error:
            run.failed = True


def _with_secrets(state: ResourceState, run: Run) -> Properties:
    """The outputs, secret where the program says so or where the input of the same name is."""
    outputs = state.outputs
    wanted = [key for key in state.additional_secret_outputs if key in outputs]
    wanted += [key for key, value in state.inputs.items() if isinstance(value, Secret) and key in outputs]
    if "id" in state.additional_secret_outputs:
        run.report.warning(
            "The 'id' property cannot be made secret. See pulumi/pulumi#2717 for more details.", state.urn
        )
        wanted = [key for key in wanted if key != "id"]
    wanted = [key for key in wanted if not isinstance(outputs[key], Secret)]
    if not wanted:
        return outputs
    return outputs | {key: Secret(outputs[key]) for key in wanted}
