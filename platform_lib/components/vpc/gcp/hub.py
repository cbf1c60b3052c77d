"""The hub on Google Cloud: a Network Connectivity Center hub of the component's own or an existing one, or peering."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi_gcp import compute, networkconnectivity

from platform_lib.components.vpc.arguments.hub import HubArgs, HubKind
from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.planning.hub import HubPlan, OwnHubPlan
from platform_lib.components.vpc.planning.model import HUB
from platform_lib.components.vpc.room import Site

ANYWHERE: Final = "0.0.0.0/0"

DEFAULT_GROUP: Final = "default"
"""The one group of a hub whose topology is a mesh
(https://cloud.google.com/network-connectivity/docs/network-connectivity-center/concepts/connectivity-topologies)."""


@dataclass(frozen=True)
class GcpHub:
    """What was made of the hub.

    Attributes:
        id: the hub or the hub network.
        attachment_id: what attaches the network.
        tables: groups of a hub of the component's own, by segment.
    """

    id: pulumi.Input[str]
    attachment_id: pulumi.Input[str]
    tables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def make_hub(site: Site, made: GcpNetwork) -> GcpHub | None:
    """The hub and the network's attachment to it; None where there is none."""
    plan, args = site.plan.hub, site.args.hub
    if plan is None or args is None:
        return None
    hub = _peer(site, made, args) if plan.kind is HubKind.PEERING else _join(site, made, plan, args)
    if args.next_hop is not None:
        _make_routes(site, made, args.next_hop)
    return hub


def _peer(site: Site, made: GcpNetwork, args: HubArgs) -> GcpHub:
    """Peering both ways: it works only once both sides have it.

    Source: https://cloud.google.com/vpc/docs/vpc-peering
    """
    hub_id = args.id or ""  # given, or the arguments would not have passed
    gateways = args.remote_gateways is not False
    name = site.name("hub-peering-back")
    back = compute.NetworkPeering(
        name,
        network=hub_id,
        peer_network=made.network.self_link,
        export_custom_routes=gateways,
        import_custom_routes=False,
        opts=site.options(name),
    )
    name = site.name("hub-peering")
    peering = compute.NetworkPeering(
        name,
        network=made.network.self_link,
        peer_network=hub_id,
        export_custom_routes=False,
        import_custom_routes=gateways,
        # One peering of a network is changed at a time.
        opts=site.options(name, guarded=True, depends_on=[back]),
    )
    return GcpHub(hub_id, peering.id)


def _join(site: Site, made: GcpNetwork, plan: HubPlan, args: HubArgs) -> GcpHub:
    groups: dict[str, pulumi.Input[str]] = {}
    if plan.own is not None:
        hub = _make_hub(site, plan.own)
        hub_id: pulumi.Input[str] = hub.id
        groups = _make_groups(site, plan.own, hub)
        group: pulumi.Input[str] | None = groups.get(plan.segment)
    else:
        hub_id = args.id or ""  # given, or the arguments would not have passed
        group = pulumi.Output.concat(hub_id, "/groups/", plan.segment) if plan.segment else None
    name = site.name("hub-attachment")
    spoke = networkconnectivity.Spoke(
        name,
        project=settings(site).project,
        location="global",
        hub=hub_id,
        group=group,
        linked_vpc_network=networkconnectivity.SpokeLinkedVpcNetworkArgs(uri=made.network.self_link),
        labels=site.tags,
        opts=site.options(name, guarded=True),
    )
    return GcpHub(hub_id, spoke.id, groups)


def _make_hub(site: Site, own: OwnHubPlan) -> networkconnectivity.Hub:
    name = site.name("hub")
    return networkconnectivity.Hub(
        name,
        project=settings(site).project,
        description=f"Hub of the network {site.plan.name}",
        preset_topology="STAR" if own.is_star else "MESH",
        labels=site.tags,
        opts=site.options(name, guarded=True),
    )


def _make_groups(site: Site, own: OwnHubPlan, hub: networkconnectivity.Hub) -> dict[str, pulumi.Input[str]]:
    """The groups of the topology, whose names are given: ``center`` and ``edge``, or ``default``."""
    groups: dict[str, pulumi.Input[str]] = {}
    accepted = networkconnectivity.GroupAutoAcceptArgs(auto_accept_projects=list(own.shared_with))
    for table in own.tables:
        name = site.name("hub-table", table.segment)
        group = networkconnectivity.Group(
            name,
            name=table.segment if own.is_star else DEFAULT_GROUP,
            project=settings(site).project,
            hub=hub.id,
            auto_accept=accepted if own.shared_with else None,
            labels=site.tags,
            opts=site.options(name, guarded=True),
        )
        groups[table.segment] = group.id
    return groups


def _make_routes(site: Site, made: GcpNetwork, next_hop: pulumi.Input[str]) -> None:
    """Routes to the hub's load balancer; they hold for the whole network."""
    wanted = {
        site.name("hub-route", text.replace("/", "-")): text
        for table in site.plan.route_tables
        for text in table.hub_routes
    }
    if any(table.default_route == HUB for table in site.plan.route_tables):
        wanted[site.name("default-route")] = ANYWHERE
    for name, text in wanted.items():
        compute.Route(
            name,
            project=settings(site).project,
            network=made.network.id,
            description=f"{text} from the network {site.plan.name} through the hub",
            dest_range=text,
            next_hop_ilb=next_hop,
            opts=site.options(name, guarded=True),
        )
