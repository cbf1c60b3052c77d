"""A preview as the gate reads it, whichever engine made it: steps, what policies saw, planned outputs, messages.

``preview(stack, policies)`` changes nothing, evaluates the packs in this process on either engine, and never runs
without a pack. ``deployed(stack)`` is what its state holds, to compare with.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platform_lib.core.values import Properties
from platform_lib.operations.engines import EngineStack, SandboxStack
from platform_lib.operations.errors import InputError
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.record import STACK_TYPE, Record
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.backend.store import outputs_of
from platform_lib.sandbox.engine.event import DiagnosticEvent, Event, StateView, StepEvent
from platform_lib.sandbox.engine.state import ResourceState

if TYPE_CHECKING:
    from policypacks.engine.evaluator import Evaluator
    from policypacks.engine.server import ToldConfig
    from policypacks.report.model import Report

_GONE: Final = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
"""Steps after which there is no resource, or which concern an older copy of one."""

_ENDED: Final = "preview failed"
"""What both engines say at the end of a preview that failed or was refused, beside the reason."""

_LEFT_OUT: Final = ("PULUMI_OPTION_", "PULUMI_DEBUG_GRPC", "PULUMI_CONTINUE_ON_ERROR", "PULUMI_DISABLE_VALIDATION")
"""Variables that change what a preview of the stock CLI looks at (``PULUMI_OPTION_TARGET`` stands for ``--target``), or
that write what passes between engine and providers, secrets among it, into a file."""


class Steps:
    """An event sink that keeps the last event of each step, and what a ``Record`` keeps.

    Attributes:
        record: the changes, gathered from the same events.
    """

    def __init__(self) -> None:
        self.record = Record()
        self._last: dict[tuple[str, str], StepEvent] = {}

    def __call__(self, event: Event) -> None:
        """Takes one event."""
        self.record(event)
        if isinstance(event, StepEvent):
            self._last[(event.urn, event.op)] = event

    @property
    def steps(self) -> tuple[StepEvent, ...]:
        """The steps, each as it was told last: with outputs where the engine told them."""
        return tuple(self._last.values())


@dataclass(frozen=True)
class Preview:
    """What an engine says a deployment would do.

    Attributes:
        record: one change per resource, diagnostics, counts.
        steps: the engine's steps, each as it was told last.
        evaluator: the policies that looked at every resource.
        exit_code: of the engine; 0 done, 1 failed or refused by a policy.
        seconds: how long it took, evaluating the policies included, loading the packs not.
        config: configuration of the stack by full key, secrets open; never shown, written or logged.
        secret_keys: which of its keys are secret.
        load_seconds: how long it took to load the packs.
    """

    record: Record
    steps: Sequence[StepEvent]
    evaluator: "Evaluator"
    exit_code: int
    seconds: float = 0.0
    config: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_keys: frozenset[str] = frozenset()
    load_seconds: float = 0.0

    @property
    def policy_seconds(self) -> float:
        """How long the policies took of that."""
        return self.evaluator.seconds

    @cached_property
    def report(self) -> "Report":
        """What the policies found."""
        return self.evaluator.report()

    @cached_property
    def planned(self) -> Mapping[str, StateView]:
        """Every resource that would be there afterwards, by URN."""
        return {step.urn: step.new for step in self.steps if step.op not in _GONE and step.new is not None}

    @property
    def outputs(self) -> Properties:
        """The outputs that the stack would have; empty where the program ended before it told them."""
        return next((view.outputs for view in self.planned.values() if view.type == STACK_TYPE), {})

    @property
    def errors(self) -> Sequence[DiagnosticEvent]:
        """Messages of failure that say what failed; a mandatory finding of a policy is no such message."""
        found = [item for item in self.record.diagnostics if item.severity == "error"]
        return [item for item in found if item.message.strip() != _ENDED]

    @property
    def failed(self) -> bool:
        """Whether it failed for another reason than a mandatory finding of a policy."""
        if self.exit_code == 0:
            return False
        refused = any(item.mandatory for item in self.evaluator.findings())
        return self.record.step_failed or bool(self.errors) or not refused

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where the program makes each resource, ``project:///path#line``, as far as the engine told it."""
        return {facts.urn: facts.source for facts in self.evaluator.facts() if facts.source}

    @property
    def unseen(self) -> Sequence[str]:
        """Managed resources that no policy was asked about; there must be none."""
        seen = set(self.evaluator.seen())
        return [view.urn for view in self.planned.values() if view.urn not in seen and not view.external]


