import ipaddress
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
NAT = "aws:ec2/natGateway:NatGateway"
EIP = "aws:ec2/eip:Eip"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


@pytest.fixture
def vpc(aws: Driver) -> Made:
    return aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})


def subnet(aws: Driver, vpc: Made, name: str, cidr: str, **more: Any) -> Made:
    return aws.create(SUBNET, name, {"vpcId": vpc.id, "cidrBlock": cidr, **more})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_a_vpc_has_the_forms_and_defaults_of_aws(vpc: Made) -> None:
    assert re.fullmatch(r"vpc-0[0-9a-f]{16}", vpc.id)
    assert vpc["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc.id}"
    assert vpc["ownerId"] == "123456789012"
    assert (vpc["enableDnsSupport"], vpc["enableDnsHostnames"], vpc["instanceTenancy"]) == (True, False, "default")
    for key, prefix in (
        ("defaultSecurityGroupId", "sg"),
        ("defaultNetworkAclId", "acl"),
        ("defaultRouteTableId", "rtb"),
    ):
        assert re.fullmatch(rf"{prefix}-0[0-9a-f]{{16}}", vpc[key])


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/29"])
def test_a_vpc_is_between_16_and_28(aws: Driver, cidr: str) -> None:
    with refused(r"InvalidVpc\.Range"):
        aws.create(VPC, "v", {"cidrBlock": cidr})


@pytest.mark.parametrize(
    ("cidr", "text"), [("10.0.0.1/16", r'did you mean "10\.0\.0\.0/16"'), ("10.0.0/16", "not a valid CIDR")]
)
def test_a_cidr_is_validated_before_anything_is_sent(aws: Driver, cidr: str, text: str) -> None:
    assert re.search(text, aws.reasons(VPC, {"cidrBlock": cidr}))


def test_an_ipv6_range_is_assigned_on_request(aws: Driver) -> None:
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16", "assignGeneratedIpv6CidrBlock": True})
    assert ipaddress.ip_network(made["ipv6CidrBlock"]).prefixlen == 56


def test_a_subnet_lies_in_a_zone_of_the_region(aws: Driver, vpc: Made) -> None:
    made = subnet(aws, vpc, "a", "10.0.0.0/24", availabilityZone="eu-west-1b")
    assert (made["availabilityZone"], made["availabilityZoneId"]) == ("eu-west-1b", "euw1-az2")
    by_id = subnet(aws, vpc, "b", "10.0.1.0/24", availabilityZoneId="euw1-az3")
    assert by_id["availabilityZone"] == "eu-west-1c"
    with refused(r"availabilityZone is invalid.*eu-west-1a, eu-west-1b, eu-west-1c"):
        subnet(aws, vpc, "c", "10.0.2.0/24", availabilityZone="us-east-1a")


@pytest.mark.parametrize(
    ("cidr", "code"), [("10.1.0.0/24", "Range"), ("10.0.0.0/29", "Range"), ("10.0.0.128/25", "Conflict")]
)
def test_a_subnet_is_inside_the_vpc_and_apart_from_the_others(aws: Driver, vpc: Made, cidr: str, code: str) -> None:
    subnet(aws, vpc, "first", "10.0.0.0/24")
    with refused(rf"InvalidSubnet\.{code}"):
        subnet(aws, vpc, "second", cidr)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(20, 28)), max_size=6))
def test_subnets_that_are_accepted_never_overlap(wanted: list[tuple[int, int]]) -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    kept: list[ipaddress.IPv4Network] = []
    for index, (third, bits) in enumerate(wanted):
        block = ipaddress.IPv4Network((int(ipaddress.IPv4Address(f"10.0.{third}.0")) & ~((1 << (32 - bits)) - 1), bits))
        overlaps = any(block.overlaps(other) for other in kept)
        try:
            subnet(aws, made, f"s{index}", str(block))
        except ProviderError:
            assert overlaps
        else:
            assert not overlaps
            kept.append(block)


def test_a_further_range_of_the_vpc_takes_subnets(aws: Driver, vpc: Made) -> None:
    aws.create(
        "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        "more",
        {"vpcId": vpc.id, "cidrBlock": "10.9.0.0/16"},
    )
    assert subnet(aws, vpc, "s", "10.9.1.0/24").id


