"""The VPC, its route tables and its subnets."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.ipv6 import subnet_of
from platform_lib.components.vpc.arguments.address import AddressArgs, Ipv6Source
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.planning.model import SubnetPlan
from platform_lib.components.vpc.room import Site


@dataclass(frozen=True)
class AwsNetwork:
    """What everything else stands on; tables and subnets by key of the plan."""

    vpc: ec2.Vpc
    route_tables: Mapping[str, ec2.RouteTable]
    subnets: Mapping[str, ec2.Subnet]

    @property
    def account_id(self) -> pulumi.Output[str]:
        """The account that the VPC belongs to."""
        return self.vpc.owner_id


def make_network(site: Site) -> AwsNetwork:
    """The VPC with its default security group emptied, what DHCP hands out, its ranges, route tables, and subnets."""
    vpc = _make_vpc(site)
    ranges = _make_ranges(site, vpc)
    tables = _make_route_tables(site, vpc)
    return AwsNetwork(vpc, tables, _make_subnets(site, vpc, tables, ranges))


def _make_vpc(site: Site) -> ec2.Vpc:
    name, ipv6 = site.name("vpc"), site.plan.ipv6
    address = site.args.address or AddressArgs()
    own = None if ipv6 is None or ipv6.source is not Ipv6Source.OWN else address.ipv6
    vpc = ec2.Vpc(
        name,
        region=site.region,
        cidr_block=site.plan.cidr,
        ipv4_ipam_pool_id=address.ipam_pool_id,
        assign_generated_ipv6_cidr_block=True if ipv6 is not None and own is None else None,
        ipv6_ipam_pool_id=None if own is None else own.pool_id,
        ipv6_cidr_block=None if own is None else own.cidr,
        ipv6_netmask_length=None if ipv6 is None or own is None or own.cidr is not None else ipv6.prefix_length,
        enable_dns_support=True,
        enable_dns_hostnames=site.plan.dns_hostnames,
        tags=site.tags_of(name),
        opts=site.options(name, guarded=True),
    )
    name = site.name("default-security-group")
    ec2.DefaultSecurityGroup(
        name,
        region=site.region,
        vpc_id=vpc.id,
        ingress=[],
        egress=[],
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    if site.plan.dhcp_options:
        _make_dhcp_options(site, vpc, site.args.dns or DnsArgs())
    return vpc


def _make_dhcp_options(site: Site, vpc: ec2.Vpc, dns: DnsArgs) -> None:
    name = site.name("dhcp-options")
    options = ec2.VpcDhcpOptions(
        name,
        region=site.region,
        domain_name=dns.domain_name,
        domain_name_servers=dns.servers or ["AmazonProvidedDNS"],
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    name = site.name("dhcp-options-association")
    ec2.VpcDhcpOptionsAssociation(
        name, region=site.region, vpc_id=vpc.id, dhcp_options_id=options.id, opts=site.options(name)
    )


def _make_ranges(site: Site, vpc: ec2.Vpc) -> Mapping[str, ec2.VpcIpv4CidrBlockAssociation]:
    """The further ranges of the VPC, by range."""
    ranges = {}
    for text in site.plan.ranges[1:]:
        name = site.name("range", text.replace(".", "-").replace("/", "-"))
        ranges[text] = ec2.VpcIpv4CidrBlockAssociation(
            name,
            region=site.region,
            vpc_id=vpc.id,
            cidr_block=text,
            ipv4_ipam_pool_id=None if site.args.address is None else site.args.address.ipam_pool_id,
            opts=site.options(name, guarded=True),
        )
    return ranges


def _make_route_tables(site: Site, vpc: ec2.Vpc) -> dict[str, ec2.RouteTable]:
    tables = {}
    for table in site.plan.route_tables:
        name = site.name("route-table", table.key)
        tables[table.key] = ec2.RouteTable(
            name,
            region=site.region,
            vpc_id=vpc.id,
            tags=site.tags_of(name, tier=table.tier, role=table.role.value),
            opts=site.options(name),
        )
    return tables


def _make_subnets(
    site: Site,
    vpc: ec2.Vpc,
    tables: Mapping[str, ec2.RouteTable],
    ranges: Mapping[str, ec2.VpcIpv4CidrBlockAssociation],
) -> dict[str, ec2.Subnet]:
    subnets = {}
    more_tags = {tier.name: tier.aws.tags or {} for tier in site.args.tiers or () if tier.aws is not None}
    for subnet in site.plan.subnets:
        name = site.name("subnet", subnet.key)
        block = Block.parse(subnet.cidr)
        needed = [made for text, made in ranges.items() if Block.parse(text).contains(block)]
        tags = {**more_tags.get(subnet.tier, {}), "tier": subnet.tier, "role": subnet.role.value}
        subnets[subnet.key] = ec2.Subnet(
            name,
            region=site.region,
            vpc_id=vpc.id,
            availability_zone_id=subnet.zone,
            cidr_block=subnet.cidr,
            map_public_ip_on_launch=False,
            ipv6_cidr_block=_ipv6_block(vpc, subnet),
            tags=site.tags_of(name, **tags),
            opts=site.options(name, guarded=True, depends_on=needed),
        )
        name = site.name("route-table-association", subnet.key)
        ec2.RouteTableAssociation(
            name,
            region=site.region,
            subnet_id=subnets[subnet.key].id,
            route_table_id=tables[subnet.route_table].id,
            opts=site.options(name),
        )
    return subnets


def _ipv6_block(vpc: ec2.Vpc, subnet: SubnetPlan) -> pulumi.Output[str] | None:
    """The /64 of a subnet in whatever range the VPC has, by its number in the address ledger."""
    number = subnet.ipv6_number
    return None if number is None else vpc.ipv6_cidr_block.apply(lambda text: str(subnet_of(Block.parse(text), number)))
