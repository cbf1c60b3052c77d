"""Route tables, routes and their associations (EC2 API reference, CreateRoute and AssociateRouteTable)."""

from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import ROUTE_TABLE, cidr, ec2, subnet_of, vpc_of
from platform_lib.sandbox.cloud.aws.transit import ATTACHMENT as TRANSIT_ATTACHMENT
from platform_lib.sandbox.cloud.aws.transit import GATEWAY as TRANSIT_GATEWAY
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_TARGETS: Final = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
    "odbNetworkArn",
)


def _table(action: str, *, blocks: bool) -> Reference:
    text = "The routeTable '{id}' has dependencies and cannot be deleted."
    return Reference(
        "routeTableId",
        ROUTE_TABLE,
        ec2(action, "InvalidRouteTableID.NotFound", "The routeTable ID '{value}' does not exist"),
        ec2("DeleteRouteTable", "DependencyViolation", text) if blocks else "",
    )


def _targets(prefix: str, action: str) -> tuple[Reference, ...]:
    return (
        Reference(
            f"{prefix}gatewayId",
            ("aws:ec2/internetGateway:InternetGateway", "aws:ec2/vpnGateway:VpnGateway"),
            ec2(action, "InvalidGatewayID.NotFound", "The gateway ID '{value}' does not exist"),
        ),
        Reference(
            f"{prefix}natGatewayId",
            ("aws:ec2/natGateway:NatGateway",),
            ec2(action, "InvalidNatGatewayID.NotFound", "The natGateway ID '{value}' does not exist"),
        ),
        Reference(
            f"{prefix}vpcPeeringConnectionId",
            ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection",),
            ec2(
                action, "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{value}' does not exist"
            ),
        ),
        Reference(
            f"{prefix}egressOnlyGatewayId",
            ("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",),
            ec2(action, "InvalidGatewayID.NotFound", "The eigw ID '{value}' does not exist"),
        ),
        Reference(
            f"{prefix}transitGatewayId",
            TRANSIT_GATEWAY,
            ec2(action, "InvalidTransitGatewayID.NotFound", "The transitGateway ID '{value}' does not exist."),
        ),
    )


def _check_route(inputs: Properties) -> Iterable[CheckFailure]:
    yield from cidr("destinationCidrBlock", inputs)
    for names, what in ((_DESTINATIONS, "destination"), (_TARGETS, "target")):
        given = [name for name in names if inputs.get(name) is not None]
        if not given:
            yield CheckFailure(names[0], f"one {what} is needed; set one of {', '.join(names)}")
        elif len(given) > 1 and what == "destination":
            yield CheckFailure(given[1], f"conflicts with {given[0]}; set one {what}")


def _admit_route(request: Request) -> None:
    """A route leads to a transit gateway only from a VPC that is attached to it (Transit Gateway guide, routing)."""
    gateway = request.get("transitGatewayId")
    tables = request.store.by_id(str(request.get("routeTableId")))
    vpc = next((row.inputs.get("vpcId") for row in tables if row.type in ROUTE_TABLE), None)
    if not isinstance(gateway, str) or not isinstance(vpc, str):
        return
    if not any(
        row.type == TRANSIT_ATTACHMENT and path == "vpcId" and row.inputs.get("transitGatewayId") == gateway
        for row, path in request.store.linked(vpc)
    ):
        text = f"The transitGateway ID '{gateway}' does not exist."
        raise refuse(ec2("CreateRoute", "InvalidTransitGatewayID.NotFound", text))


def _destination(inputs: Properties) -> str:
    return next((str(inputs[name]) for name in _DESTINATIONS if inputs.get(name)), "")


def _route_id(request: Request) -> str:
    """``r-<table><hash>``, as the provider makes it (hash of the destination)."""
    number = int.from_bytes(_destination(request.inputs).encode()[-8:].rjust(8, b"\0"), "big") % 4294967296
    return f"r-{request.get('routeTableId')}{number}"


def _admit_association(request: Request) -> None:
    """A subnet (or gateway) is associated with one table."""
    for key in ("subnetId", "gatewayId"):
        value = request.get(key)
        for row, path in request.store.linked(str(value)) if value else ():
            if (
                path == key
                and row.type.endswith(":RouteTableAssociation")
                and (request.old is None or row.row != request.old.row)
            ):
                text = (
                    f"the specified association for route table {request.get('routeTableId')} conflicts with an "
                    f"existing association"
                )
                raise refuse(ec2("AssociateRouteTable", "Resource.AlreadyAssociated", text))


def _check_association(inputs: Properties) -> Iterable[CheckFailure]:
    given = [key for key in ("subnetId", "gatewayId") if inputs.get(key) is not None]
    if len(given) != 1:
        yield CheckFailure("subnetId", "exactly one of subnetId and gatewayId is needed")


def _default_id(request: Request) -> str:
    return str(request.get("defaultRouteTableId"))


RULES: Final[dict[str, TypeRules]] = {
    "aws:ec2/routeTable:RouteTable": TypeRules(
        references=(vpc_of("CreateRouteTable"), *_targets("routes[*].", "CreateRoute")),
        id="rtb-0{hex16}",
        arn="arn:{partition}:ec2:{region}:{account}:route-table/{id}",
        defaults={"ownerId": "{account}"},
        equal=frozenset({"routes", "propagatingVgws"}),
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": TypeRules(
        references=(
            Reference(
                "defaultRouteTableId",
                ROUTE_TABLE,
                ec2(
                    "DescribeRouteTables", "InvalidRouteTableID.NotFound", "The routeTable ID '{value}' does not exist"
                ),
            ),
            *_targets("routes[*].", "CreateRoute"),
        ),
        id=_default_id,
        arn="arn:{partition}:ec2:{region}:{account}:route-table/{id}",
        adopts=True,
        defaults={"ownerId": "{account}"},
        equal=frozenset({"routes", "propagatingVgws"}),
    ),
    "aws:ec2/route:Route": TypeRules(
        references=(_table("CreateRoute", blocks=False), *_targets("", "CreateRoute")),
        id=_route_id,
        check=_check_route,
        admit=_admit_route,
        defaults={"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": ""},
        unique=lambda request: f"route:{request.get('routeTableId')}:{_destination(request.inputs)}",
        exists=ec2(
            "CreateRoute",
            "RouteAlreadyExists",
            "The route identified by {destinationCidrBlock}{destinationIpv6CidrBlock} already exists.",
        ),
        import_ids=lambda inputs: f"{inputs.get('routeTableId')}_{_destination(inputs)}",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": TypeRules(
        references=(
            _table("AssociateRouteTable", blocks=True),
            subnet_of("AssociateRouteTable", "subnetId", blocks=False),
        ),
        id="rtbassoc-0{hex16}",
        check=_check_association,
        admit=_admit_association,
        import_ids=lambda inputs: f"{inputs.get('subnetId') or inputs.get('gatewayId')}/{inputs.get('routeTableId')}",
    ),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": TypeRules(
        references=(
            _table("ReplaceRouteTableAssociation", blocks=True),
            vpc_of("ReplaceRouteTableAssociation", blocks=False),
        ),
        id="rtbassoc-0{hex16}",
        defaults={"originalRouteTableId": "rtb-0{hex16}"},
    ),
}
