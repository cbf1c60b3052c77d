"""Transit gateways, their route tables and attachments, and attachments to Cloud WAN (EC2 API reference)."""

from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import SUBNET, cidr, ec2, error, subnet_of, vpc_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse

GATEWAY: Final = ("aws:ec2transitgateway/transitGateway:TransitGateway",)
TABLE: Final = ("aws:ec2transitgateway/routeTable:RouteTable",)
ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
_ATTACHMENTS: Final = (ATTACHMENT, "aws:ec2/vpnConnection:VpnConnection")
_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"


def gateway_of(action: str, path: str = "transitGatewayId") -> Reference:
    """The transit gateway that a resource belongs to."""
    return Reference(
        path,
        GATEWAY,
        ec2(action, "InvalidTransitGatewayID.NotFound", "Transit Gateway {value} was deleted or does not exist."),
        ec2("DeleteTransitGateway", "IncorrectState", "{id} has non-deleted attachments or route tables: {user}"),
    )


def _table_of(action: str) -> Reference:
    return Reference(
        "transitGatewayRouteTableId",
        TABLE,
        ec2(
            action,
            "InvalidRouteTableID.NotFound",
            "Transit Gateway Route Table {value} was deleted or does not exist.",
        ),
        ec2("DeleteTransitGatewayRouteTable", "IncorrectState", "{id} has associations: {user}")
        if action.startswith("Associate")
        else "",
    )


def _attachment_of(action: str) -> Reference:
    return Reference(
        "transitGatewayAttachmentId",
        _ATTACHMENTS,
        ec2(
            action,
            "InvalidTransitGatewayAttachmentID.NotFound",
            "Transit Gateway Attachment {value} was deleted or does not exist.",
        ),
    )


def _gateway_outputs(request: Request) -> Properties:
    """A default table for each default that is on, which the gateway makes itself."""
    found: Properties = {}
    table = f"tgw-rtb-0{request.hex(16, 'default')}"
    for word in ("association", "propagation"):
        on = request.get(f"defaultRouteTable{word.capitalize()}", "enable") == "enable"
        found[f"{word}DefaultRouteTableId"] = table if on else ""
    return found


def _admit_attachment(request: Request) -> None:
    """One attachment for a VPC, one subnet a zone."""
    for row, path in request.store.linked(str(request.get("vpcId"))):
        if (
            row.type == ATTACHMENT
            and path == "vpcId"
            and row.inputs.get("transitGatewayId") == request.get("transitGatewayId")
            and (request.old is None or row.row != request.old.row)
        ):
            text = f"{request.get('transitGatewayId')} has existing attachment for {request.get('vpcId')}: {row.id}"
            raise refuse(ec2("CreateTransitGatewayVpcAttachment", "DuplicateTransitGatewayAttachment", text))
    seen: set[str] = set()
    for subnet_id in request.get("subnetIds", []):
        subnet = next((one for one in request.store.by_id(str(subnet_id)) if one.type in SUBNET), None)
        zone = str(subnet.outputs.get("availabilityZone")) if subnet is not None else str(subnet_id)
        if zone in seen:
            text = f"Duplicate Subnets for same AZ: {subnet_id} in {zone}"
            raise refuse(ec2("CreateTransitGatewayVpcAttachment", "DuplicateSubnetsInSameZone", text))
        seen.add(zone)


def _resource_outputs(request: Request) -> Properties:
    attachment = str(request.get("transitGatewayAttachmentId"))
    rows = request.store.by_id(attachment)
    row = next((row for row in rows if row.type == ATTACHMENT), None)
    return {
        "resourceId": row.inputs.get("vpcId", "") if row is not None else "",
        "resourceType": "vpc" if row is not None else "vpn",
    }


def _accepted(request: Request) -> Properties:
    """What is known of the attachment that is accepted."""
    rows = request.store.by_id(str(request.get("transitGatewayAttachmentId")))
    held = next((row.outputs for row in rows if row.type == ATTACHMENT), {})
    same = ("applianceModeSupport", "dnsSupport", "ipv6Support", "subnetIds", "transitGatewayId", "vpcId", "vpcOwnerId")
    return {key: held[key] for key in same if key in held}


def _core_network(request: Request) -> Properties:
    tags = request.get("tags", {})
    place = (
        f"arn:{request.session.partition}:networkmanager::{request.account}:core-network/{request.get('coreNetworkId')}"
    )
    return {
        "attachmentPolicyRuleNumber": 100,
        "attachmentType": "VPC",
        "coreNetworkArn": place,
        "edgeLocation": request.region or request.session.region,
        "ownerAccountId": request.account,
        "resourceArn": request.get("vpcArn"),
        "segmentName": str(tags.get("segment", "")) if isinstance(tags, dict) else "",
        "state": "AVAILABLE",
    }


