"""Asks the policy evaluator: about every resource before anything is done with it, and about the stack at the end."""

from collections.abc import Mapping, Sequence

from platform_lib.core.errors import PlatformError
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.failure import StepError
from platform_lib.sandbox.engine.goal import Goal
from platform_lib.sandbox.engine.policy import PolicyEvaluator, PolicyFinding, PolicyProvider, PolicyResource
from platform_lib.sandbox.engine.registry import configuration
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.snapshot import duplicate
from platform_lib.sandbox.engine.state import ResourceState


class Policies:
    """The policies of an operation.

    Args:
        run: the operation; without an evaluator nothing is asked.
        providers: provider resources that the program registered, by URN.
    """

    def __init__(self, run: Run, providers: Mapping[str, ResourceState]) -> None:
        self._run = run
        self._providers = providers
        self.violated = False

    def check(self, new: ResourceState, goal: Goal) -> bool:
        """Has the evaluator remediate and analyse a resource.

        Args:
            new: the record, its inputs checked; they change when a policy remediates them.
            goal: what the program asked for.

        Returns:
            False if a mandatory policy stops the operation here, as it does outside of previews.

        Raises:
            StepError: the evaluator failed.
        """
        evaluator = self._run.policy
        if evaluator is None:
            return True
        resource = self._resource(new, new.inputs, goal.delete_before_replace, goal.ignore_changes)
        try:
            changed = evaluator.remediate(resource)
            if changed is not None:
                new.inputs = changed
                resource = self._resource(new, changed, goal.delete_before_replace, goal.ignore_changes)
            findings = evaluator.analyze(resource)
        except PlatformError as error:
            raise StepError(f"failed to run policy: {error}") from error
        return not self._report(findings) or self._run.preview

    def check_stack(self) -> None:
        """Has the evaluator analyse everything that the operation made or confirmed.

        Raises:
            StepError: the evaluator failed.
        """
        evaluator: PolicyEvaluator | None = self._run.policy
        if evaluator is None:
            return
        resources = [self._whole(state) for state in self._run.news.values()]
        try:
            findings = evaluator.analyze_stack(resources)
        except PlatformError as error:
            raise StepError(f"failed to run policy: {error}") from error
        self._report(findings)

    def _report(self, findings: Sequence[PolicyFinding]) -> bool:
        """Reports findings; whether one of them is mandatory."""
        mandatory = False
        for finding in findings:
            self._run.report.finding(finding)
            mandatory = mandatory or finding.mandatory
        self.violated = self.violated or mandatory
        return mandatory

    def _whole(self, state: ResourceState) -> PolicyResource:
        goal = self._run.goals.get(state.urn)
        first = goal.delete_before_replace if goal is not None else None
        resource = self._resource(state, state.outputs, first, state.ignore_changes)
        return PolicyResource(
            type=resource.type,
            urn=resource.urn,
            name=resource.name,
            properties=resource.properties,
            parent=resource.parent,
            options=resource.options,
            provider=resource.provider,
            dependencies=state.dependencies,
            property_dependencies=state.property_dependencies,
            source_position=resource.source_position,
            external=resource.external,
        )

    def _resource(
        self,
        state: ResourceState,
        properties: Properties,
        delete_before_replace: bool | None,
        ignore_changes: Sequence[str],
    ) -> PolicyResource:
        options: dict[str, object] = {
            "protect": state.protect,
            "ignoreChanges": list(ignore_changes),
            "deleteBeforeReplace": delete_before_replace,
            "additionalSecretOutputs": list(state.additional_secret_outputs),
            "aliases": list(state.aliases),
            "customTimeouts": dict(state.custom_timeouts),
        }
        return PolicyResource(
            type=state.type,
            urn=state.urn,
            name=urns.name_of(state.urn),
            properties=properties,
            parent=state.parent,
            options=options,
            provider=self._provider(state),
            source_position=state.source_position,
            external=state.external,
        )

    def _provider(self, state: ResourceState) -> PolicyProvider | None:
        if not state.provider:
            return None
        urn, identifier = urns.split_reference(state.provider)
        found = self._providers.get(urn)
        if found is None:
            old = self._run.olds.get(urn)
            found = duplicate(old) if old is not None and old.id == identifier else None
        if found is None:
            return None
        return PolicyProvider(found.type, found.urn, urns.name_of(found.urn), configuration(found.inputs))
