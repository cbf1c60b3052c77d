"""What validators of several groups of arguments share."""

import re
from collections.abc import Iterable, Sequence

from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.core.errors import Finding
from platform_lib.core.validation import SeveralFieldsError

_DOMAIN = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?\.?")


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
