"""What differs between old and new inputs, by property path, and whether that forces a replacement.

Which inputs force one comes from the provider facts of the schema, with their certainty: ``certain`` replaces,
``inferred``
replaces and says so, ``add-remove`` replaces only where the whole value comes or goes, ``conditional`` only where a
rule of
the type knows the condition and it holds. A fact speaks of a changed path when they are equal or one contains the
other.
"""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_lib.core.values import UNKNOWN, Archive, Asset, Properties, ResourceReference, Secret
from platform_lib.sandbox.cloud import path as paths
from platform_lib.sandbox.cloud.path import MISSING, Segment
from platform_lib.sandbox.protocol import DiffKind, DiffResult, PropertyDiff
from platform_lib.sandbox.schema.model import ReplaceRule, ResourceSchema

_REPLACING: Mapping[str, DiffKind] = {"add": "add-replace", "delete": "delete-replace", "update": "update-replace"}


@dataclass(frozen=True, slots=True)
class Habits:
    """How a package's provider compares.

    Attributes:
        keeps_computed: leaving out an input that the cloud also computes keeps its value (bridged providers).
        json_text: texts that hold equal JSON are equal (bridged providers, for policies).
    """

    keeps_computed: bool = False
    json_text: bool = False


@dataclass(slots=True)
class _Comparison:
    habits: Habits
    schema: ResourceSchema
    unordered: frozenset[str] = frozenset()
    found: list[tuple[str, tuple[Segment, ...], DiffKind, Any, Any]] = field(default_factory=list)


def compare(
    schema: ResourceSchema,
    old: Properties,
    new: Properties,
    state: Properties,
    habits: Habits,
    conditions: Mapping[str, Callable[[Any, Any], bool]],
    unordered: frozenset[str] = frozenset(),
) -> DiffResult:
    """Compares checked inputs.

    Args:
        schema: of the type.
        old: inputs of the last operation.
        new: checked inputs.
        state: outputs of the last operation: an input that is new but equal to what the cloud has is no difference.
        habits: of the package's provider.
        conditions: for conditional facts, by path: whether old and new value force the replacement.
        unordered: top-level properties whose elements have no order.

    Returns:
        The answer, with ``delete_before_replace`` left False.
    """
    work = _Comparison(habits, schema, unordered)
    for key in old.keys() | new.keys():
        if not key.startswith("__"):
            _walk(work, key, (key,), old.get(key, MISSING), new.get(key, MISSING), state.get(key, MISSING))
    detailed: dict[str, PropertyDiff] = {}
    replaces: list[str] = []
    diffs: list[str] = []
    for text, segments, kind, was, now in sorted(work.found, key=lambda item: _order(item[1])):
        forced = _forced(schema, text, segments, kind, was, now, conditions)
        top = str(segments[0])
        if top not in diffs:
            diffs.append(top)
        if forced is None:
            detailed[text] = PropertyDiff(kind)
        else:
            detailed[text] = PropertyDiff(_REPLACING[kind], inferred=forced == "inferred")
            if top not in replaces:
                replaces.append(top)
    return DiffResult("some" if detailed else "none", replaces, (), diffs, detailed)


def _order(segments: tuple[Segment, ...]) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in segments)


def _walk(work: _Comparison, path: str, segments: tuple[Segment, ...], old: Any, new: Any, state: Any) -> None:
    old, new = _bare(old), _bare(new)
    if old is new:
        return
    if old is MISSING:
        if new is not None and (state is MISSING or not _equal(work, _bare(state), new)):
            work.found.append((path, segments, "add", None, new))
    elif new is MISSING:
        if old is not None and not _kept(work, segments):
            work.found.append((path, segments, "delete", old, None))
    elif isinstance(old, dict) and isinstance(new, dict):
        inner = _bare(state)
        below = inner if isinstance(inner, dict) else {}
        for key in old.keys() | new.keys():
            if not (isinstance(key, str) and key.startswith("__")):
                step = (*segments, key)
                _walk(
                    work,
                    paths.join(path, key),
                    step,
                    old.get(key, MISSING),
                    new.get(key, MISSING),
                    below.get(key, MISSING),
                )
    elif isinstance(old, list) and isinstance(new, list):
        if len(segments) == 1 and path in work.unordered and _same_elements(work, old, new):
            return
        for index in range(max(len(old), len(new))):
            was = old[index] if index < len(old) else MISSING
            now = new[index] if index < len(new) else MISSING
            _walk(work, paths.join(path, index), (*segments, index), was, now, MISSING)
    elif not _equal(work, old, new):
        work.found.append((path, segments, "add" if old is None else "delete" if new is None else "update", old, new))


