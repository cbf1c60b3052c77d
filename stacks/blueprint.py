"""The parts of the platform: in which order they stand on each other, and which settings belong to which."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final


class Blueprint(StrEnum):
    """A part of the platform that a stack may hold; each but the first stands on some before it."""

    FOUNDATION = "foundation"
    RUNTIME = "runtime"
    SECRETS = "secrets"
    DATA = "data"
    RESILIENCE = "resilience"
    EDGE = "edge"


STANDS_ON: Final[Mapping[Blueprint, Sequence[Blueprint]]] = {
    Blueprint.FOUNDATION: (),
    Blueprint.RUNTIME: (Blueprint.FOUNDATION,),
    Blueprint.SECRETS: (Blueprint.RUNTIME,),
    Blueprint.DATA: (Blueprint.FOUNDATION, Blueprint.RUNTIME),
    Blueprint.RESILIENCE: (Blueprint.FOUNDATION,),
    Blueprint.EDGE: (Blueprint.FOUNDATION,),
}
"""What each part takes its inputs from: of the same stack, or of the one that the setting ``<blueprint>_stack``
names."""

GROUPS: Final[Mapping[Blueprint, str]] = {
    Blueprint.FOUNDATION: "network",
    Blueprint.RUNTIME: "vault",
    Blueprint.SECRETS: "secrets",
    Blueprint.DATA: "data",
    Blueprint.RESILIENCE: "resilience",
    Blueprint.EDGE: "edge",
}
"""The group of settings that a part cannot do without."""

STATEFUL: Final = (Blueprint.RUNTIME, Blueprint.DATA, Blueprint.EDGE)
"""The parts that hold what cannot be made again. The copies of each stand in the stack that holds it."""
