"""Networks drawn by hand, small enough to follow every packet on paper."""

from dataclasses import replace

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import (
    EgressOnlyGateway,
    External,
    GatewayEndpoint,
    HybridLink,
    InternetGateway,
    Nat,
    Network,
    Origin,
    Peering,
    Route,
    RouteTable,
    Service,
    Subnet,
    TargetKind,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    Workload,
)
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.presets import (
    aws_network_acl,
    aws_security_group,
    azure_security_group,
    gcp_firewall,
    gcp_policy,
)
from platform_lib.components.vpc.reachability.rules import Action, Direction, Peer, Rule


def block(text: str) -> Block:
    return Block.parse(text)


def rule(
    direction: str,
    action: str,
    protocol: str = "all",
    ports: str = "*",
    *peers: str,
    priority: int = 0,
    targets: tuple[str, ...] = (),
    name: str = "",
) -> Rule:
    return Rule(
        Direction(direction),
        Action(action),
        protocol,
        PortSet.parse(ports),
        tuple(Peer.parse(peer) for peer in peers) or (Peer.parse("any"),),
        priority,
        targets,
        name=name,
    )


def route(to: str, kind: TargetKind, target: str = "", **more) -> Route:
    return Route(kind, target, destination=block(to), **more)


def changed(graph: Graph, kind: str, name: str, **fields) -> Graph:
    """The graph with some fields of one part replaced."""
    parts = dict(getattr(graph, kind))
    parts[name] = replace(parts[name], **fields)
    return replace(graph, **{kind: parts})


def with_route(graph: Graph, table: str, *routes: Route) -> Graph:
    return changed(graph, "route_tables", table, routes=(*graph.route_tables[table].routes, *routes))


def without_route(graph: Graph, table: str, to: str) -> Graph:
    kept = tuple(one for one in graph.route_tables[table].routes if one.destination != block(to))
    assert len(kept) < len(graph.route_tables[table].routes)
    return changed(graph, "route_tables", table, routes=kept)


def with_rule(graph: Graph, rule_set: str, *rules: Rule) -> Graph:
    return changed(graph, "rule_sets", rule_set, rules=(*graph.rule_sets[rule_set].rules, *rules))


def without_rule(graph: Graph, rule_set: str, position: int) -> Graph:
    kept = list(graph.rule_sets[rule_set].rules)
    del kept[position]
    return changed(graph, "rule_sets", rule_set, rules=tuple(kept))


