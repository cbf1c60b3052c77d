"""Carries a deployment out, with the policies looking on: what a preview could not know fails closed now."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.operations.engines import EngineStack, SandboxStack
from platform_lib.operations.errors import InputError
from platform_lib.operations.gate.preview import Steps, analyzer, evaluator_on
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.record import Record
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.event import StepEvent


@dataclass(frozen=True)
class Up:
    """What an engine did.

    Attributes:
        record: one change per resource, messages, counts.
        steps: the engine's steps.
        exit_code: of the engine, 0 for done.
        findings: mandatory findings of the policies, a line each: what stopped it, or what is deployed and breaks a
            rule about the stack as a whole.
    """

    record: Record
    steps: Sequence[StepEvent]
    exit_code: int
    findings: tuple[str, ...] = ()


def bring_up(stack: EngineStack, policies: Policies) -> Up:
    """Brings a stack up, without asking.

    Args:
        stack: on either engine.
        policies: evaluated on every resource, at the levels of the stack's environment.

    Raises:
        PlatformError: it could not begin: no such stack, backend out of reach, lock held.
    """
    evaluator = evaluator_on(stack, policies, stack.environment(), preview=False)
    steps = Steps()
    if isinstance(stack, SandboxStack):
        code = stack.handle.run("up", sink=steps, policy=evaluator).exit_code
    elif isinstance(stack, PulumiStack):
        with analyzer(evaluator, policies) as pack:
            code = stack.run("up", sink=steps, arguments=["--policy-pack", str(pack)])
    else:
        raise InputError(f"deploy: engine {stack.engine}: is not known; use sandbox or pulumi")
    findings = tuple(
        f"{item.rule}: {item.urn}: {item.faults[0].problem if item.faults else item.title}"
        for item in evaluator.findings()
        if item.mandatory
    )
    return Up(steps.record, steps.steps, code, findings)
