"""VPNs on AWS: the gateway of a VPC, the gateways of the other side, and a connection of two tunnels to each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import ec2

from platform_lib.components.vpc.links.proposal import (
    AWS_ENCRYPTION,
    AWS_INTEGRITY,
    DH_GROUP,
    IKE_VERSION,
    LIFETIME_SECONDS,
)
from platform_lib.components.vpc.links.tunnel import Tunnel
from platform_lib.components.vpc.making import Maker

_LARGEST_SHORT_ASN: Final = 2147483647
"""Larger ASNs of the other side have an argument of their own
(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html)."""

_PHASES: Final[Mapping[str, Any]] = {
    "ike_versions": [f"ikev{IKE_VERSION}"],
    "phase1_dh_group_numbers": [DH_GROUP],
    "phase1_encryption_algorithms": list(AWS_ENCRYPTION),
    "phase1_integrity_algorithms": list(AWS_INTEGRITY),
    "phase2_dh_group_numbers": [DH_GROUP],
    "phase2_encryption_algorithms": list(AWS_ENCRYPTION),
    "phase2_integrity_algorithms": list(AWS_INTEGRITY),
    "phase2_lifetime_seconds": LIFETIME_SECONDS,
    # Azure does not open sessions from addresses inside tunnels, and GCP takes either; so that AWS begins.
    "startup_action": "start",
}
"""What is said of both tunnels of every connection."""


@dataclass(frozen=True, slots=True)
class AwsEnd:
    """Where connections end on AWS: one of the two.

    Attributes:
        vpn_gateway_id: a virtual private gateway.
        transit_gateway_id: a transit gateway.
    """

    vpn_gateway_id: pulumi.Input[str] | None = None
    transit_gateway_id: pulumi.Input[str] | None = None


@dataclass(frozen=True, slots=True)
class AwsVpn:
    """Makes the resources of VPNs for a component.

    Attributes:
        make: with what they are made.
        tags: the tags of a child by its logical name.
    """

    make: Maker
    tags: Callable[[str], Mapping[str, Any]]

    def gateway(
        self, asn: int, vpc_id: pulumi.Input[str], route_tables: Mapping[str, pulumi.Input[str]]
    ) -> ec2.VpnGateway:
        """A gateway of the VPC, whose routes the tables learn."""
        name = self.make.name("vpn-gateway")
        gateway = ec2.VpnGateway(
            name,
            region=self.make.region,
            vpc_id=vpc_id,
            amazon_side_asn=str(asn),
            tags=self.tags(name),
            opts=self.make.options(name, guarded=True),
        )
        self.propagate(gateway.id, route_tables)
        return gateway

    def propagate(self, gateway_id: pulumi.Input[str], route_tables: Mapping[str, pulumi.Input[str]]) -> None:
        """Let route tables learn the routes of a virtual private gateway."""
        for key, table_id in route_tables.items():
            name = self.make.name("route-propagation", key)
            ec2.VpnGatewayRoutePropagation(
                name,
                region=self.make.region,
                vpn_gateway_id=gateway_id,
                route_table_id=table_id,
                opts=self.make.options(name),
            )

    def connections(
        self,
        link: str,
        end: AwsEnd,
        tunnels: Iterable[Tunnel],
        peers: Sequence[pulumi.Input[str]],
        keys: Mapping[str, pulumi.Input[str]],
    ) -> list[ec2.VpnConnection]:
        """A connection to every device or interface of the other side.

        Args:
            link: name of the link, for logical names; empty where the component has one link only.
            end: where they end on AWS.
            tunnels: as seen from AWS.
            peers: public addresses of the other side, in order of the connections.
            keys: pre-shared keys by key of the tunnel; AWS makes those that are left out.

        Returns:
            The connections, in the order of ``peers``.
        """
        by_connection: dict[int, list[Tunnel]] = {}
        for tunnel in tunnels:
            by_connection.setdefault(tunnel.near.connection, []).append(tunnel)
        return [
            self._connection(f"{link}-{number}" if link else str(number), end, pair, peers[number], keys)
            for number, pair in sorted(by_connection.items())
        ]

    def _connection(
        self,
        key: str,
        end: AwsEnd,
        tunnels: Sequence[Tunnel],
        peer: pulumi.Input[str],
        keys: Mapping[str, pulumi.Input[str]],
    ) -> ec2.VpnConnection:
        asn = tunnels[0].far.asn
        name = self.make.name("customer-gateway", key)
        customer = ec2.CustomerGateway(
            name,
            region=self.make.region,
            type="ipsec.1",
            ip_address=peer,
            bgp_asn=str(asn) if asn <= _LARGEST_SHORT_ASN else None,
            bgp_asn_extended=str(asn) if asn > _LARGEST_SHORT_ASN else None,
            tags=self.tags(name),
            opts=self.make.options(name),
        )
        options: dict[str, Any] = {}
        for tunnel in tunnels:
            prefix = f"tunnel{tunnel.near.tunnel}"
            options |= {f"{prefix}_{field}": value for field, value in _PHASES.items()}
            options[f"{prefix}_inside_cidr"] = str(tunnel.inside)
            if tunnel.key in keys:
                options[f"{prefix}_preshared_key"] = pulumi.Output.secret(keys[tunnel.key])
        name = self.make.name("vpn", key)
        return ec2.VpnConnection(
            name,
            region=self.make.region,
            type="ipsec.1",
            customer_gateway_id=customer.id,
            vpn_gateway_id=end.vpn_gateway_id,
            transit_gateway_id=end.transit_gateway_id,
            static_routes_only=False,
            tags=self.tags(name),
            opts=self.make.options(name, guarded=True),
            **options,
        )


def outside_addresses(connections: Sequence[ec2.VpnConnection]) -> list[pulumi.Output[str]]:
    """Public addresses of AWS by interface: two for each connection."""
    return [address for one in connections for address in (one.tunnel1_address, one.tunnel2_address)]


def keys_of(tunnels: Iterable[Tunnel], connections: Sequence[ec2.VpnConnection]) -> dict[str, pulumi.Output[str]]:
    """The pre-shared keys of the tunnels as AWS has them, by key of the tunnel; secret."""
    return {
        tunnel.key: pulumi.Output.secret(
            getattr(connections[tunnel.near.connection], f"tunnel{tunnel.near.tunnel}_preshared_key")
        )
        for tunnel in tunnels
    }
