"""Running an operation on a sandbox stack, and what it came to."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from platform_lib.operations.changes import shown
from platform_lib.operations.doctor import EXTRAS
from platform_lib.operations.record import Record, change_json, urn_name, urn_type
from platform_lib.sandbox.engine.event import EventSink, Operation, Result
from platform_lib.sandbox.engine.target import Options

if TYPE_CHECKING:
    from platform_lib.sandbox.handle import StackHandle
    from policypacks.engine.evaluator import Evaluator
    from policypacks.engine.finding import Finding

Verdict = Literal["done", "failed", "refused", "interrupted"]

PREVIEWS = frozenset({"preview", "refresh-preview", "destroy-preview"})


@dataclass(frozen=True, slots=True)
class Policies:
    """Which policies a run evaluates.

    Attributes:
        packs: names of built-in packs, or folders; empty evaluates none.
        config: policy configuration file.
        waivers: waiver file.
        today: the day against which expiry is measured.
        ledger: the address ledger that networks are compared with.
    """

    packs: Sequence[str]
    config: Path | None = None
    waivers: Path | None = None
    today: datetime = field(default_factory=lambda: datetime.now(UTC))
    ledger: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation came to.

    Attributes:
        operation: what was asked.
        project: name of the project.
        stack: name of the stack.
        result: the engine's.
        record: the changes, gathered from its events.
        evaluator: that looked at it; None where no policy was evaluated.
        show_secrets: secrets are printed.
    """

    operation: Operation
    project: str
    stack: str
    result: Result
    record: Record
    evaluator: "Evaluator | None" = None
    show_secrets: bool = False

    @property
    def preview(self) -> bool:
        """Whether nothing was changed."""
        return self.operation in PREVIEWS

    @property
    def verdict(self) -> Verdict:
        """How it ended; ``refused`` where a policy stopped it and nothing else was wrong."""
        if self.result.exit_code == 0:
            return "done"
        if self.record.interrupted:
            return "interrupted"
        if any(item.mandatory for item in self.result.findings) and not self.record.step_failed:
            return "refused"
        return "failed"

    @property
    def findings(self) -> "list[Finding]":
        """Findings of the policies, each once, waived ones left out."""
        found = {(item.rule, item.urn): item for item in self.result.findings}
        return list(found.values())  # type: ignore[arg-type]  # the engine hands out what our evaluator made

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs as they may be shown."""
        return {key: shown(value, show_secrets=self.show_secrets) for key, value in self.result.outputs.items()}

    @property
    def changed(self) -> bool:
        """Whether anything differs, or was made to differ."""
        return any(count for step, count in self.record.counts.items() if step != "same")


def evaluator_for(stack: "StackHandle", policies: Policies | None, *, preview: bool) -> "Evaluator | None":
    """A new evaluator for one run on a stack; the environment is the stack's configuration key, never its name.

    Raises:
        PolicyError: a pack, rule, level or file is not there or not right.
    """
    if policies is None or not policies.packs:
        return None
    from policypacks import load

    return load(
        policies.packs,
        today=policies.today.date(),
        environment=stack.environment(),
        config=policies.config,
        waivers=policies.waivers,
        ledger=policies.ledger,
        preview=preview,
        project=stack.project.name,
        stack=stack.name,
    )


def execute(
    stack: "StackHandle",
    operation: Operation,
    options: Options,
    *,
    policies: Policies | None = None,
    sink: EventSink | None = None,
    record: Record | None = None,
    on_interrupt: Callable[[int], None] | None = None,
    break_lock: bool = False,
) -> Outcome:
    """Runs one operation to its end.

    Args:
        stack: the stack.
        operation: what to do.
        options: how to do it.
        policies: evaluated on every resource; None for none.
        sink: receives the events; it must feed ``record``.
        record: gathers the changes; also the sink where none is given.
        on_interrupt: told of each Ctrl-C, with its number; the first lets running steps finish.
        break_lock: take the stack from whoever works on it.

    Raises:
        PlatformError: the operation could not start (lock held, state damaged, no such pack).
    """
    record = record if record is not None else Record(show_secrets=options.show_secrets)
    preview = operation in PREVIEWS
    evaluator = evaluator_for(stack, policies, preview=preview) if operation in ("preview", "up") else None

    def told(count: int) -> None:
        record.interrupted = True
        if on_interrupt is not None:
            on_interrupt(count)

    with interruptible(stack.cancel, told):
        result = stack.run(operation, options, sink=sink or record, policy=evaluator, break_lock=break_lock)
    return Outcome(operation, stack.project.name, stack.name, result, record, evaluator, options.show_secrets)


@contextmanager
def interruptible(cancel: Callable[[], None], told: Callable[[int], None]) -> Iterator[None]:
    """Turns Ctrl-C into a cancellation: once to stop after what is running, twice to give that up too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    count = 0

    def handle(number: int, frame: object) -> None:
        nonlocal count
        del number, frame
        count += 1
        told(count)
        if count > 2:
            raise KeyboardInterrupt
        cancel()

    previous = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def outcome_json(outcome: Outcome, exit_code: int) -> dict[str, Any]:
    """The outcome as JSON data: what ``--json`` prints."""
    record = outcome.record
    data: dict[str, Any] = {
        "engine": "sandbox",
        "operation": outcome.operation,
        "project": outcome.project,
        "stack": outcome.stack,
        "verdict": outcome.verdict,
        "exitCode": exit_code,
        "seconds": round(record.seconds, 3),
        "summary": dict(record.counts),
        "components": [
            {"urn": item.urn, "type": urn_type(item.urn), "name": urn_name(item.urn), "summary": dict(item.counts)}
            for item in record.by_component
        ],
        "changes": [change_json(change) for change in record.changes if change.failed or change.action != "same"],
        "atRisk": [change.urn for change in record.at_risk],
        "retained": [change.urn for change in record.retained],
        "outputs": outcome.outputs,
        "hints": hints(outcome),
        "diagnostics": [
            {"severity": item.severity, "urn": item.urn, "message": item.message} for item in record.diagnostics
        ],
    }
    if outcome.evaluator is not None:
        data["policy"] = {
            "packs": [{"name": pack.name, "version": pack.version} for pack in outcome.evaluator.packs],
            "environment": outcome.evaluator.environment,
            "rules": len(outcome.evaluator.rules),
            "findings": [finding_json(item) for item in outcome.findings],
            "waived": [finding_json(item) for item in waived(outcome.evaluator)],
        }
    return data


