"""The state of a stack while an operation runs: what was there, what the run made of it, and the journal of both."""

from collections.abc import Iterable, Sequence
from typing import Literal

from platform_lib.sandbox.engine.journal import Changes, Journal
from platform_lib.sandbox.engine.snapshot import mended, normalize
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot

PendingType = Literal["creating", "updating", "deleting", "reading", "importing"]


class StateStore:
    """Keeps the records of a run in an order in which each comes after what it depends on.

    Records that the run has confirmed or made come first, in the order in which that happened, then what is left of the
    base. Records are found by identity, since one URN can have several (old copies that wait for their deletion).

    Args:
        base: the state to start from.
        journal: told of every change at once; None for none.
    """

    def __init__(self, base: Snapshot, journal: Journal | None) -> None:
        self._metadata = base.metadata
        self._kept_pending = [item for item in base.pending if item.type == "creating"]
        self._base = dict(enumerate(base.resources))
        self._added: dict[int, ResourceState] = {}
        self._keys = {id(state): key for key, state in self._base.items()}
        self._first = self._next_key = len(base.resources)
        self._next_operation = 1
        self._pending: dict[int, PendingOperation] = {}
        self._journal = journal
        self._confirmed: dict[int, ResourceState] = {}
        self._superseded: list[int] = []
        self._refreshed = False
        if journal is not None:
            journal.start(base)

    def begin(self, type_: PendingType, state: ResourceState) -> int:
        """An operation on a resource starts; returns its number."""
        number = self._next_operation
        self._next_operation += 1
        pending = PendingOperation(type_, state)
        self._pending[number] = pending
        if self._journal is not None:
            self._flush()
            self._journal.begin(number, pending)
        return number

    def finish(
        self,
        operation: int,
        *,
        add: ResourceState | None = None,
        remove: ResourceState | None = None,
        changed: ResourceState | None = None,
        refreshed: bool = False,
    ) -> None:
        """An operation is over.

        Args:
            operation: its number; 0 for a change without one.
            add: a record that is new.
            remove: a record that is gone.
            changed: a record whose content changed.
            refreshed: the operation was a refresh within a program's run; others may refer to what it found gone.
        """
        self._refreshed = self._refreshed or refreshed
        self._pending.pop(operation, None)
        added, removed, replaced = self._apply(add, remove, changed)
        if self._journal is not None:
            self._flush()
            self._journal.commit(operation, Changes(added, replaced, removed))

    def confirm(self, add: ResourceState, remove: ResourceState) -> None:
        """A resource stays as it is: its record moves to the added ones; journalled together with the next change."""
        added, removed, _ = self._apply(add, remove, None)
        if self._journal is not None:
            self._confirmed.update(added)
            self._superseded.extend(removed)

    def rewrite(self, states: Iterable[ResourceState]) -> None:
        """Records changed without an operation (after a refresh)."""
        replaced = {self._keys[id(state)]: state for state in states if id(state) in self._keys}
        if replaced and self._journal is not None:
            self._flush()
            self._journal.commit(0, Changes(replaced=replaced))

    def substitute(self, operation: int, old: ResourceState, new: ResourceState | None) -> None:
        """A refresh found another state of a record: it takes the record's place, or removes it (None)."""
        self._pending.pop(operation, None)
        key = self._keys.pop(id(old), None)
        if key is None:
            return
        table = self._base if key < self._first else self._added
        if new is None:
            del table[key]
            changes = Changes(removed=(key,))
        else:
            table[key] = new
            self._keys[id(new)] = key
            changes = Changes(replaced={key: new})
        if self._journal is not None:
            self._flush()
            self._journal.commit(operation, changes)

    def forget_pending(self) -> None:
        """Creations that were interrupted in an earlier run are no longer warned about."""
        self._kept_pending = []

    def resources(self) -> list[ResourceState]:
        """All records in order."""
        return [*self._added.values(), *self._base.values()]

    def snapshot(self) -> Snapshot:
        """The state as it is to be stored."""
        pending: Sequence[PendingOperation] = [*self._pending.values(), *self._kept_pending]
        resources = mended(self.resources()) if self._refreshed else self.resources()
        return normalize(Snapshot(resources, list(pending), self._metadata))

    def close(self) -> Snapshot:
        """The run is over: the state to store, given to the journal too."""
        snapshot = self.snapshot()
        if self._journal is not None:
            self._journal.close(snapshot)
        return snapshot

    def _apply(
        self, add: ResourceState | None, remove: ResourceState | None, changed: ResourceState | None
    ) -> tuple[dict[int, ResourceState], list[int], dict[int, ResourceState]]:
        added: dict[int, ResourceState] = {}
        removed: list[int] = []
        replaced: dict[int, ResourceState] = {}
        if remove is not None and id(remove) in self._keys:
            key = self._keys.pop(id(remove))
            del (self._base if key < self._first else self._added)[key]
            removed.append(key)
        if changed is not None and id(changed) in self._keys:
            replaced[self._keys[id(changed)]] = changed
        if add is not None:
            key, self._next_key = self._next_key, self._next_key + 1
            self._added[key] = added[key] = add
            self._keys[id(add)] = key
        return added, removed, replaced

    def _flush(self) -> None:
        if self._confirmed and self._journal is not None:
            changes = Changes(self._confirmed, {}, tuple(self._superseded))
            self._confirmed, self._superseded = {}, []
            self._journal.commit(0, changes)
