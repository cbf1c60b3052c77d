import json

import pulumi
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.errors import ArgsError
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.recording import ACCOUNT_ID, record

UNTAGGABLE = {
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
}
WHOLE = {
    "egress": "per-zone",
    "zone_count": 3,
    "endpoints": {"interface": ["ssm", "kms", "sts"]},
    "dns": {"domain_name": "example.internal"},
    "tags": {"team": "network"},
}


def made(environment="prod", opts=None, preview=False, result=lambda vpc: vpc.subnet_ids, **more):
    def program():
        args = {"context": context(environment), "region": "eu-west-1", "cidr": "10.20.0.0/16", **more}
        return result(VpcComponent("main", VpcArgs(**args), opts))

    return record(program, preview=preview)


def policy(text):
    return json.loads(text)["Statement"]


@pytest.mark.parametrize(
    "name, arguments", [("least", {"flow_logs": {"enabled": False}}), ("default", {}), ("whole", WHOLE)]
)
def test_urns_and_parents_change_only_on_purpose(golden, name, arguments):
    golden(f"urns/vpc-{name}.txt", "\n".join(made(**arguments).tree()) + "\n")


@pytest.mark.parametrize("preview", [True, False])
def test_a_preview_registers_what_an_update_does(preview):
    assert {item.urn for item in made(preview=preview, **WHOLE).registrations} == {
        item.urn for item in made(**WHOLE).registrations
    }


def test_every_taggable_resource_carries_the_tags_and_its_name():
    recorded = made(**WHOLE)
    required = required_tags(context("prod"))
    resources = [item for item in recorded.registrations if item.custom]
    assert {item.type for item in resources if "tags" not in item.inputs} == UNTAGGABLE
    for item in resources:
        if item.type not in UNTAGGABLE:
            assert required.items() <= item.inputs["tags"].items()
            assert item.inputs["tags"]["Name"] == item.name
            assert item.inputs["tags"]["team"] == "network"


def test_every_regional_resource_is_in_the_region_of_the_arguments():
    for item in made(**WHOLE).registrations:
        if item.custom and not item.type.startswith("aws:iam/"):
            assert item.inputs["region"] == "eu-west-1"


GUARDED = {
    *("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/internetGateway:InternetGateway"),
    *("aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"),
}
STATEFUL = {"aws:cloudwatch/logGroup:LogGroup", "aws:kms/key:Key"}


@pytest.mark.parametrize(
    "environment, guard, protect, expected",
    [
        ("dev", None, None, GUARDED),
        ("dev", True, None, GUARDED),
        ("dev", False, None, set()),
        ("prod", None, None, GUARDED | STATEFUL),
        ("prod", False, None, STATEFUL),
        ("prod", True, False, set()),
    ],
)
def test_the_guard_holds_in_every_environment_and_a_caller_has_the_last_word(environment, guard, protect, expected):
    recorded = made(environment, pulumi.ResourceOptions(protect=protect), egress="single", guard=guard)
    assert {item.type for item in recorded.registrations if item.custom and item.protect} == expected


