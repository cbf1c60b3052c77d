"""A verdict in other forms: valid SARIF and JUnit, a comment that never exceeds its limit and takes no markup."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sarif_kit import validation_errors
from sarif_pydantic import Sarif

from platform_lib.operations.cost.model import CostDifference
from platform_lib.operations.errors import InputError
from platform_lib.operations.gate.report.comment import GITHUB_LIMIT, LEAST, marker, to_comment
from platform_lib.operations.gate.report.render import FORMS, render
from platform_lib.operations.gate.verdict import (
    Effect,
    GateFinding,
    Phase,
    Program,
    Severity,
    Status,
    Verdict,
    WaiverUsed,
    read_verdict,
)
from support.gates import verdict_of

URN = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::logs"
WAIVER = WaiverUsed(owner="a", approver="security", reason="because of that", expires="2026-12-31")


def finding(number: int, effect: Effect = Effect.REFUSE, problem: str = "is wrong", subject: str = URN) -> GateFinding:
    return GateFinding(
        check=f"check-{number % 7}",
        effect=effect,
        severity=Severity.HIGH,
        subject=f"{subject}-{number}",
        problem=problem,
        remedy="put it right",
        path="acl" if number % 2 else "",
        source=f"project:///stacks/__main__.py#{number + 1},3" if number % 3 else "",
        controls={"soc2": ["CC6.1"]},
        waiver=WAIVER if effect is Effect.WAIVED else None,
    )


def verdict(size: int = 3, problem: str = "is wrong", subject: str = URN) -> Verdict:
    effects = [*Effect]
    return verdict_of(
        Phase.of("preview", "3 create", seconds=1.5),
        Phase.of("policies", "looked", [finding(n, effects[n % 4], problem, subject) for n in range(size)]),
        Phase(name="drift", status=Status.SKIPPED, seconds=0, summary="the stack is not deployed"),
        Phase(name="contracts", status=Status.FAILED, seconds=0, summary="could not", findings=(finding(99),)),
        cost=CostDifference(currency="USD", before=1, after=3.5, change=2.5, not_priced=("aws:x in eu",)),
        program=Program(commit="0123456789abcdef", dirty=True),
    )


def test_json_is_read_back() -> None:
    assert read_verdict(render(verdict(), "json"), "x") == verdict()


def test_sarif_is_valid_and_holds_every_finding() -> None:
    made = verdict(8)
    data = json.loads(render(made, "sarif"))
    Sarif.model_validate(data)
    assert not validation_errors(data)
    [run] = data["runs"]
    assert len(run["results"]) == len(made.findings)
    kinds = {(item["kind"], item["level"]) for item in run["results"]}
    assert kinds == {("fail", "error"), ("fail", "warning"), ("informational", "none")}
    rules = run["tool"]["driver"]["rules"]
    for item in run["results"]:
        assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
        assert bool(item.get("suppressions")) == any(
            f.effect is Effect.WAIVED for f in made.findings if item["message"]["text"].startswith(f.subject + ":")
        )
    second = next(item for item in run["results"] if item["message"]["text"].startswith(f"{URN}-2:"))
    place = second["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("stacks/__main__.py", 3)
    assert len({item["partialFingerprints"]["findingIdentity/v1"] for item in run["results"]}) == len(made.findings)


def test_junit_fails_where_it_refuses_and_shows_phases_without_findings() -> None:
    root = ElementTree.fromstring(render(verdict(8), "junit"))
    suites = {suite.get("name", "").rpartition(": ")[2]: suite for suite in root}
    assert set(suites) == {"preview", "policies", "drift", "contracts"}
    assert [case.get("name") for case in suites["preview"]][-1] == "preview"
    counted = {tag: len(suites["policies"].findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
    assert counted == {"failure": 2, "error": 0, "skipped": 6}
    assert len(suites["contracts"].findall("testcase/error")) == 1
    assert len(suites["drift"].findall("testcase/skipped")) == 1


def test_a_comment_shows_what_refuses_first_and_where_it_was_previewed() -> None:
    text = to_comment(verdict(4))
    assert text.startswith(f"{marker(verdict())}\n## Gate: `shop / prod` refused\n")
    assert (
        "Engine `sandbox` `0.1.0`, environment `prod`, commit `0123456789ab` with changes that are not committed"
        in text
    )
    assert "| drift | ⏭️ skipped | `the stack is not deployed` |" in text
    assert "Cost: +2.50 USD a month; 1 item not priced." in text
    assert text.index("### Refused") < text.index("<details><summary>Advice: 1</summary>")
    assert "`aws:s3:Bucket logs-0`: `is wrong`<br>→ `put it right`" in text
    assert "waived by `security` until 2026-12-31" in text
    assert "Previewed on the sandbox: it proves wiring" in text


@given(
    st.integers(0, 400),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from([LEAST, 20_000, GITHUB_LIMIT]),
)
def test_a_comment_never_exceeds_its_limit(size: int, problem: str, limit: int) -> None:
    text = to_comment(verdict(size, problem), limit=limit)
    assert len(text.encode()) <= limit
    assert text.count("<details>") == text.count("</details>")
    assert text.rstrip().endswith("</sub>")


def test_what_does_not_fit_is_counted() -> None:
    made = verdict(2_000)
    text = to_comment(made, limit=LEAST)
    shown = sum(line.startswith("- **") for line in text.splitlines())
    assert 0 < shown < 200
    assert f"- and {501 - shown} more, which the other reports of this run list" in text
    assert "Advice: 500, which the other reports of this run list." in text
    assert len(to_comment(made, limit=1_000_000)) > GITHUB_LIMIT


@pytest.mark.parametrize(
    "nasty",
    [
        "@everyone",
        "</details><h1>accepted</h1>",
        "`code` and ``more``",
        "a | b | c",
        "[click](https://evil.example)",
        "line\n\n## Gate: accepted",
        "--> <script>",
        "![x](https://evil.example/x.png)",
    ],
)
def test_what_comes_from_a_program_stays_text(nasty: str) -> None:
    text = to_comment(verdict(4, problem=nasty, subject=f"urn:pulumi:prod::shop::aws:s3/bucket:Bucket::{nasty}"))
    outside = []
    for line in text.splitlines():
        # Split at code spans as markdown does: a run of backticks opens one, the next run of that length closes it.
        rest, plain = line, ""
        while (start := rest.find("`")) >= 0:
            fence = rest[start : len(rest) - len(rest[start:].lstrip("`"))]
            end = rest.find(fence, start + len(fence))
            assert end >= 0, line
            plain, rest = plain + rest[:start], rest[end + len(fence) :]
        outside.append(plain + rest)
    told = "\n".join(outside)
    for sign in ("@everyone", "<h1>", "<script>", "evil.example", "a | b"):
        assert sign not in told
    assert sum(line.startswith("## ") for line in text.splitlines()) == 1


def test_a_summary_keeps_to_its_cell() -> None:
    text = to_comment(verdict_of(Phase.of("preview", "a | b ` c\n| d |")))
    [row] = [line for line in text.splitlines() if line.startswith("| preview ")]
    assert row.count("|") == 4


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(InputError, match=f"comment limit: must be at least {LEAST} bytes, got 100"):
        to_comment(verdict(), limit=100)


def test_an_unknown_form_is_refused_with_a_near_name() -> None:
    with pytest.raises(InputError, match="gate: 'sarf' is no form; did you mean 'sarif'"):
        render(verdict(), "sarf")
    assert FORMS == ("json", "sarif", "junit", "comment")
