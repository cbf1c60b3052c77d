"""OSCAL assessment results, read by the model of compliance-trestle."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from trestle.oscal.assessment_results import AssessmentResults, Model

from platform_lib.core.errors import PolicyError
from policypacks.report.oscal import control_id, to_oscal
from policypacks.report.render import render
from support.policy_engine import evaluator, make_rule, record
from support.policy_reports import mixed

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)


def parsed(text: str) -> AssessmentResults:
    return Model.model_validate_json(text).assessment_results


def findings(data: dict[str, Any]) -> dict[str, Any]:
    (result,) = data["assessment-results"]["results"]
    return {item["target"]["target-id"]: item for item in result["findings"]}


def test_an_independent_model_accepts_it() -> None:
    text = render([("dev", mixed()), ("prod", mixed(word="y"))], "oscal", at=AT)
    document = parsed(text)
    assert [result.title for result in document.results] == ["Policy evaluation of dev", "Policy evaluation of prod"]
    assert "hunter2" not in text


def test_the_model_refuses_what_is_not_oscal() -> None:
    data = to_oscal({"dev": mixed()}, AT)
    data["assessment-results"]["results"][0]["surplus"] = 1
    with pytest.raises(ValueError, match="surplus"):
        parsed(json.dumps(data))


def test_a_control_is_satisfied_only_where_all_passed() -> None:
    found = findings(to_oscal({"dev": mixed()}, AT))
    states = {key: item["target"]["status"]["state"] for key, item in found.items()}
    assert states == {
        "hipaa-164.312_b": "not-satisfied",
        "pci_dss-10.2.1": "not-satisfied",
        "soc2-CC7.2": "satisfied",
    }
    assert "the assessor decides" in found["soc2-CC7.2"]["target"]["status"]["remarks"]
    assert {prop["value"] for prop in found["hipaa-164.312_b"]["props"] if prop["name"] == "label"} == {"164.312(b)"}


@pytest.mark.parametrize("name", ["waived", "open"])
def test_what_is_excused_or_open_does_not_satisfy(name: str) -> None:
    found = findings(to_oscal({"dev": mixed(names=["good", name])}, AT))
    status = found["hipaa-164.312_b"]["target"]["status"]
    assert (status["state"], status["reason"]) == ("not-satisfied", "other")
    assert status["remarks"].startswith({"waived": "waived; ", "open": "undetermined; "}[name])


def test_references_resolve_and_identifiers_are_unique() -> None:
    (result,) = to_oscal({"dev": mixed()}, AT)["assessment-results"]["results"]
    items = [item["uuid"] for item in result["local-definitions"]["inventory-items"]]
    observations = [item["uuid"] for item in result["observations"]]
    assert len({*items, *observations}) == len(items) + len(observations)
    assert {subject["subject-uuid"] for item in result["observations"] for subject in item["subjects"]} <= set(items)
    related = {ref["observation-uuid"] for item in result["findings"] for ref in item["related-observations"]}
    assert related == set(observations)
    answers = sorted(item["title"] for item in result["observations"])
    assert [answer.partition(": ")[2] for answer in answers if answer.startswith("test-rule")] == [
        "failed", "passed", "undetermined", "waived",
    ]  # fmt: skip
    waived = next(item for item in result["observations"] if item["title"] == "test-rule: waived")
    assert waived["expires"] == "2026-02-01T23:59:59+00:00"


def test_the_same_evaluation_gives_the_same_document() -> None:
    assert to_oscal({"dev": mixed()}, AT) == to_oscal({"dev": mixed()}, AT)


def test_bad_input_is_refused() -> None:
    with pytest.raises(PolicyError, match="the time has no zone"):
        to_oscal({"dev": mixed()}, AT.replace(tzinfo=None))
    empty = evaluator(make_rule(lambda r: r.get("x"), record(controls={}))).report()
    with pytest.raises(PolicyError, match="no rule of the packs serves a control"):
        to_oscal({"dev": empty}, AT)


def test_control_ids_are_tokens_and_stay_apart() -> None:
    controls = mixed().controls()
    assert len({control_id(control) for control in controls}) == len(controls)
