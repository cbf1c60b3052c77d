"""Runs the user's program in this process, as the stock language host runs it in one of its own."""

import asyncio
import contextlib
import contextvars
import functools
import gc
import inspect
import os
import runpy
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

import pulumi
from pulumi.runtime.settings import SETTINGS

from platform_lib.sandbox.engine import acceleration
from platform_lib.sandbox.engine.callbacks import CallbackClient, InProcessCallbacks
from platform_lib.sandbox.engine.monitor import EngineService, Monitor, OperationError
from platform_lib.sandbox.engine.run import Run
from platform_lib.sandbox.engine.target import Program

_T = TypeVar("_T")
_MAX_THREADS = 64
"""Calls that may wait for callbacks at the same time."""
_PATIENCE = 1000
"""Turns of the loop that a call waits for a program that is always busy."""


class ProgramLoop(asyncio.SelectorEventLoop):
    """An event loop on which the SDK's calls to the monitor are plain calls, not hops to another thread.

    The SDK hands every call to the loop's executor, since over gRPC it would block. In process it does not, so the
    function is called between two turns of the loop. Once the program has registered a callback
    (transform, hook) calls go to threads after all: the engine then waits for functions that run on this loop.
    """

    callbacks: InProcessCallbacks | None = None
    _pool: ThreadPoolExecutor | None = None
    _ready: deque[Any]  # asyncio's own; typeshed leaves it out

    def __init__(self) -> None:
        super().__init__()
        self._calls: deque[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._passed = 0
        self._under_way: set[asyncio.Future[Any]] = set()

    def run_in_executor(  # type: ignore[override]  # typeshed's signature cannot be written before Python 3.12
        self, executor: Any, func: Callable[..., _T], *args: Any
    ) -> "asyncio.Future[_T]":
        """Calls a function, on this thread where that cannot lock up.

        The call waits until the program has nothing else to do, as it does while a message travels: whatever can be
        registered already is registered before an answer lets the program go on.
        """
        if executor is not None or self._waits_for_callbacks():
            return self._in_thread(executor, func, *args)
        future: asyncio.Future[_T] = self.create_future()
        self._calls.append((future, func, args))
        return future

    def _waits_for_callbacks(self) -> bool:
        """Whether a call may wait for functions that run on this loop."""
        return self.callbacks is not None and self.callbacks.used

    def _in_thread(self, executor: Any, func: Callable[..., _T], *args: Any) -> "asyncio.Future[_T]":
        if executor is None and self._pool is None:
            self._pool = ThreadPoolExecutor(_MAX_THREADS, thread_name_prefix="pulumi-program")
        under_way = super().run_in_executor(executor or self._pool, func, *args)
        self._under_way.add(under_way)
        under_way.add_done_callback(self._under_way.discard)
        return under_way

    def _run_once(self) -> None:
        """One turn of the loop; a call is made when nothing else is ready, or has been for long."""
        while self._calls and (not self._ready or self._passed > _PATIENCE):
            self._passed = 0
            future, func, args = self._calls.popleft()
            if future.cancelled():
                continue
            if self._waits_for_callbacks():  # since it was put off
                self._in_thread(None, func, *args).add_done_callback(functools.partial(_hand_on, future))
                continue
            try:
                future.set_result(func(*args))
            except Exception as error:  # noqa: BLE001 - handed on to whoever awaits the result
                future.set_exception(error)
        self._passed += 1
        super()._run_once()  # type: ignore[misc]  # asyncio's own; typeshed leaves it out

    def settle(self) -> None:
        """Lets the calls end that threads are in: a step that was started is finished, and may need its callbacks."""
        while self._under_way:
            self.run_until_complete(asyncio.wait(set(self._under_way)))

    def close(self) -> None:
        """Ends the threads and the loop."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        super().close()


def _hand_on(waiting: "asyncio.Future[Any]", done: "asyncio.Future[Any]") -> None:
    """Gives what a call came to to whoever waits for it."""
    if done.cancelled():
        waiting.cancel()
    elif not waiting.cancelled():
        error = done.exception()
        if error is None:
            waiting.set_result(done.result())
        else:
            waiting.set_exception(error)


def run_program(run: Run, monitor: Monitor, program: Program, directory: Path) -> BaseException | None:
    """Runs a program to its end, errors and all.

    Args:
        run: the operation.
        monitor: what the program talks to.
        program: what to run.
        directory: working folder.

    Returns:
        The exception that ended it; None when it ended well.
    """
    context = contextvars.Context()
    with warnings.catch_warnings():
        # A program that fails leaves futures of the SDK that nobody waits for; its user can do nothing about them.
        warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
        error = context.run(_in_context, run, monitor, program, directory)
        if error is not None:
            warnings.simplefilter("ignore", ResourceWarning)  # of what others in this process left open
            gc.collect()
    return error


def _in_context(run: Run, monitor: Monitor, program: Program, directory: Path) -> BaseException | None:
    target = run.target
    acceleration.activate(traces=run.options.log_grpc is not None)
    loop = ProgramLoop()
    loop.set_exception_handler(lambda _loop, _context: None)  # abandoned futures of a failed program are of no interest
    callbacks = InProcessCallbacks(monitor, loop)
    loop.callbacks = callbacks
    monitor.callbacks = client = CallbackClient(callbacks, monitor.lock)
    run.hooks.invoke = client.call
    pulumi.runtime.set_all_config(
        {key: value.value for key, value in target.config.items()},
        [key for key, value in target.config.items() if value.secret],
    )
    settings = pulumi.runtime.Settings(
        project=target.project,
        stack=target.stack,
        monitor=monitor,
        engine=EngineService(run),
        parallel=run.options.parallel,
        dry_run=run.preview,
        organization=target.organization,
        root_directory=target.root or str(Path.cwd()),
    )
    pulumi.runtime.configure(settings)
    SETTINGS.callbacks = callbacks
    previous = _current_loop()
    asyncio.set_event_loop(loop)
    entry = _entry(program)
    task = loop.create_task(pulumi.runtime.run_in_stack(entry))
    run.interrupt = lambda: loop.call_soon_threadsafe(task.cancel)
    try:
        with _place(program, directory, list(run.options.arguments)), _output(run):
            loop.run_until_complete(task)
    except pulumi.RunError as error:
        if not _told(error):
            run.report.error(str(error))
            run.report.error("an unhandled error occurred: program exited with non-zero exit code: 1")
        return error
    except asyncio.CancelledError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever the program raises is shown to its user
        if not _told(error):
            run.report.error("Program failed with an unhandled exception:\n" + _trace(error, program))
        return error
    except SystemExit as error:
        return _left(run, error)
    finally:
        run.interrupt = None
        _close(loop)
        asyncio.set_event_loop(previous)
        run.hooks.invoke = None
    return None


def _left(run: Run, error: SystemExit) -> SystemExit | None:
    """What a program that calls ``sys.exit`` came to: as for Python itself, a text is shown and stands for code 1."""
    if error.code in {None, 0}:
        return None
    code = error.code if isinstance(error.code, int) else 1
    if not isinstance(error.code, int):
        run.report.diagnostic("info#err", f"{error.code}\n")
    run.report.error(f"an unhandled error occurred: program exited with non-zero exit code: {code}")
    return error


def _current_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that the thread had; the public question would make one, or warn, where there is none."""
    policy = getattr(asyncio.events, "_event_loop_policy", None)
    return getattr(getattr(policy, "_local", None), "_loop", None)


def _close(loop: ProgramLoop) -> None:
    """Ends what the program left running."""
    loop.settle()
    if loop.callbacks is not None:
        loop.callbacks.stop()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def _entry(program: Program) -> Callable[[], Any]:
    """The function that the SDK runs within the stack."""
    if program.function is not None:
        function = program.function

        def call() -> Any:
            result = function()
            return result if inspect.isawaitable(result) else None

        return call

    path = os.path.abspath(program.main or "")  # noqa: PTH100 - the working folder changes before it is run

    def main() -> None:
        runpy.run_path(path, run_name="__main__")

    return main


def _told(error: BaseException) -> bool:
    """Whether an exception comes from the engine, which has told the user already."""
    seen: set[int] = set()
    stack: list[BaseException | None] = [error]
    while stack:
        item = stack.pop()
        if item is None or id(item) in seen:
            continue
        if isinstance(item, OperationError):
            return True
        seen.add(id(item))
        stack.extend((item.__cause__, item.__context__))
    return False


def _trace(error: BaseException, program: Program) -> str:
    """The traceback of an exception, from the program's own first frame on."""
    trace = error.__traceback__
    wanted = _module_path(program)
    frame = trace
    while frame is not None:
        if os.path.abspath(frame.tb_frame.f_code.co_filename) == wanted:  # noqa: PTH100 - as the language host does it
            return "".join(traceback.format_exception(type(error), error, frame))
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, trace))


