"""Reports as JUnit XML, for the test pages of CI systems."""

import importlib
from collections.abc import Mapping
from typing import Any

from policypacks.engine.finding import Finding, citation
from policypacks.engine.verdict import Answer
from policypacks.report.model import Report, RuleResult


def to_junit(reports: Mapping[str, Report]) -> str:
    """One suite for each report, one case for each rule and resource.

    What stops the operation is a failure, a rule that broke an error; advice, what is undetermined and what a waiver
    excuses are skipped with their text, so that they are seen and do not break the build.

    Args:
        reports: by subject: the name of a stack, or the file of a state.

    Returns:
        XML without a declaration: UTF-8.
    """
    whole = junit_package().JUnitXml("policy")
    for subject, report in reports.items():
        whole.add_testsuite(_suite(subject, report))
    whole.update_statistics()
    text: bytes = whole.tostring()
    return text.decode("utf-8")


def junit_package() -> Any:
    """junitparser, loaded where it is needed; it carries no complete types."""
    return importlib.import_module("junitparser")


def _suite(subject: str, report: Report) -> Any:
    junit = junit_package()
    suite = junit.TestSuite(subject)
    suite.add_property("packs", ", ".join(f"{name} {version}" for name, version in report.packs))
    suite.add_property("packHash", report.pack_hash)
    suite.add_property("environment", report.environment)
    suite.add_property("date", report.date)
    for rule in report.rules:
        for urn in rule.passed:
            suite.add_testcase(junit.TestCase(urn, rule.id))
        for finding in (*rule.failed, *rule.undetermined, *rule.waived):
            suite.add_testcase(_case(finding, rule))
    for finding in report.waiver_findings:
        suite.add_testcase(_case(finding, None))
    return suite


def _case(finding: Finding, rule: RuleResult | None) -> Any:
    junit = junit_package()
    case = junit.TestCase(finding.urn or "the stack", finding.rule)
    first = finding.message.partition("\n")[0]
    if finding.waiver is not None:
        outcome = junit.Skipped(f"waived until {finding.waiver.expires.isoformat()}: {first}")
    elif finding.mandatory:
        kind = junit.Error if finding.answer is Answer.ERROR else junit.Failure
        outcome = kind(first, finding.severity)
    else:
        outcome = junit.Skipped(f"{finding.level if finding.faults else 'undetermined'}: {first}")
    reason = f"\n{rule.reason}\n{citation(rule.controls)}" if rule is not None else ""
    outcome.text = f"{finding.message}{reason}"
    case.result = [outcome]
    return case
