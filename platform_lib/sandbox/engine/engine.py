"""The engine: runs one operation on one stack and keeps its state."""

import asyncio
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from platform_lib.core.errors import EngineError
from platform_lib.core.garbage import collection_paused
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.event import EventSink, Operation, Result
from platform_lib.sandbox.engine.failure import TerminatedError
from platform_lib.sandbox.engine.journal import Journal
from platform_lib.sandbox.engine.operation import Course, stack_outputs, without_protected
from platform_lib.sandbox.engine.policy import PolicyEvaluator
from platform_lib.sandbox.engine.protocol_log import ProtocolLog
from platform_lib.sandbox.engine.provider_log import LoggedProviders
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.state import Snapshot
from platform_lib.sandbox.engine.target import Options, Program, StackOutputs, Target
from platform_lib.sandbox.protocol import Providers


class Engine:
    """Runs operations on one stack, as the stock engine and the stock CLI's backend do together.

    An engine holds the state in memory; ``snapshot`` is the state after the last operation. Operations run in the
    caller's thread, one at a time. Several engines can run in one process, one after the other or in threads.

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
        self._free = threading.Lock()
        self._current: Run | None = None
        self._thread = 0
        self._cancels = 0

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
        options = options or Options()
        needed = operation in {"preview", "up"} or options.run_program
        if needed and program is None:
            raise EngineError(f"{operation}: there is no program to run; give one")
        if not self._free.acquire(blocking=False):
            raise EngineError("engine: an operation is running already; wait for its end")
        try:
            if _loop_is_running():
                return _in_thread(lambda: self._run(operation, program, options))
            return self._run(operation, program, options)
        finally:
            self._free.release()

    def _run(self, operation: Operation, program: Program | None, options: Options) -> Result:
        log = ProtocolLog(options.log_grpc) if options.log_grpc is not None else None
        run = Run(
            operation,
            self.target,
            options,
            self.snapshot,
            self.providers if log is None else LoggedProviders(self.providers, log),
            sink=self.sink,
            policy=self.policy,
            journal=self.journal,
            stack_outputs=self.stack_outputs,
        )
        if options.clear_pending_creates and run.store is not None:
            run.store.forget_pending()
        idle = options.exclude_protected and not without_protected(run)
        course = Course(run, program, log)
        self._current, self._thread, self._cancels = run, threading.get_ident(), 0
        exit_code = 1
        try:
            with collection_paused(lambda: len(run.news)):
                exit_code = 0 if idle or course.execute() else 1
        except TerminatedError:
            exit_code = 8
        finally:
            self._current = None
            outputs = stack_outputs(run)
            try:
                run.registry.close()
            finally:
                if run.store is not None:
                    self.snapshot = run.store.close()
                if log is not None:
                    log.close()
                run.report.close()
        return Result(
            exit_code=exit_code,
            changes=dict(run.report.changes),
            outputs=outputs if run.preview else self.outputs,
            findings=tuple(run.report.findings),
            diagnostics=tuple(run.report.diagnostics),
            error=course.error,
            records=(*run.news.values(), *run.reads.values()),
        )

    def cancel(self) -> None:
        """Ends the running operation; may be called from another thread or a signal handler.

        The first call lets running steps finish and starts no new ones (exit code 1, ``update canceled``). The second
        gives the running step up (exit code 8); the state then tells of it as a pending operation.
        """
        run = self._current
        if run is None:
            return
        self._cancels += 1
        run.cancelled = True
        if self._cancels == 1:
            if run.interrupt is not None:
                run.interrupt()
            return
        if threading.get_ident() == self._thread:
            raise TerminatedError
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(TerminatedError))


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _in_thread(work: Callable[[], Result]) -> Result:
    """Does the work in a thread of its own: this one runs an event loop already, and programs need one too."""
    with ThreadPoolExecutor(1, thread_name_prefix="sandbox-engine") as pool:
        return pool.submit(work).result()
