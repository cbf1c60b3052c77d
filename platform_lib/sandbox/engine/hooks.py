"""Resource hooks: functions of the program that the engine calls around its steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.core.values import Properties
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.failure import StepError
from platform_lib.sandbox.engine.report import Reporter
from platform_lib.sandbox.engine.state import ResourceState

Invoke = Callable[[str, bytes], bytes]
"""Calls a callback of the program by its token."""


class CallbackError(Exception):
    """A callback of the program raised; the text is what the SDK makes of it."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A registered hook.

    Attributes:
        token: of the callback.
        on_dry_run: called in previews too.
        ignore_errors: a failure is only a warning.
    """

    token: str
    on_dry_run: bool = False
    ignore_errors: bool = False


class Hooks:
    """Calls hooks by the names that resources carry.

    Args:
        report: for warnings and errors of hooks.
        preview: whether nothing is really done; most hooks are then left out.
    """

    def __init__(self, report: Reporter, *, preview: bool) -> None:
        self._report = report
        self._preview = preview
        self._hooks: dict[str, Hook] = {}
        self._error_hooks: dict[str, Hook] = {}
        self.invoke: Invoke | None = None
        self.failed: list[str] = []

    def register(self, name: str, hook: Hook) -> None:
        """Takes a hook.

        Raises:
            StepError: the name is taken.
        """
        if name in self._hooks:
            raise StepError(f'resource hook already registered for name "{name}"')
        self._hooks[name] = hook

    def register_error_hook(self, name: str, hook: Hook) -> None:
        """Takes a hook that is asked when an operation fails.

        Raises:
            StepError: the name is taken.
        """
        if name in self._error_hooks:
            raise StepError(f'error hook already registered for name "{name}"')
        self._error_hooks[name] = hook

    def run(
        self,
        kind: str,
        state: ResourceState,
        *,
        old: ResourceState | None = None,  # noqa: ARG002 - the record is what hooks may get the options of
        new_inputs: Properties | None = None,
        old_inputs: Properties | None = None,
        new_outputs: Properties | None = None,
        old_outputs: Properties | None = None,
    ) -> None:
        """Calls the hooks of a kind (``BeforeCreate``, ...) that a resource has.

        Raises:
            StepError: a hook failed, or is not registered.
        """
        for name in state.hooks.get(kind, ()):
            hook = self._hooks.get(name)
            if hook is None:
                raise StepError(f'hook "{name}" was not registered')
            if self._preview and not hook.on_dry_run:
                continue
            error = self._call(hook, state, new_inputs, old_inputs, new_outputs, old_outputs)
            if not error:
                continue
            if not hook.ignore_errors:
                when = "before" if kind.startswith("Before") else "after"
                raise StepError(f'{when} hook "{name}" failed: {error}')
            self._report.warning(f'{kind} hook "{name}" failed: {error}', state.urn)

    def after(self, kind: str, state: ResourceState, **values: Any) -> None:
        """Calls hooks after a step that is done already: a failure fails the operation and not the step."""
        if not state.hooks:
            return
        try:
            self.run(kind, state, **values)
        except StepError as error:
            self._report.error(str(error), state.urn)
            self.failed.append(str(error))

    def _call(
        self,
        hook: Hook,
        state: ResourceState,
        new_inputs: Properties | None,
        old_inputs: Properties | None,
        new_outputs: Properties | None,
        old_outputs: Properties | None,
    ) -> str:
        """Calls one hook; its error text, empty when it went well."""
        from pulumi.runtime.proto import resource_pb2

        request = resource_pb2.ResourceHookRequest(
            urn=state.urn, id=state.id, name=urns.name_of(state.urn), type=state.type
        )
        for target, values in (
            (request.new_inputs, new_inputs),
            (request.old_inputs, old_inputs),
            (request.new_outputs, new_outputs),
            (request.old_outputs, old_outputs),
        ):
            if values is not None:
                target.CopyFrom(wire.encode(values))
        try:
            answer = self._invoke(hook.token, request.SerializeToString())
        except CallbackError as error:
            return str(error)
        return str(resource_pb2.ResourceHookResponse.FromString(answer).error)

    def on_error(self, state: ResourceState, old: ResourceState | None, what: str, failures: Sequence[str]) -> bool:
        """Asks the error hooks of a resource whether to try again.

        Raises:
            StepError: a hook failed, or is not registered.
        """
        from pulumi.runtime.proto import resource_pb2

        again = False
        for name in state.hooks.get("OnError", ()):
            hook = self._error_hooks.get(name)
            if hook is None:
                raise StepError(f'error hooks execution failed: error hook "{name}" was not registered')
            request = resource_pb2.ErrorHookRequest(
                urn=state.urn,
                id=state.id,
                name=urns.name_of(state.urn),
                type=state.type,
                failed_operation=what,
                errors=list(failures),
            )
            if what != "delete":
                request.new_inputs.CopyFrom(wire.encode(state.inputs))
            if old is not None:
                request.old_inputs.CopyFrom(wire.encode(old.inputs))
                request.old_outputs.CopyFrom(wire.encode(old.outputs))
            try:
                answer = resource_pb2.ErrorHookResponse.FromString(
                    self._invoke(hook.token, request.SerializeToString())
                )
                problem = answer.error
            except CallbackError as error:
                raise StepError(f'error hooks execution failed: error hook "{name}" failed: {error}') from error
            if problem:
                raise StepError(f'error hooks execution failed: error hook "{name}" failed: {problem}')
            again = again or answer.retry
        return again

    def _invoke(self, token: str, request: bytes) -> bytes:
        if self.invoke is None:
            raise CallbackError("the program is not running")
        return self.invoke(token, request)
