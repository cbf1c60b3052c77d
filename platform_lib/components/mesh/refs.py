"""How other components and stacks take a mesh."""

from typing import Any, ClassVar, Self

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class MeshGatewayReference(ComponentArgs):
    """A gateway of a mesh."""

    name: str
    """Its name; its proxies carry the label ``istio: <name>``."""

    namespace: str
    """Namespace that its proxies run in."""

    reference: str
    """How a route refers to its Gateway object: ``namespace/name``."""


class MeshReference(ComponentArgs):
    """A mesh: what a component needs to know to bring workloads into it. All of it is known beforehand."""

    version: str
    """The newest version of Istio in it."""

    tags: dict[str, str]
    """Tags to the revision that each points at; a namespace joins by the label ``istio.io/rev: <tag>``."""

    namespaces: list[str]
    """Namespaces that are in it."""

    trust_domain: str
    """What identities of workloads begin with."""

    gateways: list[MeshGatewayReference]
    """Its ways in and out."""

    def gateway(self, name: str) -> MeshGatewayReference | None:
        """A gateway by its name; None where there is none."""
        return next((gateway for gateway in self.gateways if gateway.name == name), None)


class MeshOutputs(StackOutputs):
    """A mesh as a stack offers it to others."""

    output_name: ClassVar[str] = "mesh"
    version: ClassVar[int] = 1

    istio_version: Input[str]
    """The newest version of Istio in it."""

    tags: Input[dict[str, str]]
    """Tags to the revision that each points at."""

    namespaces: Input[list[str]]
    """Namespaces that are in it."""

    trust_domain: Input[str]
    """What identities of workloads begin with."""

    gateways: Input[list[dict[str, Any]]]
    """Its ways in and out."""

    @classmethod
    def of(cls, mesh: MeshReference) -> Self:
        """The outputs of a mesh."""
        return cls(
            istio_version=mesh.version,
            tags=mesh.tags,
            namespaces=mesh.namespaces,
            trust_domain=mesh.trust_domain,
            gateways=[gateway.model_dump() for gateway in mesh.gateways],
        )

    @property
    def reference(self) -> MeshReference:
        """The mesh as components take it; for outputs that were read at once."""
        return MeshReference.parse(
            "MeshOutputs",
            {
                "version": self.istio_version,
                "tags": self.tags,
                "namespaces": self.namespaces,
                "trust_domain": self.trust_domain,
                "gateways": self.gateways,
            },
        )
