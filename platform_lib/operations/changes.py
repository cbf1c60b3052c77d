"""What a step changes, as a person or a report wants to see it: property by property, secrets redacted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from platform_lib.core.values import UNKNOWN, Archive, Asset, Properties, ResourceReference, Secret, Value, plain
from platform_lib.sandbox.engine.event import StateView, StepEvent

SECRET_TEXT: Final = "[secret]"  # noqa: S105  # what stands in for one
UNKNOWN_TEXT: Final = "[unknown]"

_PATH_PART: Final = re.compile(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<index>\d+)\]|\.?(?P<name>[^.\[]+)')
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property path that moves.

    Attributes:
        path: property path as providers write it (``ingress[0].fromPort``).
        kind: what happens to it.
        old: value before, as ``shown``; None where there was none.
        new: value after, as ``shown``; None where there is none.
        replaces: the change forces a replacement.
        inferred: that it forces one is inferred, not the provider's own answer.
    """

    path: str
    kind: Literal["add", "update", "delete"]
    old: Any
    new: Any
    replaces: bool = False
    inferred: bool = False


def shown(value: Value, *, show_secrets: bool = False) -> Any:
    """The value as JSON data that may be printed.

    Args:
        value: a property value with markers.
        show_secrets: print secrets instead of ``[secret]``.

    Returns:
        Plain JSON data; unknown values read ``[unknown]``, assets and archives their kind and the start of their hash.
    """
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, Secret):
        return shown(value.value, show_secrets=True) if show_secrets else SECRET_TEXT
    if isinstance(value, dict):
        return {key: shown(item, show_secrets=show_secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item, show_secrets=show_secrets) for item in value]
    if isinstance(value, Asset | Archive):
        return f"[{type(value).__name__.lower()} {value.hash[:12]}]"
    if isinstance(value, ResourceReference):
        return shown(value.urn if value.id is None else value.id, show_secrets=show_secrets)
    return value


def property_changes(step: StepEvent, *, show_secrets: bool = False) -> list[PropertyChange]:
    """The properties that a step moves, in order of their paths.

    The provider's detailed answer is used where it gave one, then its list of top-level properties, else the inputs are
    compared. A step that only makes or only removes a resource moves no property.
    """
    old, new = step.old, step.new
    if old is None or new is None:
        return []
    if step.detailed_diff:
        changes = _detailed(step, old, new, show_secrets=show_secrets)
    else:
        names = step.diffs or sorted({*old.inputs, *new.inputs})
        changes = [
            _change(
                name,
                old.inputs.get(name, _MISSING),
                new.inputs.get(name, _MISSING),
                show_secrets=show_secrets,
                replaces=name in step.keys,
            )
            for name in names
            if step.diffs or _differs(old.inputs.get(name, _MISSING), new.inputs.get(name, _MISSING))
        ]
    return sorted(changes, key=lambda change: change.path)


def _detailed(step: StepEvent, old: StateView, new: StateView, *, show_secrets: bool) -> list[PropertyChange]:
    changes = []
    for path, difference in (step.detailed_diff or {}).items():
        before = _at(old.inputs if difference.input_diff else old.outputs, path)
        after = _at(new.inputs, path)
        change = _change(
            path,
            before,
            after,
            show_secrets=show_secrets,
            replaces=difference.kind.endswith("-replace"),
            inferred=difference.inferred,
        )
        changes.append(change)
    return changes


def _change(
    path: str, before: Value, after: Value, *, show_secrets: bool, replaces: bool, inferred: bool = False
) -> PropertyChange:
    kind: Literal["add", "update", "delete"] = "update"
    if before is _MISSING:
        kind = "add"
    elif after is _MISSING:
        kind = "delete"
    return PropertyChange(
        path=path,
        kind=kind,
        old=None if before is _MISSING else shown(before, show_secrets=show_secrets),
        new=None if after is _MISSING else shown(after, show_secrets=show_secrets),
        replaces=replaces,
        inferred=inferred,
    )


def _differs(before: Value, after: Value) -> bool:
    """Whether two values differ for a person: a value that only became secret does not."""
    return bool(before is not after and (before is _MISSING or after is _MISSING or plain(before) != plain(after)))


def compared(old: Properties, new: Properties, *, show_secrets: bool = False) -> list[PropertyChange]:
    """What differs between two sets of properties, leaf by leaf, in order of the paths."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    return [
        _change(path, before.get(path, _MISSING), after.get(path, _MISSING), show_secrets=show_secrets, replaces=False)
        for path in sorted(before.keys() | after.keys())
        if _differs(before.get(path, _MISSING), after.get(path, _MISSING))
    ]


def path_parts(path: str) -> list[str | int]:
    """A property path as keys and indices: ``a.b[0]["c.d"]`` is ``["a", "b", 0, "c.d"]``."""
    parts: list[str | int] = []
    for match in _PATH_PART.finditer(path):
        if match["index"] is not None:
            parts.append(int(match["index"]))
        elif match["quoted"] is not None:
            parts.append(match["quoted"].replace('\\"', '"').replace("\\\\", "\\"))
        else:
            parts.append(match["name"])
    return parts


def value_at(properties: Properties, path: str) -> tuple[bool, Value]:
    """Whether there is a value at a path, and it; a secret on the way makes everything below it secret."""
    value = _at(properties, path)
    return value is not _MISSING, None if value is _MISSING else value


def _at(properties: Properties, path: str) -> Value:
    return next(_found(properties, path_parts(path)), _MISSING)


def _found(value: Value, parts: Sequence[str | int]) -> Iterator[Value]:
    if isinstance(value, Secret):
        yield from (Secret(item) for item in _found(value.value, parts))
        return
    if not parts:
        yield value
    elif isinstance(value, list) and isinstance(parts[0], int) and parts[0] < len(value):
        yield from _found(value[parts[0]], parts[1:])
    elif isinstance(value, dict):
        # Some providers write a key with dots bare (`tags.dotted.key`), so longer keys are tried as well.
        for end in range(1, len(parts) + 1):
            key = ".".join(str(part) for part in parts[:end])
            if key in value:
                yield from _found(value[key], parts[end:])


def _leaves(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Pairs of property path and leaf; empty lists and mappings are leaves, and so is a secret as a whole."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            bare = re.fullmatch(r"[^.\[\]\"]+", key) is not None
            step = (f".{key}" if path else key) if bare else f'["{key}"]'
            yield from _leaves(item, path + step)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def flat(value: Any) -> Iterator[tuple[str, Any]]:
    """JSON data as pairs of property path and leaf; empty lists and mappings are leaves."""
    return _leaves(value)
