"""How the state survives a killed run: what the engine tells a journal, and how its entries become a state again.

The state during a run is two lists: the *base*, the resources that the run started with, and the *added* ones, made or
confirmed by the run. Every record has a key: base records 0 to n-1 in their order, added ones the next numbers in the
order in which they were added. A step is one ``begin`` and one ``commit``; what a commit says is complete in itself, so
a journal is a file to which each call appends one line, and ``Replay`` is how it is read back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot


@dataclass(frozen=True, slots=True)
class Changes:
    """What one step did to the state.

    Attributes:
        added: new records by key, to be appended in this order.
        replaced: records whose content changed, by key; they keep their place.
        removed: keys of records that are gone.
    """

    added: Mapping[int, ResourceState] = field(default_factory=dict)
    replaced: Mapping[int, ResourceState] = field(default_factory=dict)
    removed: Sequence[int] = ()


class Journal(Protocol):
    """Receives every change of the state as it happens; each call must be durable before it returns.

    The engine calls it from one thread at a time, in this order: ``start`` once, then any number of ``begin`` and
    ``commit`` (operations may overlap), then ``close`` once if the run ends in an orderly way. Records may change after
    the call returns, so an implementation serialises them at once. Whatever it raises ends the run as failed.
    """

    def start(self, base: Snapshot) -> None:
        """The run starts from this state, which is already stored; its records have the keys 0 to n-1."""

    def begin(self, operation: int, pending: PendingOperation) -> None:
        """A provider is about to be asked to change something.

        Args:
            operation: number of the operation, unique in the run.
            pending: what a later run must warn about if the operation never commits.
        """

    def commit(self, operation: int, changes: Changes) -> None:
        """The operation is over, well or not, and the state changed so.

        Args:
            operation: a number given to ``begin``, or 0 for a change without one.
            changes: everything that is different now; often empty for a failed operation.
        """

    def close(self, snapshot: Snapshot) -> None:
        """The run is over: the state to store whole; the entries so far are no longer needed."""


class Replay:
    """Rebuilds the state from journal entries, given to it in their order."""

    def __init__(self, base: Snapshot) -> None:
        self._metadata = base.metadata
        self._base: dict[int, ResourceState] = dict(enumerate(base.resources))
        self._added: dict[int, ResourceState] = {}
        self._kept = list(base.pending)
        self._pending: dict[int, PendingOperation] = {}
        self._first = len(base.resources)

    def begin(self, operation: int, pending: PendingOperation) -> None:
        """The counterpart of ``Journal.begin``."""
        self._pending[operation] = pending

    def commit(self, operation: int, changes: Changes) -> None:
        """The counterpart of ``Journal.commit``."""
        self._pending.pop(operation, None)
        self._added.update(changes.added)
        for key, state in changes.replaced.items():
            (self._base if key < self._first else self._added)[key] = state
        for key in changes.removed:
            self._base.pop(key, None)
            self._added.pop(key, None)

    def snapshot(self) -> Snapshot:
        """The state: added records, then what is left of the base, with the operations that never committed."""
        return Snapshot(
            resources=[*self._added.values(), *self._base.values()],
            pending=[*self._kept, *self._pending.values()],
            metadata=self._metadata,
        )
