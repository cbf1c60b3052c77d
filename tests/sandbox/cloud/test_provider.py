import pytest

from platform_lib.core.errors import EngineError
from platform_lib.core.values import UNKNOWN, Secret, has_unknown, plain
from platform_lib.sandbox.cloud import open_cloud, secrets
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import driver, urn

TABLE = "aws:glue/catalogTable:CatalogTable"
TOPIC = "aws:sns/topic:Topic"
VPC = "aws:ec2/vpc:Vpc"
PARAMETER = "aws:ssm/parameter:Parameter"


def test_a_package_that_is_not_simulated_is_told_with_those_that_are() -> None:
    with pytest.raises(EngineError, match=r"'gpc' is not simulated.*aws, azure-native, gcp.*did you mean 'gcp'"):
        open_cloud(None).open("gpc", "")


def test_check_names_what_is_missing_wrong_and_unknown_all_at_once() -> None:
    reasons = driver("aws").reasons(
        "aws:ec2/subnet:Subnet", {"cidrBlok": "10.0.0.0/24", "mapPublicIpOnLaunch": "maybe"}
    )
    assert "did you mean 'cidrBlock'" in reasons
    assert "mapPublicIpOnLaunch" in reasons
    assert "vpcId" in reasons


def test_an_unknown_type_is_told_with_a_near_one() -> None:
    with pytest.raises(ProviderError, match=r"aws:ec2/vpx:Vpx.*did you mean"):
        driver("aws").check("aws:ec2/vpx:Vpx", "x", {})


def test_check_fills_in_the_providers_defaults_and_notes_them() -> None:
    inputs = driver("aws").check(VPC, "v", {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "dedicated"}).inputs
    assert inputs["enableDnsSupport"] is True
    assert inputs["__defaults"] == ["enableDnsSupport"]
    assert inputs["instanceTenancy"] == "dedicated"


def test_check_leaves_the_callers_inputs_alone() -> None:
    given = {"metadata": {"labels": {"a": "b"}}}
    driver("kubernetes").check("kubernetes:core/v1:ConfigMap", "c", given)
    assert given == {"metadata": {"labels": {"a": "b"}}}


def test_a_preview_makes_nothing_and_knows_what_follows_from_the_inputs() -> None:
    aws = driver("aws")
    outputs = aws.preview(VPC, "v", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
    assert outputs["cidrBlock"] == "10.0.0.0/16"
    assert outputs["tagsAll"] == {"a": "b"}
    assert outputs["region"] == "us-east-1"
    assert outputs["arn"] is UNKNOWN
    assert outputs["defaultSecurityGroupId"] is UNKNOWN
    assert aws.cloud.ls(implied=True) == []


def test_a_preview_takes_unknown_inputs_and_hands_them_on() -> None:
    outputs = driver("aws").preview("aws:ec2/subnet:Subnet", "s", {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/24"})
    assert outputs["vpcId"] is UNKNOWN
    assert outputs["availabilityZone"] is UNKNOWN


def test_a_create_answers_every_output_of_the_right_kind() -> None:
    made = driver("aws").create(
        "aws:glue/job:Job",
        "j",
        {
            "roleArn": "arn:aws:iam::123456789012:role/r",
            "command": {"scriptLocation": "s3://b/s.py"},
            "tags": {"a": "b"},
        },
    )
    assert made.outputs["id"] == made.id
    assert made["arn"].startswith("arn:aws:glue:us-east-1:123456789012:")
    assert isinstance(made["maxCapacity"], int)
    assert made["tagsAll"] == {"a": "b"}
    assert not has_unknown(made.outputs)


def test_ids_are_the_same_for_the_same_sequence_of_calls() -> None:
    one, other = (driver("aws").create(VPC, "v", {"cidrBlock": "10.0.0.0/16"}) for _ in range(2))
    assert one.id == other.id
    assert one.outputs == other.outputs


def test_a_second_resource_of_a_urn_has_an_id_of_its_own() -> None:
    aws = driver("aws")
    first = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    second = aws.create(VPC, "v", {"cidrBlock": "10.1.0.0/16"})
    assert first.id != second.id
    assert [row.id for row in aws.cloud.find_created(first.urn)] == [first.id, second.id]
    assert [row.id for row in aws.cloud.find_created(first.urn, [first.id])] == [second.id]
    assert aws.cloud.find_created(urn(VPC, "other")) == []


def test_read_answers_what_the_create_answered() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    found = aws.read(made)
    assert (found.id, found.inputs, found.outputs) == (made.id, made.inputs, made.outputs)


def test_an_id_alone_finds_the_resource_for_get_and_import() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    found = aws.provider.read(urn(VPC, "imported"), made.id, {}, {})
    assert found.inputs["cidrBlock"] == "10.0.0.0/16"
    assert aws.provider.read(urn(VPC, "x"), "vpc-nothing", {}, {}).id == ""


def test_an_import_may_name_the_region() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16", "region": "eu-west-1"})
    assert aws.provider.read(urn(VPC, "x"), made.id, {}, {}).id == "", "the provider looks in its own region"
    assert aws.provider.read(urn(VPC, "x"), f"{made.id}@eu-west-1", {}, {}).id == made.id


def test_an_update_changes_what_was_given_and_keeps_what_the_cloud_made() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "1"}})
    changed = aws.update(made, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True})
    assert changed["enableDnsHostnames"] is True
    assert "tags" not in changed.outputs
    assert changed["tagsAll"] == {}
    assert changed["defaultSecurityGroupId"] == made["defaultSecurityGroupId"]
    assert aws.cloud.find(made.id).version == 2


