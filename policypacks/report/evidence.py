"""The evidence file: what was evaluated, when, with which packs, the verdict of every control; made to be signed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import PolicyError
from policypacks.engine.waiver import Waiver
from policypacks.report.model import Report

FORMAT: Final = "1.0"
"""Version of the form; the schema is ``evidence.schema.json`` beside this module."""

STATEMENT: Final = "evidence for controls from infrastructure code; not a statement of compliance"


@dataclass(frozen=True, slots=True)
class Program:
    """The program that was evaluated, or that made the state.

    Attributes:
        commit: of its repository.
        dirty: whether the working tree differed from the commit; None where nobody looked.
    """

    commit: str
    dirty: bool | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One stack that was evaluated.

    Attributes:
        subject: its name, or the file of its state.
        report: what the evaluation showed.
        state_sha256: SHA-256 of the file of the state; empty where a program was previewed.
    """

    subject: str
    report: Report
    state_sha256: str = ""


def evidence_of(
    evaluated: Sequence[Evaluated], *, at: datetime, program: Program | None = None, config: Path | None = None
) -> dict[str, Any]:
    """The evidence as JSON data, see ``evidence.schema.json``.

    It names every resource and the message of every finding, but holds no property values apart from those in messages;
    secrets are not shown.

    Args:
        evaluated: the stacks.
        at: when, with a time zone.
        program: the program's commit, where known.
        config: policy configuration file that was used.

    Raises:
        PolicyError: nothing was evaluated, ``at`` has no time zone, or the configuration cannot be read.
    """
    if not evaluated:
        raise PolicyError("evidence: nothing was evaluated; name a stack or a state")
    if at.tzinfo is None:
        raise PolicyError("evidence: the time has no zone; give one, for example UTC")
    return {
        "format": FORMAT,
        "statement": STATEMENT,
        "created": at.isoformat(timespec="seconds"),
        "packs": [{"name": name, "version": version} for name, version in evaluated[0].report.packs],
        "packHash": evaluated[0].report.pack_hash,
        "policyConfig": None if config is None else {"path": config.as_posix(), "sha256": file_hash(config)},
        "program": None if program is None else {"commit": program.commit, "dirty": program.dirty},
        "stacks": [_stack(item) for item in evaluated],
    }


def file_hash(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        PolicyError: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise PolicyError(f"evidence: {path}: cannot be read, {error.strerror}; give the path of the file") from error


def _stack(item: Evaluated) -> dict[str, Any]:
    report = item.report
    rules = {rule.id: rule for rule in report.rules}
    return {
        "subject": item.subject,
        "project": report.project,
        "stack": report.stack,
        "environment": report.environment,
        "phase": "preview" if report.preview else "state",
        "date": report.date,
        "stateSha256": item.state_sha256 or None,
        "verdict": "refused" if report.refused else "accepted",
        "summary": report.summary(),
        "resources": sorted(_resources(report)),
        "controls": [
            {
                "framework": control.framework,
                "id": control.id,
                "verdict": control.status,
                "rules": {rule: rules[rule].status for rule in control.rules},
            }
            for control in report.controls()
        ],
        "findings": [
            {
                "rule": finding.rule,
                "urn": finding.urn,
                "answer": str(finding.answer),
                "mandatory": finding.mandatory,
                "severity": finding.severity,
                "message": finding.message,
            }
            for finding in report.findings
        ],
        "waivers": {
            "file": {"path": report.waivers, "sha256": report.waivers_hash} if report.waivers else None,
            "used": _waivers(report),
        },
    }


def _resources(report: Report) -> set[str]:
    """The resources that a rule had an answer for."""
    found = {urn for rule in report.rules for urn in rule.passed}
    found |= {
        item.urn for rule in report.rules for item in (*rule.failed, *rule.undetermined, *rule.waived) if item.urn
    }
    return found - {""}


def _waivers(report: Report) -> list[dict[str, Any]]:
    used: dict[Waiver, list[str]] = {}
    for rule in report.rules:
        for finding in rule.waived:
            if finding.waiver is not None:
                used.setdefault(finding.waiver, []).append(finding.urn)
    return [
        {
            "rule": waiver.rule,
            "resources": sorted(urns),
            "owner": waiver.owner,
            "approver": waiver.approver,
            "reason": waiver.reason,
            "compensatingControl": waiver.compensating_control,
            "expires": waiver.expires.isoformat(),
        }
        for waiver, urns in used.items()
    ]


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """The JSON schema of the evidence."""
    text = (Path(__file__).parent / "evidence.schema.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def read_evidence(content: bytes, subject: str) -> Mapping[str, Any]:
    """Evidence from the bytes of its file.

    Args:
        content: the bytes.
        subject: how messages call the file.

    Raises:
        PolicyError: it is not evidence, or of a newer form.
    """
    import jsonschema

    try:
        data = json.loads(content)
    except ValueError as error:
        raise PolicyError(f"{subject}: is not JSON, {error}; give a file of `platform evidence create`") from error
    if isinstance(data, dict) and data.get("format") not in (None, FORMAT):
        raise PolicyError(f"{subject}: format: is not known, got '{data['format']}'; update the platform")
    try:
        jsonschema.validate(data, schema(), jsonschema.Draft202012Validator)
    except jsonschema.ValidationError as error:
        raise PolicyError(
            f"{subject}: {error.json_path.removeprefix('$.')}: {error.message:.200}; give an unchanged file"
        ) from error
    found: Mapping[str, Any] = data
    return found
