"""Who is selected by what, found by a label and not by looking at everything. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def fits(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether labels are those that a selector asks for."""
    return all(labels.get(key) == value for key, value in selector.items())


def _label(item: tuple[Any, Any]) -> tuple[str, str]:
    return str(item[0]), str(item[1])


class Labelled(Generic[T]):
    """Things with labels in namespaces, found by selectors."""

    def __init__(self, things: Iterable[tuple[T, str, Mapping[str, str]]]) -> None:
        """Keeps them: thing, namespace and labels."""
        self._all = list(things)
        self._by_label: dict[tuple[str, str], list[tuple[T, str, Mapping[str, str]]]] = defaultdict(list)
        for thing in self._all:
            for item in thing[2].items():
                self._by_label[_label(item)].append(thing)

    def picked(self, selector: Mapping[str, Any], namespace: str | None) -> list[T]:
        """Those that a selector picks, in their order.

        Args:
            selector: labels that they have; empty for all.
            namespace: that they lie in; None for any.
        """
        found = [self._by_label.get(_label(item), []) for item in selector.items()]
        candidates = min(found, key=len) if found else self._all
        return [
            thing
            for thing, where, labels in candidates
            if (namespace is None or where == namespace) and fits(selector, labels)
        ]


class Selecting(Generic[T]):
    """Things with selectors in namespaces, found by labels."""

    def __init__(self, things: Iterable[tuple[T, str, Mapping[str, Any]]]) -> None:
        """Keeps them: thing, namespace and selector."""
        self._by_label: dict[tuple[str, str], list[tuple[int, T, str, Mapping[str, Any]]]] = defaultdict(list)
        self._for_all: dict[str, list[tuple[int, T, str, Mapping[str, Any]]]] = defaultdict(list)
        for place, (thing, namespace, selector) in enumerate(things):
            first = next(iter(selector.items()), None)
            kept = self._for_all[namespace] if first is None else self._by_label[_label(first)]
            kept.append((place, thing, namespace, selector))

    def picking(self, labels: Mapping[str, str], namespaces: Iterable[str]) -> list[T]:
        """Those in some namespaces whose selector picks what has these labels, in their order."""
        where = set(namespaces)
        candidates = [one for item in labels.items() for one in self._by_label.get(_label(item), ())]
        candidates += [one for namespace in where for one in self._for_all.get(namespace, ())]
        fitting = [one for one in candidates if one[2] in where and fits(one[3], labels)]
        return [thing for _, thing, _, _ in sorted(fitting, key=lambda one: one[0])]
