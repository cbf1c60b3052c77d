"""How the children of a component are named and with which options they are made, whichever component makes them."""

from dataclasses import dataclass
from typing import Any, Protocol

import pulumi


class Names(Protocol):
    """Makes logical names."""

    def __call__(self, role: str, key: str = "") -> str:
        """The logical name of a child."""
        ...


class Options(Protocol):
    """Makes options of children."""

    def __call__(self, logical: str, *, guarded: bool = False, **more: Any) -> pulumi.ResourceOptions:
        """Options of the child of that name; what is ``guarded`` must not be replaced or deleted by accident."""
        ...


@dataclass(frozen=True, slots=True)
class Maker:
    """With what children are made.

    Attributes:
        name: their logical names.
        options: their options.
        region: where they are, in the words of the cloud.
    """

    name: Names
    options: Options
    region: str
