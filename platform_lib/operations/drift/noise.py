"""Noise: differences that mean nothing, by type and property path, as a reviewed file says.

``governance/drift.yaml``::

    noise:
      - type: aws:autoscaling/group:Group
        path: desiredCapacity
        reason: the scaling policies move it

``*`` stands for any text in ``type`` and ``path``; a path also covers what lies below it.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator

from platform_lib.core.validation import FieldError
from platform_lib.operations.reviewed import Reviewed, read_reviewed

FILE: Final = Path("governance/drift.yaml")
"""Where a project keeps its rules."""


class NoiseRule(Reviewed):
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


def noise_rules(directory: Path) -> tuple[NoiseRule, ...]:
    """The rules of a project.

    Args:
        directory: of the project.

    Raises:
        SettingsError: the file is wrong; all findings with their lines.
    """
    return read_reviewed(directory / FILE, "noise", NoiseRule)
