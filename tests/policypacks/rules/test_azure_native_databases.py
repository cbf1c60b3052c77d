"""The cases of the rules for Azure databases."""

from typing import Any

import pytest

from support.azure_examples import private_endpoint
from support.policies import PASS, REMOVE, Case, R, Trial, drop, on, resource, trials

SERVER: dict[str, Any] = {
    "network": {"publicNetworkAccess": "Disabled"},
    "backup": {"geoRedundantBackup": "Enabled", "backupRetentionDays": 35},
    "authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled"},
}
POSTGRESQL = resource("azure-native:dbforpostgresql:Server", SERVER)
MYSQL = resource("azure-native:dbformysql:Server", SERVER)
SECURE = {"configurationName": "require_secure_transport", "value": "ON"}
COSMOS = resource(
    "azure-native:cosmosdb:DatabaseAccount",
    {
        "publicNetworkAccess": "Disabled",
        "disableLocalAuth": True,
        "disableKeyBasedMetadataWriteAccess": True,
        "keyVaultKeyUri": "https://x",
    },
)
OPEN_COSMOS = R(
    "it",
    COSMOS.type,
    {**COSMOS.properties, "publicNetworkAccess": "Enabled", "ipRules": [{"ipAddressOrRange": "192.0.2.0/24"}]},
)
REDIS = R(
    "redis",
    "azure-native:redis:Redis",
    {"enableNonSslPort": False, "minimumTlsVersion": "1.2", "publicNetworkAccess": "Disabled"},
)
EVERYBODY = {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}
ALL_OF_AZURE = {"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"}
DELEGATED = {"network": {"publicNetworkAccess": "Enabled", "delegatedSubnetResourceId": "subnet"}}


def private_case(rule: str, server: R) -> Case:
    return Case(rule, server, bad={"network.publicNetworkAccess": "Enabled"}, also_good=DELEGATED)


def backup_case(rule: str, server: R) -> Case:
    return Case(rule, server, bad=[{"backup.geoRedundantBackup": "Disabled"}, {"backup.backupRetentionDays": 6}])


CASES = [
    private_case("azure-postgresql-public-network-disabled", POSTGRESQL),
    backup_case("azure-postgresql-geo-redundant-backup", POSTGRESQL),
    Case(
        "azure-postgresql-entra-authentication",
        POSTGRESQL,
        bad=[{"authConfig.activeDirectoryAuth": "Disabled"}, {"authConfig.passwordAuth": "Enabled"}],
    ),
    Case(
        "azure-postgresql-require-secure-transport",
        resource("azure-native:dbforpostgresql:Configuration", SECURE),
        bad={"value": "off"},
        unrelated={"configurationName": "log_connections", "value": "off"},
    ),
    Case(
        "azure-postgresql-firewall-not-open",
        resource(
            "azure-native:dbforpostgresql:FirewallRule", {"startIpAddress": "192.0.2.1", "endIpAddress": "192.0.2.9"}
        ),
        bad=[EVERYBODY, ALL_OF_AZURE],
    ),
    private_case("azure-mysql-public-network-disabled", MYSQL),
    backup_case("azure-mysql-geo-redundant-backup", MYSQL),
    Case(
        "azure-mysql-tls-configuration",
        resource("azure-native:dbformysql:Configuration", SECURE),
        bad=[{"value": "OFF"}, {"configurationName": "tls_version", "value": "TLSv1.1,TLSv1.2"}],
        also_good={"configurationName": "tls_version", "value": "TLSv1.2, TLSv1.3"},
        guards=["value"],
        unrelated={"configurationName": "slow_query_log", "value": "OFF"},
    ),
    Case("azure-cosmosdb-public-network-disabled", COSMOS, bad={"publicNetworkAccess": "Enabled"}),
    Case(
        "azure-cosmosdb-firewall-rules",
        OPEN_COSMOS,
        bad=[
            {"ipRules": []},
            {"ipRules[].ipAddressOrRange": "0.0.0.0"},
        ],
        also_good={"ipRules": REMOVE, "isVirtualNetworkFilterEnabled": True},
        guards=["ipRules"],
        unrelated={"ipRules": [], "publicNetworkAccess": "Disabled"},
    ),
    Case(
        "azure-cosmosdb-local-auth-disabled",
        COSMOS,
        bad=[
            {"disableLocalAuth": False, "disableKeyBasedMetadataWriteAccess": True},
            {"disableKeyBasedMetadataWriteAccess": False},
        ],
    ),
    Case(
        "azure-cosmosdb-customer-key",
        COSMOS,
        bad={"keyVaultKeyUri": ""},
        unknown={"keyVaultKeyUri": PASS},
    ),
    Case(
        "azure-redis-tls-only",
        REDIS,
        bad=[{"enableNonSslPort": True}, {"minimumTlsVersion": "1.0"}],
        absent={"enableNonSslPort": PASS},
    ),
    Case("azure-redis-public-network-disabled", REDIS, bad={"publicNetworkAccess": "Enabled"}),
    Case(
        "azure-databricks-workspace-isolated",
        resource(
            "azure-native:databricks:Workspace",
            {
                "publicNetworkAccess": "Disabled",
                "parameters": {"enableNoPublicIp": {"value": True}, "customVirtualNetworkId": {"value": "vnet"}},
            },
        ),
        bad=[
            {"publicNetworkAccess": "Enabled"},
            {"parameters.enableNoPublicIp.value": False},
            {"parameters.customVirtualNetworkId.value": ""},
        ],
        unknown={"parameters.customVirtualNetworkId.value": PASS},
    ),
    Case(
        "azure-kusto-cluster-encrypted",
        resource("azure-native:kusto:Cluster", {"enableDiskEncryption": True, "publicNetworkAccess": "Disabled"}),
        bad=[{"enableDiskEncryption": False}, {"publicNetworkAccess": "Enabled"}],
    ),
    Case(
        "azure-private-endpoint-for-data-services",
        [REDIS, private_endpoint("redis")],
        bad=[drop("endpoint"), on("endpoint", {"privateLinkServiceConnections[].privateLinkServiceId": "other"})],
        unrelated={"subnetId": "subnet"},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
