"""Keeps the event loops of programs apart from that of the test."""

import asyncio
import contextlib
import gc
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pulumi

T = TypeVar("T")

_SDK: Final = (str(Path(pulumi.__file__).parent), str(Path(asyncio.__file__).parent))


def apart(work: Callable[[], T]) -> T:
    """Does the work in a thread of its own and waits for it.

    A program needs an event loop in its thread, and leaves none behind: tests that rely on one that asyncio makes for
    them (as those with stock mocks do) would find that it does so no more.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="platform-testing") as pool:
        return pool.submit(work).result()


@contextmanager
def loop_of_test() -> Iterator[None]:
    """An event loop for the block; afterwards the thread has the one that it had, or none and may make one."""
    before = dict(_loop_state())
    loop = MockLoop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.close()
        asyncio.set_event_loop(None)
        state = _loop_state()
        state.clear()
        state.update(before)


def _loop_state() -> dict[str, Any]:
    """What asyncio remembers of the loop of this thread; that none was ever set cannot be restored by public means."""
    policy = getattr(asyncio.events, "_event_loop_policy", None)
    local = getattr(policy, "_local", None)
    return vars(local) if local is not None else {}


@contextmanager
def abandoned() -> Iterator[list[BaseException]]:
    """Clears away what a failed program leaves of the SDK's: coroutines that nobody waits for, each with a warning.

    Yields:
        A list for the exception that ended the program. What it holds of frames of the SDK is dropped; those of the
        program stay, for whoever looks at its traceback.
    """
    failures: list[BaseException] = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
        yield failures
        if failures:
            _clear_frames(failures[0])
            gc.collect()


def _clear_frames(error: BaseException) -> None:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        waiting += [found.__cause__, found.__context__]
        for frame, _ in traceback.walk_tb(found.__traceback__):
            if frame.f_code.co_filename.startswith(_SDK):
                with contextlib.suppress(RuntimeError):  # it is still running
                    frame.clear()


class MockLoop(asyncio.SelectorEventLoop):
    """An event loop for programs under stock mocks that can be cleared away after a failure."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[asyncio.Task[Any]] = []
        self.set_exception_handler(lambda _loop, _context: None)  # futures of a failed program are of no interest

    def create_task(self, coro: Any, **more: Any) -> "asyncio.Task[Any]":
        """Starts a coroutine."""
        task = super().create_task(coro, **more)
        self._tasks.append(task)
        return task

    def close(self) -> None:
        """Ends what a program left running, and the loop."""
        running = [task for task in self._tasks if not task.done()]
        for task in running:
            task.cancel()
        if running:
            self.run_until_complete(asyncio.gather(*running, return_exceptions=True))
        for task in self._tasks:
            if task.cancelled():
                # A cancelled task keeps its exception out of sight of the garbage collector, and that keeps coroutines.
                try:
                    task.result()
                except asyncio.CancelledError as error:
                    _clear_frames(error)
        self._tasks.clear()
        self.run_until_complete(self.shutdown_asyncgens())
        self.run_until_complete(self.shutdown_default_executor())
        super().close()
