"""What the engine tells its user: events in order, messages, and the count of changes."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Literal

from platform_lib.core.values import Properties, Secret, Value
from platform_lib.sandbox.engine import path as paths
from platform_lib.sandbox.engine.event import (
    CancelEvent,
    DiagnosticEvent,
    Event,
    EventSink,
    PolicyEvent,
    PreludeEvent,
    StateView,
    StepEvent,
    SummaryEvent,
)
from platform_lib.sandbox.engine.policy import PolicyFinding
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.target import Target
from platform_lib.sandbox.engine.urn import is_default_provider

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.step import Step

Severity = Literal["debug", "info", "info#err", "warning", "error"]
_SHORTEST_SECRET = 3
"""Shorter secrets are not searched for in messages: they would blank out half of every text."""


def view(state: ResourceState | None, secrets: Sequence[str] = ()) -> StateView | None:
    """A record as events show it; secret configuration values are blanked out wherever they stand in its properties."""
    if state is None:
        return None
    if secrets:
        state = copy(state)
        state.inputs, state.outputs = _blanked(state.inputs, secrets), _blanked(state.outputs, secrets)
    return StateView(
        state.type,
        state.urn,
        state.custom,
        state.id,
        state.inputs,
        state.outputs,
        state.parent,
        state.provider,
        state.protect,
        state.retain_on_delete,
        state.init_errors,
        state.delete,
        state.external,
    )


def _blanked(value: Value, secrets: Sequence[str]) -> Value:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "[secret]")
        return value
    if isinstance(value, dict):
        return {key: _blanked(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_blanked(item, secrets) for item in value]
    return value


class Reporter:
    """Sends events to the sink, in the order in which things happen, and keeps what the result tells.

    Args:
        target: the stack; its secret configuration values are blanked out of every message.
        sink: receives events; None for nobody.
        preview: whether nothing is really done.
        refresh_only: the operation is a refresh, whose steps count as what they found.
        refreshing: the operation refreshes at all.
    """

    def __init__(
        self, target: Target, sink: EventSink | None, *, preview: bool, refresh_only: bool, refreshing: bool
    ) -> None:
        self._sink = sink
        self._target = target
        self._preview = preview
        self._refresh_only = refresh_only
        self._refreshing = refreshing
        self._lock = threading.Lock()
        self._secrets = [
            value.value for value in target.config.values() if value.secret and len(value.value) >= _SHORTEST_SECRET
        ]
        self._started = time.monotonic()
        self.sending = 0
        """The thread that is in the sink; what it prints is the display's own output, not the program's."""
        self.changes: Counter[str] = Counter()
        self.diagnostics: list[DiagnosticEvent] = []
        self.findings: list[PolicyFinding] = []

    def _send(self, event: Event) -> None:
        if self._sink is not None:
            with self._lock:
                self.sending = threading.get_ident()
                try:
                    self._sink(event)
                finally:
                    self.sending = 0

    def prelude(self) -> None:
        """The operation starts."""
        config = {key: "[secret]" if value.secret else value.value for key, value in self._target.config.items()}
        self._send(PreludeEvent(config))

    def summary(self) -> None:
        """The steps are over."""
        self._send(SummaryEvent(dict(self.changes), time.monotonic() - self._started))

    def close(self) -> None:
        """End of the stream."""
        self._send(CancelEvent())

    def diagnostic(self, severity: Severity, message: str, urn: str = "") -> None:
        """A message, without its final line end; secrets of the configuration are blanked out."""
        for secret in self._secrets:
            message = message.replace(secret, "[secret]")
        event = DiagnosticEvent(severity, message, urn)
        self.diagnostics.append(event)
        self._send(event)

    def error(self, message: str, urn: str = "") -> None:
        """An error message."""
        self.diagnostic("error", message, urn)

    def warning(self, message: str, urn: str = "") -> None:
        """A warning."""
        self.diagnostic("warning", message, urn)

    def finding(self, finding: PolicyFinding) -> None:
        """A policy's finding."""
        self.findings.append(finding)
        self._send(PolicyEvent(finding))

    def _step(self, phase: Literal["pre", "outputs", "failed"], op: str, step: "Step") -> None:
        if self._sink is None:
            return
        self._send(
            StepEvent(
                phase,
                op,
                step.urn,
                step.state.type,
                view(step.old, self._secrets),
                view(step.new, self._secrets),
                step.keys,
                step.diffs,
                step.detailed,
                step.logical,
            )
        )

    def started(self, step: "Step") -> None:
        """A step starts."""
        self._step("pre", step.op, step)

    def failed(self, step: "Step", message: str) -> None:
        """A step failed."""
        urn = "" if internal(step) else step.urn
        if self._preview:
            self.error(f"Preview failed: {message}", urn)
        else:
            self.error(message, urn)
            self._step("failed", step.op, step)

    def succeeded(self, step: "Step") -> None:
        """A step ended well; outputs of components wait until they are registered, except in a preview."""
        op, counted = step.op, step.logical
        if self._refresh_only and op == "refresh":
            op, counted = step.outcome, True
        if op == "read":
            counted = step.changed
        if counted and not internal(step):
            self.changes[op] += 1
        shown = step.state.custom or step.op == "delete" or (self._refreshing and step.op == "refresh")
        if self._preview or shown:
            self._step("outputs", op, step)

    def outputs(self, step: "Step") -> None:
        """A component or the stack has its outputs."""
        self._step("outputs", step.op, step)


def internal(step: "Step") -> bool:
    """Whether a step is none of the user's business: default providers, bookkeeping."""
    return step.internal or step.op == "remove-pending-replace" or is_default_provider(step.urn)


def show(value: Value) -> str:
    """A value as the stock engine's messages show it, in braces; secrets are never shown."""
    if isinstance(value, Secret):
        return "[secret]"
    return f"{{{_text(value)}}}"


def show_at(inputs: Properties, property_: str) -> str:
    """The value that a provider's complaint is about, in the same way: that of the key, or the one at the path."""
    if property_ in inputs:
        return show(inputs[property_])
    try:
        path = paths.parse(property_)
    except paths.PathError:
        return show(None)
    outer = inputs.get(str(path[0])) if path else None
    return show(outer) if isinstance(outer, Secret) else show(paths.get(path, inputs)[0])


def _text(value: Value) -> str:
    if isinstance(value, Secret):
        return "[secret]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{show(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(show(item) for item in value) + "]"
    if isinstance(value, (str, int)):
        return str(value)
    return "unknown"
