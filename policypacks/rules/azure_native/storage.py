"""Azure storage accounts, their containers and file synchronisation."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    Resource,
    Verdict,
    all_of,
    any_of,
    require,
    require_at_least,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.azure import CLOSED, require_private_endpoint
from policypacks.rules.common.tags import is_regulated

GEO = (
    "Standard_GRS",
    "Standard_RAGRS",
    "Standard_GZRS",
    "Standard_RAGZRS",
    "StandardV2_GRS",
    "StandardV2_GZRS",
)
"""Classes that keep a copy in a second region: https://learn.microsoft.com/azure/storage/common/storage-redundancy"""


@rule("azure-storage-account-https-only")
def https_only(account: Resource) -> Verdict:
    """Storage accounts refuse plain HTTP.

    Requests carry keys and data; without TLS both can be read on the way.
    """
    return require_true(account, "enableHttpsTrafficOnly")


@rule("azure-storage-account-min-tls12")
def tls12(account: Resource) -> Verdict:
    """Storage accounts refuse TLS below 1.2.

    Older versions have known weaknesses, and clients choose them if the server lets them.
    """
    return require_in(account, "minimumTlsVersion", ("TLS1_2", "TLS1_3"))


@rule("azure-storage-account-no-public-blobs")
def no_public_blobs(account: Resource) -> Verdict:
    """Storage accounts let no container be public.

    The switch on the account overrules whatever a container is set to later.
    """
    return require_false(account, "allowBlobPublicAccess")


@rule("azure-storage-account-default-deny")
def default_deny(account: Resource) -> Verdict:
    """Storage accounts deny networks that no rule names.

    By default every network of the world may try; then a leaked key is all that it takes.
    """
    return any_of(
        require_equal(account, "networkRuleSet.defaultAction", "Deny"),
        require_in(account, "publicNetworkAccess", CLOSED),
    )


@rule("azure-storage-account-public-network-disabled")
def public_network(account: Resource) -> Verdict:
    """Storage accounts are reached by private addresses only.

    Without a public endpoint neither a wrong rule nor a leaked key opens the data to the internet.
    """
    return require_in(account, "publicNetworkAccess", CLOSED)


@rule("azure-storage-account-trusted-services-bypass")
def bypass(account: Resource) -> Verdict:
    """Firewalls of storage accounts let in Azure's own trusted services.

    Without them logging and backup into the account stop, mostly unnoticed.
    """
    return require(
        account,
        "networkRuleSet.bypass",
        test=lambda value: "AzureServices" in str(value),
        problem="lacks AzureServices",
        remedy="add AzureServices to {path}",
    )


@rule("azure-storage-account-no-shared-key")
def no_shared_key(account: Resource) -> Verdict:
    """Storage accounts take identities, not account keys.

    An account key opens everything, names nobody and never expires.
    """
    return require_false(account, "allowSharedKeyAccess")


@rule("azure-storage-account-customer-key")
def customer_key(account: Resource) -> Verdict:
    """Storage accounts are encrypted under a key of one's own.

    Only with such a key can access to the data be withdrawn and its use be logged.
    """
    return all_of(
        require_equal(account, "encryption.keySource", "Microsoft.Keyvault"),
        require_set(account, "encryption.keyVaultProperties.keyName"),
    )


@rule("azure-storage-account-geo-redundant")
def geo_redundant(account: Resource) -> Verdict:
    """Regulated data has a copy in a second region.

    A class that stays in one region is lost with it.
    """
    if not is_regulated(account):
        return NOT_APPLICABLE
    return require_in(account, "sku.name", GEO)


@rule("azure-storage-container-private")
def container_private(container: Resource) -> Verdict:
    """Containers are private.

    Public access lets everyone read blobs, or even list them, without signing in.
    """
    return require_in(container, "publicAccess", ("None",))


@rule("azure-storage-blob-soft-delete")
def soft_delete(service: Resource) -> Verdict:
    """Deleted blobs and containers can be brought back for at least a week.

    Deletion by mistake or malice is noticed after the fact.
    """
    policies = ("deleteRetentionPolicy", "containerDeleteRetentionPolicy")
    return all_of(
        require_true(service, *(f"{policy}.enabled" for policy in policies)),
        *(require_at_least(service, f"{policy}.days", 7, unit="days") for policy in policies),
    )


@rule("azure-storage-account-private-endpoint")
def private_endpoint(account: Resource) -> Verdict:
    """Storage accounts have a private endpoint.

    Through it traffic stays in the virtual network instead of crossing the internet.
    """
    return require_private_endpoint(account)


@rule("azure-storage-sync-private")
def sync_private(service: Resource) -> Verdict:
    """Storage sync services are reached by virtual networks only.

    They hold the file shares of whole offices.
    """
    return require_equal(service, "incomingTrafficPolicy", "AllowVirtualNetworksOnly")
