"""Targets and excludes: what an operation is about, and how everything else stays as it is."""

from dataclasses import dataclass, field

from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.aliases import Aliases
from platform_lib.sandbox.engine.failure import BailError, StepError
from platform_lib.sandbox.engine.goal import Registration
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.snapshot import dependencies_of, dependency_urns, duplicate
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step
from platform_lib.sandbox.engine.steps import SameStep


@dataclass(slots=True)
class Seen:
    """URNs by what was decided about them."""

    urns: dict[str, bool] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    creates: set[str] = field(default_factory=set)
    sames: set[str] = field(default_factory=set)
    updates: set[str] = field(default_factory=set)
    replaces: set[str] = field(default_factory=set)
    deletes: dict[str, bool] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    refreshes: set[str] = field(default_factory=set)
    skipped_creates: set[str] = field(default_factory=set)
    saw_error: bool = False
    """Something cannot be done, and the user was told; a preview goes on all the same."""

    def stepped(self, urn: str) -> bool:
        """Whether there is a step for it."""
        return (
            urn in self.creates
            or urn in self.sames
            or urn in self.updates
            or urn in self.deletes
            or urn in self.replaces
            or urn in self.reads
        )

    def decided(self) -> set[str]:
        """Every URN that the program has registered or read, or that was deleted."""
        return self.reads | self.creates | self.sames | self.updates | set(self.deletes) | self.replaces


