"""``VpcComponent``: the resources of a planned network."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, kms
from pulumi_aws import vpc as security_group_rules

from platform_lib.components.vpc import report
from platform_lib.components.vpc.args import DnsArgs, EndpointsArgs, FlowLogDestination, FlowLogsArgs, VpcArgs
from platform_lib.components.vpc.endpoint_policy import default_endpoint_policy
from platform_lib.components.vpc.plan import HTTPS, INTERNET, EndpointPlan, FlowLogPlan, plan_vpc
from platform_lib.components.vpc.planned_graph import require_assertions
from platform_lib.components.vpc.refs import NetworkReference, SubnetReference
from platform_lib.core import aws_policy
from platform_lib.core.aws import partition_of
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import tags

ANYWHERE = "0.0.0.0/0"
KEY_DELETION_DAYS = 30


class VpcComponent(PlatformComponent):
    """A network on AWS: subnets in tiers over zones, with egress, endpoints and flow logs.

    Creates a VPC with its default security group emptied; for every tier one subnet a zone with its route table; an
    internet gateway if there is a public tier; NAT gateways with their own addresses as asked; gateway endpoints for S3
    and DynamoDB; interface endpoints with a security group as asked; flow logs of all traffic into an encrypted log
    group or a given bucket.

    What the roles of the tiers promise, and every one of ``assertions``, is proved against the routes, gateways,
    endpoints and security groups of the plan before anything is registered.

    Instances get no public address on launch in any tier; a load balancer or NAT gateway in a public tier has its own.
    The VPC, its subnets, the internet gateway, the NAT gateways and their addresses are protected in every environment
    while ``guard`` is on, so that a preview fails where one would be replaced or deleted. The log group and its key are
    stateful: they are protected unless the environment is ``dev``. With a ``ledger`` no address ever moves; without one
    none moves while ``cidr``, ``zone_room`` and the order and sizes of the tiers stay (see ``zone_room``).

    Limits: AWS keeps 5 addresses of every subnet, and ranges are /16 to /28
    (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html); by default an account has 5 VPCs a region,
    200 subnets a VPC, 5 NAT gateways a zone and 5 elastic addresses a region
    (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).

    No physical name is set: all are automatic, and the ``Name`` tag is the logical name.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""

    vpc_arn: pulumi.Output[str]
    """ARN of the VPC."""

    cidr: pulumi.Output[str]
    """IPv4 range of the VPC."""

    zones: pulumi.Output[list[str]]
    """Zone ids of the subnets."""

    subnet_ids: pulumi.Output[dict[str, list[str]]]
    """Ids of the subnets by tier, in the order of ``zones``, of which a tier may have some only."""

    route_table_ids: pulumi.Output[dict[str, str]]
    """Ids of the route tables by tier, and by tier and zone for private tiers."""

    nat_public_ips: pulumi.Output[dict[str, str]]
    """Public address of the NAT gateway by zone, for allow lists of others."""

    endpoint_ids: pulumi.Output[dict[str, str]]
    """Ids of the endpoints by service; interface endpoints begin with ``interface-``."""

    flow_log_destination_arn: pulumi.Output[str]
    """ARN of the log group or bucket that flow logs go to; empty where they are off."""

    def __init__(self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = VpcArgs.parse(subject, args)
            plan = plan_vpc(name, args, subject=subject)
            require_assertions(plan, args.assertions or (), subject=subject)
            self._tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        # A caller's explicit word wins, as it does over the protection of stateful children.
        self._guarded = args.guard is not False if opts is None or opts.protect is None else opts.protect
        self._partition = partition_of(plan.region)

        self._make_vpc(args.dns or DnsArgs())
        self._make_route_tables()
        self._make_subnets()
        self._make_egress()
        self._make_endpoints(args.endpoints or EndpointsArgs())
        destination = self._make_flow_log(args.flow_logs or FlowLogsArgs())
        self.finish(self._outputs(destination), cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> NetworkReference:
        """The network as other components take it."""
        plan = self._plan
        return NetworkReference(
            region=plan.region,
            cidr=plan.cidr,
            vpc_id=self._vpc.id,
            subnets=[
                SubnetReference(
                    tier=subnet.tier,
                    role=subnet.role,
                    zone=subnet.zone,
                    cidr=subnet.cidr,
                    id=self._subnets[subnet.key].id,
                )
                for subnet in plan.subnets
            ],
        )

    def _guarded_options(self, **more: Any) -> pulumi.ResourceOptions:
        """Options of what must not be replaced or deleted by accident, in any environment."""
        return self.child_options(protect=True, **more) if self._guarded else self.child_options(**more)

    def _tags_of(self, logical_name: str, **more: str) -> Mapping[str, Any]:
        return {**self._tags, **more, "Name": logical_name}

    def _make_vpc(self, dns: DnsArgs) -> None:
        plan, name = self._plan, self.child_name("vpc")
        self._vpc = ec2.Vpc(
            name,
            region=plan.region,
            cidr_block=plan.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=plan.dns_hostnames,
            tags=self._tags_of(name),
            opts=self._guarded_options(),
        )
        name = self.child_name("default-security-group")
        ec2.DefaultSecurityGroup(
            name,
            region=plan.region,
            vpc_id=self._vpc.id,
            ingress=[],
            egress=[],
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        if plan.dhcp_options:
            self._make_dhcp_options(dns)

    def _make_dhcp_options(self, dns: DnsArgs) -> None:
        name = self.child_name("dhcp-options")
        options = ec2.VpcDhcpOptions(
            name,
            region=self._plan.region,
            domain_name=dns.domain_name,
            domain_name_servers=dns.servers or ["AmazonProvidedDNS"],
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        ec2.VpcDhcpOptionsAssociation(
            self.child_name("dhcp-options-association"),
            region=self._plan.region,
            vpc_id=self._vpc.id,
            dhcp_options_id=options.id,
            opts=self.child_options(),
        )

    def _make_route_tables(self) -> None:
        self._route_tables: dict[str, ec2.RouteTable] = {}
        for table in self._plan.route_tables:
            name = self.child_name("route-table", table.key)
            self._route_tables[table.key] = ec2.RouteTable(
                name,
                region=self._plan.region,
                vpc_id=self._vpc.id,
                tags=self._tags_of(name, tier=table.tier, role=table.role.value),
                opts=self.child_options(),
            )

    def _make_subnets(self) -> None:
        self._subnets: dict[str, ec2.Subnet] = {}
        for subnet in self._plan.subnets:
            name = self.child_name("subnet", subnet.key)
            self._subnets[subnet.key] = ec2.Subnet(
                name,
                region=self._plan.region,
                vpc_id=self._vpc.id,
                availability_zone_id=subnet.zone,
                cidr_block=subnet.cidr,
                map_public_ip_on_launch=False,
                tags=self._tags_of(name, tier=subnet.tier, role=subnet.role.value),
                opts=self._guarded_options(),
            )
            ec2.RouteTableAssociation(
                self.child_name("route-table-association", subnet.key),
                region=self._plan.region,
                subnet_id=self._subnets[subnet.key].id,
                route_table_id=self._route_tables[subnet.route_table].id,
                opts=self.child_options(),
            )

    def _make_egress(self) -> None:
        plan = self._plan
        self._addresses: dict[str, ec2.Eip] = {}
        if not plan.has_internet_gateway:
            return
        name = self.child_name("internet-gateway")
        gateway = ec2.InternetGateway(
            name, region=plan.region, vpc_id=self._vpc.id, tags=self._tags_of(name), opts=self._guarded_options()
        )
        nats: dict[str, ec2.NatGateway] = {}
        for nat in plan.nats:
            name = self.child_name("nat-address", nat.zone)
            self._addresses[nat.zone] = ec2.Eip(
                name, region=plan.region, domain="vpc", tags=self._tags_of(name), opts=self._guarded_options()
            )
            name = self.child_name("nat", nat.zone)
            nats[nat.zone] = ec2.NatGateway(
                name,
                region=plan.region,
                allocation_id=self._addresses[nat.zone].id,
                subnet_id=self._subnets[nat.subnet].id,
                tags=self._tags_of(name),
                opts=self._guarded_options(depends_on=[gateway]),  # which its address needs, and no property says so
            )
        for table in plan.route_tables:
            if table.default_route is not None:
                to_internet = table.default_route == INTERNET
                ec2.Route(
                    self.child_name("default-route", table.key),
                    region=plan.region,
                    route_table_id=self._route_tables[table.key].id,
                    destination_cidr_block=ANYWHERE,
                    gateway_id=gateway.id if to_internet else None,
                    nat_gateway_id=None if to_internet else nats[table.default_route].id,
                    opts=self.child_options(),
                )

    def _make_endpoints(self, asked: EndpointsArgs) -> None:
        self._endpoints: dict[str, ec2.VpcEndpoint] = {}
        policies = asked.policies or {}
        group = self._make_endpoint_group() if self._plan.interface_endpoints else None
        for endpoint in self._plan.endpoints:
            policy = policies.get(endpoint.service)
            if policy is None:
                policy = default_endpoint_policy(
                    endpoint.service, self._partition, self._plan.region, self._vpc.owner_id
                )
            self._endpoints[endpoint.key] = self._make_endpoint(endpoint, policy, group)

    def _make_endpoint(
        self, endpoint: EndpointPlan, policy: pulumi.Input[str] | None, group: ec2.SecurityGroup | None
    ) -> ec2.VpcEndpoint:
        name = self.child_name("endpoint", endpoint.key)
        tables = [table.id for table in self._route_tables.values()]
        return ec2.VpcEndpoint(
            name,
            region=self._plan.region,
            vpc_id=self._vpc.id,
            vpc_endpoint_type="Gateway" if endpoint.is_gateway else "Interface",
            service_name=endpoint.service_name,
            route_table_ids=tables if endpoint.is_gateway else None,
            subnet_ids=None if endpoint.is_gateway else [self._subnets[key].id for key in endpoint.subnets],
            security_group_ids=None if group is None or endpoint.is_gateway else [group.id],
            private_dns_enabled=None if endpoint.is_gateway else True,
            policy=policy,
            tags=self._tags_of(name),
            opts=self.child_options(),
        )

    def _make_endpoint_group(self) -> ec2.SecurityGroup:
        name = self.child_name("endpoints")
        group = ec2.SecurityGroup(
            name,
            region=self._plan.region,
            vpc_id=self._vpc.id,
            description="Interface endpoints: HTTPS from inside the network",
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        name = self.child_name("endpoints-https")
        security_group_rules.SecurityGroupIngressRule(
            name,
            region=self._plan.region,
            security_group_id=group.id,
            description="HTTPS from inside the network",
            cidr_ipv4=self._plan.cidr,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        return group

    def _make_flow_log(self, asked: FlowLogsArgs) -> pulumi.Input[str]:
        plan = self._plan.flow_log
        if plan is None:
            return ""
        role_arn = None
        if plan.destination is FlowLogDestination.CLOUDWATCH:
            group = self._make_log_group(plan, asked)
            destination: pulumi.Input[str] = group.arn
            role_arn = self._make_log_role(group)
        else:
            destination = asked.bucket_arn or ""  # given, or the arguments would not have passed
        name = self.child_name("flow-log")
        ec2.FlowLog(
            name,
            region=self._plan.region,
            vpc_id=self._vpc.id,
            traffic_type="ALL",
            log_destination_type="s3" if role_arn is None else "cloud-watch-logs",
            log_destination=destination,
            iam_role_arn=role_arn,
            max_aggregation_interval=plan.aggregation_seconds,
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        return destination

    def _make_log_group(self, plan: FlowLogPlan, asked: FlowLogsArgs) -> cloudwatch.LogGroup:
        name = self.child_name("flow-logs")
        return cloudwatch.LogGroup(
            name,
            region=self._plan.region,
            kms_key_id=self._make_log_key(name) if plan.own_key else asked.kms_key_arn,
            retention_in_days=plan.retention_days,
            tags=self._tags_of(name),
            opts=self.child_options(stateful=True),
        )

    def _make_log_key(self, log_group: str) -> pulumi.Output[str]:
        region, account_id = self._plan.region, self._vpc.owner_id
        name = self.child_name("flow-logs-key")
        key = kms.Key(
            name,
            region=region,
            description=f"Flow logs of the network {self._plan.name}",
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DELETION_DAYS,
            policy=aws_policy.document(
                [
                    aws_policy.account_administers_key(self._partition, account_id),
                    aws_policy.log_groups_use_key(self._partition, region, account_id, f"{log_group}-*"),
                ]
            ),
            tags=self._tags_of(name),
            opts=self.child_options(stateful=True),
        )
        return key.arn

    def _make_log_role(self, group: cloudwatch.LogGroup) -> pulumi.Output[str]:
        """The role by which flow logs are written, for this account only and into this log group only.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html.
        """
        name = self.child_name("flow-logs-role")
        role = iam.Role(
            name,
            description=f"Writes the flow logs of the network {self._plan.name}",
            assume_role_policy=aws_policy.assumed_by(
                "vpc-flow-logs", {"StringEquals": {"aws:SourceAccount": self._vpc.owner_id}}
            ),
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        name = self.child_name("flow-logs-policy")
        actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
        streams = [group.arn, pulumi.Output.concat(group.arn, ":*")]
        policy = iam.Policy(
            name,
            description=f"Lets flow logs of the network {self._plan.name} be written",
            policy=aws_policy.document([aws_policy.allow("WriteFlowLogs", actions, streams)]),
            tags=self._tags_of(name),
            opts=self.child_options(),
        )
        iam.RolePolicyAttachment(
            self.child_name("flow-logs-policy-attachment"),
            role=role.name,
            policy_arn=policy.arn,
            opts=self.child_options(),
        )
        return role.arn

    def _outputs(self, flow_log_destination: pulumi.Input[str]) -> Mapping[str, Any]:
        plan = self._plan
        by_tier: dict[str, list[pulumi.Output[str]]] = {}
        for subnet in plan.subnets:
            by_tier.setdefault(subnet.tier, []).append(self._subnets[subnet.key].id)
        return {
            "vpc_id": self._vpc.id,
            "vpc_arn": self._vpc.arn,
            "cidr": plan.cidr,
            "zones": list(plan.zones),
            "subnet_ids": by_tier,
            "route_table_ids": {key: table.id for key, table in self._route_tables.items()},
            "nat_public_ips": {zone: address.public_ip for zone, address in self._addresses.items()},
            "endpoint_ids": {key: endpoint.id for key, endpoint in self._endpoints.items()},
            "flow_log_destination_arn": flow_log_destination,
        }
