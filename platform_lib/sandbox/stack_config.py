"""The configuration of a stack, made as the stock CLI makes it from ``Pulumi.<stack>.yaml`` and ``Pulumi.yaml``.

Rules: ``pkg/workspace/config.go`` and ``sdk/go/common/resource/config`` (pulumi/pulumi). Keys without a namespace
belong to the project; lists and maps are handed on as JSON texts; ``secure:`` at any depth makes the whole value a
secret.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from platform_lib.core.errors import EngineError, Finding, SettingsError, near
from platform_lib.sandbox.engine.backend.crypter import Crypter
from platform_lib.sandbox.engine.backend.values import go_json
from platform_lib.sandbox.engine.path import PathError, parse
from platform_lib.sandbox.engine.target import ConfigValue
from platform_lib.sandbox.project import Declaration, Project, fits, namespaced
from platform_lib.sandbox.yaml_source import Source, read_yaml

_KNOWN: Final = ("secretsprovider", "encryptedkey", "encryptionsalt", "config", "environment")
_EXACT: Final = 2**63 - 1
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class StackFile:
    """``Pulumi.<stack>.yaml``.

    Attributes:
        stack: name of the stack.
        source: the file; None for a stack without one.
        config: values by full key (``namespace:key``), secrets still sealed.
        places: where each key is written in the file.
        salt: ``encryptionsalt``; empty where there is none.
        provider: ``secretsprovider``, where secrets are sealed by something else than a passphrase.
        environment: the file imports environments of Pulumi ESC.
    """

    stack: str
    source: Source | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    salt: str = ""
    provider: str = ""
    environment: bool = False

    @property
    def subject(self) -> str:
        """The stack, for messages."""
        return f"stack '{self.stack}'"

    def where(self, key: str) -> str:
        """File, line and key of a configuration value."""
        if self.source is None:
            return key
        place = self.places.get(key)
        return self.source.where("config", place) if place is not None else f"{self.source.path.name}: config.{key}"


def read_stack_file(project: Project, stack: str) -> StackFile:
    """Reads the file of a stack; a stack without one has no configuration.

    Raises:
        SettingsError: the file is no stack file; every finding with its line.
    """
    path = project.stack_file(stack)
    if not path.is_file():
        return StackFile(stack)
    subject = f"stack '{stack}'"
    source = read_yaml(path, subject=subject)
    data = source.data if source.data is not None else {}
    if not isinstance(data, dict):
        raise SettingsError(subject, [Finding(path.name, "must be a map", "write config: and the keys below it")])
    findings = [
        Finding(source.where(key), "unknown key", near(key, _KNOWN) or f"use {', '.join(_KNOWN)}")
        for key in data
        if key not in _KNOWN
    ]
    findings.extend(
        Finding(source.where(key), "must be a text")
        for key in ("secretsprovider", "encryptedkey", "encryptionsalt")
        if not isinstance(data.get(key) or "", str)
    )
    raw = data.get("config")
    if not isinstance(raw or {}, dict):
        findings.append(Finding(source.where("config"), "must be a map of keys"))
        raw = {}
    config: dict[str, Any] = {}
    places: dict[str, str] = {}
    for written, value in (raw or {}).items():
        try:
            key = full_key(project.name, written)
        except ValueError as error:
            findings.append(Finding(source.where("config", written), str(error), "write namespace:key"))
            continue
        if _infinite(value):
            findings.append(Finding(source.where("config", written), "holds an infinite number", "quote it"))
        if key in config:
            findings.append(Finding(source.where("config", written), f"is the same key as {places[key]}", "keep one"))
        config[key], places[key] = value, written
    if findings:
        raise SettingsError(subject, findings)
    provider = str(data.get("secretsprovider") or "")
    return StackFile(
        stack,
        source,
        config,
        places,
        salt=str(data.get("encryptionsalt") or ""),
        provider="" if provider in ("", "passphrase", "default") else provider,
        environment=bool(data.get("environment")),
    )


def full_key(project: str, key: str) -> str:
    """A configuration key with its namespace; ``namespace:config:key`` is an older form of it.

    Raises:
        ValueError: it has too many colons.
    """
    parts = key.split(":")
    if len(parts) == 1:
        return f"{project}:{key}"
    if len(parts) == 2:
        return key
    if len(parts) == 3 and parts[1] == "config":
        return f"{parts[0]}:{parts[2]}"
    raise ValueError(f"not a configuration key, got '{key}'")


def stack_config(
    project: Project,
    file: StackFile,
    crypter: Crypter,
    *,
    stand_ins: Mapping[str, Any] | None = None,
    validate: bool = True,
) -> dict[str, ConfigValue]:
    """The configuration that the program and the providers see.

    Args:
        project: whose declarations apply: defaults, values, types, required keys.
        file: of the stack.
        crypter: opens the secrets.
        stand_ins: values, by key, for what cannot be had here: secrets that others sealed, keys of an environment.
        validate: check required keys and types; when False (an operation without the program), a secret that cannot be
            opened is left out.

    Raises:
        SettingsError: every finding with file, line and key.
    """
    return _Maker(project, file, crypter, stand_ins or {}, validate=validate).make()


class _Maker:
    def __init__(
        self, project: Project, file: StackFile, crypter: Crypter, stand_ins: Mapping[str, Any], *, validate: bool
    ) -> None:
        self._project = project
        self._file = file
        self._crypter = crypter
        self._validate = validate
        self._findings: list[Finding] = []
        self._raw: dict[str, Any] = dict(file.config)
        self._stood_in: set[str] = set()
        for written, value in stand_ins.items():
            key = full_key(project.name, written)
            if key not in self._raw or _has_secure(self._raw[key]):
                self._raw[key] = value
                self._stood_in.add(key)

    def make(self) -> dict[str, ConfigValue]:
        if self._file.environment and not self._stood_in and self._validate:
            self._find("environment", "imports Pulumi ESC environments, which the sandbox does not open", _STAND_IN)
        values = self._opened()
        made: dict[str, ConfigValue] = {}
        for key, value in values.items():
            secret = _has_secure(self._file.config.get(key))
            made[key] = _config_value(value, secret=secret)
        self._apply_declarations(values, made)
        if self._findings:
            raise SettingsError(self._file.subject, self._findings)
        return made

    def _opened(self) -> dict[str, Any]:
        """The raw values with their secrets opened."""
        values: dict[str, Any] = {}
        for key, value in self._raw.items():
            if key in self._stood_in or not _has_secure(value):
                values[key] = value
                continue
            if self._file.provider:
                name = self._file.provider.partition("://")[0]
                self._refuse(key, f"is sealed by {name}, which the sandbox does not call")
                continue
            try:
                values[key] = self._open(value)
            except EngineError as error:
                self._refuse(key, f"cannot be opened: {str(error).removeprefix(f'{self._file.subject}: ')}")
        return values

    def _refuse(self, key: str, problem: str) -> None:
        if self._validate:
            self._findings.append(Finding(self._file.where(key), problem, _STAND_IN))

    def _find(self, place: str, problem: str, remedy: str) -> None:
        where = self._file.source.where(place) if self._file.source else place
        self._findings.append(Finding(where, problem, remedy))

    def _open(self, value: Any) -> Any:
        if _is_secure(value):
            return self._crypter.decrypt(value["secure"])
        if isinstance(value, dict):
            return {key: self._open(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._open(item) for item in value]
        return value

    def _apply_declarations(self, values: dict[str, Any], made: dict[str, ConfigValue]) -> None:
        """Fills in defaults, and checks what is declared."""
        missing: list[str] = []
        for written in sorted(self._project.config):
            declared = self._project.config[written]
            try:
                key, path = _split(full_key(self._project.name, written))
            except (ValueError, PathError) as error:
                self._findings.append(Finding(declared.where, f"not a configuration key: {error}"))
                continue
            found = _get(values.get(key, _MISSING), path)
            if key in self._raw and key not in values:
                continue  # a secret that could not be opened
            if found is _MISSING:
                default = declared.default if declared.default is not None else declared.value
                if default is not None:
                    self._set_default(values, made, key, path, default)
                elif namespaced(self._project.name, written):
                    missing.append(written)
            elif declared.type:
                self._check_type(declared, key, found, made)
        if self._validate:
            name = self._file.source.path.name if self._file.source else f"Pulumi.{self._file.stack}.yaml"
            self._findings.extend(
                Finding(f"{name}: config.{written}", "is missing", f"set it: {self._hint(written)}")
                for written in missing
            )

    def _hint(self, written: str) -> str:
        declared = self._project.config[written]
        kind = f" ({declared.full_type})" if declared.full_type else ""
        return f"{declared.description or f'{declared.where} requires it'}{kind}"

    def _set_default(
        self, values: dict[str, Any], made: dict[str, ConfigValue], key: str, path: Sequence[str | int], default: Any
    ) -> None:
        if not path:
            values[key] = default
            # Other numbers than integers count as objects there; the text is the same.
            made[key] = ConfigValue(_text(default), is_object=not isinstance(default, str | bool | int))
            return
        values[key] = _put(values.get(key, _MISSING), path, _coerced(default))
        made[key] = _config_value(values[key], secret=key in made and made[key].secret)

    def _check_type(self, declared: Declaration, key: str, found: Any, made: Mapping[str, ConfigValue]) -> None:
        if not self._validate:
            return
        if declared.secret and not made[key].secret:
            self._findings.append(
                Finding(
                    self._file.where(key),
                    "is declared secret but written in plain text",
                    f"encrypt it: pulumi config set --secret {declared.key}",
                )
            )
        # Scalars arrive as texts, however they are written in the file.
        value = found if isinstance(found, dict | list) else _text(found)
        if not fits(declared.type, declared.items, value):
            shown = "[secret]" if made[key].secret else repr(found)
            self._findings.append(Finding(self._file.where(key), f"must be of type {declared.full_type}, got {shown}"))


_STAND_IN: Final = (
    "put a stand-in into fixtures.yaml of the sandbox folder: "
    "`pulumi:config: [{args: {stack: <stack>}, returns: {<key>: <value>}}]`"
)


def _infinite(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (isinstance(value, float) and not math.isfinite(value)) or any(_infinite(item) for item in items)


def _is_secure(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("secure"), str)


def _has_secure(value: Any) -> bool:
    if _is_secure(value):
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_secure(item) for item in items)


def _config_value(value: Any, *, secret: bool) -> ConfigValue:
    return ConfigValue(_text(value), secret=secret, is_object=isinstance(value, dict | list))


def _text(value: Any) -> str:
    """The text of a value: texts as they are, nothing for null, else JSON as Go writes it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else go_json(_numbers(value) if isinstance(value, dict | list) else value)


