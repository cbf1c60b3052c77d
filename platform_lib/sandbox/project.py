"""A Pulumi project on disk: ``Pulumi.yaml`` and the stacks that have a file.

Rules and forms are those of ``sdk/go/common/workspace/project.go`` (pulumi/pulumi).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import Finding, SettingsError, near
from platform_lib.sandbox.yaml_source import Source, read_yaml

PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml")
_TYPES: Final = ("string", "boolean", "integer", "array", "object")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True, slots=True)
class ItemType:
    """The type of the items of a declared array."""

    type: str
    items: "ItemType | None" = None

    def __str__(self) -> str:
        return f"array<{self.items}>" if self.items else self.type


@dataclass(frozen=True, slots=True)
class Declaration:
    """A configuration key that ``Pulumi.yaml`` declares.

    Attributes:
        key: as written, with or without a namespace.
        type: ``string``, ``boolean``, ``integer``, ``array``, ``object``; empty where none is declared.
        items: of an array.
        description: for people.
        default: None: the key is required in every stack.
        value: of a key in another namespace (``aws:region``).
        secret: every stack must encrypt it.
        where: file and line.
    """

    key: str
    type: str = ""
    items: ItemType | None = None
    description: str = ""
    default: Any = None
    value: Any = None
    secret: bool = False
    where: str = ""

    @property
    def full_type(self) -> str:
        """The type with that of its items: ``array<string>``."""
        return str(ItemType(self.type, self.items)) if self.items else self.type


@dataclass(frozen=True, slots=True)
class Project:
    """``Pulumi.yaml``.

    Attributes:
        root: its folder.
        path: the file.
        name: of the project.
        runtime: ``python``; another one is read too, but cannot be run.
        main: what to run, relative to the folder; empty for the folder itself.
        description: for people.
        config: declared keys by key.
        stack_folder: where the stack files are.
        refresh: every operation refreshes first (``options: {refresh: always}``).
    """

    root: Path
    path: Path
    name: str
    runtime: str
    main: str = ""
    description: str = ""
    config: Mapping[str, Declaration] = field(default_factory=dict)
    stack_folder: Path = Path()
    refresh: bool = False

    @property
    def program(self) -> Path:
        """The program: a file, or a folder with ``__main__.py``; relative imports of data start in its folder.

        Raises:
            SettingsError: it is not there, or not written in Python.
        """
        if self.runtime != "python":
            raise SettingsError(
                self.path.name, [Finding("runtime", f"the sandbox runs python programs, got '{self.runtime}'")]
            )
        program = (self.root / self.main).resolve() if self.main else self.root
        if not program.exists():
            raise SettingsError(self.path.name, [Finding("main", f"no such file or folder, got '{self.main}'")])
        return program

    def stack_file(self, stack: str) -> Path:
        """The path of a stack's file, whether it is there or not."""
        long = self.stack_folder / f"Pulumi.{stack}.yml"
        return long if long.is_file() else self.stack_folder / f"Pulumi.{stack}.yaml"

    def stacks(self) -> list[str]:
        """The stacks that have a file, sorted."""
        found = [*self.stack_folder.glob("Pulumi.*.yaml"), *self.stack_folder.glob("Pulumi.*.yml")]
        return sorted({path.name.removeprefix("Pulumi.").rpartition(".")[0] for path in found if path.is_file()})


def check_stack_name(name: str) -> str:
    """The name, if it can be a stack's.

    Raises:
        SettingsError: it holds something else than letters, digits, ``_``, ``-`` and ``.``, or is over 100 long.
    """
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise SettingsError(
            f"stack '{name}'",
            [Finding("", "not a stack's name", "use up to 100 letters, digits, hyphens, underscores and periods")],
        )
    return name


def find_project(start: Path) -> Path:
    """The project file of a folder or of the nearest folder above it that has one.

    Raises:
        SettingsError: there is none.
    """
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        for name in PROJECT_FILES:
            if (candidate / name).is_file():
                return candidate / name
    raise SettingsError(
        "project", [Finding("", f"no Pulumi.yaml in {folder} or above", "go to the project's folder, or name it")]
    )


