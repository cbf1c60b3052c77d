"""The base of every component's arguments: a pydantic model that is also the component's schema for other languages.

What a public model may hold is what both pydantic and ``pulumi.provider.experimental`` understand: str, int, float,
bool, enums, lists, maps with string keys, nested models, ``Input[...]`` of str, bool, float, list and dict, and ``X |
None = None``. Modules with such models do not use ``from __future__ import annotations``. Constraints stand in the
default (``Field(default=None, ge=1)``) or in validators.
"""

from collections.abc import Mapping
from typing import Any, Self

import pulumi
from pydantic import BaseModel, ConfigDict, ValidationError

from platform_lib.core.errors import ArgsError, Finding
from platform_lib.core.validation import findings_of, kind_of


class InvalidArgsError(ArgsError, ValueError, pulumi.RunError):
    """Arguments that do not fit, raised where they are made.

    A ``ValueError``, so that pydantic gathers it from a nested model with the faults of the others; a ``RunError``, so
    that the stock CLI shows its text and no traceback.
    """


class ComponentArgs(BaseModel):
    """Base of the arguments of components and of the groups nested in them."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=True,  # Outputs
        hide_input_in_errors=True,  # inputs may be secret
    )

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InvalidArgsError(type(self).__name__, findings_of(error, type(self))) from None

    @classmethod
    def parse(cls, subject: str, args: Self | Mapping[str, Any]) -> Self:
        """The arguments as a checked model, from a model or from a map (which other languages send).

        Args:
            subject: whose arguments they are, for messages (``VpcComponent 'main'``).
            args: the arguments.

        Raises:
            ArgsError: they do not fit; all faults at once.
        """
        if isinstance(args, cls):
            return args
        if not isinstance(args, Mapping):
            raise InvalidArgsError(subject, [Finding("args", f"must be {cls.__name__} or a map, got {kind_of(args)}")])
        try:
            return cls(**args)
        except ArgsError as error:
            raise InvalidArgsError(subject, error.findings) from None
