"""What a JUnit report shows, as evidence: how many tests ran, and how many failed."""

import hashlib
import xml.etree.ElementTree as ElementTree  # external entities are not read by it, and a DTD is refused
from pathlib import Path

from platform_lib.core.errors import PlatformError, reason_of
from platform_lib.operations.errors import InputError
from platform_lib.operations.ledger.entry import TestReport

_COMMIT = "commit"
"""Property of a suite that names the commit that was tested, where a pipeline writes one."""


def read_report(file: Path, commit: str) -> TestReport:
    """The report of a file.

    Args:
        file: JUnit XML.
        commit: that it has to be about, where it says.

    Raises:
        InputError: it is no JUnit report, or says that it is about another commit.
        PlatformError: it cannot be read.
    """
    subject = f"tests {file}"
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise PlatformError(f"{subject}: cannot be read, got {reason}; give a JUnit file") from error
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InputError(f"{subject}: has a document type, which no JUnit report needs; give an unchanged report")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  # see the import
    except ElementTree.ParseError as error:
        raise InputError(f"{subject}: is not XML, {error}; give a JUnit file") from None
    if root.tag not in ("testsuites", "testsuite"):
        raise InputError(f"{subject}: is no JUnit report, got <{root.tag}>; pytest writes one with --junit-xml")
    cases = list(root.iter("testcase"))
    for item in root.iter("property"):
        named = (item.get("value") or "").strip()
        if item.get("name") == _COMMIT and named != commit:
            raise InputError(f"{subject}: is about commit {named[:12]}, got {commit[:12]}; run the tests on that")
    return TestReport(
        file=file.name,
        sha256=hashlib.sha256(content).hexdigest(),
        tests=len(cases),
        failed=sum(case.find("failure") is not None or case.find("error") is not None for case in cases),
        skipped=sum(case.find("skipped") is not None for case in cases),
    )
