"""What the policy packs found, as findings of the gate; that they were asked about every resource."""

import time
from collections.abc import Iterator
from functools import lru_cache

from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity, WaiverUsed
from policypacks.engine.finding import Finding
from policypacks.engine.verdict import Answer

UNSEEN = "policy-unseen"


def look(given: GateInput) -> Looked:
    """The findings of the packs; refuses where a resource would be made that no pack was asked about."""
    start = time.perf_counter()
    evaluator, report = given.preview.evaluator, given.preview.report
    found = [*report.findings, *(finding for rule in report.rules for finding in rule.waived)]
    decided = [item for item in found if item.mandatory or item.answer is not Answer.UNDETERMINED]
    findings = [*_unseen(given), *(_of(item) for item in decided)]
    refused = sum(finding.effect is Effect.REFUSE for finding in findings)
    packs = ", ".join(f"{pack.name} {pack.version}" for pack in evaluator.packs)
    summary = (
        f"{packs}: {len(evaluator.rules)} rules at the levels of {report.environment} over "
        f"{count(report.resources, 'resource')}, {refused or 'none'} refused"
    )
    spent = given.preview.load_seconds + given.preview.policy_seconds
    return Looked(summary, findings, seconds=spent + time.perf_counter() - start)


def _unseen(given: GateInput) -> Iterator[GateFinding]:
    for urn in given.preview.unseen:
        yield GateFinding(
            check=UNSEEN,
            effect=Effect.REFUSE,
            severity=Severity.CRITICAL,
            subject=urn,
            problem="would be deployed, and no policy was asked about it",
            remedy="preview it again without options or variables that leave out resources or packs",
        )


def _of(finding: Finding) -> GateFinding:
    fault = finding.faults[0] if finding.faults else None
    more = f" (and {len(finding.faults) - 1} more)" if len(finding.faults) > 1 else ""
    problem = fault.problem + more if fault else finding.message.partition("\n")[0]
    if finding.answer is Answer.UNDETERMINED:
        problem = f"cannot be decided: {', '.join(finding.unknown)} is not known"
    waiver = finding.waiver
    effect = Effect.WAIVED if waiver is not None else Effect.REFUSE if finding.mandatory else Effect.ADVISE
    return GateFinding(
        check=finding.rule,
        effect=effect,
        severity=Severity(finding.severity),
        subject=finding.urn or "the stack",
        problem=f"{_lowered(finding.title)}: {problem}" if finding.title else problem,
        remedy=finding.remedy,
        path=finding.path,
        controls={framework: list(ids) for framework, ids in finding.controls.items()},
        source=finding.source,
        waiver=None
        if waiver is None
        else WaiverUsed(
            owner=waiver.owner,
            approver=waiver.approver,
            reason=waiver.reason,
            expires=waiver.expires.isoformat(),
        ),
    )


@lru_cache(maxsize=4096)
def _lowered(title: str) -> str:
    """The title as the start of a sentence of ours; words in capitals (``S3``) stay."""
    first = title.partition(" ")[0]
    return title if sum(letter.isupper() for letter in first) > 1 else title[:1].lower() + title[1:]
