"""The reviewed files about environments and approvers: what they say, and every message about what is wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platform_lib.core.validation import FieldError
from platform_lib.operations.duration import duration_text, parse_duration
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.governance.environments import Gate
from platform_lib.operations.governance.file import GovernanceError
from platform_lib.operations.governance.governance import governance_in, parse_governance
from platform_lib.operations.governance.window import any_open, parse_window
from support.deployments import ENVIRONMENTS, approvers, governance, line, texts


def wrong(environments: str = ENVIRONMENTS, people: str = "") -> str:
    with pytest.raises(GovernanceError) as caught:
        governance(environments, people)
    return str(caught.value)


def test_the_files_say_order_and_demands() -> None:
    found = governance()
    dev, staging, prod = found.environments.environments
    assert [item.name for item in (dev, staging, prod)] == ["dev", "staging", "prod"]
    assert (dev.gates, staging.gates, prod.gates) == ([], list(Gate), [Gate.TESTS, Gate.GATE])
    assert (staging.soak, prod.approval_ttl) == (timedelta(hours=1), timedelta(hours=8))
    assert found.environments.below(prod) == staging
    assert found.environments.below(dev) is None
    assert found.may_approve(prod) == ["alice", "bob"]
    assert found.environments.of_stack("prod") == found.environments.named("prod") == prod


def test_a_stack_may_have_another_name_and_other_levels() -> None:
    found = governance("version: 1\nenvironments: [{name: production, stack: eu-prod, level: prod}]\n")
    environment = found.environments.of_stack("eu-prod")
    assert (environment.name, environment.policy_level) == ("production", "prod")
    with pytest.raises(UnknownNameError, match=r"stack 'eu-prd': is not in .* did you mean 'eu-prod'"):
        found.environments.of_stack("eu-prd")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 2\nenvironments: [{name: dev}]", "environments.yaml:1: version"),
        ("version: 1\nenvironments: []", "environments.yaml:2: environments: must have at least 1 entries"),
        ("environments: [{name: dev}]", "environments.yaml: version: is required"),
        ("- dev", "governance/environments.yaml: must be a map; it has version, environments"),
        ("version: 1\nenvironments: [", "not YAML"),
        (
            "version: 1\nenvironments:\n  - name: dev\n    soak: 1h\n    gates: [tests]",
            "environments.yaml:5: environments[0].gates: is set on the lowest environment; nothing is below; drop it",
        ),
        (
            "version: 1\nenvironments:\n  - name: dev\n  - name: prod\n    soak: an hour",
            "environments.yaml:5: environments[1].soak: must be a span of time, got 'an hour'; write a whole number",
        ),
        (
            "version: 1\nenvironments:\n  - name: dev\n  - name: prod\n    gate: [tests]",
            "environments.yaml:5: environments[1].gate: is not known; did you mean 'gates'?",
        ),
        (
            "version: 1\nenvironments:\n  - name: dev\n  - name: prod\n    gates: [test]",
            "environments.yaml:5: environments[1].gates[0]",
        ),
        ("version: 1\nenvironments:\n  - name: dev\n  - name: dev", "environments[1].name: has a name twice, 'dev'"),
        (
            "version: 1\nenvironments:\n  - name: dev\n    stack: prod\n  - name: prod",
            "environments.yaml:5: environments[1].stack: has a stack twice, 'prod'",
        ),
        (
            "version: 1\nenvironments: [{name: dev, windows: [always]}]",
            "environments[0].windows[0]: must be a window, got 'always'; write days, hours and a time zone",
        ),
        ("version: 1\nenvironments: [{name: dev, approvals: -1}]", "approvals: must be at least 0, got -1"),
        (
            "version: 1\nenvironments: [{name: dev, approvals: 3}]",
            "environments.dev.approvals: asks for 3, and 2 may approve; name more people",
        ),
        (
            "version: 1\nenvironments: [{name: dev, approvers: [alcie]}]",
            "environments.dev.approvers: names nobody in approvers.yaml, got 'alcie'; did you mean 'alice'?",
        ),
    ],
)
def test_what_is_wrong_with_environments_is_told_with_its_line(text: str, message: str) -> None:
    assert message in wrong(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 1\ndeployers: {}", "approvers.yaml:2: deployers: must have at least 1 entries"),
        (
            "version: 1\ndeployers:\n  ci:\n    key: secret",
            "approvers.yaml:4: deployers.ci.key: is no Ed25519 public key, got 'secret'; give the line",
        ),
        (
            approvers(people=()).replace("approvers: {}", f"approvers:\n  ann: {{key: {line('ann')}, identities: []}}"),
            "approvers.ann.identities: must have at least 1 entries",
        ),
        (
            approvers(deployers=("alice",)),
            "approvers.alice.key: is the key of deployers.alice too; give each its own",
        ),
        (
            approvers().replace("bob-account", "ALICE@example.org"),
            "approvers.bob.identities[1]: is one of alice's too, got 'ALICE@example.org'; leave it with its owner",
        ),
        (
            approvers().replace("identities: [bob", "environments: [prd]\n    identities: [bob"),
            "approvers.bob.environments: names no environment, got 'prd'; did you mean 'prod'?",
        ),
        (
            approvers(people=()) + "",
            "environments.prod.approvals: asks for 1, and 0 may approve; name more people",
        ),
        (
            approvers().replace(f"key: {line('ci')}", f"key: {line('ci')}\n    environments: [dev, staging]"),
            "environments.prod: has no deployer in approvers.yaml; name one",
        ),
        (
            approvers().replace(f"key: {line('ci')}", f"key: {line('ci')}\n    environments: [devv]"),
            "deployers.ci.environments: names no environment, got 'devv'; did you mean 'dev'?",
        ),
    ],
)
def test_what_is_wrong_with_approvers_is_told(text: str, message: str) -> None:
    assert message in wrong(people=text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GovernanceError, match=r"governance/approvers.yaml: is not there; write it and commit it"):
        parse_governance({"environments.yaml": ENVIRONMENTS})
    with pytest.raises(GovernanceError, match=r"governance/environments.yaml: is not there"):
        governance_in(tmp_path)
    (tmp_path / "governance").mkdir()
    for name, text in texts().items():
        (tmp_path / "governance" / name).write_text(text, encoding="utf-8")
    assert governance_in(tmp_path).sha256 == governance().sha256


def test_the_pin_changes_with_either_file() -> None:
    pins = {
        governance().sha256,
        governance(ENVIRONMENTS + "# a word\n").sha256,
        governance(people=approvers() + "# a word\n").sha256,
    }
    assert len(pins) == 3


def test_a_person_is_known_by_any_identity_whatever_its_case() -> None:
    alice = governance().approvers.approvers["alice"]
    assert alice.is_known_as(" Alice@Example.org ")
    assert alice.is_known_as("alice-account")
    assert not alice.is_known_as("bob@example.org")


@pytest.mark.parametrize(
    ("text", "open_at", "closed_at"),
    [
        (
            "mon-thu 08:00-16:00 UTC",
            ["2026-11-24T08:00Z", "2026-11-24T15:59Z"],
            ["2026-11-24T16:00Z", "2026-11-27T12:00Z"],
        ),
        ("mon-fri 08:00-16:00 Europe/Berlin", ["2026-07-01T06:00Z", "2026-12-01T07:00Z"], ["2026-12-01T06:59Z"]),
        ("fri-mon 00:00-24:00", ["2026-11-28T12:00Z", "2026-11-30T23:59Z"], ["2026-12-01T00:00Z"]),
        ("sat 22:00-02:00", ["2026-11-28T22:00Z", "2026-11-29T01:59Z"], ["2026-11-28T01:00Z", "2026-11-29T02:00Z"]),
        ("mon,wed 10:00-11:00", ["2026-11-25T10:30Z"], ["2026-11-24T10:30Z"]),
    ],
)
def test_windows_open_and_close(text: str, open_at: list[str], closed_at: list[str]) -> None:
    window = parse_window(text)
    assert [window.open(datetime.fromisoformat(at)) for at in open_at] == [True] * len(open_at)
    assert [window.open(datetime.fromisoformat(at)) for at in closed_at] == [False] * len(closed_at)


def test_no_window_is_always_open() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert any_open([], at)
    assert any_open([parse_window("sun 00:00-01:00"), parse_window("tue 00:00-01:00")], at)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("weekdays 08:00-16:00", "has a day that is not known, 'weekdays'; days are mon"),
        ("mon 08:00-25:00", "has a time that does not exist, '25:00'"),
        ("mon 08:00-16:00 Europe/Berln", "has a time zone that is not known here, 'Europe/Berln'; did you mean"),
        ("mon 8-16", "must be a window; write days, hours and a time zone"),
    ],
)
def test_what_is_no_window_is_told(text: str, problem: str) -> None:
    with pytest.raises(FieldError, match=problem):
        parse_window(text)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("24h", 86400), ("7d", 604800), ("0s", 0)])
def test_spans_of_time(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


def test_spans_are_shown_in_their_two_largest_units() -> None:
    assert [duration_text(timedelta(seconds=number)) for number in (0, 45, 90, 93784, -60)] == [
        "0s", "45s", "1m 30s", "1d 2h", "1m",
    ]  # fmt: skip