RULES: Final[dict[str, TypeRules]] = {
    GATEWAY[0]: TypeRules(
        source="EC2 API reference, CreateTransitGateway and TransitGatewayRequestOptions",
        input_defaults={
            "amazonSideAsn": 64512,
            "autoAcceptSharedAttachments": "disable",
            "defaultRouteTableAssociation": "enable",
            "defaultRouteTablePropagation": "enable",
            "dnsSupport": "enable",
            "multicastSupport": "disable",
            "securityGroupReferencingSupport": "disable",
            "vpnEcmpSupport": "enable",
        },
        id="tgw-0{hex16}",
        arn=_ARN + "transit-gateway/{id}",
        defaults={"ownerId": "{account}"},
        compute=_gateway_outputs,
    ),
    TABLE[0]: TypeRules(
        source="EC2 API reference, CreateTransitGatewayRouteTable",
        references=(gateway_of("CreateTransitGatewayRouteTable"),),
        id="tgw-rtb-0{hex16}",
        arn=_ARN + "transit-gateway-route-table/{id}",
        defaults={"defaultAssociationRouteTable": False, "defaultPropagationRouteTable": False},
    ),
    ATTACHMENT: TypeRules(
        source="EC2 API reference, CreateTransitGatewayVpcAttachment",
        input_defaults={
            "applianceModeSupport": "disable",
            "dnsSupport": "enable",
            "ipv6Support": "disable",
            "transitGatewayDefaultRouteTableAssociation": True,
            "transitGatewayDefaultRouteTablePropagation": True,
        },
        references=(
            gateway_of("CreateTransitGatewayVpcAttachment"),
            vpc_of("CreateTransitGatewayVpcAttachment"),
            subnet_of("CreateTransitGatewayVpcAttachment", "subnetIds[*]"),
        ),
        id="tgw-attach-0{hex16}",
        arn=_ARN + "transit-gateway-attachment/{id}",
        admit=_admit_attachment,
        defaults={"vpcOwnerId": "{account}"},
        equal=frozenset({"subnetIds"}),
    ),
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": TypeRules(
        source="EC2 API reference, AcceptTransitGatewayVpcAttachment",
        references=(_attachment_of("AcceptTransitGatewayVpcAttachment"),),
        id="{transitGatewayAttachmentId}",
        input_defaults={
            "transitGatewayDefaultRouteTableAssociation": True,
            "transitGatewayDefaultRouteTablePropagation": True,
        },
        compute=_accepted,
    ),
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": TypeRules(
        source="EC2 API reference, AssociateTransitGatewayRouteTable: one table an attachment",
        references=(
            _table_of("AssociateTransitGatewayRouteTable"),
            _attachment_of("AssociateTransitGatewayRouteTable"),
        ),
        id="{transitGatewayRouteTableId}_{transitGatewayAttachmentId}",
        unique="tgw-association:{transitGatewayAttachmentId}",
        exists=ec2(
            "AssociateTransitGatewayRouteTable",
            "Resource.AlreadyAssociated",
            "Transit Gateway Attachment {transitGatewayAttachmentId} is already associated to a route table.",
        ),
        compute=_resource_outputs,
    ),
    "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation": TypeRules(
        references=(
            _table_of("EnableTransitGatewayRouteTablePropagation"),
            _attachment_of("EnableTransitGatewayRouteTablePropagation"),
        ),
        id="{transitGatewayRouteTableId}_{transitGatewayAttachmentId}",
        compute=_resource_outputs,
    ),
    "aws:ec2transitgateway/route:Route": TypeRules(
        references=(_table_of("CreateTransitGatewayRoute"), _attachment_of("CreateTransitGatewayRoute")),
        id="{transitGatewayRouteTableId}_{destinationCidrBlock}",
        unique="tgw-route:{transitGatewayRouteTableId}:{destinationCidrBlock}",
        exists=ec2(
            "CreateTransitGatewayRoute",
            "RouteAlreadyExists",
            "Route {destinationCidrBlock} already exists in the table.",
        ),
        check=lambda inputs: cidr("destinationCidrBlock", inputs),
    ),
    "aws:networkmanager/vpcAttachment:VpcAttachment": TypeRules(
        source="Network Manager API reference, CreateVpcAttachment",
        references=(
            Reference(
                "subnetArns[*]",
                SUBNET,
                error("NetworkManager", "CreateVpcAttachment", "ValidationException", "Subnet {value} does not exist"),
            ),
        ),
        id="attachment-0{hex16}",
        arn="arn:{partition}:networkmanager::{account}:attachment/{id}",
        compute=_core_network,
        equal=frozenset({"subnetArns"}),
    ),
}
