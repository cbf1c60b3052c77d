"""Compliant Azure resources that several rule tests start from."""

from typing import Any

from support.policies import R, Ref


def private_endpoint(to: str, name: str = "endpoint") -> R:
    """A private endpoint that leads to a resource of the example."""
    return R(
        name,
        "azure-native:network:PrivateEndpoint",
        {
            "subnet": {"id": "subnet"},
            "privateLinkServiceConnections": [{"name": "it", "privateLinkServiceId": Ref(to)}],
        },
    )


def diagnostics(to: str, name: str = "diagnostics", **changes: Any) -> R:
    """A diagnostic setting that sends audit logs of a resource of the example to a workspace."""
    return R(
        name,
        "azure-native:monitor:DiagnosticSetting",
        {
            "resourceUri": Ref(to),
            "workspaceId": "workspace",
            "logs": [{"categoryGroup": "audit", "enabled": True}],
            **changes,
        },
    )
