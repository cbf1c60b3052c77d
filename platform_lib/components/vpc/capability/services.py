"""The services that a cloud serves by route, without an address in the network. Pure data; imports no pulumi."""

from collections.abc import Mapping, Sequence
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud

GATEWAY_SERVICES: Final[Mapping[Cloud, tuple[str, ...]]] = {
    # https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    Cloud.AWS: ("s3", "dynamodb"),
    # https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview
    Cloud.AZURE: (
        "Microsoft.Storage",
        "Microsoft.Storage.Global",
        "Microsoft.Sql",
        "Microsoft.AzureCosmosDB",
        "Microsoft.KeyVault",
        "Microsoft.ServiceBus",
        "Microsoft.EventHub",
        "Microsoft.Web",
        "Microsoft.CognitiveServices",
        "Microsoft.ContainerRegistry",
    ),
    # https://cloud.google.com/vpc/docs/private-google-access: one switch for all Google APIs
    Cloud.GCP: ("google-apis",),
}
"""What ``endpoints.gateway`` may name on each cloud."""

_BY_DEFAULT: Final[Mapping[Cloud, tuple[str, ...]]] = {
    Cloud.AWS: GATEWAY_SERVICES[Cloud.AWS],  # free, and traffic of isolated tiers needs them
    Cloud.AZURE: (),  # they open a subnet's way to a whole service: only what is asked for
    Cloud.GCP: GATEWAY_SERVICES[Cloud.GCP],
}


def gateway_services(cloud: Cloud, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The services reached by route: as asked, or the cloud's default."""
    return _BY_DEFAULT[cloud] if asked is None else tuple(map(str, asked))
