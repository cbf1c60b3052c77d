"""Mending inputs as the catalogue says: only what is marked, and never what replaces a resource unless asked."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from platform_lib.core.values import UNKNOWN, Properties, Secret
from policypacks.engine.path import ELEMENTS, Every, Step, parse
from policypacks.engine.record import CATALOGUE, Record

CONFIG = "$config."
POD = "$POD"


@lru_cache(maxsize=1)
def pod_spec_paths() -> Mapping[str, str]:
    """Where the pod spec stands in each Kubernetes workload type."""
    loaded: Mapping[str, str] = json.loads((CATALOGUE / "pod_spec_paths.json").read_text(encoding="utf-8"))
    return loaded


def may_remediate(record: Record, *, by_replacement: bool = False) -> bool:
    """Whether the catalogue says how to mend a violation, and mending does not replace the resource (unless asked)."""
    return record.remediable and bool(record.fix) and (by_replacement or not record.replace_risk)


def mended(record: Record, kind: str, properties: Properties, config: Mapping[str, Any]) -> Properties | None:
    """The inputs with the record's fix applied, as a copy; None where a setting that it needs is not set.

    Args:
        record: a record with a fix.
        kind: canonical type token of the resource.
        properties: inputs with markers; they are not changed.
        config: the rule's settings, for ``$config.<name>`` values.
    """
    changed: Any = properties
    for path, given in record.fix.items():
        value = given
        if isinstance(given, str) and given.startswith(CONFIG):
            value = config.get(given.removeprefix(CONFIG))
            if not value:
                return None
        if POD in path:
            if kind not in pod_spec_paths():
                return None
            path = path.replace(POD, pod_spec_paths()[kind])
        changed = _put(changed, parse(path), value)
    return changed if changed != properties else None


def _put(holder: Any, steps: tuple[Step, ...], value: Any) -> Any:
    """A copy of the holder with the value set; secrets stay secret, unknown parts stay as they are."""
    if isinstance(holder, Secret):
        return Secret(_put(holder.value, steps, value))
    if holder is UNKNOWN:
        return holder
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, Every):
        if step is ELEMENTS and isinstance(holder, list):
            return [_put(item, rest, value) for item in holder]
        if isinstance(holder, dict):
            return {key: _put(item, rest, value) for key, item in holder.items()}
        return holder
    if isinstance(step, int):
        if not isinstance(holder, list) or step >= len(holder):
            return holder
        return [_put(item, rest, value) if index == step else item for index, item in enumerate(holder)]
    current = holder if isinstance(holder, dict) else {}
    if rest and isinstance(rest[0], Every) and step not in current:
        return holder
    inner = _put(current.get(step, {} if rest else None), rest, value)
    return {**current, step: inner}
