"""Gates for tests: one over steps made by hand, one over a small project on the sandbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from platform_lib.operations.engines import SandboxStack
from platform_lib.operations.gate.check import GateInput, Looked
from platform_lib.operations.gate.gate import Gate, judge
from platform_lib.operations.gate.preview import Deployed, Preview, Steps
from platform_lib.operations.gate.verdict import GateFinding, PackUsed, Phase, PoliciesUsed, StepSummary, Verdict
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.engine.event import DiagnosticEvent, StateView, StepEvent
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.workspace import Workspace
from policypacks import load
from support.backend import PASSPHRASE, SALT
from support.cli import STACK_URN
from support.cli_project import CliProject

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
POLICIES = Policies(("baseline",), today=NOW)


def gate_input(
    project: CliProject,
    steps: Iterable[StepEvent] = (),
    *,
    environment: str = "prod",
    deployed: Sequence[ResourceState] = (),
    before: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    messages: Iterable[DiagnosticEvent] = (),
) -> GateInput:
    """What a check gets of steps made by hand; no program runs."""
    sink = Steps()
    for event in [*steps, *messages]:
        sink(event)
    if outputs is not None:
        stack = StateView("pulumi:pulumi:Stack", STACK_URN, custom=False, id="", inputs={}, outputs=dict(outputs))
        sink(StepEvent("outputs", "create", STACK_URN, "pulumi:pulumi:Stack", new=stack))
    evaluator = load(("baseline",), today=NOW.date(), environment=environment, preview=True)
    workspace = Workspace(project.folder, env={})
    return GateInput(
        stack=SandboxStack(workspace.stack("dev")),
        workspace=workspace,
        directory=project.folder,
        environment=environment,
        policies=POLICIES,
        preview=Preview(sink.record, sink.steps, evaluator, 0),
        deployed=Deployed(deployed, dict(before or {})),
    )


def gate_of(
    project: CliProject, stack: str = "dev", *, policies: Policies = POLICIES, env: Mapping[str, str] | None = None
) -> Verdict:
    """The verdict about a project's change, on the sandbox."""
    workspace = Workspace(project.folder, env=env or {})
    gate = Gate(SandboxStack(workspace.stack(stack)), workspace, project.folder, policies, now=NOW)
    return judge(gate).verdict


def found(verdict: Verdict | Looked, check: str) -> list[GateFinding]:
    """The findings of a check."""
    return [finding for finding in verdict.findings if finding.check == check]


@lru_cache(maxsize=1)
def used() -> PoliciesUsed:
    """Policies as a verdict names them."""
    return PoliciesUsed(
        packs=(PackUsed(name="baseline", version="0.1.0", rules=773),), pack_hash="0" * 64, environment="prod"
    )


def verdict_of(*phases: Phase, **more: Any) -> Verdict:
    """A verdict that follows from phases."""
    fields: dict[str, Any] = {
        "engine": "sandbox",
        "engine_version": "0.1.0",
        "project": "shop",
        "stack": "prod",
        "environment": "prod",
        "created": NOW,
        "policies": used(),
        "steps": StepSummary(counts={"create": 1}),
        **more,
    }
    return Verdict.of(phases, **fields)


def plant_secret(path: Path, key: str, value: str) -> None:
    """Adds an encrypted value to a stack file; ``support.backend.PASSPHRASE`` opens it."""
    sealed = PassphraseCrypter(Passphrase(PASSPHRASE, "test"), SALT).encrypt(value)
    text = path.read_text(encoding="utf-8")
    salt = "" if text.startswith("encryptionsalt") else f"encryptionsalt: {SALT}\n"
    path.write_text(f"{salt}{text}  {key}:\n    secure: {sealed}\n", encoding="utf-8")


def folder_texts(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder with its content."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