def read_project(start: Path) -> Project:
    """Reads and checks the project of a folder.

    Raises:
        SettingsError: there is none, or its file is wrong; every finding with its line.
    """
    path = find_project(start)
    source = read_yaml(path, subject="project")
    data = source.data
    if not isinstance(data, dict):
        raise SettingsError("project", [Finding(path.name, "must be a map with name and runtime")])
    findings: list[Finding] = []
    name = data.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        hint = near("name", [key for key in data if key != "name"]) if name is None else ""
        problem = "is missing" if name is None else f"must be a project name, got {name!r}"
        findings.append(Finding(source.where("name"), problem, hint or "write name: <project>"))
        name = ""
    runtime = data.get("runtime")
    runtime = runtime.get("name") if isinstance(runtime, dict) else runtime
    if not isinstance(runtime, str) or not runtime:
        findings.append(Finding(source.where("runtime"), "is missing or no runtime", "write runtime: python"))
        runtime = ""
    config, folder = data.get("config"), data.get("stackConfigDir")
    if isinstance(config, str):  # the former way to say where the stack files are
        if folder is not None:
            findings.append(
                Finding(source.where("config"), "names the stack folder, as stackConfigDir does", "drop it")
            )
        config, folder = None, config
    if config is not None and not isinstance(config, dict):
        findings.append(Finding(source.where("config"), "must be a map of configuration keys"))
        config = None
    declared = {key: _declaration(source, name, key, item, findings) for key, item in (config or {}).items()}
    findings.extend(
        Finding(source.where(key), "must be a text")
        for key in ("main", "description", "stackConfigDir")
        if not isinstance(data.get(key, ""), str | None)
    )
    if findings:
        raise SettingsError("project", findings)
    options = data.get("options")
    return Project(
        root=path.parent,
        path=path,
        name=name,
        runtime=runtime,
        main=data.get("main") or "",
        description=data.get("description") or "",
        config=declared,
        stack_folder=(path.parent / folder).resolve() if folder else path.parent,
        refresh=isinstance(options, dict) and options.get("refresh") == "always",
    )


def namespaced(project: str, key: str) -> bool:
    """Whether a key of ``Pulumi.yaml`` belongs to the project itself."""
    return ":" not in key or key.startswith(f"{project}:")


def _declaration(source: Source, project: str, key: str, item: Any, findings: list[Finding]) -> Declaration:
    where = source.where("config", key)
    own = namespaced(project, key)
    if not isinstance(item, dict):
        if item is None:
            item = {}
        # A bare value is the default of a key of the project, and the value of any other.
        item = {"default" if own else "value": item} if item != {} else {}
    problems = _problems(key, item, own=own)
    findings.extend(Finding(f"{where}{path}", problem, remedy) for path, problem, remedy in problems)
    if problems:
        return Declaration(key)
    return Declaration(
        key=key,
        type=item.get("type") or "",
        items=_items(item.get("items")),
        description=item.get("description") or "",
        default=item.get("default"),
        value=item.get("value"),
        secret=bool(item.get("secret")),
        where=where,
    )


def _problems(key: str, item: Mapping[str, Any], *, own: bool) -> Sequence[tuple[str, str, str]]:
    """What is wrong with a declaration: path below the key, problem, remedy."""
    known = ("type", "description", "items", "default", "value", "secret")
    for name in item:
        if name not in known:
            return [(f".{name}", "unknown attribute", near(name, known) or f"use {', '.join(known)}")]
    kind = item.get("type")
    if kind is not None and kind not in _TYPES:
        return [(".type", f"unknown type, got {kind!r}", near(str(kind), _TYPES) or f"use {', '.join(_TYPES)}")]
    if item.get("items") is not None and _items(item["items"]) is None:
        return [(".items", "must be a map with a type", f"use one of {', '.join(_TYPES)}")]
    if item.get("default") is not None and item.get("value") is not None:
        return [("", "has both a default and a value", "keep one")]
    if own:
        if kind == "array" and item.get("items") is None:
            return [("", "declares an array without the type of its items", "add items: {type: ...}")]
        default = item.get("default")
        if kind and default is not None and not fits(kind, _items(item.get("items")), default):
            return [(".default", f"is not of type {ItemType(kind, _items(item.get('items')))}", "mend one of the two")]
        return []
    if kind is not None:
        return [(".type", "is not declared for a key of another namespace", "drop it")]
    if item.get("default") is not None:
        return [(".default", "is not given to a key of another namespace", "write value instead")]
    if item.get("value") is None:
        return [("", f"has no value, though {key.partition(':')[0]} is another namespace", "add value: ...")]
    return []


def _items(data: Any) -> ItemType | None:
    if not isinstance(data, dict) or data.get("type") not in _TYPES:
        return None
    return ItemType(data["type"], _items(data.get("items")))


def fits(kind: str, items: ItemType | None, value: Any) -> bool:
    """Whether a value is of a declared type, by the stock CLI's rules (``ValidateConfigValue``).

    Texts that read as integers or booleans count as such, since that is how ``pulumi config set`` stores them.
    """
    if kind == "string":
        return isinstance(value, str)
    if kind == "integer":
        if isinstance(value, str):
            return re.fullmatch(r"[-+]?[0-9]+", value) is not None
        return not isinstance(value, bool) and isinstance(value, int | float) and float(value).is_integer()
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind == "object":
        return isinstance(value, dict)
    return isinstance(value, list) and items is not None and all(fits(items.type, items.items, item) for item in value)
