"""The report of one evaluation as plain data, and its JSON form."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from platform_lib.core.errors import PolicyError
from policypacks.engine.finding import Finding
from policypacks.engine.pack import Level
from policypacks.engine.record import FRAMEWORKS, Severity, controls
from policypacks.engine.verdict import Answer

if TYPE_CHECKING:
    from policypacks.engine.evaluator import Evaluator

FORMAT: Final = "1.0"
"""Version of the JSON form; the schema is ``report.schema.json`` beside this module."""

ControlStatus = Literal["failed", "undetermined", "waived", "passed", "not-evaluated", "not-in-code"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule answered about all resources that it looks at.

    Attributes:
        id: the rule's id.
        title: what a compliant resource is like.
        reason: why it matters.
        severity: how bad a violation is.
        tier: 1, 2 or 3.
        level: how strictly the rule held in this run.
        controls: framework to control ids.
        remedy: what a compliant resource looks like, in the catalogue's words.
        source: other tools' ids for the same check.
        passed: URNs of the resources that passed.
        failed: findings that no waiver excuses, with rules that broke.
        undetermined: findings that wait for a value.
        waived: findings that a waiver excuses.
        not_applicable: number of resources of its types that it has nothing to say about.
    """

    id: str
    title: str
    reason: str
    severity: Severity
    tier: int
    level: Level
    controls: Mapping[str, tuple[str, ...]]
    remedy: str
    source: Mapping[str, tuple[str, ...]]
    passed: tuple[str, ...] = ()
    failed: tuple[Finding, ...] = ()
    undetermined: tuple[Finding, ...] = ()
    waived: tuple[Finding, ...] = ()
    not_applicable: int = 0

    @property
    def status(self) -> ControlStatus:
        """The worst of its answers."""
        if self.failed:
            return "failed"
        if self.undetermined:
            return "undetermined"
        if self.waived:
            return "waived"
        return "passed" if self.passed else "not-evaluated"


