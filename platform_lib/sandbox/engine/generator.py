"""Turns what the program asks for into steps, by comparing it with the old state and asking providers."""

from typing import Literal

from platform_lib.core.values import has_unknown, plain
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.aliases import Aliases
from platform_lib.sandbox.engine.diff import (
    equal,
    ignore_changes,
    is_replace,
    replace_on_changes,
    resolve_unknown,
)
from platform_lib.sandbox.engine.executor import Executor
from platform_lib.sandbox.engine.failure import BailError, StepError
from platform_lib.sandbox.engine.goal import Goal, ReadRequest, Registration, initial_state
from platform_lib.sandbox.engine.importing import ImportStep
from platform_lib.sandbox.engine.instance import DiffUnavailableError
from platform_lib.sandbox.engine.policies import Policies
from platform_lib.sandbox.engine.refresh import RefreshStep
from platform_lib.sandbox.engine.registry import Registry
from platform_lib.sandbox.engine.replacement import DependentReplace, cascades, dependent_replacements
from platform_lib.sandbox.engine.report import show, show_at
from platform_lib.sandbox.engine.run import (
    ResourceProvider,
    Run,
    default_provider_denied,
    denied_package,
)
from platform_lib.sandbox.engine.snapshot import dependency_urns
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step, quoted
from platform_lib.sandbox.engine.steps import CreateStep, DeleteStep, ReadStep, ReplaceStep, SameStep, UpdateStep
from platform_lib.sandbox.engine.targeting import Seen, Targeting
from platform_lib.sandbox.protocol import DiffResult

Mode = Literal["update", "destroy", "refresh"]