class Targeting:
    """Knows which resources an operation is limited to, and keeps the others.

    Args:
        run: the operation.
        seen: what was decided so far.
        aliases: the aliases that were used so far.
    """

    def __init__(self, run: Run, seen: Seen, aliases: Aliases) -> None:
        self._run = run
        self._seen = seen
        self._aliases = aliases
        self._targets = run.targets.copy()
        self._excludes = run.excludes.copy()
        self._queued: list[SameStep] = []
        self._queued_urns: set[str] = set()

    def included(self, state: ResourceState) -> bool:
        """Whether the operation is about a record at all (targets, excludes)."""
        run = self._run
        if run.targets.constrained:
            if state.urn in run.targets:
                return True
            return run.options.target_dependents and any(urn in self._targets for urn in dependency_urns(state))
        if run.excludes.constrained:
            if state.urn in run.excludes:
                return False
            dependents = run.options.exclude_dependents
            return not (dependents and any(urn in self._excludes for urn in dependency_urns(state)))
        return True

    def is_target(self, new: ResourceState) -> bool:
        """Whether a record is a target by itself or by what it depends on."""
        targets = self._run.targets
        if targets.constrained and new.urn in targets:
            return True
        return self._run.options.target_dependents and any(urn in self._targets for urn in dependency_urns(new))

    def note(self, new: ResourceState, *, targeted: bool) -> None:
        """What depends on a target or an excluded resource may be one itself: remembers which they are."""
        if self._run.excludes.constrained and not targeted:
            self._excludes.add(new.urn)
        elif targeted and self.is_target(new):
            self._targets.add(new.urn)

    def leave(self, registration: Registration, urn: str, old: ResourceState) -> list[Step]:
        """Keeps a resource that is no target as it is, after everything that it depends on."""
        run = self._run
        if old.provider and run.registry.get(old.provider) is None:
            provider_urn, identifier = urns.split_reference(old.provider)
            known = run.olds.get(provider_urn)
            if known is None or known.id != identifier:
                raise StepError(f"could not find provider {old.provider} in old state")
            raise StepError(
                f"provider {old.provider} for resource {urn} has not been registered yet, this is due to a change of "
                "providers mixed with --target. Change your program back to the original providers"
            )
        return self._keep(old, urn, registration)

    def _keep(self, old: ResourceState, urn: str, registration: Registration | None) -> list[Step]:
        if old.delete:
            return []
        run, seen = self._run, self._seen
        seen.urns[old.urn] = True
        seen.sames.update((urn, old.urn))
        steps: list[Step] = []
        if old.provider:
            provider_urn, identifier = urns.split_reference(old.provider)
            known = run.olds.get(provider_urn)
            if known is not None and known.id == identifier and not self._handled(provider_urn):
                steps.extend(self._keep(known, urn, None))
        for kind, dependency, key in dependencies_of(old):
            if self._handled(dependency):
                continue
            state = run.olds.get(dependency)
            if state is None:
                what = {
                    "parent": f"parent {dependency} of untargeted resource {urn}",
                    "dependency": f"dependency {dependency} of untargeted resource {urn}",
                    "property": f"property dependency {dependency} of untargeted resource {urn}'s property {key}",
                    "deleted_with": f"deleted with dependency {dependency} of untargeted resource {urn}",
                    "replace_with": f"replace with dependency {dependency} of untargeted resource {urn}",
                }[kind]
                raise BailError(f"{what} has no old state")
            steps.extend(self._keep(state, urn, None))
        new = duplicate(old)
        new.id = ""
        steps.append(SameStep(old, new, registration, untargeted=True))
        return steps

    def _handled(self, urn: str) -> bool:
        return self._seen.stepped(urn) or self.operated(urn)

    def operated(self, urn: str) -> bool:
        """Whether the operation did something about a record of the old state, under its name of today."""
        urn = self._aliases.new_of.get(urn, urn)
        seen = self._seen
        return (
            urn in seen.sames
            or urn in seen.updates
            or urn in seen.replaces
            or urn in seen.reads
            or urn in seen.refreshes
        )

    def queue_dependencies(self, new: ResourceState) -> None:
        """What a target depends on and the program does not register any more has to stay before it in the state."""
        if self._run.targets.constrained:
            for _, urn, _ in dependencies_of(new):
                self._queue_old(urn)

    def _queue_old(self, urn: str) -> None:
        if self._seen.stepped(urn) or urn in self._queued_urns:
            return
        old = self._run.olds.get(urn)
        if old is not None:
            if old.provider:
                provider_urn, identifier = urns.split_reference(old.provider)
                known = self._run.olds.get(provider_urn)
                if known is not None and known.id == identifier:
                    self._queue_old(provider_urn)
            for _, dependency, _ in dependencies_of(old):
                self._queue_old(dependency)
            self.queue(old)

    def queue(self, old: ResourceState) -> None:
        """Keeps a record that something registered next depends on; it is put before that."""
        if old.urn in self._queued_urns:
            return
        self._queued_urns.add(old.urn)
        new = duplicate(old)
        new.id = ""
        self._queued.append(SameStep(old, new, untargeted=True))

    def validated(self, steps: list[Step]) -> list[Step]:
        """The steps, after what they depend on, if they may be done with the targets that there are."""
        run, seen = self._run, self._seen
        if self._queued:
            queued, self._queued = self._queued, []
            kept: list[Step] = []
            for same in queued:
                if not self._handled(same.urn):
                    seen.urns[same.urn] = True
                    seen.sames.add(same.urn)
                    kept.append(same)
            steps = kept + steps
        limited = run.targets.constrained or run.replace_targets.constrained or run.excludes.constrained
        if not seen.skipped_creates or not limited:
            return steps
        for step in steps:
            if step.new is None or (isinstance(step, SameStep) and step.skipped_create):
                continue
            for urn in dependency_urns(step.new):
                if urn not in seen.skipped_creates:
                    continue
                seen.saw_error = True
                run.report.error(self._untargeted(step.urn, urn), step.urn)
                if not run.preview:
                    raise BailError("untargeted create")
                seen.skipped_creates.discard(urn)
        return steps

    def _untargeted(self, urn: str, dependency: str) -> str:
        """What to tell of a resource that needs one that is not to be made."""
        if self._run.excludes.constrained:
            return (
                f"Resource '{urn}' depends on '{dependency}' which does not exist yet and is excluded by --exclude. "
                "Exclude both, or neither (--exclude-dependents excludes what depends on an excluded resource)."
            )
        return f"Resource '{urn}' depends on '{dependency}' which was was not specified in --target list."
