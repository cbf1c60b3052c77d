"""The hub on AWS: a transit gateway of the component's own, or the attachment to one or to a Cloud WAN, and routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi_aws import ec2, ec2transitgateway, networkmanager, ram

from platform_lib.components.vpc.arguments.hub import HubArgs, HubKind, OwnHubArgs
from platform_lib.components.vpc.aws.egress import ANYWHERE
from platform_lib.components.vpc.aws.flow_logs import LogTarget
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.aws.transit import TransitTables
from platform_lib.components.vpc.making import Maker
from platform_lib.components.vpc.planning.hub import HubPlan, OwnHubPlan
from platform_lib.components.vpc.planning.model import HUB
from platform_lib.components.vpc.room import Site

TRANSIT_AGGREGATION_SECONDS: Final = 60
"""The only period that flow logs of a transit gateway know
(https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html)."""


@dataclass(frozen=True)
class AwsHub:
    """What was made of the hub.

    Attributes:
        id: the transit gateway or core network.
        attachment_id: what attaches the network.
        tables: route tables of a hub of the component's own, by segment.
        for_links: tables that links which end at the hub are put into: those of the network's own attachment.
    """

    id: pulumi.Input[str]
    attachment_id: pulumi.Input[str]
    tables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    for_links: TransitTables = field(default_factory=TransitTables)


def maker(site: Site) -> Maker:
    """The site as what children of links are made with."""
    return Maker(site.name, site.options, site.region)


def make_hub(site: Site, network: AwsNetwork, log: LogTarget | None) -> AwsHub | None:
    """The hub and the network's attachment to it; None where there is none.

    Args:
        site: the network.
        network: its parts.
        log: where flow logs go; None where they are off.
    """
    plan, args = site.plan.hub, site.args.hub
    if plan is None or args is None:
        return None
    if plan.kind is HubKind.CLOUD_WAN:
        return _attach_to_core(site, network, plan, args)
    return _attach_to_transit(site, network, plan, args, log)


def _attach_to_core(site: Site, network: AwsNetwork, plan: HubPlan, args: HubArgs) -> AwsHub:
    name = site.name("hub-attachment")
    core_network_id = args.id or ""  # given, or the arguments would not have passed
    more = {"segment": plan.segment} if plan.segment else {}
    attachment = networkmanager.VpcAttachment(
        name,
        core_network_id=core_network_id,
        vpc_arn=network.vpc.arn,
        subnet_arns=[network.subnets[key].arn for key in plan.subnets],
        options=networkmanager.VpcAttachmentOptionsArgs(appliance_mode_support=bool(args.appliance_mode)),
        tags=site.tags_of(name, **more),
        opts=site.options(name, guarded=True),
    )
    _make_routes(site, network, attachment, core_network_arn=attachment.core_network_arn)
    return AwsHub(core_network_id, attachment.id)


def _attach_to_transit(site: Site, network: AwsNetwork, plan: HubPlan, args: HubArgs, log: LogTarget | None) -> AwsHub:
    tables: dict[str, pulumi.Input[str]] = {}
    if plan.own is not None:
        gateway = _make_transit_gateway(
            site, plan.own, log, outside=bool(args.own and args.own.share_outside_organization)
        )
        hub_id: pulumi.Input[str] = gateway.id
        tables = _make_tables(site, plan.own, gateway)
        own = TransitTables(tables[plan.segment], {segment: tables[segment] for segment in plan.propagated_to})
    else:
        hub_id = args.id or ""  # given, or the arguments would not have passed
        own = TransitTables(args.route_table_id, args.propagate_to or {})
    name = site.name("hub-attachment")
    attachment = ec2transitgateway.VpcAttachment(
        name,
        region=site.region,
        transit_gateway_id=hub_id,
        vpc_id=network.vpc.id,
        subnet_ids=[network.subnets[key].id for key in plan.subnets],
        appliance_mode_support="enable" if args.appliance_mode else "disable",
        dns_support="enable",
        transit_gateway_default_route_table_association=False,
        transit_gateway_default_route_table_propagation=False,
        tags=site.tags_of(name),
        opts=site.options(name, guarded=True),
    )
    own.attach(maker(site), "network", attachment.id)
    if plan.own is not None:
        _make_segment_routes(site, plan.own, tables, attachment)
        _take_in_spokes(site, plan.own, args.own, tables)
    _make_routes(site, network, attachment, transit_gateway_id=hub_id)
    return AwsHub(hub_id, attachment.id, tables, own)


def _make_transit_gateway(
    site: Site, own: OwnHubPlan, log: LogTarget | None, *, outside: bool
) -> ec2transitgateway.TransitGateway:
    """A transit gateway without default tables; what others may attach is accepted by hand."""
    name = site.name("hub")
    gateway = ec2transitgateway.TransitGateway(
        name,
        region=site.region,
        description=f"Hub of the network {site.plan.name}",
        amazon_side_asn=own.asn,
        default_route_table_association="disable",
        default_route_table_propagation="disable",
        auto_accept_shared_attachments="disable",
        tags=site.tags_of(name),
        opts=site.options(name, guarded=True),
    )
    if own.flow_logs and log is not None:
        name = site.name("hub-flow-log")
        ec2.FlowLog(
            name,
            region=site.region,
            transit_gateway_id=gateway.id,
            log_destination_type=log.kind,
            log_destination=log.destination,
            iam_role_arn=log.role_arn,
            max_aggregation_interval=TRANSIT_AGGREGATION_SECONDS,
            tags=site.tags_of(name),
            opts=site.options(name),
        )
    if own.shared_with:
        _share(site, own, gateway, outside=outside)
    return gateway


def _share(site: Site, own: OwnHubPlan, gateway: ec2transitgateway.TransitGateway, *, outside: bool) -> None:
    name = site.name("hub-share")
    share = ram.ResourceShare(
        name, region=site.region, allow_external_principals=outside, tags=site.tags_of(name), opts=site.options(name)
    )
    name = site.name("hub-share-hub")
    ram.ResourceAssociation(
        name, region=site.region, resource_arn=gateway.arn, resource_share_arn=share.arn, opts=site.options(name)
    )
    for principal in own.shared_with:
        name = site.name("hub-share", principal.rpartition("/")[2])
        ram.PrincipalAssociation(
            name, region=site.region, principal=principal, resource_share_arn=share.arn, opts=site.options(name)
        )


def _make_tables(
    site: Site, own: OwnHubPlan, gateway: ec2transitgateway.TransitGateway
) -> dict[str, pulumi.Input[str]]:
    tables: dict[str, pulumi.Input[str]] = {}
    for table in own.tables:
        name = site.name("hub-table", table.segment)
        made = ec2transitgateway.RouteTable(
            name,
            region=site.region,
            transit_gateway_id=gateway.id,
            tags=site.tags_of(name, segment=table.segment),
            opts=site.options(name, guarded=True),
        )
        tables[table.segment] = made.id
    return tables


def _take_in_spokes(
    site: Site, own: OwnHubPlan, args: OwnHubArgs | None, tables: Mapping[str, pulumi.Input[str]]
) -> None:
    """Accept the attachments of other accounts, and put them into the tables of their segments."""
    given = (args.spokes if args is not None else None) or {}
    for spoke in own.spokes:
        attachment_id = given[spoke.name].attachment_id
        if spoke.accepted:
            name = site.name("spoke", spoke.name)
            attachment_id = ec2transitgateway.VpcAttachmentAccepter(
                name,
                region=site.region,
                transit_gateway_attachment_id=attachment_id,
                transit_gateway_default_route_table_association=False,
                transit_gateway_default_route_table_propagation=False,
                tags=site.tags_of(name),
                opts=site.options(name),
            ).id
        learning = {segment: tables[segment] for segment in own.learning_of(spoke.segment)}
        TransitTables(tables[spoke.segment], learning).attach(maker(site), f"spoke-{spoke.name}", attachment_id)


def _make_segment_routes(
    site: Site,
    own: OwnHubPlan,
    tables: Mapping[str, pulumi.Input[str]],
    attachment: ec2transitgateway.VpcAttachment,
) -> None:
    """For segments with a way out: all that no other route is for comes here, save what is for private ranges."""
    for table in own.tables:
        targets: dict[str, dict[str, Any]] = {text: {"blackhole": True} for text in table.blackholes}
        if table.default_route:
            targets[ANYWHERE] = {"transit_gateway_attachment_id": attachment.id}
        for text, target in targets.items():
            name = site.name("hub-table-route", f"{table.segment}-{_key(text)}")
            ec2transitgateway.Route(
                name,
                region=site.region,
                destination_cidr_block=text,
                transit_gateway_route_table_id=tables[table.segment],
                opts=site.options(name),
                **target,
            )


def _make_routes(
    site: Site,
    network: AwsNetwork,
    attachment: pulumi.Resource,
    *,
    transit_gateway_id: pulumi.Input[str] | None = None,
    core_network_arn: pulumi.Input[str] | None = None,
) -> None:
    """Routes to the hub, which takes them only once the network is attached."""
    for table in site.plan.route_tables:
        wanted = [(site.name("hub-route", f"{table.key}-{_key(text)}"), text) for text in table.hub_routes]
        if table.default_route == HUB:
            wanted.append((site.name("default-route", table.key), ANYWHERE))
        for name, text in wanted:
            ec2.Route(
                name,
                region=site.region,
                route_table_id=network.route_tables[table.key].id,
                destination_cidr_block=text,
                transit_gateway_id=transit_gateway_id,
                core_network_arn=core_network_arn,
                opts=site.options(name, depends_on=[attachment]),
            )


def _key(text: str) -> str:
    """A range as part of a logical name: ``10.0.0.0-8``."""
    return text.replace("/", "-")
