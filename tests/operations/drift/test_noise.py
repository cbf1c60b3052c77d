"""The rules about noise: what they cover, and what is wrong with a file of them."""

from pathlib import Path

import pytest

from platform_lib.operations.drift.noise import FILE, NoiseRule, noise_rules
from platform_lib.operations.governance.file import GovernanceError

ROOT = Path(__file__).parents[3]


def write(folder: Path, text: str) -> None:
    (folder / FILE).parent.mkdir()
    (folder / FILE).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("tagsAll", "tagsAll", True),
        ("tagsAll", "tagsAll.owner", True),
        ("tagsAll", 'tagsAll["a.b"]', True),
        ("tagsAll", "tagsAllOthers", False),
        ("tags.kube*", "tags.kubernetes", True),
        ("tags.kube*", "tags", False),
        ("rules[*].id", "rules[3].id", True),
        ("rules[*].id", "rules[3].port", False),
    ],
)
def test_a_path_covers_itself_and_what_lies_below(pattern: str, path: str, covered: bool) -> None:
    assert NoiseRule(type="*", path=pattern, reason="for the test").covers("aws:s3/bucket:Bucket", path) is covered


def test_a_type_is_a_pattern_too() -> None:
    rule = NoiseRule(type="aws:s3/*", path="x", reason="for the test")
    assert rule.covers("aws:s3/bucket:Bucket", "x")
    assert not rule.covers("aws:sqs/queue:Queue", "x")


def test_a_project_without_the_file_has_no_rules(tmp_path: Path) -> None:
    assert noise_rules(tmp_path) == ()


def test_the_rules_of_this_project_are_right() -> None:
    assert {rule.path for rule in noise_rules(ROOT)} >= {"tagsAll", "desiredCapacity"}


def test_everything_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    write(
        tmp_path,
        "noise:\n  - type: a\n    path: '*'\n    reason: moves all the time\n  - type: a\n    reason: short\n"
        "  - {type: a, path: b, reason: moves all the time, until: 2027}\n  - just text\n",
    )
    with pytest.raises(GovernanceError) as caught:
        noise_rules(tmp_path)
    assert [line.removeprefix("governance/drift.yaml: ") for line in str(caught.value).splitlines()] == [
        "drift.yaml:3: noise[0].path: must name a property: a rule for every path would hide all drift, got '*'",
        "drift.yaml:5: noise[1].path: is required",
        "drift.yaml:6: noise[1].reason: must have at least 10 characters, got 'short'",
        "drift.yaml:7: noise[2].until: is not known; known here: type, path, reason",
        "drift.yaml:8: noise[3]: must be a map of its fields, got 'just text'",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noise: 3\n", "drift.yaml:1: noise: must be a list, got 3"),
        ("rules: []\n", "drift.yaml:1: rules: is not known; known here: version, noise"),
        ("- a\n", "must be a map; it has version, noise"),
        ("# nothing yet\n", "must be a map; it has version, noise"),
        ("noise: [\n", "drift.yaml:2: not YAML"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(GovernanceError, match=message):
        noise_rules(tmp_path)
