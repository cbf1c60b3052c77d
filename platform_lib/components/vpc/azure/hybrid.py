"""Links on Azure: the VPN gateway with its connections, and the ExpressRoute gateway with its circuits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi_azure_native import network

from platform_lib.components.vpc.arguments.hybrid import DedicatedLineArgs, HybridArgs
from platform_lib.components.vpc.azure.network import AzureNetwork
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS
from platform_lib.components.vpc.azure.vpn import AzureVpn
from platform_lib.components.vpc.making import Maker
from platform_lib.components.vpc.planning.hybrid import HybridPlan
from platform_lib.components.vpc.room import Site

LINE_GATEWAY_SIZE: Final = "ErGw1AZ"
"""Size of the ExpressRoute gateway: the smallest that survives the loss of a zone, 1 Gbit/s
(https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways)."""


@dataclass(frozen=True)
class AzureLinks:
    """What was made of the links.

    Attributes:
        gateway_id: the VPN gateway; empty without one.
        vpn_addresses: its public addresses, as ``gateway``.
    """

    gateway_id: pulumi.Input[str] = ""
    vpn_addresses: Mapping[str, Sequence[pulumi.Input[str]]] = field(default_factory=dict)


def make_links(site: Site, made: AzureNetwork, subnets: Mapping[str, network.Subnet]) -> AzureLinks:
    """All links of the network."""
    plan = site.plan.hybrid
    if plan is None:
        return AzureLinks()
    subnet_id = subnets[plan.gateway_subnet].id
    given = site.args.hybrid or HybridArgs()
    links = AzureLinks()
    if plan.has_vpn_gateway:
        zones = list(AZURE_REGIONS[site.region])
        vpn = AzureVpn(Maker(site.name, site.options, site.region), made.group, site.tags, zones)
        gateway = vpn.gateway(plan.asn, subnet_id, plan.gateway_size, plan.tunnels)
        keys = {link.name: link.pre_shared_keys or {} for link in given.vpns or ()}
        for link in plan.vpns:
            vpn.connections(link.name, gateway, link.tunnels, link.peers, keys[link.name])
        links = AzureLinks(gateway.id, {"gateway": gateway.addresses})
    if plan.lines:
        _make_lines(site, made, plan, {line.name: line for line in given.lines or ()}, subnet_id)
    return links


def _make_lines(
    site: Site,
    made: AzureNetwork,
    plan: HybridPlan,
    given: Mapping[str, DedicatedLineArgs],
    subnet_id: pulumi.Input[str],
) -> None:
    """One ExpressRoute gateway, which shares the subnet with the VPN gateway, and a connection to every circuit."""
    name = site.name("line-address")
    address = network.PublicIPAddress(
        name,
        resource_group_name=made.group,
        location=site.region,
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        zones=list(AZURE_REGIONS[site.region]) or None,
        tags=site.tags,
        opts=site.options(name, guarded=True),
    )
    name = site.name("line-gateway")
    gateway = network.VirtualNetworkGateway(
        name,
        resource_group_name=made.group,
        location=site.region,
        gateway_type=network.VirtualNetworkGatewayType.EXPRESS_ROUTE,
        sku=network.VirtualNetworkGatewaySkuArgs(name=LINE_GATEWAY_SIZE, tier=LINE_GATEWAY_SIZE),
        ip_configurations=[
            network.VirtualNetworkGatewayIPConfigurationArgs(
                name="line",
                private_ip_allocation_method=network.IPAllocationMethod.DYNAMIC,
                public_ip_address=network.SubResourceArgs(id=address.id),
                subnet=network.SubResourceArgs(id=subnet_id),
            )
        ],
        tags=site.tags,
        opts=site.options(name, guarded=True),
    )
    for line in plan.lines:
        args, name = given[line.name], site.name("line", line.name)
        key = args.authorization_key
        network.VirtualNetworkGatewayConnection(
            name,
            resource_group_name=made.group,
            location=site.region,
            connection_type=network.VirtualNetworkGatewayConnectionType.EXPRESS_ROUTE,
            virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=gateway.id),
            peer=network.SubResourceArgs(id=args.connection_id),
            authorization_key=None if key is None else pulumi.Output.secret(key),
            tags=site.tags,
            opts=site.options(name, guarded=True),
        )
