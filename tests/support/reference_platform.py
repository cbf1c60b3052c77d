"""The reference platform in a folder of its own, so that a test may change its stack files and its sandbox."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from platform_lib.sandbox.engine.event import Event, Operation, Result, StepEvent
from platform_lib.sandbox.engine.target import Program
from platform_lib.sandbox.handle import StackHandle
from platform_lib.sandbox.workspace import Workspace
from policypacks import Evaluator, load

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)


@dataclass
class ReferencePlatform:
    """A copy of what makes the reference platform: project file, stack files, program, reviewed decisions."""

    root: Path
    steps: list[StepEvent] = field(default_factory=list)

    @classmethod
    def copy(cls, root: Path) -> "ReferencePlatform":
        for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml", "pyproject.toml"):
            shutil.copy(ROOT / name, root / name)
        for name in ("stacks", "governance", "settings"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(root)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root, env={})

    def stack(self, name: str) -> StackHandle:
        return self.workspace.stack(name)

    def edit(self, stack: str, old: str, new: str) -> None:
        """Changes a line of a stack file, as a person would."""
        path = self.root / f"Pulumi.{stack}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path.name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(
        self, operation: Operation, stack: str, *, policy: Evaluator | None = None, program: Program | None = None
    ) -> Result:
        """Runs an operation and keeps its finished steps in ``steps``."""
        self.steps.clear()

        def keep(event: Event) -> None:
            if isinstance(event, StepEvent) and event.phase == "outputs":
                self.steps.append(event)

        return self.stack(stack).run(operation, sink=keep, policy=policy, program=program)

    def kinds(self, *, of: str = "") -> dict[str, int]:
        """How many steps of each kind the last run made, on types that hold a text."""
        counted: dict[str, int] = {}
        for step in self.steps:
            if of in step.type:
                counted[step.op] = counted.get(step.op, 0) + 1
        return counted


def evaluator(environment: str, packs: Sequence[str] = ("baseline",), *, preview: bool = False) -> Evaluator:
    """The packs at the levels of an environment, with the waivers of the reference platform."""
    waivers = ROOT / "governance" / "waivers.yaml"
    return load(packs, today=TODAY, environment=environment, waivers=waivers, preview=preview, project="platform")


def open_findings(policy: Evaluator, *, most_tier: int = 2) -> set[tuple[str, str]]:
    """Rule and resource of every failed finding up to a tier."""
    return {
        (rule.id, finding.resource_name)
        for rule in policy.report().rules
        if rule.tier <= most_tier
        for finding in rule.failed
    }
