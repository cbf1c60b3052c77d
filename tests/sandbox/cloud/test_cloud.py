import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Secret, plain
from platform_lib.sandbox.cloud import FaultRule, open_cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import driver, urn

TOPIC = "aws:sns/topic:Topic"
VPC = "aws:ec2/vpc:Vpc"
PARAMETER = "aws:ssm/parameter:Parameter"


def test_an_edit_is_seen_by_read_as_a_changed_input_and_mended_by_an_update() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t", {"displayName": "x", "tags": {"a": "1"}})
    aws.cloud.edit(made.urn, "tags.a", "2")
    aws.cloud.edit(made.id, "displayName", "y")
    found = aws.read(made)
    assert found.inputs["tags"] == {"a": "2"}
    assert found.outputs["tagsAll"] == {"a": "2"}
    assert found.outputs["displayName"] == "y"
    assert aws.update(made, {"displayName": "x", "tags": {"a": "1"}})["displayName"] == "x"
    assert [(kind, change) for _, kind, _, _, change in aws.cloud.edits()] == [
        (TOPIC, "set tags.a"),
        (TOPIC, "set displayName"),
    ]


def test_an_edit_of_an_output_leaves_the_inputs() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    aws.cloud.edit(made.id, "mainRouteTableId", "rtb-other")
    found = aws.read(made)
    assert found.inputs == made.inputs
    assert found.outputs["mainRouteTableId"] == "rtb-other"


def test_an_edit_without_a_value_removes() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t", {"tags": {"a": "1", "b": "2"}})
    aws.cloud.edit(made.id, "tags.a")
    assert aws.read(made).inputs["tags"] == {"b": "2"}


def test_a_secret_stays_one_when_it_is_edited() -> None:
    aws = driver("aws")
    made = aws.create(PARAMETER, "p", {"name": "/a", "type": "SecureString", "value": "old"})
    aws.cloud.edit(made.id, "value", "new")
    assert aws.read(made).inputs["value"] == Secret("new")


def test_an_edit_of_no_property_is_refused_with_a_near_one() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t")
    with pytest.raises(CloudError, match=r"displayNam: no such property; did you mean 'displayName'\?"):
        aws.cloud.edit(made.id, "displayNam", "x")
    with pytest.raises(CloudError, match="no such property"):
        aws.cloud.edit(made.id, "", "x")


def test_a_resource_deleted_behind_the_programs_back_is_gone_for_read() -> None:
    aws = driver("aws")
    vpc = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    subnet = aws.create("aws:ec2/subnet:Subnet", "s", {"vpcId": vpc.id, "cidrBlock": "10.0.0.0/24"})
    aws.cloud.remove(vpc.urn)
    assert aws.read(vpc).id == ""
    assert aws.read(subnet).id == subnet.id


def test_targets_that_name_nothing_or_too_much_are_refused() -> None:
    aws = driver("aws")
    bucket = aws.create("aws:s3/bucket:Bucket", "b", {"bucket": "logs-of-ours"})
    aws.create(
        "aws:s3/bucketVersioning:BucketVersioning",
        "v",
        {"bucket": bucket.id, "versioningConfiguration": {"status": "Enabled"}},
    )
    with pytest.raises(CloudError, match=r"logs-of-our: no such resource; did you mean 'logs-of-ours'\?"):
        aws.cloud.find("logs-of-our")
    with pytest.raises(
        CloudError, match=r"logs-of-ours: 2 resources go by it; say which: aws:s3/bucket:Bucket=logs-of-ours, "
    ):
        aws.cloud.find("logs-of-ours")
    assert aws.cloud.find("aws:s3/bucket:Bucket=logs-of-ours").urn == bucket.urn
    with pytest.raises(CloudError, match="platform sandbox ls"):
        aws.cloud.find("urn:pulumi:x")


def test_an_arn_is_a_target_like_any_id() -> None:
    aws = driver("aws")
    policy = aws.create(
        "aws:iam/policy:Policy", "p", {"policy": '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'}
    )
    assert aws.cloud.find(policy.id).urn == policy.urn


def test_ls_filters_and_hides_what_came_with_something_else() -> None:
    aws = driver("aws")
    vpc = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    aws.create(TOPIC, "t", {"region": "eu-west-1"})
    assert [row.id for row in aws.cloud.ls(type="aws:ec2/*")] == [vpc.id]
    assert len(aws.cloud.ls(type="aws:ec2/*", implied=True)) == 4
    assert [row.type for row in aws.cloud.ls(region="eu-*")] == [TOPIC]
    assert aws.cloud.ls(package="gcp") == []


