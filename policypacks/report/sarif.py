"""Reports as SARIF 2.1.0 (OASIS), for code-scanning viewers."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policypacks.engine.finding import Finding, citation
from policypacks.engine.verdict import Answer
from policypacks.report.model import Report, RuleResult

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION: Final = "2.1.0"

SECURITY_SEVERITY: Final[Mapping[str, str]] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""Our reading of the severities on the scale that code-scanning viewers sort by (0 to 10)."""

_SOURCE = re.compile(r"project:///(?P<path>[^#]+)(?:#(?P<line>\d+)(?:,(?P<column>\d+))?)?\Z")


def to_sarif(reports: Mapping[str, Report]) -> dict[str, Any]:
    """One run for each report.

    A finding stands at the line of the program that made the resource where the engine knows it, else at the project
    file; its URN is the logical location. What a waiver excuses is a suppressed result; what cannot be decided yet has
    the kind ``open``.

    Args:
        reports: by subject: the name of a stack, or the file of a state.
    """
    return {"$schema": SCHEMA, "version": VERSION, "runs": [_run(subject, item) for subject, item in reports.items()]}


def _run(subject: str, report: Report) -> dict[str, Any]:
    findings = [*report.findings, *(finding for rule in report.rules for finding in rule.waived)]
    used = {finding.rule for finding in findings}
    rules = [_rule(rule) for rule in report.rules if rule.id in used]
    named = {rule["id"] for rule in rules}
    for finding in report.waiver_findings:
        if finding.rule not in named:
            named.add(finding.rule)
            rules.append({"id": finding.rule, "shortDescription": {"text": finding.title}})
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "platform-lib policy packs",
                "semanticVersion": report.packs[0][1],
                "rules": rules,
                "properties": {"packs": [name for name, _ in report.packs], "packHash": report.pack_hash},
            }
        },
        "automationDetails": {"id": f"policy/{subject}"},
        "originalUriBaseIds": {"PROJECTROOT": {"description": {"text": "the folder of Pulumi.yaml"}}},
        "results": [_result(finding, index[finding.rule]) for finding in findings],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "environment": report.environment,
            "preview": report.preview,
            "date": report.date,
            "summary": report.summary(),
        },
    }


def _rule(rule: RuleResult) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": f"{rule.remedy} ({citation(rule.controls)})"},
        "defaultConfiguration": {"level": "error" if rule.level in ("mandatory", "remediate") else "warning"},
        "properties": {
            "tags": ["security", *(f"{name}:{item}" for name, ids in rule.controls.items() for item in ids)],
            "security-severity": SECURITY_SEVERITY[rule.severity],
            "precision": "high",
        },
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    is_open = finding.answer is Answer.UNDETERMINED and not finding.mandatory
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "kind": "open" if is_open else "fail",
        "level": "none" if is_open else "error" if finding.mandatory else "warning",
        "message": {"text": finding.message},
        "locations": [location(finding.source, finding.resource_name, finding.urn)],
        "partialFingerprints": {
            "findingIdentity/v1": hashlib.sha256(f"{finding.rule}\n{finding.urn}".encode()).hexdigest()
        },
        "properties": {"severity": finding.severity, "paths": [fault.path for fault in finding.faults]},
    }
    if finding.waiver is not None:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"{finding.waiver.reason}; instead: {finding.waiver.compensating_control};"
                f" approved by {finding.waiver.approver}, until {finding.waiver.expires.isoformat()}",
            }
        ]
    return result


def location(source: str, name: str, urn: str) -> dict[str, Any]:
    """Where a finding stands.

    Args:
        source: ``project:///path#line,column``; where it is something else, the finding stands at the project file.
        name: logical name of the resource; empty for none.
        urn: its URN; empty for none.
    """
    match = _SOURCE.match(source)
    place: dict[str, Any] = {"artifactLocation": {"uri": "Pulumi.yaml", "uriBaseId": "PROJECTROOT"}}
    region = {"startLine": 1}
    if match:
        place["artifactLocation"]["uri"] = match["path"]
        region = {"startLine": max(int(match["line"] or 1), 1)}
        if match["column"]:
            region["startColumn"] = max(int(match["column"]), 1)
    place["region"] = region
    logical = {"name": name, "fullyQualifiedName": urn, "kind": "resource"}
    return {"physicalLocation": place, "logicalLocations": [{key: text for key, text in logical.items() if text}]}


def subjects_of(reports: Sequence[tuple[str, Report]]) -> dict[str, Report]:
    """Reports by subject, a number added where two subjects have one name."""
    found: dict[str, Report] = {}
    for subject, report in reports:
        name, number = subject, 2
        while name in found:
            name, number = f"{subject} ({number})", number + 1
        found[name] = report
    return found
