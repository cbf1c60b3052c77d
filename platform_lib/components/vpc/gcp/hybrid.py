"""Links on Google Cloud: HA VPN, and VLAN attachments of Cloud Interconnect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi_gcp import compute

from platform_lib.components.vpc.arguments.hybrid import DedicatedLineArgs, HybridArgs
from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.gcp.vpn import GcpVpn
from platform_lib.components.vpc.links.asn import PARTNER_ASN
from platform_lib.components.vpc.making import Maker
from platform_lib.components.vpc.planning.hybrid import HybridPlan, LinePlan
from platform_lib.components.vpc.room import Site

DOMAINS: Final = {"1": "AVAILABILITY_DOMAIN_1", "2": "AVAILABILITY_DOMAIN_2"}
"""Edge availability domains: a partner's line has an attachment in each, so that maintenance leaves one
(https://cloud.google.com/network-connectivity/docs/interconnect/tutorials/partner-creating-999-availability)."""


@dataclass(frozen=True)
class GcpLinks:
    """What was made of the links.

    Attributes:
        gateway_id: the HA VPN gateway; empty without one.
        vpn_addresses: its public addresses, as ``gateway``.
        pairing_keys: of attachments that a partner completes, by line and availability domain.
    """

    gateway_id: pulumi.Input[str] = ""
    vpn_addresses: Mapping[str, Sequence[pulumi.Input[str]]] = field(default_factory=dict)
    pairing_keys: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def make_links(site: Site, made: GcpNetwork) -> GcpLinks:
    """All links of the network; VPNs to other clouds have gateways of their own, which ``CrossCloudVpn`` makes."""
    plan = site.plan.hybrid
    if plan is None:
        return GcpLinks()
    given = site.args.hybrid or HybridArgs()
    gateway_id: pulumi.Input[str] = ""
    addresses: dict[str, Sequence[pulumi.Input[str]]] = {}
    if plan.vpns:
        vpn = GcpVpn(Maker(site.name, site.options, site.region), settings(site).project, site.tags)
        gateway = vpn.gateway(plan.asn, made.network.id, site.plan.ranges)
        keys = {link.name: link.pre_shared_keys or {} for link in given.vpns or ()}
        for link in plan.vpns:
            vpn.tunnels(link.name, gateway, link.tunnels, link.peers, keys[link.name])
        gateway_id, addresses = gateway.id, {"gateway": gateway.addresses}
    return GcpLinks(gateway_id, addresses, _make_lines(site, made, plan, given))


def _make_lines(site: Site, made: GcpNetwork, plan: HybridPlan, given: HybridArgs) -> dict[str, pulumi.Input[str]]:
    keys: dict[str, pulumi.Input[str]] = {}
    own, partners = (None, None)
    args = {line.name: line for line in given.lines or ()}
    for line in plan.lines:
        if line.is_partner:
            partners = partners or _make_router(site, made, "partner-router", PARTNER_ASN)
            keys |= _make_partner_line(site, line, partners)
        else:
            own = own or _make_router(site, made, "line-router", plan.asn)
            _make_dedicated_line(site, line, args[line.name], own)
    return keys


def _make_router(site: Site, made: GcpNetwork, role: str, asn: int) -> compute.Router:
    name = site.name(role)
    return compute.Router(
        name,
        project=settings(site).project,
        region=site.region,
        network=made.network.id,
        description=f"Lines of the network {site.plan.name}",
        bgp=compute.RouterBgpArgs(
            asn=asn,
            advertise_mode="CUSTOM",
            advertised_ip_ranges=[compute.RouterBgpAdvertisedIpRangeArgs(range=text) for text in site.plan.ranges],
        ),
        opts=site.options(name, guarded=True),
    )


def _make_partner_line(site: Site, line: LinePlan, router: compute.Router) -> dict[str, pulumi.Input[str]]:
    """An attachment in each availability domain; the partner completes them by their pairing keys."""
    keys: dict[str, pulumi.Input[str]] = {}
    for number, domain in DOMAINS.items():
        key = f"{line.name}-{number}"
        name = site.name("line", key)
        attachment = compute.InterconnectAttachment(
            name,
            project=settings(site).project,
            region=site.region,
            type="PARTNER",
            router=router.id,
            edge_availability_domain=domain,
            admin_enabled=True,
            labels=site.tags,
            opts=site.options(name, guarded=True),
        )
        keys[key] = attachment.pairing_key
    return keys


def _make_dedicated_line(site: Site, line: LinePlan, args: DedicatedLineArgs, router: compute.Router) -> None:
    """An attachment on an Interconnect, with its BGP session at the addresses that Google chooses."""
    name, project = site.name("line", line.name), settings(site).project
    attachment = compute.InterconnectAttachment(
        name,
        project=project,
        region=site.region,
        type="DEDICATED",
        interconnect=args.connection_id,
        router=router.id,
        vlan_tag8021q=line.vlan,
        admin_enabled=True,
        labels=site.tags,
        opts=site.options(name, guarded=True),
    )
    name = site.name("line-interface", line.name)
    interface = compute.RouterInterface(
        name,
        project=project,
        region=site.region,
        router=router.name,
        ip_range=attachment.cloud_router_ip_address,
        interconnect_attachment=attachment.self_link,
        opts=site.options(name),
    )
    name = site.name("line-peer", line.name)
    compute.RouterPeer(
        name,
        project=project,
        region=site.region,
        router=router.name,
        interface=interface.name,
        peer_ip_address=attachment.customer_router_ip_address.apply(lambda text: text.partition("/")[0]),
        peer_asn=line.peer_asn or 0,
        opts=site.options(name),
    )
