"""Reports as HTML: a page for each framework (control, rules, resources, verdict) and a summary; nothing is fetched."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from policypacks.engine.finding import Finding
from policypacks.engine.record import FRAMEWORKS, controls
from policypacks.report.beyond import Limit, flags_of, limit_of
from policypacks.report.model import ControlResult, ControlStatus, Report, RuleResult

if TYPE_CHECKING:
    from jinja2 import Environment

STATUSES: Final[Sequence[ControlStatus]] = (
    "failed",
    "undetermined",
    "waived",
    "passed",
    "not-evaluated",
    "not-in-code",
)
"""What a control can come to, worst first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says about one resource.

    Attributes:
        subject: the stack, or the file of a state.
        urn: the resource; empty for the stack as a whole.
        verdict: ``failed``, ``undetermined``, ``waived`` or ``passed``.
        message: what is wrong and what to do; for a waived one also why and until when.
    """

    subject: str
    urn: str
    verdict: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule under a control, with its answers in all stacks, worst first."""

    rule: RuleResult
    status: ControlStatus
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A control of a framework with its worst status over all stacks.

    Attributes:
        control: id, title, how far code shows it.
        status: the worst of all stacks.
        flags: what the framework says besides (``required``, ``future-dated`` ...).
        limit: why code is not enough; None where it is.
        rules: its rules.
    """

    control: ControlResult
    status: ControlStatus
    flags: tuple[str, ...]
    limit: Limit | None
    rules: tuple[RuleRow, ...]


def to_html(reports: Mapping[str, Report], at: datetime) -> dict[str, str]:
    """The pages by file name: ``index.html`` and one for each framework (``hipaa.html`` ...).

    Args:
        reports: by subject: the name of a stack, or the file of a state.
        at: when the evaluation was made.
    """
    frameworks = [name for name in FRAMEWORKS if any(name in report.frameworks for report in reports.values())]
    shared = {
        "reports": reports,
        "frameworks": {name: FRAMEWORKS[name] for name in frameworks},
        "statuses": STATUSES,
        "at": at.isoformat(sep=" ", timespec="seconds"),
    }
    counts = {
        subject: {
            name: Counter(control.status for control in report.controls() if control.framework == name)
            for name in frameworks
        }
        for subject, report in reports.items()
    }
    pages = {"index.html": _environment().get_template("index.html.j2").render(**shared, counts=counts)}
    for name in frameworks:
        rows = control_rows(reports, name)
        pages[f"{name}.html"] = (
            _environment()
            .get_template("framework.html.j2")
            .render(**shared, framework=FRAMEWORKS[name], rows=rows, counts=Counter(row.status for row in rows))
        )
    return pages


def control_rows(reports: Mapping[str, Report], framework: str) -> Sequence[ControlRow]:
    """Every control of a framework with what all reports show of it, in the framework's order."""
    found: dict[str, list[tuple[str, Report, ControlResult]]] = {}
    for subject, report in reports.items():
        for result in report.controls():
            if result.framework == framework:
                found.setdefault(result.id, []).append((subject, report, result))
    rows = []
    for control_id, results in found.items():
        control = controls(framework)[control_id]
        status = min((result.status for _, _, result in results), key=STATUSES.index)
        rules = _rule_rows([(subject, report, frozenset(result.rules)) for subject, report, result in results])
        rows.append(ControlRow(results[0][2], status, flags_of(control), limit_of(control), rules))
    return rows


def _rule_rows(results: Sequence[tuple[str, Report, frozenset[str]]]) -> tuple[RuleRow, ...]:
    rules: dict[str, tuple[RuleResult, list[Answer], list[ControlStatus]]] = {}
    for subject, report, ids in results:
        for rule in report.rules:
            if rule.id in ids:
                _, answers, statuses = rules.setdefault(rule.id, (rule, [], []))
                answers += _answers(subject, rule)
                statuses.append(rule.status)
    rows = [
        RuleRow(rule, min(statuses, key=STATUSES.index), tuple(sorted(answers, key=_rank)))
        for rule, answers, statuses in rules.values()
    ]
    return tuple(sorted(rows, key=lambda row: (STATUSES.index(row.status), row.rule.id)))


def _rank(answer: Answer) -> tuple[int, str, str]:
    return ([str(status) for status in STATUSES].index(answer.verdict), answer.subject, answer.urn)


def _answers(subject: str, rule: RuleResult) -> list[Answer]:
    found = [Answer(subject, urn, "passed") for urn in rule.passed]
    for verdict, findings in (("failed", rule.failed), ("undetermined", rule.undetermined), ("waived", rule.waived)):
        found += [Answer(subject, finding.urn, verdict, _message(finding)) for finding in findings]
    return found


def _message(finding: Finding) -> str:
    waiver = finding.waiver
    if waiver is None:
        return finding.message
    return (
        f"{finding.message}\nwaived until {waiver.expires.isoformat()}: {waiver.reason}; instead: "
        f"{waiver.compensating_control}; owner {waiver.owner}, approved by {waiver.approver}"
    )


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("policypacks.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
