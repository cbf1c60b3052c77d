"""What ``platform schema`` prints."""

import json

import pytest

from platform_lib.sandbox import schema


def test_a_resource_is_described_as_json_data() -> None:
    known = schema.describe("aws:s3:Bucket")
    assert json.loads(json.dumps(known)) == known
    assert (known["token"], known["kind"], known["package"]) == ("aws:s3/bucket:Bucket", "resource", "aws")
    by_name = {item["name"]: item for item in known["inputs"]}
    assert by_name["bucket"]["replaces"] == "certain"
    assert by_name["forceDestroy"]["python_name"] == "force_destroy"
    assert known["autoname"]["form"] == "<logical name>-<7 hex digits>, in lower case, at most 63 characters"
    assert set(known["sources"]) >= {"inputs", "outputs", "replace", "autoname", "id_examples"}


def test_nested_objects_are_shown_to_the_depth_that_was_asked_for() -> None:
    flat = schema.describe("aws:ec2/securityGroup:SecurityGroup")
    deep = schema.describe("aws:ec2/securityGroup:SecurityGroup", depth=1)
    assert all("properties" not in item for item in flat["inputs"])
    [ingress] = [item for item in deep["inputs"] if item["name"] == "ingress"]
    assert {item["name"] for item in ingress["properties"] if item["required"]} == {"fromPort", "protocol", "toPort"}
    assert len(schema.render("aws:ec2/securityGroup:SecurityGroup", depth=1)) > len(
        schema.render("aws:ec2/securityGroup:SecurityGroup")
    )


def test_the_text_says_required_default_enum_secret_and_replacement() -> None:
    def line(token: str, name: str) -> str:
        return next(" ".join(row.split()) for row in schema.render(token) if row.split()[:1] == [name])

    assert line("aws:iam/role:Role", "assumeRolePolicy") == "assumeRolePolicy string or PolicyDocument required"
    assert line("aws:ec2/securityGroup:SecurityGroup", "description") == (
        'description string default "Managed by Pulumi", replaces'
    )
    assert line("aws:rds/instance:Instance", "password").startswith("password string secret")
    assert "only Hot | " in line("azure-native:storage:StorageAccount", "accessTier")
    assert "replaces (inferred)" in line("aws:amp/anomalyDetector:AnomalyDetector", "workspaceId")
    assert "from AWS_REGION, AWS_DEFAULT_REGION" in line("pulumi:providers:aws", "region")


def test_the_text_says_name_id_and_sources() -> None:
    text = "\n".join(schema.render("aws:kms/alias:Alias"))
    assert "automatic name: name = alias/<logical name>-<7 hex digits>, at most 238 characters" in text
    assert "id form: alias/my-key-alias" in text
    assert "inputs: pulumi-aws " in text
    assert "automatic name: none" in "\n".join(schema.render("aws:ec2/vpc:Vpc"))


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("pulumi:providers:gcp", "provider"),
        ("kubernetes:helm.sh/v4:Chart", "component"),
        ("aws:index/getRegion:getRegion", "function"),
        ("aws:ec2:getVpc", "function"),
        ("kubernetes:example.com/v1:Widget", "resource"),
    ],
)
def test_every_kind_of_token_can_be_described(token: str, kind: str) -> None:
    assert schema.describe(token)["kind"] == kind
    assert schema.render(token)[0].endswith(
        f"({kind}, {schema.describe(token)['package']} {schema.describe(token)['version']})"
    )
