"""Links of a network to other sites and other clouds."""

from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.hub import HubKind
from platform_lib.components.vpc.arguments.hybrid import DedicatedLineArgs, HybridArgs, VpnArgs
from platform_lib.components.vpc.arguments.tier import TierArgs
from platform_lib.components.vpc.links.asn import (
    ASN_RULES,
    PARTNER_ASN,
)
from platform_lib.components.vpc.links.cross_cloud import DEFAULT_LINK_RANGE
from platform_lib.components.vpc.links.tunnel import Speaker, Tunnel, between_clouds, to_site
from platform_lib.components.vpc.planning.hub import routed_tiers

GATEWAY_SUBNET: Final = "GatewaySubnet"
"""Name of the subnet of gateways on Azure
(https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub)."""

SMALLEST_GATEWAY_SUBNET: Final = 27
"""Prefix length of the smallest subnet for an active-active gateway (same page)."""

DX_GATEWAY_ASN: Final = 64513
"""Number of a Direct Connect gateway where none is given: not that of the other gateways."""


@dataclass(frozen=True)
class VpnPlan:
    """A VPN to another site.

    Attributes:
        name: of the link.
        to_hub: whether it ends at the transit gateway.
        peers: public addresses of the devices.
        ranges: of the other side.
        tunnels: as seen from here.
    """

    name: str
    to_hub: bool
    peers: tuple[str, ...]
    ranges: tuple[str, ...]
    tunnels: tuple[Tunnel, ...]


@dataclass(frozen=True)
class LinePlan:
    """A dedicated line.

    Attributes:
        name: of the link.
        to_hub: whether it ends at the transit gateway.
        ranges: of the other side.
        vlan: its VLAN; None where somebody else chooses it.
        asn: number of the Direct Connect gateway that is made (AWS).
        peer_asn: number of the other side; None where somebody else sets up the session.
        is_partner: whether a partner carries it (GCP).
    """

    name: str
    to_hub: bool
    ranges: tuple[str, ...]
    vlan: int | None
    asn: int
    peer_asn: int | None
    is_partner: bool


@dataclass(frozen=True)
class CrossCloudLinkPlan:
    """A VPN to another cloud that ends at the network's gateway and is made by ``CrossCloudVpn``.

    Attributes:
        name: of the link.
        ranges: of the other side.
        tunnels: as seen from here.
        to_hub: never.
    """

    name: str
    ranges: tuple[str, ...]
    tunnels: tuple[Tunnel, ...]
    to_hub: bool = False


@dataclass(frozen=True)
class HybridPlan:
    """All links of a network.

    Attributes:
        asn: number of the network's gateway.
        vpns: to other sites.
        lines: dedicated ones.
        cross_cloud: to other clouds.
        routed_tiers: tiers that learn the routes to the other sides.
        gateway_subnet: key of the subnet that gateways stand in (Azure); empty elsewhere.
        gateway_size: of the VPN gateway (Azure).
    """

    asn: int
    vpns: tuple[VpnPlan, ...]
    lines: tuple[LinePlan, ...]
    cross_cloud: tuple[CrossCloudLinkPlan, ...]
    routed_tiers: tuple[str, ...]
    gateway_subnet: str
    gateway_size: str

    @property
    def links(self) -> tuple[VpnPlan | LinePlan | CrossCloudLinkPlan, ...]:
        """All of them."""
        return (*self.vpns, *self.lines, *self.cross_cloud)

    @property
    def has_vpn_gateway(self) -> bool:
        """Whether VPNs end at a gateway of the network."""
        return bool(self.cross_cloud) or any(not vpn.to_hub for vpn in self.vpns)

    @property
    def has_gateway(self) -> bool:
        """Whether anything ends at a gateway of the network."""
        return self.has_vpn_gateway or any(not line.to_hub for line in self.lines)

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """All tunnels that end at the network's gateway."""
        links: tuple[VpnPlan | CrossCloudLinkPlan, ...] = (*self.vpns, *self.cross_cloud)
        return tuple(tunnel for link in links if not link.to_hub for tunnel in link.tunnels)


def ends_at_hub(args: VpcArgs, to_hub: bool | None) -> bool:
    """Whether a link ends at the transit gateway: as said, else where the network has one."""
    transit = args.on is Cloud.AWS and args.hub is not None and args.hub.kind is HubKind.TRANSIT
    return transit if to_hub is None else to_hub