def test_the_preview_of_an_update_keeps_what_is_stable_and_changes_nothing() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    seen = aws.update(made, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}, preview=True)
    assert seen["arn"] == made["arn"]
    assert seen["enableDnsHostnames"] is True
    assert aws.cloud.find(made.id).outputs == made.outputs


def test_the_preview_of_an_update_does_not_promise_what_every_update_changes() -> None:
    aws = driver("aws")
    role = aws.create(
        "aws:iam/role:Role",
        "r",
        {"assumeRolePolicy": '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}'},
    )
    inputs = {"handler": "h", "runtime": "python3.13", "role": role["arn"], "s3Bucket": "b", "s3Key": "k"}
    made = aws.create("aws:lambda/function:Function", "f", inputs)
    seen = aws.update(made, {**inputs, "timeout": 10}, preview=True)
    assert seen.outputs["lastModified"] is UNKNOWN
    assert seen["arn"] == made["arn"]


def test_an_update_of_what_is_gone_is_refused() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t")
    aws.cloud.remove(made.id)
    with pytest.raises(ProviderError, match=r"sandbox: .*does not exist"):
        aws.update(made, {"displayName": "x"})


def test_a_delete_is_final_and_may_come_twice() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t")
    aws.delete(made)
    aws.delete(made)
    assert aws.read(made).id == ""


def test_a_name_that_is_taken_is_refused() -> None:
    aws = driver("aws")
    aws.create("aws:ecr/repository:Repository", "one", {"name": "app"})
    with pytest.raises(ProviderError, match=r"sandbox: .*RepositoryAlreadyExistsException"):
        aws.create("aws:ecr/repository:Repository", "two", {"name": "app"})


def test_generic_types_with_a_name_refuse_it_twice_too() -> None:
    aws = driver("aws")
    inputs = {"name": "job", "roleArn": "arn:aws:iam::123456789012:role/r", "command": {"scriptLocation": "s3://b/s"}}
    aws.create("aws:glue/job:Job", "one", inputs)
    with pytest.raises(ProviderError, match=r"sandbox: .*AlreadyExists"):
        aws.create("aws:glue/job:Job", "two", inputs)


def test_a_resource_of_another_account_is_not_seen() -> None:
    cloud = open_cloud(None)
    one = driver("aws", {"assumeRoles": '[{"roleArn":"arn:aws:iam::111111111111:role/deploy"}]'}, cloud)
    other = driver("aws", {"allowedAccountIds": '["222222222222"]'}, cloud)
    made = one.create("aws:ecr/repository:Repository", "r", {"name": "app"})
    assert ":111111111111:" in made["arn"]
    assert other.read(made).id == ""
    assert ":222222222222:" in other.create("aws:ecr/repository:Repository", "r", {"name": "app"})["arn"]


def test_secrets_are_marked_by_the_schema_and_follow_their_inputs() -> None:
    aws = driver("aws")
    made = aws.create(
        PARAMETER, "p", {"name": "/a", "type": "SecureString", "value": "hidden", "description": Secret("also")}
    )
    assert made.inputs["value"] == Secret("hidden")
    assert made.outputs["value"] == Secret("hidden")
    assert made.outputs["description"] == Secret("also")
    assert made.outputs["name"] == "/a"


def test_an_output_once_secret_stays_secret() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t", {"displayName": Secret("x")})
    assert aws.update(made, {"displayName": "x"}).outputs["displayName"] == Secret("x")


def test_read_follows_the_secretness_of_the_state() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t", {"displayName": "x", "tags": {"a": Secret("1")}})
    found = aws.provider.read(made.urn, made.id, {**made.inputs, "displayName": Secret("x")}, made.outputs)
    assert found.inputs["displayName"] == Secret("x")
    assert found.inputs["tags"] == {"a": Secret("1")}
    assert plain(found.outputs["tags"]) == {"a": "1"}


def test_another_region_of_the_provider_moves_the_resource() -> None:
    cloud = open_cloud(None)
    made = driver("aws", {"region": "us-east-1"}, cloud).create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    elsewhere = driver("aws", {"region": "eu-west-1"}, cloud)
    assert elsewhere.diff(made, {"cidrBlock": "10.0.0.0/16"}).replaces == ["region"]
    stays = elsewhere.diff(made, {"cidrBlock": "10.0.0.0/16", "region": "us-east-1"})
    assert stays.changes == "none"
    elsewhere.delete(made)
    assert cloud.ls() == [], "it is deleted where it is"


