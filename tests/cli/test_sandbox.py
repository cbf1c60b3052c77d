"""The sandbox cloud through the command."""

from pathlib import Path

import pytest

from support.cli_project import CliProject


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    assert project.run("up", "--json").code == 0
    return project


def test_resources_are_listed_and_filtered(shop: CliProject) -> None:
    answer = shop.run("sandbox", "ls")
    assert "aws:s3/bucket:Bucket   logs " in answer.out
    assert "4 resources in the sandbox cloud\n" in answer.out
    subnets = shop.run("sandbox", "ls", "--type", "aws:ec2/sub*", "--json").json["resources"]
    assert {item["type"] for item in subnets} == {"aws:ec2/subnet:Subnet"}
    assert shop.run("sandbox", "ls", "--region", "us-*").out == "nothing in the sandbox cloud\n"


def test_one_resource_is_shown_by_name_id_or_urn(shop: CliProject) -> None:
    data = shop.run("sandbox", "show", "main-vpc", "--json").json
    assert data["inputs"]["tags"] == {"owner": "me"}
    for target in (data["id"], data["urn"], f"{data['type']}={data['id']}"):
        assert shop.run("sandbox", "show", target, "--json").json["urn"] == data["urn"]
    text = shop.run("sandbox", "show", "main-vpc").out
    assert '    tags.owner: "me"\n' in text
    assert "__defaults" not in text


def test_an_unknown_resource_has_a_near_name(shop: CliProject) -> None:
    answer = shop.run("sandbox", "show", "main-vcp")
    assert answer.code == 1
    assert answer.err == "error: sandbox cloud: main-vcp: no such resource; did you mean 'main-vpc'?\n"


def test_a_name_that_two_resources_have_asks_which(shop: CliProject) -> None:
    shop.program("import pulumi_aws as aws\naws.sns.Topic('twin')\naws.sqs.Queue('twin')\n")
    assert shop.run("up", "--json").code == 0
    answer = shop.run("sandbox", "edit", "twin", "tags.a=b")
    assert answer.code == 1
    assert "2 resources have this name; say which: aws:sns/topic:Topic=" in answer.err


def test_edits_keep_the_type_of_what_was_there(shop: CliProject) -> None:
    answer = shop.run("sandbox", "edit", "main-vpc", "tags.owner=17", "enableDnsSupport=false", "--json")
    assert answer.code == 0
    moved = {item["path"]: item["new"] for item in answer.json["properties"]}
    assert (moved["tags.owner"], moved["enableDnsSupport"]) == ("17", False)
    text = shop.run("sandbox", "edit", "main-vpc", 'tags={"team": "net"}').out
    assert '        + tags.team: "net"\n' in text
    assert '        - tags.owner: "17"\n' in text


def test_a_property_can_be_removed(shop: CliProject) -> None:
    answer = shop.run("sandbox", "edit", "main-vpc", "--unset", "tags.owner")
    assert '        - tags.owner: "me"\n' in answer.out
    assert "tags.owner" not in shop.run("sandbox", "show", "main-vpc").out


def test_an_edit_is_done_whole_or_not_at_all(shop: CliProject) -> None:
    answer = shop.run("sandbox", "edit", "main-vpc", "tags.owner=you", "enabelDnsSupport=false")
    assert answer.code == 1
    assert "enabelDnsSupport: no such property; did you mean 'enableDnsSupport'?" in answer.err
    assert shop.run("sandbox", "show", "main-vpc", "--json").json["inputs"]["tags"] == {"owner": "me"}


def test_a_deleted_resource_is_gone(shop: CliProject) -> None:
    answer = shop.run("sandbox", "edit", "logs", "--delete", "--json")
    assert answer.json["deleted"] is True
    assert shop.run("sandbox", "show", "logs").code == 1


def test_faults_are_injected_listed_and_lifted(shop: CliProject) -> None:
    assert shop.run("sandbox", "fault").out == "no fault is in force in the sandbox cloud\n"
    data = shop.run("sandbox", "fault", "throttle", "--type", "aws:ec2/*", "--times", "0", "--json").json
    (fault,) = data["faults"]
    assert (fault["effect"], fault["type"], fault["times"], fault["fired"]) == ("throttle", "aws:ec2/*", 0, 0)
    assert "throttle" in shop.run("sandbox", "fault").out
    assert shop.run("sandbox", "fault", "--clear", "99").code == 1
    assert shop.run("sandbox", "fault", "--clear", str(fault["number"]), "--json").json["faults"] == []
    shop.run("sandbox", "fault", "fail")
    assert shop.run("sandbox", "fault", "--clear-all", "--json").json["faults"] == []


def test_a_region_goes_down_and_comes_up(shop: CliProject) -> None:
    assert list(shop.run("sandbox", "region", "eu-west-1", "--down", "--json").json["down"]) == ["eu-west-1"]
    assert "region eu-west-1 is down since" in shop.run("sandbox", "ls").out
    failed = shop.run("refresh", "--json")
    assert (failed.code, failed.json["verdict"]) == (1, "failed")
    assert shop.run("sandbox", "region", "eu-west-1", "--up").out == "no region of the sandbox cloud is down\n"
    assert shop.run("refresh", "--json").code == 0


def test_reset_empties_everything(shop: CliProject) -> None:
    assert shop.run("sandbox", "reset", "--yes").code == 0
    assert shop.run("sandbox", "ls", "--json").json["resources"] == []
    assert shop.run("up", "--json").json["summary"] == {"create": 6}


def test_reset_of_the_cloud_alone_is_a_loss_that_a_refresh_finds(shop: CliProject) -> None:
    assert shop.run("sandbox", "reset", "--cloud-only", "--yes").code == 0
    assert shop.run("refresh", "--json").json["summary"] == {"delete": 4, "same": 2}


def test_secrets_of_the_cloud_are_redacted(shop: CliProject) -> None:
    shop.program(
        "import pulumi, pulumi_aws as aws\n"
        "secret = aws.secretsmanager.Secret('login')\n"
        "hidden = pulumi.Output.secret('canary-7f3a')\n"
        "aws.secretsmanager.SecretVersion('login', secret_id=secret.id, secret_string=hidden)\n"
    )
    assert shop.run("up", "--json").code == 0
    target = shop.run("sandbox", "ls", "--type", "*SecretVersion", "--json").json["resources"][0]["urn"]
    assert "canary-7f3a" not in shop.run("sandbox", "show", target).out
    edited = shop.run("sandbox", "edit", target, "secretString=canary-other")
    assert "        ~ secretString: [secret] -> [secret]\n" in edited.out
    assert "canary-other" in shop.run("sandbox", "show", target, "--show-secrets").out
