"""A service mesh on Kubernetes (Istio): control plane, gateways, traffic rules, who may call whom, telemetry."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.mesh.args import (
        MeshArgs,
    )
    from platform_lib.components.mesh.arguments.access import (
        AuthorizationArgs,
        JwtIssuerArgs,
        MtlsArgs,
        MtlsExceptionArgs,
        RateLimitArgs,
    )
    from platform_lib.components.mesh.arguments.control_plane import (
        CertificateAuthorityArgs,
        ControlPlaneArgs,
        MeshNamespaceArgs,
        RevisionArgs,
        RevisionTagArgs,
    )
    from platform_lib.components.mesh.arguments.gateways import (
        GatewayArgs,
        GatewayServerArgs,
    )
    from platform_lib.components.mesh.arguments.objects import (
        MeshObjectArgs,
    )
    from platform_lib.components.mesh.arguments.policy import (
        ConnectionPoolArgs,
        FaultArgs,
        MirrorArgs,
        OutlierDetectionArgs,
        RetryArgs,
    )
    from platform_lib.components.mesh.arguments.routes import (
        DestinationArgs,
        RouteArgs,
        RouteMatchArgs,
        RouteRuleArgs,
    )
    from platform_lib.components.mesh.arguments.services import (
        BlueGreenArgs,
        CanaryArgs,
        ExternalServiceArgs,
        MeshServiceArgs,
        MeshWorkloadArgs,
        ServicePortArgs,
        SubsetArgs,
    )
    from platform_lib.components.mesh.arguments.telemetry import (
        MeshTelemetryArgs,
        TraceCollectorArgs,
    )
    from platform_lib.components.mesh.component import (
        MeshComponent,
    )
    from platform_lib.components.mesh.kind import (
        GatewayDirection,
        GatewayProtocol,
        MeshObjectKind,
        MeshProfile,
        MtlsMode,
        OutboundPolicy,
        ServiceProtocol,
    )
    from platform_lib.components.mesh.refs import (
        MeshGatewayReference,
        MeshOutputs,
        MeshReference,
    )

__all__ = [
    "AuthorizationArgs",
    "BlueGreenArgs",
    "CanaryArgs",
    "CertificateAuthorityArgs",
    "ConnectionPoolArgs",
    "ControlPlaneArgs",
    "DestinationArgs",
    "ExternalServiceArgs",
    "FaultArgs",
    "GatewayArgs",
    "GatewayDirection",
    "GatewayProtocol",
    "GatewayServerArgs",
    "JwtIssuerArgs",
    "MeshArgs",
    "MeshComponent",
    "MeshGatewayReference",
    "MeshNamespaceArgs",
    "MeshObjectArgs",
    "MeshObjectKind",
    "MeshOutputs",
    "MeshProfile",
    "MeshReference",
    "MeshServiceArgs",
    "MeshTelemetryArgs",
    "MeshWorkloadArgs",
    "MirrorArgs",
    "MtlsArgs",
    "MtlsExceptionArgs",
    "MtlsMode",
    "OutboundPolicy",
    "OutlierDetectionArgs",
    "RateLimitArgs",
    "RetryArgs",
    "RevisionArgs",
    "RevisionTagArgs",
    "RouteArgs",
    "RouteMatchArgs",
    "RouteRuleArgs",
    "ServicePortArgs",
    "ServiceProtocol",
    "SubsetArgs",
    "TraceCollectorArgs",
]

_ARGS = "platform_lib.components.mesh.args"
_ACCESS = "platform_lib.components.mesh.arguments.access"
_CONTROL_PLANE = "platform_lib.components.mesh.arguments.control_plane"
_GATEWAYS = "platform_lib.components.mesh.arguments.gateways"
_OBJECTS = "platform_lib.components.mesh.arguments.objects"
_POLICY = "platform_lib.components.mesh.arguments.policy"
_ROUTES = "platform_lib.components.mesh.arguments.routes"
_SERVICES = "platform_lib.components.mesh.arguments.services"
_TELEMETRY = "platform_lib.components.mesh.arguments.telemetry"
_COMPONENT = "platform_lib.components.mesh.component"
_KIND = "platform_lib.components.mesh.kind"
_REFS = "platform_lib.components.mesh.refs"

__getattr__ = public_names(
    __name__,
    {
        "AuthorizationArgs": _ACCESS,
        "BlueGreenArgs": _SERVICES,
        "CanaryArgs": _SERVICES,
        "CertificateAuthorityArgs": _CONTROL_PLANE,
        "ConnectionPoolArgs": _POLICY,
        "ControlPlaneArgs": _CONTROL_PLANE,
        "DestinationArgs": _ROUTES,
        "ExternalServiceArgs": _SERVICES,
        "FaultArgs": _POLICY,
        "GatewayArgs": _GATEWAYS,
        "GatewayDirection": _KIND,
        "GatewayProtocol": _KIND,
        "GatewayServerArgs": _GATEWAYS,
        "JwtIssuerArgs": _ACCESS,
        "MeshArgs": _ARGS,
        "MeshComponent": _COMPONENT,
        "MeshGatewayReference": _REFS,
        "MeshNamespaceArgs": _CONTROL_PLANE,
        "MeshObjectArgs": _OBJECTS,
        "MeshObjectKind": _KIND,
        "MeshOutputs": _REFS,
        "MeshProfile": _KIND,
        "MeshReference": _REFS,
        "MeshServiceArgs": _SERVICES,
        "MeshWorkloadArgs": _SERVICES,
        "MirrorArgs": _POLICY,
        "MtlsArgs": _ACCESS,
        "MtlsExceptionArgs": _ACCESS,
        "MtlsMode": _KIND,
        "OutboundPolicy": _KIND,
        "OutlierDetectionArgs": _POLICY,
        "RateLimitArgs": _ACCESS,
        "RetryArgs": _POLICY,
        "RevisionArgs": _CONTROL_PLANE,
        "RevisionTagArgs": _CONTROL_PLANE,
        "RouteArgs": _ROUTES,
        "RouteMatchArgs": _ROUTES,
        "RouteRuleArgs": _ROUTES,
        "ServicePortArgs": _SERVICES,
        "ServiceProtocol": _KIND,
        "SubsetArgs": _SERVICES,
        "MeshTelemetryArgs": _TELEMETRY,
        "TraceCollectorArgs": _TELEMETRY,
    },
)
