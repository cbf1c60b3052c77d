"""The tree of a stack, from what is up or from what its program would make."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from platform_lib.core.errors import PlatformError
from platform_lib.core.values import Properties
from platform_lib.operations.record import Record
from platform_lib.operations.tree import Tree, resource_tree
from platform_lib.sandbox.engine.policy import PolicyFinding, PolicyResource
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.target import Options

if TYPE_CHECKING:
    from platform_lib.sandbox.handle import StackHandle


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
                provider="" if item.provider is None else f"{item.provider.urn}::",
                protect=bool(item.options.get("protect")),
                dependencies=sorted(
                    {*item.dependencies, *(urn for urns in item.property_dependencies.values() for urn in urns)}
                ),
            )
            for item in resources
        ]
        return ()


def stack_tree(stack: "StackHandle", *, preview: bool = False) -> Tree:
    """The tree of a stack.

    Args:
        stack: the stack.
        preview: what its program would leave, instead of what is up.

    Raises:
        PlatformError: its state cannot be read, or the preview failed.
    """
    if not preview:
        return resource_tree(stack.project.name, stack.name, stack.state().resources)
    planned, record = PlannedResources(), Record()
    result = stack.run("preview", Options(), sink=record, policy=planned)
    if result.exit_code != 0:
        errors = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
        raise PlatformError("\n".join(errors) or f"stack '{stack.name}': the preview failed; run `platform preview`")
    return resource_tree(stack.project.name, stack.name, planned.resources)
