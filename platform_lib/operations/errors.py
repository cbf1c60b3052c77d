"""What operations refuse, beyond the errors of the layers below."""

from platform_lib.core.errors import PlatformError


class InputError(PlatformError):
    """What was given does not fit together, or cannot be read: wrong usage, not a failure."""


class UnknownNameError(InputError):
    """What was named does not exist: a stack, a pack, a rule, a type."""


class RefusedError(PlatformError):
    """A policy or a gate refuses the change."""
