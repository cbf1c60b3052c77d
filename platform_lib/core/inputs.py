"""What a component may be given as an argument: plain values and Outputs.

Plain is everything that decides how many resources there are, how they are named or which addresses they have;
``Input`` is everything that only flows through to a resource. Only leaves of type str, bool, float, list and dict are
``Input``.
"""

from collections.abc import Awaitable
from typing import Any, TypeAlias, TypeVar

import pulumi

from platform_lib.core.validation import FieldError, is_output

T = TypeVar("T")

# An alias of our own: that of pulumi hides a forward reference, which pydantic cannot resolve. Without Awaitable the
# analyzer of pulumi.provider.experimental does not take it for an input.
Input: TypeAlias = T | Awaitable[T] | pulumi.Output[T]
"""A value that may be known only once other resources exist."""


def require_plain(value: Any, path: str = "") -> None:
    """Refuses an Output at any depth of a value that decides what is planned.

    pydantic refuses Outputs in typed plain fields by itself; this is for values that a model does not type (``Any``).

    Args:
        value: scalars, lists and maps.
        path: where the value stands.

    Raises:
        FieldError: an Output is in the value; the path says where.
    """
    if is_output(value) or isinstance(value, Awaitable):
        raise FieldError("must be known before anything is deployed, got an Output", "pass a plain value", path=path)
    if isinstance(value, dict):
        for key, item in value.items():
            require_plain(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            require_plain(item, f"{path}[{index}]")
