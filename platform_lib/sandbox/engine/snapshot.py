"""Operations on whole states: following aliases, dangling references, copies."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Literal

from platform_lib.core.values import Secret, Value
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot

DependencyKind = Literal["parent", "dependency", "property", "deleted_with", "replace_with"]


def dependencies_of(state: ResourceState) -> Iterator[tuple[DependencyKind, str, str]]:
    """Every URN that a resource refers to, but for its provider: kind, URN, and the property for kind ``property``."""
    if state.parent:
        yield "parent", state.parent, ""
    for urn in state.dependencies:
        if urn:
            yield "dependency", urn, ""
    for key, values in state.property_dependencies.items():
        for urn in values:
            if urn:
                yield "property", urn, key
    if state.deleted_with:
        yield "deleted_with", state.deleted_with, ""
    for urn in state.replace_with:
        if urn:
            yield "replace_with", urn, ""


def dependency_urns(state: ResourceState) -> Iterator[str]:
    """Every URN that a resource refers to, its provider's last."""
    for _, urn, _ in dependencies_of(state):
        yield urn
    if state.provider:
        yield urns.reference_urn(state.provider)


def duplicate(state: ResourceState) -> ResourceState:
    """A copy of a record; inputs and outputs are shared, since the engine replaces them whole."""
    return copy(state)


def read_trigger(trigger: Value) -> Value:
    """A replacement trigger as the stock engine 3.260 reads it from its state: secrets in it are null.

    It copies the trigger before the secrets are decrypted. So a trigger that is secret never replaces anything, and one
    that holds a secret replaces its resource every time.
    """
    if isinstance(trigger, Secret):
        return Secret(None)
    if isinstance(trigger, dict):
        return {key: read_trigger(value) for key, value in trigger.items()}
    if isinstance(trigger, list):
        return [read_trigger(value) for value in trigger]
    return trigger


def copied(snapshot: Snapshot) -> Snapshot:
    """A state as a run starts from: its records can be changed without touching the original's."""
    return Snapshot(
        resources=[
            replace(state, replacement_trigger=read_trigger(state.replacement_trigger))
            if state.replacement_trigger is not None
            else copy(state)
            for state in snapshot.resources
        ],
        pending=[PendingOperation(item.type, copy(item.resource)) for item in snapshot.pending],
        metadata=snapshot.metadata,
    )


def normalize(snapshot: Snapshot) -> Snapshot:
    """Rewrites, in place, every reference to a resource by an old name to the name it has now.

    A resource that was found through an alias carries that alias until here; whoever still refers to the old URN
    (children, dependents, resources served by an aliased provider) is made to follow, and the aliases are dropped.
    """
    renamed: dict[str, str] = {}
    for state in snapshot.resources:
        for alias in state.aliases:
            renamed[alias] = state.urn
        parent = renamed.get(state.parent)
        if parent and urns.qualified_type(parent) != urns.STACK_TYPE:
            renamed[state.urn] = urns.make(
                urns.stack_of(state.urn),
                urns.project_of(state.urn),
                parent,
                urns.type_of(state.urn),
                urns.name_of(state.urn),
            )
    if not renamed:
        return snapshot
    for state in snapshot.resources:
        state.urn = renamed.get(state.urn, state.urn)
        _rename(state, renamed)
        state.aliases = []
    return snapshot


def _rename(state: ResourceState, renamed: dict[str, str]) -> None:
    def now(names: Iterable[str]) -> list[str]:
        return [renamed.get(name, name) for name in names]

    if state.provider:
        urn, identifier = urns.split_reference(state.provider)
        state.provider = f"{renamed.get(urn, urn)}::{identifier}"
    state.parent = renamed.get(state.parent, state.parent)
    state.dependencies = now(state.dependencies)
    state.property_dependencies = {key: now(values) for key, values in state.property_dependencies.items()}
    state.deleted_with = renamed.get(state.deleted_with, state.deleted_with)
    state.replace_with = now(state.replace_with)


def repair(resources: Sequence[ResourceState]) -> list[ResourceState]:
    """Drops, in place, references to resources that are not (or no longer) listed before the one that refers to them.

    Properties that depend on nothing are not listed any more, as the stock engine leaves them out after a refresh.
    Children of a vanished parent move to the nearest ancestor that is left.

    Returns:
        The records that changed.
    """
    known: set[str] = set()
    changed: list[ResourceState] = []
    for state in resources:
        if _forget_missing(state, known):
            changed.append(state)
        known.add(state.urn)
    ancestors: dict[str, str] = {}
    for state in resources:
        if state.parent not in known:
            parent = ancestors.get(state.parent, "")
            if parent != state.parent:
                state.parent = parent
                changed.append(state)
        ancestors[state.urn] = state.parent
    return changed


def mended(resources: Iterable[ResourceState]) -> list[ResourceState]:
    """The records; one that refers to something that is not listed before it as a copy that does not.

    What a refresh finds gone while the program runs may be referred to by whatever is registered before or after it.
    Unlike ``repair``, this leaves a record that refers to nothing missing exactly as it is.
    """
    known: set[str] = set()
    ancestors: dict[str, str] = {}
    found: list[ResourceState] = []
    for state in resources:
        if any(urn not in known for _, urn, _ in dependencies_of(state)):
            parent = state.parent if state.parent in known else ancestors.get(state.parent, "")
            state = replace(state, parent=parent)
            _forget_missing(state, known)
        ancestors[state.urn] = state.parent
        known.add(state.urn)
        found.append(state)
    return found


def _forget_missing(state: ResourceState, known: Collection[str]) -> bool:
    """Drops, in place, the references of a record to what is not known, its parent apart; whether there were any."""
    touched = False
    if any(urn not in known for urn in state.dependencies):
        state.dependencies = [urn for urn in state.dependencies if urn in known]
        touched = True
    kept = {key: [urn for urn in values if urn in known] for key, values in state.property_dependencies.items()}
    kept = {key: values for key, values in kept.items() if values}
    if kept != state.property_dependencies:
        state.property_dependencies = kept
        touched = True
    if state.deleted_with and state.deleted_with not in known:
        state.deleted_with = ""
        touched = True
    if any(urn not in known for urn in state.replace_with):
        state.replace_with = [urn for urn in state.replace_with if urn in known]
        touched = True
    return touched


def without(snapshot: Snapshot, pending: Sequence[PendingOperation]) -> Snapshot:
    """The state with other pending operations."""
    return replace(snapshot, pending=list(pending))
