"""Ephemeral environments as data: the mark that makes a stack one, rows of a list, records of what was deleted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import AwareDatetime, Field, ValidationError

from platform_lib.core.ephemeral import KEY
from platform_lib.core.errors import FindingsError
from platform_lib.core.validation import findings_of
from platform_lib.operations.engines import EngineName
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"
LONGEST: Final = timedelta(days=30)
"""Longest life: what is needed for longer is an environment of its own, with a reviewed stack file."""


class MarkError(FindingsError):
    """The mark of an ephemeral environment is damaged."""


class Mark(Model):
    """What says that a stack is an ephemeral environment."""

    source: str = Field(min_length=1)
    """The stack that its configuration was taken from."""

    created: AwareDatetime
    expires: AwareDatetime
    """When it may be swept."""

    owner: str = ""
    """Who asked for it."""

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return now >= self.expires


def mark_of(value: Any, stack: str) -> Mark | None:
    """The mark in a configuration value; None where there is none.

    Raises:
        MarkError: it is damaged.
    """
    if value is None:
        return None
    try:
        return Mark.model_validate(value) if isinstance(value, Mapping) else Mark.model_validate_json(str(value))
    except ValidationError as error:
        raise MarkError(f"stack '{stack}': {KEY}", findings_of(error, Mark)) from None


class Status(StrEnum):
    """How an ephemeral environment stands."""

    LIVE = "live"
    EXPIRED = "expired"
    STUCK = "stuck"
    """Its last destroy failed."""


class Row(Model):
    """An ephemeral environment."""

    name: str
    status: Status
    mark: Mark
    resources: int = Field(ge=0)
    """How many its state holds; components and providers not counted."""

    file: bool
    """Whether its stack file is in this checkout."""


class Removed(Model):
    """A resource that was deleted, or left on purpose."""

    urn: str
    type: str
    id: str


class Blocker(Model):
    """What keeps a stack from being destroyed."""

    kind: Literal["protected", "failed", "locked", "pending", "production"]
    urn: str = ""
    problem: str
    remedy: str = ""


class Deletion(Model):
    """The record of a destroy: what was asked, what is gone, what stays and why."""

    format: Literal["1.0"] = FORMAT
    engine: EngineName
    project: str
    stack: str
    reason: Literal["asked", "expired", "empty-orphan", "stray"]
    mark: Mark | None = None
    at: AwareDatetime
    done: bool
    """Whether nothing is left."""

    deleted: tuple[Removed, ...] = ()
    retained: tuple[Removed, ...] = ()
    """What left the state and stays in the cloud, as the program asked (``retain_on_delete``)."""

    left: tuple[Removed, ...] = ()
    """What is still in the state."""

    blockers: tuple[Blocker, ...] = ()

    def to_json(self) -> str:
        """The record as the text of its file."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"


class Stray(Model):
    """A resource in the cloud that no state holds."""

    type: str
    id: str
    urn: str = ""
    """Of what made it, where the cloud tells."""

    stack: str = ""
    deletable: bool
    why: str = ""
    """Why it is not deleted."""


class Orphan(Model):
    """A state whose stack has no file here and no mark, or a stack whose mark is damaged."""

    stack: str
    resources: int = Field(ge=0)
    why: str


class Sweep(Model):
    """What a sweep found and did."""

    format: Literal["1.0"] = FORMAT
    engine: EngineName
    project: str
    at: AwareDatetime
    dry_run: bool
    expired: tuple[str, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    strays: tuple[Stray, ...] = ()
    strays_looked_for: bool = True
    """Only the sandbox can be asked for all that it holds."""

    @property
    def stuck(self) -> tuple[Deletion, ...]:
        """The destroys that did not come to their end."""
        return tuple(item for item in self.deletions if not item.done)

    def to_json(self) -> str:
        """The report as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
