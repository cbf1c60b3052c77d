"""A verdict as JUnit XML, for the test pages of CI systems: a suite for each phase, a case for each finding."""

from typing import Any

from platform_lib.operations.gate.verdict import Effect, GateFinding, Phase, Status, Verdict
from policypacks.report.junit import junit_package


def to_junit(verdict: Verdict) -> str:
    """The verdict.

    What refuses is a failure, a phase that could not be carried out an error; advice, notes and what is waived are
    skipped with their text, so that they are seen and do not break the build. A phase without findings is one case that
    passed, so that it is seen that it was carried out.

    Returns:
        XML without a declaration: UTF-8.
    """
    junit = junit_package()
    whole = junit.JUnitXml(f"gate {verdict.project}/{verdict.stack}")
    for phase in verdict.phases:
        suite = junit.TestSuite(f"gate {verdict.project}/{verdict.stack}: {phase.name}")
        suite.add_property("summary", phase.summary)
        suite.add_property("engine", f"{verdict.engine} {verdict.engine_version}")
        suite.add_property("packs", ", ".join(f"{pack.name} {pack.version}" for pack in verdict.policies.packs))
        for finding in phase.findings:
            suite.add_testcase(_case(junit, phase, finding))
        if not phase.findings:
            suite.add_testcase(_whole(junit, phase))
        whole.add_testsuite(suite)
    whole.update_statistics()
    text: bytes = whole.tostring()
    return text.decode("utf-8")


def _whole(junit: Any, phase: Phase) -> Any:
    case = junit.TestCase(phase.name, "gate", phase.seconds)
    if phase.status is Status.SKIPPED:
        case.result = [junit.Skipped(phase.summary)]
    return case


def _case(junit: Any, phase: Phase, finding: GateFinding) -> Any:
    path = f" {finding.path}" if finding.path else ""
    case = junit.TestCase(f"{finding.subject}{path}", finding.check)
    if finding.effect is Effect.REFUSE:
        kind = junit.Error if phase.status is Status.FAILED else junit.Failure
        outcome = kind(finding.problem, finding.severity.value)
    elif finding.waiver is not None:
        outcome = junit.Skipped(f"waived until {finding.waiver.expires}: {finding.problem}")
    else:
        outcome = junit.Skipped(f"{finding.effect}: {finding.problem}")
    outcome.text = f"{finding.problem}\n{finding.remedy}".strip()
    case.result = [outcome]
    return case
