"""The settings of a stack: a typed model of its configuration, checked as a whole, with the origin of every value.

The stock engine ignores unknown configuration keys and knows no types beyond what ``Pulumi.yaml`` declares; a settings
model refuses both, with the line of the stack file where it is there. Importing this module loads no pulumi, so that
the CLI can check a stack file without a program; ``from_config`` is for programs.
"""

import importlib
import json
import sys
import tomllib
from collections.abc import Awaitable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticOmit, core_schema

from platform_lib.core.errors import Finding, SettingsError, near
from platform_lib.core.stack_file import StackFile, find_stack_file, read_stack_file
from platform_lib.core.validation import findings_of, is_input, is_text, join


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Attributes:
        source: ``stack file``, ``configuration`` (the project file, or set on the command line), ``default of
            <environment>``, or ``default``.
        file: name of the stack file; empty for other sources.
        line: in that file, from 1; 0 for other sources.
    """

    source: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else self.source


class WithheldSecret(Awaitable[Any]):
    """Stands for a secret of a stack file, which cannot be read without the stack's key."""

    def __repr__(self) -> str:
        return "[secret]"

    def __await__(self) -> Generator[Any, None, Any]:
        raise SettingsError("stack file", [Finding("", "a secret cannot be read from the file alone")])


class SettingsGroup(BaseModel):
    """Base of the groups nested in the settings of a stack."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=True,  # secrets are Outputs
        hide_input_in_errors=True,
    )


class Settings(SettingsGroup):
    """Base of the settings of a stack: one field a configuration key of the project, groups as nested models.

    A key that holds a secret is a field of its own of type ``Input[...]``; its value stays a secret Output.
    """

    ENVIRONMENT_KEY: ClassVar[str] = "environment"
    """The field whose value chooses the defaults; the stack's name never does."""

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    @classmethod
    def environment_defaults(cls, environment: str) -> Mapping[str, Any]:
        """Defaults of an environment, as a map of the settings' shape; what the stack sets wins, field by field."""
        del environment
        return {}

    @classmethod
    def from_config(cls) -> Self:
        """The settings of the running program's stack, from its configuration; call it once, at the start.

        Raises:
            SettingsError: unknown keys, wrong types, missing values: all at once, with file and line where known. It is
                a ``pulumi.RunError`` too.
        """
        from platform_lib.core import program_config  # loads pulumi, which a check of a stack file does without

        return program_config.load(cls)

    @classmethod
    def from_file(cls, path: Path, project: str) -> Self:
        """The settings that a stack file gives a project, without a program; secrets are ``WithheldSecret``.

        What ``Pulumi.yaml`` adds as defaults is not seen.

        Raises:
            SettingsError: as ``from_config``, or the file cannot be read.
        """
        file = read_stack_file(path, project)
        secrets = {key: WithheldSecret() for key in file.secrets}
        return cls.build(file.stack, {**file.values, **secrets}, secrets=file.secrets, file=file)

    @classmethod
    def build(cls, stack: str, given: Mapping[str, Any], *, secrets: frozenset[str], file: StackFile | None) -> Self:
        """The settings from values by key as Pulumi passes them: scalars as text, groups as JSON text or maps."""
        known = cls.model_fields
        findings = [Finding(key, "is not known", near(key, known)) for key in given if key not in known]
        values: dict[str, Any] = {}
        for key in given.keys() & cls.model_fields.keys():
            annotation = cls.model_fields[key].annotation
            if key in secrets and not is_input(annotation):
                findings.append(Finding(key, "is secret, but must be plain", "move the secret to a key of its own"))
            else:
                values[key] = given[key] if is_text(annotation) else _decoded(given[key])
        environment = str(values.get(cls.ENVIRONMENT_KEY, ""))
        defaults = cls.environment_defaults(environment)
        try:
            settings = cls.model_validate(_merged(defaults, values))
        except ValidationError as error:
            broken = {finding.path for finding in findings}
            findings += [found for found in findings_of(error, cls) if found.path not in broken]
            settings = None
        if findings or settings is None:
            raise SettingsError(f"stack '{stack}'", [_placed(finding, file) for finding in findings])
        # pydantic keeps private attributes out of the constructor
        settings._origins.update(_origins(settings, values, defaults, environment, file))  # noqa: SLF001
        return settings

    def origin(self, path: str) -> Origin:
        """Where the value at a path (``network.zones[0]``) comes from."""
        while path:
            if path in self._origins:
                return self._origins[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Origin("default")

    def origins(self) -> Mapping[str, Origin]:
        """Where each value comes from, by path."""
        return dict(self._origins)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON schema of the settings, for editors."""
        return cls.model_json_schema(schema_generator=_PlainSchema)


class _PlainSchema(GenerateJsonSchema):
    """Leaves out the branches of ``Input`` that no file can hold."""

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:  # noqa: ARG002  # overrides
        raise PydanticOmit


def settings_class(folder: Path) -> type[Settings]:
    """The settings class of the project around a folder: ``settings`` of ``[tool.platform]`` in its pyproject.toml.

    Raises:
        SettingsError: there is none, or it cannot be imported.
    """
    for root in (folder, *folder.parents):
        path = root / "pyproject.toml"
        if not path.is_file():
            continue
        named = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("platform", {}).get("settings")
        if named is None:
            continue
        return _imported(str(named), root, path)
    problem = f"no pyproject.toml in or above {folder} names a settings class"
    raise SettingsError("settings", [Finding("", problem, 'add [tool.platform] settings = "module:Class"')])


def _imported(named: str, root: Path, path: Path) -> type[Settings]:
    module_name, _, class_name = named.partition(":")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            str(path), [Finding("tool.platform.settings", f"cannot be imported, got '{named}' ({error})")]
        ) from error
    if not (isinstance(found, type) and issubclass(found, Settings)):
        raise SettingsError(
            str(path), [Finding("tool.platform.settings", f"must name a subclass of Settings, got '{named}'")]
        )
    return found


def _decoded(value: Any) -> Any:
    """A value as it was before Pulumi made it text; text that is no JSON stays text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _merged(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(defaults)
    for key, value in values.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _placed(finding: Finding, file: StackFile | None) -> Finding:
    """The finding with file and line before its path, where the stack file has it or something above it."""
    if file is None:
        return finding
    path = finding.path
    while path and path not in file.lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    where = f"{file.path.name}:{file.lines[path]}" if path else file.path.name
    return Finding(f"{where}: {finding.path}", finding.problem, finding.remedy)


def _origins(
    settings: Settings, values: Mapping[str, Any], defaults: Mapping[str, Any], environment: str, file: StackFile | None
) -> dict[str, Origin]:
    found: dict[str, Origin] = {}

    def visit(model: BaseModel, given: object, fallback: object, prefix: str) -> None:
        for name in type(model).model_fields:
            path, value = join(prefix, name), getattr(model, name)
            mine = given.get(name) if isinstance(given, Mapping) else None
            default = fallback.get(name) if isinstance(fallback, Mapping) else None
            if isinstance(value, BaseModel):
                visit(value, mine, default, path)
            elif mine is not None:
                line = file.lines.get(path, 0) if file else 0
                found[path] = Origin("stack file", file.path.name, line) if file and line else Origin("configuration")
            else:
                found[path] = Origin("default" if default is None else f"default of {environment}")

    visit(settings, values, defaults, "")
    return found


__all__ = ["Origin", "Settings", "SettingsGroup", "WithheldSecret", "find_stack_file", "settings_class"]
