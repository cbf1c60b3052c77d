"""Sets of URNs as users name them for targets and excludes: literal ones and patterns."""

import re
from collections.abc import Sequence


class UrnMatcher:
    """A set of URNs; an empty one is not constrained and holds every URN.

    Args:
        patterns: URNs; ``*`` stands for any text without a colon, ``**`` for any text.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self.literals = {pattern: None for pattern in patterns if "*" not in pattern}
        self._globs = [re.compile(_expression(pattern)) for pattern in patterns if "*" in pattern]

    @property
    def constrained(self) -> bool:
        """Whether the set was given at all."""
        return bool(self.literals or self._globs)

    def copy(self) -> "UrnMatcher":
        """A set of its own with the same members."""
        other = UrnMatcher(list(self.literals))
        other._globs = list(self._globs)
        return other

    def __contains__(self, urn: str) -> bool:
        if not self.constrained or urn in self.literals:
            return True
        return any(glob.match(urn) for glob in self._globs)

    def add(self, urn: str) -> None:
        """Adds a URN to a set that is constrained."""
        if self.constrained:
            self.literals[urn] = None


def _expression(pattern: str) -> str:
    parts = ("[^:]*".join(re.escape(part) for part in piece.split("*")) for piece in pattern.split("**"))
    return f"^{'.*'.join(parts)}$"
