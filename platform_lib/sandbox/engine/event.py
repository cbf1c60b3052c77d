"""What the engine tells while it works: the stock engine's events as plain data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.policy import PolicyFinding
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.protocol import PropertyDiff

Operation = Literal["preview", "up", "refresh", "refresh-preview", "destroy", "destroy-preview", "import"]
"""What is asked of the engine."""

StepKind = str
"""The stock engine's step kinds: same create update delete replace create-replacement delete-replaced read
read-replacement refresh discard discard-replaced remove-pending-replace import import-replacement."""


@dataclass(frozen=True, slots=True)
class StateView:
    """A resource as an event shows it; secrets are still marked, whoever prints must redact them."""

    type: str
    urn: str
    custom: bool
    id: str
    inputs: Properties
    outputs: Properties
    parent: str = ""
    provider: str = ""
    protect: bool = False
    retain_on_delete: bool = False
    init_errors: Sequence[str] = ()
    delete: bool = False
    external: bool = False


@dataclass(frozen=True, slots=True)
class StepEvent:
    """A step starts (``pre``), ended well (``outputs``) or failed (``failed``)."""

    phase: Literal["pre", "outputs", "failed"]
    op: StepKind
    urn: str
    type: str
    old: StateView | None = None
    new: StateView | None = None
    keys: Sequence[str] = ()
    diffs: Sequence[str] = ()
    detailed_diff: Mapping[str, PropertyDiff] | None = None
    logical: bool = True


@dataclass(frozen=True, slots=True)
class DiagnosticEvent:
    """A message about a resource, or about the run where ``urn`` is empty."""

    severity: Literal["debug", "info", "info#err", "warning", "error"]
    message: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class PolicyEvent:
    """A finding of the policy evaluator, as soon as it is known."""

    finding: PolicyFinding


@dataclass(frozen=True, slots=True)
class PreludeEvent:
    """The operation starts: configuration as shown to users (secrets as ``[secret]``)."""

    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SummaryEvent:
    """The operation is over: steps counted as the stock CLI counts them."""

    changes: Mapping[str, int]
    seconds: float = 0.0
    maybe_corrupt: bool = False


@dataclass(frozen=True, slots=True)
class CancelEvent:
    """End of the stream."""


Event = StepEvent | DiagnosticEvent | PolicyEvent | PreludeEvent | SummaryEvent | CancelEvent
EventSink = Callable[[Event], Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation came to.

    Attributes:
        exit_code: the stock CLI's: 0 done, 1 failed, 8 interrupted twice.
        changes: steps by kind, as the summary counts them.
        outputs: the stack's outputs (secrets marked).
        findings: every finding of the policy evaluator.
        diagnostics: messages in order.
        error: the exception that ended the program, where one did.
        records: what the operation made, confirmed or read; of a preview, what it would be.
    """

    exit_code: int
    changes: Mapping[str, int]
    outputs: Properties
    findings: Sequence[PolicyFinding] = ()
    diagnostics: Sequence[DiagnosticEvent] = ()
    error: BaseException | None = field(default=None, compare=False)
    records: Sequence[ResourceState] = field(default=(), repr=False)
