"""What a planned mesh consists of. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from platform_lib.components.mesh.kind import MeshObjectKind as Kind

_NETWORKING = "networking.istio.io/v1"
_SECURITY = "security.istio.io/v1"
API_VERSIONS: Final[Mapping[str, str]] = {
    Kind.AUTHORIZATION_POLICY: _SECURITY,
    Kind.DESTINATION_RULE: _NETWORKING,
    Kind.ENVOY_FILTER: "networking.istio.io/v1alpha3",
    Kind.GATEWAY: _NETWORKING,
    Kind.PEER_AUTHENTICATION: _SECURITY,
    Kind.PROXY_CONFIG: "networking.istio.io/v1beta1",
    Kind.REQUEST_AUTHENTICATION: _SECURITY,
    Kind.SERVICE_ENTRY: _NETWORKING,
    Kind.SIDECAR: _NETWORKING,
    Kind.TELEMETRY: "telemetry.istio.io/v1",
    Kind.VIRTUAL_SERVICE: _NETWORKING,
    Kind.WASM_PLUGIN: "extensions.istio.io/v1alpha1",
    Kind.WORKLOAD_ENTRY: _NETWORKING,
    Kind.WORKLOAD_GROUP: _NETWORKING,
}
"""The stored version of each kind of Istio's custom resources
(https://github.com/istio/api/blob/master/kubernetes/customresourcedefinitions.gen.yaml)."""


@dataclass(frozen=True)
class PlannedObject:
    """A custom resource of Istio.

    Attributes:
        role: what it is in the mesh, the first part of its logical name (``route``, ``subset``, ``allow``).
        key: which one, the second part; may be empty.
        kind: its kind.
        namespace: that it lies in.
        name: ``metadata.name``, a contract: other objects refer to it.
        spec: plain data as JSON knows it, without None.
        labels: of the object, beside those of the component.
        after: ids of the planned objects that it follows: they are made before it and go after it.
        ignored: property paths that a controller owns and a deployment leaves alone (see ``ownership.py``).
        annotations: of the object, beside those of the component.
        source: the argument that asked for it, such as ``routes[2]``, for messages; empty for what is always there.
    """

    role: str
    key: str
    kind: str
    namespace: str
    name: str
    spec: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def api_version(self) -> str:
        """Group and version of its kind, such as ``networking.istio.io/v1``."""
        return API_VERSIONS[self.kind]

    @property
    def id(self) -> str:
        """Its logical name without the component's: ``<role>[-<key>]``, unique in the plan."""
        return f"{self.role}-{self.key}" if self.key else self.role

    @property
    def shown(self) -> str:
        """How messages call it: ``VirtualService shop/menu``."""
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True)
class GatewayPlan:
    """A gateway: its proxies, which a chart makes, and where they stand.

    Attributes:
        name: unique in the mesh; the proxies carry the label ``istio: <name>``.
        namespace: that proxies and the Gateway object lie in.
        object_name: name of the Gateway object, by which routes take it.
        ports: port number to protocol of the Gateway object's servers.
        hosts: that the Gateway object takes.
    """

    name: str
    namespace: str
    is_ingress: bool
    object_name: str
    ports: Mapping[int, str]
    hosts: tuple[str, ...]

    @property
    def reference(self) -> str:
        """How a VirtualService names it: ``namespace/name``."""
        return f"{self.namespace}/{self.object_name}"

    @property
    def proxies(self) -> str:
        """Name of the deployment, the service and the service account of its proxies, which the chart gives them."""
        return f"gateway-{self.name}"

    @property
    def labels(self) -> dict[str, str]:
        """Labels by which objects select its proxies."""
        return {"istio": self.name}