class Generator:
    """Decides, for each registration and read, what is to be done.

    Args:
        run: the operation.
        executor: executes steps that a decision has to wait for (refreshes and imports).
        mode: what becomes of registered resources: they are updated, destroyed in the end, or only refreshed.
        refresh: refresh each resource when it is registered.
    """

    def __init__(self, run: Run, executor: Executor, *, mode: Mode = "update", refresh: bool = False) -> None:
        self.run = run
        self.executor = executor
        self.mode = mode
        self.refresh = refresh
        self.seen = Seen()
        self.aliases = Aliases(run.target)
        self.providers: dict[str, ResourceState] = {}
        self.policies = Policies(run, self.providers)
        self.refreshed: dict[int, ResourceState] = {}
        self.condemned: list[ResourceState] = []
        self.pending_deletes: set[int] = set()
        self.dependent_keys: dict[str, tuple[str, ...]] = {}
        self.targeting = Targeting(run, self.seen, self.aliases)

    def _replace_wanted(self, urn: str, old: ResourceState | None) -> bool:
        wanted = self.run.replace_targets
        return (wanted.constrained and urn in wanted) or (old is not None and old.tainted)

    # -- registrations and reads -----------------------------------------------------------------------------------

    def _new_urn(self, parent: str, type_: str, name: str) -> str:
        if parent and parent not in self.seen.urns:
            raise StepError(f"could not find parent resource {parent}")
        urn = self.run.urn(parent, type_, name)
        if self.seen.urns.get(urn):
            raise self._bail(urn, f"Duplicate resource URN '{urn}'; try giving it a unique name")
        self.seen.urns[urn] = True
        return urn

    def _bail(self, urn: str, message: str) -> BailError:
        """Reports an error; what to raise."""
        self.run.report.error(message, urn)
        return BailError(message)

    def read(self, request: ReadRequest) -> list[Step]:
        """The steps for a read.

        Raises:
            BailError: it cannot be done, and the user was told.
            StepError: it cannot be done.
        """
        urn = self._new_urn(request.parent, request.type, request.name)
        candidates = self.aliases.candidates(request.name, request.type, request.parent, ())
        old, alias, _ = self.aliases.find(urn, candidates, self.run.olds, self.seen.urns, self.run.report)
        if not request.id:
            raise StepError(f"Expected an ID for {urn}")
        new = ResourceState(
            urn=urn,
            type=request.type,
            custom=True,
            id=request.id,
            inputs=request.properties,
            parent=request.parent,
            external=True,
            dependencies=request.dependencies,
            provider=request.provider,
            additional_secret_outputs=request.additional_secret_outputs,
            aliases=[alias] if alias else [],
            source_position=request.source_position,
        )
        if old is not None and not old.external and old.id != request.id:
            self.seen.replaces.add(urn)
            return [ReadStep(request, old, new, replacing=True), ReplaceStep(old, new)]
        if self.mode == "destroy":
            self.condemned.append(new)
        self.seen.reads.add(urn)
        return [ReadStep(request, old, new, replacing=False)]

    def register(self, registration: Registration) -> list[Step]:
        """The steps for a registration; refreshes and imports that decide about them are executed here.

        Raises:
            BailError: it cannot be done, and the user was told.
            PlatformError, ProviderError: it cannot be done.
        """
        run, goal = self.run, registration.goal
        urn = self._new_urn(goal.parent, goal.type, goal.name)
        candidates = self.aliases.candidates(goal.name, goal.type, goal.parent, goal.aliases)
        old, alias, invalid = self.aliases.find(urn, candidates, run.olds, self.seen.urns, run.report)
        if alias:
            run.registry.alias(urn, alias)
        run.goals[urn] = goal
        new = initial_state(goal, urn, alias, old)
        if urns.is_provider_type(goal.type):
            self.providers[urn] = new
            if alias:
                self.providers[alias] = new
        if old is not None and self.refresh and self.targeting.included(old):
            refresh = RefreshStep(old, new=new, internal=not goal.custom or urns.is_provider_type(goal.type))
            self.seen.refreshes.add(urn)
            self.executor.chain([refresh])
            if not refresh.finished:
                return []
            if refresh.new is not None:
                run.graph.alias(refresh.new, old)
                self.refreshed[id(old)] = refresh.new
            old = refresh.new
        steps = self._after_refresh(registration, urn, old, new, invalid)
        return self.targeting.validated(steps)

    def _after_refresh(
        self, registration: Registration, urn: str, old: ResourceState | None, new: ResourceState, invalid: bool
    ) -> list[Step]:
        run, goal = self.run, registration.goal
        managed = goal.custom and not urns.is_provider_type(goal.type)
        if self.mode == "refresh" and (managed or self._skipped_dependency(new)):
            if old is None:
                self.seen.sames.add(urn)
                self.seen.skipped_creates.add(urn)
                return [SameStep.skipping(new, registration)]
            registration.done(old)
            return []
        if self.mode == "destroy":
            if self._skipped_dependency(new):
                self.seen.skipped_creates.add(urn)
                if old is not None:
                    new.outputs = old.outputs
                return [SameStep.skipping(new, registration)]
            if managed:
                if old is None:
                    self.seen.skipped_creates.add(urn)
                    return [SameStep.skipping(new, registration)]
                self.seen.sames.add(urn)
                self.condemned.append(new)
                new.inputs = old.inputs
                return [SameStep(old, new, registration)]
            self.condemned.append(new)
        provider = self._provider(urn, goal)
        recreating = urn in self.seen.deletes
        seed = run.seed(urn)
        old_id = (old.import_id or old.id) if old is not None else ""
        if goal.custom and goal.id and (old is None or old.external or old_id != goal.id):
            self.seen.imports.add(urn)
            step = ImportStep(
                new,
                registration,
                original=old if old is not None and not recreating else None,
                ignore_changes=goal.ignore_changes,
            )
            chain: list[Step] = [step]
            if step.original is not None:
                chain.append(ReplaceStep(step.original, new))
            self.executor.chain(self.targeting.validated(chain))
            if not step.finished:
                return []
            fresh = initial_state(goal, urn, "", None)
            fresh.aliases, fresh.created, fresh.modified = new.aliases, new.created, new.modified
            old, new = new, fresh
        return self._checked(registration, urn, old, new, provider, invalid, recreating, seed)

    def _skipped_dependency(self, new: ResourceState) -> bool:
        return any(urn in self.seen.skipped_creates for urn in dependency_urns(new))

    def _provider(self, urn: str, goal: Goal) -> ResourceProvider | None:
        """The provider that a resource asks for; None for components."""
        run = self.run
        if not goal.custom:
            return None
        if urns.is_provider_type(goal.type):
            return run.registry
        package = denied_package(goal.provider)
        if package:
            raise self._bail(urn, default_provider_denied(package, urn))
        instance = run.registry.get(goal.provider)
        if instance is not None:
            return instance
        reference, _, identifier = goal.provider.rpartition("::")
        old = run.olds.get(reference)
        if old is None or old.id != identifier:
            raise self._bail(urn, f"unknown provider '{goal.provider}' for resource '{urn}'")
        run.ensure_provider(goal.provider)
        self.targeting.queue(old)
        return run.registry.get(goal.provider)

    # -- inputs ----------------------------------------------------------------------------------------------------

    def _checked(
        self,
        registration: Registration,
        urn: str,
        old: ResourceState | None,
        new: ResourceState,
        provider: ResourceProvider | None,
        invalid: bool,
        recreating: bool,
        seed: bytes,
    ) -> list[Step]:
        run, goal = self.run, registration.goal
        inputs = new.inputs
        if old is not None:
            inputs, unfit = ignore_changes(inputs, old.inputs, goal.ignore_changes)
            if unfit:
                paths = ", ".join(unfit)
                run.report.diagnostic(
                    "info", f'cannot ignore changes in added or removed elements of the path: "{paths}"', urn
                )
        was_external = old is not None and old.external
        autonaming = None
        if goal.custom and run.namer.configured:
            autonaming, first = run.namer.propose(urn, seed)
            if first:
                goal.delete_before_replace = True
        implicit = urns.is_provider_type(goal.type) or urns.qualified_type(urn) == urns.STACK_TYPE
        targeted = implicit or self.targeting.included(new)
        if provider is not None and targeted:
            fresh = recreating or was_external or old is None or self._replace_wanted(urn, old)
            if fresh or old is None:
                result = provider.check(urn, {}, goal.properties, seed, autonaming)
            else:
                result = provider.check(urn, old.inputs, inputs, seed, autonaming)
            if self._refused(new, result.failures):
                invalid = True
            new.inputs = result.inputs
        elif provider is not None:
            new.inputs = old.inputs if old is not None else {}
        if targeted:
            self.targeting.queue_dependencies(new)
        if not self.policies.check(new, goal) or invalid:
            raise BailError(f"resource {urn} is invalid")
        if recreating and old is not None:
            return self._recreate(registration, old, new)
        if was_external and old is not None:
            self.seen.creates.add(urn)
            return [
                CreateStep(new, registration, old=old, pending_delete=True),
                ReplaceStep(old, new),
            ]
        self.targeting.note(new, targeted=targeted)
        if old is None:
            if not targeted:
                self.seen.sames.add(urn)
                self.seen.skipped_creates.add(urn)
                return [SameStep.skipping(new, registration)]
            self.seen.creates.add(urn)
            return [CreateStep(new, registration)]
        if not targeted:
            return self.targeting.leave(registration, urn, old)
        return self._compared(registration, old, new, provider, seed)

    def _refused(self, new: ResourceState, failures: object) -> bool:
        """Reports the inputs that a provider refuses; whether there are any."""
        found = list(failures) if isinstance(failures, (list, tuple)) else []
        for failure in found:
            head = f"{new.type} resource '{urns.name_of(new.urn)}'"
            if failure.property:
                value = show_at(new.inputs, failure.property)
                text = f"{head}: property {failure.property} value {value} has a problem: {failure.reason}"
            else:
                text = f"{head} has a problem: {failure.reason}"
            self.run.report.error(text, new.urn)
        return bool(found)

    def _recreate(self, registration: Registration, old: ResourceState, new: ResourceState) -> list[Step]:
        """A resource was deleted since one that it depends on had to go first: it is made anew."""
        self.seen.deletes.pop(new.urn, None)
        self.seen.replaces.add(new.urn)
        keys = self.dependent_keys.get(new.urn, ())
        return [ReplaceStep(old, new), CreateStep(new, registration, old=old, keys=keys)]

    # -- differences -----------------------------------------------------------------------------------------------

    def _compared(
        self,
        registration: Registration,
        old: ResourceState,
        new: ResourceState,
        provider: ResourceProvider | None,
        seed: bytes,
    ) -> list[Step]:
        run, goal, urn = self.run, registration.goal, new.urn
        if not run.preview and has_unknown(new.replacement_trigger):
            self.seen.saw_error = True
            raise self._bail(urn, f"replacement trigger contains unknowns for {urn}")
        triggered = _triggers(new, old)
        if triggered:
            diff = DiffResult("some")
        else:
            try:
                diff = self._diff(old, new, provider, goal)
            except DiffUnavailableError as error:
                diff = DiffResult("some")
                run.report.warning(str(error), urn)
        diff = replace_on_changes(diff, goal.replace_on_changes, has_init_errors=bool(old.init_errors))
        if diff.changes == "some" or old.pending_replacement:
            if is_replace(diff) or triggered or old.pending_replacement:
                return self._replace(registration, old, new, provider, diff, seed)
            return self._update(registration, old, new, diff)
        if old.init_errors:
            return self._update(registration, old, new, diff)
        if urn in self.seen.imports:
            registration.done(old)
            return []
        self.seen.sames.add(urn)
        return [SameStep(old, new, registration)]

    def _update(
        self, registration: Registration, old: ResourceState, new: ResourceState, diff: DiffResult
    ) -> list[Step]:
        self.seen.updates.add(new.urn)
        ignored = registration.goal.ignore_changes
        return [UpdateStep(old, new, registration, diffs=diff.diffs, detailed=diff.detailed, ignore_changes=ignored)]

    def _diff(
        self, old: ResourceState, new: ResourceState, provider: ResourceProvider | None, goal: Goal
    ) -> DiffResult:
        urn, seen = new.urn, self.seen
        if self._replace_wanted(urn, old):
            return DiffResult("some", replaces=["id"])
        if any(other in seen.replaces for other in new.replace_with):
            return DiffResult("some", replaces=["replaceWith"])
        if new.deleted_with and new.deleted_with in seen.replaces:
            return DiffResult("some", replaces=["deletedWith"])
        if self._provider_changed(old, new):
            return DiffResult("some", replaces=["provider"])
        if provider is None:
            return DiffResult("none" if equal(old.inputs, new.inputs) else "some")
        diff = provider.diff(urn, old.id, old.inputs, old.outputs, new.inputs, goal.ignore_changes)
        return resolve_unknown(diff, old.inputs, new.inputs, goal.ignore_changes)

    def _provider_changed(self, old: ResourceState, new: ResourceState) -> bool:
        """Whether a resource moves to a provider that cannot manage what the old one made."""
        run = self.run
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        old_urn, _ = urns.split_reference(old.provider)
        new_urn, new_id = urns.split_reference(new.provider)
        if self.aliases.new_of.get(old_urn) == new_urn:
            return False
        instance = run.registry.get(new.provider)
        before, after = run.olds.get(old_urn), self.providers.get(new_urn) or run.olds.get(new_urn)
        if instance is None or before is None or after is None:
            raise StepError(f'failed to resolve provider reference: "{old.provider}"')
        diff = Registry.diff_config(instance, new_urn, new_id, before.inputs, before.outputs, after.inputs, ())
        return is_replace(diff)

    # -- replacements ----------------------------------------------------------------------------------------------

    def _replace(
        self,
        registration: Registration,
        old: ResourceState,
        new: ResourceState,
        provider: ResourceProvider | None,
        diff: DiffResult,
        seed: bytes,
    ) -> list[Step]:
        run, goal, urn = self.run, registration.goal, new.urn
        if new.protect and old.protect:
            self.seen.saw_error = True
            message = (
                f'unable to replace resource "{urn}"\nas it is currently marked for protection. To unprotect the '
                "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
            )
            run.report.error(message, urn)
            if not run.preview:
                raise BailError(message)
        if goal.id:
            self._refuse_imported(urn, old, new, diff)
        self.seen.replaces.add(urn)
        if provider is not None and not self._replace_wanted(urn, old):
            autonaming, _ = run.namer.propose(urn, seed)
            result = provider.check(urn, {}, goal.properties, seed, autonaming)
            if self._refused(new, result.failures):
                raise BailError(f"resource {urn} has check errors")
            new.inputs = result.inputs
        first = diff.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
        if not first:
            create = CreateStep(
                new,
                registration,
                old=old,
                pending_delete=True,
                keys=diff.replaces,
                diffs=diff.diffs,
                detailed=diff.detailed,
            )
            return [create, ReplaceStep(old, new, keys=diff.replaces, diffs=diff.diffs, detailed=diff.detailed)]
        steps = self._delete_dependents(urn, old)
        run.ensure_provider(old.provider)
        if not old.pending_replacement:
            self.seen.deletes[old.urn] = True
            steps.append(DeleteStep(old, self.seen.deletes, replacing=True, pending_replacement=True))
        steps.append(ReplaceStep(old, new, keys=diff.replaces, diffs=diff.diffs, detailed=diff.detailed))
        steps.append(
            CreateStep(new, registration, old=old, keys=diff.replaces, diffs=diff.diffs, detailed=diff.detailed)
        )
        return steps

    def _refuse_imported(self, urn: str, old: ResourceState, new: ResourceState, diff: DiffResult) -> None:
        lines = [f"{key}: {show(old.inputs.get(key))} => {show(new.inputs.get(key))}" for key in diff.replaces]
        message = (
            "previously-imported resources that still specify an ID may not be replaced; "
            "please remove the `import` declaration from your program;\n" + "\n".join(lines)
        )
        if not self.run.preview:
            raise StepError(message)
        self.run.report.warning(message, urn)

    def _delete_dependents(self, urn: str, old: ResourceState) -> list[Step]:
        """The deletions that have to come before that of a resource which is replaced."""
        run = self.run
        wanted: list[DependentReplace] = []
        if old in run.graph:
            wanted = dependent_replacements(run, old, self.seen.decided())
        wanted.extend(cascades(urn, run.news, run.olds))
        steps: list[Step] = []
        for dependent in reversed(wanted):
            state = dependent.state
            if id(state) in self.pending_deletes:
                continue
            self.dependent_keys[state.urn] = tuple(dependent.keys)
            if state.delete:
                steps.append(DeleteStep(state, self.seen.deletes))
            else:
                if state.protect:
                    self.seen.saw_error = True
                    raise self._bail(
                        urn,
                        f'unable to replace resource "{state.urn}" as part of replacing "{urn}" as it is currently '
                        "marked for protection. To unprotect the resource, remove the `protect` flag from the "
                        "resource in your Pulumi program and run `pulumi up`, or use the command:\n"
                        f"`pulumi state unprotect {quoted(state.urn)}`",
                    )
                steps.append(DeleteStep(state, self.seen.deletes, replacing=True, pending_replacement=True))
            self.seen.deletes[state.urn] = True
            self.pending_deletes.add(id(state))
        return steps


def _triggers(new: ResourceState, old: ResourceState) -> bool:
    """Whether the replacement trigger of a resource changed; without one there is nothing to change."""
    one, other = plain(new.replacement_trigger), plain(old.replacement_trigger)
    if has_unknown(one) or has_unknown(other):
        return True
    return one is not None and other is not None and not equal(one, other)
