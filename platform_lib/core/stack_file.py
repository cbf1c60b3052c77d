"""Reads a stack file (``Pulumi.<stack>.yaml``) with the line of every value. Imports nothing of pulumi."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from platform_lib.core.errors import Finding, SettingsError
from platform_lib.core.validation import join

PROJECT_FILE = "Pulumi.yaml"


@dataclass(frozen=True)
class StackFile:
    """What a stack file sets for one project.

    Attributes:
        path: of the file.
        values: key without its namespace to value; scalars as text, as Pulumi passes them, maps and lists as they are.
        secrets: keys that are secret, or hold a secret.
        lines: path of a value (``network.zones[0]``) to its line, from 1.
    """

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def stack(self) -> str:
        """The stack's name, from the file's: ``Pulumi.prod.yaml`` is that of ``prod``."""
        return self.path.name.removeprefix("Pulumi.").removesuffix(".yaml")


def find_project_root(start: Path) -> Path | None:
    """The nearest folder, from a folder upwards, that holds a ``Pulumi.yaml``; None where there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)


def find_stack_file(stack: str, start: Path) -> Path | None:
    """The file of a stack, beside the ``Pulumi.yaml`` nearest above a folder; None where there is none."""
    root = find_project_root(start)
    path = root / f"Pulumi.{stack}.yaml" if root else None
    return path if path is not None and path.is_file() else None


def read_stack_file(path: Path, project: str) -> StackFile:
    """The values that a stack file sets for a project.

    Args:
        path: of the stack file.
        project: whose values are wanted; keys without a namespace are the project's own.

    Raises:
        SettingsError: the file is not there or is no stack file; with the line.
    """
    document = _document(path)
    values: dict[str, Any] = {}
    secrets: set[str] = set()
    lines: dict[str, int] = {}
    config = document.get("config") or CommentedMap()
    if not isinstance(config, CommentedMap):
        raise SettingsError(path.name, [Finding(f"{path.name}:{_line(document, 'config')}: config", "must be a map")])
    texts = _scalar_texts(path)
    for name, value in config.items():
        namespace, _, key = str(name).rpartition(":")
        if namespace not in ("", project):
            continue
        lines[key] = _line(config, name)
        _note_lines(value, key, lines)
        if holds_secret(value):
            secrets.add(key)
        values[key] = value if isinstance(value, (dict, list)) else texts[name]
    return StackFile(path, values, frozenset(secrets), lines)


def read_map(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The content of a file that holds a map, and the line of every value by its path.

    Raises:
        SettingsError: it is not there, is no YAML, or no map; with the line.
    """
    document = _document(path, expected="a map")
    lines: dict[str, int] = {}
    _note_lines(document, "", lines)
    return {str(key): value for key, value in document.items()}, lines


def read_declared_defaults(path: Path, project: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The defaults that ``Pulumi.yaml`` gives keys of the project, by key without its namespace, with their lines."""
    document = _document(path, expected="a map")
    config = document.get("config")
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, declared in config.items() if isinstance(config, CommentedMap) else ():
        namespace, _, key = str(name).rpartition(":")
        if namespace not in ("", project):
            continue
        default = declared.get("default") if isinstance(declared, dict) else declared
        if default is not None:
            values[key], lines[key] = default, _line(config, name)
            _note_lines(default, key, lines)
    return values, lines


def _document(path: Path, *, expected: str = "a map with the key 'config'") -> CommentedMap:
    try:
        document = YAML().load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(path.name, [Finding("", f"does not exist in {path.parent}")]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SettingsError(path.name, [Finding(f"{path.name}:{line}", f"is not YAML: {error.problem}")]) from None
    if document is None:
        return CommentedMap()
    if not isinstance(document, CommentedMap):
        raise SettingsError(path.name, [Finding("", f"must be {expected}")])
    return document


def _scalar_texts(path: Path) -> dict[str, str]:
    """The scalars of ``config`` as they are written, which is how Pulumi passes them: ``0123`` stays ``0123``."""
    root = YAML().compose(path.read_text(encoding="utf-8"))
    config = next((value for key, value in getattr(root, "value", ()) if key.value == "config"), None)
    pairs = config.value if isinstance(config, MappingNode) else ()
    return {key.value: value.value for key, value in pairs if isinstance(value, ScalarNode)}


def holds_secret(value: object) -> bool:
    """Whether a value of a stack file is encrypted, or holds something that is."""
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(holds_secret(item) for item in value)


def _note_lines(value: object, path: str, lines: dict[str, int]) -> None:
    if isinstance(value, CommentedMap):
        for key, item in value.items():
            lines[join(path, str(key))] = _line(value, key)
            _note_lines(item, join(path, str(key)), lines)
    elif isinstance(value, CommentedSeq):
        for index, item in enumerate(value):
            lines[join(path, index)] = value.lc.item(index)[0] + 1
            _note_lines(item, join(path, index), lines)


def _line(holder: CommentedMap, key: object) -> int:
    return int(holder.lc.key(key)[0]) + 1
