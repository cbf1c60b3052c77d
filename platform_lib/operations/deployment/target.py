"""What a deployment works on: a stack on an engine, its repository, the records of the project, the time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platform_lib.operations.engines import EngineStack
from platform_lib.operations.errors import InputError
from platform_lib.operations.git import Repository
from platform_lib.operations.ledger.ledger import Anchor, Ledger
from platform_lib.operations.project import Project

if TYPE_CHECKING:
    from platform_lib.sandbox.workspace import Workspace


def now() -> datetime:
    """The time, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Target:
    """One stack to be deployed.

    Attributes:
        project: whose it is.
        workspace: the sandbox of the project.
        stack: on its engine.
        open_stack: opens another stack of the project on the same engine.
        records: folder of the records.
        clock: the time; tests bring their own.
    """

    project: Project
    workspace: "Workspace"
    stack: EngineStack
    open_stack: Callable[[str], EngineStack]
    records: Path
    clock: Callable[[], datetime] = field(default_factory=lambda: now)

    @property
    def repository(self) -> Repository:
        """The repository of the project."""
        return Repository(self.project.directory)

    def ledger(self, stack: EngineStack | None = None) -> Ledger:
        """The record of a stack; of this one when left out."""
        chosen = stack or self.stack
        name = chosen.name.rpartition("/")[2]
        return Ledger(self.records, chosen.project, name, anchor_of(chosen))

    @property
    def name(self) -> str:
        """The stack's name, without its organization."""
        return self.stack.name.rpartition("/")[2]


def anchor_of(stack: EngineStack) -> Anchor | None:
    """Where the head of a stack's record is kept; None on the sandbox, whose states lie beside the record."""
    from platform_lib.operations.deployment.anchor import StackTag
    from platform_lib.operations.pulumi_stack import PulumiStack

    return StackTag(stack) if isinstance(stack, PulumiStack) else None


def records_folder(project: Project, workspace: "Workspace", engine: str, given: Path | None) -> Path:
    """Where the records of a project are.

    Args:
        project: whose they are.
        workspace: its sandbox, which keeps those of the sandbox engine.
        engine: that the stacks are on.
        given: by the command.

    Raises:
        InputError: the engine is pulumi, and neither the command nor the project names a folder.
    """
    if given is not None:
        return given.absolute()
    if engine == "sandbox":
        return workspace.directory / "records"
    if project.records is not None:
        return project.records
    raise InputError(
        "record: engine pulumi: no folder is named; give --records, or `records` in [tool.platform] of pyproject.toml: "
        "a folder that only the pipeline writes and that outlives it, such as a mounted or synchronised bucket"
    )
