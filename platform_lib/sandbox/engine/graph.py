"""The dependency graph of a state: a list in which everything comes after what it depends on."""

from collections.abc import Collection, Iterator, Sequence

from platform_lib.sandbox.engine.snapshot import dependencies_of
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.urn import reference_urn


class DependencyGraph:
    """Answers who depends on whom; records are told apart by identity.

    Args:
        resources: in an order in which each comes after what it depends on.
    """

    def __init__(self, resources: Sequence[ResourceState]) -> None:
        self.resources = list(resources)
        self._index = {id(state): position for position, state in enumerate(resources)}
        self._by_urn: dict[str, list[int]] = {}
        self._children: dict[str, list[int]] = {}
        last: dict[str, int] = {}
        for position, state in enumerate(resources):
            self._by_urn.setdefault(state.urn, []).append(position)
            last[state.urn] = position
            parent = state.parent
            while parent:
                self._children.setdefault(parent, []).append(position)
                known = last.get(parent)
                parent = resources[known].parent if known is not None else ""

    def __contains__(self, state: ResourceState) -> bool:
        return id(state) in self._index

    def position(self, state: ResourceState) -> int:
        """Where a record stands in the order."""
        return self._index[id(state)]

    def alias(self, new: ResourceState, existing: ResourceState) -> None:
        """Another record stands for one of the graph."""
        if id(existing) in self._index:
            self._index[id(new)] = self._index[id(existing)]

    def depending_on(self, state: ResourceState, ignore: Collection[str], *, children: bool) -> list[ResourceState]:
        """Everything that depends on a record, directly or not, in order.

        Args:
            state: the record.
            ignore: URNs that are not looked at.
            children: whether a child depends on its parent.
        """
        found: list[ResourceState] = []
        urns = {state.urn}
        for candidate in self.resources[self._index[id(state)] + 1 :]:
            if candidate.urn in ignore:
                continue
            depends = any(urn in urns and (children or kind != "parent") for kind, urn, _ in dependencies_of(candidate))
            if depends or (candidate.provider and reference_urn(candidate.provider) in urns):
                found.append(candidate)
                urns.add(candidate.urn)
        return found

    def dependencies(self, state: ResourceState) -> Iterator[ResourceState]:
        """Everything that a record depends on directly, the children of components that it depends on included."""
        cursor = self._index[id(state)]
        urns = {urn for kind, urn, _ in dependencies_of(state) if kind != "parent"}
        if state.provider:
            urns.add(reference_urn(state.provider))
        for urn in urns:
            for position in self._by_urn.get(urn, ()):
                if position < cursor:
                    candidate = self.resources[position]
                    yield candidate
                    if not candidate.custom:
                        for child in self._children.get(urn, ()):
                            if child < cursor:
                                yield self.resources[child]
        for position in self._by_urn.get(state.parent, ()):
            if position < cursor:
                yield self.resources[position]

    def transitive_dependencies(self, state: ResourceState) -> list[ResourceState]:
        """Everything that a record depends on, directly or not: dependencies, providers and parents, not itself."""
        old: dict[str, ResourceState] = {}
        new: dict[str, ResourceState] = {}
        for item in self.resources:
            (old if item.delete else new)[item.urn] = item
        marked: dict[int, ResourceState] = {}

        def look_up(origin: ResourceState, urn: str) -> ResourceState | None:
            if urn in old and urn in new:
                return old[urn] if origin.delete else new[urn]
            return old.get(urn) or new.get(urn)

        start = look_up(state, state.urn)
        stack = [start] if start is not None else []
        while stack:
            item = stack.pop()
            if id(item) in marked:
                continue
            marked[id(item)] = item
            urns = [urn for _, urn, _ in dependencies_of(item)]
            if item.provider:
                urns.append(reference_urn(item.provider))
            stack.extend(found for urn in urns if (found := look_up(item, urn)) is not None)
        marked.pop(id(state), None)
        return list(marked.values())
