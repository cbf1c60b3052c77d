"""Private ways to AWS services: gateway and interface endpoints, with the security group of the latter."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2
from pulumi_aws import vpc as security_group_rules

from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.aws.endpoint_policy import default_endpoint_policy
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.planning.model import HTTPS, EndpointPlan
from platform_lib.components.vpc.room import Site
from platform_lib.core.aws import partition_of


def make_endpoints(site: Site, network: AwsNetwork) -> Mapping[str, ec2.VpcEndpoint]:
    """All endpoints, by key of the plan."""
    policies = (site.args.endpoints or EndpointsArgs()).policies or {}
    group = _make_group(site, network) if site.plan.interface_endpoints else None
    made = {}
    for endpoint in site.plan.endpoints:
        policy = policies.get(endpoint.service)
        if policy is None:
            partition = partition_of(site.region)
            policy = default_endpoint_policy(endpoint.service, partition, site.region, network.account_id)
        made[endpoint.key] = _make_endpoint(site, network, endpoint, policy, group)
    return made


def _make_endpoint(
    site: Site,
    network: AwsNetwork,
    endpoint: EndpointPlan,
    policy: pulumi.Input[str] | None,
    group: ec2.SecurityGroup | None,
) -> ec2.VpcEndpoint:
    name = site.name("endpoint", endpoint.key)
    tables = [table.id for table in network.route_tables.values()]
    return ec2.VpcEndpoint(
        name,
        region=site.region,
        vpc_id=network.vpc.id,
        vpc_endpoint_type="Gateway" if endpoint.is_gateway else "Interface",
        service_name=endpoint.service_name,
        route_table_ids=tables if endpoint.is_gateway else None,
        subnet_ids=None if endpoint.is_gateway else [network.subnets[key].id for key in endpoint.subnets],
        security_group_ids=None if group is None or endpoint.is_gateway else [group.id],
        private_dns_enabled=None if endpoint.is_gateway else True,
        policy=policy,
        tags=site.tags_of(name),
        opts=site.options(name),
    )


def _make_group(site: Site, network: AwsNetwork) -> ec2.SecurityGroup:
    name = site.name("endpoints")
    group = ec2.SecurityGroup(
        name,
        region=site.region,
        vpc_id=network.vpc.id,
        description="Interface endpoints: HTTPS from inside the network",
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    name = site.name("endpoints-https")
    security_group_rules.SecurityGroupIngressRule(
        name,
        region=site.region,
        security_group_id=group.id,
        description="HTTPS from inside the network",
        cidr_ipv4=site.plan.cidr,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    return group
