"""Checking stacks against policies: a program by its preview, or saved states."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_lib.core.errors import PlatformError, PolicyError
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.run import Policies, execute
from platform_lib.sandbox.engine.target import Options

if TYPE_CHECKING:
    from platform_lib.sandbox.handle import StackHandle
    from policypacks.engine.evaluator import Evaluator
    from policypacks.engine.finding import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """One stack that was checked.

    Attributes:
        subject: name of the stack, or path of the state file.
        evaluator: that looked at it.
        findings: each once, waived ones left out.
        resources: how many resources were looked at.
    """

    subject: str
    evaluator: "Evaluator"
    findings: "Sequence[Finding]"
    resources: int

    @property
    def refused(self) -> bool:
        """Whether a mandatory finding stands."""
        return any(item.mandatory for item in self.findings)


def state_files(paths: Iterable[Path]) -> list[Path]:
    """The state files that paths name: files as they are, folders with every ``*.json`` in and below them.

    Raises:
        UnknownNameError: a path does not exist, or a folder holds no such file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*.json") if file.is_file())
            if not files:
                raise UnknownNameError(f"policy check: {path}: holds no *.json; give the folder of the exported states")
            found.extend(files)
        elif path.is_file():
            found.append(path)
        else:
            raise UnknownNameError(f"policy check: {path}: no such file or folder; give an exported state")
    return list(dict.fromkeys(found))


def check_state(file: Path, policies: Policies, environment: str | None) -> Checked:
    """Checks one saved state.

    Args:
        file: as ``pulumi stack export`` or ``platform state export`` writes it.
        policies: what to evaluate.
        environment: whose levels hold; None for those of production.

    Raises:
        PolicyError: it is not a state, or a newer engine wrote it.
    """
    from policypacks import evaluate_state, load
    from policypacks.engine.state import resources_of

    try:
        deployment: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise PolicyError(f"state {file}: cannot be read as JSON, {error}; give an unchanged export") from error
    if not isinstance(deployment, dict):
        raise PolicyError(f"state {file}: is not a deployment; give the file that `pulumi stack export` writes")
    try:
        resources = [item for item in resources_of(deployment) if not item.get("delete")]
        project, stack = _names(resources)
        evaluator = load(
            policies.packs,
            today=policies.today.date(),
            environment=environment,
            config=policies.config,
            waivers=policies.waivers,
            ledger=policies.ledger,
            project=project,
            stack=stack,
        )
        findings = evaluate_state(evaluator, deployment)
    except PolicyError as error:
        text = str(error)
        raise PolicyError(
            f"state {file}: {text.removeprefix('state: ')}" if text.startswith("state: ") else text
        ) from error
    return Checked(str(file), evaluator, _once(findings), len(resources))


def check_program(stack: "StackHandle", policies: Policies) -> Checked:
    """Checks a stack's program by a preview on the sandbox.

    Raises:
        PlatformError: the preview failed for another reason than a finding.
    """
    outcome = execute(stack, "preview", Options(), policies=policies)
    if outcome.evaluator is None:
        raise PolicyError("policy check: no pack was named; name one with --policy-pack, for example baseline")
    if outcome.verdict in ("failed", "interrupted"):
        errors = [item.message.strip() for item in outcome.record.diagnostics if item.severity == "error"]
        raise PlatformError("\n".join(errors) or f"stack '{stack.name}': the preview failed; run `platform preview`")
    return Checked(stack.name, outcome.evaluator, outcome.findings, len(outcome.record.changes))


def rendered(checked: Sequence[Checked], form: str) -> str:
    """The reports of a check as text.

    Args:
        checked: what was checked; each has a report of its own.
        form: ``json``, ``sarif``, ``junit`` or ``oscal``, see ``policypacks.report.render``.

    Raises:
        PolicyError: there is no such format, or the package that writes it is not installed.
    """
    from policypacks.report.render import render

    return render([(item.subject, item.evaluator.report()) for item in checked], form)


def pages(checked: Sequence[Checked]) -> dict[str, str]:
    """The reports of a check as HTML pages by file name, see ``policypacks.report.render.render_pages``."""
    from policypacks.report.render import render_pages

    return render_pages([(item.subject, item.evaluator.report()) for item in checked])


def _names(resources: Sequence[Any]) -> tuple[str, str]:
    """Project and stack, as the URNs have them."""
    for item in resources:
        parts = str(item.get("urn", "")).split("::")
        if len(parts) >= 4 and parts[0].startswith("urn:pulumi:"):
            return parts[1], parts[0].removeprefix("urn:pulumi:")
    return "", ""


def _once(findings: "Iterable[Finding]") -> "list[Finding]":
    return list({(item.rule, item.urn): item for item in findings}.values())
