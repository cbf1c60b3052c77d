"""Site-to-Site VPN and Direct Connect: gateways, connections, virtual interfaces (their API references)."""

import ipaddress
from collections.abc import Iterable
from typing import Any, Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import ROUTE_TABLE, ec2, vpc_of
from platform_lib.sandbox.cloud.aws.transit import GATEWAY as TRANSIT_GATEWAY
from platform_lib.sandbox.cloud.aws.transit import gateway_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

VPN_GATEWAY: Final = ("aws:ec2/vpnGateway:VpnGateway",)
CUSTOMER_GATEWAY: Final = ("aws:ec2/customerGateway:CustomerGateway",)
_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
_LINK_LOCAL: Final = ipaddress.IPv4Network("169.254.0.0/16")
_KEPT: Final = {f"169.254.{number}.0/30" for number in range(6)} | {"169.254.169.252/30"}
_SECRET_DIGITS: Final = 32
"""Length of the keys that AWS makes (Site-to-Site VPN user guide, tunnel authentication options)."""


def _vpn_gateway(action: str, *, blocks: bool = True) -> Reference:
    return Reference(
        "vpnGatewayId",
        VPN_GATEWAY,
        ec2(action, "InvalidVpnGatewayID.NotFound", "The vpnGateway ID '{value}' does not exist"),
        ec2("DeleteVpnGateway", "IncorrectState", "The vpnGateway '{id}' is in use: {user}") if blocks else "",
    )


def _inside(text: Any) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        return None


def _check_connection(inputs: Properties) -> Iterable[CheckFailure]:
    """Ranges inside tunnels, and exactly one end on the side of AWS (Site-to-Site VPN user guide, tunnel options)."""
    for number in (1, 2):
        text = inputs.get(f"tunnel{number}InsideCidr")
        if isinstance(text, str):
            block = _inside(text)
            if block is None or block.prefixlen != 30 or not block.subnet_of(_LINK_LOCAL) or text in _KEPT:
                yield CheckFailure(
                    f"tunnel{number}InsideCidr", f"expected a /30 of 169.254.0.0/16 that AWS does not keep, got {text}"
                )
    ends = [key for key in ("vpnGatewayId", "transitGatewayId") if inputs.get(key) is not None]
    if len(ends) > 1:
        yield CheckFailure("vpnGatewayId", "conflicts with transitGatewayId")


def _connection_outputs(request: Request) -> Properties:
    gateway_id = str(request.get("transitGatewayId") or request.get("vpnGatewayId") or "")
    gateway = next(iter(request.store.by_id(gateway_id)), None) if gateway_id else None
    asn = str(gateway.outputs.get("amazonSideAsn", "64512")) if gateway is not None else "64512"
    attachment = f"tgw-attach-0{request.hex(16, 'attachment')}" if request.get("transitGatewayId") else ""
    found: Properties = {
        "customerGatewayConfiguration": f'<vpn_connection id="{request.id}"/>',
        "transitGatewayAttachmentId": attachment,
        "routes": [],
        "vgwTelemetries": [],
    }
    for number in (1, 2):
        tunnel = f"tunnel{number}"
        made = f"169.254.{60 + number}.{4 * int(request.hex(1, tunnel), 16)}/30"
        inside = _inside(request.get(f"{tunnel}InsideCidr") or made)
        high, low = (int(request.hex(2, f"{tunnel}{part}"), 16) for part in "ab")
        found |= {
            f"{tunnel}Address": f"198.19.{high}.{low}",
            f"{tunnel}InsideCidr": str(inside),
            f"{tunnel}VgwInsideAddress": str(inside[1]) if inside is not None else "",
            f"{tunnel}CgwInsideAddress": str(inside[2]) if inside is not None else "",
            f"{tunnel}PresharedKey": request.get(f"{tunnel}PresharedKey")
            or "a" + request.hex(_SECRET_DIGITS - 1, f"{tunnel}key"),
            f"{tunnel}BgpAsn": asn,
            f"{tunnel}BgpHoldtime": 30,
        }
    return found


def _dx_gateway(path: str) -> Reference:
    return Reference(
        path,
        ("aws:directconnect/gateway:Gateway",),
        "operation error Direct Connect: DescribeDirectConnectGateways, api error DirectConnectClientException: "
        "Direct Connect Gateway {value} does not exist",
        "operation error Direct Connect: DeleteDirectConnectGateway, api error DirectConnectClientException: "
        "Direct Connect Gateway {id} has associations or virtual interfaces: {user}",
    )


