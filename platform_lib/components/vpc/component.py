"""``VpcComponent``: from arguments to a plan, and from the plan to the resources of its cloud."""

from collections.abc import Mapping
from typing import Any

import pulumi

from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.capability.report import CapabilityRow
from platform_lib.components.vpc.plan import TAG_RULES, plan_vpc, settled
from platform_lib.components.vpc.planned_graph import require_assertions
from platform_lib.components.vpc.planning import beyond_report
from platform_lib.components.vpc.refs import NetworkReference, SubnetReference
from platform_lib.components.vpc.room import Site
from platform_lib.components.vpc.rooms import builder_of, require_made
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import tags


class VpcComponent(PlatformComponent):
    """A network: subnets in tiers over zones, with egress, endpoints and flow logs.

    Creates, on AWS, a VPC with its default security group emptied; for every tier one subnet a zone with its route
    table; an internet gateway if there is a public tier; NAT gateways with their own addresses as asked; gateway
    endpoints for S3 and DynamoDB; interface endpoints with a security group as asked; flow logs of all traffic into an
    encrypted log group or a given bucket. On Azure, in a resource group, a virtual network; for every tier a subnet
    with its security group and route table; a NAT gateway; private endpoints with their zones; flow logs into a storage
    account. On Google Cloud a network with a subnetwork for every tier, a firewall policy, Cloud NAT, private access to
    Google's services, flow logs into a log bucket.

    With ``hub`` it is attached to a hub, or makes one: a transit gateway, a Virtual WAN hub, a Network Connectivity
    Center hub, a Cloud WAN attachment, peering. With ``hybrid`` it has VPNs to other sites, dedicated lines, and the
    gateway that VPNs to other clouds end at (see ``CrossCloudVpn``).

    One set of arguments serves three clouds. What the cloud cannot give is refused with the reason and the way out, or
    left out with a warning where ``on_gap`` is ``warn``; the output ``capability`` tells all that was asked and given.
    With ``adopt`` it takes over a network that exists, or only refers to one and makes nothing.

    What the roles of the tiers promise, and every one of ``assertions``, is proved against the routes, gateways,
    endpoints and security groups of the plan before anything is registered.

    Instances get no public address on launch in any tier; a load balancer or NAT gateway in a public tier has its own.
    The VPC, its subnets, all gateways and their addresses, hubs, attachments, VPN connections and lines are guarded: in
    every environment a preview fails where one would be replaced or deleted, while ``guard`` is on. The log
    group and its key are stateful: they are protected unless the environment is ``dev``. With a ``ledger`` no address
    ever moves; without one none moves while ``cidr``, ``zone_room`` and the order and sizes of the tiers stay (see
    ``zone_room``).

    Limits: AWS keeps 5 addresses of every subnet, and ranges are /16 to /28
    (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html); by default an account has 5 VPCs a region,
    200 subnets a VPC, 5 NAT gateways a zone and 5 elastic addresses a region
    (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).

    Physical names are automatic, and on AWS the ``Name`` tag is the logical name, save where a service gives the name
    (``GatewaySubnet``, the groups of a hub on Google Cloud) and for the VPN gateway on Azure, which has its logical
    name, since its settings refer to its own id.
    """

    vpc_id: pulumi.Output[str]
    """Id of the network: of the VPC, the VNet, or the GCP network."""

    vpc_arn: pulumi.Output[str]
    """ARN of the VPC, empty for one that is only referred to; on Azure its resource id, on GCP its self link."""

    cidr: pulumi.Output[str]
    """IPv4 range of the network, the first one where it has several."""

    ipv6_cidr: pulumi.Output[str]
    """IPv6 range of the network; empty without IPv6."""

    zones: pulumi.Output[list[str]]
    """Zone ids of the subnets; empty where subnets span the region."""

    subnet_ids: pulumi.Output[dict[str, list[str]]]
    """Ids of the subnets by tier, in the order of ``zones``, of which a tier may have some only."""

    route_table_ids: pulumi.Output[dict[str, str]]
    """Ids of the route tables by tier, and by tier and zone for private tiers."""

    nat_public_ips: pulumi.Output[dict[str, str]]
    """Public address of the NAT gateway by zone, for allow lists of others; by name where it stands in no zone."""

    endpoint_ids: pulumi.Output[dict[str, str]]
    """Ids of the endpoints by service; interface endpoints begin with ``interface-``."""

    flow_log_destination_arn: pulumi.Output[str]
    """ARN of the log group or bucket that flow logs go to, on other clouds its id; empty where they are off."""

    private_zone_ids: pulumi.Output[dict[str, str]]
    """Ids of the private zones by domain."""

    resolver_addresses: pulumi.Output[list[str]]
    """Addresses at which others may ask the network's resolver."""

    hub_id: pulumi.Output[str]
    """Id of the hub; empty without one."""

    hub_attachment_id: pulumi.Output[str]
    """Id of what attaches the network to its hub; empty without one."""

    hub_route_table_ids: pulumi.Output[dict[str, str]]
    """Ids of the route tables of a hub of the network's own, by segment."""

    vpn_gateway_id: pulumi.Output[str]
    """Id of the gateway that the network's VPNs end at; empty without one."""

    vpn_addresses: pulumi.Output[dict[str, list[str]]]
    """Public addresses of this side of each VPN, by its name; on Azure and Google Cloud those of the gateway, which all
    VPNs share, as ``gateway``."""

    pairing_keys: pulumi.Output[dict[str, str]]
    """Keys to give to the partner of a line on Google Cloud, by attachment."""

    capability: pulumi.Output[list[CapabilityRow]]
    """What was asked, what this cloud gives, and what it cannot and why."""

    def __init__(self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = VpcArgs.parse(subject, args)
            plan, args = plan_vpc(name, args, subject=subject), settled(args, subject=subject)
            require_assertions(plan, args.assertions or (), subject=subject)
            require_made(plan, args, subject=subject)
            merged = tags(args.context, args.tags, rules=TAG_RULES[plan.cloud], subject=subject)
            build = builder_of(plan)
        super().__init__(name, args.context, opts)
        for warning in plan.warnings:
            pulumi.log.warn(warning, self)
        # A caller's explicit word wins, as it does over the protection of stateful children.
        guarded = args.guard is not False if opts is None or opts.protect is None else opts.protect
        self._plan = plan
        self._built = build(Site(self, plan, args, merged, guarded))
        self.finish(
            self._outputs(),
            cost_drivers=[*self._built.cost_drivers, *beyond_report.cost_drivers(plan)],
            evidence=[*self._built.evidence, *beyond_report.evidence(plan)],
        )

    @property
    def reference(self) -> NetworkReference:
        """The network as other components take it."""
        plan, built = self._plan, self._built
        return NetworkReference(
            cloud=plan.cloud,
            region=plan.region,
            cidr=plan.cidr,
            secondary_cidrs=list(plan.ranges[1:]) or None,
            vpc_id=built.network_id,
            hub_id=None if built.hub_id == "" else built.hub_id,
            subnets=[
                SubnetReference(
                    tier=subnet.tier,
                    role=subnet.role,
                    zone=subnet.zone,
                    cidr=subnet.cidr,
                    id=built.subnet_ids[subnet.key],
                )
                for subnet in plan.subnets
            ],
        )

    def _outputs(self) -> Mapping[str, Any]:
        plan, built = self._plan, self._built
        by_tier: dict[str, list[pulumi.Input[str]]] = {}
        for subnet in plan.subnets:
            by_tier.setdefault(subnet.tier, []).append(built.subnet_ids[subnet.key])
        return {
            "vpc_id": built.network_id,
            "vpc_arn": built.network_arn,
            "cidr": plan.cidr,
            "ipv6_cidr": built.ipv6_cidr,
            "zones": list(plan.zones),
            "subnet_ids": by_tier,
            "route_table_ids": dict(built.route_table_ids),
            "nat_public_ips": dict(built.nat_public_ips),
            "endpoint_ids": dict(built.endpoint_ids),
            "flow_log_destination_arn": built.flow_log_destination,
            "private_zone_ids": dict(built.private_zone_ids),
            "resolver_addresses": list(built.resolver_addresses),
            "hub_id": built.hub_id,
            "hub_attachment_id": built.hub_attachment_id,
            "hub_route_table_ids": dict(built.hub_route_table_ids),
            "vpn_gateway_id": built.vpn_gateway_id,
            "pairing_keys": dict(built.pairing_keys),
            "vpn_addresses": {link: list(addresses) for link, addresses in built.vpn_addresses.items()},
            "capability": plan.report.as_rows(),
        }
