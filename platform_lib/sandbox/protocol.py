"""What the engine asks of a provider, and what it asks of whoever hands out providers.

The methods are those of Pulumi's resource provider protocol (``proto/pulumi/provider.proto``) in plain Python: the
sandbox cloud implements them, tests plug in providers of their own, and the gRPC server offers them to the stock CLI.
Values are those of ``platform_lib.core.values``; secrets and unknowns arrive as markers, and a provider may answer with
both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from platform_lib.core.values import Properties

DiffKind = Literal["add", "add-replace", "delete", "delete-replace", "update", "update-replace"]


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """An input that the provider refuses: the property path (may be empty) and why."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Inputs as the provider takes them (defaults and automatic names filled in), or why it does not."""

    inputs: Properties
    failures: Sequence[CheckFailure] = ()


@dataclass(frozen=True, slots=True)
class PropertyDiff:
    """How one property path differs.

    Attributes:
        kind: what happens to it, and whether that forces a replacement.
        input_diff: the difference is between old and new inputs (else: old state and new inputs).
        inferred: the replacement rests on an inferred fact, not on a provider's own answer.
    """

    kind: DiffKind
    input_diff: bool = True
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class DiffResult:
    """The provider's answer to Diff.

    Attributes:
        changes: ``some``, ``none``, or ``unknown`` where the provider cannot say (the engine then compares inputs).
        replaces: top-level properties that force a replacement.
        stables: properties that an update never changes.
        diffs: top-level properties that differ.
        detailed: property path to difference; None where the provider gives no detail (legacy answer).
        delete_before_replace: the old resource has to go first.
    """

    changes: Literal["some", "none", "unknown"]
    replaces: Sequence[str] = ()
    stables: Sequence[str] = ()
    diffs: Sequence[str] = ()
    detailed: dict[str, PropertyDiff] | None = None
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True)
class CreateResult:
    """The new resource: its id (empty in a preview) and outputs."""

    id: str
    outputs: Properties


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A resource as it is in the cloud; ``id`` is empty when it does not exist."""

    id: str
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """The answer of a look-up, or the arguments that it refuses."""

    outputs: Properties
    failures: Sequence[CheckFailure] = ()


@dataclass(frozen=True, slots=True)
class Autonaming:
    """The engine's proposal for an automatic name (``pulumi:autonaming``).

    Attributes:
        proposed: the proposed name.
        mode: ``propose`` (the provider may adjust it), ``enforce`` (it may not), ``disable`` (no automatic names).
    """

    proposed: str
    mode: Literal["propose", "enforce", "disable"]


class ProviderError(Exception):
    """The provider failed; the text is shown on the resource."""


class InitializationError(ProviderError):
    """The resource was made (or updated) but did not get ready: it is in the state, with these reasons.

    Attributes:
        id: of the resource.
        outputs: as far as known.
        inputs: as the provider took them.
        reasons: why it is not ready.
    """

    def __init__(
        self, message: str, *, id: str, outputs: Properties, inputs: Properties, reasons: Sequence[str]
    ) -> None:
        self.id = id
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = tuple(reasons)
        super().__init__(message)


class Provider(Protocol):
    """One instance of a provider: default or explicit, with its own configuration."""

    def check_config(self, urn: str, olds: Properties, news: Properties) -> CheckResult:
        """Validates the configuration of the instance."""

    def diff_config(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compares two configurations; a replacement replaces every resource of the instance."""

    def configure(self, urn: str, id: str, inputs: Properties) -> None:
        """Takes the configuration; called once, before any call below, unless the configuration is unknown."""

    def check(
        self, urn: str, olds: Properties, news: Properties, random_seed: bytes, autonaming: Autonaming | None
    ) -> CheckResult:
        """Validates inputs and fills in defaults; called again with empty olds once a replacement is decided."""

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compares checked inputs with the old ones (ignored changes are already put back by the engine)."""

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """Makes the resource; in a preview nothing is made, and outputs not known yet are UNKNOWN or absent."""

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult:
        """Reads the resource; inputs and state are empty when only the id is known (import, get)."""

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        timeout: float,
        ignore_changes: Sequence[str],
        *,
        preview: bool,
    ) -> Properties:
        """Changes the resource in place and answers its outputs."""

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """Deletes the resource; one that is gone already is fine."""

    def invoke(self, token: str, args: Properties) -> InvokeResult:
        """Answers a look-up."""

    def cancel(self) -> None:
        """The operation is over or cancelled; called once, after success too."""


class Providers(Protocol):
    """Hands out provider instances by package."""

    def open(self, package: str, version: str) -> Provider:
        """A new instance for the package.

        Args:
            package: ``aws``, ``kubernetes``, ...
            version: the version asked for, empty for the newest.

        Raises:
            EngineError: no such package; the text names it and what would provide it.
        """