def test_a_vpc_goes_last(aws: Driver, vpc: Made) -> None:
    inside = subnet(aws, vpc, "s", "10.0.0.0/24")
    gateway = aws.create(GATEWAY, "igw", {"vpcId": vpc.id})
    for made in (inside, gateway):
        with refused(rf"DependencyViolation: The vpc '{vpc.id}' has dependencies"):
            aws.delete(vpc)
        aws.delete(made)
    aws.delete(vpc)
    assert aws.cloud.ls(implied=True) == [], "its default group, network ACL and route table went with it"


def test_one_internet_gateway_a_vpc(aws: Driver, vpc: Made) -> None:
    first = aws.create(GATEWAY, "one", {"vpcId": vpc.id})
    with refused("already has an internet gateway attached"):
        aws.create(GATEWAY, "two", {"vpcId": vpc.id})
    assert aws.update(first, {"vpcId": vpc.id, "tags": {"a": "b"}})["tags"] == {"a": "b"}
    with refused(r"InvalidVpcID\.NotFound"):
        aws.create(GATEWAY, "three", {"vpcId": "vpc-none"})


def test_a_nat_gateway_needs_an_address_and_an_internet_gateway(aws: Driver, vpc: Made) -> None:
    public = subnet(aws, vpc, "public", "10.0.0.0/24")
    address = aws.create(EIP, "ip", {"domain": "vpc"})
    inputs = {"subnetId": public.id, "allocationId": address.id}
    with refused(r"Gateway\.NotAttached"):
        aws.create(NAT, "nat", inputs)
    aws.create(GATEWAY, "igw", {"vpcId": vpc.id})
    nat = aws.create(NAT, "nat", inputs)
    assert nat["publicIp"] == address["publicIp"]
    assert ipaddress.ip_address(nat["privateIp"]) in ipaddress.ip_network("10.0.0.0/24")
    with refused(r"Resource\.AlreadyAssociated"):
        aws.create(NAT, "second", inputs)
    with refused(r"InvalidIPAddress\.InUse"):
        aws.delete(address)
    with refused("DependencyViolation: The subnet"):
        aws.delete(public)


def test_addresses_are_nobodys(aws: Driver) -> None:
    addresses = {aws.create(EIP, f"ip{number}")["publicIp"] for number in range(30)}
    assert all(ipaddress.ip_address(address) in ipaddress.ip_network("198.18.0.0/15") for address in addresses)
    assert len(addresses) > 25


def test_routes_and_associations(aws: Driver, vpc: Made) -> None:
    table = aws.create(TABLE, "rt", {"vpcId": vpc.id})
    gateway = aws.create(GATEWAY, "igw", {"vpcId": vpc.id})
    route = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    made = aws.create(ROUTE, "default", route)
    assert made.id.startswith(f"r-{table.id}")
    with refused(r"RouteAlreadyExists: The route identified by 0\.0\.0\.0/0"):
        aws.create(ROUTE, "again", route)
    with refused(r"InvalidNatGatewayID\.NotFound"):
        aws.create(
            ROUTE, "nat", {"routeTableId": table.id, "destinationCidrBlock": "10.9.0.0/16", "natGatewayId": "nat-none"}
        )
    with refused(r"InvalidRouteTableID\.NotFound"):
        aws.create(ROUTE, "lost", {**route, "routeTableId": "rtb-none"})
    inside = subnet(aws, vpc, "s", "10.0.0.0/24")
    aws.create(ASSOCIATION, "a", {"routeTableId": table.id, "subnetId": inside.id})
    with refused(r"Resource\.AlreadyAssociated"):
        aws.create(ASSOCIATION, "b", {"routeTableId": table.id, "subnetId": inside.id})
    with refused("The routeTable .* has dependencies"):
        aws.delete(table)


