"""The engine: runs one operation on one stack and keeps its state."""

from collections.abc import Mapping

from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.event import EventSink, Operation, Result
from platform_lib.sandbox.engine.journal import Journal
from platform_lib.sandbox.engine.policy import PolicyEvaluator
from platform_lib.sandbox.engine.state import Snapshot
from platform_lib.sandbox.engine.target import Options, Program, StackOutputs, Target
from platform_lib.sandbox.protocol import Providers


class Engine:
    """Runs operations on one stack, as the stock engine and the stock CLI's backend do together.

    An engine holds the state in memory; ``snapshot`` is the state after the last operation. Operations run in the
    caller's thread, one at a time. Several engines can run in one process, one after the other or in threads of their own.

    Args:
        target: the stack.
        providers: hands out provider instances.
        snapshot: the state to start from; the engine owns it from now on.
        sink: receives every event as it happens.
        policy: evaluates every resource.
        journal: receives every change of the state; None keeps the state in memory only.
        stack_outputs: answers stack references; None: there are no other stacks.
    """

    def __init__(
        self,
        target: Target,
        providers: Providers,
        snapshot: Snapshot | None = None,
        *,
        sink: EventSink | None = None,
        policy: PolicyEvaluator | None = None,
        journal: Journal | None = None,
        stack_outputs: StackOutputs | None = None,
    ) -> None:
        self.target = target
        self.providers = providers
        self.snapshot = snapshot if snapshot is not None else Snapshot()
        self.sink = sink
        self.policy = policy
        self.journal = journal
        self.stack_outputs = stack_outputs

    @property
    def outputs(self) -> Properties:
        """The stack's outputs in the current state, secrets marked."""
        for resource in self.snapshot.resources:
            if resource.type == "pulumi:pulumi:Stack" and not resource.delete:
                return resource.outputs
        return {}

    def run(self, operation: Operation, program: Program | None = None, options: Options | None = None) -> Result:
        """Runs an operation to its end.

        Args:
            operation: what to do.
            program: needed by ``preview``, ``up`` and whatever has ``run_program``.
            options: how to do it.

        Returns:
            What it came to; a failed operation is a result, not an exception.

        Raises:
            EngineError: the operation cannot be started as asked (no program, an option that does not fit).
        """
        raise NotImplementedError

    def cancel(self) -> None:
        """Ends the running operation; may be called from another thread or a signal handler.

        The first call lets running steps finish and starts no new ones (exit code 1, ``update canceled``). The second
        gives the running step up (exit code 8); the state then tells of it as a pending operation.
        """
        raise NotImplementedError


def config_of(target: Target) -> Mapping[str, str]:
    """The configuration as programs see it."""
    return {key: value.value for key, value in target.config.items()}