def _kept(work: _Comparison, segments: tuple[Segment, ...]) -> bool:
    """Whether leaving the input out keeps what the cloud has."""
    if not work.habits.keeps_computed or len(segments) > 1:
        return False
    output = work.schema.outputs.get(str(segments[0]))
    given = work.schema.inputs.get(str(segments[0]))
    return output is not None and output.required and not (given is not None and given.required)


def _bare(value: Any) -> Any:
    while isinstance(value, Secret):
        value = value.value
    return value


def _same_elements(work: _Comparison, old: list[Any], new: list[Any]) -> bool:
    left = list(new)
    for item in old:
        match = next((index for index, other in enumerate(left) if _equal(work, item, other)), None)
        if match is None:
            return False
        left.pop(match)
    return not left


def _equal(work: _Comparison, old: Any, new: Any) -> bool:
    old, new = _bare(old), _bare(new)
    if old is UNKNOWN or new is UNKNOWN:
        return False
    if isinstance(old, dict) and isinstance(new, dict):
        keys = {key for key in old.keys() | new.keys() if not str(key).startswith("__")}
        return all(_equal(work, old.get(key), new.get(key)) for key in keys)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_equal(work, a, b) for a, b in zip(old, new, strict=True))
    if isinstance(old, Asset | Archive) and type(old) is type(new):
        return bool(old.hash) and old.hash == new.hash
    if isinstance(old, ResourceReference) and isinstance(new, ResourceReference):
        return old.urn == new.urn
    if isinstance(old, bool) or isinstance(new, bool):
        return bool(old is new or _as_text(old) == _as_text(new))
    if isinstance(old, int | float) and isinstance(new, int | float):
        return old == new
    if isinstance(old, str) and isinstance(new, str):
        return old == new or (work.habits.json_text and _same_json(old, new))
    if isinstance(old, str) != isinstance(new, str):
        return bool(_as_text(old) == _as_text(new))
    return bool(old == new)


def _as_text(value: Any) -> Any:
    """Numbers and flags as the providers write them in texts, which they take for the value itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return value


def _same_json(old: str, new: str) -> bool:
    if not (old.lstrip().startswith(("{", "[")) and new.lstrip().startswith(("{", "["))):
        return False
    try:
        return bool(json.loads(old) == json.loads(new))
    except ValueError:
        return False


@functools.lru_cache(maxsize=4096)
def _parsed(rules: tuple[ReplaceRule, ...]) -> tuple[tuple[tuple[Segment, ...], ReplaceRule], ...]:
    return tuple((paths.parse(rule.path), rule) for rule in rules)


def _speaking(
    schema: ResourceSchema, segments: tuple[Segment, ...]
) -> Iterator[tuple[tuple[Segment, ...], ReplaceRule]]:
    return ((parts, rule) for parts, rule in _parsed(schema.replace) if paths.covers(parts, segments))


def _forced(
    schema: ResourceSchema,
    text: str,
    segments: tuple[Segment, ...],
    kind: DiffKind,
    old: Any,
    new: Any,
    conditions: Mapping[str, Callable[[Any, Any], bool]],
) -> str | None:
    """The certainty by which the change forces a replacement, None where it does not."""
    forced: str | None = None
    for parts, rule in _speaking(schema, segments):
        if rule.certainty == "certain":
            return "certain"
        if rule.certainty == "add-remove" and kind != "update" and len(segments) <= len(parts):
            return "certain"
        if rule.certainty == "conditional" and text in conditions and conditions[text](old, new):
            return "certain"
        if rule.certainty == "inferred":
            forced = "inferred"
    return forced
