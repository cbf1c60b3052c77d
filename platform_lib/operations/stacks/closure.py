"""Which Python files of a repository a program imports, found without running it."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_MODULE: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


def import_closure(program: Path, roots: Sequence[Path]) -> frozenset[Path]:
    """The files that a program imports, itself among them.

    Names of modules in plain text count as imports too: packages whose names are resolved lazily hold such tables. So
    the answer may hold more than a run loads, and never less, but for imports whose name is put together while running.

    Args:
        program: its file, or the folder with its ``__main__.py``.
        roots: folders that modules are looked for in; what lies elsewhere (installed packages) is not followed.

    Returns:
        Absolute paths.
    """
    start = (program / "__main__.py" if program.is_dir() else program).resolve()
    places = [root.resolve() for root in roots]
    found: set[Path] = set()
    names: set[str] = set()
    waiting = [start] if start.is_file() else []
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in set(_named(path, places)) - names:
            names.add(name)
            waiting += (file for file in _files(name, places) if file not in found)
    return frozenset(found)


def _named(path: Path, roots: Sequence[Path]) -> Iterator[str]:
    """The modules that a file names; what ``from x import y`` means is told by what is there."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return  # the program will say so itself
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, path, roots)
            if base:
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _MODULE.fullmatch(node.value):
            yield node.value


def _absolute(node: ast.ImportFrom, path: Path, roots: Sequence[Path]) -> str:
    if not node.level:
        return node.module or ""
    folder = path.parent
    for _ in range(node.level - 1):
        folder = folder.parent
    for root in roots:
        if folder.is_relative_to(root):
            return ".".join([*folder.relative_to(root).parts, *([node.module] if node.module else [])])
    return ""


def _files(name: str, roots: Sequence[Path]) -> Iterator[Path]:
    """The files that importing a module runs: its own, and those of the packages around it."""
    parts = name.split(".")
    for root in roots:
        place = root
        for index, part in enumerate(parts):
            if (place / f"{part}.py").is_file() and index == len(parts) - 1:
                yield place / f"{part}.py"
            place /= part
            if (place / "__init__.py").is_file():
                yield place / "__init__.py"
            elif not place.is_dir():
                break
