"""The files between the defaults of a settings model and a stack file: overlays that several stacks share.

``settings/<key>/<value>.yaml`` beside ``Pulumi.yaml`` holds what every stack has whose key has that value
(``settings/region/eu-central-1.yaml``); its content has the shape of the model, without a namespace::

    network:
      zones: [euc1-az1, euc1-az2, euc1-az3]

Imports nothing of pulumi: the program reads the files itself, so they work under any engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import Finding, SettingsError
from platform_lib.core.stack_file import (
    PROJECT_FILE,
    find_project_root,
    holds_secret,
    read_declared_defaults,
    read_map,
)

FOLDER: Final = "settings"
"""Where overlays stand, beside ``Pulumi.yaml``."""

DECLARED: Final = "project file"
"""The source of a default that ``Pulumi.yaml`` declares."""


@dataclass(frozen=True)
class Layer:
    """Values of one origin, of the settings' shape.

    Attributes:
        source: what it is, in words: ``default of prod``, ``overlay region eu-central-1``, ``stack file``.
        values: by top-level key.
        file: name of its file as messages and origins show it; empty where it is none.
        lines: path of a value to its line in the file.
    """

    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


def declared_defaults(folder: Path, project: str) -> Layer:
    """The defaults that the ``Pulumi.yaml`` of a project declares for its own keys.

    They reach a program as configuration, so they win over overlays like everything that is configured.
    """
    root = find_project_root(folder)
    if root is None:
        return Layer(DECLARED)
    values, lines = read_declared_defaults(root / PROJECT_FILE, project)
    return Layer(DECLARED, values, PROJECT_FILE, lines)


def overlay_path(root: Path, key: str, value: str) -> Path:
    """Where the overlay for a value of a key stands, whether it is there or not."""
    return root / FOLDER / key / f"{value}.yaml"


def overlays(
    folder: Path, keys: Sequence[str], values: Mapping[str, Any], *, deciding: Sequence[str] = ()
) -> list[Layer]:
    """The overlays that hold for a stack, lowest first.

    Args:
        folder: in or below the project.
        keys: that choose overlays, lowest first.
        values: of the stack; where one sets no key, or no file stands for its value, there is no overlay.
        deciding: further keys that decide which layers hold, and may not stand in one.

    Raises:
        SettingsError: a file is no map, holds a secret, or sets a key that chooses overlays: all of them, with lines.
    """
    root = find_project_root(folder)
    found: list[Layer] = []
    for key in keys:
        value = values.get(key)
        if root is None or not isinstance(value, str) or not value or "/" in value:
            continue
        path = overlay_path(root, key, value)
        if path.is_file():
            found.append(read_overlay(root, path, (*keys, *deciding)))
    return found


def read_overlay(root: Path, path: Path, deciding: Sequence[str]) -> Layer:
    """One overlay.

    Args:
        root: of the project.
        path: of the file.
        deciding: keys that decide which layers hold, and may not stand in one.

    Raises:
        SettingsError: see ``overlays``.
    """
    name = path.relative_to(root).as_posix()
    values, lines = read_map(path)
    findings = [
        Finding(f"{name}:{lines[key]}: {key}", "decides which layers hold", "set it in the stack file")
        for key in values
        if key in deciding
    ]
    findings += [
        Finding(f"{name}:{lines[key]}: {key}", "is secret; each stack has a key of its own", "set it in stack files")
        for key, value in values.items()
        if holds_secret(value)
    ]
    if findings:
        raise SettingsError("overlay", findings)
    return Layer(f"overlay {path.parent.name} {path.stem}", values, name, lines)


def overlay_files(root: Path, keys: Sequence[str]) -> Iterator[tuple[str, str, Path]]:
    """Every overlay of a project: key, value, file."""
    for key in keys:
        for path in sorted((root / FOLDER / key).glob("*.yaml")):
            yield key, path.stem, path
