from datetime import date
from pathlib import Path

import pytest

from platform_lib.core.errors import PolicyError
from policypacks.engine.waiver import Waivers, find_waivers, read_waivers

TODAY = date(2026, 1, 15)
RULES = ["aws-s3-bucket-versioning-enabled", "aws-kms-key-rotation-enabled"]
URN = "urn:pulumi:prod::platform::platform-lib:index:Store$aws:s3/bucket:Bucket::legacy-uploads"
ENTRY = {
    "rule": "aws-s3-bucket-versioning-enabled",
    "resource": "urn:pulumi:prod::*::*aws:s3/bucket:Bucket::legacy-*",
    "owner": "data team",
    "approver": "security",
    "reason": "objects are written once",
    "compensating_control": "a copy in another account",
    "expires": "2026-01-15",
}


def read(tmp_path: Path, *entries: dict[str, str] | str) -> Waivers:
    path = tmp_path / "waivers.yaml"
    lines = ["version: 1", "waivers:"]
    for entry in entries:
        if isinstance(entry, str):
            lines.append(f"  - {entry}")
            continue
        keys = [f'    {key}: "{value}"' for key, value in entry.items()]
        lines += ["  -" + keys[0][3:], *keys[1:]]
    path.write_text("\n".join(lines) + "\n")
    return read_waivers(path, today=TODAY, known=RULES)


def test_a_waiver_holds_until_its_last_day(tmp_path: Path) -> None:
    found = read(tmp_path, ENTRY)
    assert found.problems == ()
    assert found.covering(ENTRY["rule"], URN) is found.valid[0]
    assert found.covering("aws-kms-key-rotation-enabled", URN) is None
    assert found.covering(ENTRY["rule"], URN.replace("legacy", "other")) is None
    assert found.covering(ENTRY["rule"], URN.replace(":prod:", ":dev:")) is None
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"expires": "2026-01-14"}, "expired", "expired on 2026-01-14"),
        ({"expires": "2026-02-30"}, "malformed", "is not a date that exists, got '2026-02-30'"),
        ({"expires": "soon"}, "malformed", "write YYYY-MM-DD"),
        ({"approver": "Data Team "}, "self-approved", "have someone else"),
        ({"reason": " "}, "malformed", "reason: is missing"),
        ({"rule": "aws-s3-bucket-versioning-enable"}, "malformed", "did you mean 'aws-s3-bucket-versioning-enabled'"),
        ({"rule": "aws-s3-*"}, "too-broad", "name one rule"),
        ({"resource": "*"}, "too-broad", "resource '*'"),
        ({"resource": "urn:pulumi:prod::*::*::legacy"}, "too-broad", "the resource type"),
        ({"resource": "urn:pulumi:prod::*::aws:s3/bucket:Bucket::*"}, "too-broad", "logical name"),
        ({"ownr": "x"}, "malformed", "did you mean 'owner'"),
    ],
)
def test_a_waiver_that_is_wrong_excuses_nothing_and_is_a_problem(
    tmp_path: Path, change: dict[str, str], kind: str, text: str
) -> None:
    found = read(tmp_path, {**ENTRY, **change})
    assert found.valid == ()
    (problem,) = found.problems
    assert problem.kind == kind
    assert text in problem.message
    assert "line 3" in problem.message


def test_an_entry_that_is_no_map_is_malformed(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "just text").problems
    assert problem.kind == "malformed"


def test_the_other_waivers_of_the_file_hold(tmp_path: Path) -> None:
    found = read(tmp_path, {**ENTRY, "expires": "2020-01-01"}, ENTRY)
    assert [waiver.line for waiver in found.valid] == [10]
    assert [problem.line for problem in found.problems] == [3]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("waivers: [", "is not YAML"),
        ("- a", "is not a map"),
        ("waivers: yes", "is not a list"),
        ("waiver: []", "did you mean 'waivers'"),
    ],
)
def test_a_file_that_is_no_waiver_file_is_an_error(tmp_path: Path, content: str, text: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(content)
    with pytest.raises(PolicyError, match=text):
        read_waivers(path, today=TODAY, known=RULES)


@pytest.mark.parametrize("content", ["", "waivers:\n", "version: 1\nwaivers: []\n"])
def test_an_empty_file_has_no_waivers(tmp_path: Path, content: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(content)
    found = read_waivers(path, today=TODAY, known=RULES)
    assert (found.valid, found.problems) == ((), ())


def test_a_missing_file_is_an_error_and_none_is_none(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        read_waivers(tmp_path / "none.yaml", today=TODAY, known=RULES)
    assert read_waivers(None, today=TODAY, known=RULES) == Waivers()


def test_the_nearest_governance_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "governance").mkdir()
    (tmp_path / "governance" / "waivers.yaml").write_text("waivers: []\n")
    (tmp_path / "policies" / "hipaa").mkdir(parents=True)
    assert find_waivers(tmp_path / "policies" / "hipaa") == tmp_path / "governance" / "waivers.yaml"
