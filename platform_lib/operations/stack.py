"""Which stack a command means."""

from platform_lib.core.errors import near
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.project import Project
from platform_lib.sandbox.workspace import Workspace


def choose_stack(project: Project, workspace: Workspace, wanted: str | None, *, existing: bool = False) -> str:
    """The name of the stack that is meant.

    Args:
        project: what its ``pyproject.toml`` says; its ``stack`` is taken where none is wanted.
        workspace: the project's sandbox.
        wanted: the name that was given; None where none was.
        existing: it must be up on the sandbox.

    Returns:
        The wanted one, else the project's, else the only one that is up, else the only one that there is.

    Raises:
        UnknownNameError: there is no such stack, it is not up, or more than one could be meant.
    """
    known, up = workspace.stacks(), workspace.up()
    name = wanted or project.stack
    if name:
        if name not in {*known, *up}:
            shown = f"there are {', '.join(known)}" if known else f"add Pulumi.{name}.yaml to the project"
            raise UnknownNameError(f"stack '{name}': there is no such stack; {near(name, known) or shown}")
        if existing and name not in up:
            raise UnknownNameError(
                f"stack '{name}': is not up on the sandbox; bring it up with `platform up --stack {name}`"
            )
        return name
    candidates = up or ([] if existing else known)
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise UnknownNameError(f"stack: which one of {', '.join(candidates)}; name it with --stack")
    if existing and known:
        raise UnknownNameError(
            "stack: none is up on the sandbox; bring one up with `platform up --stack " + known[0] + "`"
        )
    raise UnknownNameError("stack: the project has none; add a file Pulumi.<stack>.yaml, for example Pulumi.dev.yaml")
