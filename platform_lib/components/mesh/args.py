"""The arguments of ``MeshComponent``. The groups stand in ``arguments``."""

from pydantic import Field, field_validator

from platform_lib.components.cluster.refs import ClusterReference
from platform_lib.components.mesh.arguments.access import AuthorizationArgs, JwtIssuerArgs, MtlsArgs, RateLimitArgs
from platform_lib.components.mesh.arguments.control_plane import (
    CertificateAuthorityArgs,
    ControlPlaneArgs,
    MeshNamespaceArgs,
    RevisionArgs,
    RevisionTagArgs,
)
from platform_lib.components.mesh.arguments.gateways import GatewayArgs
from platform_lib.components.mesh.arguments.objects import MeshObjectArgs
from platform_lib.components.mesh.arguments.routes import RouteArgs
from platform_lib.components.mesh.arguments.services import ExternalServiceArgs, MeshServiceArgs, MeshWorkloadArgs
from platform_lib.components.mesh.arguments.telemetry import MeshTelemetryArgs
from platform_lib.components.mesh.kind import MeshProfile, OutboundPolicy
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.context import Context


class MeshArgs(ComponentArgs):
    """The arguments of ``MeshComponent``."""

    context: Context
    """Who the mesh belongs to and which rules hold for it."""

    cluster: ClusterReference
    """The cluster that it runs on. Its provider is handed over as an option of the component."""

    certificate_authority: CertificateAuthorityArgs
    """The mesh's own certificate authority."""

    profile: MeshProfile | None = None
    """How much of everything there is; left out means ``dev`` in the environment ``dev`` and ``prod`` elsewhere."""

    revisions: list[RevisionArgs] | None = Field(default=None, min_length=1, max_length=2)
    """Control planes, two at most and two only during an upgrade; left out means one of version 1.31.1."""

    tags: list[RevisionTagArgs] | None = Field(default=None, min_length=1)
    """Names that namespaces point at; left out means one called ``stable``, which points at the first revision."""

    control_plane: ControlPlaneArgs | None = None
    """What of the control plane differs from the profile; left out means nothing."""

    outbound_policy: OutboundPolicy | None = None
    """Where workloads may call to outside the mesh; left out means the profile's."""

    namespaces: list[MeshNamespaceArgs] | None = None
    """Namespaces whose pods are in the mesh; left out means none."""

    gateways: list[GatewayArgs] | None = None
    """Ways in and out; left out means none."""

    telemetry: MeshTelemetryArgs | None = None
    """What the mesh tells about itself; left out means the defaults of its fields."""

    services: list[MeshServiceArgs] | None = None
    """Services that the mesh knows rules for; left out means none."""

    workloads: list[MeshWorkloadArgs] | None = None
    """Pods that call services and that no service leads to; left out means none."""

    external_services: list[ExternalServiceArgs] | None = None
    """Services outside that workloads may call; left out means none."""

    routes: list[RouteArgs] | None = None
    """Which requests go where; left out means none."""

    mtls: MtlsArgs | None = None
    """Mutual TLS; left out means strict everywhere."""

    authorization: list[AuthorizationArgs] | None = None
    """Who may call whom; left out means that nobody may."""

    jwt: list[JwtIssuerArgs] | None = None
    """Issuers of tokens; left out means none."""

    rate_limits: list[RateLimitArgs] | None = None
    """Local rate limits; left out means none."""

    objects: list[MeshObjectArgs] | None = None
    """Objects of Istio that there are no words for above; left out means none."""

    @field_validator("revisions")
    @classmethod
    def _check_revisions(cls, value: list[RevisionArgs] | None) -> list[RevisionArgs] | None:
        each_once([item.version for item in value or ()], "version")
        return value

    @field_validator(
        "tags", "namespaces", "gateways", "external_services", "routes", "authorization", "jwt", "rate_limits"
    )
    @classmethod
    def _check_names(cls, value: list[ComponentArgs] | None) -> list[ComponentArgs] | None:
        each_once([getattr(item, "name", "") for item in value or ()], "name")
        return value
