"""What cannot be known before the deployment, where that matters: replacements that may not come, rules that wait."""

from collections.abc import Iterator

from platform_lib.core.values import has_unknown
from platform_lib.operations.changes import UNKNOWN_TEXT
from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity

REPLACE = "unknown-replacement"
RULE = "unknown-answer"


def look(given: GateInput) -> Looked:
    """Tells replacements that hang on an unknown value, and policy answers that wait for one."""
    planned = given.preview.planned.values()
    waiting = sum(has_unknown(view.inputs) for view in planned)
    findings = [*_replacements(given), *_answers(given)]
    return Looked(f"{count(waiting, 'resource')} of {len(planned)} with inputs that are known only at up", findings)


def _replacements(given: GateInput) -> Iterator[GateFinding]:
    """The provider must take an unknown for a change: a replacement because of one may turn out to be none."""
    for change in given.preview.record.changes:
        paths = [item.path for item in change.properties if item.replaces and item.new == UNKNOWN_TEXT]
        if change.action == "replace" and paths:
            yield GateFinding(
                check=REPLACE,
                effect=Effect.ADVISE,
                severity=Severity.MEDIUM,
                subject=change.urn,
                problem=f"is replaced because {', '.join(paths)} is not known yet, and may turn out to be the same",
                remedy="deploy what the value comes from first, or look twice at what the replacement takes with it",
                path=paths[0],
                source=given.source(change.urn),
            )


def _answers(given: GateInput) -> Iterator[GateFinding]:
    """Rules without an answer, one finding a rule: in production they count as failed once nothing waits any more."""
    report = given.preview.report
    closes = report.environment == "prod"
    for rule in report.rules:
        if not rule.undetermined:
            continue
        paths = sorted({path for finding in rule.undetermined for path in finding.unknown})
        yield GateFinding(
            check=RULE,
            effect=Effect.NOTE,
            severity=Severity.LOW,
            subject=rule.id,
            problem=f"waits for {', '.join(paths[:5])}{', ...' if len(paths) > 5 else ''} of "
            f"{count(len(rule.undetermined), 'resource')}",
            remedy="is decided at up" + (", where it counts as failed if it stays open" if closes else ""),
            controls={framework: list(ids) for framework, ids in rule.controls.items()},
        )
