"""Networks on Azure that several tests start from."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_azure_native

from platform_lib.components.vpc import VpcArgs, VpcComponent
from support.contexts import context

REGION = "westeurope"
_OTHERS = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/others/providers"

TIERS: list[dict[str, Any]] = [
    {"name": "web", "role": "public"},
    {"name": "app", "role": "private", "azure": {"service_endpoints": ["Microsoft.Sql"]}},
    {
        "name": "db",
        "role": "isolated",
        "filter": {
            "rules": [
                {"direction": "in", "action": "allow", "protocol": "tcp", "ports": "5432,6432", "peers": ["app"]},
                {"direction": "out", "action": "allow", "peers": ["10.20.0.0/16", "fd20::/48", "internet"]},
            ]
        },
    },
    {"name": "cache", "role": "isolated"},
    {"name": "dns-in", "role": "isolated", "prefix_length": 28},
    {"name": "dns-out", "role": "isolated", "prefix_length": 28},
    {"name": "gateway", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
]
KEY = {
    "flow_logs": {"key_id": "https://keys.vault.azure.net/keys/logs"},
    "azure": {"key_identity_id": f"{_OTHERS}/Microsoft.ManagedIdentity/userAssignedIdentities/keys"},
}
"""A key for the store of the flow logs, which a pack asks for in production."""

WHOLE: dict[str, Any] = {
    **KEY,
    "tiers": TIERS,
    "egress": "single",
    "nat": {"address_count": 2, "idle_timeout_minutes": 10},
    "endpoints": {
        "gateway": ["Microsoft.Storage", "Microsoft.KeyVault"],
        "interface": ["vault", "sqlServer"],
        "targets": {
            "vault": f"{_OTHERS}/Microsoft.KeyVault/vaults/keys",
            "sqlServer": f"{_OTHERS}/Microsoft.Sql/servers/data",
        },
    },
    "dns": {
        "private_zones": ["internal.example.com"],
        "resolver": {
            "inbound": True,
            "tier": "dns-in",
            "outbound_tier": "dns-out",
            "rules": [{"name": "corp", "domain": "corp.example.com", "targets": ["192.168.1.1"]}],
        },
        "firewall": {"blocked": ["*.bad.example", "*"], "allowed": ["good.example"]},
    },
    "ddos_plan": True,
    "tags": {"team": "network"},
}
"""Everything that a network on Azure may have of its own."""


def fields(environment: str = "dev", **more: Any) -> dict[str, Any]:
    """The arguments of a network on Azure."""
    least = {"context": context(environment), "cloud": "azure", "region": REGION, "cidr": "10.20.0.0/16"}
    return {**least, **more}


def network(environment: str = "dev", **more: Any) -> Callable[[], None]:
    """A program that makes one with a provider of its own."""

    def program() -> None:
        provider = pulumi_azure_native.Provider("azure", location=REGION)
        opts = pulumi.ResourceOptions(provider=provider)
        made = VpcComponent("main", VpcArgs(**fields(environment, **more)), opts)
        for name in ("vpc_id", "subnet_ids", "nat_public_ips", "endpoint_ids", "private_zone_ids", "cost_drivers"):
            pulumi.export(name, getattr(made, name))
        pulumi.export("resolver_addresses", made.resolver_addresses)
        pulumi.export("flow_logs", made.flow_log_destination_arn)

    return program
