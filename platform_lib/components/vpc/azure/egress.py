"""The way to the internet: the NAT gateway with its addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from platform_lib.components.vpc.arguments.account import AzureNetworkArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.azure.network import AzureNetwork
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS
from platform_lib.components.vpc.room import Site


@dataclass(frozen=True)
class AzureEgress:
    """The NAT gateway, and its public addresses by name."""

    nat: network.NatGateway | None = None
    addresses: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def make_egress(site: Site, made: AzureNetwork) -> AzureEgress:
    """One Standard NAT gateway where the network has egress; it serves all subnets that are attached to it."""
    if not site.plan.nats:
        return AzureEgress()
    asked, zone = site.args.nat or NatArgs(), (site.args.azure or AzureNetworkArgs()).nat_zone
    own = [] if asked.addresses else _make_addresses(site, made, asked.address_count or 1)
    given = list((asked.addresses or {}).values()) or [address.id for address in own]
    name = site.name("nat")
    nat = network.NatGateway(
        name,
        resource_group_name=made.group,
        location=site.region,
        sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
        public_ip_addresses=_references(given, prefixes=False),
        public_ip_prefixes=_references(given, prefixes=True) if asked.addresses else None,
        idle_timeout_in_minutes=asked.idle_timeout_minutes,
        zones=None if zone is None else [zone],
        tags=site.tags,
        opts=site.options(name, guarded=True),
    )
    if asked.addresses:
        return AzureEgress(nat, asked.addresses)
    return AzureEgress(
        nat, {str(number): address.ip_address.apply(lambda text: text or "") for number, address in enumerate(own, 1)}
    )


def _make_addresses(site: Site, made: AzureNetwork, count: int) -> list[network.PublicIPAddress]:
    """Addresses that survive the loss of a zone, where the region has zones; one more stands at the end."""
    addresses = []
    for number in range(1, count + 1):
        name = site.name("nat-address", str(number))
        addresses.append(
            network.PublicIPAddress(
                name,
                resource_group_name=made.group,
                location=site.region,
                public_ip_allocation_method=network.IPAllocationMethod.STATIC,
                sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
                zones=list(AZURE_REGIONS[site.region]) or None,
                tags=site.tags,
                opts=site.options(name, guarded=True),
            )
        )
    return addresses


def _references(ids: Iterable[pulumi.Input[str]], *, prefixes: bool) -> pulumi.Output[list[network.SubResourceArgs]]:
    """Those of the ids that are public prefixes, or those that are single addresses."""

    def choose(texts: list[str]) -> list[network.SubResourceArgs]:
        return [
            network.SubResourceArgs(id=text) for text in texts if ("/publicipprefixes/" in text.lower()) is prefixes
        ]

    return pulumi.Output.all(*ids).apply(choose)
