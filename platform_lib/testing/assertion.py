"""Reads compiled functions for assertions: whether there are any, and on which lines."""

import dis
import functools
import inspect
import site
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any, Final

_DEPTH: Final = 4
"""Calls that are followed from a function to one that asserts."""

_LIBRARIES: Final = tuple(
    str(Path(path))
    for path in {
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
        *site.getsitepackages(),
    }
)
"""Where code stands that is not the user's: its own assertions are none of the test's."""


def assertions_of(function: Callable[..., Any]) -> frozenset[CodeType]:
    """The code that asserts when a function is called: its own, or that of what it calls by name.

    An ``assert`` statement counts, and so does a call of something called ``assert...`` (``self.assertEqual``) or
    ``pytest.fail``. Functions are followed through names of their module, closures and methods.
    """
    return frozenset(_asserting(function, _DEPTH, set()))


def _asserting(function: Any, depth: int, seen: set[int]) -> Iterator[CodeType]:
    while isinstance(function, functools.partial):
        function = function.func
    owner: Any = None
    if isinstance(function, MethodType):
        owner, function = function.__self__, function.__func__
    function = inspect.unwrap(function) if callable(function) else function
    if not isinstance(function, FunctionType):
        call = vars(type(function)).get("__call__")
        if not isinstance(call, FunctionType):
            return
        owner, function = function, call
    if id(function) in seen or function.__code__.co_filename.startswith(_LIBRARIES):
        return
    seen.add(id(function))
    for code in _nested(function.__code__):
        if lines_of(code):
            yield code
    if depth:
        for callee in _callees(function, owner):
            yield from _asserting(callee, depth - 1, seen)


def _nested(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions, lambdas and comprehensions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _callees(function: FunctionType, owner: Any) -> Iterator[Any]:
    names = {name for code in _nested(function.__code__) for name in code.co_names}
    for name in names:
        found = function.__globals__.get(name)
        if isinstance(found, FunctionType | MethodType | functools.partial):
            yield found
        elif owner is not None and isinstance(getattr(type(owner), name, None), FunctionType):
            yield getattr(owner, name)
    for cell in function.__closure__ or ():
        try:
            held = cell.cell_contents
        except ValueError:
            continue  # not bound yet
        if isinstance(held, FunctionType | MethodType | functools.partial):
            yield held
        elif held is not None and not isinstance(held, type):
            for name in names:
                if isinstance(vars(type(held)).get(name), FunctionType):
                    yield getattr(held, name)


@functools.lru_cache(maxsize=4096)
def lines_of(code: CodeType) -> frozenset[int]:
    """The lines of a function's own assertions, nested functions left out."""
    lines: set[int] = set()
    for instruction in dis.get_instructions(code):
        positions = instruction.positions
        if _is_assertion(instruction, code) and positions is not None and positions.lineno is not None:
            lines.update(range(positions.lineno, (positions.end_lineno or positions.lineno) + 1))
    return frozenset(lines)


def _is_assertion(instruction: dis.Instruction, code: CodeType) -> bool:
    """Whether an instruction belongs to an assertion: a plain one, one that pytest rewrote, or a call of one."""
    if instruction.opname == "LOAD_ASSERTION_ERROR":
        return True
    if not instruction.opname.startswith("LOAD_"):
        return False
    name = instruction.argval if isinstance(instruction.argval, str) else ""
    if name == "fail":
        return "pytest" in code.co_names
    return "AssertionError" in instruction.argrepr or name.startswith("assert")


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of a function, a method or a partial one; None where it has none."""
    while isinstance(function, functools.partial):
        function = function.func
    found: CodeType | None = getattr(inspect.unwrap(function), "__code__", None)
    return found


def nested_in(function: Callable[..., Any]) -> frozenset[CodeType]:
    """The code of the functions that are written within a function."""
    code = code_of(function)
    return frozenset(_nested(code)) - {code} if code is not None else frozenset()


def function_place(function: Callable[..., Any]) -> str:
    """``file:line`` of a function, empty where there is none."""
    code = code_of(function)
    return f"{shorten(code.co_filename)}:{code.co_firstlineno}" if code is not None else ""


def shorten(file: str) -> str:
    """A file relative to the current folder where it is in it."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
