"""Watches the assertions that a program makes inside ``apply``: one that never ran is a test that tests nothing."""

import functools
import inspect
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import pulumi

from platform_lib.testing import assertion as codes
from platform_lib.testing.errors import UnreachedAssertionError

_PULUMI: Final = str(Path(pulumi.__file__).parent)
_here: Final = threading.local()
"""``watch``: that of the program which runs in this thread. Engine and program share one, and run one at a time."""
_install: Final = threading.Lock()
_MARK: Final = "_platform_lib_testing"
"""Set on our own ``Output.apply``, so that it is put in place once."""


@dataclass(slots=True, eq=False)
class _Apply:
    """One ``apply`` whose function asserts something."""

    function: Callable[..., Any]
    output: "pulumi.Output[Any]"
    place: str
    asserting: frozenset[CodeType]
    called: bool = False
    reached: bool = False
    subject: str = ""
    reason: str = ""


class Watch:
    """Keeps, over the runs of one program, which assertions inside ``apply`` were reached."""

    def __init__(self) -> None:
        self._applies: list[_Apply] = []
        self._first = 0
        self._lifted: dict[int, tuple[pulumi.Output[Any], pulumi.Output[Any], str]] = {}

    def start(self) -> None:
        """Watches the program that runs in this thread from now on."""
        _patch()
        self._first = len(self._applies)
        _here.watch = self

    def stop(self) -> None:
        """The program is over: what its Outputs were can be told now, and no longer later."""
        _here.watch = None
        for apply in self._applies[self._first :]:
            apply.subject, apply.reason = self._subject(apply.output), _reason(apply)
        self._lifted.clear()

    def check(self, sources: Callable[[str, str], str]) -> None:
        """Fails if an assertion was reached in no run.

        Args:
            sources: type and name of a resource to the place where it was made, empty where not known.

        Raises:
            UnreachedAssertionError: names each Output, where it was made, and why nothing was asserted.
        """
        reached = {self._key(apply) for apply in self._applies if apply.reached}
        inner = {codes.code_of(apply.function) for apply in self._applies}
        missed: dict[tuple[str, str, str], _Apply] = {}
        for apply in self._applies:
            # What is asserted in an apply within this one is that one's business.
            handed_on = apply.called and not inner.isdisjoint(codes.nested_in(apply.function))
            if self._key(apply) not in reached and not handed_on:
                missed[self._key(apply)] = apply
        if not missed:
            return
        texts = []
        for apply in missed.values():
            kind, _, name = apply.subject.partition(" of ")[2].partition(" '")
            made = sources(kind, name.removesuffix("'")) if name else ""
            where = f" (made at {made})" if made else ""
            texts.append(f"apply at {apply.place}: the assertion never ran on {apply.subject}{where}: {apply.reason}")
        raise UnreachedAssertionError("\n".join(texts), places=[apply.place for apply in missed.values()])

    @staticmethod
    def _key(apply: _Apply) -> tuple[str, str, str]:
        return apply.place, codes.function_place(apply.function), apply.subject

    # Called for every apply of the program

    def apply(
        self, original: Callable[..., Any], output: "pulumi.Output[Any]", function: Callable[..., Any], unknowns: bool
    ) -> Any:
        """Does what ``Output.apply`` does, and keeps what is needed to tell of it."""
        code = getattr(function, "__code__", None)
        if code is not None and code.co_filename.startswith(_PULUMI):
            result = original(output, function, unknowns)
            if "item" in code.co_freevars or "key" in code.co_freevars:
                held = inspect.getclosurevars(function).nonlocals
                self._lifted[id(result)] = (result, output, str(held.get("item", held.get("key", ""))))
            return result
        asserting = codes.assertions_of(function)
        if not asserting:
            return original(output, function, unknowns)
        apply = _Apply(function, output, _caller(), asserting)
        self._applies.append(apply)
        return original(output, _reporting(apply), unknowns)

    def _subject(self, output: "pulumi.Output[Any]") -> str:
        """What an Output is: ``output 'arn' of aws:s3/bucket:Bucket 'site'``."""
        trail = ""
        while id(output) in self._lifted:
            _, output, key = self._lifted[id(output)]
            trail = f".{key}{trail}"
        for resource in (resources := _resources(output)):
            for name, value in vars(resource).items():
                if value is output:
                    return f"output '{name}{trail}' of {_label(resource)}"
        labels = sorted(_label(resource) for resource in resources)
        if not labels:
            return "an Output that belongs to no resource"
        return f"an Output of {' and '.join(labels)}"


def _resources(output: "pulumi.Output[Any]") -> Sequence[Any]:
    data = output._data  # noqa: SLF001 - the SDK has no other way to ask without awaiting
    if not data.done() or data.cancelled() or data.exception() is not None:
        return ()
    return tuple(data.result().resources)


def _label(resource: Any) -> str:
    return f"{resource._type} '{resource._name}'"  # noqa: SLF001 - the SDK's only way to ask a resource


def _reason(apply: _Apply) -> str:
    """Why nothing was asserted."""
    if apply.called:
        return "its function ran, but came to no assertion"
    data = apply.output._data  # noqa: SLF001 - the SDK has no other way to ask without awaiting
    if not data.done() or data.cancelled():
        return "the Output was never resolved"
    if data.exception() is not None:
        return "the Output failed"
    if not data.result().is_known:
        return "its value was not known"
    return "its function was not called"


def _reporting(apply: _Apply) -> Callable[..., Any]:
    """The function of an ``apply``, noting that it ran and whether it came to an assertion."""

    @functools.wraps(apply.function)
    def called(value: Any) -> Any:
        apply.called = True
        if sys.gettrace() is not None or inspect.iscoroutinefunction(apply.function):
            apply.reached = True  # a debugger or coverage is at work, or the body runs later: lines cannot be watched
            return apply.function(value)
        sys.settrace(functools.partial(_trace, apply))
        try:
            return apply.function(value)
        finally:
            sys.settrace(None)

    return called


def _trace(apply: _Apply, frame: FrameType, event: str, _arg: Any) -> Any:
    """Follows a call until it is on a line with an assertion."""
    if apply.reached:
        return None
    if event == "call":
        if frame.f_code.co_name.startswith("assert"):
            apply.reached = True
            return None
        return functools.partial(_trace, apply) if frame.f_code in apply.asserting else None
    if event == "line" and frame.f_lineno in codes.lines_of(frame.f_code):
        apply.reached = True
    return functools.partial(_trace, apply)


def _caller() -> str:
    """``file:line`` of the user's call of ``apply``."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the standard way to ask who calls
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_PULUMI) and file != __file__:
            return f"{codes.shorten(file)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _patch() -> None:
    """Puts a switch in front of ``Output.apply``, once; programs that nobody watches pass it by."""
    with _install:
        original = pulumi.Output.apply
        if getattr(original, _MARK, False):
            return

        @functools.wraps(original)
        def apply(
            self: "pulumi.Output[Any]", func: Callable[[Any], Any], run_with_unknowns: bool = False
        ) -> "pulumi.Output[Any]":
            watch: Watch | None = getattr(_here, "watch", None)
            if watch is None:
                return original(self, func, run_with_unknowns)
            result: pulumi.Output[Any] = watch.apply(original, self, func, run_with_unknowns)
            return result

        setattr(apply, _MARK, True)
        pulumi.Output.apply = apply  # type: ignore[method-assign]  # the SDK offers no hook
