"""Errors of the platform as Pulumi wants them: a ``RunError`` is shown as its text, anything else as a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from platform_lib.core.errors import PlatformError

_twins: dict[type[PlatformError], type[PlatformError]] = {}


def _twin_of(error_class: type[PlatformError]) -> type[PlatformError]:
    """The class, made once, that is the given one and a ``RunError``."""
    if error_class not in _twins:
        described = {"__module__": error_class.__module__, "__doc__": error_class.__doc__}
        _twins[error_class] = type(error_class.__name__, (error_class, pulumi.RunError), described)
    return _twins[error_class]


def as_run_error(error: PlatformError) -> PlatformError:
    """The same error, with its text and attributes, that is a ``pulumi.RunError`` too."""
    if isinstance(error, pulumi.RunError):
        return error
    error_class = _twin_of(type(error))
    twin = error_class.__new__(error_class)
    twin.args = error.args
    twin.__dict__.update(error.__dict__)
    return twin


@contextmanager
def run_errors() -> Iterator[None]:
    """Raises what a block raises of the platform's errors as an error that Pulumi shows without a traceback."""
    try:
        yield
    except PlatformError as error:
        twin = as_run_error(error)
        if twin is error:
            raise
        raise twin.with_traceback(error.__traceback__) from None
