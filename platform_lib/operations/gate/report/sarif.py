"""A verdict as SARIF 2.1.0, for code-scanning viewers: one run, a rule for each check, a result for each finding."""

import hashlib
from typing import Any, Final

from platform_lib.operations.gate.verdict import Effect, GateFinding, Verdict
from platform_lib.operations.record import urn_name
from policypacks.report.sarif import SCHEMA, SECURITY_SEVERITY, VERSION, location

_LEVELS: Final = {Effect.REFUSE: "error", Effect.ADVISE: "warning", Effect.NOTE: "none", Effect.WAIVED: "warning"}
_KINDS: Final = {Effect.NOTE: "informational"}


def to_sarif(verdict: Verdict) -> dict[str, Any]:
    """The verdict; what is waived is a suppressed result, a note is informational."""
    found = [(phase.name, finding) for phase in verdict.phases for finding in phase.findings]
    checks = {finding.check: (name, finding) for name, finding in reversed(found)}
    index = {check: number for number, check in enumerate(sorted(checks))}
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "platform-lib gate",
                        "semanticVersion": verdict.policies.packs[0].version,
                        "rules": [_rule(check, *checks[check]) for check in index],
                        "properties": {
                            "packs": [f"{pack.name} {pack.version}" for pack in verdict.policies.packs],
                            "packHash": verdict.policies.pack_hash,
                            "engine": f"{verdict.engine} {verdict.engine_version}",
                        },
                    }
                },
                "automationDetails": {"id": f"gate/{verdict.project}/{verdict.stack}"},
                "originalUriBaseIds": {"PROJECTROOT": {"description": {"text": "the folder of Pulumi.yaml"}}},
                "results": [_result(finding, index[finding.check]) for _, finding in found],
                "columnKind": "unicodeCodePoints",
                "properties": {
                    "verdict": verdict.verdict,
                    "environment": verdict.environment,
                    "created": verdict.created.isoformat(),
                    "phases": {phase.name: phase.status for phase in verdict.phases},
                },
            }
        ],
    }


def _rule(check: str, phase: str, finding: GateFinding) -> dict[str, Any]:
    tags = [f"{framework}:{item}" for framework, ids in finding.controls.items() for item in ids]
    return {
        "id": check,
        "shortDescription": {"text": f"{phase}: {check.replace('-', ' ')}"},
        "properties": {
            "tags": ["security", phase, *tags],
            "security-severity": SECURITY_SEVERITY[finding.severity],
        },
    }


def _result(finding: GateFinding, index: int) -> dict[str, Any]:
    urn = finding.subject if finding.subject.startswith("urn:pulumi:") else ""
    text = f"{finding.problem}; {finding.remedy}" if finding.remedy else finding.problem
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": index,
        "kind": _KINDS.get(finding.effect, "fail"),
        "level": _LEVELS[finding.effect],
        "message": {"text": f"{finding.subject}: {text}"},
        "locations": [location(finding.source, urn_name(urn) if urn else finding.subject, urn or finding.subject)],
        "partialFingerprints": {
            "findingIdentity/v1": hashlib.sha256(
                f"{finding.check}\n{finding.subject}\n{finding.path}".encode()
            ).hexdigest()
        },
        "properties": {"severity": finding.severity, "path": finding.path},
    }
    if finding.waiver is not None:
        waiver = finding.waiver
        reason = f"{waiver.reason}; approved by {waiver.approver}, until {waiver.expires}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result
