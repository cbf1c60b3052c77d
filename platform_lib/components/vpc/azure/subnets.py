"""Route tables and subnets, the subnets chained one after another."""

from collections.abc import Iterator, Mapping, Sequence

import pulumi
from pulumi_azure_native import network

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.ipv6 import subnet_of
from platform_lib.components.vpc.azure.egress import AzureEgress
from platform_lib.components.vpc.azure.network import AzureNetwork
from platform_lib.components.vpc.azure.tiers import belongs_to_service, delegations_of, options_of
from platform_lib.components.vpc.planning.model import HUB, INTERNET, RouteTablePlan, SubnetPlan, VpcPlan
from platform_lib.components.vpc.room import Site

ANYWHERE = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"


def make_route_tables(site: Site, made: AzureNetwork) -> Mapping[str, network.RouteTable]:
    """A table for every tier whose subnet is no service's own, by key of the plan."""
    tables = {}
    for table in site.plan.route_tables:
        if belongs_to_service(site.args, table.tier):
            continue
        name = site.name("route-table", table.key)
        tables[table.key] = network.RouteTable(
            name,
            resource_group_name=made.group,
            location=site.region,
            routes=list(_routes(site, table)),
            disable_bgp_route_propagation=_learns_nothing(site.plan, table),
            tags={**site.tags, "tier": table.tier, "role": table.role.value},
            opts=site.options(name),
        )
    return tables


def _learns_nothing(plan: VpcPlan, table: RouteTablePlan) -> bool | None:
    """Whether a table has to keep out what the gateways of network or hub learn; not said where nothing is learnt.

    Source: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#border-gateway-protocol
    """
    if plan.hub is None and plan.hybrid is None:
        return None
    linked = plan.hybrid is not None and table.tier in plan.hybrid.routed_tiers
    return not (linked or table.hub_routes or table.default_route == HUB)


def _routes(site: Site, table: RouteTablePlan) -> Iterator[network.RouteArgs]:
    """Every table says where the internet is.

    Azure has a route to it in every subnet, which only another one undoes, and a gateway may learn one
    (https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview). A NAT gateway takes what leads to
    the internet, so that its tiers have the same route as public ones.
    """
    hop = network.RouteNextHopType
    appliance = site.args.hub.next_hop if site.args.hub is not None else None
    if table.default_route == HUB:
        if appliance is not None:
            yield _route("default", ANYWHERE, hop.VIRTUAL_APPLIANCE, appliance)
    else:
        yield _route("default", ANYWHERE, hop.NONE if table.default_route is None else hop.INTERNET)
    if site.plan.ipv6 is not None:
        yield _route("default-ipv6", ANYWHERE_IPV6, hop.INTERNET if table.ipv6_default == INTERNET else hop.NONE)
    for text in table.hub_routes if appliance is not None else ():
        yield _route(f"hub-{text.replace('/', '-').replace(':', '.')}", text, hop.VIRTUAL_APPLIANCE, appliance)


def _route(
    name: str, destination: str, kind: network.RouteNextHopType, address: pulumi.Input[str] | None = None
) -> network.RouteArgs:
    return network.RouteArgs(name=name, address_prefix=destination, next_hop_type=kind, next_hop_ip_address=address)


def make_subnets(
    site: Site,
    made: AzureNetwork,
    tables: Mapping[str, network.RouteTable],
    groups: Mapping[str, network.NetworkSecurityGroup],
    egress: AzureEgress,
) -> Mapping[str, network.Subnet]:
    """The subnets by key of the plan.

    Each waits for the one before: Azure refuses to change two subnets of a network at once
    (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-another-operation-in-progress).
    """
    subnets: dict[str, network.Subnet] = {}
    through_nat = {table.key for table in site.plan.route_tables if table.default_route not in (None, INTERNET, HUB)}
    for subnet in site.plan.subnets:
        uses_nat = subnet.route_table in through_nat and not subnet.of_service
        subnets[subnet.key] = _make_subnet(
            site,
            made,
            subnet,
            group=groups.get(subnet.tier),
            table=tables.get(subnet.route_table),
            nat=egress.nat if uses_nat else None,
            before=list(subnets.values())[-1:],
        )
    return subnets


def _make_subnet(
    site: Site,
    made: AzureNetwork,
    subnet: SubnetPlan,
    *,
    group: network.NetworkSecurityGroup | None,
    table: network.RouteTable | None,
    nat: network.NatGateway | None,
    before: Sequence[network.Subnet],
) -> network.Subnet:
    name = site.name("subnet", subnet.key)
    options, delegations, ranges = (
        options_of(site.args, subnet.tier),
        delegations_of(site.args, subnet.tier),
        _ranges(site, subnet),
    )
    return network.Subnet(
        name,
        resource_group_name=made.group,
        virtual_network_name=made.vnet.name,
        subnet_name=options.subnet_name,
        address_prefix=ranges[0] if len(ranges) == 1 else None,
        address_prefixes=None if len(ranges) == 1 else ranges,
        # Not for subnets of services, which take care of their own way out
        # (https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access).
        default_outbound_access=None if subnet.of_service or delegations else False,
        network_security_group=None if group is None else network.NetworkSecurityGroupArgs(id=group.id),
        route_table=None if table is None else network.RouteTableArgs(id=table.id),
        nat_gateway=None if nat is None else network.SubResourceArgs(id=nat.id),
        service_endpoints=[network.ServiceEndpointPropertiesFormatArgs(service=one) for one in subnet.services] or None,
        delegations=[network.DelegationArgs(name=one.replace("/", "."), service_name=one) for one in delegations]
        or None,
        private_endpoint_network_policies=None if subnet.of_service else _policies(options.private_endpoint_policies),
        opts=site.options(name, guarded=True, depends_on=before),
    )


def _ranges(site: Site, subnet: SubnetPlan) -> list[str]:
    """Its range, and the one of IPv6 where the network has it."""
    ipv6 = site.plan.ipv6
    if ipv6 is None or ipv6.cidr is None or subnet.ipv6_number is None:
        return [subnet.cidr]
    return [subnet.cidr, str(subnet_of(Block.parse(ipv6.cidr), subnet.ipv6_number))]


def _policies(asked: bool | None) -> network.VirtualNetworkPrivateEndpointNetworkPolicies:
    """Whether rules and routes hold for private endpoints in the subnet."""
    kinds = network.VirtualNetworkPrivateEndpointNetworkPolicies
    return kinds.DISABLED if asked is False else kinds.ENABLED
