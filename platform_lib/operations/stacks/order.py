"""The order of stacks: a stack comes after those whose outputs it takes.

What a stack takes is known from three places, none of which needs a run: the stack references in its state, settings
that name a stack in full (``organization/project/stack``), and such names written out in its program.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import PlatformError, SettingsError, near
from platform_lib.core.layers import overlay_path
from platform_lib.core.stack_file import read_map, read_stack_file
from platform_lib.operations.errors import InputError, UnknownNameError
from platform_lib.operations.project import find_project
from platform_lib.operations.stacks.closure import import_closure
from platform_lib.operations.stacks.model import Known, StackId
from platform_lib.sandbox.project import read_project
from platform_lib.sandbox.workspace import Workspace

_NAME: Final = re.compile(r"(?:[\w.-]+/)?([\w.-]+)/([\w.-]+)")
_REFERENCE: Final = "pulumi:pulumi:StackReference"


class OrderError(PlatformError):
    """Stacks take outputs of each other in a circle."""


def known_stacks(directories: Sequence[Path], *, sandbox_dir: Path | None = None) -> dict[StackId, Known]:
    """The stacks of projects, with what each takes of the others.

    Args:
        directories: of the projects.
        sandbox_dir: the sandbox that they share, whose states are asked for references; None for each project's own.

    Raises:
        InputError: there is no project in a folder, or two have the same name.
        SettingsError: a file of one is not right.
    """
    folders: dict[str, Path] = {}
    for directory in directories:
        folder = find_project(directory).directory
        name = read_project(folder).name
        if folders.setdefault(name, folder) != folder:
            raise InputError(f"stacks: project '{name}': is in {folders[name]} and in {folder}; give each its own name")
    ids = {StackId(name, stack) for name, folder in folders.items() for stack in read_project(folder).stacks()}
    found = {}
    for name, folder in folders.items():
        program = list(_texts_of_program(folder))
        for stack in read_project(folder).stacks():
            own = StackId(name, stack)
            told = [
                *((text, "its state") for text in _texts_of_state(folder, stack, sandbox_dir)),
                *((text, f"its setting {key}") for key, text in _texts_of_settings(folder, name, stack)),
                *((text, "its program") for text in program),
            ]
            takes: dict[StackId, str] = {}
            for text, reason in told:
                wanted = _stack_in(text, name)
                if wanted in ids and wanted != own:
                    takes.setdefault(wanted, reason)
            found[own] = Known(own, folder, takes)
    return found


def _stack_in(text: str, project: str) -> StackId | None:
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    parts = text.split("/")
    return StackId(match[1], match[2]) if len(parts) == 3 else StackId(project, parts[1])


def _texts_of_state(folder: Path, stack: str, sandbox_dir: Path | None) -> Iterator[str]:
    handle = Workspace(folder, sandbox_dir=sandbox_dir or find_project(folder).sandbox_dir).stack(stack)
    if handle.exists():
        for resource in handle.state().resources:
            if resource.type == _REFERENCE and isinstance(resource.inputs.get("name"), str):
                yield resource.inputs["name"]


def _texts_of_settings(folder: Path, project: str, stack: str) -> Iterator[tuple[str, str]]:
    path = read_project(folder).stack_file(stack)
    layers = [read_stack_file(path, project).values] if path.is_file() else []
    layers += [read_map(file)[0] for file in _overlays(folder, project, stack)]
    for values in layers:
        for key, value in values.items():
            yield from ((key, text) for text in _texts(value))


def overlays_of(stack: Known) -> tuple[Path, ...]:
    """The files of the overlays that hold for a stack."""
    return tuple(_overlays(stack.directory, stack.id.project, stack.id.stack))


def _overlays(folder: Path, project: str, stack: str) -> Iterator[Path]:
    path = read_project(folder).stack_file(stack)
    values = read_stack_file(path, project).values if path.is_file() else {}
    for key, value in values.items():
        if isinstance(value, str) and value and "/" not in value:
            file = overlay_path(folder, key, value)
            if file.is_file():
                yield file


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _texts_of_program(folder: Path) -> Iterator[str]:
    """Full names of stacks that the program itself holds; two parts alone (a path, a type) say too little."""
    try:
        program = read_project(folder).program
    except SettingsError:
        return  # of another language: only state and settings can be asked
    for path in sorted(import_closure(program, [folder])):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count("/") == 2:
                yield node.value


def levels(known: Mapping[StackId, Known], wanted: Iterable[StackId]) -> tuple[tuple[StackId, ...], ...]:
    """Stacks by level: each after what it takes, those of one level independent of each other.

    Raises:
        OrderError: they go in a circle; with the circle.
    """
    chosen = set(wanted)
    sorter = TopologicalSorter({item: [other for other in known[item].takes if other in chosen] for item in chosen})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " takes of ".join(str(item) for item in reversed(error.args[1]))
        raise OrderError(f"stacks: they go in a circle: {circle}; break it with a stack that both take of") from None
    found = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found.append(tuple(ready))
        sorter.done(*ready)
    return tuple(found)


def downstream(known: Mapping[StackId, Known], start: Iterable[StackId]) -> dict[StackId, StackId]:
    """Every stack that takes outputs of the given ones, near or far, with the one that it takes of."""
    found: dict[StackId, StackId] = {}
    waiting = list(start)
    begun = set(waiting)
    while waiting:
        current = waiting.pop(0)
        for item in sorted(known):
            if current in known[item].takes and item not in begun:
                begun.add(item)
                found[item] = current
                waiting.append(item)
    return found


def chosen(known: Mapping[StackId, Known], names: Sequence[str]) -> list[StackId]:
    """The stacks that names mean: ``stack``, or ``project/stack`` where projects have stacks of one name; all for none.

    Raises:
        UnknownNameError: there is no such stack, or several.
    """
    if not names:
        return sorted(known)
    found = []
    for name in names:
        fits = [item for item in known if name in (str(item), item.stack)]
        if len(fits) != 1:
            texts = sorted(map(str, known))
            hint = f"there are {', '.join(map(str, sorted(fits)))}; say which" if fits else near(name, texts)
            raise UnknownNameError(
                f"stack '{name}': {'is more than one' if fits else 'there is no such stack'}; "
                f"{hint or 'there are ' + ', '.join(texts)}"
            )
        found += fits
    return sorted(set(found))
