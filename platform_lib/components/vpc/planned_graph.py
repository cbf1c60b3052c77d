"""The planned network as the graph that reachability is computed from, and the proof of what is said about it. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.addressing.ipv6 import subnet_of
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.aws import graph as aws
from platform_lib.components.vpc.azure import graph as azure
from platform_lib.components.vpc.gcp import graph as gcp
from platform_lib.components.vpc.planning.beyond import links_of
from platform_lib.components.vpc.planning.model import (
    EGRESS_ONLY,
    HTTPS,
    HUB,
    INTERNET,
    EndpointPlan,
    RouteTablePlan,
    SubnetPlan,
    VpcPlan,
)
from platform_lib.components.vpc.reachability.check import require_statements
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import (
    EgressOnlyGateway,
    GatewayEndpoint,
    InternetGateway,
    Nat,
    Network,
    Route,
    RouteTable,
    Service,
    Subnet,
    TargetKind,
    Workload,
)
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.presets import aws_security_group
from platform_lib.components.vpc.reachability.rules import Action, Direction, Peer, PeerKind, Rule, RuleSet
from platform_lib.components.vpc.reachability.statement import Statement, parse_statement

_ANYWHERE = Block.parse("0.0.0.0/0")
_ANYWHERE_IPV6 = Block.parse("::/0")
_SOME_IPV6 = "2001:db8::"  # kept for documentation (RFC 3849)
_GATEWAY = "internet-gateway"
_ENDPOINT_GROUP = "endpoints"
_EGRESS_ONLY = "egress-only-gateway"

# The addresses of a service differ by region and change; the network has no filter that knows them, so any public
# address stands for them. This one is kept for documentation (RFC 5737).
_SOME_SERVICE = Block.parse("192.0.2.0/24")


_RULE_SETS: Final[Mapping[Cloud, Callable[[VpcPlan], Mapping[str, RuleSet]]]] = {
    Cloud.AWS: aws.rule_sets,
    Cloud.AZURE: azure.rule_sets,
    Cloud.GCP: gcp.rule_sets,
}
"""What filters the subnets of each tier, by cloud."""

_DEFAULT_ROUTES: Final[Mapping[Cloud, Callable[[VpcPlan, RouteTablePlan], str | None]]] = {
    Cloud.AZURE: azure.default_route,
    Cloud.GCP: gcp.default_route,
}
"""Where the default route of a table leads, where that is not what the plan says."""


def planned_graph(plan: VpcPlan) -> Graph:
    """The routes, gateways, endpoints and security groups that the component makes, as a graph.

    Subnets are called ``tier/zone-id``, services as in the arguments (``s3``, ``ecr.api``). Tiers hold no machines of
    their own: a tier stands for whatever may be put into it, unfiltered and with a public address.
    """
    subnets = {subnet.key: f"{subnet.tier}/{subnet.zone}" for subnet in plan.subnets}
    services = dict.fromkeys(endpoint.service for endpoint in plan.endpoints)
    https = Rule(
        Direction.IN,
        Action.ALLOW,
        protocol="tcp",
        ports=PortSet.of(HTTPS),
        peers=(Peer(PeerKind.CIDR, block=Block.parse(plan.cidr)),),
        name="HTTPS from inside the network",
    )
    filters = _RULE_SETS[plan.cloud](plan)
    gateway_endpoints = [endpoint for endpoint in plan.endpoints if endpoint.is_gateway]
    # Elsewhere endpoints have no group of their own: what filters their tier holds for them.
    groups = (_ENDPOINT_GROUP,) if plan.interface_endpoints and plan.cloud is Cloud.AWS else ()
    beyond = links_of(plan)
    return Graph.build(
        networks=[
            Network(
                plan.name,
                tuple(map(Block.parse, [*plan.ranges, *_ipv6_ranges(plan)])),
                public_access=aws.public_access(plan),
            )
        ],
        subnets=[
            Subnet(
                id=subnets[subnet.key],
                network=plan.name,
                tier=subnet.tier,
                blocks=(Block.parse(subnet.cidr), *_ipv6_blocks(plan, subnet)),
                route_table=subnet.route_table,
                rule_sets=(filters[subnet.tier].id,) if subnet.tier in filters else (),
                zone=subnet.zone,
            )
            for subnet in plan.subnets
        ],
        route_tables=[
            RouteTable(table.key, (*_routes(plan, table, gateway_endpoints), *beyond.routes_of(table)))
            for table in plan.route_tables
        ],
        internet_gateways=[InternetGateway(_GATEWAY, plan.name)]
        if plan.has_internet_gateway or plan.cloud is Cloud.AZURE  # where every network has such a route
        else [],
        nats=[
            *(
                Nat(
                    f"nat-{nat.zone}",
                    plan.name,
                    None if nat.subnet is None else subnets[nat.subnet],
                    passes_answers=plan.cloud is Cloud.AZURE,
                )
                for nat in plan.nats
            ),
            *beyond.nats,
        ],
        egress_only_gateways=[EgressOnlyGateway(_EGRESS_ONLY, plan.name)]
        if any(table.ipv6_default == EGRESS_ONLY for table in plan.route_tables)
        else [],
        externals=beyond.externals,
        hybrid_links=beyond.links,
        services=[Service(service, (_SOME_SERVICE,)) for service in services],
        endpoints=[GatewayEndpoint(endpoint.key, plan.name, endpoint.service) for endpoint in gateway_endpoints],
        rule_sets=[
            *([aws_security_group(_ENDPOINT_GROUP, [https])] if groups else []),
            *filters.values(),
        ],
        workloads=[
            Workload(
                id=f"{endpoint.key}/{subnets[key].partition('/')[2]}",
                subnet=subnets[key],
                security_groups=groups,
                service=endpoint.service,
            )
            for endpoint in plan.interface_endpoints
            for key in endpoint.subnets
        ],
    )


def _routes(plan: VpcPlan, table: RouteTablePlan, endpoints: Sequence[EndpointPlan]) -> Iterator[Route]:
    default = _DEFAULT_ROUTES[plan.cloud](plan, table) if plan.cloud in _DEFAULT_ROUTES else table.default_route
    if default == INTERNET:
        yield Route(TargetKind.INTERNET, _GATEWAY, _ANYWHERE)
    elif default not in (None, HUB):
        yield Route(TargetKind.NAT, f"nat-{default}", _ANYWHERE)
    if table.ipv6_default == INTERNET:
        yield Route(TargetKind.INTERNET, _GATEWAY, _ANYWHERE_IPV6)
    elif table.ipv6_default == EGRESS_ONLY:
        yield Route(TargetKind.EGRESS_ONLY, _EGRESS_ONLY, _ANYWHERE_IPV6)
    served = [subnet.services for subnet in plan.subnets if subnet.route_table == table.key]
    for endpoint in endpoints:
        if plan.cloud is not Cloud.AZURE or any(endpoint.service in services for services in served):
            yield Route(TargetKind.ENDPOINT, endpoint.key, service=endpoint.service)


def _ipv6_ranges(plan: VpcPlan) -> list[str]:
    """The IPv6 range of the network; one kept for documentation stands for one that the cloud assigns later."""
    if plan.ipv6 is None:
        return []
    return [plan.ipv6.cidr or f"{_SOME_IPV6}/{plan.ipv6.prefix_length}"]


def _ipv6_blocks(plan: VpcPlan, subnet: SubnetPlan) -> list[Block]:
    # Subnets of Google Cloud that are not public have addresses that no one routes outside.
    inward = plan.cloud is Cloud.GCP and subnet.role is not TierRole.PUBLIC
    if subnet.ipv6_number is None or inward:
        return []
    return [subnet_of(Block.parse(text), subnet.ipv6_number) for text in _ipv6_ranges(plan)]


def promises(plan: VpcPlan) -> tuple[Statement, ...]:
    """What the roles of the tiers say without anyone writing it down."""
    roles = {subnet.tier: subnet.role for subnet in plan.subnets}
    texts = [f"tier:{tier} must not reach internet" for tier, role in roles.items() if role is TierRole.ISOLATED]
    closed = [f"tier:{tier}" for tier, role in roles.items() if role in (TierRole.PRIVATE, TierRole.ISOLATED)]
    if closed:
        texts.append(f"internet must not reach {', '.join(closed)} on tcp/1-65535")
    return tuple(map(parse_statement, texts))


def require_assertions(plan: VpcPlan, assertions: Sequence[str], *, subject: str) -> None:
    """Refuse a plan that breaks what its roles promise, or what is asserted of it.

    Nothing is said of a network that is only referred to.

    Args:
        plan: the network.
        assertions: statements, well formed.
        subject: whose network it is, for the message.

    Raises:
        PlanError: one finding for every way in which one is broken, with the whole path.
    """
    if plan.referenced:
        return
    graph = planned_graph(plan)
    require_statements(graph, promises(plan), subject=subject, path="roles")
    require_statements(graph, [parse_statement(text) for text in assertions], subject=subject, path="assertions")
