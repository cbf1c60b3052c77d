"""Comparing property values, and what the engine adds to a provider's diff."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from platform_lib.core.values import Archive, Asset, Properties, ResourceReference, Secret, Value, plain
from platform_lib.sandbox.engine import path as paths
from platform_lib.sandbox.protocol import DiffKind, DiffResult, PropertyDiff

INIT_ERROR_KEY = "#initerror"
"""The replace key and path that stand for initialisation errors of the old state."""

_INVERSE: dict[str, DiffKind] = {
    "add": "delete",
    "add-replace": "delete-replace",
    "delete": "add",
    "delete-replace": "add-replace",
    "update": "update",
    "update-replace": "update-replace",
}


def equal(one: Value, other: Value) -> bool:
    """Whether two values are the same: a missing key equals null, assets go by hash, a secret is not its content."""
    if one is other:
        return True
    if isinstance(one, dict):
        if not isinstance(other, dict):
            return False
        for key, value in one.items():
            if key in other:
                if not equal(value, other[key]):
                    return False
            elif value is not None:
                return False
        return all(value is None or key in one for key, value in other.items())
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))
        )
    if isinstance(one, Secret):
        return isinstance(other, Secret) and equal(one.value, other.value)
    if isinstance(one, (Asset, Archive)):
        return type(one) is type(other) and bool(one.hash) and one.hash == other.hash
    if isinstance(one, ResourceReference):
        return isinstance(other, ResourceReference) and one.urn == other.urn and one.id == other.id
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other
    return type(one) is type(other) and bool(one == other)


def compare(old: Properties, new: Properties) -> dict[str, PropertyDiff]:
    """Every difference between two sets of properties by path, as differences of inputs."""
    found: dict[str, PropertyDiff] = {}
    _compare_objects((), old, new, found)
    return found


def _compare_objects(prefix: paths.Path, old: Properties, new: Properties, found: dict[str, PropertyDiff]) -> None:
    for key, value in old.items():
        if new.get(key) is None:
            if value is not None:
                found[paths.render((*prefix, key))] = PropertyDiff("delete")
        elif value is None:
            found[paths.render((*prefix, key))] = PropertyDiff("add")
        else:
            _compare_values((*prefix, key), value, new[key], found)
    for key, value in new.items():
        if key not in old and value is not None:
            found[paths.render((*prefix, key))] = PropertyDiff("add")


def _compare_values(prefix: paths.Path, old: Value, new: Value, found: dict[str, PropertyDiff]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        _compare_objects(prefix, old, new, found)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index >= len(old):
                found[paths.render((*prefix, index))] = PropertyDiff("add")
            elif index >= len(new):
                found[paths.render((*prefix, index))] = PropertyDiff("delete")
            else:
                _compare_values((*prefix, index), old[index], new[index], found)
    elif not equal(old, new):
        kind: DiffKind = "add" if old is None else "delete" if new is None else "update"
        found[paths.render(prefix)] = PropertyDiff(kind)


def ignore_changes(new: Properties, old: Properties, ignored: Sequence[str]) -> tuple[Properties, list[str]]:
    """The new inputs with the old values put back at the ignored paths.

    Returns:
        The inputs, and the paths at which an element was added or removed and so could not be put back.
    """
    if not ignored:
        return new, []
    result = paths.copy_deep(new)
    unfit: list[str] = []
    for text in ignored:
        try:
            path = paths.parse(text)
        except paths.PathError:
            continue
        if not paths.reset(path, old, result):
            unfit.append(text)
    return cast(Properties, result), unfit


def is_replace(diff: DiffResult) -> bool:
    """Whether a diff asks for a replacement."""
    return bool(diff.replaces) or any(item.kind.endswith("-replace") for item in (diff.detailed or {}).values())


def to_replace(item: PropertyDiff) -> PropertyDiff:
    """The difference as one that forces a replacement."""
    if item.kind.endswith("-replace"):
        return item
    return replace(item, kind=cast(DiffKind, f"{item.kind}-replace"))


def invert(diff: DiffResult) -> DiffResult:
    """The diff seen from the other side."""
    if diff.detailed is None:
        return diff
    return replace(
        diff, detailed={path: replace(item, kind=_INVERSE[item.kind]) for path, item in diff.detailed.items()}
    )


def resolve_unknown(diff: DiffResult, old: Properties, new: Properties, ignored: Sequence[str]) -> DiffResult:
    """Where a provider cannot say whether something changed, the inputs decide."""
    if diff.changes != "unknown":
        return diff
    new, _ = ignore_changes(new, old, ignored)
    detailed = compare(plain(old), plain(new))
    if not detailed:
        return replace(diff, changes="none")
    changed = sorted({str(paths.parse(path)[0]) for path in detailed})
    return replace(diff, changes="some", diffs=changed, detailed=detailed)


def replace_on_changes(diff: DiffResult, declared: Iterable[str], has_init_errors: bool) -> DiffResult:
    """Makes differences at the declared paths (``replace_on_changes``) replacements.

    Raises:
        PathError: a declared path is not a path.
    """
    if diff.changes != "some" and not has_init_errors:
        return diff
    wanted = [paths.parse(text) for text in declared]
    if not wanted:
        return diff
    detailed = diff.detailed
    if detailed is not None:
        detailed = {
            path: to_replace(item) if any(paths.contains(want, paths.parse(path)) for want in wanted) else item
            for path, item in detailed.items()
        }
    replaces = list(dict.fromkeys(diff.replaces))
    for key in diff.diffs:
        if key not in replaces and any(paths.contains(want, paths.parse(key)) for want in wanted):
            replaces.append(key)
    changes = diff.changes
    if has_init_errors and any(paths.contains(want, (INIT_ERROR_KEY,)) for want in wanted):
        replaces.append(INIT_ERROR_KEY)
        if detailed is not None:
            detailed[INIT_ERROR_KEY] = PropertyDiff("update-replace", input_diff=False)
        changes = "some"
    return replace(diff, detailed=detailed, replaces=replaces, changes=changes)
