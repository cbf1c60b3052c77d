"""The two sides of a VPN between clouds: each has a gateway, public addresses, and connects to the other's."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pulumi

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS
from platform_lib.components.vpc.cross_cloud.args import (
    AwsVpnSideArgs,
    AzureVpnSideArgs,
    CrossCloudVpnArgs,
    GcpVpnSideArgs,
)
from platform_lib.components.vpc.links.cross_cloud import CrossCloudPlan
from platform_lib.components.vpc.links.gateway import AzureGatewaySize
from platform_lib.components.vpc.making import Maker


class Side(Protocol):
    """One side.

    Attributes:
        has_addresses: whether its public addresses are known before it is connected.
        addresses: its public addresses by interface.
        keys: pre-shared keys that it made, by tunnel.
        gateway_id: its gateway.
    """

    has_addresses: bool
    addresses: Sequence[pulumi.Input[str]]
    keys: Mapping[str, pulumi.Input[str]]
    gateway_id: pulumi.Input[str]

    def connect(self, peers: Sequence[pulumi.Input[str]], keys: Mapping[str, pulumi.Input[str]]) -> None:
        """Make the tunnels to the public addresses of the other side."""
        ...


def side_of(cloud: Cloud, args: CrossCloudVpnArgs, plan: CrossCloudPlan, make: Maker, tags: Mapping[str, Any]) -> Side:
    """The side on a cloud, with its gateway made; the SDKs of the other clouds are not loaded."""
    if args.aws is not None and cloud is Cloud.AWS:
        return AwsSide(args.aws, plan, make, tags)
    if args.azure is not None and cloud is Cloud.AZURE:
        return AzureSide(args.azure, plan, make, tags)
    if args.gcp is not None and cloud is Cloud.GCP:
        return GcpSide(args.gcp, plan, make, tags)
    raise AssertionError(cloud)


class AwsSide:
    """The side on AWS."""

    has_addresses = False

    def __init__(self, args: AwsVpnSideArgs, plan: CrossCloudPlan, make: Maker, tags: Mapping[str, Any]) -> None:
        from platform_lib.components.vpc.aws.vpn import AwsEnd, AwsVpn

        self._tunnels = plan.seen_from(Cloud.AWS)
        self._args = args
        self._make = make
        self._vpn = AwsVpn(make, lambda logical: {**tags, "Name": logical})
        self.addresses: Sequence[pulumi.Input[str]] = ()
        self.keys: Mapping[str, pulumi.Input[str]] = {}
        tables = args.route_table_ids or {}
        if args.transit_gateway_id is not None:
            self.gateway_id: pulumi.Input[str] = args.transit_gateway_id
            self._end = AwsEnd(transit_gateway_id=args.transit_gateway_id)
        elif args.vpn_gateway_id is not None:
            self.gateway_id = args.vpn_gateway_id
            self._end = AwsEnd(vpn_gateway_id=args.vpn_gateway_id)
            self._vpn.propagate(args.vpn_gateway_id, tables)
        else:
            assert args.vpc_id is not None  # noqa: S101 - the arguments have one of the three
            self.gateway_id = self._vpn.gateway(plan.side(Cloud.AWS).asn, args.vpc_id, tables).id
            self._end = AwsEnd(vpn_gateway_id=self.gateway_id)

    def connect(self, peers: Sequence[pulumi.Input[str]], keys: Mapping[str, pulumi.Input[str]]) -> None:
        """Make the connections; only now are there addresses, and keys where none were given."""
        from platform_lib.components.vpc.aws.transit import TransitTables  # loads the SDK
        from platform_lib.components.vpc.aws.vpn import keys_of, outside_addresses

        connections = self._vpn.connections("", self._end, self._tunnels, peers, keys)
        self.addresses = outside_addresses(connections)
        self.keys = keys_of(self._tunnels, connections)
        if self._args.transit_gateway_id is not None:
            tables = TransitTables(self._args.transit_route_table_id, self._args.propagate_to or {})
            for number, connection in enumerate(connections):
                tables.attach(self._make, f"vpn-{number}", connection.transit_gateway_attachment_id)


class AzureSide:
    """The side on Azure."""

    has_addresses = True

    def __init__(self, args: AzureVpnSideArgs, plan: CrossCloudPlan, make: Maker, tags: Mapping[str, Any]) -> None:
        from platform_lib.components.vpc.azure.network import part_of  # loads the SDK
        from platform_lib.components.vpc.azure.vpn import (
            AzureGateway,
            AzureVpn,
            configuration_id,
        )

        self.keys: Mapping[str, pulumi.Input[str]] = {}
        self._tunnels = plan.seen_from(Cloud.AZURE)
        given = args.gateway_id if args.gateway_subnet_id is None else args.gateway_subnet_id
        group = args.resource_group_name
        if group is None:
            group = part_of("" if given is None else given, "resourceGroups")
        self._vpn = AzureVpn(make, group, tags, AZURE_REGIONS[args.region])
        if args.gateway_subnet_id is not None:
            size = args.gateway_size or AzureGatewaySize.VPN_GW2_AZ
            asn = plan.side(Cloud.AZURE).asn
            self._gateway = self._vpn.gateway(asn, args.gateway_subnet_id, size.value, self._tunnels)
        else:
            assert args.gateway_id is not None  # noqa: S101 - the arguments have one of the two
            addresses = pulumi.Output.from_input(args.gateway_addresses or [])
            self._gateway = AzureGateway(
                pulumi.Output.from_input(args.gateway_id),
                [addresses[0], addresses[1]],
                [configuration_id(args.gateway_id, 0), configuration_id(args.gateway_id, 1)],
            )
        self.addresses: Sequence[pulumi.Input[str]] = self._gateway.addresses
        self.gateway_id: pulumi.Input[str] = self._gateway.id

    def connect(self, peers: Sequence[pulumi.Input[str]], keys: Mapping[str, pulumi.Input[str]]) -> None:
        """Make a connection to every address of the other side."""
        self._vpn.connections("", self._gateway, self._tunnels, peers, keys)


class GcpSide:
    """The side on Google Cloud."""

    has_addresses = True

    def __init__(self, args: GcpVpnSideArgs, plan: CrossCloudPlan, make: Maker, tags: Mapping[str, Any]) -> None:
        from platform_lib.components.vpc.gcp.vpn import GcpVpn

        self.keys: Mapping[str, pulumi.Input[str]] = {}
        self._tunnels = plan.seen_from(Cloud.GCP)
        self._vpn = GcpVpn(make, args.project, tags)
        side = plan.side(Cloud.GCP)
        self._gateway = self._vpn.gateway(side.asn, args.network_id, side.ranges)
        self.addresses: Sequence[pulumi.Input[str]] = self._gateway.addresses
        self.gateway_id: pulumi.Input[str] = self._gateway.id

    def connect(self, peers: Sequence[pulumi.Input[str]], keys: Mapping[str, pulumi.Input[str]]) -> None:
        """Make the tunnels and their BGP sessions."""
        self._vpn.tunnels("", self._gateway, self._tunnels, peers, keys)
