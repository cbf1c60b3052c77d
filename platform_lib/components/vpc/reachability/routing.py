"""Which route a packet takes. Pure; imports nothing of pulumi.

The longest prefix wins. The rest, by cloud: on AWS the local route beats every propagated one, however long, and a
static route beats a propagated one of the same length
(https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html); on Azure user-defined routes beat BGP
ones and those system routes, while system routes of the network beat even longer BGP ones
(https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route); on GCP the
priority decides between routes of the same length (https://cloud.google.com/vpc/docs/routes#routeselection).
"""

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import (
    Origin,
    Route,
    Subnet,
    TargetKind,
    TransitGateway,
    TransitRoute,
)

_RANK = {Origin.STATIC: 2, Origin.PROPAGATED: 1, Origin.SYSTEM: 0}


def routes_of(graph: Graph, subnet: Subnet) -> tuple[Route, ...]:
    """The routes of a subnet, with those to its network's own ranges that no table needs to list."""
    own = graph.networks[subnet.network].ranges
    listed = graph.route_tables[subnet.route_table].routes
    explicit = {route.destination for route in listed if route.kind is TargetKind.LOCAL}
    local = (Route(TargetKind.LOCAL, destination=block, origin=Origin.SYSTEM) for block in own if block not in explicit)
    return (*listed, *local)


def best_route(graph: Graph, subnet: Subnet, address: Block, service: str = "") -> Route | None:
    """The route that traffic of a subnet takes.

    Args:
        graph: everything.
        subnet: where the traffic is.
        address: the destination, a block of one address.
        service: the service that the destination is; a route to the service beats all others.

    Returns:
        The route, or None where no route matches.
    """
    routes = routes_of(graph, subnet)
    if service:
        for route in routes:
            if route.service == service:
                return route
    matching = [route for route in routes if route.destination is not None and route.destination.contains(address)]
    if any(route.kind is TargetKind.LOCAL for route in matching):
        matching = [route for route in matching if route.origin is not Origin.PROPAGATED]

    def preference(route: Route) -> tuple[int, int, int]:
        length = route.destination.prefix_length if route.destination is not None else 0
        return length, _RANK[route.origin], -route.priority

    return max(matching, key=preference, default=None)


def transit_route(transit: TransitGateway, table: str, address: Block) -> TransitRoute | None:
    """The route of a transit route table; the longest prefix wins, a blackhole among equals."""
    matching = [route for route in transit.tables.get(table, ()) if route.destination.contains(address)]
    return max(matching, key=lambda route: (route.destination.prefix_length, not route.attachment), default=None)
