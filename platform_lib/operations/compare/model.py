"""A comparison of two stacks, as data."""

from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import AwareDatetime, Field

from platform_lib.operations.cost.model import Cost
from platform_lib.operations.engines import EngineName
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"


class Section(StrEnum):
    """What is compared."""

    COMPONENT = "component"
    VERSION = "version"
    SETTING = "setting"
    RESOURCE = "resource"
    PROPERTY = "property"
    POLICY = "policy"


class Nature(StrEnum):
    """Why two stacks differ in a thing."""

    INTENDED = "intended"
    """An entry of ``governance/differences.yaml`` says so."""

    FOLLOWS = "follows"
    """It is what a setting makes of it, and that setting is compared by itself."""

    ACCIDENTAL = "accidental"
    """Nobody said why."""


class Side(Model):
    """One of the two stacks."""

    stack: str
    environment: str
    seen: Literal["deployed", "planned"]
    """Its state, or, where nothing is deployed, what its program would make."""

    components: int = Field(ge=0)
    resources: int = Field(ge=0)
    cost: Cost


class Difference(Model):
    """A thing in which two stacks differ; secrets read ``[secret]``."""

    section: Section
    subject: str
    """The thing: ``network.zones``, ``aws:ec2/subnet:Subnet::main-private-a``."""

    path: str = ""
    """Property path, where it is about one."""

    left: Any = None
    """None where the left stack does not have it."""

    right: Any = None
    nature: Nature
    why: str = ""
    """The reason that was declared, or the setting that it follows from."""


class DeclaredProblem(Model):
    """An entry of ``governance/differences.yaml`` that does not do what it says."""

    entry: str
    """Section and pattern."""

    kind: Literal["expired", "unmatched"]
    problem: str


class Comparison(Model):
    """Two stacks side by side."""

    format: Literal["1.0"] = FORMAT
    engine: EngineName
    project: str
    at: AwareDatetime
    left: Side
    right: Side
    compared: dict[str, int]
    """Number of things by section; those that only one stack has count once."""

    parity: float = Field(ge=0, le=100)
    """Percentage of things that are equal or differ for a declared reason; components, versions, settings, resources
    and policy levels count alike, a resource is one thing whatever the number of its properties."""

    differences: tuple[Difference, ...] = ()
    """Accidental ones first."""

    problems: tuple[DeclaredProblem, ...] = ()

    @property
    def accidental(self) -> tuple[Difference, ...]:
        """What nobody said why."""
        return tuple(item for item in self.differences if item.nature is Nature.ACCIDENTAL)

    def to_json(self) -> str:
        """The comparison as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
