import json
import re
from typing import Any

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
READ = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"


@pytest.fixture
def aws() -> Driver:
    return driver("aws")


@pytest.fixture
def role(aws: Driver) -> Made:
    return aws.create(ROLE, "app", {"name": "app", "assumeRolePolicy": TRUST})


def test_a_role_has_the_forms_of_iam(role: Made) -> None:
    assert role.id == "app"
    assert role["arn"] == "arn:aws:iam::123456789012:role/app"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", role["uniqueId"])
    assert (role["maxSessionDuration"], role["path"]) == (3600, "/")


def test_names_are_unique_in_the_account(aws: Driver, role: Made) -> None:
    with pytest.raises(ProviderError, match="EntityAlreadyExists: Role with name app already exists"):
        aws.create(ROLE, "other", {"name": "app", "assumeRolePolicy": TRUST})


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("{", "invalid JSON policy"),
        ('{"Version":"2012-10-17"}', "no Statement"),
        ('{"Statement":[{"Effect":"Maybe","Action":"a","Principal":"*"}]}', "Allow or Deny, got 'Maybe'"),
        ('{"Statement":[{"Effect":"Allow","Principal":"*"}]}', "has no Action"),
        ('{"Statement":[{"Effect":"Allow","Action":"a"}]}', "has no Principal"),
    ],
)
def test_a_malformed_trust_policy_is_refused(aws: Driver, document: str, text: str) -> None:
    assert text in aws.reasons(ROLE, {"assumeRolePolicy": document})


def test_session_durations_have_a_range(aws: Driver) -> None:
    assert "(3600 - 43200)" in aws.reasons(ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": 600})


def test_an_equal_policy_in_other_words_is_no_change(aws: Driver) -> None:
    made = aws.create(POLICY, "p", {"policy": READ})
    assert aws.diff(made, {"policy": json.dumps(json.loads(READ), indent=2)}).changes == "none"


def test_policies_and_their_attachments(aws: Driver, role: Made) -> None:
    policy = aws.create(POLICY, "p", {"name": "read", "policy": READ})
    assert policy.id == policy["arn"] == "arn:aws:iam::123456789012:policy/read"
    attached = aws.create(ATTACHMENT, "a", {"role": role.id, "policyArn": policy.id})
    for made, text in (
        (policy, "Cannot delete a policy attached to entities"),
        (role, "must detach all policies first"),
    ):
        with pytest.raises(ProviderError, match=text):
            aws.delete(made)
    aws.delete(attached)
    aws.delete(role)
    aws.delete(policy)


def test_attachments_name_what_is_there_or_what_aws_manages(aws: Driver, role: Made) -> None:
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert aws.create(ATTACHMENT, "m", {"role": role.id, "policyArn": managed}).id == f"app/{managed}"
    with pytest.raises(ProviderError, match="role with name nobody cannot be found"):
        aws.create(ATTACHMENT, "x", {"role": "nobody", "policyArn": managed})
    with pytest.raises(ProviderError, match="does not exist or is not attachable"):
        aws.create(ATTACHMENT, "y", {"role": role.id, "policyArn": "arn:aws:iam::123456789012:policy/none"})


def test_a_managed_policy_has_a_size(aws: Driver) -> None:
    big = json.dumps(
        {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": [f"arn:aws:s3:::{'x' * 50}{n}" for n in range(120)],
                }
            ]
        }
    )
    with pytest.raises(ProviderError, match="quota for PolicySize: 6144"):
        aws.create(POLICY, "p", {"policy": big})


def test_the_password_policy_is_one_an_account(aws: Driver) -> None:
    token = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
    made = aws.create(token, "p", {"minimumPasswordLength": 14, "maxPasswordAge": 90})
    assert made.id == "iam-account-password-policy"
    assert made["expirePasswords"] is True
    assert "(6 - 128)" in aws.reasons(token, {"minimumPasswordLength": 4})


def render(aws: Driver, **args: Any) -> Any:
    return json.loads(aws.look_up(DOCUMENT, **args)["json"])


def test_a_policy_document_is_rendered_as_the_provider_does(aws: Driver) -> None:
    statement = {
        "sid": "Read",
        "actions": ["s3:ListBucket", "s3:GetObject"],
        "resources": ["arn:aws:s3:::b"],
        "principals": [{"type": "Service", "identifiers": ["logs.amazonaws.com"]}],
        "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]}],
    }
    assert aws.look_up(DOCUMENT, statements=[statement])["json"] == (
        '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "Read",\n      "Effect": "Allow",\n'
        '      "Action": [\n        "s3:ListBucket",\n        "s3:GetObject"\n      ],\n      "Resource": '
        '"arn:aws:s3:::b",\n'
        '      "Principal": {\n        "Service": "logs.amazonaws.com"\n      },\n      "Condition": {\n        '
        '"StringEquals": {\n'
        '          "aws:SourceAccount": "1"\n        }\n      }\n    }\n  ]\n}'
    )


