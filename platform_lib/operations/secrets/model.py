"""Rotation ledgers and what is due of them, as data."""

from datetime import date
from enum import StrEnum
from typing import Final, Literal

from pydantic import ConfigDict, Field

from platform_lib.operations.engines import EngineName
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"


class Rotation(StrEnum):
    """How an entry stands, the worst first."""

    OVERDUE = "overdue"
    """Older than it may be."""

    FUTURE = "future"
    """Its last rotation is a day that has not come yet: whoever wrote that is asked."""

    SOON = "soon"
    """Due within the days that were asked about."""

    FRESH = "fresh"
    """Young enough."""

    BY_ENGINE = "by-engine"
    """The engine rotates it, and does not say when it did."""


class LedgerEntry(Model):
    """An entry of a ledger, as the output ``rotation`` of a component holds it."""

    model_config = ConfigDict(extra="ignore")  # a newer component may say more

    name: str
    """Its name, unique in the ledger."""

    kind: str
    """What it is, such as ``static-secret``."""

    path: str
    """Where it is, as the API of the servers has it."""

    owner: str
    """The team that answers for it."""

    maximum_age_days: int = Field(ge=1)
    """How old it may become."""

    last_rotated: str
    """Day of the last rotation; empty where the engine rotates."""

    rotated_by: Literal["people", "engine"]
    """Who rotates."""


class DueEntry(Model):
    """An entry with what the clock says about it."""

    component: str
    """Logical name of the component whose ledger it is."""

    name: str
    kind: str
    path: str
    owner: str
    maximum_age_days: int
    status: Rotation
    last_rotated: date | None = None
    """None where the engine rotates."""

    due: date | None = None
    """The last day on which it is young enough; None where the engine rotates."""

    days_left: int | None = None
    """Days until then, negative once it has passed; None where the engine rotates."""


class Due(Model):
    """What is due of the ledgers of a stack."""

    format: Literal["1.0"] = FORMAT
    project: str
    stack: str
    engine: EngineName
    today: date
    """The day that ages are counted to."""

    within_days: int
    """What counts as soon."""

    entries: tuple[DueEntry, ...]
    """The worst first, then by the day on which they are due."""

    @property
    def late(self) -> tuple[DueEntry, ...]:
        """What is overdue, or cannot be believed."""
        return tuple(item for item in self.entries if item.status in (Rotation.OVERDUE, Rotation.FUTURE))
