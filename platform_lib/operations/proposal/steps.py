"""The steps of a preview in a form that a second preview of the same change repeats: no automatic names, ids or times.

Where automatic names stand is told by the marks that providers leave in a resource's inputs: bridged providers list
what they filled in under ``__defaults``, Kubernetes annotates ``pulumi.com/autonamed``, azure-native sets
``__createBeforeDelete``. Such a name is replaced wherever it stands, in other resources' inputs too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import Field

from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret, plain
from platform_lib.operations.changes import SECRET_TEXT, UNKNOWN_TEXT
from platform_lib.operations.model import Model
from platform_lib.operations.record import STACK_TYPE, urn_name
from platform_lib.sandbox.cloud.naming import AUTONAMED, DEFAULTS, RANDOM_NAME
from platform_lib.sandbox.engine.event import StateView, StepEvent

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RANDOM_TAIL: Final = re.compile(r"[0-9a-z]{4,}\Z", re.IGNORECASE)
_DEFAULT_PROVIDER: Final = re.compile(r"pulumi:providers:[^:]+::default(_|\Z)")
_SHORTEST: Final = 6
"""Automatic names that are shorter are replaced only where they stand alone: elsewhere they could be part of a word."""


class PlannedStep(Model):
    """What would be done to one resource."""

    operations: tuple[str, ...]
    """The engine's steps on it, sorted (``create-replacement``, ``delete-replaced``, ``replace``)."""

    type: str
    """Type token."""

    provider: str = ""
    """URN of its provider; the provider's id is generated and left out."""

    protected: bool = False
    retained: bool = False
    """It would leave the state and stay in the cloud."""

    replace_keys: tuple[str, ...] = ()
    """Top-level properties that force the replacement."""

    properties: tuple[str, ...] = ()
    """Paths of the properties that move."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    """What it would be made of: secrets as ``[secret]``, what is not known yet as ``[unknown]``, automatic names by
    the logical name. Empty for what goes away."""


def planned_steps(events: Iterable[StepEvent]) -> dict[str, PlannedStep]:
    """What a preview would do, by URN; what stays as it is and what the engine makes for itself are left out.

    Args:
        events: the steps of the preview, in any order.
    """
    by_urn: dict[str, list[StepEvent]] = {}
    for event in events:
        by_urn.setdefault(event.urn, []).append(event)
    names = dict(name for found in by_urn.values() for event in found for name in _automatic(event))
    hide = _Hider(names)
    return {
        urn: _step(sorted(found, key=lambda event: event.op), hide)
        for urn, found in sorted(by_urn.items())
        if found[0].type != STACK_TYPE
        and not _DEFAULT_PROVIDER.search(urn)
        and any(event.op != "same" for event in found)
    }


def _step(events: Sequence[StepEvent], hide: "_Hider") -> PlannedStep:
    new = next((event.new for event in events if event.new is not None and event.op != "delete-replaced"), None)
    old = next((event.old for event in events if event.old is not None), None)
    holder = new or old
    goes = any(event.op in ("delete", "delete-replaced") for event in events)
    moved = {path for event in events for path in (event.detailed_diff or event.diffs or ())}
    return PlannedStep(
        operations=tuple(sorted({event.op for event in events} - {"same"})),
        type=events[0].type,
        provider=(holder.provider.rpartition("::")[0] if holder else ""),
        protected=bool(holder and holder.protect),
        retained=bool(goes and old and old.retain_on_delete),
        replace_keys=tuple(sorted({key for event in events for key in event.keys})),
        properties=tuple(sorted(moved)),
        inputs={} if new is None else hide.value({key: item for key, item in new.inputs.items() if not _mark(key)}),
    )


def _automatic(event: StepEvent) -> Iterator[tuple[str, str]]:
    """The automatic names of a resource, each with what stands in for it."""
    for view in (event.old, event.new):
        if isinstance(view, StateView):
            logical = urn_name(view.urn)
            for name in _names(plain(view.inputs), logical):
                yield name, f"[name of {logical}]"


def _names(inputs: Any, logical: str) -> Iterator[str]:
    if isinstance(inputs, list):
        for item in inputs:
            yield from _names(item, logical)
        return
    if not isinstance(inputs, Mapping):
        return
    filled = inputs.get(DEFAULTS)
    for key in filled if isinstance(filled, list) else ():
        value = inputs.get(key) if isinstance(key, str) else None
        if isinstance(value, str) and (_made_of(value, logical) or _UUID.fullmatch(value)):
            yield value
    if RANDOM_NAME in inputs:
        yield from (item for item in inputs.values() if isinstance(item, str) and _made_of(item, logical))
    annotations = inputs.get("annotations")
    if isinstance(annotations, Mapping) and annotations.get(AUTONAMED) and isinstance(inputs.get("name"), str):
        yield inputs["name"]
    for item in inputs.values():
        yield from _names(item, logical)


def _made_of(value: str, logical: str) -> bool:
    """Whether a name is a logical name with something random, as providers make them (some in lower case)."""
    _, found, rest = value.lower().partition(logical.lower())
    return bool(found) and (not rest or _RANDOM_TAIL.search(rest) is not None)


def _mark(key: str) -> bool:
    """Whether a key is a provider's own note."""
    return key.startswith("__")


class _Hider:
    """Turns property values into JSON data without secrets and automatic names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._whole = names
        inside = [name for name in names if len(name) >= _SHORTEST]
        self._inside = re.compile(_any_of(inside)) if inside else None

    def value(self, value: Any) -> Any:
        if value is UNKNOWN:
            return UNKNOWN_TEXT
        if isinstance(value, Secret):
            return SECRET_TEXT
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in value.items() if not _mark(key)}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, Asset | Archive):
            return f"[{type(value).__name__.lower()} {value.hash}]"
        if isinstance(value, ResourceReference):
            return value.urn
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _text(self, text: str) -> str:
        if text in self._whole:
            return self._whole[text]
        if self._inside is None:
            return text
        return self._inside.sub(lambda match: self._whole[match[0]], text)


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest that fits: a tree of their characters.

    A plain alternation would try thousands of names at every place of every text.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = None

    def pattern(node: dict[str, Any]) -> str:
        options = [re.escape(character) + pattern(below) for character, below in node.items() if character]
        if not options:
            return ""
        if len(options) == 1 and "" not in node:
            return options[0]
        return f"(?:{'|'.join(options)}){'?' if '' in node else ''}"

    return pattern(tree)


def lost(steps: Mapping[str, PlannedStep]) -> Iterable[tuple[str, str]]:
    """What of the steps cannot be undone: URN and what is lost with it, for what holds something and goes away."""
    from platform_lib.operations.stateful import stateful

    for urn, step in steps.items():
        what = stateful(step.type)
        if what and not step.retained and {"delete", "delete-replaced", "replace"} & set(step.operations):
            yield urn, what
