"""Which stacks a change affects: by the files that it touches, and by what stacks take of each other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platform_lib.core.errors import SettingsError
from platform_lib.core.layers import FOLDER
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.git import Repository, git
from platform_lib.operations.stacks.closure import import_closure
from platform_lib.operations.stacks.model import Affected, Known, StackId
from platform_lib.operations.stacks.order import downstream, levels, overlays_of
from platform_lib.sandbox.project import read_project

_HARMLESS: Final = frozenset(
    {"docs", "tests", "examples", "benchmarks", ".github", ".gitlab", ".gitlab-ci.yml", "mkdocs.yml", "LICENSE", "ci"}
)
"""Top-level names that no program reads."""

_WORDS: Final = frozenset({".md", ".rst", ".svg", ".png"})
_GOVERNANCE: Final = "governance"
_READ_BY_PROGRAMS: Final = frozenset({"address-ledger.yaml"})
"""Files of ``governance/`` that decide what a program makes; the others decide how it is judged."""


def affected_stacks(known: Mapping[StackId, Known], since: str) -> tuple[Affected, ...]:
    """The stacks that a change affects, each after those whose outputs it takes.

    A file that nobody can place affects every stack of its project: better one preview too many.

    Args:
        known: the stacks there are.
        since: the revision that the work tree is compared with; files that git does not know yet count as changed.

    Raises:
        InputError: a project is in no git repository.
        UnknownNameError: there is no such revision.
        OrderError: stacks take of each other in a circle.
    """
    reasons: dict[StackId, list[str]] = {}
    for folder in sorted({item.directory for item in known.values()}):
        stacks = [item for item in known.values() if item.directory == folder]
        repository = Repository(folder)
        closure = _closure(folder, repository.root)
        for path in changed_files(repository, since):
            for stack in _touched(folder, path, stacks, closure):
                reasons.setdefault(stack, []).append(f"{path.relative_to(repository.root)} changed")
    direct = list(reasons)
    for stack, source in downstream(known, direct).items():
        reasons[stack] = [f"takes of {source} ({known[stack].takes[source]})"]
    order = [stack for level in levels(known, reasons) for stack in level]
    return tuple(Affected(project=item.project, stack=item.stack, reasons=tuple(reasons[item])) for item in order)


def changed_files(repository: Repository, since: str) -> list[Path]:
    """What differs between a revision and the work tree, removed and untracked files too; absolute paths.

    Raises:
        UnknownNameError: there is no such revision.
    """
    commit = repository.resolve(since)
    if commit is None:
        raise UnknownNameError(
            f"affected: --since: there is no such revision in this checkout, got '{since}'; "
            "fetch it first, with its history"
        )
    found = git(repository.root, "diff", "--name-only", "--no-renames", "-z", commit, "--") or b""
    untracked = git(repository.root, "ls-files", "--others", "--exclude-standard", "-z") or b""
    names = {name.decode("utf-8", "replace") for name in (found + untracked).split(b"\0") if name}
    return [repository.root / name for name in sorted(names)]


def _touched(folder: Path, path: Path, stacks: list[Known], closure: frozenset[Path]) -> list[StackId]:
    """The stacks of a project that a file decides."""
    everything = [item.id for item in stacks]
    if path.suffix == ".py" or path in closure:
        return everything if path in closure or (not path.exists() and _was_near(path, closure)) else []
    if not path.is_relative_to(folder):
        # Data of a package that the program imports from elsewhere in the repository.
        return (
            everything
            if any(path.is_relative_to(file.parent) for file in closure if file.name == "__init__.py")
            else []
        )
    relative = path.relative_to(folder)
    for item in stacks:
        if path == read_project(folder).stack_file(item.id.stack):
            return [item.id]
    if relative.name.startswith("Pulumi.") and relative.name not in ("Pulumi.yaml", "Pulumi.yml"):
        return []  # of a stack that is no more
    if len(relative.parts) == 3 and relative.parts[0] == FOLDER:
        return [item.id for item in stacks if path in overlays_of(item)]
    if relative.parts[0] in _HARMLESS or path.suffix in _WORDS:
        return []
    if relative.parts[0] == _GOVERNANCE:
        return everything if relative.name in _READ_BY_PROGRAMS else []
    return everything


def _was_near(path: Path, closure: frozenset[Path]) -> bool:
    """Whether a file that is gone stood in a folder whose modules the program imports."""
    return path.parent in {file.parent for file in closure}


def _closure(folder: Path, root: Path) -> frozenset[Path]:
    try:
        program = read_project(folder).program
    except SettingsError:
        return frozenset()
    return import_closure(program, list(dict.fromkeys([folder, root])))
