"""What the validators of several components share. Imports nothing of pulumi."""

import re
from typing import Final, TypeVar

from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError, SeveralFieldsError, join

ItemT = TypeVar("ItemT")

NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""A name that becomes part of logical names of children."""

DNS_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A label of DNS in lower case (RFC 1123), which Kubernetes takes for many names."""


def check_name(value: str) -> str:
    """A name that becomes part of logical names of children, or a ``FieldError``."""
    if not NAME.fullmatch(value):
        raise FieldError("must be lower-case letters and digits joined by '-', beginning with a letter")
    return value


def each_once(values: list[ItemT] | None, field: str = "") -> list[ItemT] | None:
    """The values, or one finding for each that stands there a second time."""
    doubled = [index for index, value in enumerate(values or ()) if value in (values or [])[:index]]
    if doubled:
        raise SeveralFieldsError(
            [Finding(join(f"[{index}]", field) if field else f"[{index}]", "is given twice") for index in doubled]
        )
    return values
