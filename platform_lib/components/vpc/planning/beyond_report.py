"""What hub and links of a network cost, and which controls they serve. Pure."""

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.arguments.hub import HubKind
from platform_lib.components.vpc.links.cost import data, hours, transit_drivers, vpn_drivers
from platform_lib.components.vpc.planning.hub import HubPlan
from platform_lib.components.vpc.planning.hybrid import HybridPlan, LinePlan, VpnPlan
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.naming import logical
from platform_lib.core.reporting import CostDriver, Evidence


def cost_drivers(plan: VpcPlan) -> list[CostDriver]:
    """What hub and links are billed for, a month."""
    drivers: list[CostDriver] = []
    if plan.hub is not None:
        drivers += _hub_drivers(plan, plan.hub)
    if plan.hybrid is not None:
        drivers += {Cloud.AWS: _aws_links, Cloud.AZURE: _azure_links, Cloud.GCP: _gcp_links}[plan.cloud](plan.hybrid)
    return drivers


def _hub_drivers(plan: VpcPlan, hub: HubPlan) -> list[CostDriver]:
    if hub.kind is HubKind.PEERING:
        return [data(f"{plan.cloud}:peering-data")]
    if hub.kind is HubKind.CLOUD_WAN:
        return [hours("aws:cloud-wan-attachment-hours", 1, "attachment"), data("aws:cloud-wan-data")]
    if plan.cloud is Cloud.AWS:
        links: tuple[VpnPlan | LinePlan, ...] = ()
        if plan.hybrid is not None:
            links = (*plan.hybrid.vpns, *plan.hybrid.lines)
        attached = [len(link.peers) if isinstance(link, VpnPlan) else 1 for link in links if link.to_hub]
        logs = [data(f"aws:flow-logs-to-{plan.flow_log.destination}")] if _logs_hub(plan, hub) and plan.flow_log else []
        return [*transit_drivers(1 + sum(attached)), *logs]
    if plan.cloud is Cloud.AZURE:
        own = [hours("azure:virtual-hub-hours", 1, "hub")] if hub.own is not None else []
        return [*own, hours("azure:virtual-hub-connection-hours", 1, "connection"), data("azure:virtual-hub-data")]
    return [hours("gcp:connectivity-center-spoke-hours", 1, "spoke"), data("gcp:connectivity-center-data")]


def _logs_hub(plan: VpcPlan, hub: HubPlan) -> bool:
    return hub.own is not None and hub.own.flow_logs and plan.flow_log is not None


def _aws_links(plan: HybridPlan) -> list[CostDriver]:
    connections = sum(len(vpn.peers) for vpn in plan.vpns)
    drivers = vpn_drivers(Cloud.AWS, connections=connections, tunnels=0) if plan.vpns else []
    return drivers + ([data("aws:direct-connect-data-out")] if plan.lines else [])


def _azure_links(plan: HybridPlan) -> list[CostDriver]:
    drivers = []
    if plan.has_vpn_gateway:
        drivers += vpn_drivers(Cloud.AZURE, connections=0, tunnels=0, azure_size=plan.gateway_size)
    if plan.lines:
        drivers += [
            hours("azure:expressroute-gateway-hours", 1, "gateway"),
            hours("azure:public-ip-hours", 1, "standard address"),
            data("azure:expressroute-data"),
        ]
    return drivers


def _gcp_links(plan: HybridPlan) -> list[CostDriver]:
    tunnels = sum(len(vpn.tunnels) for vpn in plan.vpns)
    drivers = vpn_drivers(Cloud.GCP, connections=0, tunnels=tunnels) if plan.vpns else []
    if plan.lines:
        attachments = sum(2 if line.is_partner else 1 for line in plan.lines)
        drivers += [
            hours("gcp:interconnect-attachment-hours", attachments, "attachments"),
            data("gcp:interconnect-egress-data"),
        ]
    return drivers


def evidence(plan: VpcPlan) -> list[Evidence]:
    """Which child serves which control."""
    items = []
    for vpn in () if plan.hybrid is None else plan.hybrid.vpns:
        items += [
            Evidence(
                child=child,
                statement="traffic to the other site is encrypted with IKEv2, AES of 256 bits and a 2,048-bit group",
                controls=["hipaa:164.312(e)(1)", "hipaa:164.312(e)(2)(ii)", "pci_dss:4.2.1", "soc2:CC6.7"],
            )
            for child in _vpn_children(plan, vpn)
        ]
    own = None if plan.hub is None else plan.hub.own
    if own is not None and plan.cloud is Cloud.AWS:
        items += [
            Evidence(
                child=logical(plan.name, "hub-table", table.segment),
                statement="networks of the segment have routes to those segments only that they may talk with",
                controls=["hipaa:164.312(a)(1)", "pci_dss:1.2.1", "pci_dss:1.4.1", "soc2:CC6.6"],
            )
            for table in own.tables
        ]
        if own.flow_logs and plan.flow_log is not None:
            items.append(
                Evidence(
                    child=logical(plan.name, "hub-flow-log"),
                    statement="all traffic over the transit gateway is recorded",
                    controls=["hipaa:164.312(b)", "pci_dss:10.2.1", "soc2:CC7.2"],
                )
            )
    return items


def _vpn_children(plan: VpcPlan, vpn: VpnPlan) -> list[str]:
    if plan.cloud is Cloud.GCP:
        return [logical(plan.name, "tunnel", f"{vpn.name}-{tunnel.key}") for tunnel in vpn.tunnels]
    role = "vpn" if plan.cloud is Cloud.AWS else "connection"
    return [logical(plan.name, role, f"{vpn.name}-{number}") for number in range(len(vpn.peers))]