def _module_path(program: Program) -> str:
    """The file that the traceback of a program starts in."""
    if program.main is not None:
        main = program.main / "__main__.py" if program.main.is_dir() else program.main
        return os.path.abspath(main)  # noqa: PTH100 - as the language host does it
    code = getattr(program.function, "__code__", None)
    return os.path.abspath(code.co_filename) if code is not None else ""  # noqa: PTH100 - as above


_process = threading.RLock()
"""Held while a program of a file runs: working folder, arguments and module path belong to the whole process."""


@contextlib.contextmanager
def _place(program: Program, directory: Path, arguments: list[str]) -> Iterator[None]:
    """The process as the program expects it: working folder, arguments, module path; restored afterwards."""
    if program.main is None:
        if program.directory is None:
            yield
            return
        previous = Path.cwd()
        os.chdir(program.directory)
        try:
            yield
        finally:
            os.chdir(previous)
        return
    with _process:
        yield from _place_file(program.main, directory, arguments)


def _place_file(main: Path, directory: Path, arguments: list[str]) -> Iterator[None]:
    folder = (main if main.is_dir() else main.parent).resolve()
    before = (Path.cwd(), list(sys.path), sys.argv, dict(os.environ), sys.modules.get("__main__"))
    modules = set(sys.modules)
    os.chdir(directory)
    sys.argv = [str(main), *arguments]
    try:
        yield
    finally:
        os.chdir(before[0])
        sys.path[:] = before[1]
        sys.argv = before[2]
        if before[4] is not None:
            sys.modules["__main__"] = before[4]
        _restore_environment(before[3])
        _forget_modules(modules, folder)


