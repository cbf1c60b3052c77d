"""Links on AWS: the virtual private gateway, VPN connections, and Direct Connect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_aws import directconnect

from platform_lib.components.vpc.arguments.hybrid import DedicatedLineArgs, HybridArgs
from platform_lib.components.vpc.aws.hub import AwsHub, maker
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.aws.vpn import AwsEnd, AwsVpn, outside_addresses
from platform_lib.components.vpc.planning.hybrid import HybridPlan, LinePlan
from platform_lib.components.vpc.room import Site


@dataclass(frozen=True)
class AwsLinks:
    """What was made of the links.

    Attributes:
        gateway_id: the virtual private gateway; empty without one.
        vpn_addresses: public addresses of AWS by VPN.
    """

    gateway_id: pulumi.Input[str] = ""
    vpn_addresses: Mapping[str, Sequence[pulumi.Input[str]]] = field(default_factory=dict)


def make_links(site: Site, network: AwsNetwork, hub: AwsHub | None) -> AwsLinks:
    """All links of the network.

    Args:
        site: the network.
        network: its parts.
        hub: the hub that some of them end at.
    """
    plan = site.plan.hybrid
    if plan is None:
        return AwsLinks()
    vpn = AwsVpn(maker(site), site.tags_of)
    gateway_id: pulumi.Input[str] = ""
    if plan.has_gateway:
        learning = {
            table.key: network.route_tables[table.key].id
            for table in site.plan.route_tables
            if table.tier in plan.routed_tiers
        }
        gateway_id = vpn.gateway(plan.asn, network.vpc.id, learning).id
    addresses = _make_vpns(site, plan, vpn, gateway_id, hub)
    given = {line.name: line for line in (site.args.hybrid or HybridArgs()).lines or ()}
    for line in plan.lines:
        _make_line(site, line, given[line.name], hub.id if line.to_hub and hub is not None else gateway_id)
    return AwsLinks(gateway_id, addresses)


def _make_vpns(
    site: Site, plan: HybridPlan, vpn: AwsVpn, gateway_id: pulumi.Input[str], hub: AwsHub | None
) -> dict[str, list[pulumi.Output[str]]]:
    keys = {link.name: link.pre_shared_keys or {} for link in (site.args.hybrid or HybridArgs()).vpns or ()}
    addresses = {}
    for link in plan.vpns:
        at_hub = hub if link.to_hub else None
        end = AwsEnd(vpn_gateway_id=gateway_id) if at_hub is None else AwsEnd(transit_gateway_id=at_hub.id)
        made = vpn.connections(link.name, end, link.tunnels, link.peers, keys[link.name])
        for number, connection in enumerate(made):
            if at_hub is not None:
                at_hub.for_links.attach(maker(site), f"{link.name}-{number}", connection.transit_gateway_attachment_id)
        addresses[link.name] = outside_addresses(made)
    return addresses


def _make_line(site: Site, line: LinePlan, args: DedicatedLineArgs, end: pulumi.Input[str]) -> None:
    """A Direct Connect gateway with its virtual interface, or one that is given, associated with the network or hub."""
    gateway_id = args.gateway_id
    if gateway_id is None:
        name = site.name("line-gateway", line.name)
        gateway_id = directconnect.Gateway(
            name, amazon_side_asn=str(line.asn), tags=site.tags_of(name), opts=site.options(name, guarded=True)
        ).id
        _make_interface(site, line, args, gateway_id)
    name = site.name("line-association", line.name)
    directconnect.GatewayAssociation(
        name,
        region=site.region,
        dx_gateway_id=gateway_id,
        associated_gateway_id=end,
        allowed_prefixes=list(site.plan.ranges),
        opts=site.options(name),
    )


def _make_interface(site: Site, line: LinePlan, args: DedicatedLineArgs, gateway_id: pulumi.Input[str]) -> None:
    """A transit interface for a transit gateway, a private one for a virtual private gateway."""
    name = site.name("line-interface", line.name)
    fields: dict[str, Any] = {
        "region": site.region,
        "connection_id": args.connection_id or "",  # given, or the arguments would not have passed
        "dx_gateway_id": gateway_id,
        "vlan": line.vlan or 0,
        "bgp_asn": line.peer_asn,
        "bgp_auth_key": None if args.bgp_key is None else pulumi.Output.secret(args.bgp_key),
        "address_family": "ipv4",
        "tags": site.tags_of(name),
        "opts": site.options(name, guarded=True),
    }
    if line.to_hub:
        directconnect.TransitVirtualInterface(name, **fields)
    else:
        directconnect.PrivateVirtualInterface(name, **fields)
