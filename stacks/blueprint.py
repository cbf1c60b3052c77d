"""The parts of the platform: in which order they stand on each other, and which settings belong to which."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final


class Blueprint(StrEnum):
    """A part of the platform that a stack may hold; each but the first stands on one before it."""

    FOUNDATION = "foundation"
    RUNTIME = "runtime"


STANDS_ON: Final[Mapping[Blueprint, Sequence[Blueprint]]] = {
    Blueprint.FOUNDATION: (),
    Blueprint.RUNTIME: (Blueprint.FOUNDATION,),
}
"""What each part takes its inputs from: of the same stack, or of the one that the setting ``<blueprint>_stack``
names."""

GROUPS: Final[Mapping[Blueprint, str]] = {
    Blueprint.FOUNDATION: "network",
}
"""The group of settings that a part cannot do without."""
