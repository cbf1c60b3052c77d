"""A service mesh on Kubernetes (Istio): control plane, gateways, traffic rules, who may call whom, telemetry."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.mesh.args import MeshArgs
    from platform_lib.components.mesh.component import MeshComponent

__all__ = ["MeshArgs", "MeshComponent"]

__getattr__ = public_names(
    __name__,
    {
        "MeshArgs": "platform_lib.components.mesh.args",
        "MeshComponent": "platform_lib.components.mesh.component",
    },
)