def test_the_default_security_group_is_emptied():
    (group,) = made().of_type("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert group.inputs["ingress"] == group.inputs["egress"] == []
    assert group.inputs["vpcId"] == "main-vpc-id"


def test_no_subnet_gives_public_addresses():
    assert all(item.inputs["mapPublicIpOnLaunch"] is False for item in made().of_type("aws:ec2/subnet:Subnet"))


def test_all_traffic_is_recorded_in_an_encrypted_log_group():
    recorded = made()
    (log,) = recorded.of_type("aws:ec2/flowLog:FlowLog")
    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["logDestination"] == "arn:aws:mock:::main-flow-logs"
    assert log.inputs["iamRoleArn"] == "arn:aws:mock:::main-flow-logs-role"
    group = recorded.named("main-flow-logs")
    assert group.inputs["kmsKeyId"] == "arn:aws:mock:::main-flow-logs-key"
    assert group.inputs["retentionInDays"] == 365


def test_the_key_of_the_log_group_rotates_and_serves_this_log_group_only():
    key = made().named("main-flow-logs-key")
    assert key.inputs["enableKeyRotation"] is True
    account, logs = policy(key.inputs["policy"])
    assert account["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    pattern = f"arn:aws:logs:eu-west-1:{ACCOUNT_ID}:log-group:main-flow-logs-*"
    assert logs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": pattern}}


def test_the_role_of_flow_logs_writes_into_its_log_group_only_and_for_this_account_only():
    recorded = made()
    (trust,) = policy(recorded.named("main-flow-logs-role").inputs["assumeRolePolicy"])
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    (write,) = policy(recorded.named("main-flow-logs-policy").inputs["policy"])
    assert write["Resource"] == ["arn:aws:mock:::main-flow-logs", "arn:aws:mock:::main-flow-logs:*"]
    assert all(action.startswith("logs:") and "*" not in action for action in write["Action"])


def test_a_given_key_is_used_and_none_is_made():
    recorded = made(flow_logs={"kms_key_arn": "arn:aws:kms:::key/given"})
    assert recorded.named("main-flow-logs").inputs["kmsKeyId"] == "arn:aws:kms:::key/given"
    assert not recorded.of_type("aws:kms/key:Key")


def test_flow_logs_into_a_bucket_need_neither_role_nor_log_group():
    recorded = made(
        flow_logs={"destination": "s3", "bucket_arn": "arn:aws:s3:::logs"},
        result=lambda vpc: vpc.flow_log_destination_arn,
    )
    (log,) = recorded.of_type("aws:ec2/flowLog:FlowLog")
    assert (log.inputs["logDestinationType"], log.inputs["logDestination"]) == ("s3", "arn:aws:s3:::logs")
    assert "iamRoleArn" not in log.inputs
    assert recorded.result == "arn:aws:s3:::logs"
    assert not {item.type for item in recorded.registrations} & {
        "aws:iam/role:Role",
        "aws:cloudwatch/logGroup:LogGroup",
    }


def test_private_traffic_leaves_through_the_gateway_of_its_zone():
    recorded = made(egress="per-zone")
    route = recorded.named("main-default-route-private-euw1-az2")
    assert route.inputs["natGatewayId"] == "main-nat-euw1-az2-id"
    assert "gatewayId" not in route.inputs
    nat = recorded.named("main-nat-euw1-az2")
    assert nat.inputs["subnetId"] == "main-subnet-public-euw1-az2-id"
    assert nat.inputs["allocationId"] == "main-nat-address-euw1-az2-id"
    assert any(urn.endswith("::main-internet-gateway") for urn in nat.depends_on)
    assert recorded.named("main-default-route-public").inputs["gatewayId"] == "main-internet-gateway-id"


def test_gateway_endpoints_stand_in_every_route_table_and_serve_the_own_account():
    recorded = made()
    endpoint = recorded.named("main-endpoint-s3")
    assert len(endpoint.inputs["routeTableIds"]) == len(recorded.of_type("aws:ec2/routeTable:RouteTable")) == 4
    own, layers = policy(endpoint.inputs["policy"])
    assert own["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT_ID}}
    assert layers["Action"] == ["s3:GetObject"]
    assert layers["Resource"] == "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"


def test_interface_endpoints_take_https_from_inside_the_network():
    recorded = made(endpoints={"interface": ["kms", "sts"]})
    kms, sts = recorded.named("main-endpoint-interface-kms"), recorded.named("main-endpoint-interface-sts")
    assert kms.inputs["privateDnsEnabled"] is True
    assert kms.inputs["securityGroupIds"] == ["main-endpoints-id"]
    assert kms.inputs["subnetIds"] == ["main-subnet-private-euw1-az1-id", "main-subnet-private-euw1-az2-id"]
    assert len(policy(kms.inputs["policy"])) == 1
    assert "policy" not in sts.inputs  # federated workloads call STS before they are a principal of the account
    rule = recorded.named("main-endpoints-https").inputs
    assert (rule["cidrIpv4"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("10.20.0.0/16", "tcp", 443, 443)


def test_a_given_endpoint_policy_wins():
    recorded = made(endpoints={"policies": {"s3": "{}"}})
    assert recorded.named("main-endpoint-s3").inputs["policy"] == "{}"


def test_partitions_follow_the_region():
    zones = ["cnn1-az1", "cnn1-az2"]
    key = made(region="cn-north-1", zones=zones).named("main-flow-logs-key")
    assert policy(key.inputs["policy"])[0]["Principal"] == {"AWS": f"arn:aws-cn:iam::{ACCOUNT_ID}:root"}


def test_outputs_are_by_tier_and_zone():
    recorded = made(egress="single")
    outputs = recorded.outputs[recorded.named("main").urn]
    assert recorded.result == outputs["subnet_ids"]
    assert outputs["subnet_ids"]["private"] == ["main-subnet-private-euw1-az1-id", "main-subnet-private-euw1-az2-id"]
    assert outputs["nat_public_ips"] == {"euw1-az1": "198.51.100.1"}
    assert outputs["zones"] == ["euw1-az1", "euw1-az2"]
    assert outputs["endpoint_ids"] == {"s3": "main-endpoint-s3-id", "dynamodb": "main-endpoint-dynamodb-id"}


def test_costs_and_evidence_name_what_is_there():
    recorded = made(**WHOLE)
    outputs = recorded.outputs[recorded.named("main").urn]
    quantities = {driver["item"]: driver["quantity"] for driver in outputs["cost_drivers"]}
    assert quantities["aws:nat-gateway-hours"] == 3 * 730
    assert quantities["aws:vpc-endpoint-hours"] == 3 * 3 * 730
    assert quantities["aws:kms-keys"] == 1
    children = {item.name for item in recorded.registrations}
    assert {item["child"] for item in outputs["evidence"]} <= children
    assert made(result=lambda vpc: vpc.cost_drivers).result[-1]["item"] == "aws:kms-keys"


def test_other_components_take_the_network_by_reference():
    recorded = made(result=lambda vpc: [subnet.id for subnet in vpc.reference.in_tier("isolated")])
    assert recorded.result == ["main-subnet-isolated-euw1-az1-id", "main-subnet-isolated-euw1-az2-id"]


def test_a_map_will_do_for_the_arguments():
    def program():
        args = {"context": context().model_dump(), "region": "eu-west-1", "cidr": "10.20.0.0/16"}
        return VpcComponent("main", args).cidr

    assert record(program).result == "10.20.0.0/16"


def test_bad_arguments_register_nothing():
    caught = []

    def program():
        try:
            VpcComponent("main", {"context": context(), "region": "eu-west-1", "cidr": "10.0.0.1/16"})
        except ArgsError as error:
            caught.append(error)

    assert record(program).registrations == []
    assert isinstance(caught[0], pulumi.RunError)
    assert str(caught[0]).startswith("VpcComponent 'main': cidr: has host bits set beyond /16")
