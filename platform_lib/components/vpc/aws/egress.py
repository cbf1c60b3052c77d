"""Ways to the internet: the internet gateway, NAT gateways with their addresses, and default routes."""

from collections.abc import Mapping

from pulumi_aws import ec2

from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.planning.model import HUB, INTERNET
from platform_lib.components.vpc.room import Site

ANYWHERE = "0.0.0.0/0"


def make_egress(site: Site, network: AwsNetwork) -> Mapping[str, ec2.Eip]:
    """All ways to the internet; gives the addresses of the NAT gateways by zone."""
    addresses: dict[str, ec2.Eip] = {}
    if not site.plan.has_internet_gateway:
        return addresses
    name = site.name("internet-gateway")
    gateway = ec2.InternetGateway(
        name,
        region=site.region,
        vpc_id=network.vpc.id,
        tags=site.tags_of(name),
        opts=site.options(name, guarded=True),
    )
    nats: dict[str, ec2.NatGateway] = {}
    for nat in site.plan.nats:
        if nat.subnet is None:
            continue
        name = site.name("nat-address", nat.zone)
        addresses[nat.zone] = ec2.Eip(
            name, region=site.region, domain="vpc", tags=site.tags_of(name), opts=site.options(name, guarded=True)
        )
        name = site.name("nat", nat.zone)
        nats[nat.zone] = ec2.NatGateway(
            name,
            region=site.region,
            allocation_id=addresses[nat.zone].id,
            subnet_id=network.subnets[nat.subnet].id,
            tags=site.tags_of(name),
            # which its address needs, and no property says so
            opts=site.options(name, guarded=True, depends_on=[gateway]),
        )
    for table in site.plan.route_tables:
        if table.default_route not in (None, HUB):
            to_internet = table.default_route == INTERNET
            name = site.name("default-route", table.key)
            ec2.Route(
                name,
                region=site.region,
                route_table_id=network.route_tables[table.key].id,
                destination_cidr_block=ANYWHERE,
                gateway_id=gateway.id if to_internet else None,
                nat_gateway_id=None if to_internet else nats[table.default_route].id,
                opts=site.options(name),
            )
    return addresses
