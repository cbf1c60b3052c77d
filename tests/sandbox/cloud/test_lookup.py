from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Secret
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import driver

TYPES = "aws:ec2/getInstanceTypes:getInstanceTypes"
AMI = "aws:ec2/getAmi:getAmi"


def _fixtures(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "fixtures.yaml"
    path.write_text(text)
    return path


def test_a_look_up_that_nobody_answers_tells_the_line_to_add(tmp_path: Path) -> None:
    path = _fixtures(tmp_path, "")
    aws = driver("aws", cloud=open_cloud(None, path))
    with pytest.raises(ProviderError) as raised:
        aws.provider.invoke(TYPES, {"region": "eu-west-1"})
    text = str(raised.value)
    assert TYPES in text
    assert str(path) in text
    line = text.partition(f"{path}: ")[2]
    path.write_text(line.replace("{...}", "{instanceTypes: [t3.micro], id: x}"))
    again = driver("aws", cloud=open_cloud(None, path))
    assert again.look_up(TYPES, region="eu-west-1")["instanceTypes"] == ["t3.micro"], "the line is what the file takes"


def test_an_unknown_look_up_is_told_with_a_near_one() -> None:
    with pytest.raises(ProviderError, match=r"getAvailabilityZonez.*did you mean"):
        driver("aws").provider.invoke("aws:index/getAvailabilityZonez:getAvailabilityZonez", {})


def test_wrong_arguments_are_failures() -> None:
    answer = driver("aws").provider.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"stat": "available"})
    assert [failure.property for failure in answer.failures] == ["stat"]


def test_the_first_fixture_whose_arguments_fit_answers(tmp_path: Path) -> None:
    path = _fixtures(
        tmp_path,
        f"""
        {AMI}:
          - args: {{owners: [amazon]}}
            returns: {{id: ami-amazon}}
          - returns: {{id: ami-other}}
        """,
    )
    aws = driver("aws", cloud=open_cloud(None, path))
    assert aws.look_up(AMI, owners=["amazon"], mostRecent=True)["id"] == "ami-amazon"
    assert aws.look_up(AMI, owners=["self"])["id"] == "ami-other"


def test_what_a_fixture_names_counts_as_there(tmp_path: Path) -> None:
    path = _fixtures(tmp_path, "aws:ec2/getVpc:getVpc: [{returns: {id: vpc-shared, cidrBlock: 10.0.0.0/16}}]")
    aws = driver("aws", cloud=open_cloud(None, path))
    assert aws.create("aws:ec2/subnet:Subnet", "s", {"vpcId": "vpc-shared", "cidrBlock": "10.0.1.0/24"}).id
    with pytest.raises(ProviderError, match="vpc-other"):
        aws.create("aws:ec2/subnet:Subnet", "t", {"vpcId": "vpc-other", "cidrBlock": "10.0.1.0/24"})


def test_fixtures_lie_beside_the_cloud_by_default(tmp_path: Path) -> None:
    _fixtures(tmp_path, f"{AMI}: [{{returns: {{id: ami-beside}}}}]")
    with open_cloud(tmp_path / "cloud.db") as cloud:
        assert driver("aws", cloud=cloud).look_up(AMI)["id"] == "ami-beside"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "not readable"),
        ("- a", "expected look-up tokens"),
        (f"{AMI}: [{{return: {{}}}}]", "expected 'returns'"),
        (f"{AMI}: [{{returns: {{}}, extra: 1}}]", "expected 'returns'"),
    ],
)
def test_a_fixtures_file_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CloudError, match=rf"fixtures: .*fixtures\.yaml: .*{message}"):
        driver("aws", cloud=open_cloud(None, _fixtures(tmp_path, text))).look_up(AMI)


def test_a_fixtures_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(CloudError, match="not readable"):
        driver("aws", cloud=open_cloud(None, tmp_path / "none.yaml")).look_up(AMI)


def test_resources_of_the_cloud_answer_by_id_tags_and_filters() -> None:
    aws = driver("aws")
    vpc = aws.create("aws:ec2/vpc:Vpc", "v", {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "main"}})
    aws.create("aws:ec2/vpc:Vpc", "w", {"cidrBlock": "10.1.0.0/16"})
    subnet = aws.create("aws:ec2/subnet:Subnet", "s", {"vpcId": vpc.id, "cidrBlock": "10.0.0.0/24"})
    token = "aws:ec2/getVpc:getVpc"
    assert aws.look_up(token, id=vpc.id)["cidrBlock"] == "10.0.0.0/16"
    assert aws.look_up(token, tags={"Name": "main"})["arn"] == vpc["arn"]
    assert aws.look_up(token, filters=[{"name": "tag:Name", "values": ["ma*"]}])["id"] == vpc.id
    assert aws.look_up(token, filters=[{"name": "cidr", "values": ["10.1.0.0/16"]}])["cidrBlock"] == "10.1.0.0/16"
    assert aws.look_up("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [vpc.id]}])["ids"] == [
        subnet.id
    ]
    group = aws.look_up("aws:ec2/getSecurityGroup:getSecurityGroup", name="default", vpcId=vpc.id)
    assert group["id"] == vpc["defaultSecurityGroupId"]


def test_a_look_up_of_one_thing_refuses_none_and_many() -> None:
    aws = driver("aws")
    for number in range(2):
        aws.create("aws:ec2/vpc:Vpc", f"v{number}", {"cidrBlock": f"10.{number}.0.0/16"})
    with pytest.raises(ProviderError, match="2 resources fit, and it takes one"):
        aws.look_up("aws:ec2/getVpc:getVpc")
    with pytest.raises(ProviderError, match="nothing in the cloud fits"):
        aws.look_up("aws:ec2/getVpc:getVpc", tags={"Name": "x"})


def test_a_look_up_sees_its_own_account_and_region() -> None:
    cloud = open_cloud(None)
    driver("aws", {"region": "eu-west-1"}, cloud).create("aws:ec2/vpc:Vpc", "v", {"cidrBlock": "10.0.0.0/16"})
    here = driver("aws", {"region": "us-east-1"}, cloud)
    with pytest.raises(ProviderError, match="nothing in the cloud fits"):
        here.look_up("aws:ec2/getVpc:getVpc")
    assert here.look_up("aws:ec2/getVpc:getVpc", region="eu-west-1")["region"] == "eu-west-1"


def test_a_secret_that_is_looked_up_stays_secret() -> None:
    vault = driver("vault")
    vault.create("vault:index/mount:Mount", "kv", {"path": "kv", "type": "kv-v2"})
    vault.create("vault:kv/secretV2:SecretV2", "s", {"mount": "kv", "name": "app", "dataJson": '{"password":"x"}'})
    found = vault.look_up("vault:kv/getSecretV2:getSecretV2", mount="kv", name="app")
    assert found["data"] == Secret({"password": "x"})