def aws() -> Graph:
    """A network of four tiers, a peer (``near``), a spoke (``far``) and a head office behind a transit gateway.

    main 10.0.0.0/16 and 2a05:d018:1::/56: public (load balancer, NAT), web, app, data, one zone ``a``; web also ``b``.
    near 10.1.0.0/16 by peering; far 10.2.0.0/16 and head-office 192.168.0.0/16 by transit gateway.
    """
    return Graph.build(
        networks=[
            Network("main", (block("10.0.0.0/16"), block("2a05:d018:1::/56"))),
            Network("near", (block("10.1.0.0/16"),)),
            Network("far", (block("10.2.0.0/16"),)),
        ],
        subnets=[
            Subnet("public/a", "main", "public", (block("10.0.0.0/24"), block("2a05:d018:1::/64")), "public", zone="a"),
            Subnet("web/a", "main", "web", (block("10.0.16.0/20"),), "private", zone="a"),
            Subnet("web/b", "main", "web", (block("10.0.64.0/20"),), "private", zone="b"),
            Subnet("app/a", "main", "app", (block("10.0.32.0/20"), block("2a05:d018:1:1::/64")), "private", zone="a"),
            Subnet("data/a", "main", "data", (block("10.0.48.0/24"),), "isolated", ("data-acl",), zone="a"),
            Subnet("transit/a", "main", "transit", (block("10.0.255.0/28"),), "isolated", zone="a"),
            Subnet("near/a", "near", "near", (block("10.1.0.0/24"),), "near", zone="a"),
            Subnet("far/a", "far", "far", (block("10.2.0.0/24"),), "far", zone="a"),
        ],
        workloads=[
            Workload("balancer", "public/a", security_groups=("balancer",), public=True),
            Workload("web-a", "web/a", security_groups=("web",)),
            Workload("web-b", "web/b", security_groups=("web",)),
            Workload("app-a", "app/a", security_groups=("app",)),
            Workload("data-a", "data/a", security_groups=("data",)),
            Workload("kms-endpoint", "app/a", security_groups=("endpoints",), service="kms"),
        ],
        route_tables=[
            RouteTable(
                "public",
                (
                    route("0.0.0.0/0", TargetKind.INTERNET, "igw"),
                    route("::/0", TargetKind.INTERNET, "igw"),
                ),
            ),
            RouteTable(
                "private",
                (
                    route("0.0.0.0/0", TargetKind.NAT, "nat"),
                    route("::/0", TargetKind.EGRESS_ONLY, "eigw"),
                    route("10.1.0.0/16", TargetKind.PEERING, "to-near"),
                    route("10.2.0.0/16", TargetKind.TRANSIT, "tgw"),
                    route("192.168.0.0/16", TargetKind.TRANSIT, "tgw"),
                    Route(TargetKind.ENDPOINT, "s3-endpoint", service="s3"),
                ),
            ),
            RouteTable("isolated", (Route(TargetKind.ENDPOINT, "s3-endpoint", service="s3"),)),
            RouteTable("near", (route("10.0.0.0/16", TargetKind.PEERING, "to-near"),)),
            RouteTable("far", (route("0.0.0.0/0", TargetKind.TRANSIT, "tgw"),)),
        ],
        rule_sets=[
            aws_security_group("balancer", [rule("in", "allow", "tcp", "443"), rule("out", "allow")]),
            aws_security_group("web", [rule("in", "allow", "tcp", "8080", "group:balancer"), rule("out", "allow")]),
            aws_security_group("app", [rule("in", "allow", "tcp", "8443", "group:web"), rule("out", "allow")]),
            aws_security_group("data", [rule("in", "allow", "tcp", "5432", "group:app")]),
            aws_security_group("endpoints", [rule("in", "allow", "tcp", "443", "10.0.0.0/16")]),
            aws_network_acl(
                "data-acl",
                [
                    rule("in", "allow", "tcp", "5432", "10.0.32.0/20", priority=100),
                    rule("out", "allow", "tcp", "1024-65535", "10.0.32.0/20", priority=100),
                ],
            ),
        ],
        internet_gateways=[InternetGateway("igw", "main")],
        nats=[Nat("nat", "main", "public/a")],
        egress_only_gateways=[EgressOnlyGateway("eigw", "main")],
        peerings=[Peering("to-near", ("main", "near"))],
        transit_gateways=[
            TransitGateway(
                "tgw",
                (
                    TransitAttachment("main-attachment", "main", subnets=("transit/a",), table="spokes"),
                    TransitAttachment("far-attachment", "far", subnets=("far/a",), table="spokes"),
                    TransitAttachment("office-attachment", external="head-office", table="office"),
                ),
                {
                    "spokes": (
                        TransitRoute(block("10.0.0.0/16"), "main-attachment"),
                        TransitRoute(block("10.2.0.0/16"), "far-attachment"),
                        TransitRoute(block("192.168.0.0/16"), "office-attachment"),
                    ),
                    "office": (
                        TransitRoute(block("10.0.0.0/16"), "main-attachment"),
                        TransitRoute(block("10.0.48.0/24")),
                    ),
                },
            )
        ],
        externals=[External("head-office", (block("192.168.0.0/16"),), (block("10.0.0.0/16"),))],
        services=[Service("s3", (block("52.218.0.0/17"),)), Service("kms", (block("52.95.0.0/24"),))],
        endpoints=[GatewayEndpoint("s3-endpoint", "main", "s3")],
    )


