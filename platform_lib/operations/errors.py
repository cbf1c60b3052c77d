"""What operations refuse, beyond the errors of the layers below."""

from platform_lib.core.errors import PlatformError


class UnknownNameError(PlatformError):
    """What was named does not exist: a stack, a pack, a rule, a type."""


class RefusedError(PlatformError):
    """A policy or a gate refuses the change."""