def test_show_hides_secrets_unless_asked() -> None:
    aws = driver("aws")
    made = aws.create(PARAMETER, "p", {"name": "/a", "type": "SecureString", "value": "hidden"})
    assert aws.cloud.show(made.id)["inputs"]["value"] == "[secret]"
    assert aws.cloud.show(made.id, secrets=True)["inputs"]["value"] == Secret("hidden")
    assert aws.cloud.show(made.id)["region"] == "us-east-1"


def test_the_log_is_off_then_bounded_and_holds_no_values() -> None:
    aws = driver("aws")
    aws.create(TOPIC, "before")
    assert aws.cloud.log() == []
    aws.cloud.keep_log(3)
    aws.cloud.inject(FaultRule("fail", name="bad"))
    for name in ("one", "bad", "two"):
        if name == "bad":
            with pytest.raises(ProviderError):
                aws.create(TOPIC, name, {"displayName": "not-in-the-log"})
        else:
            aws.create(TOPIC, name)
    entries = aws.cloud.log()
    assert [(entry.method, entry.subject.rpartition("::")[2]) for entry in entries] == [
        ("create", "bad"),
        ("check", "two"),
        ("create", "two"),
    ]
    assert "injected fault" in entries[0].error
    assert "not-in-the-log" not in str(entries)
    aws.cloud.keep_log(0)
    aws.create(TOPIC, "after")
    assert len(aws.cloud.log()) == 3


def test_reset_leaves_nothing(tmp_path: Path) -> None:
    with open_cloud(tmp_path / "cloud.db") as cloud:
        aws = driver("aws", cloud=cloud)
        made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
        cloud.inject(FaultRule("fail", nth=9))
        cloud.take_down("eu-west-1")
        cloud.edit(made.id, "tags.a", "b")
        cloud.clock.advance(3600)
        cloud.reset()
        assert (cloud.ls(implied=True), cloud.faults(), cloud.down(), cloud.edits(), cloud.log()) == (
            [],
            [],
            {},
            [],
            [],
        )
        assert aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"}).id == made.id, "as new"


def test_references_are_assumed_where_asked() -> None:
    subnet = {"vpcId": "vpc-elsewhere", "cidrBlock": "10.0.0.0/24"}
    with pytest.raises(ProviderError, match=r"InvalidVpcID.NotFound"):
        driver("aws").create("aws:ec2/subnet:Subnet", "s", subnet)
    lenient = driver("aws", cloud=open_cloud(None, assume_references=True))
    assert lenient.create("aws:ec2/subnet:Subnet", "s", subnet)["vpcId"] == "vpc-elsewhere"


def test_two_processes_create_in_one_cloud_at_once(tmp_path: Path) -> None:
    """Both make the same physical names: one of each pair wins, nothing is made twice."""
    path = tmp_path / "cloud.db"
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from platform_lib.sandbox.cloud import open_cloud
        from platform_lib.sandbox.protocol import ProviderError
        cloud = open_cloud(Path(sys.argv[1]))
        aws = cloud.open("aws", "")
        refused = 0
        for n in range(60):
            urn = f"urn:pulumi:{sys.argv[2]}::proj::aws:ecr/repository:Repository::r{n}"
            inputs = aws.check(urn, {}, {"name": f"app-{n}"}, b"", None).inputs
            try:
                aws.create(urn, inputs, 0, preview=False)
            except ProviderError as error:
                assert "RepositoryAlreadyExistsException" in str(error), error
                refused += 1
        print(refused)
        cloud.close()
        """
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), tag], stdout=subprocess.PIPE, text=True)
        for tag in ("a", "b")
    ]
    refused = [int(process.communicate()[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(refused) == 60
    with open_cloud(path) as cloud:
        rows = cloud.ls()
        assert sorted(row.id for row in rows) == sorted(f"app-{number}" for number in range(60))


def test_a_created_resource_is_found_by_its_urn_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    with open_cloud(path) as cloud:
        made = driver("aws", cloud=cloud).create(
            PARAMETER, "p", {"name": "/a", "type": "SecureString", "value": "hidden"}
        )
    with open_cloud(path) as again:
        (found,) = again.find_created(urn(PARAMETER, "p"))
        assert found.id == made.id
        assert found.inputs == made.inputs
        assert plain(found.outputs) == plain(made.outputs)
        assert isinstance(found.outputs["value"], Secret)
