"""Sizes of gateways. Pure data with its sources."""

from enum import StrEnum


class AzureGatewaySize(StrEnum):
    """Size of a VPN gateway on Azure, zone redundant, from 650 Mbit/s to 10 Gbit/s in sum over its tunnels.

    Source: https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus
    """

    VPN_GW1_AZ = "VpnGw1AZ"
    VPN_GW2_AZ = "VpnGw2AZ"
    VPN_GW3_AZ = "VpnGw3AZ"
    VPN_GW4_AZ = "VpnGw4AZ"
    VPN_GW5_AZ = "VpnGw5AZ"
