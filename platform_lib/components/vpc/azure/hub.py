"""The hub on Azure: a Virtual WAN hub of the component's own or an existing one, or peering with a hub network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi_azure_native import authorization, network

from platform_lib.components.vpc.arguments.hub import HubArgs, HubKind
from platform_lib.components.vpc.azure.network import AzureNetwork, part_of
from platform_lib.components.vpc.planning.hub import HubPlan, OwnHubPlan
from platform_lib.components.vpc.room import Site

NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
"""The built-in role that may connect networks to a hub
(https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/networking#network-contributor)."""


@dataclass(frozen=True)
class AzureHub:
    """What was made of the hub.

    Attributes:
        id: the virtual hub or the hub network.
        attachment_id: what attaches the network.
        tables: route tables of a hub of the component's own, by segment.
    """

    id: pulumi.Input[str]
    attachment_id: pulumi.Input[str]
    tables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def make_hub(site: Site, made: AzureNetwork, subnets: Mapping[str, network.Subnet]) -> AzureHub | None:
    """The hub and the network's attachment to it; None where there is none.

    Args:
        site: the network.
        made: its parts.
        subnets: all of them, which are made first: Azure changes one part of a network at a time.
    """
    plan, args = site.plan.hub, site.args.hub
    if plan is None or args is None:
        return None
    after = list(subnets.values())[-1:]
    if plan.kind is HubKind.PEERING:
        return _peer(site, made, args, after)
    return _connect(site, made, plan, args, after)


def _peer(site: Site, made: AzureNetwork, args: HubArgs, after: Sequence[network.Subnet]) -> AzureHub:
    """Peering both ways: it works only once both sides have it, and a gateway is used only where both say so.

    Source: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit
    """
    hub_id = args.id or ""  # given, or the arguments would not have passed
    gateways = args.remote_gateways is not False
    name = site.name("hub-peering-back")
    back = network.VirtualNetworkPeering(
        name,
        resource_group_name=part_of(hub_id, "resourceGroups"),
        virtual_network_name=part_of(hub_id, "virtualNetworks"),
        remote_virtual_network=network.SubResourceArgs(id=made.vnet.id),
        allow_virtual_network_access=True,
        allow_forwarded_traffic=True,
        allow_gateway_transit=gateways,
        use_remote_gateways=False,
        opts=site.options(name, depends_on=list(after)),
    )
    name = site.name("hub-peering")
    peering = network.VirtualNetworkPeering(
        name,
        resource_group_name=made.group,
        virtual_network_name=made.vnet.name,
        remote_virtual_network=network.SubResourceArgs(id=hub_id),
        allow_virtual_network_access=True,
        allow_forwarded_traffic=True,
        allow_gateway_transit=False,
        use_remote_gateways=gateways,
        opts=site.options(name, guarded=True, depends_on=[back]),
    )
    return AzureHub(hub_id, peering.id)


def _connect(site: Site, made: AzureNetwork, plan: HubPlan, args: HubArgs, after: Sequence[network.Subnet]) -> AzureHub:
    tables: dict[str, pulumi.Input[str]] = {}
    if plan.own is not None:
        hub = _make_hub(site, made, plan.own)
        hub_id: pulumi.Input[str] = hub.id
        tables = _make_tables(site, made, plan.own, hub)
        associated: pulumi.Input[str] | None = tables[plan.segment]
        propagated = [tables[segment] for segment in plan.propagated_to]
    else:
        hub_id = args.id or ""  # given, or the arguments would not have passed
        associated, propagated = args.route_table_id, list((args.propagate_to or {}).values())
    name = site.name("hub-attachment")
    connection = network.HubVirtualNetworkConnection(
        name,
        resource_group_name=part_of(hub_id, "resourceGroups"),
        virtual_hub_name=part_of(hub_id, "virtualHubs"),
        remote_virtual_network=network.SubResourceArgs(id=made.vnet.id),
        enable_internet_security=plan.egress,
        routing_configuration=_routing(associated, propagated),
        opts=site.options(name, guarded=True, depends_on=list(after)),
    )
    return AzureHub(hub_id, connection.id, tables)


def _routing(
    associated: pulumi.Input[str] | None, propagated: list[pulumi.Input[str]]
) -> network.RoutingConfigurationArgs | None:
    """The tables of a connection; without any the hub's default table is both, as its owner left it."""
    if associated is None and not propagated:
        return None
    return network.RoutingConfigurationArgs(
        associated_route_table=None if associated is None else network.SubResourceArgs(id=associated),
        propagated_route_tables=network.PropagatedRouteTableArgs(
            ids=[network.SubResourceArgs(id=table) for table in propagated], labels=[]
        ),
    )


def _make_hub(site: Site, made: AzureNetwork, own: OwnHubPlan) -> network.VirtualHub:
    name = site.name("wan")
    wan = network.VirtualWan(
        name,
        resource_group_name=made.group,
        location=site.region,
        type="Standard",  # a Basic one knows no connections of networks
        tags=site.tags,
        opts=site.options(name, guarded=True),
    )
    name = site.name("hub")
    hub = network.VirtualHub(
        name,
        resource_group_name=made.group,
        location=site.region,
        address_prefix=own.address_prefix,
        virtual_wan=network.SubResourceArgs(id=wan.id),
        sku="Standard",
        tags=site.tags,
        opts=site.options(name, guarded=True),
    )
    for principal in own.shared_with:
        name = site.name("hub-share", principal.lower())
        authorization.RoleAssignment(
            name,
            scope=hub.id,
            principal_id=principal,
            role_definition_id=hub.id.apply(_role),
            opts=site.options(name),
        )
    return hub


def _role(hub_id: str) -> str:
    subscription = "/".join(hub_id.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{NETWORK_CONTRIBUTOR}"


def _make_tables(
    site: Site, made: AzureNetwork, own: OwnHubPlan, hub: network.VirtualHub
) -> dict[str, pulumi.Input[str]]:
    """A table for each segment, one after another: Azure changes one part of a hub at a time."""
    tables: dict[str, pulumi.Input[str]] = {}
    before: network.HubRouteTable | None = None
    for table in own.tables:
        name = site.name("hub-table", table.segment)
        before = network.HubRouteTable(
            name,
            resource_group_name=made.group,
            virtual_hub_name=hub.name,
            labels=[table.segment],
            routes=[],
            opts=site.options(name, guarded=True, depends_on=None if before is None else [before]),
        )
        tables[table.segment] = before.id
    return tables
