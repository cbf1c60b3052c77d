"""Policy findings for people: what fails, where, which controls speak of it, and what to do."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from platform_lib.operations.tree import brief_type
from policypacks.engine.finding import Finding, citation
from policypacks.engine.verdict import Answer
from policypacks.report.model import Report
from policypacks.report.rows import by_control

_STYLES: Final = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_WEIGHT: Final = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Mandatory ones first, then by severity, rule and resource; each once."""
    unique = {(item.rule, item.urn, item.message): item for item in findings}
    return sorted(unique.values(), key=lambda item: (not item.mandatory, _WEIGHT[item.severity], item.rule, item.urn))


def show_findings(console: Console, findings: Sequence[Finding], *, everything: bool = False) -> None:
    """Prints findings, the worst first.

    Args:
        console: where to.
        findings: of one run, waived ones left out.
        everything: a line per undetermined answer too, instead of one per rule.
    """
    decided = [item for item in ordered(findings) if item.answer is not Answer.UNDETERMINED or item.mandatory]
    for item in decided:
        _show(console, item)
    waiting = [item for item in ordered(findings) if item.answer is Answer.UNDETERMINED and not item.mandatory]
    if waiting:
        _show_waiting(console, waiting, everything=everything)


def _show(console: Console, item: Finding) -> None:
    style = _STYLES[item.severity]
    stops = "refused" if item.mandatory else "advice"
    subject = f"{brief_type(item.resource_type)} {item.resource_name}" if item.resource_name else "the stack"
    console.print(
        Text.assemble(
            "  ",
            (f"{item.severity:<9}", style),
            (f"{stops:<8}", "bold red" if item.mandatory else "dim"),
            (item.rule, "bold"),
            f"  {subject}",
        )
    )
    console.print(Text(f"      {item.title}"))
    if item.answer is Answer.UNDETERMINED:
        console.print(Text(f"      not known: {', '.join(item.unknown)}; counts as failed in production"))
    for fault in item.faults:
        where = f"{fault.path}: " if fault.path else ""
        console.print(Text(f"      {where}{fault.problem}", style=style))
        if fault.remedy:
            console.print(Text(f"      remedy: {fault.remedy}"))
    if not item.faults and item.answer is not Answer.UNDETERMINED:
        console.print(Text(f"      {item.message}", style=style))
    if item.controls:
        console.print(Text(f"      {citation(item.controls)}", style="dim"))


def _show_waiting(console: Console, waiting: Sequence[Finding], *, everything: bool) -> None:
    rules = Counter(item.rule for item in waiting)
    console.print(Text(f"  undetermined: {len(waiting)} answers of {len(rules)} rules wait for values, decided at up"))
    if everything:
        for item in waiting:
            console.print(Text(f"      {item.rule}  {item.resource_name}: {', '.join(item.unknown)}", style="dim"))


def counts_text(findings: Sequence[Finding]) -> str:
    """How many findings there are, by severity: ``2 findings (1 critical, 1 low), 1 refuses``."""
    decided = [item for item in ordered(findings) if item.answer is not Answer.UNDETERMINED or item.mandatory]
    if not decided:
        return "no findings"
    severities: Counter[str] = Counter(item.severity for item in decided)
    parts = ", ".join(f"{severities[name]} {name}" for name in _WEIGHT if severities[name])
    refusing = sum(item.mandatory for item in decided)
    noun = "finding" if len(decided) == 1 else "findings"
    return f"{len(decided)} {noun} ({parts}), {refusing or 'none'} refused"


def show_by_control(console: Console, report: Report) -> None:
    """Prints the findings of a report under the controls that they speak of; a finding may stand under several."""
    for group in by_control(report):
        console.print(Text.assemble("  ", (group.heading, "bold"), f"  {group.title}"))
        for row in group.rows:
            where = f"{row.path}: " if row.path else ""
            verdict = (f"{row.verdict:<13}", "bold red" if row.verdict == "refused" else "dim")
            console.print(Text.assemble("      ", verdict, f"{row.rule}  {row.resource}: {where}{row.problem}"))
