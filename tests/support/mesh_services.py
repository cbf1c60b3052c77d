"""A shop in a mesh: services, routes, and who may call whom; with a bit of everything that a mesh can say of them."""

from typing import Any

from support.meshes import OUT, PUBLIC, mesh_args

SERVICES: list[dict[str, Any]] = [
    {
        "name": "web",
        "namespace": "shop",
        "ports": [{"number": 80, "target_port": 8080}],
        "subsets": [{"name": "v1"}, {"name": "v2", "connection_pool": {"maximum_connections": 10}}, {"name": "next"}],
        "canary": {"weights": {"v1": 90, "v2": 10}, "preview_header": "X-Version"},
        "mirror": {"subset": "next", "percent": 5},
    },
    {
        "name": "orders",
        "namespace": "shop",
        "ports": [{"number": 8080}, {"number": 9090, "protocol": "grpc"}, {"number": 5432, "protocol": "tcp"}],
        "service_account": "orders-writer",
        "subsets": [{"name": "blue"}, {"name": "green", "labels": {"colour": "green"}}],
        "blue_green": {"active": "blue", "idle": "green"},
        "timeout_seconds": 2.5,
        "retries": {"attempts": 3, "attempt_timeout_seconds": 0.5, "conditions": ["503", "reset"]},
    },
    {"name": "legacy", "namespace": "back", "ports": [{"number": 3306, "protocol": "tcp"}]},
]
ROUTES: list[dict[str, Any]] = [
    {
        "name": "shop",
        "namespace": "shop",
        "hosts": ["shop.example.com"],
        "gateways": ["public"],
        "rules": [
            {
                "matches": [{"path_prefix": "/orders/", "method": "GET"}, {"path": "/orders"}],
                "destinations": [{"service": "orders", "port": 8080}],
                "rewritten_path": "/",
            },
            {"destinations": [{"service": "web"}]},
        ],
    }
]
EXTERNAL: list[dict[str, Any]] = [
    {
        "name": "payments",
        "hosts": ["api.example.com"],
        "ports": [{"number": 443, "protocol": "tls"}],
        "egress_gateway": "out",
        "namespaces": ["shop"],
    },
    {"name": "rates", "hosts": ["rates.example.org"], "ports": [{"number": 80}], "tls_origination_enabled": True},
    {"name": "cloud", "hosts": ["*.amazonaws.com"], "ports": [{"number": 443, "protocol": "https"}]},
    {
        "name": "mainframe",
        "hosts": ["mainframe.example.net"],
        "ports": [{"number": 1414, "protocol": "tcp"}],
        "addresses": ["10.9.0.10"],
    },
]
AUTHORIZATION: list[dict[str, Any]] = [
    {"name": "web", "service": "web", "from_gateways": ["public"], "methods": ["GET", "POST"]},
    {"name": "orders", "service": "shop/orders", "from_services": ["web"], "ports": [8080], "token_issuers": ["staff"]},
    {"name": "orders-gateway", "service": "orders", "from_gateways": ["public"], "ports": [8080]},
    {"name": "legacy", "service": "legacy", "from_namespaces": ["shop"]},
]
JWT: list[dict[str, Any]] = [
    {
        "name": "staff",
        "issuer": "https://login.example.com",
        "audiences": ["shop"],
        "jwks_url": "https://login.example.com/keys",
        "services": ["orders"],
        "open_paths": ["/healthz"],
    }
]
RATE_LIMITS: list[dict[str, Any]] = [
    {"name": "web", "service": "web", "requests": 100},
    {"name": "public", "gateway": "public", "requests": 1000, "interval_seconds": 1, "burst": 2000},
]
MTLS: dict[str, Any] = {
    "exceptions": [
        {
            "name": "old-client",
            "service": "legacy",
            "ports": [3306],
            "until": "2027-03-31",
            "reason": "the batch host is not in the mesh",
        }
    ]
}


def shop_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """The whole shop."""
    fields = {
        "namespaces": [{"name": "shop"}, {"name": "back"}],
        "gateways": [PUBLIC, OUT],
        "services": SERVICES,
        "routes": ROUTES,
        "external_services": EXTERNAL,
        "authorization": AUTHORIZATION,
        "jwt": JWT,
        "rate_limits": RATE_LIMITS,
        "mtls": MTLS,
    }
    return mesh_args(environment, **{**fields, **more})
