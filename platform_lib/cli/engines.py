"""Opening a stack on the engine that ``--engine`` names."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options

if TYPE_CHECKING:
    from platform_lib.operations.engines import EngineStack
    from platform_lib.operations.project import Project


class Engine(StrEnum):
    """What runs a stack."""

    SANDBOX = "sandbox"
    PULUMI = "pulumi"


EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine",
        help="sandbox, or pulumi: the stock CLI with its own login and backend, on the real cloud.",
        rich_help_panel=options.GENERAL,
    ),
]


def open_stack(
    engine: Engine, directory: Path, sandbox_dir: Path | None, stack: str | None
) -> "tuple[Project, EngineStack]":
    """The project around a folder, and a stack of it.

    Args:
        engine: what runs it.
        directory: folder from which the project is searched upwards.
        sandbox_dir: folder of the sandbox; None for the project's.
        stack: its name; None for the only one there is.
    """
    from platform_lib.cli.session import open_session
    from platform_lib.operations.engines import SandboxStack, pulumi_stack
    from platform_lib.operations.errors import InputError
    from platform_lib.operations.project import find_project

    if engine is Engine.SANDBOX:
        session = open_session(directory, sandbox_dir, stack)
        return session.project, SandboxStack(session.stack)
    project = find_project(directory)
    name = stack or project.stack
    if not name:
        raise InputError("stack: which one; name it with --stack (engine pulumi does not guess)")
    return project, pulumi_stack(project.directory, name)
