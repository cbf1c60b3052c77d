"""Canaries: the program is previewed once more on the sandbox, with random texts for its secret configuration.

Whatever of them then stands in the plan in plain text comes from a secret: no threshold, no guess, and the real
secrets need not be opened for it. The program cannot tell the two previews apart.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.core.values import Properties
from platform_lib.operations.record import Record
from platform_lib.sandbox.engine.event import DiagnosticEvent
from platform_lib.sandbox.engine.policy import PolicyFinding, PolicyResource
from platform_lib.sandbox.engine.target import ConfigValue
from platform_lib.sandbox.project import Declaration, Project
from platform_lib.sandbox.stack_config import StackFile, full_key, read_stack_file
from platform_lib.sandbox.workspace import Workspace


class Witness:
    """A policy evaluator that finds nothing and keeps what it is shown.

    Attributes:
        resources: with their inputs, as they were registered; at the end with their outputs too.
    """

    def __init__(self) -> None:
        self.resources: list[PolicyResource] = []

    def remediate(self, resource: PolicyResource) -> Properties | None:
        """Changes nothing."""
        del resource
        return None  # the protocol's answer for "leave them"

    def analyze(self, resource: PolicyResource) -> Sequence[PolicyFinding]:
        """Keeps it and finds nothing."""
        self.resources.append(resource)
        return ()

    def analyze_stack(self, resources: Sequence[PolicyResource]) -> Sequence[PolicyFinding]:
        """Keeps them and finds nothing."""
        self.resources += resources
        return ()


@dataclass(frozen=True)
class Planted:
    """What a preview with canaries showed.

    Attributes:
        keys: canary to the configuration key that it stood for.
        resources: as a policy would have been shown them: the engine masks secrets in its events, and not there.
        messages: what was told.
        exit_code: of the preview.
    """

    keys: Mapping[str, str]
    resources: Sequence[PolicyResource]
    messages: Sequence[DiagnosticEvent]
    exit_code: int

    @property
    def failed(self) -> str:
        """Why the program did not take the canaries; empty where it did."""
        errors = [item.message.strip() for item in self.messages if item.severity == "error"]
        return "" if self.exit_code == 0 else (errors[0].splitlines()[-1] if errors else "the preview failed")


def plant(workspace: Workspace, stack: str) -> Planted | None:
    """Previews a stack with canaries.

    Args:
        workspace: the sandbox of the project.
        stack: its name.

    Returns:
        What it showed; None where the stack has no secret configuration.

    Raises:
        PlatformError: the preview could not begin.
    """
    file = read_stack_file(workspace.project, stack)
    given, keys = stand_ins(workspace.project, file)
    if not keys:
        return None
    config: Mapping[str, ConfigValue] = workspace.config(file, file.salt, validate=True, stand_ins=given)
    record, witness = Record(), Witness()
    result = workspace.stack(stack, create=True).run("preview", sink=record, policy=witness, config=config)
    return Planted(keys, witness.resources, record.diagnostics, result.exit_code)


def stand_ins(project: Project, file: StackFile) -> tuple[dict[str, Any], dict[str, str]]:
    """Random texts instead of the secrets of a stack file.

    Returns:
        The stand-ins by configuration key, and the key of each canary in them.
    """
    declared = {full_key(project.name, key): item for key, item in project.config.items()}
    found: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for key, value in file.config.items():
        made: set[str] = set()
        swapped = _swapped(value, declared.get(key), made)
        if made:
            found[key] = swapped
            keys |= dict.fromkeys(made, key)
    return found, keys


def _swapped(value: Any, declared: Declaration | None, made: set[str]) -> Any:
    """A value with a canary for each secret in it; one that must be true or false stays, it could not be told."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            kind = declared.type if declared else ""
            if kind == "boolean":
                return value
            canary = str(10**17 + secrets.randbelow(9 * 10**17)) if kind == "integer" else secrets.token_hex(16)
            made.add(canary)
            return canary
        return {key: _swapped(item, None, made) for key, item in value.items()}
    return [_swapped(item, None, made) for item in value] if isinstance(value, list) else value
