"""The cases of the rules for VPCs."""

import pytest

from support.aws_examples import allow, policy
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

VPC = [
    R("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
    R("log", "aws:ec2/flowLog:FlowLog", {"vpcId": Ref("vpc"), "trafficType": "ALL"}),
    R("default", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": Ref("vpc")}),
]
ROUTES = [
    R(
        "route",
        "aws:ec2/route:Route",
        {"routeTableId": Ref("table"), "destinationCidrBlock": "0.0.0.0/0", "gatewayId": Ref("igw")},
    ),
    R("table", "aws:ec2/routeTable:RouteTable", {"vpcId": "vpc-1", "tags": {"tier": "public"}}),
    R("igw", "aws:ec2/internetGateway:InternetGateway", {"vpcId": "vpc-1"}),
]
TABLE = R(
    "inline",
    "aws:ec2/routeTable:RouteTable",
    {"vpcId": "vpc-1", "tags": {"role": "Public"}, "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]},
)
SUBNET = resource("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "mapPublicIpOnLaunch": False})
ENDPOINT = resource(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    {"vpcId": "vpc-1", "policy": policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "s3:GetObject"))},
)

CASES = [
    Case(
        "aws-vpc-flow-logs-enabled",
        VPC,
        bad=[drop("log"), on("log", {"trafficType": "ACCEPT"}), on("log", {"vpcId": "another"})],
        absent={"trafficType": PASS, "vpcId": FAIL},
    ),
    Case(
        "aws-vpc-no-default-vpc",
        [],
        bad=[add(R("d", f"aws:ec2/default{kind}:Default{kind}")) for kind in ("Vpc", "Subnet")],
    ),
    Case("aws-vpc-subnet-no-auto-public-ip", SUBNET, bad={"mapPublicIpOnLaunch": True}),
    Case(
        "aws-ec2-instance-no-ipv6-public",
        SUBNET,
        bad={"assignIpv6AddressOnCreation": True},
        unrelated={"tags": {"tier": "public"}},
    ),
    Case(
        "aws-vpc-no-unrestricted-igw-route",
        ROUTES,
        bad=[
            on("table", {"tags": REMOVE}),
            on("table", {"tags": {"tier": "private"}}),
            drop("table"),
            on("route", {"destinationCidrBlock": "::/0", "routeTableId": "rtb-2"}),
        ],
        also_good=[
            on("route", {"destinationCidrBlock": "10.1.0.0/16", "routeTableId": "rtb-2"}),
            on("route", {"gatewayId": "vgw-1", "routeTableId": "rtb-2"}),
            on("route", {"gatewayId": REMOVE, "natGatewayId": "nat-1", "routeTableId": "rtb-2"}),
        ],
        guards=[],
    ),
    Case(
        "aws-vpc-peering-routes-least-access",
        resource("aws:ec2/route:Route", {"destinationCidrBlock": "10.1.0.0/16", "vpcPeeringConnectionId": "pcx-1"}),
        bad=[{"destinationCidrBlock": "10.0.0.0/8"}, {"destinationCidrBlock": "0.0.0.0/0"}],
        unrelated={"vpcPeeringConnectionId": REMOVE},
    ),
    Case(
        "aws-vpc-endpoint-policy-not-open",
        ENDPOINT,
        bad=[{"policy": policy(allow("*", "*"))}, {"policy": "x"}],
        also_good={"policy": policy(allow("*", "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))},
    ),
    Case(
        "aws-vpc-endpoint-service-requires-acceptance",
        resource("aws:ec2/vpcEndpointService:VpcEndpointService", {"acceptanceRequired": True}),
        bad={"acceptanceRequired": False},
    ),
    Case(
        "aws-vpc-block-public-access",
        resource(
            "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
            {"internetGatewayBlockMode": "block-ingress"},
        ),
        bad={"internetGatewayBlockMode": "off"},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


INLINE = Case(
    "aws-vpc-no-unrestricted-igw-route",
    TABLE,
    bad={"tags": {"role": "private"}},
    also_good={"tags": REMOVE, "routes[].gatewayId": "vgw-1"},
    guards=[],
)


@pytest.mark.parametrize("trial", trials([INLINE]), ids=str)
def test_routes_in_the_table_count_too(trial: Trial) -> None:
    trial.run()