def test_a_route_has_one_destination_and_a_target(aws: Driver) -> None:
    assert "one target is needed" in aws.reasons(ROUTE, {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"})
    both = {
        "routeTableId": "r",
        "gatewayId": "g",
        "destinationCidrBlock": "0.0.0.0/0",
        "destinationIpv6CidrBlock": "::/0",
    }
    assert "conflicts with destinationCidrBlock" in aws.reasons(ROUTE, both)


def test_the_default_group_is_the_one_that_came_with_the_vpc(aws: Driver, vpc: Made) -> None:
    made = aws.create(DEFAULT_GROUP, "d", {"vpcId": vpc.id})
    assert made.id == vpc["defaultSecurityGroupId"]
    assert (made["ingress"], made["egress"], made["name"]) == ([], [], "default")
    aws.delete(made)
    aws.delete(vpc)


def test_a_security_group_keeps_its_name_and_its_users(aws: Driver, vpc: Made) -> None:
    group = aws.create(GROUP, "web", {"vpcId": vpc.id, "name": "web"})
    assert group["description"] == "Managed by Pulumi"
    with refused(r"InvalidGroup\.Duplicate.*'web' already exists"):
        aws.create(GROUP, "web2", {"vpcId": vpc.id, "name": "web"})
    other = aws.create(GROUP, "db", {"vpcId": vpc.id})
    rule = aws.create(
        INGRESS,
        "r",
        {
            "securityGroupId": other.id,
            "referencedSecurityGroupId": group.id,
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
        },
    )
    with refused(f"DependencyViolation: resource {group.id} has a dependent object"):
        aws.delete(group)
    aws.delete(rule)
    aws.delete(group)


def test_rules_are_refused_twice_and_in_wrong_forms(aws: Driver, vpc: Made) -> None:
    group = aws.create(GROUP, "web", {"vpcId": vpc.id})
    rule = {"securityGroupId": group.id, "cidrIpv4": "10.0.0.0/8", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    assert re.fullmatch(r"sgr-0[0-9a-f]{16}", aws.create(INGRESS, "a", rule).id)
    with refused(r"InvalidPermission\.Duplicate"):
        aws.create(INGRESS, "b", rule)
    with refused(r"InvalidGroup\.NotFound"):
        aws.create(INGRESS, "c", {**rule, "securityGroupId": "sg-none"})
    assert "exactly one of cidrIpv4" in aws.reasons(INGRESS, {**rule, "cidrIpv6": "::/0"})
    assert "must be less than or equal" in aws.reasons(INGRESS, {**rule, "fromPort": 444})


def test_the_order_of_rules_in_a_group_does_not_matter(aws: Driver, vpc: Made) -> None:
    rules = [{"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": ["10.0.0.0/8"]} for port in (80, 443)]
    group = aws.create(GROUP, "web", {"vpcId": vpc.id, "ingress": rules})
    assert aws.diff(group, {"vpcId": vpc.id, "ingress": rules[::-1]}).changes == "none"
    assert aws.diff(group, {"vpcId": vpc.id, "ingress": rules[:1]}).changes == "some"


def test_endpoints_of_both_kinds(aws: Driver, vpc: Made) -> None:
    table = aws.create(TABLE, "rt", {"vpcId": vpc.id})
    s3 = aws.create(
        ENDPOINT, "s3", {"vpcId": vpc.id, "serviceName": "com.amazonaws.eu-west-1.s3", "routeTableIds": [table.id]}
    )
    assert s3["vpcEndpointType"] == "Gateway"
    assert s3["prefixListId"].startswith("pl-")
    inside = subnet(aws, vpc, "s", "10.0.0.0/24")
    kms = {
        "vpcId": vpc.id,
        "serviceName": "com.amazonaws.eu-west-1.kms",
        "vpcEndpointType": "Interface",
        "subnetIds": [inside.id],
    }
    made = aws.create(ENDPOINT, "kms", kms)
    assert made["dnsEntries"][0]["dnsName"].endswith("kms.eu-west-1.vpce.amazonaws.com")
    assert len(made["networkInterfaceIds"]) == 1
    with refused("DuplicateSubnetsInSameZone"):
        other = subnet(aws, vpc, "t", "10.0.1.0/24")
        aws.create(ENDPOINT, "kms2", {**kms, "subnetIds": [inside.id, other.id]})


@pytest.mark.parametrize("service", ["com.amazonaws.us-east-1.s3", "com.amazonaws.eu-west-1.kms"])
def test_a_gateway_endpoint_is_for_s3_and_dynamodb_of_the_region(aws: Driver, vpc: Made, service: str) -> None:
    with refused(rf"InvalidServiceName.*'{service}' does not exist"):
        aws.create(ENDPOINT, "e", {"vpcId": vpc.id, "serviceName": service})


def test_a_flow_log_names_what_is_there(aws: Driver, vpc: Made) -> None:
    trust = '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}'
    role = aws.create("aws:iam/role:Role", "r", {"assumeRolePolicy": trust})
    group = aws.create("aws:cloudwatch/logGroup:LogGroup", "l", {"retentionInDays": 30})
    inputs = {"vpcId": vpc.id, "trafficType": "ALL", "iamRoleArn": role["arn"], "logDestination": group["arn"]}
    assert re.fullmatch(r"fl-0[0-9a-f]{16}", aws.create(FLOW_LOG, "f", inputs).id)
    with refused("LogDestination: .* does not exist"):
        aws.create(FLOW_LOG, "g", {**inputs, "logDestination": group["arn"] + "x"})
    assert "needs the role" in aws.reasons(FLOW_LOG, {"vpcId": vpc.id, "logDestination": group["arn"]})
    assert "exactly one of" in aws.reasons(FLOW_LOG, {**inputs, "subnetId": "s"})
    assert "[60 600]" in aws.reasons(FLOW_LOG, {**inputs, "maxAggregationInterval": 90})


def test_network_acl_entries_have_numbers_of_their_own(aws: Driver, vpc: Made) -> None:
    acl = aws.create("aws:ec2/networkAcl:NetworkAcl", "n", {"vpcId": vpc.id})
    rule = {
        "networkAclId": acl.id,
        "ruleNumber": 100,
        "protocol": "tcp",
        "ruleAction": "allow",
        "cidrBlock": "0.0.0.0/0",
        "fromPort": 443,
        "toPort": 443,
    }
    token = "aws:ec2/networkAclRule:NetworkAclRule"
    aws.create(token, "a", rule)
    aws.create(token, "out", {**rule, "egress": True})
    with refused("NetworkAclEntryAlreadyExists.*identified by 100"):
        aws.create(token, "b", rule)
    assert "(1 - 32766)" in aws.reasons(token, {**rule, "ruleNumber": 40000})


def test_every_region_has_a_default_vpc_that_look_ups_find(aws: Driver) -> None:
    found = aws.look_up("aws:ec2/getVpc:getVpc", default=True)
    assert (found["cidrBlock"], found["default"]) == ("172.31.0.0/16", True)
    ids = aws.look_up("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [found["id"]]}])["ids"]
    assert len(ids) == 3
    assert aws.look_up("aws:ec2/getVpc:getVpc", default=True)["id"] == found["id"]
    assert aws.look_up("aws:ec2/getVpc:getVpc", default=True, region="us-east-1")["id"] != found["id"]
    assert aws.create(GROUP, "web")["vpcId"] == found["id"], "a group without a VPC lies in the default one"
    instance = aws.create(
        "aws:ec2/instance:Instance", "i", {"ami": "ami-1", "instanceType": "t3.micro", "subnetId": ids[0]}
    )
    assert instance["privateIp"].startswith("172.31.")
    assert [row.type for row in aws.cloud.ls()] == [GROUP, "aws:ec2/instance:Instance"], "nobody made it"


def test_what_an_import_names_by_another_id_is_found(aws: Driver, vpc: Made) -> None:
    table = aws.create(TABLE, "main", {"vpcId": vpc.id})
    place = subnet(aws, vpc, "a", "10.0.0.0/24")
    association = aws.create(ASSOCIATION, "main", {"subnetId": place.id, "routeTableId": table.id})
    gateway = aws.create(GATEWAY, "main", {"vpcId": vpc.id})
    route = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    made = aws.create(ROUTE, "main", route)

    def found(one: Made, id_: str) -> str:
        return aws.provider.read(one.urn, id_, {}, {}).id

    assert found(association, f"{place.id}/{table.id}") == association.id
    assert found(made, f"{table.id}_0.0.0.0/0") == made.id
    assert found(made, f"{table.id}_10.9.0.0/16") == ""
    assert aws.provider.read(made.urn, f"{table.id}_0.0.0.0/0", made.inputs, made.outputs).id == ""
