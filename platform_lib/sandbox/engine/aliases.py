"""Finding the old record of a resource: by its URN, by its aliases, and by the aliases of its parents."""

from collections.abc import Mapping, Sequence

from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.goal import Alias
from platform_lib.sandbox.engine.report import Reporter
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.target import Target


class Aliases:
    """The aliases that were used so far in an operation.

    Attributes:
        new_of: old URN to the URN of the resource that claimed it.
        old_of: URN to the old URN that it was found under.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self.new_of: dict[str, str] = {}
        self.old_of: dict[str, str] = {}

    def _collapse(self, name: str, type_: str, parent: str, alias: Alias) -> str:
        """The URN that an alias means, for a resource with this name, type and parent."""
        if alias.urn:
            return alias.urn
        above = self.old_of.get(alias.parent, alias.parent) if alias.parent else parent
        if alias.no_parent or (above and urns.qualified_type(above) == urns.STACK_TYPE):
            above = ""
        return urns.make(
            alias.stack or self._target.stack,
            alias.project or self._target.project,
            above,
            alias.type or type_,
            alias.name or name,
        )

    def _inherited(self, type_: str, name: str, parent_name: str, parent_alias: str) -> str:
        """The URN that a child had when its parent had the alias; a name that begins with the parent's follows it."""
        if name.startswith(parent_name):
            name = urns.name_of(parent_alias) + name[len(parent_name) :]
        return urns.make(self._target.stack, self._target.project, parent_alias, type_, name)

    def candidates(self, name: str, type_: str, parent: str, declared: Sequence[Alias]) -> list[str]:
        """Every former URN of a resource, its own aliases first."""
        own = [self._collapse(name, type_, parent, alias) for alias in declared]
        found = dict.fromkeys(own)
        parent_alias = self.old_of.get(parent) if parent else None
        if parent_alias:
            above = urns.name_of(parent)
            found[self._inherited(type_, name, above, parent_alias)] = None
            for urn in own:
                found[self._inherited(urns.type_of(urn), urns.name_of(urn), above, parent_alias)] = None
        return list(found)

    def find(
        self,
        urn: str,
        candidates: Sequence[str],
        olds: Mapping[str, ResourceState],
        seen: Mapping[str, object],
        report: Reporter,
    ) -> tuple[ResourceState | None, str, bool]:
        """The old record of a resource.

        Args:
            urn: its URN.
            candidates: its former URNs.
            olds: the live records of the old state.
            seen: URNs that this operation has seen already.
            report: told of conflicts.

        Returns:
            The record, the former URN under which it was found (empty for its own), and whether two resources claim one
            record.
        """
        invalid = False
        if urn in self.new_of:
            invalid = True
            report.error(
                f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{self.new_of[urn]}'", urn
            )
        for candidate in [urn, *candidates]:
            old = olds.get(candidate)
            if old is None:
                continue
            if candidate == urn:
                return old, "", invalid
            rivals = [urn] if candidate in seen else []
            rivals += [self.new_of[candidate]] if candidate in self.new_of else []
            for rival in rivals:
                invalid = True
                report.error(
                    f"Duplicate resource alias '{candidate}' applied to resource with URN '{urn}' "
                    f"conflicting with resource with URN '{rival}'",
                    urn,
                )
            self.new_of[candidate] = urn
            self.old_of[urn] = candidate
            return old, candidate, invalid
        return None, "", invalid