def _numbers(value: Any) -> Any:
    """Integers beyond 64 bits with sign become floats within lists and maps, as the stock CLI makes them."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return float(value) if isinstance(value, int) and value > _EXACT else value


def _split(key: str) -> tuple[str, Sequence[str | int]]:
    """A declared key as full key and path below it (``db.port`` of the project is ``port`` in ``project:db``)."""
    namespace, _, name = key.partition(":")
    first, *rest = parse(name)
    if not isinstance(first, str) or not first:
        raise ValueError("it must begin with a name")
    return f"{namespace}:{first}", rest


def _get(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        if isinstance(value, dict):
            value = value.get(part, _MISSING)
        elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
            value = value[part]
        else:
            return _MISSING
    return value


def _put(value: Any, path: Sequence[str | int], new: Any) -> Any:
    """The value with a member set; containers on the way are made."""
    if not path:
        return new
    part, *rest = path
    if isinstance(part, int):
        items = list(value) if isinstance(value, list) else []
        items += [None] * (part + 1 - len(items))
        items[part] = _put(items[part], rest, new)
        return items
    members = dict(value) if isinstance(value, dict) else {}
    members[part] = _put(members.get(part), rest, new)
    return members


def _coerced(value: Any) -> Any:
    """A text within an object that reads as a boolean or an integer becomes one (``coerce`` in the stock CLI)."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    digits = value.removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdigit() and not (len(value) > 1 and value[0] == "0"):
        return int(value)
    return value
