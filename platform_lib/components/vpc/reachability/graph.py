"""The graph that the solver walks: the parts by id, and whether they fit together. Pure; imports nothing of pulumi."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from platform_lib.components.vpc.reachability.model import (
    Appliance,
    EgressOnlyGateway,
    External,
    GatewayEndpoint,
    HybridLink,
    InternetGateway,
    Nat,
    Network,
    Peering,
    RouteTable,
    Service,
    Subnet,
    TargetKind,
    TransitGateway,
    Workload,
)
from platform_lib.components.vpc.reachability.rules import RuleSet
from platform_lib.core.errors import Finding, PlanError, near

Item = TypeVar(
    "Item",
    Network,
    Subnet,
    Workload,
    RouteTable,
    RuleSet,
    InternetGateway,
    Nat,
    EgressOnlyGateway,
    Peering,
    HybridLink,
    TransitGateway,
    External,
    Service,
    GatewayEndpoint,
    Appliance,
)


def _by_id(items: Iterable[Item]) -> dict[str, Item]:
    return {item.id: item for item in items}


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that decides what can reach what; every mapping is by id."""

    networks: Mapping[str, Network] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict)
    internet_gateways: Mapping[str, InternetGateway] = field(default_factory=dict)
    nats: Mapping[str, Nat] = field(default_factory=dict)
    egress_only_gateways: Mapping[str, EgressOnlyGateway] = field(default_factory=dict)
    peerings: Mapping[str, Peering] = field(default_factory=dict)
    hybrid_links: Mapping[str, HybridLink] = field(default_factory=dict)
    transit_gateways: Mapping[str, TransitGateway] = field(default_factory=dict)
    externals: Mapping[str, External] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    endpoints: Mapping[str, GatewayEndpoint] = field(default_factory=dict)
    appliances: Mapping[str, Appliance] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        *,
        networks: Iterable[Network] = (),
        subnets: Iterable[Subnet] = (),
        workloads: Iterable[Workload] = (),
        route_tables: Iterable[RouteTable] = (),
        rule_sets: Iterable[RuleSet] = (),
        internet_gateways: Iterable[InternetGateway] = (),
        nats: Iterable[Nat] = (),
        egress_only_gateways: Iterable[EgressOnlyGateway] = (),
        peerings: Iterable[Peering] = (),
        hybrid_links: Iterable[HybridLink] = (),
        transit_gateways: Iterable[TransitGateway] = (),
        externals: Iterable[External] = (),
        services: Iterable[Service] = (),
        endpoints: Iterable[GatewayEndpoint] = (),
        appliances: Iterable[Appliance] = (),
    ) -> "Graph":
        """Make a graph of lists of its parts.

        Raises:
            PlanError: a part names another that is not there, or two routes of a table are equal in every way.
        """
        graph = cls(
            networks=_by_id(networks),
            subnets=_by_id(subnets),
            workloads=_by_id(workloads),
            route_tables=_by_id(route_tables),
            rule_sets=_by_id(rule_sets),
            internet_gateways=_by_id(internet_gateways),
            nats=_by_id(nats),
            egress_only_gateways=_by_id(egress_only_gateways),
            peerings=_by_id(peerings),
            hybrid_links=_by_id(hybrid_links),
            transit_gateways=_by_id(transit_gateways),
            externals=_by_id(externals),
            services=_by_id(services),
            endpoints=_by_id(endpoints),
            appliances=_by_id(appliances),
        )
        findings = list(_problems(graph))
        if findings:
            raise PlanError("reachability graph", findings)
        return graph


def _references(graph: Graph) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Every place that names another part: where, the name, and what may be named there."""
    for network in graph.networks.values():
        yield from ((f"network {network.id}", name, graph.rule_sets) for name in network.rule_sets)
    for subnet in graph.subnets.values():
        where = f"subnet {subnet.id}"
        yield from ((where, subnet.network, graph.networks), (where, subnet.route_table, graph.route_tables))
        yield from ((where, name, graph.rule_sets) for name in subnet.rule_sets)
    for workload in graph.workloads.values():
        where = f"workload {workload.id}"
        yield where, workload.subnet, graph.subnets
        yield from ((where, name, graph.rule_sets) for name in (*workload.security_groups, *workload.rule_sets))
    homes = {
        TargetKind.INTERNET: graph.internet_gateways,
        TargetKind.NAT: graph.nats,
        TargetKind.EGRESS_ONLY: graph.egress_only_gateways,
        TargetKind.PEERING: graph.peerings,
        TargetKind.TRANSIT: graph.transit_gateways,
        TargetKind.HYBRID: graph.hybrid_links,
        TargetKind.ENDPOINT: graph.endpoints,
        TargetKind.APPLIANCE: graph.appliances,
    }
    for table in graph.route_tables.values():
        for route in table.routes:
            if route.kind in homes:
                yield f"route table {table.id}", route.target, homes[route.kind]
            if route.service:
                yield f"route table {table.id}", route.service, graph.services
    for nat in graph.nats.values():
        yield f"NAT gateway {nat.id}", nat.network, graph.networks
        if nat.subnet is not None:
            yield f"NAT gateway {nat.id}", nat.subnet, graph.subnets
    for gateway in graph.internet_gateways.values():
        yield f"internet gateway {gateway.id}", gateway.network, graph.networks
    for egress_only in graph.egress_only_gateways.values():
        yield f"egress-only gateway {egress_only.id}", egress_only.network, graph.networks
    for peering in graph.peerings.values():
        yield from ((f"peering {peering.id}", name, graph.networks) for name in peering.networks)
    for link in graph.hybrid_links.values():
        where = f"hybrid link {link.id}"
        yield from ((where, link.network, graph.networks), (where, link.external, graph.externals))
    for endpoint in graph.endpoints.values():
        where = f"endpoint {endpoint.id}"
        yield from ((where, endpoint.network, graph.networks), (where, endpoint.service, graph.services))
    for appliance in graph.appliances.values():
        yield f"appliance {appliance.id}", appliance.subnet, graph.subnets
        if appliance.rule_set:
            yield f"appliance {appliance.id}", appliance.rule_set, graph.rule_sets
    for transit in graph.transit_gateways.values():
        yield from _transit_references(graph, transit)


def _transit_references(graph: Graph, transit: TransitGateway) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    where = f"transit gateway {transit.id}"
    attachments = {attachment.id: attachment for attachment in transit.attachments}
    for attachment in transit.attachments:
        if attachment.external:
            yield where, attachment.external, graph.externals
        else:
            yield where, attachment.network, graph.networks
        yield from ((where, name, graph.subnets) for name in attachment.subnets)
        if attachment.table:
            yield where, attachment.table, transit.tables
    for routes in transit.tables.values():
        yield from ((where, route.attachment, attachments) for route in routes if route.attachment)


def _problems(graph: Graph) -> Iterator[Finding]:
    for where, name, home in _references(graph):
        if name not in home:
            yield Finding(where, f"names what is not there, got {name!r}", near(name, home))
    for table in graph.route_tables.values():
        seen: set[tuple[object, ...]] = set()
        for route in table.routes:
            key = (route.destination, route.service, route.origin, route.priority)
            if key in seen:
                yield Finding(f"route table {table.id}", f"two routes are equal in every way, got {route}")
            seen.add(key)
