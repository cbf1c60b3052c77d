"""Stacks of one or several projects, what they take of each other, and what a run of many came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from platform_lib.operations.engines import EngineName
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"


@dataclass(frozen=True, order=True)
class StackId:
    """A stack among those of several projects."""

    project: str
    stack: str

    def __str__(self) -> str:
        """``project/stack``."""
        return f"{self.project}/{self.stack}"


@dataclass(frozen=True)
class Known:
    """A stack that there is.

    Attributes:
        id: project and name.
        directory: of the project.
        takes: stacks whose outputs it takes, with how that is known.
    """

    id: StackId
    directory: Path
    takes: Mapping[StackId, str]


class Affected(Model):
    """A stack that a change affects, and why."""

    project: str
    stack: str
    reasons: tuple[str, ...]


Verdict = Literal["done", "refused", "failed", "blocked", "interrupted"]


class StackRun(Model):
    """What became of one stack in a run of many."""

    project: str
    stack: str
    verdict: Verdict
    seconds: float = Field(default=0.0, ge=0)
    summary: dict[str, int] = Field(default_factory=dict)
    """Steps by kind."""

    errors: tuple[str, ...] = ()
    earlier: bool = False
    """It was done by an earlier run that this one resumes."""

    fingerprint: str = ""
    """Of program and settings; a resumed run does again what changed since."""


class StacksRun(Model):
    """What a run of many stacks came to."""

    format: Literal["1.0"] = FORMAT
    engine: EngineName
    operation: Literal["preview", "up"]
    order: tuple[tuple[str, ...], ...]
    """Stacks by level: those of one level do not depend on each other."""

    stacks: tuple[StackRun, ...] = ()

    @property
    def done(self) -> bool:
        """Whether all came to their end."""
        return all(item.verdict == "done" for item in self.stacks)

    @property
    def refused(self) -> bool:
        """Whether policies refused one, and nothing else went wrong."""
        verdicts = {item.verdict for item in self.stacks}
        return "refused" in verdicts and not verdicts & {"failed", "interrupted"}

    def to_json(self) -> str:
        """The run as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
