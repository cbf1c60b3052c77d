"""How an operation fails inside the engine: what was reported already, what a step says, what ends the run."""

from platform_lib.core.errors import EngineError


class BailError(EngineError):
    """The operation fails, and the user has been told why."""


class StepError(EngineError):
    """A step failed.

    Attributes:
        partial: the resource exists nevertheless, and its record is kept.
    """

    def __init__(self, message: str, *, partial: bool = False) -> None:
        self.partial = partial
        super().__init__(message)


class ProtectedError(StepError):
    """A protected resource is not deleted; other steps go on, so that all of them are reported at once."""


class TerminatedError(KeyboardInterrupt):
    """The user gave the running step up (second Ctrl-C); raised in the engine's thread wherever it is."""
