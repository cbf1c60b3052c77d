"""What changed between two contracts of components, and what that asks of a version."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_lib.operations.upgrade.model import BUMP_OF, ContractChange, Kind

Contract = Mapping[str, Any]
"""What ``contract_script`` prints."""

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_ALIKE: Final = 0.72
"""How alike two names have to be, from 0 to 1, for one to count as the other's new name."""


def contract_changes(old: Contract, new: Contract) -> tuple[ContractChange, ...]:
    """Every change, in order of its subject; what asks for most comes first."""
    changes = [
        *_components(old["resources"], new["resources"]),
        *_types(old["types"], new["types"]),
        *_defaults(old["defaults"], new["defaults"]),
    ]
    return tuple(sorted(changes, key=lambda item: (item.bump != "major", item.subject, item.kind)))


def _change(kind: Kind, subject: str, detail: str = "") -> ContractChange:
    return ContractChange(kind=kind, subject=subject, detail=detail, bump=BUMP_OF[kind])


def _components(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    moved = _renames(old, new, lambda one, other: set(_inputs(one)) == set(_inputs(other)))
    for token in sorted(old.keys() | new.keys()):
        name = _short(token)
        if token not in old:
            if token not in moved.values():
                yield _change(Kind.ADDED, name, "a component")
        elif token in moved:
            yield _change(Kind.RENAMED, name, f"is {_short(moved[token])} now")
        elif token not in new:
            yield _change(Kind.REMOVED, name, "a component")
        else:
            one, other = old[token], new[token]
            yield from _properties(
                f"{name}.inputs",
                _inputs(one),
                _inputs(other),
                set(one.get("requiredInputs", ())),
                set(other.get("requiredInputs", ())),
                inputs=True,
            )
            yield from _properties(
                f"{name}.outputs",
                one.get("properties", {}),
                other.get("properties", {}),
                set(one.get("required", ())),
                set(other.get("required", ())),
                inputs=False,
            )


def _inputs(component: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = component.get("inputProperties", {})
    return found


def _types(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    for token in sorted(old.keys() & new.keys()):
        name, one, other = _short(token), old[token], new[token]
        yield from _properties(
            name,
            one.get("properties", {}),
            other.get("properties", {}),
            set(one.get("required", ())),
            set(other.get("required", ())),
            inputs=True,
        )
        values, now = ([item.get("value") for item in side.get("enum", ())] for side in (one, other))
        yield from (_change(Kind.REMOVED, f"{name}.{value}", "a value") for value in values if value not in now)
        yield from (_change(Kind.ADDED, f"{name}.{value}", "a value") for value in now if value not in values)


def _properties(
    subject: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    required: set[str],
    now_required: set[str],
    *,
    inputs: bool,
) -> Iterator[ContractChange]:
    moved = _renames(old, new, lambda one, other: _type(one) == _type(other))
    for name in sorted(old.keys() | new.keys()):
        path = f"{subject}.{name}"
        if name not in old:
            if name in moved.values():
                continue
            must = inputs and name in now_required
            yield _change(Kind.REQUIRED if must else Kind.ADDED, path, "is new" if must else "")
        elif name in moved:
            yield _change(Kind.RENAMED, path, f"is {moved[name]} now")
        elif name not in new:
            yield _change(Kind.REMOVED, path)
        else:
            yield from _property(path, old[name], new[name])
            if inputs and name in now_required - required:
                yield _change(Kind.REQUIRED, path, "could be left out")
            if not inputs and name in required - now_required:
                yield _change(Kind.TYPE_CHANGED, path, "may be missing now")


def _property(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    if _type(old) != _type(new):
        yield _change(Kind.TYPE_CHANGED, path, f"was {_type(old)}, is {_type(new)}")
    if old.get("default") != new.get("default"):
        yield _change(Kind.DEFAULT_CHANGED, path, f"was {old.get('default')}, is {new.get('default')}")
    else:
        # Defaults that a plan computes are told in the description alone: a sentence about one that changed.
        was, now = _about_default(old), _about_default(new)
        if was and now and _bare(was) != _bare(now):
            numbers = _NUMBER.findall(was) != _NUMBER.findall(now)
            kind = Kind.DEFAULT_CHANGED if numbers else Kind.DEFAULT_REWORDED
            yield _change(kind, path, f"its description said '{was}', says '{now}'")
    if new.get("deprecationMessage") and not old.get("deprecationMessage"):
        yield _change(Kind.DEPRECATED, path, str(new["deprecationMessage"]))


def _bare(text: str) -> str:
    """A sentence without what only typography makes different."""
    return re.sub(r"[^\w]+", " ", text).strip().lower()


def _about_default(value: Mapping[str, Any]) -> str:
    text = " ".join(str(value.get("description", "")).split())
    parts = [part.strip() for sentence in text.split(". ") for part in sentence.split(";")]
    return "; ".join(part for part in parts if "default" in part.lower() or "left out" in part.lower())


def _defaults(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[ContractChange]:
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name] and "required" not in (old[name], new[name]):
            yield _change(Kind.DEFAULT_CHANGED, name, f"was {old[name]}, is {new[name]}")


def _type(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    if "$ref" in value:
        return _short(str(value["$ref"]))
    if "items" in value:
        return f"list of {_type(value['items'])}"
    if "additionalProperties" in value:
        return f"map of {_type(value['additionalProperties'])}"
    return str(value.get("type", "any"))


def _renames(old: Mapping[str, Any], new: Mapping[str, Any], same: Any) -> Mapping[str, str]:
    """What goes and what comes that is the same but for its name: old name to new name, each once."""
    gone, come = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    found: dict[str, str] = {}
    for name in gone:
        fits = [other for other in come if other not in found.values() and same(old[name], new[other])]
        short = {_short(other): other for other in fits}
        best = difflib.get_close_matches(_short(name), list(short), n=1, cutoff=_ALIKE)
        if best:
            found[name] = short[best[0]]
    return found


def _short(token: str) -> str:
    return token.rpartition(":")[2]