def _association_outputs(request: Request) -> Properties:
    transit = str(request.get("associatedGatewayId", "")).startswith("tgw-")
    return {
        "associatedGatewayOwnerAccountId": request.get("associatedGatewayOwnerAccountId") or request.account,
        "associatedGatewayType": "transitGateway" if transit else "virtualPrivateGateway",
        "dxGatewayAssociationId": request.uuid("association"),
        "dxGatewayOwnerAccountId": request.account,
        "transitGatewayAttachmentId": f"tgw-attach-0{request.hex(16, 'attachment')}" if transit else "",
    }


def _interface(kind: str) -> TypeRules:
    return TypeRules(
        source=f"Direct Connect API reference, Create{kind}VirtualInterface",
        references=(_dx_gateway("dxGatewayId"),),
        id="dxvif-{hex8}",
        arn="arn:{partition}:directconnect:{region}:{account}:dxvif/{id}",
        defaults={"amazonSideAsn": "64512", "awsDevice": "sandbox-device", "jumboFrameCapable": True},
    )


RULES: Final[dict[str, TypeRules]] = {
    VPN_GATEWAY[0]: TypeRules(
        source="EC2 API reference, CreateVpnGateway",
        references=(vpc_of("AttachVpnGateway"),),
        id="vgw-0{hex16}",
        arn=_ARN + "vpn-gateway/{id}",
        defaults={"amazonSideAsn": "64512", "availabilityZone": "", "vpcId": ""},
    ),
    CUSTOMER_GATEWAY[0]: TypeRules(
        source="EC2 API reference, CreateCustomerGateway",
        id="cgw-0{hex16}",
        arn=_ARN + "customer-gateway/{id}",
    ),
    "aws:ec2/vpnConnection:VpnConnection": TypeRules(
        source="EC2 API reference, CreateVpnConnection",
        references=(
            Reference(
                "customerGatewayId",
                CUSTOMER_GATEWAY,
                ec2(
                    "CreateVpnConnection",
                    "InvalidCustomerGatewayID.NotFound",
                    "The customerGateway ID '{value}' does not exist",
                ),
                ec2("DeleteCustomerGateway", "IncorrectState", "The customer gateway '{id}' is in use: {user}"),
            ),
            _vpn_gateway("CreateVpnConnection"),
            gateway_of("CreateVpnConnection"),
        ),
        id="vpn-0{hex16}",
        arn=_ARN + "vpn-connection/{id}",
        check=_check_connection,
        compute=_connection_outputs,
    ),
    "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation": TypeRules(
        references=(
            _vpn_gateway("EnableVgwRoutePropagation", blocks=False),
            Reference(
                "routeTableId",
                ROUTE_TABLE,
                ec2(
                    "EnableVgwRoutePropagation",
                    "InvalidRouteTableID.NotFound",
                    "The routeTable ID '{value}' does not exist",
                ),
            ),
        ),
        id="{vpnGatewayId}_{routeTableId}",
    ),
    "aws:directconnect/gateway:Gateway": TypeRules(
        source="Direct Connect API reference, CreateDirectConnectGateway",
        id="{uuid}",
        arn="arn:{partition}:directconnect::{account}:dx-gateway/{id}",
        defaults={"ownerAccountId": "{account}"},
    ),
    "aws:directconnect/gatewayAssociation:GatewayAssociation": TypeRules(
        source="Direct Connect API reference, CreateDirectConnectGatewayAssociation",
        references=(
            _dx_gateway("dxGatewayId"),
            Reference(
                "associatedGatewayId",
                (*VPN_GATEWAY, *TRANSIT_GATEWAY),
                "operation error Direct Connect: CreateDirectConnectGatewayAssociation, api error "
                "DirectConnectClientException: Gateway {value} does not exist",
                ec2("DeleteVpnGateway", "IncorrectState", "The gateway '{id}' is in use: {user}"),
            ),
        ),
        id=lambda request: f"ga-{request.get('dxGatewayId')}{request.get('associatedGatewayId')}",
        compute=_association_outputs,
        equal=frozenset({"allowedPrefixes"}),
    ),
    "aws:directconnect/privateVirtualInterface:PrivateVirtualInterface": _interface("Private"),
    "aws:directconnect/transitVirtualInterface:TransitVirtualInterface": _interface("Transit"),
}
