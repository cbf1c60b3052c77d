"""A stack of a mesh on the sandbox engine: the namespaces of its services, and the mesh in them."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from platform_lib.components.mesh import MeshArgs, MeshComponent
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


class MeshStack(ComponentStack):
    """Runs operations on a mesh, and tells their steps."""

    def __init__(self) -> None:
        super().__init__(cloud="kubernetes")

    def steps(
        self, operation: str, component: Component | None = None, *, prefix: str = "main-", beside: str = "ns-"
    ) -> tuple[int, list[tuple[str, str]]]:
        """Exit code, and operation and name of every step that changes something in the mesh, in their order."""
        return super().steps(operation, component, prefix=prefix, beside=beside)
