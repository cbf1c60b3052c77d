"""What else has to be replaced when a resource is deleted before its replacement is made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from platform_lib.core.values import UNKNOWN
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.diff import is_replace, replace_on_changes, resolve_unknown
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.state import ResourceState


@dataclass(frozen=True, slots=True)
class DependentReplace:
    """A resource that goes with another one, and the properties that force it."""

    state: ResourceState
    keys: Sequence[str] = ()


def dependent_replacements(run: Run, root: ResourceState, decided: Collection[str]) -> list[DependentReplace]:
    """The resources that a change of another one may replace, in an order in which each comes after what it depends on.

    A dependent is replaced if its provider or the resource that it is deleted with is, or if its provider would replace
    it for unknown values in the properties that depend on a replaced resource.

    Args:
        run: the operation.
        root: the record that goes.
        decided: URNs for which the program's registration was seen; they cannot depend on ``root`` any more.

    Raises:
        EngineError: the provider of a dependent is not available.
        ProviderError: a provider fails.
    """
    found: list[DependentReplace] = []
    replaced = {root.urn}
    for candidate in run.graph.depending_on(root, decided, children=False):
        keys = _forced(run, candidate, replaced)
        if keys is not None:
            found.append(DependentReplace(candidate, keys))
            replaced.add(candidate.urn)
    return found


def _forced(run: Run, state: ResourceState, replaced: set[str]) -> Sequence[str] | None:
    """The properties that force a record's replacement; None if it is not replaced."""
    if not state.custom or state.external:
        return None
    if state.provider and urns.reference_urn(state.provider) in replaced:
        run.ensure_provider(state.provider)
        return ()
    if state.deleted_with and state.deleted_with in replaced:
        return ()
    inputs = dict(state.inputs)
    touched = False
    for key in inputs:
        if any(urn in replaced for urn in state.property_dependencies.get(key, ())):
            inputs[key] = UNKNOWN
            touched = True
    if not touched:
        return None
    if urns.is_provider_type(state.type):
        run.registry.same(state, checked=False)
    else:
        run.ensure_provider(state.provider)
    provider = run.provider_of(state)
    diff = provider.diff(state.urn, state.id, state.inputs, state.outputs, inputs, state.ignore_changes)
    diff = resolve_unknown(diff, state.inputs, inputs, state.ignore_changes)
    diff = replace_on_changes(diff, state.replace_on_changes, has_init_errors=False)
    return diff.replaces if is_replace(diff) else None


def cascades(
    urn: str, news: Mapping[str, ResourceState], olds: Mapping[str, ResourceState]
) -> Iterable[DependentReplace]:
    """The resources that say themselves that they go with a resource: ``replace_with`` and ``deleted_with``."""
    seen: set[str] = set()
    for states in (news, olds):
        for name, state in states.items():
            if name not in seen and (urn in state.replace_with or state.deleted_with == urn):
                seen.add(name)
                yield DependentReplace(state)
