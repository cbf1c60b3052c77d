"""Packs as data: which rules belong to a pack, and how strictly each holds in which environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from platform_lib.core.errors import PolicyError, near
from policypacks.engine.record import FRAMEWORKS
from policypacks.engine.registry import Rule, load_rules

Level = Literal["advisory", "mandatory", "disabled", "remediate"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""The enforcement levels of the stock engine."""

STRICTEST: Final = "prod"
"""The environment that holds where a stack names none, or one that the pack does not know."""

HOME = Path(__file__).parent.parent
BUILT_IN: Final = ("baseline", "hipaa", "pci", "soc2")

_KEYS = frozenset(
    {"name", "title", "description", "version", "extends", "framework", "levels", "rules", "exclude", "modules"}
)


@dataclass(frozen=True, slots=True)
class Override:
    """What a pack says about one rule: a level in all environments, and settings."""

    level: Level | None = None
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A policy pack.

    Attributes:
        name: as messages and the stock CLI show it.
        title: what it is about, in words.
        description: one sentence.
        version: of the pack.
        framework: the framework whose controls choose the rules; empty for all rules.
        levels: environment to tier to level.
        overrides: by rule id.
        rules: the rules in the pack by id.
        folder: where ``pack.json`` stands.
    """

    name: str
    title: str
    description: str
    version: str
    framework: str
    levels: Mapping[str, Mapping[int, Level]]
    overrides: Mapping[str, Override]
    rules: Mapping[str, Rule]
    folder: Path

    def environment(self, name: str | None) -> str:
        """The environment whose levels hold: the given one where the pack knows it, else ``prod``."""
        return name if name is not None and name in self.levels else STRICTEST

    def level(self, rule: Rule, environment: str | None) -> Level:
        """How strictly a rule holds in an environment, before the policy configuration."""
        override = self.overrides.get(rule.id)
        if override is not None and override.level is not None:
            return override.level
        return self.levels[self.environment(environment)][rule.record.tier]

    def controls(self) -> Mapping[str, tuple[str, ...]]:
        """The controls of the pack's framework that it has rules for, each with the rules' ids."""
        found: dict[str, list[str]] = {}
        for rule in self.rules.values():
            for control in rule.record.controls.get(self.framework, ()):
                found.setdefault(control, []).append(rule.id)
        return {control: tuple(sorted(found[control])) for control in sorted(found)}


def load_pack(where: str | Path) -> Pack:
    """A built-in pack by name, or the pack in a folder.

    Args:
        where: ``baseline``, ``hipaa``, ``pci``, ``soc2``; or a folder with a ``pack.json`` (or that file).

    Raises:
        PolicyError: there is no such pack, or its ``pack.json`` is not right.
    """
    path = Path(where)
    if isinstance(where, str) and where in BUILT_IN:
        path = HOME / where
    if path.name == "pack.json" or path.name == "__main__.py":
        path = path.parent
    source = path / "pack.json"
    if not source.is_file():
        hint = near(str(where), BUILT_IN) or f"name one of {', '.join(BUILT_IN)}, or a folder with a pack.json"
        raise PolicyError(f"policy pack '{where}': is not there; {hint}")
    return _build(_merged(source, []), path)


def _read(source: Path) -> dict[str, Any]:
    try:
        data = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"policy pack {source}: cannot be read, {error}; mend the file") from error
    if not isinstance(data, dict):
        raise PolicyError(f"policy pack {source}: is not a JSON object; see policypacks/README.md")
    for key in data:
        if key not in _KEYS:
            hint = near(key, _KEYS) or f"known are {', '.join(sorted(_KEYS))}"
            raise PolicyError(f"policy pack {source}: {key}: is not known; {hint}")
    return data


def _merged(source: Path, seen: list[Path]) -> dict[str, Any]:
    data = _read(source)
    base = data.pop("extends", None)
    if base is None:
        return data
    folder = HOME / base if base in BUILT_IN else (source.parent / base)
    parent = folder / "pack.json"
    if parent in seen or not parent.is_file():
        raise PolicyError(f"policy pack {source}: extends: '{base}' is not a pack (or extends this one); name another")
    inherited = _merged(parent, [*seen, source])
    merged = {**inherited, **data}
    for key in ("levels", "rules"):
        merged[key] = {**inherited.get(key, {}), **data.get(key, {})}
    for key in ("exclude", "modules"):
        merged[key] = [*inherited.get(key, []), *data.get(key, [])]
    return merged


def _build(data: Mapping[str, Any], folder: Path) -> Pack:
    subject = f"policy pack '{data.get('name', folder.name)}'"
    known = dict(load_rules())
    for module in data.get("modules", []):
        import importlib

        importlib.import_module(module)
    known = dict(load_rules())
    framework = data.get("framework", "")
    if framework and framework not in FRAMEWORKS:
        raise PolicyError(f"{subject}: framework: is not known, got '{framework}'; {near(framework, FRAMEWORKS)}")
    levels = {
        environment: {tier: _level(subject, f"levels.{environment}.{tier}", tiers.get(str(tier))) for tier in (1, 2, 3)}
        for environment, tiers in data.get("levels", {}).items()
    }
    if STRICTEST not in levels:
        raise PolicyError(f"{subject}: levels: has no '{STRICTEST}', which holds where a stack names no environment")
    excluded = set(data.get("exclude", []))
    overrides = {}
    for rule_id in [*data.get("rules", {}), *excluded]:
        if rule_id not in known:
            raise PolicyError(f"{subject}: {rule_id}: there is no such rule; {near(rule_id, known)}")
    for rule_id, entry in data.get("rules", {}).items():
        level = entry.get("level")
        overrides[rule_id] = Override(
            None if level is None else _level(subject, f"rules.{rule_id}.level", level),
            check_settings(subject, known[rule_id], entry.get("config", {})),
        )
    rules = {
        rule.id: rule
        for rule in known.values()
        if rule.id not in excluded and (not framework or rule.record.controls.get(framework) or rule.id in overrides)
    }
    return Pack(
        name=data.get("name", folder.name),
        title=data.get("title", ""),
        description=data.get("description", ""),
        version=data.get("version", "0.0.0"),
        framework=framework,
        levels=levels,
        overrides=overrides,
        rules=dict(sorted(rules.items())),
        folder=folder,
    )


def _level(subject: str, path: str, value: object) -> Level:
    for level in LEVELS:
        if value == level:
            return level
    hint = near(str(value), LEVELS) or f"use one of {', '.join(LEVELS)}"
    raise PolicyError(f"{subject}: {path}: is not a level, got '{value}'; {hint}")


def check_settings(subject: str, rule: Rule, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a rule, checked by its JSON schema.

    Raises:
        PolicyError: a setting is not known or does not fit its schema.
    """
    if not settings:
        return {}
    import jsonschema

    for name, value in settings.items():
        if name not in rule.config:
            hint = near(name, rule.config) or f"it takes {', '.join(rule.config) or 'no settings'}"
            raise PolicyError(f"{subject}: {rule.id}.{name}: is not a setting of the rule; {hint}")
        try:
            jsonschema.validate(value, dict(rule.config[name]))
        except jsonschema.ValidationError as error:
            raise PolicyError(f"{subject}: {rule.id}.{name}: {error.message}; see the rule's settings") from error
    return dict(settings)
