"""What lies beyond a network, in the terms of reachability: what is behind its hub, other sites, other clouds."""

from collections.abc import Iterator
from dataclasses import dataclass

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.planning.model import HUB, RouteTablePlan, VpcPlan
from platform_lib.components.vpc.reachability.model import External, HybridLink, Nat, Origin, Route, TargetKind

_ANYWHERE = Block.parse("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Beyond:
    """Parts of the graph.

    Attributes:
        externals: networks that are not ours: ``hub``, and one for each link by its name.
        links: the ways to them, by the same names.
        nats: the hub's way to the internet, where it is one: connections go out by it, none come in.
        routes: to links, with the tiers that have them.
        hub_routes: ranges routed to the hub by every tier (GCP, whose routes hold for the whole network); None where
            each table says its own.
    """

    externals: tuple[External, ...]
    links: tuple[HybridLink, ...]
    nats: tuple[Nat, ...]
    routes: tuple[tuple[Route, tuple[str, ...]], ...]
    hub_routes: tuple[str, ...] | None = None

    def routes_of(self, table: RouteTablePlan) -> Iterator[Route]:
        """The routes of a table to what lies beyond."""
        for route, tiers in self.routes:
            if table.tier in tiers:
                yield route
        behind = {block for one in self.externals if one.id == HUB for block in one.ranges}
        everywhere = self.hub_routes is not None
        for block in map(Block.parse, table.hub_routes if self.hub_routes is None else self.hub_routes):
            if block in behind:  # the others are links that end at the hub, which have routes of their own here
                yield Route(TargetKind.HYBRID, HUB, block)
        if self.nats and (everywhere or table.default_route == HUB):
            yield Route(TargetKind.NAT, HUB, _ANYWHERE)


def links_of(plan: VpcPlan) -> Beyond:
    """What lies beyond a planned network.

    A hub is taken for one network that holds all ranges said to be behind it and answers from there: what its own
    tables stop is the hub's affair, and assertions about it are made where the hub is.
    """
    externals, links, routes = [], [], []
    if plan.hub is not None and plan.hub.destinations:
        externals.append(External(HUB, tuple(map(Block.parse, plan.hub.destinations))))
        links.append(HybridLink(HUB, plan.name, HUB))
    learning = () if plan.hybrid is None else plan.hybrid.routed_tiers
    to_hub = tuple(table.tier for table in plan.route_tables if table.hub_routes)
    for link in () if plan.hybrid is None else plan.hybrid.links:
        externals.append(External(link.name, tuple(map(Block.parse, link.ranges))))
        links.append(HybridLink(link.name, plan.name, link.name))
        origin, tiers = (Origin.STATIC, to_hub) if link.to_hub else (Origin.PROPAGATED, learning)
        routes += [
            (Route(TargetKind.HYBRID, link.name, Block.parse(text), origin=origin), tiers) for text in link.ranges
        ]
    out = plan.hub is not None and plan.hub.egress
    everywhere = plan.hub.destinations if plan.hub is not None and plan.cloud is Cloud.GCP else None
    nats = (Nat(HUB, plan.name),) if out else ()
    return Beyond(tuple(externals), tuple(links), nats, tuple(routes), everywhere)
