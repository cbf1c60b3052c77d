"""The findings of a report as rows, grouped by control or by resource: plain data for tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policypacks.engine.finding import Finding
from policypacks.engine.record import FRAMEWORKS, controls
from policypacks.engine.verdict import Answer
from policypacks.report.model import ControlStatus, Report, order


@dataclass(frozen=True, slots=True)
class Row:
    """One fault of one resource.

    Attributes:
        severity: critical, high, medium or low.
        verdict: ``refused``, ``advice``, ``undetermined`` or ``waived``.
        rule: id of the rule.
        resource: ``Bucket 'logs'``, or ``the stack``.
        path: property path, empty for the resource as a whole.
        problem: what is wrong.
        remedy: what to do.
    """

    severity: str
    verdict: str
    rule: str
    resource: str
    path: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading.

    Attributes:
        heading: ``HIPAA 164.312(b)``, or the URN of a resource.
        title: the control in our own words, or the type of the resource.
        status: the worst answer of the rules of a control; empty for resources.
        rows: the faults, worst first; none for a control whose rules all passed.
    """

    heading: str
    title: str
    status: ControlStatus | str
    rows: tuple[Row, ...]


def rows(findings: Iterable[Finding]) -> tuple[Row, ...]:
    """One row for each fault, the worst finding first."""
    return tuple(row for finding in sorted(findings, key=order) for row in _rows(finding))


def _rows(finding: Finding) -> Iterable[Row]:
    verdict = "refused" if finding.mandatory else "advice"
    if finding.waiver is not None:
        verdict = "waived"
    elif finding.answer is Answer.UNDETERMINED and not finding.mandatory:
        verdict = "undetermined"
    kind = finding.resource_type.rsplit(":", 1)[-1]
    resource = f"{kind} '{finding.resource_name}'" if finding.resource_name else "the stack"
    if not finding.faults:
        problem = "is not known yet" if finding.unknown else finding.message
        yield Row(finding.severity, verdict, finding.rule, resource, ", ".join(finding.unknown), problem, "")
    for fault in finding.faults:
        yield Row(finding.severity, verdict, finding.rule, resource, fault.path, fault.problem, fault.remedy)


def by_control(report: Report, *, everything: bool = False) -> Sequence[Group]:
    """The findings under the controls that they speak of, in the frameworks' order.

    Args:
        report: what was evaluated.
        everything: also the controls without a finding.
    """
    groups = []
    for control in report.controls():
        ids = frozenset(control.rules)
        found = [
            finding
            for rule in report.rules
            if rule.id in ids
            for finding in (*rule.failed, *rule.undetermined, *rule.waived)
        ]
        if found or everything:
            title = controls(control.framework)[control.id].title
            heading = f"{FRAMEWORKS[control.framework]} {control.id}"
            groups.append(Group(heading, title, control.status, rows(found)))
    return groups


def by_resource(report: Report) -> Sequence[Group]:
    """The findings under the resources that they are about, in the order of their worst finding."""
    found: dict[str, list[Finding]] = {}
    waived = [finding for rule in report.rules for finding in rule.waived]
    for finding in [*report.findings, *sorted(waived, key=order)]:
        found.setdefault(finding.urn, []).append(finding)
    return [Group(urn, findings[0].resource_type, "", rows(findings)) for urn, findings in found.items()]
