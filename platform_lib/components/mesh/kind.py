"""The closed choices of a mesh: its profile, what may leave it, how its workloads speak to each other, its ways in."""

from enum import StrEnum


class MeshProfile(StrEnum):
    """How much of everything there is; ``profiles.py`` says what that means."""

    DEV = "dev"
    PROD = "prod"


class OutboundPolicy(StrEnum):
    """Where workloads may call to outside the mesh (``meshConfig.outboundTrafficPolicy.mode``)."""

    ALLOW_ANY = "allow-any"
    REGISTRY_ONLY = "registry-only"


class MtlsMode(StrEnum):
    """What a workload takes: plain text only, both, or mutual TLS only."""

    DISABLE = "disable"
    PERMISSIVE = "permissive"
    STRICT = "strict"


class GatewayDirection(StrEnum):
    """Which way traffic passes a gateway."""

    INGRESS = "ingress"
    EGRESS = "egress"


class GatewayProtocol(StrEnum):
    """What a port of a gateway speaks."""

    HTTPS = "https"
    """HTTP over TLS that ends at the gateway."""

    HTTP_REDIRECT = "http-redirect"
    """HTTP that is answered with a redirect to HTTPS, and nothing else."""

    HTTP = "http"
    """Plain HTTP: only from inside the mesh, at a gateway out, where mutual TLS wraps it."""

    TLS = "tls"
    """TLS that passes through to the service, chosen by its server name."""


class ServiceProtocol(StrEnum):
    """What a port of a service speaks."""

    HTTP = "http"
    HTTP2 = "http2"
    GRPC = "grpc"
    HTTPS = "https"
    TLS = "tls"
    TCP = "tcp"


class MeshObjectKind(StrEnum):
    """Kinds of objects of Istio; ``planning/model.py`` knows their API versions."""

    AUTHORIZATION_POLICY = "AuthorizationPolicy"
    DESTINATION_RULE = "DestinationRule"
    ENVOY_FILTER = "EnvoyFilter"
    GATEWAY = "Gateway"
    PEER_AUTHENTICATION = "PeerAuthentication"
    PROXY_CONFIG = "ProxyConfig"
    REQUEST_AUTHENTICATION = "RequestAuthentication"
    SERVICE_ENTRY = "ServiceEntry"
    SIDECAR = "Sidecar"
    TELEMETRY = "Telemetry"
    VIRTUAL_SERVICE = "VirtualService"
    WASM_PLUGIN = "WasmPlugin"
    WORKLOAD_ENTRY = "WorkloadEntry"
    WORKLOAD_GROUP = "WorkloadGroup"
