"""What a step is: a change of one resource, how it is recorded and answered, and how it is tried again."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from platform_lib.core.errors import PlatformError
from platform_lib.sandbox.engine.failure import StepError
from platform_lib.sandbox.engine.goal import ReadRequest, Registration
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.store import StateStore
from platform_lib.sandbox.protocol import InitializationError, PropertyDiff, ProviderError

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.run import Run

MAX_RETRIES = 100
"""How often an error hook may ask for another try."""

_Result = TypeVar("_Result")


class Step(ABC):
    """One change of one resource.

    Attributes:
        op: the stock engine's name of the step kind.
        old: the record before; None where there was none.
        new: the record afterwards; None where there is none.
        keys: properties that force the replacement.
        diffs: properties that differ.
        detailed: differences by path; None where the provider gave none.
        logical: part of what users count; the halves of a replacement are not.
        internal: not shown to users.
        untargeted: only there since the operation is limited to targets that do not include it.
    """

    op: str = ""
    internal = False
    untargeted = False

    def __init__(
        self,
        old: ResourceState | None,
        new: ResourceState | None,
        registration: Registration | ReadRequest | None = None,
        *,
        keys: Sequence[str] = (),
        diffs: Sequence[str] = (),
        detailed: Mapping[str, PropertyDiff] | None = None,
        logical: bool = True,
    ) -> None:
        self.old = old
        self.new = new
        self.registration = registration
        self.keys = keys
        self.diffs = diffs
        self.detailed = detailed
        self.logical = logical

    @property
    def state(self) -> ResourceState:
        """The record that the step is about: the new one where there is one."""
        state = self.new if self.new is not None else self.old
        if state is None:
            raise StepError(f"step {self.op}: neither an old nor a new record")
        return state

    @property
    def urn(self) -> str:
        """URN of the resource."""
        return self.state.urn

    @property
    def outcome(self) -> str:
        """For refreshes: what was found, as a step kind."""
        return self.op

    @property
    def changed(self) -> bool:
        """For reads: whether another state was read than the one that was known."""
        return True

    @abstractmethod
    def begin(self, store: StateStore) -> int:
        """Tells the store that the step starts; the number of the operation, 0 if it cannot be interrupted."""

    @abstractmethod
    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Tells the store how the step ended; ``kept`` when its record is to be kept."""

    @abstractmethod
    def apply(self, run: "Run") -> None:
        """Does it.

        Raises:
            StepError: it failed.
            PlatformError: it failed; there is nothing to keep.
            ProviderError: the provider failed.
        """

    def complete(self) -> None:
        """The step is recorded: whoever waits for it may go on."""
        if self.registration is not None and self.new is not None:
            self.registration.done(self.new)

    def fail(self) -> None:
        """The step failed, and the operation goes on."""
        if self.registration is not None and self.new is not None:
            self.registration.done(self.new, "failed")

    def skip(self) -> None:
        """The step is left out, since one that it depends on failed."""
        if self.registration is not None and self.new is not None:
            self.registration.done(self.new, "skipped")


def retried(
    run: "Run", new: ResourceState, old: ResourceState | None, what: str, operation: Callable[[], _Result]
) -> _Result:
    """Does an operation, again and again as long as it fails and an error hook of the resource asks for it.

    Raises:
        ProviderError: the last failure; an ``InitializationError`` where the resource exists.
        StepError: an error hook failed, or asked too often.
    """
    failures: list[str] = []
    while True:
        try:
            return operation()
        except (ProviderError, PlatformError) as error:
            text = init_failure(error) if isinstance(error, InitializationError) else str(error)
            failures.insert(0, text)
            if not new.hooks.get("OnError"):
                raise
            if len(failures) >= MAX_RETRIES:
                run.report.warning(f"maximum number of error hook retries ({MAX_RETRIES}) reached", new.urn)
                raise StepError("maximum number of error hook retries reached") from error
            if not run.hooks.on_error(new, old, what, failures):
                raise
            run.report.warning(f"retrying {what} due to on-error hook request ({len(failures)}/{MAX_RETRIES})", new.urn)


def init_failure(error: InitializationError) -> str:
    """The reasons of a failed initialisation as the stock engine lists them."""
    if not error.reasons:
        return "resource init failed"
    many = len(error.reasons)
    head = "1 error occurred:" if many == 1 else f"{many} errors occurred:"
    return "\n\t* ".join([head, *error.reasons]) + "\n\n"


def quoted(urn: str) -> str:
    """A URN quoted for a POSIX shell, as the stock engine's hints have it."""
    return f"'{urn}'"
