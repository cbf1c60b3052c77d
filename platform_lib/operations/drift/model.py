"""What a look for drift found, as data."""

from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import AwareDatetime, Field

from platform_lib.operations.engines import EngineName
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"


class Nature(StrEnum):
    """What a difference is."""

    REAL = "real"
    """Somebody or something changed what the program decides."""

    UNKNOWN = "unknown"
    """A value moved that the cloud computes, and no rule says whether that means anything."""

    NOISE = "noise"
    """A reviewed rule, or the program itself (``ignore_changes``), says that it means nothing."""


class Meaning(StrEnum):
    """What a drifted resource means, the worst first."""

    SECURITY = "security"
    """A policy rule that held now fails."""

    LOSS = "loss"
    """It is gone, and it held what cannot be made again."""

    GONE = "gone"
    """It is gone."""

    CHANGED = "changed"
    """A property was changed."""

    UNKNOWN = "unknown"
    """Only values moved that nobody can judge."""

    NOISE = "noise"
    """Nothing that means anything."""


class PropertyDrift(Model):
    """One property that differs; secrets read ``[secret]``."""

    path: str
    kind: Literal["add", "update", "delete"]
    old: Any = None
    """As the state has it."""

    new: Any = None
    """As the cloud has it."""

    nature: Nature
    reason: str = ""
    """Why it is noise, or unknown."""


class BrokenRule(Model):
    """A policy rule that held in the state and fails in the cloud."""

    rule: str
    severity: Literal["critical", "high", "medium", "low"]
    mandatory: bool
    problem: str
    controls: dict[str, list[str]] = Field(default_factory=dict)


class ResourceDrift(Model):
    """A resource that differs."""

    urn: str
    type: str
    name: str
    id: str = ""
    nature: Nature
    meaning: Meaning
    gone: bool = False
    """It is no longer there."""

    stateful: str = ""
    """What was lost with it, where it is gone and held something."""

    rules: tuple[BrokenRule, ...] = ()
    """Policy rules that now fail, the worst first."""

    properties: tuple[PropertyDrift, ...] = ()


class Drift(Model):
    """What differs between the state of a stack and the cloud."""

    format: Literal["1.0"] = FORMAT
    engine: EngineName
    project: str
    stack: str
    environment: str
    checked: AwareDatetime
    drifted: bool
    """Whether anything real or unknown differs."""

    packs: tuple[str, ...] = ()
    """Policy packs that ranked it, as ``name version``."""

    looked_at: int = Field(ge=0)
    """Number of resources that were read."""

    resources: tuple[ResourceDrift, ...] = ()
    """What differs, in order of meaning; noise last."""

    stack_rules: tuple[BrokenRule, ...] = ()
    """Policy rules about other resources, or the stack as a whole, that fail because of it."""

    settled: Literal["", "accepted", "reverted"] = ""
    """What was done about it after the look; empty for nothing."""

    left: tuple[str, ...] = ()
    """URNs that still differ after that."""

    @property
    def open(self) -> tuple[ResourceDrift, ...]:
        """What is not noise."""
        return tuple(item for item in self.resources if item.nature is not Nature.NOISE)

    def to_json(self) -> str:
        """The data as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