def hints(outcome: Outcome) -> list[str]:
    """What to do about an outcome, where the errors themselves do not say it in our words."""
    found = []
    error = outcome.result.error
    if isinstance(error, ModuleNotFoundError) and error.name:
        extra = next((extra for extra, name in EXTRAS.items() if name.replace("-", "_") == error.name), "")
        wanted = f"'platform-lib[{extra}]'" if extra else error.name.partition(".")[0]
        found.append(
            f"the program needs {error.name}, which is not installed here: {sys.executable} -m pip install {wanted}"
        )
    if outcome.operation == "destroy" and any(change.failed and change.protected for change in outcome.record.changes):
        found.append(f"to destroy what is protected too: platform destroy --stack {outcome.stack} --unprotect")
    if outcome.verdict == "interrupted":
        found.append("run the same command again: it goes on where it stopped")
    return found


def waived(evaluator: "Evaluator") -> "list[Finding]":
    """The findings that a waiver excuses."""
    return [item for item in evaluator.findings(waived=True) if item.waiver is not None]


def finding_json(item: "Finding") -> dict[str, Any]:
    """A finding as JSON data."""
    data: dict[str, Any] = {
        "rule": item.rule,
        "severity": item.severity,
        "level": item.level,
        "mandatory": item.mandatory,
        "answer": str(item.answer),
        "urn": item.urn,
        "type": item.resource_type,
        "name": item.resource_name,
        "title": item.title,
        "faults": [{"path": f.path, "problem": f.problem, "remedy": f.remedy} for f in item.faults],
        "unknown": list(item.unknown),
        "controls": {framework: list(ids) for framework, ids in item.controls.items()},
    }
    if item.waiver is not None:
        data["waiver"] = {
            "owner": item.waiver.owner,
            "approver": item.waiver.approver,
            "reason": item.waiver.reason,
            "expires": item.waiver.expires.isoformat(),
        }
    return data
