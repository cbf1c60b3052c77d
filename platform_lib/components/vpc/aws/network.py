"""The VPC, its route tables and its subnets."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from platform_lib.components.vpc.arguments.dns import DnsArgs
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
    """The VPC with its default security group emptied and what DHCP hands out, route tables, and subnets."""
    vpc = _make_vpc(site)
    tables = _make_route_tables(site, vpc)
    return AwsNetwork(vpc, tables, _make_subnets(site, vpc, tables))


def _make_vpc(site: Site) -> ec2.Vpc:
    name = site.name("vpc")
    vpc = ec2.Vpc(
        name,
        region=site.region,
        cidr_block=site.plan.cidr,
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


def _make_subnets(site: Site, vpc: ec2.Vpc, tables: Mapping[str, ec2.RouteTable]) -> dict[str, ec2.Subnet]:
    subnets = {}
    more_tags = {tier.name: tier.aws.tags or {} for tier in site.args.tiers or () if tier.aws is not None}
    for subnet in site.plan.subnets:
        name = site.name("subnet", subnet.key)
        tags = {**more_tags.get(subnet.tier, {}), "tier": subnet.tier, "role": subnet.role.value}
        subnets[subnet.key] = ec2.Subnet(
            name,
            region=site.region,
            vpc_id=vpc.id,
            availability_zone_id=subnet.zone,
            cidr_block=subnet.cidr,
            map_public_ip_on_launch=False,
            tags=site.tags_of(name, **tags),
            opts=site.options(name, guarded=True),
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
