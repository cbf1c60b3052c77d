"""What a check is, and the table of all of them. Pure; imports nothing of the mesh."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from platform_lib.core.errors import Finding


class Severity(StrEnum):
    """What a problem does to a preview."""

    ERROR = "error"
    """It fails."""

    WARNING = "warning"
    """It is logged."""


@dataclass(frozen=True)
class Problem:
    """Something that does not fit.

    Attributes:
        check: name of the check.
        severity: what it does to a preview.
        source: the argument that asked for the object, such as ``routes[2]``; empty where there is none.
        object: what it is about, as messages call it: ``VirtualService shop/menu``.
        path: where in its ``spec``; empty for the whole.
        text: what is wrong, with the value.
        remedy: what to do about it.
    """

    check: str
    severity: Severity
    source: str
    object: str
    path: str
    text: str
    remedy: str

    @property
    def finding(self) -> Finding:
        """The problem in the form of all findings."""
        where = f"{self.object} {self.path}" if self.path else self.object
        if not self.source:
            return found(self.check, where, self.text, self.remedy)
        return found(self.check, self.source, f"{where} {self.text}", self.remedy)


@dataclass(frozen=True)
class Check:
    """A check, as the table of them has it.

    Attributes:
        name: by which findings call it.
        group: the module that it stands in; ``arguments`` for what the planner finds.
        title: what holds where nothing is found.
        reason: what happens where it does not hold.
        severity: what a problem does to a preview.
        like: the message of ``istioctl analyze`` for the same in a cluster; empty where it has none.
        run: looks at a graph; None for what the planner finds in arguments.
    """

    name: str
    group: str
    title: str
    reason: str
    severity: Severity
    like: str
    run: Callable[[Any], Iterable[Problem]] | None


ARGUMENTS: Final = "arguments"
_ALL: Final[dict[str, Check]] = {}


def found(check: str, path: str, problem: str, remedy: str = "") -> Finding:
    """A finding that carries the name of its check."""
    return Finding(path, f"{problem} [{check}]", remedy)


def of_arguments(name: str, title: str) -> None:
    """Adds a check that the planner itself makes, of arguments that no object can be made of."""
    _add(Check(name, ARGUMENTS, title, "There is nothing to make an object of.", Severity.ERROR, "", None))


def check(
    name: str, title: str, *, like: str = "", severity: Severity = Severity.ERROR
) -> Callable[[Callable[[Any], Iterator[tuple[Any, str, str, str]]]], Callable[[Any], list[Problem]]]:
    """Makes a check of a function that yields, for each problem, the object, the path, the text and the remedy.

    Its docstring says what happens where the check does not hold.

    Args:
        name: by which findings call it.
        group: the module that it stands in; ``arguments`` for what the planner finds.
        title: what holds where nothing is found.
        like: the message of ``istioctl analyze`` for the same.
        severity: what a problem does to a preview.
    """

    def make(function: Callable[[Any], Iterator[tuple[Any, str, str, str]]]) -> Callable[[Any], list[Problem]]:
        def run(graph: Any) -> list[Problem]:
            found = (
                Problem(name, severity, about.source, about.shown, path, text, remedy)
                for about, path, text, remedy in function(graph)
            )
            return list(dict.fromkeys(found))  # pods of several subsets may show the same

        reason = " ".join(inspect.cleandoc(function.__doc__ or "").split())
        _add(Check(name, function.__module__.rpartition(".")[2], title, reason, severity, like, run))
        return run

    return make


def registered() -> tuple[Check, ...]:
    """The checks of the modules that were loaded; those of one module in the order in which they stand there."""
    return tuple(_ALL.values())


def _add(one: Check) -> None:
    if one.name in _ALL:
        raise ValueError(f"check {one.name} is there twice")
    _ALL[one.name] = one


of_arguments("service-known", "Services that arguments name are services of the mesh")
of_arguments("gateway-known", "Gateways that arguments name are gateways of the mesh")
of_arguments("issuer-known", "Issuers that a rule asks tokens of are issuers of the mesh")
