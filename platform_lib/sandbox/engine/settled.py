"""Knows which resources exist already: a look-up that depends on one which does not is answered with unknown."""

from collections.abc import Iterable


class Settled:
    """The registered resources with their children."""

    def __init__(self) -> None:
        self._children: dict[str, list[str]] = {}
        self._pending: set[str] = set()
        self._custom: dict[str, bool] = {}

    def track(self, urn: str, parent: str, *, custom: bool, known: bool) -> None:
        """A resource was registered or read.

        Args:
            urn: its URN.
            parent: its parent's.
            custom: it is not a component.
            known: it has an id.
        """
        self._custom[urn] = custom
        if parent:
            self._children.setdefault(parent, []).append(urn)
        if custom and not known:
            self._pending.add(urn)
        else:
            self._pending.discard(urn)

    def unresolved(self, urns: Iterable[str]) -> bool:
        """Whether one of the resources, or a custom one in a component among them, does not exist yet."""
        if not self._pending:
            return False
        stack = list(urns)
        seen: set[str] = set()
        while stack:
            urn = stack.pop()
            if urn in seen:
                continue
            seen.add(urn)
            if urn in self._pending:
                return True
            if not self._custom.get(urn, True):
                stack.extend(self._children.get(urn, ()))
        return False
