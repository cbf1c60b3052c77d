"""A stack on either engine, for the operations that work on both: what they need of one, and no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from platform_lib.sandbox.engine.event import EventSink, Operation
from platform_lib.sandbox.engine.target import Options

if TYPE_CHECKING:
    from platform_lib.sandbox.handle import StackHandle

EngineName = Literal["sandbox", "pulumi"]


class EngineStack(Protocol):
    """A stack of an engine."""

    @property
    def engine(self) -> EngineName:
        """Which engine it is."""

    @property
    def name(self) -> str:
        """The stack's name."""

    @property
    def project(self) -> str:
        """The project's name."""

    def environment(self) -> str:
        """The configuration key ``environment``; empty where the stack does not set it."""

    def exists(self) -> bool:
        """Whether the stack has a state."""

    def export(self) -> Mapping[str, Any]:
        """The state in Pulumi's deployment format; it may hold secrets open and is not to be written anywhere."""

    def run(
        self, operation: Operation, *, sink: EventSink | None = None, refresh: bool = False, targets: Sequence[str] = ()
    ) -> int:
        """Runs an operation to its end without asking, and answers its exit code."""


@dataclass(frozen=True)
class SandboxStack:
    """A stack of the sandbox as ``EngineStack``."""

    handle: "StackHandle"
    engine: Literal["sandbox"] = "sandbox"

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.handle.name

    @property
    def project(self) -> str:
        """The project's name."""
        return self.handle.project.name

    def environment(self) -> str:
        """The configuration key ``environment``; empty where the stack does not set it."""
        return self.handle.environment()

    def exists(self) -> bool:
        """Whether the stack has a state."""
        return self.handle.exists()

    def export(self) -> Mapping[str, Any]:
        """The state in Pulumi's deployment format, secrets open."""
        return self.handle.export(show_secrets=True)

    def run(
        self, operation: Operation, *, sink: EventSink | None = None, refresh: bool = False, targets: Sequence[str] = ()
    ) -> int:
        """Runs an operation to its end."""
        options = Options(refresh=refresh, targets=tuple(targets))
        return self.handle.run(operation, options, sink=sink).exit_code


def pulumi_stack(directory: Path, name: str) -> EngineStack:
    """A stack of the stock CLI."""
    from platform_lib.operations.pulumi_stack import PulumiStack

    return PulumiStack(directory, name)
