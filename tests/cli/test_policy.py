"""Policies through the command: what refuses, what is shown, what is written."""

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from support.cli_project import CliProject, invoke

INSECURE = """\
import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
logs = aws.cloudwatch.LogGroup("audit", retention_in_days=1)
bucket = aws.s3.Bucket("records")
aws.s3.BucketPublicAccessBlock("records", bucket=bucket.id, block_public_acls=False)
"""


@pytest.fixture
def insecure(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop", INSECURE)
    project.config("prod", environment="prod")
    project.config("dev", environment="dev")
    return project


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_broken_settings_refuse_in_production_and_make_nothing(insecure: CliProject, operation: str) -> None:
    answer = insecure.run(operation, "-s", "prod", "--policy-pack", "baseline", "--json")
    data = answer.json
    assert (answer.code, data["verdict"], data["exitCode"]) == (3, "refused", 3)
    mandatory = {item["rule"]: item for item in data["policy"]["findings"] if item["mandatory"]}
    for rule, path in (
        ("aws-s3-public-access-block-all-flags-on", "blockPublicAcls"),
        ("aws-vpc-flow-logs-enabled", ""),
        ("aws-cloudwatch-log-group-retention", "retentionInDays"),
    ):
        finding = mandatory[rule]
        assert all(finding["controls"][framework] for framework in ("hipaa", "pci_dss", "soc2"))
        assert finding["faults"][0]["path"] == path
        assert finding["faults"][0]["remedy"]
    assert insecure.run("sandbox", "ls", "--json").json["resources"] == []


def test_a_finding_is_shown_with_severity_property_remedy_and_controls(insecure: CliProject) -> None:
    answer = insecure.run("preview", "-s", "prod", "--policy-pack", "baseline")
    assert answer.code == 3
    assert "refused aws-vpc-flow-logs-enabled  aws:ec2:Vpc main\n" in answer.out
    assert (
        "      no FlowLog names it by vpcId\n      remedy: add a FlowLog whose vpcId is this resource\n" in answer.out
    )
    assert "HIPAA 164.308(a)(1)(ii)(D)" in answer.out
    assert "PCI DSS 10.2.1" in answer.out
    assert "SOC 2 CC7.2" in answer.out
    assert "Preview refused by a policy: stack prod, on the sandbox" in answer.out


def test_the_same_is_advice_in_development(insecure: CliProject) -> None:
    answer = insecure.run("up", "-s", "dev", "--policy-pack", "baseline")
    assert answer.code == 0
    assert "rules at the levels of dev" in answer.out
    assert ", none refused" in answer.out


def test_an_environment_that_no_pack_knows_counts_as_production(insecure: CliProject) -> None:
    insecure.config("dev", environment="sandpit")
    assert insecure.run("preview", "-s", "dev", "--policy-pack", "baseline").code == 3


def test_the_packs_of_the_project_are_evaluated_unless_told_otherwise(insecure: CliProject) -> None:
    assert "policy" not in insecure.run("preview", "-s", "dev", "--json").json
    insecure.pyproject('policy_packs = ["hipaa", "soc2"]')
    packs = insecure.run("preview", "-s", "dev", "--json").json["policy"]["packs"]
    assert [item["name"] for item in packs] == ["hipaa", "soc2"]
    assert "policy" not in insecure.run("preview", "-s", "dev", "--no-policy", "--json").json


WAIVER = """\
waivers:
  - rule: {rule}
    resource: "urn:pulumi:*::shop::aws:ec2/vpc:Vpc::main"
    owner: network
    approver: security
    reason: the network is taken down this week
    compensating_control: traffic is mirrored
    expires: {expires}
"""


def test_a_waiver_excuses_and_an_expired_one_does_not(insecure: CliProject) -> None:
    waivers = insecure.folder / "governance" / "waivers.yaml"
    waivers.parent.mkdir()
    rule = "aws-vpc-flow-logs-enabled"
    waivers.write_text(WAIVER.format(rule=rule, expires="2999-01-01"), encoding="utf-8")
    policy = insecure.run("preview", "-s", "prod", "--policy-pack", "baseline", "--json").json["policy"]
    assert [(item["rule"], item["waiver"]["owner"]) for item in policy["waived"]] == [(rule, "network")]
    assert rule not in {item["rule"] for item in policy["findings"]}
    waivers.write_text(WAIVER.format(rule=rule, expires="2020-01-01"), encoding="utf-8")
    policy = insecure.run("preview", "-s", "prod", "--policy-pack", "baseline", "--json").json["policy"]
    assert policy["waived"] == []
    assert {rule, "waiver-expired"} <= {item["rule"] for item in policy["findings"]}


def test_check_writes_what_viewers_read(insecure: CliProject, tmp_path: Path) -> None:
    sarif = insecure.run("policy", "check", "-s", "prod", "--format", "sarif")
    assert sarif.code == 3
    (run,) = sarif.json["runs"]
    assert "aws-vpc-flow-logs-enabled" in {item["ruleId"] for item in run["results"]}
    junit = tmp_path / "junit.xml"
    answer = insecure.run("policy", "check", "-s", "prod", "--format", "junit", "--output", str(junit))
    assert (answer.code, answer.out, answer.err) == (3, "", f"written: {junit}\n")
    assert int(ElementTree.parse(junit).getroot().attrib["failures"]) > 0
    report = insecure.run("policy", "check", "-s", "prod", "--json").json["reports"][0]
    schema = Path(__file__).parents[2] / "policypacks" / "report" / "report.schema.json"
    jsonschema.validate(report["report"], json.loads(schema.read_text(encoding="utf-8")))
    assert report["subject"] == "prod"


def test_check_groups_by_control(insecure: CliProject) -> None:
    answer = insecure.run("policy", "check", "-s", "prod", "--policy-pack", "soc2", "--by-control")
    assert "  SOC 2 CC7.2  " in answer.out
    assert "      refused      aws-vpc-flow-logs-enabled  Vpc 'main': no FlowLog names it by vpcId\n" in answer.out
    assert "HIPAA" not in answer.out


def test_saved_states_are_checked_in_one_run(insecure: CliProject, tmp_path: Path) -> None:
    assert insecure.run("up", "-s", "dev", "--json").code == 0
    folder = tmp_path / "exports"
    folder.mkdir()
    for name in ("one", "two"):
        assert insecure.run("state", "export", "-s", "dev", "--output", str(folder / f"{name}.json")).code == 0
    strict = insecure.run("policy", "check", "--state", str(folder))
    assert strict.code == 3
    assert "rules at the levels of prod" in strict.out
    assert strict.out.count("refused\n") >= 2
    assert "Summary\n" in strict.out
    mild = invoke("policy", "check", "--state", str(folder / "one.json"), "--environment", "dev", cwd=tmp_path)
    assert mild.code == 0
    assert "Summary" not in mild.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is not a deployment"),
        ('{"version": 9}', "was written by a newer engine, got version 9"),
        ('{"version": 3, "deployment": {"resources": [1]}}', "resources is not a list of resources"),
    ],
)
def test_a_file_that_is_no_state(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(text, encoding="utf-8")
    answer = invoke("policy", "check", "--state", str(file), cwd=tmp_path)
    assert answer.code == 1
    assert answer.err.startswith(f"error: state {file}: ")
    assert message in answer.err


def test_a_folder_without_states(tmp_path: Path) -> None:
    answer = invoke("policy", "check", "--state", str(tmp_path), cwd=tmp_path)
    assert answer.code == 2
    assert "holds no *.json" in answer.err


def test_a_program_that_fails_is_not_a_verdict(insecure: CliProject) -> None:
    insecure.program("raise ValueError('no such shelf')\n")
    answer = insecure.run("policy", "check", "-s", "dev")
    assert answer.code == 1
    assert "ValueError: no such shelf" in answer.err


def test_packs_and_rules_can_be_looked_up() -> None:
    packs = {item["name"]: item for item in invoke("policy", "list", "--json").json["packs"]}
    assert set(packs) == {"baseline", "hipaa", "pci", "soc2"}
    assert packs["baseline"]["rules"] >= max(item["rules"] for item in packs.values())
    rules = invoke("policy", "list", "hipaa", "--json").json["rules"]
    assert len(rules) == packs["hipaa"]["rules"]
    assert rules[0]["levels"].keys() == {"dev", "staging", "prod"}
    assert f"{len(rules)} rules in hipaa" in invoke("policy", "list", "hipaa").out
    shown = invoke("policy", "show", "aws-vpc-flow-logs-enabled")
    assert shown.code == 0
    assert "  controls: HIPAA " in shown.out
    assert "  why: " in shown.out
    assert invoke("policy", "show", "aws-vpc-flow-logs-enabled", "--json").json["controls"]["soc2"]


def test_a_pack_folder_is_written_once(tmp_path: Path) -> None:
    first = invoke("policy", "init", "policy/hipaa", "--pack", "hipaa", cwd=tmp_path)
    assert first.code == 0
    assert sorted(path.name for path in (tmp_path / "policy" / "hipaa").iterdir()) == [
        "PulumiPolicy.yaml",
        "__main__.py",
        "analyzer",
        "pack.json",
    ]
    again = invoke("policy", "init", "policy/hipaa", "--pack", "hipaa", cwd=tmp_path)
    assert again.code == 1
    assert "is there already" in again.err


def test_a_pack_folder_can_be_evaluated(insecure: CliProject) -> None:
    assert invoke("policy", "init", "policy/own", "--pack", "pci", "--name", "own", cwd=insecure.folder).code == 0
    insecure.pyproject('policy_packs = ["policy/own"]')
    policy = insecure.run("preview", "-s", "dev", "--json").json["policy"]
    assert [item["name"] for item in policy["packs"]] == ["own"]
