"""What stands around the objects of a mesh: namespaces, services, workloads. Pure data.

A deployment makes none of them, so that the checks have to be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_lib.components.mesh.hosts import host_of
from platform_lib.components.mesh.names import SYSTEM_NAMESPACE


@dataclass(frozen=True)
class Service:
    """A Kubernetes service.

    Attributes:
        namespace: that it lies in.
        name: its name.
        ports: port number to protocol, in lower case (``http``, ``grpc``, ``tcp``).
        selector: labels of the pods behind it; empty where somebody else says what is behind it.
    """

    namespace: str
    name: str
    ports: Mapping[int, str]
    selector: Mapping[str, str]

    @property
    def host(self) -> str:
        """Its full host."""
        return host_of(self.namespace, self.name)


@dataclass(frozen=True)
class Workload:
    """Pods of one kind.

    Attributes:
        namespace: that they lie in.
        labels: that they carry.
        service_account: that they run as.
        ports: that they listen on; empty where that is not known.
        is_gateway: whether they are proxies of a gateway.
    """

    namespace: str
    labels: Mapping[str, str]
    service_account: str
    ports: tuple[int, ...] = ()
    is_gateway: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What stands around the objects.

    Attributes:
        namespaces: whose pods are in the mesh, those of the mesh itself among them.
        services: Kubernetes services.
        workloads: pods in the mesh.
        root: namespace whose objects hold for the whole mesh.
        denied_by_default: whether requests that no rule lets in are to be denied everywhere.
    """

    namespaces: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    workloads: tuple[Workload, ...] = ()
    root: str = SYSTEM_NAMESPACE
    denied_by_default: bool = field(default=True)
