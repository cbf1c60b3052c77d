"""What links and hubs are billed for, as quantities that a price table prices. Pure.

Sources: https://aws.amazon.com/vpn/pricing, https://aws.amazon.com/transit-gateway/pricing,
https://aws.amazon.com/directconnect/pricing, https://azure.microsoft.com/pricing/details/vpn-gateway,
https://azure.microsoft.com/pricing/details/expressroute, https://azure.microsoft.com/pricing/details/virtual-wan,
https://cloud.google.com/network-connectivity/docs/vpn/pricing,
https://cloud.google.com/network-connectivity/docs/interconnect/pricing.
"""

from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver

UNKNOWN_TRAFFIC: Final = "depends on the traffic, which is not known beforehand"


def hours(item: str, count: int, what: str) -> CostDriver:
    """So many of something, all month."""
    return CostDriver(
        item=item, quantity=count * HOURS_PER_MONTH, unit="hours", assumption=f"{count} {what}, all month"
    )


def data(item: str) -> CostDriver:
    """Data that passes, which nobody knows beforehand."""
    return CostDriver(item=item, quantity=0, unit="gib", assumption=UNKNOWN_TRAFFIC)


def transit_drivers(attachments: int) -> list[CostDriver]:
    """Attachments of a transit gateway, and what they carry."""
    return [
        hours("aws:transit-gateway-attachment-hours", attachments, "attachments"),
        data("aws:transit-gateway-data"),
    ]


def vpn_drivers(
    cloud: Cloud, *, connections: int, tunnels: int, azure_size: str = "", transit_attachments: int = 0
) -> list[CostDriver]:
    """What one side of VPNs is billed for, a month.

    Args:
        cloud: of the side.
        connections: VPN connections (AWS).
        tunnels: tunnels (GCP); connections on Azure beyond ten are billed as such, which no pair of gateways has.
        azure_size: size of the gateway (Azure); empty where it is not one of the component's own.
        transit_attachments: attachments of a transit gateway that the connections are (AWS).
    """
    if cloud is Cloud.AWS:
        drivers = [hours("aws:vpn-connection-hours", connections, "connections"), data("aws:data-transfer-out")]
        return drivers + (transit_drivers(transit_attachments) if transit_attachments else [])
    if cloud is Cloud.GCP:
        return [hours("gcp:vpn-tunnel-hours", tunnels, "tunnels"), data("gcp:vpn-egress-data")]
    own = [
        hours(f"azure:vpn-gateway-hours:{azure_size}", 1, "gateway of two instances"),
        hours("azure:public-ip-hours", 2, "standard addresses"),
    ]
    return (own if azure_size else []) + [data("azure:vpn-egress-data")]
