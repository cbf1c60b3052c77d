"""What the test kit raises: every one is an ``AssertionError``, so that test runners show a failure, not an error."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from platform_lib.core.errors import PlatformError

if TYPE_CHECKING:
    from platform_lib.testing.graph import Graph, LogEntry


class ExpectationError(PlatformError, AssertionError):
    """A program does not do what its test expects; or the test asks for something that cannot be there."""


class UnreachedAssertionError(ExpectationError):
    """An assertion inside an ``apply`` never ran, so nothing was tested.

    Attributes:
        places: where the ``apply`` calls stand (``file:line``).
    """

    def __init__(self, message: str, *, places: Sequence[str]) -> None:
        self.places = tuple(places)
        super().__init__(message)


class ProgramFailedError(ExpectationError):
    """A program did not run to its end, or the engine refused what it asked for.

    Attributes:
        mode: ``update`` or ``preview``.
        graph: as far as the program came.
        log: the messages of the run.
    """

    def __init__(self, message: str, *, mode: str, graph: "Graph") -> None:
        self.mode = mode
        self.graph = graph
        self.log: Sequence[LogEntry] = graph.log
        super().__init__(message)
