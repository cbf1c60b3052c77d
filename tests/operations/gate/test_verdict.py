"""The verdict as data: what follows from its phases, what a reader refuses, its published schema."""

import json
from typing import Any

import jsonschema
import pytest

from platform_lib.operations.gate.verdict import (
    SCHEMA_FILE,
    Effect,
    GateFinding,
    Outcome,
    Phase,
    SeenResource,
    Severity,
    Status,
    Step,
    StepSummary,
    VerdictError,
    WaiverUsed,
    read_verdict,
    verdict_schema,
)
from support.gates import verdict_of


def finding(effect: Effect, severity: Severity = Severity.HIGH, check: str = "a-check") -> GateFinding:
    return GateFinding(check=check, effect=effect, severity=severity, subject="urn", problem="is wrong")


PREVIEW = Phase.of("preview", "1 to create")


@pytest.mark.parametrize(
    "phases, outcome, code",
    [
        ([PREVIEW], Outcome.ACCEPTED, 0),
        ([PREVIEW, Phase.of("cost", "x", [finding(Effect.NOTE)])], Outcome.ACCEPTED, 0),
        ([PREVIEW, Phase.of("cost", "x", [finding(Effect.ADVISE)])], Outcome.ACCEPTED, 0),
        ([PREVIEW, Phase.of("cost", "x", [finding(Effect.WAIVED)])], Outcome.ACCEPTED, 0),
        ([PREVIEW, Phase.of("cost", "x", [finding(Effect.REFUSE)])], Outcome.REFUSED, 3),
        ([PREVIEW, Phase(name="drift", status=Status.FAILED, seconds=0, summary="x")], Outcome.FAILED, 1),
        ([Phase.of("cost", "nothing was previewed")], Outcome.FAILED, 1),
        (
            [
                Phase(name="preview", status=Status.FAILED, seconds=0, summary="x"),
                Phase.of("policies", "x", [finding(Effect.REFUSE)]),
            ],
            Outcome.REFUSED,
            3,
        ),
    ],
)
def test_the_word_and_the_exit_code_follow_from_the_phases(phases: Any, outcome: Outcome, code: int) -> None:
    verdict = verdict_of(*phases)
    assert (verdict.verdict, verdict.exit_code) == (outcome, code)


def test_a_phase_takes_the_status_of_its_worst_finding() -> None:
    effects = [Effect.NOTE, Effect.ADVISE, Effect.WAIVED]
    assert Phase.of("x", "x", map(finding, effects)).status is Status.ADVISED
    assert Phase.of("x", "x", map(finding, [*effects, Effect.REFUSE])).status is Status.REFUSED
    assert Phase.of("x", "x", [finding(Effect.WAIVED)]).status is Status.PASSED


def test_the_preview_cannot_be_skipped() -> None:
    with pytest.raises(ValueError, match="cannot be skipped"):
        Phase(name="preview", status=Status.SKIPPED, seconds=0, summary="not now")


def test_findings_come_in_order_of_what_they_do_and_how_bad_they_are() -> None:
    given = [
        finding(Effect.NOTE, Severity.CRITICAL, "a"),
        finding(Effect.ADVISE, Severity.LOW, "b"),
        finding(Effect.REFUSE, Severity.LOW, "c"),
        finding(Effect.REFUSE, Severity.CRITICAL, "d"),
    ]
    assert [item.check for item in verdict_of(PREVIEW, Phase.of("x", "x", given)).findings] == ["d", "c", "b", "a"]


def full() -> Any:
    waived = finding(Effect.WAIVED).model_copy(
        update={
            "waiver": WaiverUsed(owner="a", approver="b", reason="because", expires="2026-12-31"),
            "controls": {"soc2": ["CC7.2"]},
        }
    )
    return verdict_of(
        PREVIEW,
        Phase.of("policies", "x", [finding(Effect.REFUSE), waived]),
        steps=StepSummary(counts={"replace": 1}, changes=(Step(action="replace", urn="u", replace_keys=("bucket",)),)),
        resources=(SeenResource(urn="u", inputs={"bucket": "0123456789abcdef"}, unhashed=("password",)),),
    )


def test_a_verdict_is_read_back_as_it_was_written() -> None:
    verdict = full()
    assert read_verdict(verdict.to_json(), "verdict x") == verdict


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ('"verdict": "refused"', '"verdict": "accepted"', "says accepted (3), its phases say refused"),
        ('"exitCode": 3', '"exitCode": 0', "says refused (0), its phases say refused"),
        ('"effect": "refuse"', '"effect": "note"', "phases[1]: phase 'policies' says refused"),
        ('"format": "1.0"', '"format": "9.9"', "format: input should be '1.0'"),
        ('"project": "shop"', '"projekt": "shop"', "project: is required"),
        (
            '"created": "2026-11-29T12:00:00Z"',
            '"created": "2026-11-29T12:00:00"',
            "created: input should have timezone",
        ),
    ],
)
def test_an_edited_verdict_is_refused(old: str, new: str, problem: str) -> None:
    text = full().to_json()
    assert old in text
    with pytest.raises(VerdictError) as caught:
        read_verdict(text.replace(old, new), "verdict gate.json")
    assert str(caught.value).startswith("verdict gate.json: ")
    assert problem in str(caught.value)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(VerdictError, match="give the file as `platform gate` wrote it"):
        read_verdict(b"not json", "verdict x")


def test_a_verdict_keeps_to_the_published_schema() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(full().to_json())
    jsonschema.validate(data, schema)
    data["phases"][0]["status"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


@pytest.mark.golden
def test_the_published_schema_is_that_of_the_model(request: pytest.FixtureRequest) -> None:
    made = json.dumps(verdict_schema(), indent=2) + "\n"
    if request.config.getoption("--update-golden"):
        SCHEMA_FILE.write_text(made, encoding="utf-8")
    assert SCHEMA_FILE.read_text(encoding="utf-8") == made, "run make golden, and say in CHANGELOG.md what changed"
