"""Arguments of meshes that many tests start from."""

from typing import Any

from platform_lib.components.cluster.refs import ClusterReference, NodeGroupReference
from support.contexts import context

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
AUTHORITY = {
    "certificate": CERTIFICATE,
    "private_key": KEY,
    "root_certificate": CERTIFICATE,
    "certificate_chain": CERTIFICATE,
}
PUBLIC = {
    "name": "public",
    "servers": [
        {"hosts": ["shop.example.com"], "credential": "shop-tls"},
        {"hosts": ["shop.example.com"], "protocol": "http-redirect"},
    ],
}
OUT = {"name": "out", "direction": "egress", "servers": [{"hosts": ["api.example.com"]}]}


def nodes(name: str, **more: Any) -> NodeGroupReference:
    """A group of nodes."""
    fields = {"capacity": "on-demand", "zones": ["euw1-az1"], "labels": {"purpose": name}, "taints": []}
    return NodeGroupReference(name=name, **{**fields, **more})


def cluster(**more: Any) -> ClusterReference:
    """A cluster with one group of nodes."""
    fields = {
        "region": "eu-west-1",
        "name": "main-prod",
        "version": "1.35",
        "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/main-prod",
        "endpoint": "https://ABC.gr7.eu-west-1.eks.amazonaws.com",
        "certificate_authority": "Q0E=",
        "oidc_issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC",
        "vpc_id": "vpc-1",
        "security_group_id": "sg-1",
        "node_groups": [nodes("system")],
        "kubeconfig": "{}",
    }
    return ClusterReference(**{**fields, **more})


def mesh_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """What ``MeshComponent`` needs at least."""
    return {
        "context": context(environment),
        "cluster": cluster(),
        "certificate_authority": AUTHORITY,
        **more,
    }


MENU = {
    "name": "menu",
    "namespace": "shop",
    "ports": [{"number": 8080}],
    "subsets": [{"name": "v1"}, {"name": "v2"}],
    "canary": {"weights": {"v1": 90, "v2": 10}},
}
ORDERS = {"name": "orders", "namespace": "shop", "ports": [{"number": 8080}, {"number": 9090, "protocol": "grpc"}]}
SHOP = {
    "namespaces": [{"name": "shop"}],
    "gateways": [PUBLIC, OUT],
    "services": [MENU, ORDERS],
    "external_services": [
        {
            "name": "payments",
            "hosts": ["api.example.com"],
            "ports": [{"number": 443, "protocol": "tls"}],
            "egress_gateway": "out",
        }
    ],
    "routes": [
        {
            "name": "shop",
            "namespace": "shop",
            "hosts": ["shop.example.com"],
            "gateways": ["public"],
            "rules": [
                {"matches": [{"path_prefix": "/orders"}], "destinations": [{"service": "orders", "port": 8080}]},
                {"destinations": [{"service": "menu"}]},
            ],
        }
    ],
    "authorization": [
        {"name": "public-menu", "service": "menu", "from_gateways": ["public"]},
        {"name": "menu-orders", "service": "orders", "from_services": ["menu"], "ports": [9090]},
        {
            "name": "public-orders",
            "service": "orders",
            "from_gateways": ["public"],
            "ports": [8080],
            "token_issuers": ["guests"],
        },
    ],
    "jwt": [
        {
            "name": "guests",
            "issuer": "https://id.example.com",
            "audiences": ["shop"],
            "jwks_url": "https://id.example.com/keys",
            "services": ["orders"],
        }
    ],
    "rate_limits": [{"name": "public", "gateway": "public", "requests": 600}],
}
"""A shop in a mesh: two services, one of them in two versions, a way in and a way out."""


def whole_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """A mesh with something of everything."""
    fields = {**SHOP, "telemetry": {"kiali_enabled": True, "prometheus_url": "http://prometheus.monitoring:9090"}}
    return mesh_args(environment, **{**fields, **more})
