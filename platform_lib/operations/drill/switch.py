"""How a program is told which site is active: the setting ``active_site`` of the stack, wherever it stands."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from platform_lib.components.dr.kind import Site
from platform_lib.operations.errors import InputError
from platform_lib.sandbox.engine.target import ConfigValue

FIELD: Final = "active_site"


def find_setting(config: Mapping[str, ConfigValue], schema: Mapping[str, Any] | None, project: str) -> str:
    """Where the setting stands: a configuration key, and after dots the path below it (``platform:dr.active_site``).

    Args:
        config: of the stack.
        schema: JSON schema of the project's settings; None where the project names no settings model.
        project: name of the project.

    Raises:
        InputError: the stack sets it nowhere or in several places, and so does the model; the way out is named.
    """
    held = list(dict.fromkeys(_held(config)))
    found = held or [f"{project}:{path}" for path in (_declared(schema) if schema is not None else ())]
    if len(found) == 1:
        return found[0]
    where = f"is in several places, {', '.join(found)}" if found else "is in no setting of the stack"
    raise InputError(f"drill: {FIELD}: {where}; name the one that the DrReplica takes by --active-site KEY")


def with_site(config: Mapping[str, ConfigValue], setting: str, site: Site) -> dict[str, ConfigValue]:
    """The configuration with another active site.

    Args:
        config: of the stack.
        setting: where it stands, as ``find_setting`` names it.
        site: the site.

    Raises:
        InputError: the path leads into something that is no mapping.
    """
    key, *path = _split(setting)
    if not path:
        return {**config, key: replace(config.get(key, ConfigValue("")), value=site.value, is_object=False)}
    held = config.get(key, ConfigValue("{}", is_object=True))
    try:
        document = json.loads(held.value)
    except ValueError:
        document = None
    inner = document
    for step in path[:-1]:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise InputError(f"drill: --active-site: {setting} leads into something that is no mapping; name another key")
    inner[path[-1]] = site.value
    return {**config, key: replace(held, value=json.dumps(document), is_object=True)}


def _split(setting: str) -> list[str]:
    namespace, _, rest = setting.rpartition(":")
    first, *path = rest.split(".")
    return [f"{namespace}:{first}" if namespace else first, *path]


def _held(config: Mapping[str, ConfigValue]) -> Iterator[str]:
    for key, value in config.items():
        if key.rpartition(":")[2] == FIELD:
            yield key
        elif value.is_object:
            try:
                document = json.loads(value.value)
            except ValueError:
                continue
            yield from (f"{key}.{path}" for path in _paths(document))


def _paths(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key == FIELD:
                yield key
            else:
                yield from (f"{key}.{path}" for path in _paths(value))


def _declared(schema: Mapping[str, Any]) -> Iterator[str]:
    """Where the settings model has the field."""
    definitions = schema.get("$defs", {})

    def walk(node: Mapping[str, Any], seen: frozenset[str]) -> Iterator[str]:
        for name, field in node.get("properties", {}).items():
            if name == FIELD:
                yield name
                continue
            for option in (field, *field.get("anyOf", ())):
                target = str(option.get("$ref", "")).rpartition("/")[2]
                if target in definitions and target not in seen:
                    yield from (f"{name}.{path}" for path in walk(definitions[target], seen | {target}))

    yield from dict.fromkeys(walk(schema, frozenset()))
