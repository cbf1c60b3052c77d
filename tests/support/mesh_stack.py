"""A stack of a mesh on the sandbox engine: the namespaces of its services, and the mesh in them."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from platform_lib.components.mesh import MeshArgs, MeshComponent
from platform_lib.sandbox.engine.event import StepEvent
from support.component_stack import Component, ComponentStack
from support.meshes import whole_args


def mesh(environment: str = "dev", **more: Any) -> Component:
    """A mesh with something of everything, and the namespaces that its arguments name."""

    def make(_: pulumi.Output[str], opts: pulumi.ResourceOptions) -> MeshComponent:
        args = MeshArgs(**whole_args(environment, **more))
        made = [
            kubernetes.core.v1.Namespace(f"ns-{one.name}", metadata={"name": one.name}, opts=opts)
            for one in args.namespaces or ()
        ]
        waiting = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=made))
        return MeshComponent("main", args, waiting)

    return make


def _cluster(_: str) -> tuple[pulumi.ProviderResource, pulumi.Output[str]]:
    provider = kubernetes.Provider("cluster", cluster_identifier="https://main.example.com")
    return provider, pulumi.Output.from_input("")


class MeshStack(ComponentStack):
    """Runs operations on a mesh, and tells their steps."""

    def __init__(self) -> None:
        super().__init__()
        self._provider = _cluster
        self.errors = ""

    def steps(self, operation: str, component: Component | None = None) -> tuple[int, list[tuple[str, str]]]:
        """Exit code, and operation and name of every step that changes something in the mesh, in their order."""
        found: list[tuple[str, str]] = []

        def keep(event: object) -> None:
            if isinstance(event, StepEvent) and event.phase == "outputs" and event.op != "same":
                found.append((event.op, event.urn.rsplit("::", 1)[-1].removeprefix("main-")))

        self.engine.sink = keep
        result = self.run(operation, component)
        self.errors = "\n".join(item.message for item in result.diagnostics)
        return result.exit_code, [step for step in found if not step[1].startswith("ns-")]
