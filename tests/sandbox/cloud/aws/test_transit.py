import re
from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
HUB_TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
PROPAGATION = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
VPN_GATEWAY = "aws:ec2/vpnGateway:VpnGateway"
CUSTOMER_GATEWAY = "aws:ec2/customerGateway:CustomerGateway"
CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
DX_GATEWAY = "aws:directconnect/gateway:Gateway"
DX_ASSOCIATION = "aws:directconnect/gatewayAssociation:GatewayAssociation"


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


@pytest.fixture
def vpc(aws: Driver) -> Made:
    return aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})


@pytest.fixture
def hub(aws: Driver) -> Made:
    return aws.create(GATEWAY, "hub", {"defaultRouteTableAssociation": "disable"})


def subnet(aws: Driver, vpc: Made, zone: str, cidr: str) -> Made:
    return aws.create(SUBNET, cidr, {"vpcId": vpc.id, "cidrBlock": cidr, "availabilityZone": zone})


def attached(aws: Driver, hub: Made, vpc: Made, *subnets: Made) -> Made:
    ids = [one.id for one in subnets] or [subnet(aws, vpc, "eu-west-1a", "10.0.0.0/28").id]
    return aws.create(ATTACHMENT, "spoke", {"transitGatewayId": hub.id, "vpcId": vpc.id, "subnetIds": ids})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_a_transit_gateway_has_the_forms_of_aws_and_the_default_tables_that_are_on(hub: Made) -> None:
    assert re.fullmatch(r"tgw-0[0-9a-f]{16}", hub.id)
    assert hub["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:transit-gateway/{hub.id}"
    assert hub["associationDefaultRouteTableId"] == ""
    assert hub["propagationDefaultRouteTableId"].startswith("tgw-rtb-0")
    assert (hub["amazonSideAsn"], hub["ownerId"]) == (64512, "123456789012")


def test_a_vpc_is_attached_once_with_one_subnet_a_zone(aws: Driver, hub: Made, vpc: Made) -> None:
    one, other = (subnet(aws, vpc, "eu-west-1a", cidr) for cidr in ("10.0.0.0/28", "10.0.0.16/28"))
    with refused("DuplicateSubnetsInSameZone"):
        attached(aws, hub, vpc, one, other)
    attached(aws, hub, vpc, one)
    with refused("DuplicateTransitGatewayAttachment"):
        attached(aws, hub, vpc, other)


def test_an_attachment_is_associated_with_one_table(aws: Driver, hub: Made, vpc: Made) -> None:
    spoke = attached(aws, hub, vpc)
    tables = [aws.create(HUB_TABLE, name, {"transitGatewayId": hub.id}) for name in ("dev", "prod")]
    first, second = ({"transitGatewayAttachmentId": spoke.id, "transitGatewayRouteTableId": one.id} for one in tables)
    made = aws.create(ASSOCIATION, "a", first)
    assert (made.id, made["resourceId"], made["resourceType"]) == (f"{tables[0].id}_{spoke.id}", vpc.id, "vpc")
    with refused("Resource.AlreadyAssociated"):
        aws.create(ASSOCIATION, "b", second)
    assert aws.create(PROPAGATION, "p", second)["resourceId"] == vpc.id
    with refused("has associations"):
        aws.delete(tables[0])
    with refused("has non-deleted attachments"):
        aws.delete(hub)


def test_a_route_to_a_transit_gateway_needs_the_attachment_first(aws: Driver, hub: Made, vpc: Made) -> None:
    table = aws.create(TABLE, "t", {"vpcId": vpc.id})
    route = {"routeTableId": table.id, "destinationCidrBlock": "10.0.0.0/8", "transitGatewayId": hub.id}
    with refused(r"InvalidTransitGatewayID\.NotFound"):
        aws.create(ROUTE, "r", route)
    attached(aws, hub, vpc)
    assert aws.create(ROUTE, "r", route)["state"] == "active"
    with refused(r"InvalidTransitGatewayID\.NotFound"):
        aws.create(ROUTE, "s", {**route, "transitGatewayId": "tgw-0123456789abcdef0"})


def connection(aws: Driver, **more: Any) -> Made:
    peer = aws.create(CUSTOMER_GATEWAY, "peer", {"bgpAsn": "65010", "ipAddress": "203.0.113.7", "type": "ipsec.1"})
    return aws.create(CONNECTION, "vpn", {"customerGatewayId": peer.id, "type": "ipsec.1", **more})


def test_a_vpn_connection_has_two_tunnels_with_addresses_and_keys(aws: Driver, vpc: Made) -> None:
    gateway = aws.create(VPN_GATEWAY, "vgw", {"vpcId": vpc.id, "amazonSideAsn": "64520"})
    made = connection(
        aws, vpnGatewayId=gateway.id, tunnel1InsideCidr="169.254.21.0/30", tunnel2PresharedKey="a.given.key"
    )
    assert made["tunnel1Address"] != made["tunnel2Address"]
    assert (made["tunnel1VgwInsideAddress"], made["tunnel1CgwInsideAddress"]) == ("169.254.21.1", "169.254.21.2")
    assert made["tunnel2InsideCidr"].endswith("/30")
    assert (made["tunnel1BgpAsn"], made["transitGatewayAttachmentId"]) == ("64520", "")
    assert len(aws.read(made).outputs["tunnel1PresharedKey"].value) == 32
    with refused("IncorrectState.*is in use"):
        aws.delete(gateway)
    with refused("DependencyViolation"):
        aws.delete(vpc)


def test_a_vpn_connection_of_a_transit_gateway_is_an_attachment(aws: Driver, hub: Made) -> None:
    made = connection(aws, transitGatewayId=hub.id)
    table = aws.create(HUB_TABLE, "t", {"transitGatewayId": hub.id})
    where = {"transitGatewayAttachmentId": made["transitGatewayAttachmentId"], "transitGatewayRouteTableId": table.id}
    assert aws.create(ASSOCIATION, "a", where)["resourceType"] == "vpn"


@pytest.mark.parametrize("inside", ["169.254.0.0/30", "169.254.21.0/29", "10.0.0.0/30", "169.254.169.252/30"])
def test_ranges_inside_tunnels_that_aws_does_not_take(aws: Driver, inside: str) -> None:
    reasons = aws.reasons(CONNECTION, {"customerGatewayId": "cgw-1", "type": "ipsec.1", "tunnel1InsideCidr": inside})
    assert "expected a /30 of 169.254.0.0/16" in reasons


def test_a_connection_ends_at_one_gateway(aws: Driver) -> None:
    ends = {"vpnGatewayId": "vgw-1", "transitGatewayId": "tgw-1"}
    assert "conflicts" in aws.reasons(CONNECTION, {"customerGatewayId": "cgw-1", "type": "ipsec.1", **ends})


def test_a_direct_connect_gateway_goes_after_what_is_associated_with_it(aws: Driver, vpc: Made) -> None:
    gateway = aws.create(VPN_GATEWAY, "vgw", {"vpcId": vpc.id})
    line = aws.create(DX_GATEWAY, "dx", {"name": "dx", "amazonSideAsn": "64512"})
    made = aws.create(DX_ASSOCIATION, "a", {"dxGatewayId": line.id, "associatedGatewayId": gateway.id})
    assert made["associatedGatewayType"] == "virtualPrivateGateway"
    with refused("has associations"):
        aws.delete(line)
    aws.delete(made)
    aws.delete(line)
