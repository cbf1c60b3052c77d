"""The gate: previews a change, lets every check look at it, and answers one verdict.

The preview is never skipped and never runs without packs. A check that cannot be carried out fails the gate: what
nobody looked at is not accepted.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platform_lib.core.errors import PlatformError
from platform_lib.core.garbage import collection_paused
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.evidence import program_of
from platform_lib.operations.gate.check import Check, GateInput, count
from platform_lib.operations.gate.checks import (
    contracts,
    cost,
    drift,
    network,
    packs,
    secrets,
    stateful,
    unknowns,
    versions,
)
from platform_lib.operations.gate.leaks.values import SecretValues, of_configuration
from platform_lib.operations.gate.preview import Preview, deployed, preview
from platform_lib.operations.gate.seen import seen
from platform_lib.operations.gate.verdict import (
    Effect,
    GateFinding,
    PackUsed,
    Phase,
    PoliciesUsed,
    Program,
    SeenResource,
    Severity,
    Status,
    Step,
    StepSummary,
    Verdict,
)
from platform_lib.operations.gate.waivers import Excused, read_waivers
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.record import reason_of
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.event import StepEvent

if TYPE_CHECKING:
    from platform_lib.sandbox.workspace import Workspace

CHECKS: Final[Mapping[str, Check]] = {
    "policies": packs.look,
    "stateful": stateful.look,
    "network": network.look,
    "versions": versions.look,
    "unknowns": unknowns.look,
    "secrets": secrets.look,
    "cost": cost.look,
    "drift": drift.look,
    "contracts": contracts.look,
}
"""Every check by the name of its phase, in the order in which they look."""


@dataclass(frozen=True)
class Gate:
    """What a gate works on.

    Attributes:
        stack: on either engine.
        workspace: the sandbox of its project, on which canaries are planted whatever the engine is.
        directory: folder of the project.
        policies: evaluated at the preview; at least one pack.
        commit: commit of the program as CI knows it; None to ask the repository around the project.
        now: time of the verdict, and the day against which waivers expire.
    """

    stack: EngineStack
    workspace: "Workspace"
    directory: Path
    policies: Policies
    commit: str | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Judged:
    """What the gate says.

    Attributes:
        verdict: the verdict; secret values that are known do not stand in it anywhere.
        steps: of the preview that it looked at, as the engine told them: they may hold secrets, marked as such or not.
        hidden: the secret values that are known, to be taken out of whatever is made of the steps.
    """

    verdict: Verdict
    steps: Sequence[StepEvent]
    hidden: SecretValues = field(repr=False)


def judge(gate: Gate, *, told: Callable[[Phase], None] | None = None) -> Judged:
    """Previews and judges a change.

    Args:
        gate: what to judge.
        told: called with each phase as it ends.

    Returns:
        The verdict, and the steps of the preview.

    Raises:
        InputError: no pack is named.
        PlatformError: the preview could not begin, or the state could not be read.
    """
    counted = 0
    with collection_paused(lambda: counted):
        judged = _judged(gate, told)
        counted = len(judged.verdict.resources)
    return judged


def _judged(gate: Gate, told: Callable[[Phase], None] | None) -> Judged:
    made = preview(gate.stack, gate.policies)
    given = GateInput(
        stack=gate.stack,
        workspace=gate.workspace,
        directory=gate.directory,
        environment=gate.stack.environment(),
        policies=gate.policies,
        preview=made,
        deployed=deployed(gate.stack),
    )
    phases = _phases(gate, given, told)
    verdict = Verdict.of(
        phases,
        engine=gate.stack.engine,
        engine_version=_engine_version(gate.stack),
        project=gate.stack.project,
        stack=gate.stack.name.rpartition("/")[2],
        environment=given.environment,
        created=gate.now or datetime.now(UTC),
        program=_program(gate),
        policies=_policies(given),
        steps=_steps(made),
        cost=None if made.failed else cost.costs(given),
        resources=_seen(made),
    )
    hidden = of_configuration(made.config, made.secret_keys) | secrets.marked(given, only_random=False)
    return Judged(hidden.redacted_model(verdict), made.steps, hidden)


def _phases(gate: Gate, given: GateInput, told: Callable[[Phase], None] | None) -> list[Phase]:
    excused = Excused(read_waivers(gate.directory), gate.policies.today.date())
    phases: list[Phase] = []

    def ended(phase: Phase) -> None:
        phases.append(phase)
        if told is not None:
            told(phase)

    ended(_preview_phase(given.preview))
    for name, check in CHECKS.items():
        ended(_carried_out(name, check, given, excused))
    problems = excused.problems()
    if problems:
        ended(Phase.of("waivers", f"{count(len(problems), 'excuse')} expired", problems))
    return phases


def _preview_phase(made: Preview) -> Phase:
    counts = ", ".join(f"{number} {action}" for action, number in made.record.counts.items() if number)
    seconds = max(made.seconds - made.policy_seconds, 0.0)
    if not made.failed:
        return Phase.of("preview", counts or "nothing to do", seconds=seconds)
    findings = tuple(
        GateFinding(
            check="preview-error",
            effect=Effect.REFUSE,
            severity=Severity.HIGH,
            subject=item.urn or "the program",
            problem=reason_of(item.message),
            source=made.sources.get(item.urn, ""),
        )
        for item in made.errors
    )
    return Phase(
        name="preview",
        status=Status.FAILED,
        seconds=seconds,
        summary=f"the preview failed with {count(len(findings), 'error')}",
        findings=findings,
    )


def _carried_out(name: str, check: Check, given: GateInput, excused: Excused) -> Phase:
    start = time.perf_counter()
    try:
        found = check(given)
    except PlatformError as error:
        return _failed(name, str(error), time.perf_counter() - start)
    except Exception as error:  # noqa: BLE001  # a check that breaks is a finding, never silence
        return _failed(name, f"the check broke: {type(error).__name__}; report it as a defect", 0.0)
    seconds = time.perf_counter() - start if found.seconds is None else found.seconds
    if found.skipped:
        return Phase(name=name, status=Status.SKIPPED, seconds=seconds, summary=found.summary)
    return Phase.of(name, found.summary, excused.apply(found.findings), seconds=seconds)


def _failed(name: str, reason: str, seconds: float) -> Phase:
    finding = GateFinding(
        check=f"{name}-not-looked-at",
        effect=Effect.REFUSE,
        severity=Severity.HIGH,
        subject=name,
        problem=f"could not be looked at: {' '.join(reason.split())}",
    )
    return Phase(
        name=name, status=Status.FAILED, seconds=seconds, summary="could not be looked at", findings=(finding,)
    )


def _engine_version(stack: EngineStack) -> str:
    if isinstance(stack, PulumiStack):
        return stack.call("version", stack=False).strip().removeprefix("v")
    return metadata.version("platform-lib")


def _program(gate: Gate) -> Program | None:
    found = program_of(gate.directory, gate.commit)
    return None if found is None else Program(commit=found.commit, dirty=found.dirty)


def _policies(given: GateInput) -> PoliciesUsed:
    evaluator, report = given.preview.evaluator, given.preview.report
    waivers = Path(report.waivers) if report.waivers else None
    inside = waivers is not None and waivers.is_absolute() and waivers.is_relative_to(given.directory)
    return PoliciesUsed(
        packs=tuple(
            PackUsed(name=pack.name, version=pack.version, rules=len(set(pack.rules) & set(evaluator.rules)))
            for pack in evaluator.packs
        ),
        pack_hash=report.pack_hash,
        environment=report.environment,
        waivers=str(waivers.relative_to(given.directory)) if inside and waivers else report.waivers,
        waivers_sha256=report.waivers_hash,
    )


def _steps(made: Preview) -> StepSummary:
    changes = [
        Step(
            action=change.action,
            urn=change.urn,
            properties=tuple(item.path for item in change.properties),
            replace_keys=change.keys,
            protected=change.protected,
            stateful=change.stateful,
        )
        for change in made.record.moved
        if change.action != "same"
    ]
    return StepSummary(
        counts={key: number for key, number in made.record.counts.items() if number}, changes=tuple(changes)
    )


def _seen(made: Preview) -> list[SeenResource]:
    planned = made.planned
    return [
        seen(facts.urn, facts.properties, planned[facts.urn].inputs if facts.urn in planned else {})
        for facts in made.evaluator.facts()
        if not facts.external
    ]