def _restore_environment(before: dict[str, str]) -> None:
    for key in set(os.environ) - set(before):
        del os.environ[key]
    for key, value in before.items():
        if os.environ.get(key) != value:
            os.environ[key] = value


def _forget_modules(before: set[str], folder: Path) -> None:
    """Forgets the modules that the program imported from its own folder, so that the next program gets its own."""
    for name in set(sys.modules) - before:
        module = sys.modules[name]
        origin = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
        if origin and Path(origin).resolve().is_relative_to(folder) and "site-packages" not in Path(origin).parts:
            del sys.modules[name]


class _Lines:
    """A text stream whose lines become messages while the program writes, and go where they went before otherwise."""

    def __init__(self, run: Run, severity: Any, original: IO[str]) -> None:
        self._run = run
        self._severity = severity
        self._original = original
        self._rest = ""
        self._threads = {threading.get_ident()}

    def _mine(self) -> bool:
        if self._run.report.sending == threading.get_ident():
            return False
        return threading.get_ident() in self._threads or threading.current_thread().name.startswith("pulumi-program")

    def write(self, text: str) -> int:
        if not self._mine():
            return self._original.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._run.report.diagnostic(self._severity, line)
        return len(text)

    def flush(self) -> None:
        self._original.flush()

    def finish(self) -> None:
        if self._rest:
            self._run.report.diagnostic(self._severity, self._rest)
            self._rest = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


@contextlib.contextmanager
def _output(run: Run) -> Iterator[None]:
    """What the program prints becomes messages, as it does under the stock engine."""
    out, err = sys.stdout, sys.stderr
    lines = _Lines(run, "info", out), _Lines(run, "info#err", err)
    sys.stdout, sys.stderr = lines
    try:
        yield
    finally:
        if sys.stdout is lines[0]:
            sys.stdout = out
        if sys.stderr is lines[1]:
            sys.stderr = err
        for stream in lines:
            stream.finish()
