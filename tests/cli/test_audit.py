"""``platform audit``: what was deployed past the packs is found, by URN and by input."""

import json
from pathlib import Path

import pytest

from platform_lib.operations.signature import create_key, sign
from support.cli_project import Answer, CliProject
from support.releases import Release

DEPLOY = ("up", "--stack", "dev", "--yes", "--no-policy")


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    return CliProject(tmp_path / "shop")


def gate(project: CliProject, name: str = "verdict.json") -> Path:
    file = project.folder.parent / name
    project.run("gate", "--stack", "dev", "--write", f"json={file}")
    return file


def audit(project: CliProject, *arguments: object) -> Answer:
    return project.run("audit", "--stack", "dev", "--json", *map(str, arguments))


def faults(answer: Answer) -> list[tuple[str, str]]:
    return sorted((item["fault"], item["urn"].rpartition("::")[2]) for item in answer.json["findings"])


def test_what_went_through_the_gate_is_in_order(project: CliProject) -> None:
    file = gate(project)
    assert project.run(*DEPLOY).code == 0
    answer = audit(project, "--verdict", file)
    assert (answer.code, faults(answer)) == (0, [])
    assert answer.json["resources"] == 4
    assert answer.json["verdicts"][0]["packs"] == ["baseline 0.1.0"]
    text = project.run("audit", "--stack", "dev", "--verdict", str(file)).out
    assert "4 resources: nothing was deployed past the packs" in text


def test_what_no_pack_was_asked_about_is_found(project: CliProject) -> None:
    project.config(bucket=False)
    file = gate(project)
    project.config(bucket=True)
    assert project.run(*DEPLOY).code == 0
    answer = audit(project, "--verdict", file)
    assert (answer.code, faults(answer)) == (4, [("unseen", "logs")])
    nothing = project.run("audit", "--stack", "dev")
    assert nothing.code == 4
    assert "no policy pack was ever asked about it" in nothing.out
    assert "run `platform gate --write json=FILE`" in nothing.out


def test_an_input_that_changed_since_is_found(project: CliProject) -> None:
    file = gate(project)
    project.config(owner="somebody-else")
    assert project.run(*DEPLOY).code == 0
    answer = audit(project, "--verdict", file)
    assert faults(answer) == [("changed", "main-vpc")]
    assert answer.json["findings"][0]["inputs"] == ["tags"]
    again = gate(project, "second.json")
    assert faults(audit(project, "--verdict", file, "--verdict", again)) == []
    assert faults(audit(project, "--verdict", project.folder.parent)) == [], "a folder of verdicts will do"


def test_what_was_refused_and_deployed_all_the_same_is_found(project: CliProject) -> None:
    project.config(environment="prod")
    file = gate(project)
    assert project.run(*DEPLOY).code == 0
    found = faults(audit(project, "--verdict", file))
    assert {fault for fault, _ in found} == {"refused"}
    assert len(found) == 4


def test_an_exported_state_is_audited_without_an_engine(project: CliProject, tmp_path: Path) -> None:
    file = gate(project)
    assert project.run(*DEPLOY).code == 0
    state = tmp_path / "state.json"
    assert project.run("state", "export", "--stack", "dev", "--output", str(state)).code == 0
    assert faults(audit(project, "--state", state, "--verdict", file)) == []
    data = json.loads(state.read_text(encoding="utf-8"))
    for resource in data["deployment"]["resources"]:
        if resource["type"] == "aws:ec2/vpc:Vpc":
            resource["inputs"]["enableDnsHostnames"] = True
    state.write_text(json.dumps(data), encoding="utf-8")
    assert faults(audit(project, "--state", state, "--verdict", file)) == [("changed", "main-vpc")]


def test_only_signed_verdicts_are_believed_on_request(project: CliProject, tmp_path: Path) -> None:
    create_key(tmp_path / "gate.pem")
    public = tmp_path / "gate.pem.pub"
    file = gate(project)
    assert project.run(*DEPLOY).code == 0
    unsigned = audit(project, "--verdict", file, "--public-key", public)
    assert unsigned.code == 1
    sign(file, tmp_path / "gate.pem")
    assert audit(project, "--verdict", file, "--public-key", public).code == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"owner"', '"ownex"') + " ", encoding="utf-8")
    changed = audit(project, "--verdict", file, "--public-key", public)
    assert changed.code == 1
    assert "the file was changed, or another key signed it" in changed.err


@pytest.mark.parametrize(
    "arguments, code, problem",
    [
        (["--public-key", "k"], 2, "audit: --public-key is for verdicts in files; name them with --verdict"),
        (["--verdict", "none.json"], 2, "audit: none.json: no such file or folder; give what `platform gate --write`"),
        (["--verdict", "Pulumi.yaml"], 1, "verdict Pulumi.yaml: "),
        (["--state", "none.json"], 1, "state none.json: cannot be read as JSON"),
    ],
)
def test_wrong_usage_is_told(project: CliProject, arguments: list[str], code: int, problem: str) -> None:
    answer = project.run("audit", "--stack", "dev", *arguments)
    assert answer.code == code
    assert problem in answer.err
    alone = project.run("audit", "--state", "x.json")
    assert "audit: --state: name the stack with --stack" in alone.err


def test_an_edited_verdict_is_not_believed(project: CliProject) -> None:
    project.config(environment="prod")
    file = gate(project)
    file.write_text(file.read_text(encoding="utf-8").replace('"verdict": "refused"', '"verdict": "accepted"'))
    answer = audit(project, "--verdict", file)
    assert answer.code == 1
    assert "says accepted (3), its phases say refused" in answer.err


@pytest.mark.slow
def test_what_the_record_of_deployments_holds_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = Release(tmp_path, monkeypatch)
    release.open()
    assert release.deploy("dev").code == 0
    answer = release.run("audit", "--stack", "dev", "--json")
    assert (answer.code, faults(answer)) == (0, []), answer.err
    assert [item["where"] for item in answer.json["verdicts"]] == ["record 2"]
    release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    assert release.run("up", "--stack", "dev", "--yes", "--no-policy").code == 0
    assert faults(release.run("audit", "--stack", "dev", "--json")) == [("changed", "jobs")]
    [entry] = release.records.rglob("000002.json")
    entry.write_text(entry.read_text(encoding="utf-8").replace('"accepted"', '"refused"', 1), encoding="utf-8")
    assert release.run("audit", "--stack", "dev").code == 1, "a record that was changed is not believed"