def preview(stack: EngineStack, policies: Policies) -> Preview:
    """Previews a deployment of a stack.

    Args:
        stack: on either engine.
        policies: evaluated on every resource, at the levels of the stack's environment.

    Raises:
        InputError: no pack is named.
        PlatformError: it could not begin: no such stack, backend out of reach, a file that is wrong.
    """
    if not policies.packs:
        raise InputError("gate: no policy pack is named; name one with --policy-pack, for example baseline")
    start, steps = time.perf_counter(), Steps()
    environment = stack.environment()  # opens the configuration, which takes longer than to load the packs
    begin = time.perf_counter()
    evaluator = evaluator_on(stack, policies, environment)
    load_seconds = time.perf_counter() - begin
    if isinstance(stack, SandboxStack):
        values = stack.handle.config(validate=False)
        config: Mapping[str, str] = {key: value.value for key, value in values.items()}
        secret = frozenset(key for key, value in values.items() if value.secret)
        code = stack.handle.run("preview", sink=steps, policy=evaluator).exit_code
    else:
        code, config, secret = _on_stock(stack, evaluator, policies, steps)
    return Preview(
        record=steps.record,
        steps=steps.steps,
        evaluator=evaluator,
        exit_code=code,
        seconds=time.perf_counter() - start - load_seconds,
        config=config,
        secret_keys=secret,
        load_seconds=load_seconds,
    )


def evaluator_on(stack: EngineStack, policies: Policies, environment: str, *, preview: bool = True) -> "Evaluator":
    """A new evaluator for one run of a stack, at the levels of an environment.

    Raises:
        PolicyError: a pack, rule, level or file is not there or not right.
    """
    from policypacks import load

    return load(
        policies.packs,
        today=policies.today.date(),
        environment=environment or None,
        config=policies.config,
        waivers=policies.waivers,
        ledger=policies.ledger,
        preview=preview,
        project=stack.project,
        stack=stack.name,
    )


def _on_stock(
    stack: EngineStack, evaluator: "Evaluator", policies: Policies, steps: Steps
) -> tuple[int, Mapping[str, str], frozenset[str]]:
    """Exit code, configuration and secret keys, as the CLI tells them."""
    if not isinstance(stack, PulumiStack):
        raise InputError(f"gate: engine {stack.engine}: cannot be gated; use sandbox or pulumi")
    variables = {key: value for key, value in (stack.variables or os.environ).items() if not key.startswith(_LEFT_OUT)}
    told: list[tuple[Mapping[str, str], frozenset[str]]] = []
    with analyzer(evaluator, policies, lambda *given: told.append(given)) as pack:
        named = ["--policy-pack", str(pack)]
        code = replace(stack, variables=variables).run("preview", sink=steps, arguments=named)
    config, secret = told[-1] if told else ({}, frozenset())
    return code, config, secret


@contextmanager
def analyzer(evaluator: "Evaluator", policies: Policies, told: "ToldConfig | None" = None) -> Iterator[Path]:
    """Serves an evaluator to the CLI for one run; yields what to name with ``--policy-pack``.

    The CLI takes an executable for a pack, and reads from it the port to call: ours answers with the port of this
    process, and waits for the CLI to end it.
    """
    from policypacks.engine.server import start

    server, port = start(evaluator.packs[0], today=policies.today.date(), evaluator=evaluator, told=told)
    try:
        with tempfile.TemporaryDirectory(prefix="platform-") as folder:
            path = Path(folder) / "policies"
            path.write_text(f"#!/bin/sh\necho {port}\nexec sleep 86400\n", encoding="utf-8")
            path.chmod(0o700)
            yield path
    finally:
        server.stop(grace=0)


@dataclass(frozen=True)
class Deployed:
    """What is deployed of a stack.

    Attributes:
        resources: of its state, without old copies that wait for their deletion; empty where it was never deployed.
        outputs: of the stack, secrets marked.
    """

    resources: Sequence[ResourceState] = ()
    outputs: Properties = field(default_factory=dict)


def deployed(stack: EngineStack) -> Deployed:
    """What is deployed of a stack now.

    Raises:
        PlatformError: the state cannot be read, or is of a newer engine.
    """
    return Deployed() if not stack.exists() else deployed_of(stack.export())


def deployed_of(deployment: Mapping[str, Any]) -> Deployed:
    """What a state in Pulumi's deployment format holds; the value of a sealed secret is unknown.

    Raises:
        PolicyError: it is not a state, or one of a newer engine.
    """
    from policypacks.engine.state import resources_of

    resources = [_resource(entry) for entry in resources_of(deployment) if not entry.get("delete")]
    return Deployed(resources, outputs_of(resources))


def _resource(entry: Mapping[str, Any]) -> ResourceState:
    from policypacks.engine.decode import decode_json

    return ResourceState(
        urn=entry["urn"],
        type=str(entry.get("type", "")),
        custom=bool(entry.get("custom")),
        id=str(entry.get("id", "")),
        inputs=decode_json(entry.get("inputs") or {}),
        outputs=decode_json(entry.get("outputs") or {}),
        parent=str(entry.get("parent", "")),
        provider=str(entry.get("provider", "")),
        protect=bool(entry.get("protect")),
        external=bool(entry.get("external")),
        dependencies=list(entry.get("dependencies") or ()),
        source_position=str(entry.get("sourcePosition") or ""),
    )
