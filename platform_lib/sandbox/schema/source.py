"""Generated source files, cut to the few lines that matter before ``ast`` sees them.

A generated file holds up to 6 MB, most of it documentation, and ``ast.parse`` of a whole one takes seconds. A class is
found by its name at the start of a line and cut out; documentation strings, setters and the constructors that only
repeat others become empty lines, so line numbers stay those of the file.
"""

import ast
import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from platform_lib.sandbox.schema.errors import ShapeError

_DOCSTRING: Final = re.compile(r'^ +"""(?:(?!""").|\\")*?"""$', re.MULTILINE | re.DOTALL)
_SETTER: Final = re.compile(r"^    @\w+\.setter\n    def .*\n        pulumi\.set\(.*\n", re.MULTILINE)
_NAME: Final = re.compile(r"(?:class|def) (\w+)")
_TOP_LEVEL: Final = re.compile(r"^[@A-Za-z_]", re.MULTILINE)
_IMPORT: Final = re.compile(r"^from (\.+)(\w[\w.]*)? import (\w+)(?: as (\w+))?$", re.MULTILINE)
_GETTERS: Final = re.compile(r"^    @(?:_builtins\.)?property$", re.MULTILINE)
_OVERLOADS: Final = re.compile(r"^    (?:@overload\n    )?def __init__\(", re.MULTILINE)
_PARSING: Final = threading.Lock()
"""CPython 3.11 counts the depth of the syntax trees that it makes for all threads together, and fails where two threads
make one at once (https://github.com/python/cpython/issues/106905): ours take turns."""
_ATTEMPTS: Final = 100
"""Times that a text is parsed while others (a test runner, ``inspect``) make syntax trees in between."""
_KEPT_FILES: Final = 6
"""Files whose text stays in memory: a resource, its inputs, outputs and enums, and one neighbour's."""


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


class Source:
    """The text of one file of an SDK.

    Attributes:
        file: path below the folder of the SDK, with slashes.
        folder: the folder of it (``apps/v1``), empty for the root.
        text: the whole text.
        stamp: size and time of change, by which a cached reading is recognised as current.
    """

    def __init__(self, root: Path, file: str) -> None:
        path = root / file
        status = path.stat()
        self.file = file
        self.folder = file.rpartition("/")[0]
        self.text = path.read_text(encoding="utf-8")
        self.stamp = f"{status.st_size}-{status.st_mtime_ns}"

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name of each imported module of the SDK to its folder (``_meta`` -> ``meta``)."""
        found = {}
        header = self.text[: self.text.find("__all__")] if "__all__" in self.text else self.text[:4000]
        for dots, module, name, alias in _IMPORT.findall(header):
            parts = self.folder.split("/") if self.folder else []
            base = parts[: len(parts) - (len(dots) - 1)]
            found[alias or name] = "/".join([*base, *(module.split(".") if module else []), name])
        return found

    @cached_property
    def _index(self) -> dict[str, tuple[int, int]]:
        """Each class and function at the start of a line: where its text begins, and the lines before it."""
        starts = sorted(at + 1 for keyword in ("\nclass ", "\ndef ") for at in _occurrences(self.text, keyword))
        found: dict[str, tuple[int, int]] = {}
        line = last = 0
        for start in starts:
            line += self.text.count("\n", last, start)
            last = start
            name = _NAME.match(self.text, start)
            if name is not None:
                found.setdefault(name[1], (start, line))
        return found

    def has(self, name: str) -> bool:
        """Whether the file defines the class or function."""
        return name in self._index

    def definition(self, name: str, token: str, trim: Callable[[str], str] | None = None) -> "Definition":
        """The parsed class or function.

        Args:
            name: of the class or function.
            token: for whom it is read, for messages.
            trim: further cuts on the text of the class; must keep the number of lines.

        Raises:
            ShapeError: it is not there or does not parse.
        """
        if name not in self._index:
            raise ShapeError(token=token, file=self.file, line=1, problem=f"class or function '{name}' is missing")
        start, lines_before = self._index[name]
        body = self.text.index("\n", start)
        end = _TOP_LEVEL.search(self.text, body + 1)
        part = self.text[start : end.start() if end else len(self.text)]
        part = _SETTER.sub(_blank, _DOCSTRING.sub(_blank, part))
        if trim is not None:
            part = trim(part)
        try:
            node = _parsed(part).body[0]
        except SyntaxError as error:
            line = lines_before + (error.lineno or 1)
            problem = f"'{name}' does not parse: {error.msg}"
            raise ShapeError(token=token, file=self.file, line=line, problem=problem) from error
        return Definition(name, node, self.file, token, lines_before)


def _parsed(text: str) -> ast.Module:
    """The syntax tree, made again where that of another thread came in between.

    Raises:
        SyntaxError: it is not Python.
    """
    with _PARSING:
        for _ in range(_ATTEMPTS - 1):
            with contextlib.suppress(SystemError):
                return ast.parse(text)
        return ast.parse(text)


@dataclass(frozen=True, slots=True)
class Definition:
    """A parsed class or function of a file; its nodes count lines from its own start.

    Attributes:
        name: of the class or function.
        node: the syntax tree.
        file: path below the folder of the SDK.
        token: for whom it is read.
        lines_before: lines of the file before it.
    """

    name: str
    node: ast.stmt
    file: str
    token: str
    lines_before: int

    def fail(self, node: ast.AST, problem: str) -> ShapeError:
        """The error for a form that is not known, at its line of the file."""
        line = self.lines_before + getattr(node, "lineno", 1)
        return ShapeError(token=self.token, file=self.file, line=line, problem=problem)

    def constant(self, node: ast.expr) -> Any:
        """The value of a literal.

        Raises:
            ShapeError: it is something else.
        """
        try:
            return ast.literal_eval(node)
        except ValueError as error:
            raise self.fail(node, f"'{ast.unparse(node)[:60]}' is not a constant") from error

    def class_node(self) -> ast.ClassDef:
        """The tree of a class.

        Raises:
            ShapeError: it is a function.
        """
        if not isinstance(self.node, ast.ClassDef):
            raise self.fail(self.node, f"'{self.name}' is not a class")
        return self.node

    def function_node(self) -> ast.FunctionDef:
        """The tree of a function.

        Raises:
            ShapeError: it is a class.
        """
        if not isinstance(self.node, ast.FunctionDef):
            raise self.fail(self.node, f"'{self.name}' is not a function")
        return self.node

    def method(self, name: str) -> ast.FunctionDef | None:
        """The method of that name of a class, or None."""
        return next(
            (item for item in self.class_node().body if isinstance(item, ast.FunctionDef) and item.name == name), None
        )


def without_constructors(text: str) -> str:
    """The text of a resource class with its ``__init__`` forms and ``get`` blanked: ``_internal_init`` says it all."""
    internal = text.find("\n    def _internal_init(")
    first = _OVERLOADS.search(text)
    if internal < 0 or first is None or first.start() > internal:
        return text
    text = text[: first.start()] + "\n" * text.count("\n", first.start(), internal + 1) + text[internal + 1 :]
    get = text.find("\n    @staticmethod\n    def get(")
    if get < 0:
        return text
    getters = _GETTERS.search(text, get)
    end = getters.start() if getters else len(text)
    return text[: get + 1] + "\n" * text.count("\n", get + 1, end) + text[end:]


@lru_cache(maxsize=_KEPT_FILES)
def source(root: Path, file: str) -> Source:
    """The file, from memory where it was read lately.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return Source(root, file)
