"""The settings of a stack: a typed model of its configuration, checked as a whole, with the origin of every value.

Layers, each over the one before: defaults of the model, defaults of the environment (code), overlays of the region and
of the tenant (files, see ``core.layers``), the stack file. The stock engine ignores unknown configuration keys and
knows no types beyond what ``Pulumi.yaml`` declares; a settings model refuses both, with the line of the file where it
is there. Importing this module loads no pulumi, so that the CLI can check a stack file without a program;
``from_config`` is for programs.
"""

import importlib
import json
import sys
import tomllib
from collections.abc import Awaitable, Generator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticOmit, core_schema

from platform_lib.core.errors import Finding, SettingsError, near
from platform_lib.core.layers import DECLARED, Layer, declared_defaults, overlays
from platform_lib.core.stack_file import StackFile, find_stack_file, read_stack_file
from platform_lib.core.validation import findings_of, is_input, is_text, join


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Attributes:
        source: ``stack file``, ``project file`` (a default that ``Pulumi.yaml`` declares), ``configuration`` (set on
            the command line), ``overlay <key> <value>``, ``default of <environment>``, or ``default``.
        file: name of the file; empty for other sources.
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

    OVERLAY_KEYS: ClassVar[Sequence[str]] = ("region", "tenant")
    """The fields whose values choose overlays (``settings/<field>/<value>.yaml``), lowest layer first."""

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    @classmethod
    def environment_defaults(cls, environment: str) -> Mapping[str, Any]:
        """Defaults of an environment, as a map of the settings' shape; what the stack sets wins, field by field.

        Those of a group that may be left out (its default is None) hold where the stack has the group; so it is with
        overlays.
        """
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

        Raises:
            SettingsError: as ``from_config``, or the file cannot be read.
        """
        file = read_stack_file(path, project)
        secrets = {key: WithheldSecret() for key in file.secrets}
        declared = declared_defaults(path.parent, project)
        given = {**declared.values, **file.values, **secrets}
        return cls.build(
            file.stack, given, secrets=file.secrets, file=file, declared=declared, folder=path.parent, project=project
        )

    @classmethod
    def build(
        cls,
        stack: str,
        given: Mapping[str, Any],
        *,
        secrets: frozenset[str],
        file: StackFile | None,
        declared: Layer | None = None,
        folder: Path | None = None,
        project: str = "",
    ) -> Self:
        """The settings from values by key as Pulumi passes them: scalars as text, groups as JSON text or maps.

        Args:
            stack: its name.
            given: the values.
            secrets: keys that are encrypted.
            file: the stack file, for lines.
            declared: what the project file declares as defaults, for lines; the values are among ``given``.
            folder: in or below the project, for overlays; None for none.
            project: its name, for messages.

        Raises:
            SettingsError: see ``from_config``.
        """
        known = cls.model_fields
        findings = [Finding(key, "is not known", near(key, known)) for key in given if key not in known]
        values: dict[str, Any] = {}
        for key in filter(given.__contains__, known):
            annotation = known[key].annotation
            if key in secrets and not is_input(annotation):
                findings.append(Finding(key, "is secret, but must be plain", "move the secret to a key of its own"))
            elif is_input(annotation) and key not in secrets:
                name = f"{project}:{key}" if project else key
                remedy = f"encrypt it: pulumi config set --secret {name}; change it, since the file was readable"
                findings.append(Finding(key, "is written in plain text, but is a secret", remedy))
                values[key] = WithheldSecret()
            else:
                values[key] = given[key] if is_text(annotation) else _decoded(given[key])
        environment = str(values.get(cls.ENVIRONMENT_KEY, ""))
        shared = overlays(folder, cls.OVERLAY_KEYS, values, deciding=[cls.ENVIRONMENT_KEY]) if folder else []
        had = values.keys()
        lower = [Layer(f"default of {environment}", cls.environment_defaults(environment)), *shared]
        own = Layer("stack file", values, file.path.name, file.lines) if file else Layer("configuration", values)
        layers = [replace(layer, values=cls._kept(layer.values, had)) for layer in lower]
        layers += [*([declared] if declared else []), own]
        merged: dict[str, Any] = {}
        for layer in layers:
            merged = _merged(merged, {} if layer is declared else layer.values)
        try:
            settings = cls.model_validate(merged)
        except ValidationError as error:
            broken = {finding.path for finding in findings}
            findings += [found for found in findings_of(error, cls) if found.path not in broken]
            settings = None
        placed = [_placed(finding, layers) for finding in findings]
        placed += [found for layer in shared for found in _misplaced(cls, layer)]
        if placed or settings is None:
            raise SettingsError(f"stack '{stack}'", placed)
        # pydantic keeps private attributes out of the constructor
        settings._origins.update(_origins(settings, layers))  # noqa: SLF001
        return settings

    @classmethod
    def _kept(cls, found: Mapping[str, Any], had: Set[str]) -> Mapping[str, Any]:
        """Values of a lower layer without those of groups that may be left out, and that the stack does leave out."""
        fields = cls.model_fields
        optional = {key for key in found if isinstance(found[key], Mapping) and key in fields}
        left_out = {key for key in optional if fields[key].default is None and key not in had}
        return {key: value for key, value in found.items() if key not in left_out}

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
            break  # what lies above is another project's
        return _imported(str(named), root, path)
    problem = f"the pyproject.toml nearest above {folder} names no settings class"
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


def _misplaced(model: type[Settings], layer: Layer) -> list[Finding]:
    """The secrets of the model that an overlay sets, with their lines."""
    return [
        Finding(
            f"{layer.file}:{layer.lines[key]}: {key}",
            "is a secret; each stack has a key of its own",
            "set it in stack files",
        )
        for key in layer.values
        if key in model.model_fields and is_input(model.model_fields[key].annotation)
    ]


def _placed(finding: Finding, layers: Sequence[Layer]) -> Finding:
    """The finding with file and line before its path: of the value, else of what stands around it in the stack file."""
    where = next((layer for layer in reversed(layers) if finding.path in layer.lines), layers[-1])
    if not where.file:
        return finding
    path = finding.path
    while path and path not in where.lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    place = f"{where.file}:{where.lines[path]}" if path else where.file
    return Finding(f"{place}: {finding.path}", finding.problem, finding.remedy)


def _origins(settings: Settings, layers: Sequence[Layer]) -> dict[str, Origin]:
    found: dict[str, Origin] = {}

    def visit(model: BaseModel, given: Sequence[object], prefix: str) -> None:
        for name in type(model).model_fields:
            path, value = join(prefix, name), getattr(model, name)
            mine = [item.get(name) if isinstance(item, Mapping) else None for item in given]
            if isinstance(value, BaseModel):
                visit(value, mine, path)
                continue
            setting = [layer for layer, item in zip(layers, mine, strict=True) if item is not None]
            found[path] = _origin(setting, path)

    visit(settings, [layer.values for layer in layers], "")
    return found


def _origin(layers: Sequence[Layer], path: str) -> Origin:
    """Of the highest layer that sets a value; the stack's own values hold what is declared or set elsewhere too."""
    if not layers:
        return Origin("default")
    top = layers[-1]
    placed = next((layer for layer in reversed(layers) if path in layer.lines), None)
    if top.source == "stack file" and path not in top.lines:
        declared = placed is not None and placed.source == DECLARED
        return Origin(DECLARED, placed.file, placed.lines[path]) if declared and placed else Origin("configuration")
    return Origin(top.source, top.file, top.lines.get(path, 0))


__all__ = ["Origin", "Settings", "SettingsGroup", "WithheldSecret", "find_stack_file", "settings_class"]
