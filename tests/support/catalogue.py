"""What is wrong with records of the catalogue, measured against the installed SDKs and the frameworks."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from platform_lib.sandbox import schema
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType
from policypacks.engine.path import Every, parse
from policypacks.engine.record import FRAMEWORKS, SEVERITIES, Record, controls, themes
from policypacks.engine.remedy import POD, pod_spec_paths

_SPECIAL = ("opts.", "provider.")


def problems(records: Iterable[Record]) -> list[str]:
    """One line for each thing that is wrong; empty when all is right."""
    found: list[str] = []
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            found.append(f"{record.id}: is there twice")
        seen.add(record.id)
        found += [f"{record.id}: {problem}" for problem in _record(record)]
    return found


def _record(record: Record) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", record.id):
        yield "bad id"
    if record.severity not in SEVERITIES or record.scope not in ("resource", "stack") or record.tier not in (1, 2, 3):
        yield "bad severity, scope or tier"
    if record.absent not in ("violation", "pass"):
        yield "bad absent"
    if record.remediable != bool(record.fix):
        yield "remediable and fix go together"
    if not record.condition.endswith(".") or not record.themes:
        yield "needs a condition and a theme"
    for theme in record.themes:
        if theme not in themes():
            yield f"unknown theme {theme}"
    for framework, ids in record.controls.items():
        if framework in FRAMEWORKS:
            yield from (f"unknown {framework} control {name}" for name in ids if name not in controls(framework))
    real = [token for token in record.resources if not token.endswith("*")]
    known = [token for token in real if _inputs(token) is not None]
    yield from (f"unknown token {token}" for token in real if token not in known)
    for text in (*record.properties, *record.fix):
        if text.startswith(_SPECIAL) or not known:
            continue
        name, _, path = text.rpartition(":") if re.match(r"[\w:./-]+:[^:]+$", text) else ("", "", text)
        targets = [token for token in known if not name or name in (token, token.rsplit(":", 1)[-1])]
        if not any(_has(token, path.replace(POD, pod_spec_paths().get(token, POD))) for token in targets):
            yield f"unknown property {text}"


@lru_cache(maxsize=4096)
def _inputs(token: str) -> dict[str, PropertySchema] | None:
    try:
        found = schema.resource(token)
    except schema.UnknownTypeError:
        return None
    return {**found.outputs, **found.inputs}


def _has(token: str, path: str) -> bool:
    properties = _inputs(token)
    package = schema.package_of(token)
    steps = [step for step in parse(path) if not isinstance(step, Every | int)]
    for position, step in enumerate(steps):
        if properties is None:
            return True  # inside a map with free keys
        if step not in properties:
            return False
        properties = _below(package, properties[step].type, last=position == len(steps) - 1)
    return True


def _below(package: str, kind: PropertyType, *, last: bool) -> dict[str, PropertySchema] | None:
    if last:
        return {}
    while kind.item is not None:
        if kind.kind == "map" and not kind.item.object_token:
            return None
        kind = kind.item
    found: dict[str, PropertySchema] = {}
    for option in (kind, *kind.alternatives):
        if option.object_token:
            found |= schema.object(package, option.object_token).properties
        elif option.item is not None or option.kind in ("any", "map"):
            return None
    return found
