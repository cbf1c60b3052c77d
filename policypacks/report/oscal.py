"""Reports as OSCAL assessment results (NIST), for tools that gather evidence from many sources.

Model: https://pages.nist.gov/OSCAL/reference/latest/assessment-results/json-outline/.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from platform_lib.core.errors import PolicyError
from policypacks.engine.finding import Finding
from policypacks.engine.record import FRAMEWORKS
from policypacks.report.model import ControlResult, Report, RuleResult

OSCAL_VERSION: Final = "1.1.3"

_NAMESPACE: Final = uuid.UUID("6f0d2b1e-6a0b-5f0c-9b53-0d9a4d3a7c11")
"""Of the identifiers, which are made from names: the same evaluation gives the same document."""

_PROPERTIES: Final = "https://platform-lib.invalid/ns/oscal"
"""Namespace of our properties: a name, not an address (``.invalid`` never resolves)."""

_NOTE: Final = "what infrastructure code shows of the control; the assessor decides about the control as a whole"


def to_oscal(reports: Mapping[str, Report], at: datetime) -> dict[str, Any]:
    """One ``result`` for each report.

    A finding is made for each control of which rules looked at a resource: ``satisfied`` where all passed, else
    ``not-satisfied`` (a waived or undetermined one too: its reason says which). A control that no rule looked at has no
    finding. Every answer of a rule is an observation; the resources are inventory items.

    Args:
        reports: by subject: the name of a stack, or the file of a state.
        at: when the evaluation was made, with a time zone.

    Raises:
        PolicyError: ``at`` has no time zone, or a report has no rule that serves a control.
    """
    if at.tzinfo is None:
        raise PolicyError("report: oscal: the time has no zone; give one, for example UTC")
    moment = at.isoformat(timespec="seconds")
    results = [_result(subject, report, moment) for subject, report in reports.items()]
    return {
        "assessment-results": {
            "uuid": _id("document", moment, *reports),
            "metadata": {
                "title": "Evaluation of infrastructure code by policy packs",
                "last-modified": moment,
                "version": next(iter(reports.values())).packs[0][1] if reports else "0",
                "oscal-version": OSCAL_VERSION,
                "remarks": "evidence for controls from infrastructure code; not a statement of compliance",
            },
            "import-ap": {"href": "#", "remarks": "no assessment plan in OSCAL: the policy packs are the plan"},
            "results": results,
        }
    }


def _result(subject: str, report: Report, moment: str) -> dict[str, Any]:
    controls = [control for control in report.controls() if control.rules]
    if not controls:
        raise PolicyError(f"report: oscal: {subject}: no rule of the packs serves a control; choose a pack with rules")
    observations: list[dict[str, Any]] = []
    by_rule: dict[str, list[str]] = {}
    for rule in report.rules:
        found = _observations(subject, rule, moment)
        observations += found
        by_rule[rule.id] = [item["uuid"] for item in found]
    result: dict[str, Any] = {
        "uuid": _id(subject, "result", moment),
        "title": f"Policy evaluation of {_line(subject)}",
        "description": f"{report.resources} resources, {len(report.rules)} rules at the levels of {report.environment}",
        "start": moment,
        "end": moment,
        "props": _props(
            {
                "packs": ", ".join(f"{name} {version}" for name, version in report.packs),
                "pack-hash": report.pack_hash,
                "environment": report.environment,
                "phase": "preview" if report.preview else "state",
                "waivers-hash": report.waivers_hash,
            }
        ),
        "reviewed-controls": {
            "control-selections": [
                {
                    "description": FRAMEWORKS[framework],
                    "include-controls": [
                        {"control-id": control_id(control)} for control in controls if control.framework == framework
                    ],
                }
                for framework in dict.fromkeys(control.framework for control in controls)
            ]
        },
    }
    items = _inventory(subject, report)
    findings = [_finding(subject, control, by_rule) for control in controls if control.status not in _SILENT]
    # OSCAL knows no empty list: what is empty is left out.
    if observations:
        result["observations"] = observations
    if findings:
        result["findings"] = findings
    if items:
        result["local-definitions"] = {"inventory-items": items}
    return result


_SILENT: Final = frozenset({"not-evaluated", "not-in-code"})


def control_id(control: ControlResult) -> str:
    """A control's id as an OSCAL token: ``hipaa-164.312_a_1``; the id as the framework writes it is the label."""
    return f"{control.framework}-{re.sub(r'[^0-9A-Za-z.]+', '_', control.id).strip('_')}"


def _inventory(subject: str, report: Report) -> list[dict[str, Any]]:
    urns: dict[str, None] = {}
    for rule in report.rules:
        urns.update(dict.fromkeys(rule.passed))
        urns.update((finding.urn, None) for finding in (*rule.failed, *rule.undetermined, *rule.waived))
    return [
        {"uuid": _id(subject, "resource", urn), "description": urn or "the stack", "props": _props({"urn": urn})}
        if urn
        else {"uuid": _id(subject, "resource", urn), "description": "the stack"}
        for urn in urns
    ]


def _observations(subject: str, rule: RuleResult, moment: str) -> list[dict[str, Any]]:
    found = []
    if rule.passed:
        found.append(_observation(subject, rule, "passed", rule.title, rule.passed, moment))
    for answer, findings in (
        ("failed", rule.failed),
        ("undetermined", rule.undetermined),
        ("waived", rule.waived),
    ):
        for finding in findings:
            item = _observation(subject, rule, answer, finding.message, [finding.urn], moment)
            if finding.waiver is not None:
                item["remarks"] = _waiver(finding)
                item["expires"] = f"{finding.waiver.expires.isoformat()}T23:59:59+00:00"
            found.append(item)
    return found


def _observation(
    subject: str, rule: RuleResult, answer: str, text: str, urns: Sequence[str], moment: str
) -> dict[str, Any]:
    first = urns[0] if answer != "passed" else ""
    return {
        "uuid": _id(subject, "observation", rule.id, answer, first),
        "title": f"{rule.id}: {answer}",
        "description": text,
        "props": _props({"rule": rule.id, "answer": answer, "severity": rule.severity, "level": rule.level}),
        "methods": ["TEST"],
        "types": ["finding" if answer != "passed" else "control-objective"],
        "subjects": [{"subject-uuid": _id(subject, "resource", urn), "type": "inventory-item"} for urn in urns],
        "collected": moment,
    }


def _waiver(finding: Finding) -> str:
    waiver = finding.waiver
    assert waiver is not None  # noqa: S101  # only called for findings with one
    return (
        f"{waiver.reason}; instead: {waiver.compensating_control}; owner {waiver.owner}, approved by {waiver.approver}"
    )


def _finding(subject: str, control: ControlResult, by_rule: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    satisfied = control.status == "passed"
    related = [{"observation-uuid": item} for rule in control.rules for item in by_rule.get(rule, ())]
    return {
        "uuid": _id(subject, "finding", control.framework, control.id),
        "title": f"{FRAMEWORKS[control.framework]} {control.id}: {control.status}",
        "description": control.title,
        "props": _props({"label": control.id, "framework": control.framework, "status": control.status}),
        "target": {
            "type": "objective-id",
            "target-id": control_id(control),
            "status": {
                "state": "satisfied" if satisfied else "not-satisfied",
                "reason": "pass" if satisfied else "fail" if control.status == "failed" else "other",
                "remarks": _NOTE if satisfied or control.status == "failed" else f"{control.status}; {_NOTE}",
            },
        },
        "related-observations": related,
    }


def _props(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "ns": _PROPERTIES, "value": text} for name, text in values.items() if text]


def _line(text: str) -> str:
    return " ".join(text.split())


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))
