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
from typing import Final, Literal

from platform_lib.core.errors import PlatformError
from platform_lib.operations.project import Project, find_project

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
        yield Check(
            "project",
            "settings",
            "note",
            "no settings model named",
            'name it in pyproject.toml: [tool.platform] settings = "module:Class"',
        )


def _stacks(project: Project, sandbox_dir: Path | None) -> Iterator[Check]:
    del project, sandbox_dir
    yield from ()


def healthy(checks: Sequence[Check]) -> bool:
    """Whether no check found a problem."""
    return all(check.status != "problem" for check in checks)
