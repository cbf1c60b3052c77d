"""What Azure calls its services: where their private names live, and how rules name them. Pure data.

Private names: https://learn.microsoft.com/azure/private-link/private-endpoint-dns. Service tags:
https://learn.microsoft.com/azure/virtual-network/service-tags-overview.
"""

from collections.abc import Mapping
from typing import Final

SERVICE_TAGS: Final[Mapping[str, str]] = {
    "Microsoft.Storage": "Storage",
    "Microsoft.Storage.Global": "Storage",
    "Microsoft.Sql": "Sql",
    "Microsoft.AzureCosmosDB": "AzureCosmosDB",
    "Microsoft.KeyVault": "AzureKeyVault",
    "Microsoft.ServiceBus": "ServiceBus",
    "Microsoft.EventHub": "EventHub",
    "Microsoft.Web": "AppService",
    "Microsoft.CognitiveServices": "CognitiveServicesManagement",
    "Microsoft.ContainerRegistry": "AzureContainerRegistry",
}
"""How a rule names the addresses of what a service endpoint leads to."""

STORE_PART: Final = "blob"
"""The part of a storage account that flow logs are kept in."""

_PRIVATE_ZONES: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("privatelink.cognitiveservices.azure.com", "privatelink.openai.azure.com"),
    "blob": ("privatelink.blob.core.windows.net",),
    "Cassandra": ("privatelink.cassandra.cosmos.azure.com",),
    "configurationStores": ("privatelink.azconfig.io",),
    "dataFactory": ("privatelink.datafactory.azure.net",),
    "dfs": ("privatelink.dfs.core.windows.net",),
    "domain": ("privatelink.eventgrid.azure.net",),
    "file": ("privatelink.file.core.windows.net",),
    "Gremlin": ("privatelink.gremlin.cosmos.azure.com",),
    "management": ("privatelink.{region}.azmk8s.io",),
    "MongoDB": ("privatelink.mongo.cosmos.azure.com",),
    "mysqlServer": ("privatelink.mysql.database.azure.com",),
    "namespace": ("privatelink.servicebus.windows.net",),
    "postgresqlServer": ("privatelink.postgres.database.azure.com",),
    "queue": ("privatelink.queue.core.windows.net",),
    "redisCache": ("privatelink.redis.cache.windows.net",),
    "registry": ("privatelink.azurecr.io",),
    "searchService": ("privatelink.search.windows.net",),
    "signalR": ("privatelink.service.signalr.net",),
    "sites": ("privatelink.azurewebsites.net",),
    "Sql": ("privatelink.documents.azure.com",),
    "sqlServer": ("privatelink.database.windows.net",),
    "table": ("privatelink.table.core.windows.net",),
    "Table": ("privatelink.table.cosmos.azure.com",),
    "topic": ("privatelink.eventgrid.azure.net",),
    "vault": ("privatelink.vaultcore.azure.net",),
    "web": ("privatelink.web.core.windows.net",),
}
"""Zones of the public cloud by the part of a service that a private endpoint leads to, as Azure spells it."""

PARTS: Final = tuple(_PRIVATE_ZONES)
"""The parts of services that private names are known of."""

SOVEREIGN_REGIONS: Final = ("usgov", "china")
"""What the names of regions begin with that are clouds of their own, where private names are others."""


def private_zones(part: str, region: str) -> tuple[str, ...]:
    """The zones that the private names of a part of a service are in."""
    return tuple(zone.format(region=region) for zone in _PRIVATE_ZONES[part])
