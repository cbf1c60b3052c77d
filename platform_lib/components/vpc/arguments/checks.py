"""What validators of several groups of arguments share."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError, SeveralFieldsError, join

ItemT = TypeVar("ItemT")

NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""A name that becomes part of logical names of children."""

_DOMAIN = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?\.?")


def each_once(values: list[ItemT] | None, field: str = "") -> list[ItemT] | None:
    """The values, or one finding for each that stands there a second time."""
    doubled = [index for index, value in enumerate(values or ()) if value in (values or [])[:index]]
    if doubled:
        raise SeveralFieldsError(
            [Finding(join(f"[{index}]", field) if field else f"[{index}]", "is given twice") for index in doubled]
        )
    return values


def check_name(value: str) -> str:
    """A name of a part of the network, or a ``FieldError``."""
    if not NAME.fullmatch(value):
        raise FieldError("must be lower-case letters and digits joined by '-', beginning with a letter")
    return value


def check_ranges(values: Sequence[str] | None, *, version: int | None = None) -> None:
    """Refuse texts that are no ranges in CIDR notation.

    Args:
        values: the texts.
        version: 4 or 6; None takes both.

    Raises:
        SeveralFieldsError: one finding a text, below its place in the list.
    """
    findings = []
    for index, text in enumerate(values or ()):
        try:
            block = Block.parse(text)
        except AddressError as error:
            findings.append(Finding(f"[{index}]", error.problem, error.remedy))
            continue
        if version is not None and block.version != version:
            problem = f"is not an IPv{version} range, got {text!r}"
            findings.append(Finding(f"[{index}]", problem, f"write an IPv{version} range"))
    if findings:
        raise SeveralFieldsError(findings)


def check_domains(values: Iterable[str] | None) -> None:
    """Refuse texts that are no domain names.

    Raises:
        SeveralFieldsError: one finding a text, below its place in the list.
    """
    findings = [
        Finding(f"[{index}]", f"is not a domain name, got {text!r}", "use lower-case letters, digits, '-' and '.'")
        for index, text in enumerate(values or ())
        if not _DOMAIN.fullmatch(text) or len(text) > 253
    ]
    if findings:
        raise SeveralFieldsError(findings)
