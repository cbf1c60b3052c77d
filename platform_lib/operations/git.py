"""What operations ask of git: the commit of a work tree, who wrote it, files as a commit has them.

Only the ``git`` command is used, with its own configuration left out where that could change an answer. Nothing here
writes to a repository.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from platform_lib.operations.errors import InputError, RefusedError

COMMIT: Final = re.compile(r"[0-9a-f]{7,64}\Z")
"""The form of a commit id."""

_SECONDS: Final = 60
_LOCATION: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE")
"""Variables that would point git at another repository than the folder's."""


def git(directory: Path, *arguments: str) -> bytes | None:
    """What a git command prints about the repository around a folder.

    Returns:
        Its output; None where git is not installed, the folder is in no repository, or the command failed.
    """
    program = shutil.which("git")
    if program is None:
        return None
    environment = {key: value for key, value in os.environ.items() if key not in _LOCATION}
    environment["LC_ALL"] = "C"
    done = subprocess.run(  # noqa: S603  # git by its path, arguments of our own
        [program, "-C", str(directory), *arguments], capture_output=True, check=False, timeout=_SECONDS, env=environment
    )
    return done.stdout if done.returncode == 0 else None


def git_text(directory: Path, *arguments: str) -> str | None:
    """As ``git``, as text without the space around it."""
    found = git(directory, *arguments)
    return None if found is None else found.decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who had a hand in a commit.

    Attributes:
        name: as git has it.
        email: as git has it, in lower case.
    """

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Repository:
    """The repository around a folder.

    Attributes:
        root: its top folder.
        directory: the folder, absolute.

    Raises:
        InputError: git is not installed, or the folder is in no repository.
    """

    def __init__(self, directory: Path) -> None:
        found = git_text(directory, "rev-parse", "--show-toplevel")
        if found is None:
            reason = "is in no git repository" if shutil.which("git") else "git is not installed"
            raise InputError(
                f"commit: {directory}: {reason}; a change is bound to a commit, so work in a checkout with git on PATH"
            )
        self.root = Path(found)
        self.directory = directory.resolve()

    def head(self) -> str:
        """The commit of the work tree.

        Raises:
            InputError: there is none yet.
        """
        found = git_text(self.root, "rev-parse", "--verify", "HEAD^{commit}")
        if found is None:
            raise InputError(f"commit: {self.root}: has no commit yet; commit the program first")
        return found

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names; None where this checkout does not have it."""
        return git_text(self.root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")

    def changes(self) -> list[str]:
        """What differs from the commit, untracked files too, a path each relative to the top folder."""
        # Flags of the index (assume-unchanged, skip-worktree) would hide an edit from `status`.
        hidden = git(self.root, "ls-files", "-v", "-z") or b""
        marked = [
            entry[2:].decode("utf-8", "replace")
            for entry in hidden.split(b"\0")
            if entry and (entry[:1].islower() or entry[:1] == b"S")
        ]
        found = git(self.root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        listed = [entry[3:].decode("utf-8", "replace") for entry in (found or b"").split(b"\0") if entry]
        return sorted({*listed, *marked})

    def authors(self, commit: str, since: str = "") -> list[Author]:
        """Who wrote, committed or co-authored the commits of a change, each once, in order of their addresses.

        Args:
            commit: the last commit of the change.
            since: the commit before the change (what is deployed now); empty for the one commit alone, which also
                counts where nothing lies between the two (a rollback).

        Raises:
            RefusedError: this checkout does not have one of the two, so that nobody can say who wrote the change.
        """
        if since and self.resolve(since) is None:
            raise RefusedError(
                f"commit: {since[:12]}, which is deployed, is not in this checkout, so nobody can say who wrote what "
                "came after it; fetch the whole history"
            )
        span = [f"{since}..{commit}"] if since and self._between(since, commit) else ["-1", commit]
        form = "%an%x00%ae%x00%cn%x00%ce%x00%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x00)%x1e"
        text = git_text(self.root, "log", "--no-mailmap", f"--format={form}", *span, "--") or ""
        found: dict[str, Author] = {}
        for entry in filter(None, (item.strip() for item in text.split("\x1e"))):
            author, email, committer, its_email, *trailers = entry.split("\0")
            pairs = [(author, email), (committer, its_email), *map(_person, filter(None, trailers))]
            for name, address in pairs:
                found.setdefault(address.lower(), Author(name, address.lower()))
        return [found[key] for key in sorted(found)]

    def _between(self, since: str, commit: str) -> bool:
        """Whether a commit brings anything that another one does not have."""
        return git_text(self.root, "rev-list", "--count", f"{since}..{commit}") not in (None, "0")

    def is_ancestor(self, ancestor: str, commit: str) -> bool:
        """Whether one commit is the other, or stands before it."""
        return git(self.root, "merge-base", "--is-ancestor", ancestor, commit) is not None

    def file_at(self, commit: str, path: Path) -> bytes | None:
        """A file as a commit has it; None where it has none.

        Args:
            commit: the commit.
            path: below the repository's folder, absolute or relative to ``directory``.
        """
        return git(self.root, "cat-file", "blob", f"{commit}:{self.relative(path)}")

    def relative(self, path: Path) -> PurePosixPath:
        """A path as git names it."""
        return PurePosixPath((self.directory / path).resolve().relative_to(self.root.resolve()).as_posix())


def _person(text: str) -> tuple[str, str]:
    """``Name <address>`` as a pair."""
    name, _, address = text.strip().rpartition("<")
    return name.strip(), address.rstrip("> ")
