"""Runs the same operations of a project on both engines and lays what they did side by side."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_lib.operations.stock_cli import run_stock
from platform_lib.sandbox.engine.event import Operation, StepEvent
from platform_lib.sandbox.workspace import Workspace

Step = tuple[str, str, tuple[str, ...]]
"""What was done, with which resource (its URN), and what replaced it."""

COMMANDS: dict[Operation, Sequence[str]] = {
    "preview": ("preview",),
    "up": ("up", "--yes", "--skip-preview"),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}
STRUCTURE = frozenset({"type", "custom", "parent", "dependencies", "protect", "retainOnDelete", "provider"})
"""What of a state is equal even where automatic names are not."""
KEPT = (
    *("type", "id", "custom", "parent", "inputs", "outputs", "dependencies", "propertyDependencies", "protect"),
    *("external", "retainOnDelete", "delete", "deletedWith", "initErrors", "additionalSecretOutputs", "aliases"),
    *("importID", "ignoreChanges", "replaceOnChanges", "pendingReplacement"),
)
"""What of a state has to be equal; the rest are times, places in the source, and the ids of providers."""


@dataclass
class Ran:
    """What an operation came to."""

    code: int
    steps: Counter[Step] = field(default_factory=Counter)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)


def on_sandbox(workspace: Workspace, operation: Operation, stack: str = "dev") -> Ran:
    """Runs it on the sandbox engine."""
    ran = Ran(0)

    def hear(event: object) -> None:
        if isinstance(event, StepEvent) and event.phase == "pre":
            ran.steps[(event.op, event.urn, tuple(sorted(event.keys)))] += 1

    handle = workspace.stack(stack)
    ran.code = handle.run(operation, sink=hear).exit_code
    ran.steps = _without_providers(ran.steps)
    if handle.exists():
        ran.state = resources(handle.export(show_secrets=True))
    return ran


def on_stock(workspace: Workspace, operation: Operation, log: Path, stack: str = "dev") -> Ran:
    """Runs it with the stock CLI on the sandbox provider."""
    log.unlink(missing_ok=True)
    exported = log.with_suffix(".state.json")
    code = stock(workspace, *COMMANDS[operation], "--event-log", str(log), stack=stack)
    ran = Ran(code)
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line).get("resourcePreEvent")
        if event is not None:
            meta = event["metadata"]
            ran.steps[(meta["op"], meta["urn"], tuple(sorted(meta.get("keys") or ())))] += 1
    ran.steps = _without_providers(ran.steps)
    assert stock(workspace, "stack", "export", "--show-secrets", "--file", str(exported), stack=stack) == 0
    ran.state = resources(json.loads(exported.read_text(encoding="utf-8")))
    return ran


def stock(workspace: Workspace, *words: str, stack: str = "dev") -> int:
    """Runs a command of the stock CLI on the sandbox provider."""
    return asyncio.run(run_stock(workspace, ["pulumi", *words, "--stack", stack, "--non-interactive"]))


def _without_providers(steps: Counter[Step]) -> Counter[Step]:
    """Without the default providers, for which the stock engine does not always tell a step."""
    return Counter({step: number for step, number in steps.items() if "::pulumi:providers:" not in step[1]})


def resources(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources of an exported state by URN; old copies that wait for their deletion have a mark of their own."""
    found = {}
    for item in document["deployment"].get("resources") or ():
        kept = {key: _settled(item[key]) for key in KEPT if item.get(key) not in (None, "", [], {}, False)}
        if item["type"].startswith("pulumi:providers:"):
            kept.pop("id")
        for key in ("dependencies", "aliases"):
            kept[key] = sorted(kept.get(key, ()))
        kept["propertyDependencies"] = {
            key: sorted(urns) for key, urns in kept.get("propertyDependencies", {}).items() if urns
        }
        kept["provider"] = item.get("provider", "").rpartition("::")[0]
        found[item["urn"] + ("#old" if item.get("delete") else "")] = kept
    return found


def _settled(value: Any) -> Any:
    """A value as both engines mean it: numbers without the difference of 1 and 1.0, secrets by their plain text."""
    if isinstance(value, dict):
        if "plaintext" in value:
            return {"secret": _settled(json.loads(value["plaintext"]))}
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_settled(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def differences(ours: Ran, stocks: Ran, *, structure: bool = False) -> list[str]:
    """What differs, a line each.

    Args:
        ours: of the sandbox engine.
        stocks: of the stock engine.
        structure: compare only what does not depend on automatic names.
    """
    found = [] if ours.code == stocks.code else [f"exit code: sandbox {ours.code}, stock {stocks.code}"]
    found += [f"step only of the sandbox: {step}" for step in (ours.steps - stocks.steps).elements()]
    found += [f"step only of the stock engine: {step}" for step in (stocks.steps - ours.steps).elements()]
    for urn in sorted(ours.state.keys() | stocks.state.keys()):
        one, other = ours.state.get(urn), stocks.state.get(urn)
        if one is None or other is None:
            found.append(f"{urn}: only in the state of the {'sandbox' if one else 'stock engine'}")
            continue
        found += [
            f"{urn}: {key}: sandbox {one.get(key)!r}, stock {other.get(key)!r}"
            for key in sorted(one.keys() | other.keys())
            if one.get(key) != other.get(key) and (key in STRUCTURE or not structure)
        ]
    return found
