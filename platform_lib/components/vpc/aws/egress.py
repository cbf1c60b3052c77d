"""Ways to the internet: gateways, NAT gateways with their addresses, and default routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2

from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.planning.model import EGRESS_ONLY, HUB, INTERNET, NatPlan
from platform_lib.components.vpc.room import Site

ANYWHERE = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"


@dataclass
class _Ways:
    """What default routes lead to."""

    gateway: ec2.InternetGateway | None = None
    egress_only: ec2.EgressOnlyInternetGateway | None = None
    nats: dict[str, ec2.NatGateway] = field(default_factory=dict)
    addresses: dict[str, pulumi.Output[str]] = field(default_factory=dict)


def make_egress(site: Site, network: AwsNetwork) -> Mapping[str, pulumi.Output[str]]:
    """All ways to the internet; gives the public addresses of the NAT gateways by zone."""
    ways = _Ways()
    if site.plan.has_internet_gateway:
        name = site.name("internet-gateway")
        ways.gateway = ec2.InternetGateway(
            name,
            region=site.region,
            vpc_id=network.vpc.id,
            tags=site.tags_of(name),
            opts=site.options(name, guarded=True),
        )
    if any(table.ipv6_default == EGRESS_ONLY for table in site.plan.route_tables):
        name = site.name("egress-only-gateway")
        ways.egress_only = ec2.EgressOnlyInternetGateway(
            name,
            region=site.region,
            vpc_id=network.vpc.id,
            tags=site.tags_of(name),
            opts=site.options(name, guarded=True),
        )
    for nat in site.plan.nats:
        if nat.subnet is None:
            _make_regional_nat(site, network, ways)
        else:
            _make_zonal_nat(site, network, ways, nat, nat.subnet)
    _make_routes(site, network, ways)
    return ways.addresses


def _own_addresses(site: Site) -> Mapping[str, pulumi.Input[str]]:
    return (site.args.nat or NatArgs()).addresses or {}


def _make_zonal_nat(site: Site, network: AwsNetwork, ways: _Ways, nat: NatPlan, subnet: str) -> None:
    own = _own_addresses(site).get(nat.zone)
    address = None
    if own is None:
        name = site.name("nat-address", nat.zone)
        address = ec2.Eip(
            name, region=site.region, domain="vpc", tags=site.tags_of(name), opts=site.options(name, guarded=True)
        )
    name = site.name("nat", nat.zone)
    made = ec2.NatGateway(
        name,
        region=site.region,
        allocation_id=own if address is None else address.id,
        subnet_id=network.subnets[subnet].id,
        tags=site.tags_of(name),
        # which its address needs, and no property says so
        opts=site.options(name, guarded=True, depends_on=[ways.gateway]),
    )
    ways.nats[nat.zone] = made
    ways.addresses[nat.zone] = made.public_ip if address is None else address.public_ip


def _make_regional_nat(site: Site, network: AwsNetwork, ways: _Ways) -> None:
    """One NAT gateway that stands in no subnet and grows into zones by itself, unless it is given addresses.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    own = _own_addresses(site)
    name = site.name("nat", REGIONAL)
    ways.nats[REGIONAL] = ec2.NatGateway(
        name,
        region=site.region,
        vpc_id=network.vpc.id,
        availability_mode="regional",
        connectivity_type="public",
        availability_zone_addresses=[
            ec2.NatGatewayAvailabilityZoneAddressArgs(availability_zone_id=zone, allocation_ids=[allocation])
            for zone, allocation in own.items()
        ]
        or None,
        tags=site.tags_of(name),
        opts=site.options(name, guarded=True, depends_on=[ways.gateway]),
    )


def _make_routes(site: Site, network: AwsNetwork, ways: _Ways) -> None:
    gateway_id = None if ways.gateway is None else ways.gateway.id
    egress_only_id = None if ways.egress_only is None else ways.egress_only.id
    for table in site.plan.route_tables:
        target = table.default_route
        if target not in (None, HUB):
            to_internet = target == INTERNET
            name = site.name("default-route", table.key)
            ec2.Route(
                name,
                region=site.region,
                route_table_id=network.route_tables[table.key].id,
                destination_cidr_block=ANYWHERE,
                gateway_id=gateway_id if to_internet else None,
                nat_gateway_id=None if to_internet else ways.nats[str(target)].id,
                opts=site.options(name),
            )
        if table.ipv6_default is not None:
            to_internet = table.ipv6_default == INTERNET
            name = site.name("default-route-ipv6", table.key)
            ec2.Route(
                name,
                region=site.region,
                route_table_id=network.route_tables[table.key].id,
                destination_ipv6_cidr_block=ANYWHERE_IPV6,
                gateway_id=gateway_id if to_internet else None,
                egress_only_gateway_id=None if to_internet else egress_only_id,
                opts=site.options(name),
            )
