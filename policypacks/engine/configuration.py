"""The policy configuration: the stock CLI's ``--policy-pack-config`` file, read the same way by every engine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from platform_lib.core.errors import PolicyError, near
from policypacks.engine.pack import LEVELS, Level, check_settings
from policypacks.engine.registry import Rule

PACK_SETTINGS: Final = "pack-settings"
"""The name in the configuration under which the settings of the pack as a whole stand."""

PACK_SCHEMA: Final[Mapping[str, Mapping[str, Any]]] = {
    "environment": {
        "type": "string",
        "default": "",
        "description": "the environment whose levels hold, where the stack's config does not say it",
    },
    "waivers": {
        "type": "string",
        "default": "",
        "description": "path of the waiver file; governance/waivers.yaml above the pack or the project when left out",
    },
    "address_ledger": {
        "type": "string",
        "default": "",
        "description": "path of the address ledger; governance/address-ledger.yaml above pack or project when left out",
    },
    "report": {"type": "string", "default": "", "description": "path to write the JSON report to at the end of a run"},
    "rule_seconds": {
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 5,
        "description": "how long one rule may look at one resource before it is cut off",
    },
    "remediate_by_replacement": {
        "type": "boolean",
        "default": False,
        "description": "whether rules of level remediate may change a property that replaces the resource",
    },
}
"""JSON schema of the pack settings by name."""

_SUBJECT = "policy configuration"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a policy configuration says.

    Attributes:
        everywhere: level of all rules that are not named, None to leave the pack's.
        levels: by rule id.
        settings: rule id to settings, as given.
        pack: settings of the pack as a whole, defaults filled in.
    """

    everywhere: Level | None = None
    levels: Mapping[str, Level] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pack: Mapping[str, Any] = field(
        default_factory=lambda: {name: schema["default"] for name, schema in PACK_SCHEMA.items()}
    )


def configure(source: Mapping[str, Any] | str | Path | None, known: Mapping[str, Rule]) -> Configuration:
    """Read a policy configuration.

    Args:
        source: the content, or the path of a JSON file: rule id to a level, or to an object with ``enforcementLevel``
            and the rule's settings; ``all`` for every rule; ``pack-settings`` for the pack.
        known: every rule there is. A rule that no loaded pack has may be named: one file serves several packs.

    Raises:
        PolicyError: the file cannot be read; a rule, level or setting does not exist, or does not fit its schema.
    """
    if source is None:
        return Configuration()
    content = source if isinstance(source, Mapping) else _read(Path(source))
    levels: dict[str, Level] = {}
    settings: dict[str, Mapping[str, Any]] = {}
    everywhere: Level | None = None
    pack = {name: schema["default"] for name, schema in PACK_SCHEMA.items()}
    for name, entry in content.items():
        level, values = _split(name, entry)
        if name == "all":
            everywhere = level
        elif name == PACK_SETTINGS:
            pack |= _pack_settings(values)
        elif name in known:
            if level is not None:
                levels[name] = level
            settings[name] = check_settings(_SUBJECT, known[name], values)
        else:
            raise PolicyError(
                f"{_SUBJECT}: {name}: there is no such rule; {near(name, [*known, 'all', PACK_SETTINGS])}"
            )
    return Configuration(everywhere, levels, settings, pack)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{_SUBJECT}: {path}: cannot be read, {error}; give the path of a JSON file") from error
    if not isinstance(content, dict):
        raise PolicyError(f"{_SUBJECT}: {path}: is not a JSON object; map rule ids to levels")
    return content


def _split(name: str, entry: object) -> tuple[Level | None, Mapping[str, Any]]:
    values = dict(entry) if isinstance(entry, Mapping) else {"enforcementLevel": entry}
    level = values.pop("enforcementLevel", None)
    if level is not None and level not in LEVELS:
        hint = near(str(level), LEVELS) or f"use one of {', '.join(LEVELS)}"
        raise PolicyError(f"{_SUBJECT}: {name}: is not a level, got '{level}'; {hint}")
    return cast("Level | None", level), values


def _pack_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    import jsonschema

    for name, value in values.items():
        if name not in PACK_SCHEMA:
            raise PolicyError(f"{_SUBJECT}: {PACK_SETTINGS}.{name}: is not a setting; {near(name, PACK_SCHEMA)}")
        try:
            jsonschema.validate(value, dict(PACK_SCHEMA[name]))
        except jsonschema.ValidationError as error:
            raise PolicyError(f"{_SUBJECT}: {PACK_SETTINGS}.{name}: {error.message}; see its schema") from error
    return dict(values)
