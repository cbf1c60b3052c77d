"""Noise: differences that mean nothing, by type and property path, as a reviewed file says.

``governance/drift.yaml``::

    version: 1
    noise:
      - type: aws:autoscaling/group:Group
        path: desiredCapacity
        reason: the scaling policies move it

``*`` stands for any text in ``type`` and ``path``; a path also covers what lies below it.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, field_validator

from platform_lib.core.validation import FieldError
from platform_lib.operations.governance.file import FOLDER, Decisions, parse_decisions

FILE: Final = FOLDER / "drift.yaml"
"""Where a project keeps its rules."""


class NoiseRule(Decisions):
    """One rule about what is noise."""

    type: str = Field(min_length=1)
    """Type token; ``*`` stands for any text."""

    path: str = Field(min_length=1)
    """Property path, such as ``tags.aws:autoscaling*``."""

    reason: str = Field(min_length=10)
    """Why a difference there means nothing."""

    @field_validator("path")
    @classmethod
    def _not_everything(cls, value: str) -> str:
        if not value.strip("*."):
            raise FieldError("must name a property: a rule for every path would hide all drift")
        return value

    def covers(self, token: str, path: str) -> bool:
        """Whether it speaks of a property of a type."""
        return _glob(self.type).fullmatch(token) is not None and _below(self.path).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"), re.DOTALL)


@lru_cache(maxsize=1024)
def _below(pattern: str) -> re.Pattern[str]:
    return re.compile(_glob(pattern).pattern + r"(?:[.\[].*)?", re.DOTALL)


class DriftFile(Decisions):
    """The file."""

    version: Literal[1] = 1
    """Version of the form."""

    noise: list[NoiseRule] = Field(default_factory=list)
    """What means nothing."""


def noise_rules(directory: Path) -> tuple[NoiseRule, ...]:
    """The rules of a project; none where it has no such file.

    Args:
        directory: of the project.

    Raises:
        GovernanceError: the file is wrong; all findings with their lines.
    """
    path = directory / FILE
    return tuple(parse_decisions(path.read_bytes(), FILE, DriftFile).noise) if path.is_file() else ()
