"""What up, preview, refresh and destroy show and end with, on a small project."""

from pathlib import Path

import pytest

from support.cli_project import CliProject


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    return CliProject(tmp_path / "shop")


@pytest.fixture
def shop(project: CliProject) -> CliProject:
    """The project with its stack up."""
    answer = project.run("up", "--json")
    assert answer.code == 0, answer.out + answer.err
    return project


def in_cloud(project: CliProject) -> list[str]:
    return [item["type"] for item in project.run("sandbox", "ls", "--json").json["resources"]]


def test_a_preview_says_what_would_be_made_and_makes_nothing(project: CliProject) -> None:
    answer = project.run("preview")
    assert answer.code == 0
    assert "Preview of shop / dev  on the sandbox" in answer.out
    assert "   + create    aws:ec2:Vpc                          main / main-vpc\n" in answer.out
    assert "   + 6 to create\n" in answer.out
    assert "Preview done: stack dev, on the sandbox" in answer.out
    assert project.run("status", "--json").json["stacks"][0]["up"] is False


def test_an_up_makes_it_and_a_second_one_finds_nothing_to_do(project: CliProject) -> None:
    first = project.run("up")
    assert first.code == 0
    assert "   + created   aws:s3:Bucket                        logs\n" in first.out
    assert "   + 6 created\n" in first.out
    assert "    password: [secret]\n" in first.out
    assert 'vpcId: "vpc-' in first.out
    assert "canary-7f3a" not in first.out + first.err
    second = project.run("up")
    assert second.code == 0
    assert "Resources\n     6 unchanged\nUp done" in second.out


def test_an_update_shows_old_and_new_values(shop: CliProject) -> None:
    shop.config(owner="you")
    answer = shop.run("up")
    assert "   ~ changed   aws:ec2:Vpc                          main / main-vpc\n" in answer.out
    assert '        ~ tags.owner: "me" -> "you"\n' in answer.out
    assert "   ~ 1 changed\n     5 unchanged\n" in answer.out


def test_a_preview_marks_what_forces_a_replacement_and_names_what_would_be_lost(shop: CliProject) -> None:
    shop.config(bucketName="another-name")
    answer = shop.run("preview")
    assert "  +- replace   aws:s3:Bucket                        logs  holds data\n" in answer.out
    assert ' -> "another-name"  forces replacement\n' in answer.out
    assert "Look twice: protected, or holding what cannot be made again, and would be " in answer.out
    assert "    replace aws:s3:Bucket logs: holds data; because of bucket\n" in answer.out


def test_a_preview_names_what_would_be_deleted(shop: CliProject) -> None:
    shop.config(bucket=False)
    data = shop.run("preview", "--json").json
    assert data["atRisk"] == ["urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs"]
    assert data["summary"] == {"delete": 1, "same": 5}


def test_expected_no_changes_end_with_four_where_there_are_some(shop: CliProject) -> None:
    assert shop.run("preview", "--expect-no-changes").code == 0
    shop.config(owner="you")
    answer = shop.run("preview", "--expect-no-changes")
    assert answer.code == 4
    assert "Preview done, and something differs" in answer.out


def test_drift_is_shown_by_a_refresh_and_mended_by_the_next_up(shop: CliProject) -> None:
    assert shop.run("sandbox", "edit", "main-vpc", "tags.owner=somebody", "enableDnsSupport=false").code == 0
    looked = shop.run("refresh", "--preview-only", "--expect-no-changes", "--json")
    assert looked.code == 4
    (change,) = looked.json["changes"]
    moved = {item["path"]: (item["old"], item["new"]) for item in change["properties"]}
    assert moved == {"enableDnsSupport": (True, False), "tags.owner": ("me", "somebody")}
    refreshed = shop.run("refresh")
    assert refreshed.code == 0
    assert '        ~ tags.owner: "me" -> "somebody"\n' in refreshed.out
    mended = shop.run("up")
    assert '        ~ tags.owner: "somebody" -> "me"\n' in mended.out
    assert shop.run("refresh", "--expect-no-changes").code == 0


def test_a_resource_that_is_gone_is_made_again(shop: CliProject) -> None:
    shop.run("sandbox", "edit", "main-private-a", "--delete")
    refreshed = shop.run("refresh", "--json").json
    assert refreshed["summary"] == {"delete": 1, "same": 5}
    assert shop.run("up", "--json").json["summary"] == {"create": 1, "same": 5}


