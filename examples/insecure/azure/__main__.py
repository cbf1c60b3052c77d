"""Deliberately bad: an open storage account, a key vault without protection, a network open for SSH, a SQL server."""

from pulumi_azure_native import keyvault, network, resources, sql, storage

TENANT = "00000000-0000-0000-0000-000000000000"

group = resources.ResourceGroup("main")
account = storage.StorageAccount(
    "records",
    resource_group_name=group.name,
    kind=storage.Kind.STORAGE_V2,
    sku={"name": storage.SkuName.STANDARD_LRS},
    allow_blob_public_access=True,
    enable_https_traffic_only=False,
    minimum_tls_version=storage.MinimumTlsVersion.TLS1_0,
    network_rule_set={"default_action": storage.DefaultAction.ALLOW},
)
storage.BlobContainer(
    "files",
    account_name=account.name,
    resource_group_name=group.name,
    public_access=storage.PublicAccess.CONTAINER,
)
keyvault.Vault(
    "keys",
    resource_group_name=group.name,
    properties={
        "tenant_id": TENANT,
        "sku": {"family": keyvault.SkuFamily.A, "name": keyvault.SkuName.STANDARD},
        "enable_rbac_authorization": False,
    },
)
network.NetworkSecurityGroup(
    "open",
    resource_group_name=group.name,
    security_rules=[
        {
            "name": "ssh",
            "priority": 100,
            "direction": network.SecurityRuleDirection.INBOUND,
            "access": network.SecurityRuleAccess.ALLOW,
            "protocol": network.SecurityRuleProtocol.TCP,
            "source_address_prefix": "*",
            "source_port_range": "*",
            "destination_address_prefix": "*",
            "destination_port_range": "22",
        }
    ],
)
server = sql.Server("records", resource_group_name=group.name, minimal_tls_version="1.0", version="12.0")
sql.FirewallRule(
    "everyone",
    resource_group_name=group.name,
    server_name=server.name,
    start_ip_address="0.0.0.0",  # noqa: S104  # the whole internet, which is the point
    end_ip_address="255.255.255.255",
)
