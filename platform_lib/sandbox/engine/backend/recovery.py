"""What a killed run leaves open, settled with what the cloud says: nothing is made twice, nothing is lost.

A run can die between the moment when the cloud has done something and the moment when the journal knows of it. The
stock engine can then only warn of a pending operation, since a real cloud cannot be asked which request made what. The
sandbox cloud can: it keeps with each resource the URN that asked for it. So the journal notes, before each create,
update and delete, what the cloud holds for that URN; compared with what it holds afterwards, that tells whether the
lost request was carried out.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from platform_lib.core.values import Properties, Secret, has_secret, plain
from platform_lib.sandbox.engine.snapshot import dependency_urns
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot


class Held(Protocol):
    """One resource that the cloud holds (``platform_lib.sandbox.cloud.store.Row``)."""

    @property
    def row(self) -> int:
        """Its number in the cloud, of no other resource while it exists."""

    @property
    def id(self) -> str:
        """The provider's id."""

    @property
    def inputs(self) -> Properties:
        """As the provider took them, secrets marked."""

    @property
    def outputs(self) -> Properties:
        """As the provider answered them, secrets marked."""


@runtime_checkable
class Ledger(Protocol):
    """A cloud that can be asked what it holds. Each provider call is there as a whole or not at all."""

    def find_created(self, urn: str, known_ids: Sequence[str] = ()) -> Sequence[Held]:
        """The resources that exist and were created for this URN, oldest first, but for the known ones."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An operation that a journal tells of without its end.

    Attributes:
        pending: the operation.
        before: rows that the cloud held for the URN when the operation began.
    """

    pending: PendingOperation
    before: Sequence[int] = ()


def settle(snapshot: Snapshot, interrupted: Sequence[Interrupted], ledger: Ledger | None) -> list[str]:
    """Brings the state of a killed run in line with the cloud.

    Args:
        snapshot: the replayed state; changed in place. Operations that are settled leave its pending ones.
        interrupted: what was under way.
        ledger: the cloud; None if it cannot be asked: then all stays pending, as in the stock engine.

    Returns:
        What was found, one sentence a resource, for the user.
    """
    if ledger is None:
        return []
    notes = []
    for item in interrupted:
        wanted = item.pending.resource
        held = ledger.find_created(wanted.urn)
        if item.pending.type == "creating":
            outcome = _settle_create(snapshot, wanted, [made for made in held if made.row not in item.before])
        elif item.pending.type == "updating":
            outcome = _settle_update(snapshot, wanted, held)
        elif item.pending.type == "deleting":
            outcome = _settle_delete(snapshot, wanted, set(item.before) - {made.row for made in held})
        else:
            outcome = "had changed nothing"
        notes.append(f"{wanted.urn}: {outcome}")
        snapshot.pending = [pending for pending in snapshot.pending if pending is not item.pending]
    return notes


def _settle_create(snapshot: Snapshot, wanted: ResourceState, new: Sequence[Held]) -> str:
    """Takes over what was created but never committed."""
    if not new:
        return "had not been created"
    _adopt(snapshot, wanted, new[-1])
    return f"had been created as {new[-1].id}, taken over into the state"


def _adopt(snapshot: Snapshot, wanted: ResourceState, made: Held) -> None:
    """Adds the created resource where its dependencies stand before it and its dependents behind it."""
    outputs = _marked(made.outputs, wanted)
    adopted = replace(wanted, id=made.id, outputs=outputs, delete=False, pending_replacement=False)
    for index, old in enumerate(snapshot.resources):
        if old.urn == wanted.urn and not old.delete:
            if old.pending_replacement:
                snapshot.resources[index] = adopted  # the old one is gone already
            else:
                # Its dependents still stand behind the old copy, so the new one goes right before it.
                old.delete = True
                snapshot.resources.insert(index, adopted)
            return
    snapshot.resources.append(adopted)


def _settle_update(snapshot: Snapshot, wanted: ResourceState, held: Sequence[Held]) -> str:
    """Takes the new inputs over if the cloud has them; if not, the next run sends the update again."""
    # The pending record may not have its id yet; the one that it updates has.
    current = next((item for item in snapshot.resources if item.urn == wanted.urn and not item.delete), None)
    made = next((made for made in held if current is not None and made.id == current.id), None)
    if current is None or made is None or plain(made.inputs) != plain(wanted.inputs):
        return "had not been updated"
    current.inputs = wanted.inputs
    current.outputs = _marked(made.outputs, wanted)
    return "had been updated"


def _settle_delete(snapshot: Snapshot, wanted: ResourceState, gone: Set[int]) -> str:
    """Drops a resource that the cloud no longer holds, or keeps its place for those that depend on it."""
    if not gone:
        return "had not been deleted"
    for index, old in enumerate(snapshot.resources):
        if old.urn == wanted.urn and old.id == wanted.id and old.delete == wanted.delete:
            if not old.delete and any(_depends(item, old.urn) for item in snapshot.resources):
                old.pending_replacement = True
            else:
                del snapshot.resources[index]
            break
    return "had been deleted"


def _depends(resource: ResourceState, urn: str) -> bool:
    return any(name == urn for name in dependency_urns(resource))


def _marked(outputs: Properties, resource: ResourceState) -> Properties:
    """Outputs with the secrets that the engine would have marked: those asked for, and echoes of secret inputs."""
    secret = set(resource.additional_secret_outputs)
    secret.update(name for name, value in resource.inputs.items() if has_secret(value))
    return {
        name: Secret(value) if name in secret and not isinstance(value, Secret) else value
        for name, value in outputs.items()
    }
