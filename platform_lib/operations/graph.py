"""The tree of a stack, from what is up or from what its program would make."""

from collections.abc import Sequence

from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.policy import PolicyFinding, PolicyResource
from platform_lib.sandbox.engine.state import ResourceState


class PlannedResources:
    """A policy evaluator that finds nothing and keeps what it is shown: only there does a preview tell dependencies.

    Attributes:
        resources: what the program would leave, once the preview is over.
    """

    def __init__(self) -> None:
        self.resources: list[ResourceState] = []

    def remediate(self, resource: PolicyResource) -> Properties | None:
        """Changes nothing."""
        del resource
        return None  # the protocol's answer for "leave them"

    def analyze(self, resource: PolicyResource) -> Sequence[PolicyFinding]:
        """Finds nothing."""
        del resource
        return ()

    def analyze_stack(self, resources: Sequence[PolicyResource]) -> Sequence[PolicyFinding]:
        """Keeps the resources and finds nothing."""
        self.resources = [
            ResourceState(
                urn=item.urn,
                type=item.type,
                custom=item.provider is not None,
                parent=item.parent,
                protect=bool(item.options.get("protect")),
                dependencies=sorted(
                    {*item.dependencies, *(urn for urns in item.property_dependencies.values() for urn in urns)}
                ),
            )
            for item in resources
        ]
        return ()
