"""``platform gate`` as a person and as CI use it."""

import json
from pathlib import Path

import pytest

from platform_lib.operations.gate.verdict import read_verdict
from platform_lib.operations.signature import create_key, verify
from support.cli_project import CliProject


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    made = CliProject(tmp_path / "shop")
    made.config("prod", environment="prod")
    return made


def test_the_table_shows_phases_findings_cost_and_packs(project: CliProject) -> None:
    answer = project.run("gate", "--stack", "prod")
    assert answer.code == 3
    lines = answer.out.splitlines()
    assert lines[0] == "Gate of shop / prod  on engine sandbox"
    assert [line.split()[0] for line in lines[1:11]] == [
        *("preview", "policies", "stateful", "network", "versions"),
        *("unknowns", "secrets", "cost", "drift", "contracts"),
    ]
    assert all(" s  " in line for line in lines[1:11]), "the time of each phase"
    assert "refuse  aws-vpc-flow-logs-enabled  aws:ec2:Vpc main-vpc\n" in answer.out
    assert "      remedy: add a FlowLog whose vpcId is this resource\n" in answer.out
    assert "skipped" in next(line for line in lines if line.startswith("  cost ")), "nothing says what it uses"
    assert "Cost: " not in answer.out
    assert "Packs: baseline 0.1.0, hash " in answer.out
    assert "unknown-answer" not in answer.out
    assert "1 note or waived finding (--all shows them)" in answer.out
    assert lines[-1].startswith("Gate refused: stack prod, engine sandbox ")
    assert "unknown-answer" in project.run("gate", "--stack", "prod", "--all").out


def test_dev_is_advised_and_accepted(project: CliProject) -> None:
    answer = project.run("gate", "--stack", "dev")
    assert answer.code == 0
    assert "Gate accepted: stack dev" in answer.out


def test_a_program_that_fails_ends_with_1(project: CliProject) -> None:
    project.program("raise ValueError('it is out of order')\n")
    answer = project.run("gate", "--stack", "dev")
    assert answer.code == 1
    assert "ValueError: it is out of order" in answer.out
    assert "Gate failed: stack dev" in answer.out


@pytest.mark.parametrize("arguments", [["--json"], ["--format", "json"]])
def test_json_is_the_verdict_and_nothing_else(project: CliProject, arguments: list[str]) -> None:
    answer = project.run("gate", "--stack", "prod", *arguments)
    assert answer.code == 3
    verdict = read_verdict(answer.out, "stdout")
    assert (verdict.stack, verdict.exit_code) == ("prod", 3)


def test_one_run_writes_every_form_that_ci_wants(project: CliProject, tmp_path: Path) -> None:
    wanted = {"json": "v.json", "sarif": "v.sarif", "junit": "v.xml", "comment": "v.md"}
    writes = [part for form, name in wanted.items() for part in ("--write", f"{form}={tmp_path / name}")]
    answer = project.run("gate", "--stack", "prod", *writes)
    assert answer.code == 3
    assert answer.err.count("written: ") == 4
    assert read_verdict((tmp_path / "v.json").read_bytes(), "x").stack == "prod"
    assert json.loads((tmp_path / "v.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "v.xml").read_text().startswith("<testsuites ")
    assert (tmp_path / "v.md").read_text().startswith("<!-- platform gate: shop/prod -->")


def test_the_written_verdict_is_signed_on_request(project: CliProject, tmp_path: Path) -> None:
    create_key(tmp_path / "gate.pem")
    file = tmp_path / "v.json"
    answer = project.run(*("gate", "--stack", "dev", "--write", f"json={file}", "--key", str(tmp_path / "gate.pem")))
    assert answer.code == 0
    assert "signed by SHA256:" in answer.err
    verify(file, tmp_path / "gate.pem.pub")


@pytest.mark.parametrize(
    "arguments, problem",
    [
        (["--write", "sarif"], "--write: must be FORM=FILE, got 'sarif'; write for example sarif=gate.sarif"),
        (["--write", "sarf=x"], "--write: 'sarf' is no form; did you mean 'sarif'?"),
        (["--key", "k.pem"], "gate: --key: nothing is signed without --write json=FILE; add it"),
        (["--policy-pack", "hippa"], "policy pack 'hippa': there is no such pack; did you mean 'hipaa'?"),
        (["--stack", "prodd"], "stack 'prodd': there is no such stack; did you mean 'prod'?"),
        (["--commit", "main"], "evidence: --commit: is no commit id, got 'main'; give its hexadecimal form"),
        (["--format", "comment", "--comment-limit", "5"], "gate: comment limit: must be at least 10000 bytes, got 5"),
        (["--engine", "pulumi"], "stack: which one; name it with --stack (engine pulumi does not guess)"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(project: CliProject, arguments: list[str], problem: str) -> None:
    stack = [] if {"--stack", "--engine"} & set(arguments) else ["--stack", "dev"]
    answer = project.run("gate", *stack, *arguments)
    assert (answer.code, answer.err) == (2, f"error: {problem}\n")


def test_without_the_cli_the_pulumi_engine_says_what_to_install(
    project: CliProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    answer = project.run("gate", "--engine", "pulumi", "--stack", "dev")
    assert answer.code == 1
    assert "install the Pulumi CLI, or use --engine sandbox, which needs none" in answer.err


def test_a_wrong_file_of_decisions_is_told_with_its_line(project: CliProject) -> None:
    (project.folder / "governance").mkdir()
    (project.folder / "governance" / "gate.yaml").write_text("waivers:\n  - chek: x\n", encoding="utf-8")
    answer = project.run("gate", "--stack", "dev")
    assert answer.code == 1
    assert "governance/gate.yaml: gate.yaml:2: waivers[0].chek: is not known; did you mean 'check'?" in answer.err


def test_a_broken_stack_file_is_told_with_its_line(project: CliProject) -> None:
    (project.folder / "Pulumi.dev.yaml").write_text("config:\n  shop:owner: [\n", encoding="utf-8")
    answer = project.run("gate", "--stack", "dev")
    assert answer.code == 1
    assert "Pulumi.dev.yaml:" in answer.err
