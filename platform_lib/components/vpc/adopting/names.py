"""Which children of a network can be taken over from an existing one, by their names without the component's. Pure.

What stands beside a network (records of its traffic, resolvers, hubs, links) is made anew: some of those have children
of the same name, and none is worth the risk.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.account import AzureNetworkArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.planning.model import EGRESS_ONLY, HUB, VpcPlan

NETWORK: Final[Mapping[Cloud, str]] = {Cloud.AWS: "vpc", Cloud.AZURE: "network", Cloud.GCP: "network"}
"""The network itself."""


_KEPT: Final[Mapping[Cloud, Mapping[str, tuple[str, ...]]]] = {
    Cloud.AWS: {"endpoints": ("description",)},
    Cloud.AZURE: {"nat": ("sku", "zones")},
    Cloud.GCP: {"": ("description",)},
}
"""Inputs of imported children, by cloud and the beginning of their name, that say nothing about the network and would
replace it: they stay as they are in the cloud."""


def kept_inputs(cloud: Cloud, child: str) -> list[str]:
    """What of an imported child is left as it is, for as long as it is among the ids."""
    return [name for beginning, names in _KEPT[cloud].items() if child.startswith(beginning) for name in names]


def importable(plan: VpcPlan, args: VpcArgs) -> tuple[str, ...]:
    """The children that an existing resource may be imported as, in the order in which they are made.

    Args:
        plan: of the network.
        args: settled on its cloud.
    """
    return tuple(_IMPORTABLE[plan.cloud](plan, args))


def referable(plan: VpcPlan) -> tuple[str, ...]:
    """What an existing network that is only referred to has ids of: itself and its subnets, which are required."""
    return (NETWORK[plan.cloud], *(f"subnet-{subnet.key}" for subnet in plan.subnets))


def route_table_names(plan: VpcPlan) -> tuple[str, ...]:
    """What such a network may have ids of: its route tables, where the cloud has such."""
    return () if plan.cloud is Cloud.GCP else tuple(f"route-table-{table.key}" for table in plan.route_tables)


def _aws(plan: VpcPlan, args: VpcArgs) -> Iterator[str]:
    yield from ("vpc", "default-security-group")
    if plan.dhcp_options:
        yield from ("dhcp-options", "dhcp-options-association")
    yield from (f"range-{text.replace('.', '-').replace('/', '-')}" for text in plan.ranges[1:])
    yield from (f"route-table-{table.key}" for table in plan.route_tables)
    for subnet in plan.subnets:
        yield from (f"subnet-{subnet.key}", f"route-table-association-{subnet.key}")
    yield from (f"network-acl-{one.tier}" for one in plan.filters)
    if plan.has_internet_gateway:
        yield "internet-gateway"
    if any(table.ipv6_default == EGRESS_ONLY for table in plan.route_tables):
        yield "egress-only-gateway"
    own = (args.nat or NatArgs()).addresses or {}
    for nat in plan.nats:
        if nat.zone not in own and nat.zone != REGIONAL:
            yield f"nat-address-{nat.zone}"
        yield f"nat-{nat.zone}"
    for table in plan.route_tables:
        if table.default_route not in (None, HUB):
            yield f"default-route-{table.key}"
        if table.ipv6_default is not None:
            yield f"default-route-ipv6-{table.key}"
    yield from (f"endpoint-{endpoint.key}" for endpoint in plan.endpoints)
    if plan.interface_endpoints:
        yield from ("endpoints", "endpoints-https")


def _azure(plan: VpcPlan, args: VpcArgs) -> Iterator[str]:
    if (args.azure or AzureNetworkArgs()).resource_group_name is None:
        yield "resource-group"
    yield "network"
    ours = [subnet for subnet in plan.subnets if not subnet.of_service]
    yield from (f"security-group-{subnet.tier}" for subnet in ours)
    yield from (f"route-table-{subnet.route_table}" for subnet in ours)
    if plan.nats:
        nat = args.nat or NatArgs()
        count = 0 if nat.addresses else nat.address_count or 1
        yield from (f"nat-address-{number}" for number in range(1, count + 1))
        yield "nat"
    yield from (f"subnet-{subnet.key}" for subnet in plan.subnets)
    yield from (f"endpoint-{endpoint.key.lower()}" for endpoint in plan.interface_endpoints)


def _gcp(plan: VpcPlan, args: VpcArgs) -> Iterator[str]:
    yield "network"
    yield from (f"subnet-{subnet.key}" for subnet in plan.subnets)
    if plan.has_internet_gateway:
        yield "default-route"
    if plan.nats:
        nat = args.nat or NatArgs()
        count = 0 if nat.addresses else nat.address_count or 1
        yield from ("router", *(f"nat-address-{number}" for number in range(1, count + 1)), "nat")


_IMPORTABLE: Final[Mapping[Cloud, Callable[[VpcPlan, VpcArgs], Iterator[str]]]] = {
    Cloud.AWS: _aws,
    Cloud.AZURE: _azure,
    Cloud.GCP: _gcp,
}
