"""What a VPN between two clouds costs, and which controls its parts serve. Pure."""

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.cross_cloud.plan import CrossCloudVpnPlan
from platform_lib.components.vpc.links.cost import vpn_drivers
from platform_lib.components.vpc.links.tunnel import INTERFACES
from platform_lib.core.naming import logical
from platform_lib.core.reporting import CostDriver, Evidence


def cost_drivers(plan: CrossCloudVpnPlan, azure_size: str, *, transit: bool) -> list[CostDriver]:
    """What the VPN is billed for on both sides, a month.

    Args:
        plan: the VPN.
        azure_size: size of the gateway on Azure.
        transit: whether the side on AWS ends at a transit gateway.
    """
    drivers: list[CostDriver] = []
    for side in plan.link.sides:
        drivers += vpn_drivers(
            side.cloud,
            connections=INTERFACES,
            tunnels=len(plan.link.tunnels),
            azure_size=azure_size if side.cloud in plan.own_gateways else "",
            transit_attachments=INTERFACES if transit and side.cloud is Cloud.AWS else 0,
        )
    return drivers


def evidence(plan: CrossCloudVpnPlan) -> list[Evidence]:
    """Which child serves which control: traffic between the clouds is encrypted."""
    controls = ["hipaa:164.312(e)(1)", "hipaa:164.312(e)(2)(ii)", "pci_dss:4.2.1", "soc2:CC6.7"]
    statement = "traffic between the two clouds is encrypted with IKEv2, AES of 256 bits and a 2,048-bit group"
    if plan.has(Cloud.AWS):
        children = [logical(plan.name, "vpn", str(number)) for number in range(INTERFACES)]
    else:
        children = [logical(plan.name, "tunnel", tunnel.key) for tunnel in plan.link.tunnels]
    return [Evidence(child=child, statement=statement, controls=list(controls)) for child in children]