@dataclass(frozen=True, slots=True)
class ControlResult:
    """What the evaluation shows about one control.

    Attributes:
        framework: key of the framework.
        id: the control's id.
        title: in our own words.
        iac: how far infrastructure code can show it: ``direct``, ``partial``, ``none``.
        status: the worst answer of its rules; ``not-evaluated`` where no rule found a resource, ``not-in-code`` where
            infrastructure code cannot show it.
        rules: ids of its rules in this run.
    """

    framework: str
    id: str
    title: str
    iac: str
    status: ControlStatus
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that one evaluation showed.

    Attributes:
        packs: names of the packs with their versions.
        pack_hash: SHA-256 over rules, catalogue and packs.
        frameworks: the frameworks whose controls are reported.
        environment: the environment whose levels held.
        preview: whether values could still become known.
        project: name of the project, empty where not known.
        stack: name of the stack, empty where not known.
        date: the day of the evaluation, ISO 8601.
        waivers: path of the waiver file, empty for none.
        waivers_hash: its SHA-256.
        resources: number of resources evaluated.
        rules: result of every rule that ran.
        waiver_findings: what is wrong with the waiver file.
        remedied: rule and URN of every remediation.
    """

    packs: tuple[tuple[str, str], ...]
    pack_hash: str
    frameworks: tuple[str, ...]
    environment: str
    preview: bool
    project: str
    stack: str
    date: str
    waivers: str
    waivers_hash: str
    resources: int
    rules: tuple[RuleResult, ...]
    waiver_findings: tuple[Finding, ...] = ()
    remedied: tuple[tuple[str, str], ...] = ()

    @property
    def findings(self) -> Sequence[Finding]:
        """What fails or cannot be decided, worst first; without what is waived."""
        found = [finding for rule in self.rules for finding in (*rule.failed, *rule.undetermined)]
        return sorted([*found, *self.waiver_findings], key=order)

    @property
    def refused(self) -> bool:
        """Whether a finding stops the operation."""
        return any(finding.mandatory for finding in self.findings)

    def controls(self) -> Sequence[ControlResult]:
        """Every control of the report's frameworks, in the frameworks' order."""
        found: list[ControlResult] = []
        ranks: Sequence[ControlStatus] = ("failed", "undetermined", "waived", "passed", "not-evaluated")
        for framework in self.frameworks:
            by_control: dict[str, list[RuleResult]] = {}
            for rule in self.rules:
                for cited in rule.controls.get(framework, ()):
                    by_control.setdefault(cited, []).append(rule)
            for control in controls(framework).values():
                rules = by_control.get(control.id, [])
                status: ControlStatus = "not-in-code" if control.iac == "none" else "not-evaluated"
                status = min((rule.status for rule in rules), key=ranks.index, default=status)
                ids = tuple(rule.id for rule in rules)
                found.append(ControlResult(framework, control.id, control.title, control.iac, status, ids))
        return found

    def summary(self) -> dict[str, int]:
        """Counts: resources, rules, answers by kind, and unwaived failures by severity."""
        failed = [finding for rule in self.rules for finding in rule.failed]
        counts = {
            "resources": self.resources,
            "rules": len(self.rules),
            "passed": sum(len(rule.passed) for rule in self.rules),
            "failed": len(failed),
            "undetermined": sum(len(rule.undetermined) for rule in self.rules),
            "waived": sum(len(rule.waived) for rule in self.rules),
            "not_applicable": sum(rule.not_applicable for rule in self.rules),
            "mandatory": sum(finding.mandatory for finding in self.findings),
            "waiver_problems": len(self.waiver_findings),
        }
        for severity in ("critical", "high", "medium", "low"):
            counts[severity] = sum(finding.severity == severity for finding in failed)
        return counts

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, see ``report.schema.json``."""
        return {
            "format": FORMAT,
            "statement": "evidence for controls from infrastructure code; not a statement of compliance",
            "packs": [{"name": name, "version": version} for name, version in self.packs],
            "packHash": self.pack_hash,
            "environment": self.environment,
            "preview": self.preview,
            "project": self.project,
            "stack": self.stack,
            "date": self.date,
            "waivers": {"path": self.waivers, "sha256": self.waivers_hash} if self.waivers else None,
            "summary": self.summary(),
            "rules": [_rule(rule) for rule in self.rules],
            "controls": [
                {
                    "framework": control.framework,
                    "id": control.id,
                    "title": control.title,
                    "iac": control.iac,
                    "status": control.status,
                    "rules": list(control.rules),
                }
                for control in self.controls()
            ],
            "waiverFindings": [_finding(finding) for finding in self.waiver_findings],
            "remedied": [{"rule": rule, "urn": urn} for rule, urn in self.remedied],
        }

    def to_json(self) -> str:
        """The JSON form as text, two spaces of indentation."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def write(self, path: str | Path) -> None:
        """Write the JSON form; a report that is there already is replaced whole.

        Raises:
            PolicyError: the file cannot be written.
        """
        target = Path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as handle:
                handle.write(self.to_json())
            Path(handle.name).replace(target)
        except OSError as error:
            raise PolicyError(f"report {path}: cannot be written, {error.strerror}; give another path") from error


_SEVERITY_ORDER = ("critical", "high", "medium", "low")


def order(finding: Finding) -> tuple[Any, ...]:
    """Sorting key: what stops the operation first, then by severity, rule and resource."""
    severity = _SEVERITY_ORDER.index(finding.severity)
    return (not finding.mandatory, finding.answer is Answer.UNDETERMINED, severity, finding.rule, finding.urn)


def _rule(rule: RuleResult) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "reason": rule.reason,
        "severity": rule.severity,
        "tier": rule.tier,
        "level": rule.level,
        "controls": {framework: list(ids) for framework, ids in rule.controls.items()},
        "remedy": rule.remedy,
        "source": {name: list(ids) for name, ids in rule.source.items()},
        "status": rule.status,
        "passed": list(rule.passed),
        "failed": [_finding(finding) for finding in rule.failed],
        "undetermined": [_finding(finding) for finding in rule.undetermined],
        "waived": [_finding(finding) for finding in rule.waived],
        "notApplicable": rule.not_applicable,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "rule": finding.rule,
        "urn": finding.urn,
        "type": finding.resource_type,
        "name": finding.resource_name,
        "source": finding.source,
        "answer": str(finding.answer),
        "level": finding.level,
        "mandatory": finding.mandatory,
        "severity": finding.severity,
        "message": finding.message,
        "faults": [{"path": fault.path, "problem": fault.problem, "remedy": fault.remedy} for fault in finding.faults],
        "unknown": list(finding.unknown),
    }
    if finding.waiver is not None:
        waiver = finding.waiver
        found["waiver"] = {
            "line": waiver.line,
            "owner": waiver.owner,
            "approver": waiver.approver,
            "reason": waiver.reason,
            "compensatingControl": waiver.compensating_control,
            "expires": waiver.expires.isoformat(),
        }
    return found


@lru_cache(maxsize=1)
def pack_hash() -> str:
    """SHA-256 over every rule, catalogue and pack file of the installed packs, by name and content."""
    home = Path(__file__).parent.parent
    digest = hashlib.sha256()
    names: list[str] = []
    for folder, folders, files in os.walk(home):  # Path.rglob takes longer than the reading
        folders[:] = [name for name in folders if name != "__pycache__"]
        inside = os.path.relpath(folder, home).replace(os.sep, "/")
        names += [f"{inside}/{name}" for name in files if name.endswith((".py", ".json"))]
    for name in sorted(names):
        content = (home / name).read_bytes()
        digest.update(f"{name.removeprefix('./')}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def report_of(evaluator: "Evaluator") -> Report:
    """The report of what an evaluator has seen so far."""
    passed: dict[str, list[str]] = {}
    grouped: dict[tuple[str, str], list[Finding]] = {}
    skipped: dict[str, int] = {}
    for rule, facts, verdict in evaluator.outcomes():
        if verdict.answer is Answer.PASS:
            passed.setdefault(rule.id, []).append(facts.urn)
        elif verdict.answer is Answer.NOT_APPLICABLE:
            skipped[rule.id] = skipped.get(rule.id, 0) + 1
        else:
            finding = evaluator.finding(rule, facts, verdict)
            kind = "undetermined" if finding.answer is Answer.UNDETERMINED else "failed"
            grouped.setdefault((rule.id, "waived" if finding.waiver else kind), []).append(finding)
    rules = tuple(
        RuleResult(
            id=rule.id,
            title=rule.title,
            reason=rule.reason,
            severity=rule.record.severity,
            tier=rule.record.tier,
            level=evaluator.level(rule.id),
            controls=rule.record.controls,
            remedy=rule.record.condition,
            source=rule.record.peers,
            passed=tuple(passed.get(rule.id, ())),
            failed=tuple(grouped.get((rule.id, "failed"), ())),
            undetermined=tuple(grouped.get((rule.id, "undetermined"), ())),
            waived=tuple(grouped.get((rule.id, "waived"), ())),
            not_applicable=skipped.get(rule.id, 0),
        )
        for _, rule in sorted(evaluator.rules.items())
    )
    named = tuple(dict.fromkeys(pack.framework for pack in evaluator.packs if pack.framework))
    everything = any(not pack.framework for pack in evaluator.packs)
    return Report(
        packs=tuple((pack.name, pack.version) for pack in evaluator.packs),
        pack_hash=pack_hash(),
        frameworks=tuple(FRAMEWORKS) if everything else named,
        environment=evaluator.environment,
        preview=evaluator.preview,
        project=evaluator.project,
        stack=evaluator.stack,
        date=evaluator.today.isoformat(),
        waivers=evaluator.waivers.path,
        waivers_hash=evaluator.waivers.sha256,
        resources=sum(1 for _ in evaluator.seen()),
        rules=rules,
        waiver_findings=tuple(evaluator.waiver_findings()),
        remedied=tuple(evaluator.remedied()),
    )
