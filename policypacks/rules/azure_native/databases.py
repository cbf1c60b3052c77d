"""Azure databases beside SQL Server: PostgreSQL, MySQL, Cosmos DB, Redis, analytics."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    forbid_in,
    require,
    require_at_least,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.azure import CLOSED, forbid_wide_range, require_private_endpoint

SERVICES = (
    "azure-native:cosmosdb:DatabaseAccount",
    "azure-native:sql:Server",
    "azure-native:dbforpostgresql:Server",
    "azure-native:dbformysql:Server",
    "azure-native:redis:Redis",
    "azure-native:eventhub:Namespace",
    "azure-native:servicebus:Namespace",
    "azure-native:containerregistry:Registry",
    "azure-native:cognitiveservices:Account",
    "azure-native:search:Service",
    "azure-native:appconfiguration:ConfigurationStore",
    "azure-native:datafactory:Factory",
    "azure-native:synapse:Workspace",
    "azure-native:machinelearningservices:Workspace",
    "azure-native:recoveryservices:Vault",
)


def _private(server: Resource) -> Verdict:
    return any_of(
        require_equal(server, "network.publicNetworkAccess", "Disabled"),
        require_set(server, "network.delegatedSubnetResourceId"),
    )


def _backup(server: Resource) -> Verdict:
    return all_of(
        require_equal(server, "backup.geoRedundantBackup", "Enabled"),
        require_at_least(server, "backup.backupRetentionDays", 7, unit="days"),
    )


@rule("azure-postgresql-public-network-disabled")
def postgresql_private(server: Resource) -> Verdict:
    """PostgreSQL servers are reached by private addresses only.

    A public endpoint is guarded by a password and a list of addresses that grows.
    """
    return _private(server)


@rule("azure-postgresql-geo-redundant-backup")
def postgresql_backup(server: Resource) -> Verdict:
    """PostgreSQL backups are kept in a second region, for at least a week.

    A backup in the region that is lost is lost with it; the choice cannot be made later.
    """
    return _backup(server)


@rule("azure-postgresql-entra-authentication")
def postgresql_entra(server: Resource) -> Verdict:
    """People and services sign in to PostgreSQL by Microsoft Entra, not by passwords.

    Passwords are shared and stay when people leave.
    """
    return all_of(
        require_equal(server, "authConfig.activeDirectoryAuth", "Enabled"),
        require_equal(server, "authConfig.passwordAuth", "Disabled"),
    )


@rule("azure-postgresql-require-secure-transport")
def postgresql_tls(setting: Resource) -> Verdict:
    """PostgreSQL servers refuse connections without TLS.

    The default is on; whoever turns it off lets passwords and data cross networks readable.
    """
    if setting.get("configurationName") != "require_secure_transport":
        return NOT_APPLICABLE
    return forbid_in(setting, "value", ("off",), ignore_case=True)


@rule("azure-postgresql-firewall-not-open")
def firewall(entry: Resource) -> Verdict:
    """Firewalls of PostgreSQL and MySQL servers let in neither the internet nor all of Azure.

    The rule 0.0.0.0 stands for every customer of Azure, not for one's own services.
    """
    return forbid_wide_range(entry)


@rule("azure-mysql-public-network-disabled")
def mysql_private(server: Resource) -> Verdict:
    """MySQL servers are reached by private addresses only.

    A public endpoint is guarded by a password and a list of addresses that grows.
    """
    return _private(server)


@rule("azure-mysql-geo-redundant-backup")
def mysql_backup(server: Resource) -> Verdict:
    """MySQL backups are kept in a second region, for at least a week.

    A backup in the region that is lost is lost with it.
    """
    return _backup(server)


@rule("azure-mysql-tls-configuration")
def mysql_tls(setting: Resource) -> Verdict:
    """MySQL servers refuse connections without TLS 1.2 or newer.

    Both defaults are right; whoever changes them lets data cross networks readable.
    """
    name = setting.get("configurationName")
    if name == "require_secure_transport":
        return forbid_in(setting, "value", ("off",), ignore_case=True)
    if name != "tls_version":
        return NOT_APPLICABLE
    return require(
        setting,
        "value",
        test=lambda value: {part.strip() for part in str(value).split(",")} <= {"TLSv1.2", "TLSv1.3"},
        problem="names a version below 1.2",
        remedy="set {path} to TLSv1.2,TLSv1.3",
    )


@rule("azure-cosmosdb-public-network-disabled")
def cosmos_private(account: Resource) -> Verdict:
    """Cosmos DB accounts are reached by private addresses only.

    On a public endpoint a leaked key is all that it takes.
    """
    return require_in(account, "publicNetworkAccess", CLOSED)


@rule("azure-cosmosdb-firewall-rules")
def cosmos_firewall(account: Resource) -> Verdict:
    """Public endpoints of Cosmos DB are open to named addresses or networks only.

    Without rules the account answers the whole internet; 0.0.0.0 stands for every customer of Azure.
    """
    if account.get("publicNetworkAccess", "Enabled") in CLOSED:
        return NOT_APPLICABLE
    return all_of(
        any_of(require_set(account, "ipRules"), require_true(account, "isVirtualNetworkFilterEnabled")),
        forbid_in(account, "ipRules[].ipAddressOrRange", ("0.0.0.0", "0.0.0.0/0"), absent=PASS),  # noqa: S104 (refused)
    )


@rule("azure-cosmosdb-local-auth-disabled")
def cosmos_no_keys(account: Resource) -> Verdict:
    """Cosmos DB takes identities, not account keys.

    An account key opens everything, names nobody and never expires.
    """
    return require_true(account, "disableLocalAuth", "disableKeyBasedMetadataWriteAccess")


@rule("azure-cosmosdb-customer-key")
def cosmos_customer_key(account: Resource) -> Verdict:
    """Cosmos DB is encrypted under a key of one's own.

    Only with such a key can access to the data be withdrawn; it is chosen when the account is made.
    """
    return require_set(account, "keyVaultKeyUri")


@rule("azure-redis-tls-only")
def redis_tls(cache: Resource) -> Verdict:
    """Redis speaks TLS 1.2 or newer only.

    Caches hold sessions; read on the way, they can be taken over.
    """
    return all_of(
        require_false(cache, "enableNonSslPort", absent=PASS),
        require_in(cache, "minimumTlsVersion", ("1.2", "1.3")),
    )


@rule("azure-redis-public-network-disabled")
def redis_private(cache: Resource) -> Verdict:
    """Redis is reached by private addresses only.

    A key is all that guards a cache on the internet.
    """
    return require_equal(cache, "publicNetworkAccess", "Disabled")


@rule("azure-databricks-workspace-isolated")
def databricks(workspace: Resource) -> Verdict:
    """Databricks workspaces live in one's own network, without public addresses.

    Notebooks run any code with access to all data of the lake.
    """
    return all_of(
        require_equal(workspace, "publicNetworkAccess", "Disabled"),
        require_true(workspace, "parameters.enableNoPublicIp.value"),
        require_set(workspace, "parameters.customVirtualNetworkId.value"),
    )


@rule("azure-kusto-cluster-encrypted")
def kusto(cluster: Resource) -> Verdict:
    """Data Explorer clusters encrypt their disks and have no public endpoint.

    Disks of the cluster hold the hot copy of all data, and are not encrypted unless it is asked for.
    """
    return all_of(
        require_true(cluster, "enableDiskEncryption"), require_equal(cluster, "publicNetworkAccess", "Disabled")
    )


@rule("azure-private-endpoint-for-data-services", subject=SERVICES)
def private_endpoints(service: Resource) -> Verdict:
    """Services that hold data have a private endpoint, or stand in the network themselves.

    Through it traffic stays in the virtual network instead of crossing the internet.
    """
    if service.present("network.delegatedSubnetResourceId"):
        return NOT_APPLICABLE
    if service.type == "azure-native:redis:Redis" and service.present("subnetId"):
        return NOT_APPLICABLE
    return require_private_endpoint(service)
