"""HA VPN on Google Cloud: gateway, router, the gateway of the other side, tunnels and their BGP sessions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_gcp import compute

from platform_lib.components.vpc.links.inside import TUNNEL_PREFIX
from platform_lib.components.vpc.links.proposal import IKE_VERSION
from platform_lib.components.vpc.links.tunnel import INTERFACES, Tunnel
from platform_lib.components.vpc.making import Maker

REDUNDANCY: Final[Mapping[int, str]] = {
    1: "SINGLE_IP_INTERNALLY_REDUNDANT",
    2: "TWO_IPS_REDUNDANCY",
    4: "FOUR_IPS_REDUNDANCY",
}
"""How a gateway of another side with so many addresses is called
(https://cloud.google.com/compute/docs/reference/rest/v1/externalVpnGateways)."""


@dataclass(frozen=True, slots=True)
class GcpGateway:
    """A gateway that tunnels start from.

    Attributes:
        id: of the HA VPN gateway.
        router: name of the router that speaks BGP.
        addresses: its public addresses by interface.
    """

    id: pulumi.Input[str]
    router: pulumi.Input[str]
    addresses: Sequence[pulumi.Output[str]]


@dataclass(frozen=True, slots=True)
class GcpVpn:
    """Makes the resources of VPNs for a component.

    Attributes:
        make: with what they are made.
        project: of everything; None is that of the provider.
        labels: of every child that has some.
    """

    make: Maker
    project: pulumi.Input[str] | None
    labels: Mapping[str, Any]

    def gateway(self, asn: int, network_id: pulumi.Input[str], announced: Iterable[str]) -> GcpGateway:
        """An HA VPN gateway with a router of its own.

        Args:
            asn: of the router.
            network_id: id of the network.
            announced: ranges that the router tells the other side; no others.
        """
        name = self.make.name("vpn-router")
        router = compute.Router(
            name,
            project=self.project,
            region=self.make.region,
            network=network_id,
            bgp=compute.RouterBgpArgs(
                asn=asn,
                advertise_mode="CUSTOM",
                advertised_ip_ranges=[compute.RouterBgpAdvertisedIpRangeArgs(range=text) for text in announced],
            ),
            opts=self.make.options(name, guarded=True),
        )
        name = self.make.name("vpn-gateway")
        gateway = compute.HaVpnGateway(
            name,
            project=self.project,
            region=self.make.region,
            network=network_id,
            labels=self.labels,
            opts=self.make.options(name, guarded=True),
        )
        addresses = [
            gateway.vpn_interfaces[number].ip_address.apply(lambda text: text or "") for number in range(INTERFACES)
        ]
        return GcpGateway(gateway.id, router.name, addresses)

    def tunnels(
        self,
        link: str,
        gateway: GcpGateway,
        tunnels: Iterable[Tunnel],
        peers: Sequence[pulumi.Input[str]],
        keys: Mapping[str, pulumi.Input[str]],
    ) -> None:
        """The tunnels to another side, each with its BGP session.

        Args:
            link: name of the link, for logical names; empty where the component has one link only.
            gateway: where they start.
            tunnels: as seen from Google Cloud.
            peers: public addresses of the other side, by interface: 1, 2 or 4.
            keys: pre-shared keys by key of the tunnel.
        """
        name = self.make.name("external-gateway", link)
        external = compute.ExternalVpnGateway(
            name,
            project=self.project,
            redundancy_type=REDUNDANCY[len(peers)],
            interfaces=[
                compute.ExternalVpnGatewayInterfaceArgs(id=number, ip_address=address)
                for number, address in enumerate(peers)
            ],
            labels=self.labels,
            opts=self.make.options(name),
        )
        for tunnel in tunnels:
            self._tunnel(f"{link}-{tunnel.key}" if link else tunnel.key, gateway, external, tunnel, keys[tunnel.key])

    def _tunnel(
        self,
        key: str,
        gateway: GcpGateway,
        external: compute.ExternalVpnGateway,
        tunnel: Tunnel,
        secret: pulumi.Input[str],
    ) -> None:
        name = self.make.name("tunnel", key)
        made = compute.VPNTunnel(
            name,
            project=self.project,
            region=self.make.region,
            vpn_gateway=gateway.id,
            vpn_gateway_interface=tunnel.near.interface,
            peer_external_gateway=external.id,
            peer_external_gateway_interface=tunnel.far.interface,
            router=gateway.router,
            ike_version=IKE_VERSION,
            shared_secret=pulumi.Output.secret(secret),
            labels=self.labels,
            opts=self.make.options(name),
        )
        name = self.make.name("tunnel-interface", key)
        interface = compute.RouterInterface(
            name,
            project=self.project,
            region=self.make.region,
            router=gateway.router,
            ip_range=f"{tunnel.near.address}/{TUNNEL_PREFIX}",
            vpn_tunnel=made.name,
            opts=self.make.options(name),
        )
        name = self.make.name("tunnel-peer", key)
        compute.RouterPeer(
            name,
            project=self.project,
            region=self.make.region,
            router=gateway.router,
            interface=interface.name,
            ip_address=tunnel.near.address,
            peer_ip_address=tunnel.far.address,
            peer_asn=tunnel.far.asn,
            opts=self.make.options(name),
        )
