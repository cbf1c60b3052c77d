"""Intended differences, as a reviewed file declares them.

``governance/differences.yaml``::

    version: 1
    differences:
      - section: setting
        match: network.zones
        between: [dev, prod]
        reason: production survives the loss of a zone
        owner: platform-team
        expires: 2027-11-30

``*`` stands for any text in ``match`` (the subject) and ``path`` (of a property); ``between`` names stacks or
environments, and may be left out.
"""

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from platform_lib.operations.compare.model import Section
from platform_lib.operations.governance.file import FOLDER, Day, Decisions, parse_decisions

FILE: Final = FOLDER / "differences.yaml"


class Declared(Decisions):
    """One intended difference."""

    section: Section
    """What differs."""

    match: str = Field(min_length=1)
    """The subject: a setting, ``type::name`` of a resource or component, a package, a pack."""

    path: str = "*"
    """Property path, where ``section`` is ``property``."""

    between: list[str] = Field(default_factory=list, max_length=2)
    """Two stacks or environments, in any order; one means that one and any other; none means all."""

    reason: str = Field(min_length=10)
    """Why they differ."""

    owner: str = Field(min_length=1)
    """Who answers for it."""

    expires: Day
    """The last day on which it is good; then somebody has to look again."""

    def concerns(self, left: set[str], right: set[str]) -> bool:
        """Whether it speaks of two stacks, each by its names."""
        wanted = set(self.between)
        if len(wanted) < 2:
            return wanted <= left | right
        one, other = self.between
        return (one in left and other in right) or (one in right and other in left)

    def covers(self, section: Section, subject: str, path: str) -> bool:
        """Whether it speaks of a difference."""
        return self.section is section and _fits(self.match, subject) and _fits(self.path, path)

    def __str__(self) -> str:
        """Section and pattern."""
        return f"{self.section} {self.match}" + (f" {self.path}" if self.path != "*" else "")


class DifferencesFile(Decisions):
    """The file."""

    version: Literal[1] = 1
    differences: list[Declared] = Field(default_factory=list)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL) is not None


def declared_differences(directory: Path) -> tuple[Declared, ...]:
    """The entries of a project; none where it has no such file.

    Raises:
        GovernanceError: the file is wrong; all findings with their lines.
    """
    path = directory / FILE
    if not path.is_file():
        return ()
    return tuple(parse_decisions(path.read_bytes(), FILE, DifferencesFile).differences)
