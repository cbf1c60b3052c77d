"""What evidence is read from: JUnit reports and looks for drift; and what is no evidence."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.errors import PlatformError
from platform_lib.operations.deployment.evidence import drift_check, read_drift
from platform_lib.operations.deployment.junit import read_report
from platform_lib.operations.drift.model import Drift
from platform_lib.operations.errors import InputError, RefusedError
from support.deployments import NOON, ONE, TWO, governance

SUITES = f"""\
<?xml version="1.0" encoding="utf-8"?>
<testsuites>
  <testsuite name="one" tests="3">
    <properties><property name="commit" value="{ONE}"/><property name="os" value="linux"/></properties>
    <testcase name="a"/>
    <testcase name="b"><skipped message="later"/></testcase>
    <testcase name="c"><failure>no</failure></testcase>
  </testsuite>
  <testsuite name="two"><testcase name="d"><error/></testcase></testsuite>
</testsuites>
"""


def report(folder: Path, text: str, commit: str = ONE) -> Any:
    path = folder / "junit.xml"
    path.write_text(text, encoding="utf-8")
    return read_report(path, commit)


def test_a_report_is_counted_case_by_case(tmp_path: Path) -> None:
    found = report(tmp_path, SUITES)
    assert (found.file, found.tests, found.failed, found.skipped) == ("junit.xml", 4, 2, 1)
    assert found.sha256 == hashlib.sha256(SUITES.encode()).hexdigest()
    assert report(tmp_path, "<testsuite/>").tests == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no", "is not XML, syntax error"),
        ("<report/>", "is no JUnit report, got <report>; pytest writes one with --junit-xml"),
        (SUITES.replace(ONE, TWO), "is about commit 222222222222, got 111111111111; run the tests on that"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><testsuite name="&a;"/>', "has a document type, which no JUnit report needs"),
    ],
)
def test_what_is_no_report_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=r"^tests .*junit\.xml: ") as caught:
        report(tmp_path, text)
    assert message in str(caught.value)


def test_a_report_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"none\.xml: cannot be read, got no such file or directory; give a JUnit"):
        read_report(tmp_path / "none.xml", ONE)


def look(**fields: Any) -> Drift:
    given: dict[str, Any] = {
        "engine": "sandbox",
        "project": "shop",
        "stack": "dev",
        "environment": "dev",
        "checked": NOON,
        "drifted": False,
        "looked_at": 4,
        **fields,
    }
    return Drift(**given)


def test_a_look_for_drift_is_read_as_the_command_printed_it(tmp_path: Path) -> None:
    found = look()
    path = tmp_path / "drift.json"
    printed = {**json.loads(found.to_json()), "settled": "", "left": []}
    path.write_text(json.dumps(printed), encoding="utf-8")
    assert read_drift(path) == found
    dev = governance().environments.named("dev")
    check = drift_check(read_drift(path), dev)
    assert (check.drifted, check.looked_at, check.checked) == (False, 4, NOON)
    assert check.sha256 == hashlib.sha256(found.to_json().encode()).hexdigest()
    assert drift_check(look(stack="acme/dev"), dev).looked_at == 4
    with pytest.raises(RefusedError, match="drift: the look is at stack 'prod', got 'dev' below; look at that one"):
        drift_check(look(stack="prod"), dev)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no", "is not JSON"),
        ("[]", "give a file of `platform drift --json`"),
        (json.dumps({"format": "1.0", "checked": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}), "engine: is required"),
    ],
)
def test_what_is_no_look_for_drift_is_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "drift.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"^drift .*drift\.json: ") as caught:
        read_drift(path)
    assert message in str(caught.value)
    with pytest.raises(PlatformError, match=r"none\.json: cannot be read"):
        read_drift(tmp_path / "none.json")
