"""Physical names of the children that links consist of: whether the clouds would take them. Pure."""

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.planning.hybrid import HybridPlan
from platform_lib.core.naming import logical


def automatic_names(name: str, cloud: Cloud, hybrid: HybridPlan | None) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name; on AWS none has one.

    Args:
        name: of the component.
        cloud: where it runs.
        hybrid: its links.
    """
    if cloud is Cloud.AWS or hybrid is None:
        return []
    keys = [f"{vpn.name}-{tunnel.key}" for vpn in hybrid.vpns for tunnel in vpn.tunnels]
    if cloud is Cloud.GCP:
        names = [
            ("gcp:compute/routerInterface:RouterInterface", logical(name, "tunnel-interface", key)) for key in keys
        ]
        names += [
            ("gcp:compute/routerInterface:RouterInterface", logical(name, "line-interface", line.name))
            for line in hybrid.lines
        ]
        return [
            *names,
            *(("gcp:compute/router:Router", logical(name, role)) for role in ("vpn-router", "partner-router")),
        ]
    ends = [f"{vpn.name}-{device}" for vpn in hybrid.vpns for device in range(len(vpn.peers))]
    names = [("azure-native:network:LocalNetworkGateway", logical(name, "local-gateway", end)) for end in ends]
    connection = "azure-native:network:VirtualNetworkGatewayConnection"
    names += [(connection, logical(name, "line", line.name)) for line in hybrid.lines]
    gateways = ("vpn-gateway", "line-gateway") if hybrid.lines else ("vpn-gateway",)
    return [*names, *(("azure-native:network:VirtualNetworkGateway", logical(name, role)) for role in gateways)]
