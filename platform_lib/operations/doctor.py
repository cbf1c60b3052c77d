"""What is installed, what is missing, and what to do about it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from platform_lib.core.errors import PlatformError
from platform_lib.operations.project import Project, find_project

if TYPE_CHECKING:
    from platform_lib.sandbox.handle import StackHandle
    from platform_lib.sandbox.workspace import Workspace

Status = Literal["ok", "note", "problem"]
"""``note``: not there, and not needed for everything; ``problem``: something will fail."""

EXTRAS: Final = {
    "aws": "pulumi-aws",
    "azure": "pulumi-azure-native",
    "gcp": "pulumi-gcp",
    "kubernetes": "pulumi-kubernetes",
    "vault": "pulumi-vault",
    "policy": "pulumi-policy",
    "reports": "junitparser",
}
"""Extras of the distribution, with what each installs."""

INSTALL_PAGE: Final = "https://www.pulumi.com/docs/install/"
_PYTHON: Final = (3, 11)
_FREE_MIB: Final = 50
"""Below this much free space a run of some size is likely to fill the disk (an assumption)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        group: what it belongs to.
        name: what was looked at.
        status: how it stands.
        detail: what was found.
        remedy: what to do; empty where nothing is.
    """

    group: str
    name: str
    status: Status
    detail: str
    remedy: str = ""


def examine(directory: Path, sandbox_dir: Path | None = None) -> list[Check]:
    """Looks at everything; nothing is changed.

    Args:
        directory: folder from which the project is searched upwards.
        sandbox_dir: folder of the sandbox, where it is not the project's.
    """
    checks = [*_python(), *_packages(), _stock_engine(), _passphrase()]
    try:
        project = find_project(directory)
    except PlatformError as error:
        return [*checks, Check("project", "Pulumi.yaml", "note", str(error), "needed by commands that work on a stack")]
    checks.append(Check("project", "folder", "ok", str(project.directory)))
    for look in (_settings, _stacks):
        checks.extend(_guarded(look, project, sandbox_dir))
    return checks


def _guarded(
    look: Callable[[Project, Path | None], Iterator[Check]], project: Project, sandbox_dir: Path | None
) -> Iterator[Check]:
    try:
        yield from look(project, sandbox_dir)
    except (PlatformError, OSError) as error:
        yield Check("project", look.__name__.strip("_"), "problem", str(error))


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= _PYTHON
    remedy = "" if enough else "install Python 3.11 or newer and make the environment anew"
    yield Check("python", "python", "ok" if enough else "problem", f"{version}, {sys.executable}", remedy)
    inside = sys.prefix != sys.base_prefix
    yield Check(
        "python",
        "environment",
        "ok" if inside else "note",
        sys.prefix,
        "" if inside else "a virtual environment keeps the versions apart: python3 -m venv .venv",
    )
    yield Check("python", "sqlite", "ok", sqlite3.sqlite_version)


def _packages() -> Iterator[Check]:
    for name in ("platform-lib", "pulumi", "pydantic"):
        version = _version(name)
        yield Check(
            "packages",
            name,
            "ok" if version else "problem",
            version or "not installed",
            "" if version else "pip install platform-lib",
        )
    for extra, name in EXTRAS.items():
        version = _version(name)
        yield Check(
            "packages",
            name,
            "ok" if version else "note",
            version or "not installed",
            "" if version else f"pip install 'platform-lib[{extra}]'",
        )


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def installed() -> dict[str, str]:
    """The installed versions of the library and of what it builds on, by distribution."""
    found = {name: _version(name) for name in ("platform-lib", "pulumi", *EXTRAS.values())}
    return {name: version for name, version in found.items() if version}


def _stock_engine() -> Check:
    path = shutil.which("pulumi")
    if path is None:
        return Check(
            "engine",
            "pulumi",
            "note",
            "not on PATH",
            f"not needed on the sandbox; for a real cloud install it: {INSTALL_PAGE}",
        )
    try:
        answer = subprocess.run([path, "version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603  # what PATH says, as the user would run it
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("engine", "pulumi", "problem", f"{path} does not run: {error}", f"install it anew: {INSTALL_PAGE}")
    return Check("engine", "pulumi", "ok", f"{answer.stdout.strip() or 'version unknown'}, {path}")


def _passphrase() -> Check:
    if "PULUMI_CONFIG_PASSPHRASE" in os.environ:
        return Check("secrets", "passphrase", "ok", "from PULUMI_CONFIG_PASSPHRASE")
    file = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if file:
        there = Path(file).is_file()
        return Check(
            "secrets",
            "passphrase",
            "ok" if there else "problem",
            f"from the file {file}",
            "" if there else "the file does not exist; set PULUMI_CONFIG_PASSPHRASE_FILE anew",
        )
    return Check(
        "secrets",
        "passphrase",
        "note",
        "none set: the sandbox encrypts with an empty one",
        "set PULUMI_CONFIG_PASSPHRASE where secrets of the sandbox must be safe",
    )


def _settings(project: Project, sandbox_dir: Path | None) -> Iterator[Check]:
    del sandbox_dir
    if not project.settings:
        remedy = 'name it in pyproject.toml: [tool.platform] settings = "module:Class"'
        yield Check("project", "settings", "note", "no settings model is named", remedy)
        return
    from platform_lib.core.settings import settings_class

    settings_class(project.directory)
    yield Check("project", "settings", "ok", project.settings)


def _stacks(project: Project, sandbox_dir: Path | None) -> Iterator[Check]:
    from platform_lib.sandbox.workspace import Workspace

    workspace = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)
    names = workspace.stacks()
    remedy = "" if names else "add a file Pulumi.<stack>.yaml, for example Pulumi.dev.yaml"
    yield Check("project", "stacks", "ok" if names else "note", ", ".join(names) or "none", remedy)
    yield _folder(workspace.directory)
    for name in names:
        yield from _stack(workspace.stack(name))
    if workspace.cloud_path.exists():
        yield _cloud(workspace)


def _folder(folder: Path) -> Check:
    """Whether the sandbox can be written: it, or the nearest folder above that is there."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free // 2**20
    if not os.access(there, os.W_OK):
        return Check(
            "sandbox", "folder", "problem", f"{folder} cannot be written", "give another one with --sandbox-dir"
        )
    if free < _FREE_MIB:
        return Check("sandbox", "folder", "problem", f"{folder}, {free} MiB free", "free some space")
    return Check("sandbox", "folder", "ok", f"{folder}, {free} MiB free")