def test_configuration_is_validated_and_compared() -> None:
    aws = driver("aws").provider
    where = "urn:pulumi:dev::proj::pulumi:providers:aws::p"
    assert [f.property for f in aws.check_config(where, {}, {"region": "eu-west-9"}).failures] == ["region"]
    assert aws.check_config(where, {}, {"region": "eu-west-1", "version": "7.0.0"}).failures == []
    refused = aws.check_config(
        where,
        {},
        {"assumeRoles": '[{"roleArn":"arn:aws:iam::111111111111:role/x"}]', "allowedAccountIds": '["222222222222"]'},
    )
    assert [f.reason for f in refused.failures] == ["AWS account ID not allowed: 111111111111"]
    assert (
        aws.diff_config(where, "i", {"region": "a", "version": "1"}, {}, {"region": "a", "version": "2"}, []).changes
        == "none"
    )
    assert aws.diff_config(where, "i", {"region": "a"}, {}, {"region": UNKNOWN}, []).diffs == ["region"]


def test_default_tags_go_into_the_tags() -> None:
    aws = driver("aws", {"defaultTags": '{"tags":{"owner":"team","env":"dev"}}'})
    made = aws.create(TOPIC, "t", {"tags": {"env": "prod"}})
    assert made["tags"] == {"owner": "team", "env": "prod"}
    assert made["tagsAll"] == {"owner": "team", "env": "prod"}


def test_a_refusal_tells_no_secret() -> None:
    aws = driver("aws")
    aws.cloud.keep_log(10)
    aws.create("aws:iam/user:User", "one", {"name": Secret("hush-hush")})
    with pytest.raises(ProviderError, match=r"User with name \[secret\] already exists"):
        aws.create("aws:iam/user:User", "two", {"name": Secret("hush-hush")})
    reasons = aws.reasons("aws:s3/bucket:Bucket", {"bucket": Secret("Hush_Hush")})
    assert "'[secret]'" in reasons
    assert "ush" not in reasons + str(aws.cloud.log())


def test_what_the_cloud_adds_within_a_given_object_is_unknown_until_it_is_made() -> None:
    aws = driver("aws", cloud=open_cloud(None, assume_references=True))
    inputs = {"roleArn": "arn:aws:iam::123456789012:role/r", "vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}}
    token = "aws:eks/cluster:Cluster"
    assert aws.preview(token, "c", inputs)["vpcConfig"]["clusterSecurityGroupId"] is UNKNOWN
    made = aws.create(token, "c", inputs)
    group = made["vpcConfig"]["clusterSecurityGroupId"]
    assert group.startswith("sg-0")
    same = aws.update(made, {**inputs, "tags": {"a": "b"}}, preview=True)
    assert same["vpcConfig"]["clusterSecurityGroupId"] == group, "what does not change stays known"
    changed = {**inputs, "vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"], "endpointPrivateAccess": True}}
    assert aws.update(made, changed, preview=True)["vpcConfig"]["clusterSecurityGroupId"] is UNKNOWN
    assert aws.update(made, changed)["vpcConfig"]["clusterSecurityGroupId"] == group


def test_nested_outputs_are_completed_for_generic_types() -> None:
    aws = driver("aws")
    made = aws.create(
        "aws:ebs/snapshotImport:SnapshotImport", "s", {"diskContainer": {"format": "VHD", "url": "s3://b/k"}}
    )
    assert made["diskContainer"]["format"] == "VHD"
    assert not has_unknown(made.outputs)


def test_a_replacement_that_would_get_the_id_of_what_it_replaces_gets_one_of_its_own() -> None:
    run = driver("aws", cloud=open_cloud(None, assume_references=True))
    permission = "aws:acmpca/permission:Permission"
    inputs = {"certificateAuthorityArn": "arn:aws:acm-pca:::ca", "principal": "acm.amazonaws.com", "actions": ["a"]}
    old, new = run.create(permission, "it", inputs), run.create(permission, "it", {**inputs, "actions": ["b"]})
    assert old.id != new.id
    run.delete(old)
    assert run.read(new).id == new.id


def test_a_grant_of_google_has_role_and_member_in_its_id() -> None:
    run = driver("gcp", {"project": "some-project"}, cloud=open_cloud(None, assume_references=True))
    made = [
        run.create("gcp:iap/tunnelIamMember:TunnelIamMember", name, {"role": "roles/x", "member": f"user:{name}"})
        for name in ("a", "b")
    ]
    assert [item.id for item in made] == [
        "projects/some-project/iap_tunnel/roles/x/user:a",
        "projects/some-project/iap_tunnel/roles/x/user:b",
    ]


def test_no_prefix_is_made_up_for_a_name_that_was_given() -> None:
    made = driver("aws").create(TOPIC, "it", {"name": "alerts"})
    assert (made["name"], made["namePrefix"]) == ("alerts", "")


def test_properties_are_looked_up_without_the_marks_of_secrets() -> None:
    seen = secrets.Unwrapped({"region": Secret("eu-west-1")}, {"region": "us-east-1", "tags": {"pin": Secret("1")}})
    assert (seen["region"], seen.get("tags"), seen.get("other")) == ("eu-west-1", {"pin": "1"}, None)
    assert (list(seen), len(seen)) == (["region", "tags"], 2)
