"""Which project a command works on, and what its ``pyproject.toml`` says to the platform."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import Finding, SettingsError, near
from platform_lib.operations.errors import InputError

PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml")
_TABLE: Final = "tool.platform"
_KEYS: Final = (
    "settings",
    "network",
    "contracts",
    "policy_packs",
    "stack",
    "waivers",
    "sandbox_dir",
    "policy_config",
    "records",
)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a ``Pulumi.yaml``.

    Attributes:
        directory: that folder, absolute.
        settings: ``module:Class`` of the settings model of its stacks; empty where the project names none.
        network: ``module:function`` that makes the arguments of a stack's networks of its settings; empty where the
            project names none.
        contracts: module with the typed outputs (``StackOutputs``) that its stacks export; empty where it names none.
        policy_packs: packs that a run evaluates when none is asked for: names of built-in packs or folders.
        stack: stack that commands take when none is given.
        waivers: the waiver file, where there is one.
        policy_config: the policy configuration file, where there is one.
        sandbox_dir: where the sandbox keeps its state and its cloud.
        records: folder of the records of what was deployed with the stock engine, where there is one.
    """

    directory: Path
    settings: str = ""
    network: str = ""
    contracts: str = ""
    policy_packs: tuple[str, ...] = ()
    stack: str = ""
    waivers: Path | None = None
    policy_config: Path | None = None
    sandbox_dir: Path | None = None
    records: Path | None = None


def find_project(start: Path) -> Project:
    """The project of a folder: the nearest folder upwards that holds a ``Pulumi.yaml``.

    Args:
        start: the folder to start from.

    Raises:
        InputError: there is no such folder, or no project in it or above.
        SettingsError: ``[tool.platform]`` of the project's ``pyproject.toml`` is not usable.
    """
    if not start.is_dir():
        raise InputError(f"project: {start}: no such folder; give the folder of the project with --cwd")
    folders = _folders(start)
    if not folders:
        raise InputError(
            f"project: {start.resolve()}: no Pulumi.yaml here or above; change into a project, or name it with --cwd"
        )
    return _project(folders[0])


def project_or_none(start: Path) -> Project | None:
    """The project of a folder, where there is one.

    Raises:
        SettingsError: there is one, and its ``[tool.platform]`` is not usable.
    """
    if not start.is_dir() or not _folders(start):
        return None
    return find_project(start)


def _folders(start: Path) -> list[Path]:
    start = start.resolve()
    return [f for f in (start, *start.parents) if any((f / name).is_file() for name in PROJECT_FILES)]


def _project(folder: Path) -> Project:
    file = folder / "pyproject.toml"
    table = _table(file)
    findings = [
        Finding(f"{_TABLE}.{key}", "unknown key", near(key, _KEYS) or f"known keys: {', '.join(_KEYS)}")
        for key in sorted(set(table) - set(_KEYS))
    ]
    for key in sorted(set(table) & set(_KEYS)):
        value = table[key]
        if key == "policy_packs":
            if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                findings.append(Finding(f"{_TABLE}.{key}", f"must be a list of names or folders, got {value!r}"))
        elif not (isinstance(value, str) and value):
            findings.append(Finding(f"{_TABLE}.{key}", f"must be a text, got {value!r}"))
    if findings:
        raise SettingsError(str(file), findings)
    waivers = folder / table.get("waivers", "governance/waivers.yaml")
    config = folder / table["policy_config"] if "policy_config" in table else None
    for key, path in (("waivers", waivers), ("policy_config", config)):
        if key in table and path is not None and not path.is_file():
            raise SettingsError(str(file), [Finding(f"{_TABLE}.{key}", f"no such file, got {table[key]!r}")])
    return Project(
        directory=folder,
        settings=table.get("settings", ""),
        network=table.get("network", ""),
        contracts=table.get("contracts", ""),
        policy_packs=tuple(table.get("policy_packs", ())),
        stack=table.get("stack", ""),
        waivers=waivers if waivers.is_file() else None,
        policy_config=config,
        sandbox_dir=folder / table["sandbox_dir"] if "sandbox_dir" in table else None,
        records=folder / table["records"] if "records" in table else None,
    )


def _table(file: Path) -> Mapping[str, Any]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(str(file), [Finding("", f"cannot be read: {error}")]) from error
    tool = data.get("tool", {})
    table = tool.get("platform", {}) if isinstance(tool, dict) else tool
    if not isinstance(table, dict):
        raise SettingsError(str(file), [Finding(_TABLE, f"must be a table, got {table!r}")])
    return table