def _stack(stack: "StackHandle") -> Iterator[Check]:
    """State and lock of a stack."""
    name = f"stack {stack.name}"
    holder = stack.lock_holder()
    if holder is not None and holder.gone():
        yield Check(
            "sandbox", name, "note", f"its last run was killed: {holder}", "run it again: it goes on from there"
        )
    elif holder is not None:
        remedy = "wait for it to end, or, if it no longer runs, use --break-lock"
        yield Check("sandbox", name, "note", f"locked: {holder}", remedy)
    try:
        snapshot = stack.state() if stack.exists() else None
        stack.config()
    except PlatformError as error:
        yield Check("sandbox", name, "problem", str(error))
        return
    if snapshot is None:
        yield Check("sandbox", name, "ok", "not up")
    else:
        pending = f", {len(snapshot.pending)} interrupted" if snapshot.pending else ""
        yield Check("sandbox", name, "ok", f"{len(snapshot.live())} entries in its state{pending}")


def _cloud(workspace: "Workspace") -> Check:
    try:
        with workspace.cloud() as cloud:
            count, faults, down = len(cloud.ls()), len(cloud.faults()), sorted(cloud.down())
    except PlatformError as error:
        return Check("sandbox", "cloud", "problem", str(error))
    detail = f"{count} resources"
    if faults or down:
        detail += f", {faults} faults in force, regions down: {', '.join(down) or 'none'}"
        return Check("sandbox", "cloud", "note", detail, "lift them: platform sandbox fault --clear-all")
    return Check("sandbox", "cloud", "ok", detail)


def healthy(checks: Sequence[Check]) -> bool:
    """Whether no check found a problem."""
    return all(check.status != "problem" for check in checks)
