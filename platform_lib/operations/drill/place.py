"""A copy of a project's sandbox, so that a drill leaves the user's own as it is."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.workspace import Workspace

_LEFT_OUT: Final = ("locks", "cloud.sqlite", "cloud.sqlite-wal", "cloud.sqlite-shm")


@contextmanager
def copied(workspace: Workspace, stack: str, *, keep: Path | None = None) -> Iterator[Workspace]:
    """A copy of the sandbox: states, history, fixtures and cloud.

    Args:
        workspace: whose sandbox is copied.
        stack: it is locked while its state is read, so that no run is caught in between.
        keep: folder that the copy is made in, and left; None for one that is gone afterwards.

    Raises:
        CloudError: the cloud's file cannot be read.
        EngineError: an operation is under way on the stack.
    """
    with contextlib.ExitStack() as cleaning:
        folder = (
            keep if keep is not None else Path(cleaning.enter_context(TemporaryDirectory(prefix="platform-drill-")))
        )
        with workspace.store(stack).lock("drill"):
            _copy(workspace, folder)
        yield Workspace(workspace.project.root, sandbox_dir=folder, env=workspace.env)


def _copy(workspace: Workspace, folder: Path) -> None:
    shutil.copytree(workspace.directory, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    source = workspace.cloud_path
    if not source.exists():
        return
    try:
        # The database itself makes the copy, so that a write under way is in it whole or not at all.
        with (
            contextlib.closing(sqlite3.connect(source)) as old,
            contextlib.closing(sqlite3.connect(folder / source.name)) as new,
        ):
            old.backup(new)
    except sqlite3.DatabaseError as error:
        raise CloudError(f"sandbox cloud: {source}: cannot be copied, {error}; see `platform sandbox reset`") from error