def azure() -> Graph:
    """A spoke VNet with the ExpressRoute of its hub, a NAT gateway, security groups at subnets and an interface."""
    return Graph.build(
        networks=[Network("spoke", (block("10.4.0.0/16"),)), Network("hub", (block("10.5.0.0/16"),))],
        subnets=[
            Subnet("web/regional", "spoke", "web", (block("10.4.0.0/24"),), "spoke", ("web-nsg",)),
            Subnet("data/regional", "spoke", "data", (block("10.4.1.0/24"),), "closed", ("data-nsg",)),
            Subnet("hub/regional", "hub", "hub", (block("10.5.0.0/24"),), "hub"),
        ],
        workloads=[
            Workload("web-vm", "web/regional", rule_sets=("nic-nsg",)),
            Workload("data-vm", "data/regional"),
        ],
        route_tables=[
            RouteTable(
                "spoke",
                (
                    route("0.0.0.0/0", TargetKind.NAT, "natgw", origin=Origin.SYSTEM),
                    route("10.5.0.0/16", TargetKind.PEERING, "spoke-hub", origin=Origin.SYSTEM),
                    route("172.16.0.0/12", TargetKind.PEERING, "spoke-hub", origin=Origin.PROPAGATED),
                    route("10.4.1.0/25", TargetKind.HYBRID, "expressroute", origin=Origin.PROPAGATED),
                ),
            ),
            RouteTable("closed", (route("0.0.0.0/0", TargetKind.BLACKHOLE),)),
            RouteTable(
                "hub",
                (
                    route("10.4.0.0/16", TargetKind.PEERING, "spoke-hub", origin=Origin.SYSTEM),
                    route("172.16.0.0/12", TargetKind.HYBRID, "expressroute", origin=Origin.PROPAGATED),
                ),
            ),
        ],
        rule_sets=[
            azure_security_group("web-nsg", [rule("in", "allow", "tcp", "443", priority=100)]),
            azure_security_group(
                "data-nsg",
                [
                    rule("in", "allow", "tcp", "1433", "10.4.0.0/24", priority=100),
                    rule("in", "deny", "all", "*", "virtual-network", priority=200),
                    rule("out", "deny", "all", "*", "internet", priority=100),
                ],
            ),
            azure_security_group("nic-nsg", [rule("out", "deny", "tcp", "22", priority=100)]),
        ],
        nats=[Nat("natgw", "spoke")],
        peerings=[Peering("spoke-hub", ("spoke", "hub"), gateway_transit=True)],
        hybrid_links=[HybridLink("expressroute", "hub", "plant")],
        externals=[External("plant", (block("172.16.0.0/12"),))],
    )


def gcp() -> Graph:
    """A VPC network with tagged machines, a hierarchical policy above its firewall rules, and Cloud NAT."""
    return Graph.build(
        networks=[Network("vpc", (block("10.8.0.0/16"),), rule_sets=("organisation", "vpc-rules"))],
        subnets=[
            Subnet("front/regional", "vpc", "front", (block("10.8.0.0/20"),), "vpc"),
            Subnet("back/regional", "vpc", "back", (block("10.8.16.0/20"),), "vpc"),
        ],
        workloads=[
            Workload("front-vm", "front/regional", tags=("front",), public=True),
            Workload("back-vm", "back/regional", tags=("back",)),
        ],
        route_tables=[
            RouteTable(
                "vpc",
                (
                    route("0.0.0.0/0", TargetKind.INTERNET, "default", priority=1000),
                    route("0.0.0.0/0", TargetKind.NAT, "cloud-nat", priority=2000),
                ),
            )
        ],
        rule_sets=[
            gcp_policy(
                "organisation",
                [
                    rule("in", "deny", "tcp", "3389", priority=10),
                    rule("in", "next", "tcp", "22", "10.8.0.0/16", priority=20),
                    rule("in", "deny", "tcp", "22", priority=30),
                ],
            ),
            gcp_firewall(
                "vpc-rules",
                [
                    rule("in", "allow", "tcp", "443", priority=1000, targets=("front",)),
                    rule("in", "allow", "tcp", "8443", "tag:front", priority=1000, targets=("back",)),
                    rule("in", "allow", "tcp", "22,3389", priority=1000),
                    rule("in", "deny", "tcp", "9000", priority=900, targets=("back",)),
                    rule("in", "allow", "tcp", "9000", priority=900, targets=("back",)),
                    rule("out", "deny", "tcp", "25", priority=500),
                ],
            ),
        ],
        internet_gateways=[InternetGateway("default", "vpc")],
        nats=[Nat("cloud-nat", "vpc")],
    )