def test_destroy_leaves_nothing(shop: CliProject) -> None:
    answer = shop.run("destroy")
    assert answer.code == 0
    assert "   - 6 deleted\n" in answer.out
    assert shop.run("sandbox", "ls", "--json").json["resources"] == []
    assert shop.run("status", "--json").json["stacks"][0]["up"] is False


def test_destroy_fails_on_what_is_protected_and_lists_it(project: CliProject) -> None:
    project.config(protect=True)
    assert project.run("up", "--json").code == 0
    answer = project.run("destroy")
    assert answer.code == 1
    assert "   - failed    aws:s3:Bucket                        logs  protected  holds data\n" in answer.out
    assert "Still there: protected, and was to be replaced or deleted\n" in answer.out
    assert "Hint: to destroy what is protected too: platform destroy --stack dev --unprotect\n" in answer.out
    assert in_cloud(project) == ["aws:s3/bucket:Bucket"]


def test_unprotect_asks_and_lists_what_is_retained(project: CliProject) -> None:
    project.config(protect=True, keep=True)
    assert project.run("up", "--json").code == 0
    refused = project.run("destroy", "--unprotect")
    assert refused.code == 2
    assert "  urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs\n" in refused.err
    assert "nobody can be asked here; give --yes" in refused.err
    answer = project.run("destroy", "--unprotect", "--yes")
    assert answer.code == 0
    assert "Retained: gone from the state, still in the cloud\n" in answer.out
    assert "    aws:sqs:Queue kept https://sqs." in answer.out
    assert in_cloud(project) == ["aws:sqs/queue:Queue"]


def test_targets_limit_what_is_touched(shop: CliProject) -> None:
    data = shop.run("destroy", "--target", "**::logs", "--json").json
    assert [item["name"] for item in data["changes"]] == ["logs"]
    shop.config(owner="you")
    data = shop.run("up", "--exclude", "**::main-vpc", "--json").json
    assert [(item["action"], item["name"]) for item in data["changes"]] == [("create", "logs")]
    replaced = shop.run("up", "--replace", "**::logs", "--target", "**::logs", "--json").json
    assert [(item["action"], item["name"]) for item in replaced["changes"]] == [("replace", "logs")]


def test_secrets_are_shown_only_on_request(project: CliProject) -> None:
    hidden = project.run("up", "--json")
    assert "canary-7f3a" not in hidden.out + hidden.err
    assert hidden.json["outputs"]["password"] == "[secret]"
    assert project.run("up", "--json", "--show-secrets").json["outputs"]["password"] == "canary-7f3a"


def test_a_failing_program_changes_nothing_and_shows_its_own_lines_only(shop: CliProject) -> None:
    shop.program("import pulumi\n\nraise ValueError('no such shelf')\n")
    answer = shop.run("up")
    assert answer.code == 1
    assert "ValueError: no such shelf" in answer.out
    assert "__main__.py" in answer.out
    assert "platform_lib" not in answer.out
    assert len(shop.run("sandbox", "ls", "--json").json["resources"]) == 4


@pytest.mark.parametrize(("module", "wanted"), [("pulumi_aws", "'platform-lib[aws]'"), ("left_pad.core", "left_pad")])
def test_a_missing_package_is_named_with_what_installs_it(project: CliProject, module: str, wanted: str) -> None:
    project.program(f"raise ModuleNotFoundError('no such module', name='{module}')\n")
    answer = project.run("preview")
    assert answer.code == 1
    assert f"the program needs {module}, which is not installed here: " in answer.out
    assert f" -m pip install {wanted}\n" in answer.out


def test_a_failing_step_is_told_with_the_resource(project: CliProject) -> None:
    assert project.run("sandbox", "fault", "fail", "--type", "aws:s3/bucket:Bucket", "--message", "no room").code == 0
    answer = project.run("up")
    assert answer.code == 1
    assert "   + failed    aws:s3:Bucket                        logs\n" in answer.out
    assert "    aws:s3/bucket:Bucket logs: " in answer.out
    assert "no room" in answer.out
    assert project.run("up", "--json").json["verdict"] == "done"


def test_protocol_log(project: CliProject, tmp_path: Path) -> None:
    log = tmp_path / "grpc.jsonl"
    assert project.run("preview", "--log-grpc", str(log)).code == 0
    assert "RegisterResource" in log.read_text(encoding="utf-8")
