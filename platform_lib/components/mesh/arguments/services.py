"""Arguments of the services in the mesh, and of those outside that it calls."""

from pydantic import Field, field_validator

from platform_lib.components.mesh.kind import ServiceProtocol
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name


class ServicePortArgs(ComponentArgs):
    """A port of a service."""

    number: int = Field(ge=1, le=65535)
    """Port number of the Kubernetes service."""

    protocol: ServiceProtocol | None = None
    """What it speaks; left out means ``http``."""


class SubsetArgs(ComponentArgs):
    """Some of a service's pods, such as those of one version."""

    name: str
    """Unique in the service, such as ``v1``."""

    labels: dict[str, str] = Field(min_length=1)
    """Labels of its pods."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class MeshServiceArgs(ComponentArgs):
    """A Kubernetes service that the mesh knows rules for."""

    name: str
    """Its name."""

    namespace: str
    """Its namespace, one of ``namespaces``."""

    ports: list[ServicePortArgs] = Field(min_length=1)
    """Its ports."""

    labels: dict[str, str] | None = None
    """Labels of its pods, by which rules select them; left out means ``app: <name>``."""

    subsets: list[SubsetArgs] | None = None
    """Parts of it that routes choose from; left out means none."""

    @field_validator("name", "namespace")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class ExternalServiceArgs(ComponentArgs):
    """A service outside the mesh that its workloads may call."""

    name: str
    """Unique in the mesh."""

    hosts: list[str] = Field(min_length=1)
    """Host names."""

    ports: list[ServicePortArgs] = Field(min_length=1)
    """Its ports."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)