def test_documents_are_merged_and_overridden_by_sid(aws: Driver) -> None:
    base = json.dumps(
        {
            "Statement": [
                {"Sid": "A", "Effect": "Allow", "Action": "a:A", "Resource": "*"},
                {"Sid": "B", "Effect": "Allow", "Action": "b:B", "Resource": "*"},
            ]
        }
    )
    over = json.dumps({"Statement": {"Sid": "B", "Effect": "Deny", "Action": "b:B", "Resource": "*"}})
    document = render(
        aws,
        sourcePolicyDocuments=[base],
        overridePolicyDocuments=[over],
        statements=[{"sid": "C", "actions": ["c:C"], "resources": ["*"], "effect": "Deny"}],
    )
    assert [(item["Sid"], item["Effect"]) for item in document["Statement"]] == [
        ("A", "Allow"),
        ("B", "Deny"),
        ("C", "Deny"),
    ]
    with pytest.raises(ProviderError, match=r"duplicate Sid \(A\)"):
        render(aws, sourcePolicyDocuments=[base], statements=[{"sid": "A", "actions": ["x:X"], "resources": ["*"]}])
    with pytest.raises(ProviderError, match="not a JSON policy document"):
        render(aws, sourcePolicyDocuments=["{"])


def test_anybody_is_a_star(aws: Driver) -> None:
    document = render(
        aws, statements=[{"actions": ["a:A"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]}]
    )
    assert document["Statement"][0]["Principal"] == "*"


@pytest.mark.parametrize(
    ("token", "args", "key", "expected"),
    [
        ("aws:index/getCallerIdentity:getCallerIdentity", {}, "accountId", "123456789012"),
        ("aws:index/getRegion:getRegion", {}, "region", "us-east-1"),
        ("aws:index/getPartition:getPartition", {}, "dnsSuffix", "amazonaws.com"),
        ("aws:index/getServicePrincipal:getServicePrincipal", {"serviceName": "s3"}, "name", "s3.amazonaws.com"),
        (
            "aws:index/getAvailabilityZones:getAvailabilityZones",
            {"region": "ap-northeast-1"},
            "zoneIds",
            ["apne1-az1", "apne1-az2", "apne1-az4"],
        ),
        (
            "aws:index/getAvailabilityZones:getAvailabilityZones",
            {"excludeNames": ["us-east-1e"], "filters": [{"name": "zone-type", "values": ["availability-zone"]}]},
            "names",
            [f"us-east-1{letter}" for letter in "abcdf"],
        ),
        (
            "aws:index/getAvailabilityZones:getAvailabilityZones",
            {"filters": [{"name": "zone-type", "values": ["local-zone"]}]},
            "names",
            [],
        ),
        ("aws:index/getAvailabilityZone:getAvailabilityZone", {"zoneId": "use1-az2"}, "name", "us-east-1b"),
        ("aws:index/getArn:getArn", {"arn": "arn:aws:s3:::b/k"}, "resource", "b/k"),
        ("aws:iam/getPolicy:getPolicy", {"name": "ReadOnlyAccess"}, "arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("aws:elb/getServiceAccount:getServiceAccount", {}, "arn", "arn:aws:iam::127311923021:root"),
    ],
)
def test_built_in_look_ups(aws: Driver, token: str, args: dict[str, Any], key: str, expected: Any) -> None:
    assert aws.look_up(token, **args)[key] == expected


def test_an_image_is_the_same_for_the_same_question(aws: Driver) -> None:
    args: dict[str, Any] = {
        "owners": ["amazon"],
        "mostRecent": True,
        "filters": [{"name": "name", "values": ["al2023-ami-*-arm64"]}],
    }
    one, other = (
        aws.look_up("aws:ec2/getAmi:getAmi", **args),
        aws.look_up("aws:ec2/getAmi:getAmi", **args, region="eu-west-1"),
    )
    assert re.fullmatch(r"ami-0[0-9a-f]{16}", one["id"])
    assert one["architecture"] == "arm64"
    assert one["id"] == aws.look_up("aws:ec2/getAmi:getAmi", **args)["id"]
    assert one["id"] != other["id"]


def test_a_parameter_is_read_as_a_secret(aws: Driver) -> None:
    token = "aws:ssm/getParameter:getParameter"
    aws.create("aws:ssm/parameter:Parameter", "p", {"name": "/app/x", "type": "String", "value": "1"})
    assert aws.look_up(token, name="/app/x")["value"] == Secret("1")
    with pytest.raises(ProviderError, match="ParameterNotFound: /app/y"):
        aws.look_up(token, name="/app/y")


def test_public_parameters_of_images_are_known_and_others_are_not(aws: Driver) -> None:
    token = "aws:ssm/getParameter:getParameter"
    image = aws.look_up(token, name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")
    assert re.fullmatch(r"ami-0[0-9a-f]{16}", image["value"].value)
    with pytest.raises(ProviderError, match="add to a fixtures file: aws:ssm"):
        aws.look_up(token, name="/aws/service/global-infrastructure/current-region")


def test_a_region_that_is_none_is_refused(aws: Driver) -> None:
    with pytest.raises(ProviderError, match="no Region found matching 'eu-west-11'; did you mean 'eu-west-1'"):
        aws.look_up("aws:index/getRegion:getRegion", region="eu-west-11")
