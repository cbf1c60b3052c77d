"""VPN gateways on Azure, active-active, with BGP addresses inside the tunnels, and their connections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_azure_native import network

from platform_lib.components.vpc.links.proposal import (
    AZURE_DH_GROUP,
    AZURE_IKE_ENCRYPTION,
    AZURE_IKE_INTEGRITY,
    AZURE_IPSEC,
    AZURE_LIFETIME_KIB,
    AZURE_PFS_GROUP,
    LIFETIME_SECONDS,
)
from platform_lib.components.vpc.links.tunnel import INTERFACES, Tunnel
from platform_lib.components.vpc.making import Maker
from platform_lib.core import naming

GATEWAY_TYPE: Final = "azure-native:network:VirtualNetworkGateway"


@dataclass(frozen=True, slots=True)
class AzureGateway:
    """A gateway that connections start from.

    Attributes:
        id: its id.
        addresses: public addresses of its instances.
        configurations: ids of its two IP configurations, which its BGP addresses belong to.
    """

    id: pulumi.Output[str]
    addresses: Sequence[pulumi.Output[str]]
    configurations: Sequence[pulumi.Output[str]]


def configuration_id(gateway_id: pulumi.Input[str], instance: int) -> pulumi.Output[str]:
    """Id of the IP configuration of an instance, 0 or 1, of a gateway that this module made."""
    return pulumi.Output.concat(gateway_id, f"/ipConfigurations/instance-{instance}")


@dataclass(frozen=True, slots=True)
class AzureVpn:
    """Makes the resources of VPNs for a component.

    Attributes:
        make: with what they are made.
        resource_group_name: what they are in.
        tags: of every child.
        zones: those of the region, which public addresses span; empty where it has none.
    """

    make: Maker
    resource_group_name: pulumi.Input[str]
    tags: Mapping[str, Any]
    zones: Sequence[str]

    def gateway(self, asn: int, subnet_id: pulumi.Input[str], sku: str, tunnels: Iterable[Tunnel]) -> AzureGateway:
        """An active-active gateway in the gateway subnet of a network.

        Its name is its logical name, not an automatic one: its own settings refer to its id.

        Args:
            asn: of the gateway.
            subnet_id: id of the subnet ``GatewaySubnet``.
            sku: size, such as ``VpnGw2AZ``.
            tunnels: all that end at it, as seen from Azure.
        """
        name = self.make.name("vpn-gateway")
        addresses = [self._address(number) for number in range(INTERFACES)]
        wanted: dict[int, list[str]] = {number: [] for number in range(INTERFACES)}
        for tunnel in tunnels:
            wanted[tunnel.near.interface].append(tunnel.near.address)
        # The gateway's own id, which its settings need before there is one: in the subscription of its subnet.
        subscription = pulumi.Output.from_input(subnet_id).apply(lambda text: "/".join(text.split("/")[:3]))
        own_id = pulumi.Output.concat(
            subscription,
            "/resourceGroups/",
            self.resource_group_name,
            "/providers/Microsoft.Network/virtualNetworkGateways/",
            name,
        )
        gateway = network.VirtualNetworkGateway(
            name,
            virtual_network_gateway_name=naming.physical(GATEWAY_TYPE, name),
            resource_group_name=self.resource_group_name,
            location=self.make.region,
            gateway_type=network.VirtualNetworkGatewayType.VPN,
            vpn_type=network.VpnType.ROUTE_BASED,
            vpn_gateway_generation=network.VpnGatewayGeneration.GENERATION2,
            sku=network.VirtualNetworkGatewaySkuArgs(name=sku, tier=sku),
            active_active=True,
            enable_bgp=True,
            bgp_settings=network.BgpSettingsArgs(
                asn=asn,
                bgp_peering_addresses=[
                    network.IPConfigurationBgpPeeringAddressArgs(
                        ipconfiguration_id=configuration_id(own_id, number), custom_bgp_ip_addresses=custom
                    )
                    for number, custom in wanted.items()
                ],
            ),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name=f"instance-{number}",
                    private_ip_allocation_method=network.IPAllocationMethod.DYNAMIC,
                    public_ip_address=network.SubResourceArgs(id=address.id),
                    subnet=network.SubResourceArgs(id=subnet_id),
                )
                for number, address in enumerate(addresses)
            ],
            tags=self.tags,
            opts=self.make.options(name, guarded=True),
        )
        return AzureGateway(
            gateway.id,
            [address.ip_address.apply(lambda text: text or "") for address in addresses],
            [configuration_id(gateway.id, number) for number in range(INTERFACES)],
        )

    def _address(self, number: int) -> network.PublicIPAddress:
        name = self.make.name("vpn-address", str(number))
        return network.PublicIPAddress(
            name,
            resource_group_name=self.resource_group_name,
            location=self.make.region,
            public_ip_allocation_method=network.IPAllocationMethod.STATIC,
            sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
            zones=list(self.zones) or None,
            tags=self.tags,
            opts=self.make.options(name, guarded=True),
        )

    def connections(
        self,
        link: str,
        gateway: AzureGateway,
        tunnels: Iterable[Tunnel],
        peers: Sequence[pulumi.Input[str]],
        keys: Mapping[str, pulumi.Input[str]],
    ) -> None:
        """A local network gateway and a connection for every address of the other side.

        Args:
            link: name of the link, for logical names; empty where the component has one link only.
            gateway: where they start.
            tunnels: as seen from Azure; those to one address of the other side are one connection.
            peers: public addresses of the other side, by interface.
            keys: pre-shared keys by key of the tunnel; of several tunnels of a connection, that of the first.
        """
        by_peer: dict[int, list[Tunnel]] = {}
        first_of: dict[int, str] = {}
        for tunnel in tunnels:
            first_of.setdefault(tunnel.near.interface, tunnel.near.address)
            by_peer.setdefault(tunnel.far.interface, []).append(tunnel)
        for interface, group in by_peer.items():
            first = group[0]
            key = f"{link}-{interface}" if link else str(interface)
            name = self.make.name("local-gateway", key)
            local = network.LocalNetworkGateway(
                name,
                resource_group_name=self.resource_group_name,
                location=self.make.region,
                gateway_ip_address=peers[interface],
                bgp_settings=network.BgpSettingsArgs(asn=first.far.asn, bgp_peering_address=first.far.address),
                tags=self.tags,
                opts=self.make.options(name),
            )
            name = self.make.name("connection", key)
            network.VirtualNetworkGatewayConnection(
                name,
                resource_group_name=self.resource_group_name,
                location=self.make.region,
                connection_type=network.VirtualNetworkGatewayConnectionType.IPSEC,
                connection_protocol=network.VirtualNetworkGatewayConnectionProtocol.IK_EV2,
                virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=gateway.id),
                local_network_gateway2=network.LocalNetworkGatewayArgs(id=local.id),
                shared_key=pulumi.Output.secret(keys[first.key]),
                enable_bgp=True,
                gateway_custom_bgp_ip_addresses=self._custom(gateway, group, first_of),
                ipsec_policies=[_POLICY],
                tags=self.tags,
                opts=self.make.options(name),
            )

    @staticmethod
    def _custom(
        gateway: AzureGateway, tunnels: Sequence[Tunnel], others: dict[int, str]
    ) -> list[network.GatewayCustomBgpIpAddressIpConfigurationArgs]:
        """The address of each instance for a connection; of one that has no tunnel in it, any of its own.

        Azure wants one for each instance, and uses those alone whose tunnel the other side answers
        (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp).
        """
        own = others | {tunnel.near.interface: tunnel.near.address for tunnel in tunnels}
        return [
            network.GatewayCustomBgpIpAddressIpConfigurationArgs(
                ip_configuration_id=gateway.configurations[instance], custom_bgp_ip_address=address
            )
            for instance, address in sorted(own.items())
        ]


_POLICY: Final = network.IpsecPolicyArgs(
    dh_group=AZURE_DH_GROUP,
    ike_encryption=AZURE_IKE_ENCRYPTION,
    ike_integrity=AZURE_IKE_INTEGRITY,
    ipsec_encryption=AZURE_IPSEC,
    ipsec_integrity=AZURE_IPSEC,
    pfs_group=AZURE_PFS_GROUP,
    sa_data_size_kilobytes=AZURE_LIFETIME_KIB,
    sa_life_time_seconds=LIFETIME_SECONDS,
)
"""What every connection agrees on."""
