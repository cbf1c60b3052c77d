"""Tunnels between two gateways: which interface meets which, with which addresses and ASNs. Pure.

A tunnel is planned once, for both of its ends; each side takes its own view of it. Where its addresses lie depends only
on its own place in the link, so another tunnel or link never moves it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.links.inside import ends_of, tunnel_ranges

INTERFACES: Final = 2
"""Public addresses of a gateway that we make on Azure (active-active) and on GCP (HA VPN); AWS has two a connection."""

_TAKES_LOWER: Final = (Cloud.AWS, None, Cloud.GCP, Cloud.AZURE)
"""Who has the lower address of a tunnel: AWS always (see ``ends_of``), a device of a site before GCP and Azure."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a tunnel.

    Attributes:
        cloud: of the gateway; None is a device of a site.
        asn: of the gateway.
        interface: which of the gateway's public addresses, from 0: 0 to 3 on AWS (two for each connection), 0 and 1 on
            Azure and GCP; for a site which of its devices.
        address: inside the tunnel; the address of its BGP speaker.
    """

    cloud: Cloud | None
    asn: int
    interface: int
    address: str

    @property
    def connection(self) -> int:
        """Which VPN connection it belongs to on AWS, from 0."""
        return self.interface // 2

    @property
    def tunnel(self) -> int:
        """Which tunnel of that connection it is, 1 or 2, in the words of AWS."""
        return self.interface % 2 + 1


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel, as one of its sides sees it.

    Attributes:
        key: the same on both sides, unique in the link.
        near: our end.
        far: the other end.
        inside: its range, a /30 of its own.
    """

    key: str
    near: End
    far: End
    inside: Block

    def mirrored(self) -> "Tunnel":
        """The same tunnel as the other side sees it."""
        return Tunnel(self.key, self.far, self.near, self.inside)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A gateway that tunnels end at.

    Attributes:
        cloud: where it is; None is a site.
        asn: its number.
    """

    cloud: Cloud | None
    asn: int


def _tunnel(
    link: Block, place: tuple[int, int], near: Speaker, near_interface: int, far: Speaker, far_interface: int
) -> Tunnel:
    major, minor = place
    inside = tunnel_ranges(link)[2 * major + minor]
    lower, upper = ends_of(inside)
    near_is_lower = _TAKES_LOWER.index(near.cloud) < _TAKES_LOWER.index(far.cloud)
    return Tunnel(
        key=f"{major}-{minor}",
        near=End(near.cloud, near.asn, near_interface, lower if near_is_lower else upper),
        far=End(far.cloud, far.asn, far_interface, upper if near_is_lower else lower),
        inside=inside,
    )


def between_clouds(near: Speaker, far: Speaker, link: Block) -> tuple[Tunnel, ...]:
    """The tunnels between the gateways of two clouds, highly available.

    AWS has two connections of two tunnels, one connection for each interface of the other side; Azure and GCP have one
    tunnel for each pair of interfaces.

    Sources: https://cloud.google.com/network-connectivity/docs/vpn/concepts/topologies,
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp,
    https://cloud.google.com/network-connectivity/docs/vpn/tutorials/create-ha-vpn-connections-google-cloud-azure.

    Args:
        near: one side.
        far: the other; another cloud.
        link: range of the link, a /28.

    Returns:
        Four tunnels where one side is AWS, else two; the mirror of what the other side gets.
    """
    if far.cloud is Cloud.AWS:
        return tuple(tunnel.mirrored() for tunnel in between_clouds(far, near, link))
    if near.cloud is Cloud.AWS:
        return tuple(
            _tunnel(link, (major, minor), near, 2 * major + minor, far, major)
            for major in range(INTERFACES)
            for minor in range(2)
        )
    return tuple(_tunnel(link, (number, number), near, number, far, number) for number in range(INTERFACES))


def to_site(near: Speaker, asn: int, devices: int, link: Block) -> tuple[Tunnel, ...]:
    """The tunnels from our gateway to the devices of a site.

    On AWS a connection of two tunnels for each device; on Azure a connection for each device, to which both instances
    of the gateway open a tunnel; on GCP two tunnels, both to the only device, or one to each of two. A device has one
    BGP address for both tunnels of an Azure connection, the lower one of the first.

    Sources: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html,
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-highlyavailable,
    https://cloud.google.com/network-connectivity/docs/vpn/concepts/topologies.

    Args:
        near: our gateway.
        asn: of the site.
        devices: how many it has, 1 or 2.
        link: range of the link, a /28.

    Returns:
        Two tunnels, or four for two devices on AWS and Azure.
    """
    site = Speaker(None, asn)
    if near.cloud is Cloud.GCP and devices == INTERFACES:
        places: Iterable[tuple[int, int]] = [(number, number) for number in range(INTERFACES)]
    else:
        places = [(device, number) for device in range(devices) for number in range(2)]
    tunnels = []
    for device, number in places:
        interface = 2 * device + number if near.cloud is Cloud.AWS else number
        tunnel = _tunnel(link, (device, number), near, interface, site, device)
        if near.cloud is Cloud.AZURE:
            address, _ = ends_of(tunnel_ranges(link)[2 * device])
            tunnel = Tunnel(tunnel.key, tunnel.near, End(None, asn, device, address), tunnel.inside)
        tunnels.append(tunnel)
    return tuple(tunnels)
