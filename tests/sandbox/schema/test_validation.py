"""What is said about wrong inputs, and what is rightly let through."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret
from platform_lib.sandbox import schema

SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = {"fromPort": 443, "toPort": 443, "protocol": "tcp"}
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def texts(token: str, inputs: dict[str, Any]) -> list[str]:
    return [str(finding) for finding in schema.validate(schema.resource(token), inputs)]


def test_good_inputs_have_no_findings() -> None:
    assert texts(SECURITY_GROUP, {"ingress": [{**RULE, "cidrBlocks": ["10.0.0.0/8"]}], "tags": {"Name": "web"}}) == []


def test_a_missing_property_is_named_with_its_type() -> None:
    assert texts("aws:iam/role:Role", {}) == ["assumeRolePolicy: required property is missing; give a string"]
    assert texts("aws:iam/role:Role", {"assumeRolePolicy": None}) != []


def test_a_missing_nested_property_has_its_path() -> None:
    assert texts(SECURITY_GROUP, {"ingress": [RULE, {"fromPort": 1, "toPort": 2}]}) == [
        "ingress[1].protocol: required property is missing; give a string"
    ]


def test_an_unknown_property_names_the_nearest_one_at_any_depth() -> None:
    assert texts(SECURITY_GROUP, {"vpcIds": "vpc-1", "ingress": [{**RULE, "cidrBlock": []}]}) == [
        f"vpcIds: unknown property of {SECURITY_GROUP}; did you mean 'vpcId'?",
        "ingress[0].cidrBlock: unknown property of SecurityGroupIngress; did you mean 'cidrBlocks'?",
    ]


def test_a_python_name_is_led_to_the_wire_name() -> None:
    assert texts("aws:ec2/vpc:Vpc", {"enable_dns_hostnames": True}) == [
        "enable_dns_hostnames: unknown property of aws:ec2/vpc:Vpc; did you mean 'enableDnsHostnames'?"
    ]


def test_a_property_like_no_other_lists_what_is_known() -> None:
    [text] = texts("aws:kms/alias:Alias", {"targetKeyId": "k", "zzz": 1})
    assert text == "zzz: unknown property of aws:kms/alias:Alias; known are name, namePrefix, region, targetKeyId"


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"ingress": {"fromPort": 1}}, "ingress: must be a list, got an object"),
        ({"ingress": ["all"]}, "ingress[0]: must be an object, got 'all'"),
        ({"tags": ["a"]}, "tags: must be a map, got a list"),
        ({"tags": {"a.b": ["x"]}}, 'tags["a.b"]: must be a string, got a list'),
        ({"revokeRulesOnDelete": "yes"}, "revokeRulesOnDelete: must be a boolean, got 'yes'"),
        ({"ingress": [{**RULE, "fromPort": "https"}]}, "ingress[0].fromPort: must be an integer, got 'https'"),
        ({"ingress": [{**RULE, "fromPort": 1.5}]}, "ingress[0].fromPort: must be an integer, got 1.5"),
        ({"name": Asset(text="x")}, "name: must be a string, got an asset"),
        ({"name": "n" * 200, "description": {"x": 1}}, "description: must be a string, got an object"),
    ],
)
def test_a_wrong_type_says_what_was_expected_and_given(inputs: dict[str, Any], text: str) -> None:
    assert texts(SECURITY_GROUP, inputs) == [text]


def test_bridged_providers_coerce_numbers_booleans_and_texts() -> None:
    rule = {"fromPort": "443", "toPort": 443.0, "protocol": 6}
    assert texts(SECURITY_GROUP, {"ingress": [rule], "revokeRulesOnDelete": "true", "tags": {"n": 1, "b": True}}) == []


def test_kubernetes_and_azure_take_values_as_they_are() -> None:
    container = {"name": "web", "image": "nginx", "ports": [{"containerPort": "80"}]}
    spec = {"replicas": "3", "selector": {}, "template": {"spec": {"containers": [container]}}}
    assert texts(DEPLOYMENT, {"spec": spec}) == [
        "spec.replicas: must be an integer, got '3'",
        "spec.template.spec.containers[0].ports[0].containerPort: must be an integer, got '80'",
    ]
    assert texts("azure-native:resources:ResourceGroup", {"location": 5}) == ["location: must be a string, got 5"]


def test_a_closed_enum_lists_its_values() -> None:
    account = {"kind": "StorageV2", "resourceGroupName": "rg", "sku": {"name": "Standard_LRS"}}
    token = "azure-native:storage:StorageAccount"
    assert texts(token, {**account, "accessTier": "hot"}) == []
    [text] = texts(token, {**account, "accessTier": "Coool"})
    assert text.startswith("accessTier: must be one of ")
    assert text.endswith("got 'Coool'; did you mean 'Cool'?")
    assert texts(DEPLOYMENT, {"spec": {"selector": {}, "template": {}}, "kind": "Deploy"})[0].startswith(
        "kind: must be one of Deployment, got 'Deploy'"
    )


def test_an_open_enum_takes_other_values() -> None:
    assert texts("aws:rds/instance:Instance", {"instanceClass": "db.x99.huge"}) == []


def test_a_union_takes_each_of_its_types_and_no_other() -> None:
    token = "aws:iam/role:Role"
    assert texts(token, {"assumeRolePolicy": "{}"}) == []
    assert texts(token, {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": []}}) == []
    assert texts(token, {"assumeRolePolicy": {"Version": "2012-10-17", "Statements": []}})[1:] == [
        "assumeRolePolicy.Statements: unknown property of PolicyDocument; did you mean 'Statement'?"
    ]
    assert texts(token, {"assumeRolePolicy": ["x"]}) == ["assumeRolePolicy: must be a string or an object, got a list"]


def test_of_several_object_classes_the_one_that_was_meant_is_judged() -> None:
    token = "azure-native:datafactory:LinkedService"
    inputs = {"factoryName": "f", "resourceGroupName": "rg"}
    found = texts(token, {**inputs, "properties": {"type": "AzureKeyVault", "baseUri": "https://x"}})
    assert found == ["properties.baseUri: unknown property of AzureKeyVaultLinkedService; did you mean 'baseUrl'?"] or (
        "properties.baseUrl: required property is missing" in found[0]
    )


def test_unknowns_references_and_secrets_fit_by_what_they_hold() -> None:
    reference = ResourceReference(urn="urn:pulumi:s::p::aws:ec2/vpc:Vpc::v", id="vpc-1")
    inputs = {"vpcId": reference, "ingress": UNKNOWN, "tags": Secret({"a": UNKNOWN}), "name": Secret("n")}
    assert texts(SECURITY_GROUP, inputs) == []


def test_assets_and_archives_fit_where_they_are_expected() -> None:
    token = "aws:lambda/function:Function"
    assert texts(token, {"role": "arn:aws:iam::123456789012:role/r", "code": Archive(path="app.zip")}) == []
    assert texts(token, {"role": "r", "code": "app.zip"}) == ["code: must be an asset or archive, got 'app.zip'"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"instanceClass": "db.t3.micro", "allocatedStorage": Secret("hunter2")},
        {"instanceClass": "db.t3.micro", "password": ["hunter2"]},
        {"instanceClass": "db.t3.micro", "multiAz": [Secret("hunter2")]},
        {"instanceClass": "db.t3.micro", "tags": Secret({"k": ["hunter2"]})},
    ],
)
def test_no_message_shows_a_secret(inputs: dict[str, Any]) -> None:
    [text] = texts("aws:rds/instance:Instance", inputs)
    assert "hunter2" not in text


def test_nested_sensitive_inputs_are_hidden_too() -> None:
    action = {"type": "authenticate-oidc", "authenticateOidc": {"clientSecret": {"hunter2": "hunter2"}}}
    found = texts("aws:alb/listener:Listener", {"loadBalancerArn": "a", "defaultActions": [action]})
    assert "defaultActions[0].authenticateOidc.clientSecret: must be a string, got [secret]" in found
    assert "hunter2" not in "".join(found)


def test_provider_inputs_come_as_json_text() -> None:
    token = "pulumi:providers:aws"
    assert texts(token, {"region": "us-east-1", "version": "7.51.1", "skipMetadataApiCheck": "true"}) == []
    assert texts(token, {"assumeRoles": '[{"roleArn": "arn"}]'}) == []
    assert texts(token, {"assumeRoles": "arn"}) == ["assumeRoles: must be a list as JSON text, got 'arn'"]
    assert texts(token, {"assumeRoles": '[{"rolArn": "arn"}]'}) == [
        "assumeRoles[0].rolArn: unknown property of ProviderAssumeRole; did you mean 'roleArn'?"
    ]
    assert texts(token, {"regoin": "x"}) == ["regoin: unknown property of pulumi:providers:aws; did you mean 'region'?"]


def test_the_engines_own_keys_are_left_alone() -> None:
    assert texts("aws:ec2/vpc:Vpc", {"__defaults": [], "tags": {"__defaults": []}}) == []


def test_look_ups_are_validated_alike() -> None:
    found = schema.validate(schema.function("aws:lambda/getFunction:getFunction"), {"functionNam": "f"})
    assert [str(finding) for finding in found] == [
        "functionName: required property is missing; give a string",
        "functionNam: unknown property of aws:lambda/getFunction:getFunction; did you mean 'functionName'?",
    ]
