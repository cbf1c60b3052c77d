"""What a drill did and showed, as data."""

from enum import StrEnum
from typing import Final, Literal

from pydantic import AwareDatetime, Field

from platform_lib.components.dr.document import Way
from platform_lib.components.dr.kind import Action, Basis, Phase, Site
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"


class Seed(StrEnum):
    """A fault that is put into the copy before the drill, to see that the drill finds it."""

    REPLICATION_OFF = "replication-off"
    """A source is no longer copied."""

    KEY_MISSING = "key-missing"
    """A key of the second region is gone."""

    STALE_BACKUP = "stale-backup"
    """Backups have not succeeded for a long time."""

    WRONG_RECORD = "wrong-record"
    """The record of the secondary site leads to the primary one."""


class Check(Model):
    """One thing that a step had to show."""

    name: str
    passed: bool
    text: str
    """What was seen, and where it failed what to do."""


class StepRecord(Model):
    """A step of a way as it was walked."""

    name: str
    phase: Phase
    action: Action
    site: Site
    region: str
    source: str = ""
    title: str
    began: AwareDatetime
    """By the clock of the sandbox cloud."""

    seconds: float = Field(ge=0)
    """What it took: as the cloud's own settings say it where they do, else the plan's figure."""

    planned_seconds: float = Field(ge=0)
    basis: Basis
    """Where the plan's figure comes from."""

    checks: tuple[Check, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything that it had to show was seen."""
        return all(check.passed for check in self.checks)


class SourceRecord(Model):
    """What was reached for one source when its site was lost; times in seconds."""

    name: str
    kind: str
    mechanism: str
    point_objective: float
    point: float | None = None
    """From the newest canary that arrived until the loss; null where none did, or where nobody knows the source."""

    time_objective: float
    time: float | None = None
    """From the loss until users were served; null where they were not."""

    within: bool
    """Whether both objectives were met."""

    note: str = ""


class WayRecord(Model):
    """A way as it was walked."""

    way: Way
    began: AwareDatetime
    steps: tuple[StepRecord, ...]
    sources: tuple[SourceRecord, ...] = ()
    """For a failover."""

    @property
    def passed(self) -> bool:
        """Whether every step showed what it had to."""
        return all(step.passed for step in self.steps) and all(source.within for source in self.sources)


class Drill(Model):
    """A whole drill."""

    format: Literal["1.0"] = FORMAT
    engine: Literal["sandbox"] = "sandbox"
    project: str
    stack: str
    replica: str
    """Name of the ``DrReplica``."""

    ran: AwareDatetime
    """When it ran, by the clock of the machine."""

    in_place: bool
    """It ran on the sandbox itself and not on a copy."""

    record_later: bool = False
    """The program was told of the failover only once the region was back."""

    region_down: str = ""
    """The region that was switched off; empty where none was."""

    lost_at: AwareDatetime | None = None
    """When, by the clock of the sandbox cloud."""

    canary_seconds: float = 0
    """How far canary writes were apart: a recovery point is known no better."""

    seed: Seed | None = None
    seeded: str = ""
    """What was broken beforehand."""

    ways: tuple[WayRecord, ...]
    passed: bool
    failures: tuple[str, ...] = ()
    """What failed and why, in the order in which it was seen."""

    def to_json(self) -> str:
        """The data as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
