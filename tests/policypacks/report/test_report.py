"""Reports in all formats, read by models and schemas that are not ours."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from sarif_pydantic import Sarif

from platform_lib.core.errors import PolicyError
from platform_lib.core.values import UNKNOWN, Secret
from policypacks import load
from policypacks.engine.predicate import require_equal, require_true
from policypacks.engine.waiver import Waiver, WaiverProblem, Waivers
from policypacks.report import model
from policypacks.report.model import Report
from policypacks.report.render import FORMATS, render
from policypacks.report.rows import by_control, by_resource
from support.policies import R, facts_of
from support.policy_engine import STACK, TODAY, evaluator, facts, make_rule, record

SCHEMA = json.loads((Path(model.__file__).parent / "report.schema.json").read_text())
ON = make_rule(lambda r: require_true(r, "on"))
WORD = make_rule(lambda r: require_equal(r, "word", "x"), record("test-word", severity="low", tier=3, absent="pass"))
BROKEN = make_rule(lambda r: r.get("missing").oops, record("test-broken", severity="critical"))
WAIVER = Waiver(
    "test-rule", "urn:pulumi:dev::project::test:index:Thing::waived", "ann", "bob", "migration", "firewall",
    date(2026, 2, 1), 3,
)  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    waivers = Waivers(
        "w.yaml", "0" * 64, (WAIVER,), (WaiverProblem("expired", "w.yaml line 9: expired", "test-rule", 9),)
    )
    it = evaluator(ON, WORD, BROKEN, waivers=waivers, preview=True, project="project", stack="dev")
    it.analyze_facts(STACK)
    for name, properties in {
        "good": {"on": True},
        "bad": {"on": False, "word": Secret("hunter2")},
        "open": {"on": UNKNOWN},
        "waived": {"on": False},
    }.items():
        it.analyze_facts(facts(properties, name=name, source="project:///stacks/main.py#12,3"))
    it.analyze_graph([STACK])
    return it.report()


def test_the_json_form_keeps_its_schema(report: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report.to_dict(), SCHEMA, jsonschema.Draft202012Validator)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**report.to_dict(), "extra": 1}, SCHEMA, jsonschema.Draft202012Validator)


def test_counts_and_statuses(report: Report) -> None:
    assert report.summary() == {
        "resources": 5, "rules": 3, "passed": 4, "failed": 6, "undetermined": 1, "waived": 1, "not_applicable": 0,
        "mandatory": 5, "waiver_problems": 1, "critical": 4, "high": 1, "medium": 0, "low": 1,
    }  # fmt: skip
    assert report.refused
    statuses = {rule.id: rule.status for rule in report.rules}
    assert statuses == {"test-broken": "failed", "test-rule": "failed", "test-word": "failed"}
    assert report.findings[0].rule == "test-broken"
    by_id = {(control.framework, control.id): control.status for control in report.controls()}
    assert by_id["hipaa", "164.312(b)"] == "failed"
    assert by_id["hipaa", "164.308(b)(1)"] == "not-in-code"
    assert by_id["hipaa", "164.312(e)(1)"] == "not-evaluated"


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_a_secret(report: Report, form: str) -> None:
    text = render([("dev", report)], form)
    assert "hunter2" not in text
    assert "[secret]" in text


def test_sarif_is_read_by_an_independent_model(report: Report) -> None:
    data = json.loads(render([("dev", report), ("prod", report)], "sarif"))
    sarif = Sarif.model_validate(data)
    assert len(sarif.runs) == 2
    results = data["runs"][0]["results"]
    bad = next(item for item in results if item["ruleId"] == "test-rule" and "'bad'" in item["message"]["text"])
    assert bad["level"] == "error"
    place = bad["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == (
        "stacks/main.py",
        {"startLine": 12, "startColumn": 3},
    )
    assert data["runs"][0]["tool"]["driver"]["rules"][bad["ruleIndex"]]["id"] == "test-rule"
    assert [item["kind"] for item in results if "'open'" in item["message"]["text"]].count("open") == 1
    (suppressed,) = (item for item in results if "suppressions" in item)
    assert "until 2026-02-01" in suppressed["suppressions"][0]["justification"]
    assert any(item["ruleId"] == "waiver-expired" for item in results)
    assert len({item["partialFingerprints"]["findingIdentity/v1"] for item in results}) == len(results)


def test_junit_is_read_by_an_independent_reader(report: Report) -> None:
    whole = JUnitXml.fromstring(render([("dev", report)], "junit").encode())
    (suite,) = whole
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (13, 1, 4, 4)
    kinds: dict[str, Any] = {}
    for case in suite:
        kinds.setdefault((case.classname, case.name.rsplit("::", 1)[-1]), case.result)
    assert kinds["test-rule", "good"] == []
    assert isinstance(kinds["test-rule", "bad"][0], Failure)
    assert isinstance(kinds["test-broken", "bad"][0], Error)
    assert isinstance(kinds["test-rule", "waived"][0], Skipped)


def test_rows_by_control_and_by_resource(report: Report) -> None:
    groups = by_control(report)
    assert [group.heading for group in groups] == ["HIPAA 164.312(b)", "PCI DSS 10.2.1", "SOC 2 CC7.2"]
    verdicts = [row.verdict for row in groups[0].rows]
    assert verdicts.count("refused") == 5
    assert verdicts.count("waived") == verdicts.count("undetermined") == 1
    assert len(by_control(report, everything=True)) == 66 + 217 + 61
    resources = {group.heading.rsplit("::", 1)[-1]: group for group in by_resource(report)}
    assert {row.path for row in resources["bad"].rows} == {"", "on", "word"}
    assert resources["bad"].rows[-1].remedy


def test_an_unknown_format_is_refused(report: Report) -> None:
    with pytest.raises(PolicyError, match="did you mean 'sarif'"):
        render([("dev", report)], "sariff")


def test_a_report_is_written_whole(report: Report, tmp_path: Path) -> None:
    target = tmp_path / "out" / "report.json"
    report.write(target)
    report.write(target)
    assert json.loads(target.read_text()) == report.to_dict()
    assert list(target.parent.iterdir()) == [target]
    (tmp_path / "file").write_text("")
    with pytest.raises(PolicyError, match="cannot be written"):
        report.write(tmp_path / "file" / "report.json")


def test_the_report_of_a_real_pack_keeps_the_schema() -> None:
    it = load(["baseline"], today=TODAY)
    for item in facts_of([R("key", "aws:kms/key:Key", {}), R("bucket", "aws:s3/bucket:Bucket", {})]):
        it.analyze_facts(item)
    data = it.report().to_dict()
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)
    assert data["summary"]["failed"] > 0
    assert len(data["controls"]) == 344
