"""Compares two stacks: what differs, why, and whether anybody said so."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Any, Final

from platform_lib.core.values import UNKNOWN
from platform_lib.operations.compare.declared import Declared
from platform_lib.operations.compare.model import (
    Comparison,
    DeclaredProblem,
    Difference,
    Nature,
    Section,
    Side,
)
from platform_lib.operations.compare.seen import Seen, look_at
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.project import Project
from platform_lib.operations.run import Policies

_NATURES: Final = (Nature.ACCIDENTAL, Nature.INTENDED, Nature.FOLLOWS)
_MISSING: Final = object()
_SHORTEST: Final = 3
"""Shortest text of a setting that is looked for inside a longer text."""


@dataclass(frozen=True)
class _Setting:
    """A setting in which the stacks differ, to tell what follows from it."""

    path: str
    left: Any
    right: Any

    def explains(self, left: Any, right: Any) -> bool:
        """Whether two values are what it makes of one and the same."""
        if isinstance(self.left, bool) or isinstance(self.right, bool):
            return False  # it would explain whatever is switched
        if str(left) == str(self.left) and str(right) == str(self.right):
            return True  # as it is, or a number that a provider takes as text
        if not all(isinstance(item, str) for item in (left, right, self.left, self.right)):
            return False
        if min(len(self.left), len(self.right)) < _SHORTEST:
            return False
        if _without(left, self.left) == _without(right, self.right):
            return True
        place = _place(left, self.left)
        return place is not None and place == _place(right, self.right)


def _place(text: str, network: str) -> tuple[int, int] | None:
    """Where an address range lies in a network: its offset and its length; None where one of both is no range."""
    try:
        inner, outer = ip_network(text), ip_network(network)
    except ValueError:
        return None
    offset = int(inner[0]) - int(outer[0])
    if inner.version != outer.version or offset < 0 or int(inner[-1]) > int(outer[-1]):
        return None
    return offset, inner.prefixlen


def _together(settings: Sequence[_Setting], left: Any, right: Any) -> str:
    """The settings that explain a longer text together, such as a policy with account and environment in it."""
    if not (isinstance(left, str) and isinstance(right, str)):
        return ""
    causes: list[str] = []
    for item in sorted(settings, key=lambda item: (-len(str(item.left)), item.path)):
        if not (isinstance(item.left, str) and isinstance(item.right, str)):
            continue
        if min(len(item.left), len(item.right)) < _SHORTEST:
            continue
        one, other = _without(left, item.left), _without(right, item.right)
        if one != left and other != right:
            left, right = one, other
            causes.append(item.path)
    return ", ".join(sorted(causes)) if left == right else ""


def _without(text: str, value: str) -> str:
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", "\0", text)


def compare(
    project: Project,
    left: EngineStack,
    right: EngineStack,
    policies: Policies,
    declared: Sequence[Declared] = (),
    *,
    now: datetime | None = None,
) -> Comparison:
    """Compares two stacks of a project.

    Args:
        project: whose settings they have.
        left: a stack.
        right: another one, on the same engine.
        policies: whose levels are compared; a stack that is not deployed is previewed with them.
        declared: the intended differences.
        now: time of the comparison; the clock's where None.

    Raises:
        PlatformError: a state cannot be read, a preview failed, or settings are not right.
    """
    at = now or datetime.now(UTC)
    one, other = look_at(project, left, policies), look_at(project, right, policies)
    found = list(differences(one, other, declared, today=at.date()))
    counts = _counts(one, other)
    accidental = {
        (Section.RESOURCE if item.section is Section.PROPERTY else item.section, item.subject)
        for item in found
        if item.nature is Nature.ACCIDENTAL
    }
    total = sum(counts.values())
    return Comparison(
        engine=left.engine,
        project=project.directory.name if not left.project else left.project,
        at=at,
        left=_side(one),
        right=_side(other),
        compared={section.value: number for section, number in counts.items()},
        parity=int(1000 * (total - len(accidental)) / total) / 10 if total else 100.0,
        differences=tuple(sorted(found, key=lambda item: (_NATURES.index(item.nature), item.section, item.subject))),
        problems=tuple(_problems(declared, one, other, found, at.date())),
    )


def differences(left: Seen, right: Seen, declared: Sequence[Declared], *, today: date) -> Iterable[Difference]:
    """What differs between two stacks, thing by thing.

    Args:
        left: a stack.
        right: another one.
        declared: the intended differences; those that are expired excuse nothing.
        today: the day against which that is measured.
    """
    good = [item for item in declared if item.expires >= today and item.concerns(left.names, right.names)]
    settings = list(_pairs(left.settings, right.settings))
    moved = [_Setting(path, one, other) for path, one, other in settings if one is not None and other is not None]
    if left.environment != right.environment:
        moved.append(_Setting("environment", left.environment, right.environment))
    if left.stack != right.stack:
        moved.append(_Setting("the stack's name", left.stack, right.stack))
    sections: list[tuple[Section, Iterable[tuple[str, Any, Any]]]] = [
        (Section.SETTING, settings),
        (Section.VERSION, _pairs(left.versions, right.versions)),
        (Section.POLICY, _pairs(left.policies, right.policies)),
        (Section.COMPONENT, _pairs(left.components, right.components)),
        (Section.RESOURCE, _pairs(_there(left.resources), _there(right.resources))),
    ]
    for section, pairs in sections:
        for subject, one, other in pairs:
            told = Difference(section=section, subject=subject, left=one, right=other, nature=Nature.ACCIDENTAL)
            yield _judged(told, good)
    alone = left.resources.keys() ^ right.resources.keys()
    for subject in sorted(left.resources.keys() & right.resources.keys()):
        sides = left.resources[subject], right.resources[subject]
        waiting = {_list_of(path) for side in sides for path, value in side.items() if value is UNKNOWN} - {""}
        for path, one, other in _pairs(*sides):
            if UNKNOWN in (one, other) or _list_of(path) in waiting:
                continue  # a preview does not know it yet: nothing can be said
            told = Difference(
                section=Section.PROPERTY, subject=subject, path=path, left=one, right=other, nature=Nature.ACCIDENTAL
            )
            cause = (
                next((item.path for item in moved if item.explains(one, other)), "")
                or _together(moved, one, other)
                or _one_sided(one, other, alone)
            )
            if cause:
                yield told.model_copy(update={"nature": Nature.FOLLOWS, "why": f"follows from {cause}"})
            else:
                yield _judged(told, good)


def _list_of(path: str) -> str:
    """The list that a leaf is an item of; empty for other leaves."""
    if path.endswith("}]"):
        return path.rpartition("[{")[0]
    return path.rpartition("[")[0] if path.endswith("]") else ""


def _one_sided(left: Any, right: Any, alone: Set[str]) -> str:
    """The resource that only one stack has, where all that differs is that the other does not name it."""
    for value, other in ((left, right), (right, left)):
        if other is None and isinstance(value, str) and value.startswith("{") and value[1:-1] in alone:
            return value[1:-1]
    return ""


def _pairs(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    for key in sorted(left.keys() | right.keys()):
        one, other = left.get(key, _MISSING), right.get(key, _MISSING)
        if one is other or (one is not UNKNOWN and other is not UNKNOWN and one == other):
            continue
        yield key, None if one is _MISSING else one, None if other is _MISSING else other


def _there(things: Mapping[str, Any]) -> Mapping[str, str]:
    return dict.fromkeys(things, "there")


def _judged(difference: Difference, declared: Sequence[Declared]) -> Difference:
    entry = next(
        (item for item in declared if item.covers(difference.section, difference.subject, difference.path)), None
    )
    if entry is None:
        return difference
    return difference.model_copy(update={"nature": Nature.INTENDED, "why": entry.reason})


def _counts(left: Seen, right: Seen) -> Mapping[Section, int]:
    pairs = {
        Section.COMPONENT: (left.components, right.components),
        Section.VERSION: (left.versions, right.versions),
        Section.SETTING: (left.settings, right.settings),
        Section.RESOURCE: (left.resources, right.resources),
        Section.POLICY: (left.policies, right.policies),
    }
    return {section: len({*one, *other}) for section, (one, other) in pairs.items()}


def _problems(
    declared: Sequence[Declared], left: Seen, right: Seen, found: Sequence[Difference], today: date
) -> Iterable[DeclaredProblem]:
    for entry in declared:
        if not entry.concerns(left.names, right.names):
            continue
        matched = any(entry.covers(item.section, item.subject, item.path) for item in found)
        if entry.expires < today and matched:
            problem = f"expired on {entry.expires}; decide again, or make the stacks alike"
            yield DeclaredProblem(entry=str(entry), kind="expired", problem=problem)
        elif not matched and len(entry.between) == 2:  # one that speaks of more stacks may be needed by others
            yield DeclaredProblem(entry=str(entry), kind="unmatched", problem="matches no difference; remove it")


def _side(seen: Seen) -> Side:
    return Side(
        stack=seen.stack,
        environment=seen.environment,
        seen=seen.source,
        components=len(seen.components),
        resources=len(seen.resources),
        cost=seen.cost,
    )
