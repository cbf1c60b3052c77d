"""What a check of the gate gets, and what it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platform_lib.operations.engines import EngineStack
from platform_lib.operations.gate.preview import Deployed, Preview
from platform_lib.operations.gate.verdict import Effect, GateFinding
from platform_lib.operations.run import Policies

if TYPE_CHECKING:
    from platform_lib.sandbox.workspace import Workspace

ADVISED_ENVIRONMENTS: Final = frozenset({"dev"})
"""Where losing something is advice; everywhere else, and where the environment is not named, it refuses."""


@dataclass(frozen=True)
class GateInput:
    """One change of one stack.

    Attributes:
        stack: on either engine.
        workspace: the sandbox of its project, on which canaries are planted whatever the engine is.
        directory: folder of the project.
        environment: of the stack's configuration; empty where it names none.
        policies: that were evaluated.
        preview: of the change.
        deployed: what the stack is now.
    """

    stack: EngineStack
    workspace: "Workspace"
    directory: Path
    environment: str
    policies: Policies
    preview: Preview
    deployed: Deployed

    @property
    def strict(self) -> Effect:
        """What a loss does here: refuse, except where everything may be lost."""
        return Effect.ADVISE if self.environment in ADVISED_ENVIRONMENTS else Effect.REFUSE

    def source(self, urn: str) -> str:
        """Where the program makes a resource, as far as the engine told it."""
        return self.preview.sources.get(urn, "")


@dataclass(frozen=True)
class Looked:
    """What a check found.

    Attributes:
        summary: what was looked at and what came of it, in a line.
        findings: about it.
        skipped: there was nothing to look at, and the summary says why.
        seconds: how long it took, where that was not while the check ran; None for that.
    """

    summary: str
    findings: Sequence[GateFinding] = field(default_factory=tuple)
    skipped: bool = False
    seconds: float | None = None


Check = Callable[[GateInput], Looked]
"""A check; it may raise a ``PlatformError`` where it cannot be carried out, which fails the gate."""


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: ``1 resource``, ``2 resources``, ``no resource``; ``plural`` where it is no ``s``."""
    return f"{number or 'no'} {(plural or f'{noun}s') if number > 1 else noun}"