def ranges_behind_hub(args: VpcArgs) -> tuple[str, ...]:
    """Ranges of the other sides of links that end at the hub."""
    if args.hybrid is None:
        return ()
    links = [*(args.hybrid.vpns or ()), *(args.hybrid.lines or ())]
    return tuple(text for link in links if ends_at_hub(args, link.to_hub) for text in link.ranges)


def gateway_asn(args: VpcArgs, hybrid: HybridArgs) -> int:
    """Number of the network's own gateway."""
    return ASN_RULES[args.on].default if hybrid.asn is None else hybrid.asn


def asn_of_end(args: VpcArgs, hybrid: HybridArgs, *, to_hub: bool) -> int:
    """Number of what a link ends at: the network's gateway, or the hub."""
    own = None if args.hub is None else args.hub.own
    if not to_hub:
        return gateway_asn(args, hybrid)
    return ASN_RULES[Cloud.AWS].default if own is None or own.asn is None else own.asn


def gateway_tier_of(hybrid: HybridArgs, tiers: list[TierArgs]) -> TierArgs | None:
    """The tier of gateways on Azure; None where there is none of that name."""
    if hybrid.gateway_tier is not None:
        return next((tier for tier in tiers if tier.name == hybrid.gateway_tier), None)
    named = (tier for tier in tiers if tier.azure is not None and tier.azure.subnet_name == GATEWAY_SUBNET)
    return next(named, None)


def tunnels_to(args: VpcArgs, hybrid: HybridArgs, vpn: VpnArgs, link: Block) -> tuple[Tunnel, ...]:
    """The tunnels of a VPN to another site, with addresses of a link's range."""
    asn = asn_of_end(args, hybrid, to_hub=ends_at_hub(args, vpn.to_hub))
    return to_site(Speaker(args.on, asn), vpn.peer_asn, len(vpn.peer_addresses), link)


def plan_hybrid(args: VpcArgs, tiers: list[TierArgs]) -> HybridPlan | None:
    """The links; None where there are none. The arguments have no findings."""
    hybrid = args.hybrid
    if hybrid is None or not (hybrid.vpns or hybrid.lines or hybrid.cross_cloud):
        return None
    asn = gateway_asn(args, hybrid)
    gateway_tier = gateway_tier_of(hybrid, tiers) if args.on is Cloud.AZURE else None
    wanted = None if args.on is Cloud.GCP else hybrid.routed_tiers
    everywhere = [tier.name for tier in tiers] if args.on is Cloud.GCP else None
    return HybridPlan(
        asn=asn,
        vpns=tuple(
            VpnPlan(
                name=vpn.name,
                to_hub=ends_at_hub(args, vpn.to_hub),
                peers=tuple(vpn.peer_addresses),
                ranges=tuple(vpn.ranges),
                tunnels=tunnels_to(args, hybrid, vpn, Block.parse(vpn.inside_range or DEFAULT_LINK_RANGE)),
            )
            for vpn in hybrid.vpns or ()
        ),
        lines=tuple(_line(args, line) for line in hybrid.lines or ()),
        cross_cloud=tuple(
            CrossCloudLinkPlan(
                name=link.name,
                ranges=tuple(link.ranges),
                tunnels=between_clouds(
                    Speaker(args.on, asn),
                    Speaker(
                        link.peer_cloud,
                        ASN_RULES[link.peer_cloud].default if link.peer_asn is None else link.peer_asn,
                    ),
                    Block.parse(link.inside_range or DEFAULT_LINK_RANGE),
                ),
            )
            for link in hybrid.cross_cloud or ()
        ),
        routed_tiers=tuple(everywhere or routed_tiers(tier_names=wanted, tiers=tiers)),
        gateway_subnet="" if gateway_tier is None else gateway_tier.name,
        gateway_size="" if args.on is not Cloud.AZURE else (hybrid.gateway_size or "VpnGw2AZ"),
    )


def _line(args: VpcArgs, line: DedicatedLineArgs) -> LinePlan:
    partner = args.on is Cloud.GCP and line.connection_id is None
    return LinePlan(
        name=line.name,
        to_hub=ends_at_hub(args, line.to_hub),
        ranges=tuple(line.ranges),
        vlan=line.vlan,
        asn=PARTNER_ASN if partner else (line.asn or DX_GATEWAY_ASN),
        peer_asn=line.peer_asn,
        is_partner=partner,
    )
