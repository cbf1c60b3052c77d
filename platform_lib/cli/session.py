"""What a command works on: the project, the sandbox, the stack."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.operations.project import Project
    from platform_lib.sandbox.handle import StackHandle
    from platform_lib.sandbox.workspace import Workspace


class Session:
    """A stack of a project, on the sandbox.

    Attributes:
        project: what its ``pyproject.toml`` says.
        workspace: the project's sandbox.
        stack: the stack.
    """

    def __init__(self, project: "Project", workspace: "Workspace", stack: "StackHandle") -> None:
        self.project = project
        self.workspace = workspace
        self.stack = stack


def open_sandbox(directory: Path, sandbox_dir: Path | None) -> "Workspace":
    """The sandbox of the project around a folder."""
    return _open(directory, sandbox_dir)[1]


def _open(directory: Path, sandbox_dir: Path | None) -> "tuple[Project, Workspace]":
    from platform_lib.operations.project import find_project
    from platform_lib.sandbox.workspace import Workspace

    project = find_project(directory)
    return project, Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)


def open_session(directory: Path, sandbox_dir: Path | None, stack: str | None, *, existing: bool = False) -> Session:
    """Opens a stack.

    Args:
        directory: folder from which the project is searched upwards.
        sandbox_dir: folder of the sandbox; None for the project's.
        stack: its name; None for the one that ``operations.project.choose_stack`` finds.
        existing: it must be up on the sandbox.
    """
    from platform_lib.operations.stack import choose_stack

    project, workspace = _open(directory, sandbox_dir)
    name = choose_stack(project, workspace, stack, existing=existing)
    return Session(project, workspace, workspace.stack(name))


def confirm(question: str, *, yes: bool) -> None:
    """Asks a person; without one, only ``--yes`` will do.

    Raises:
        InputError: nobody can be asked.
        typer.Exit: the answer was no.
    """
    from platform_lib.cli.console import is_interactive

    if yes:
        return
    if not is_interactive():
        raise InputError(f"{question.rstrip('?')}: nobody can be asked here; give --yes")
    if not typer.confirm(question):
        typer.echo("nothing was changed", err=True)
        raise typer.Exit(1)
