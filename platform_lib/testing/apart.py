"""Keeps the event loops of programs apart from that of the test."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


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
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        close(loop)
        asyncio.set_event_loop(None)
        state = _loop_state()
        state.clear()
        state.update(before)


def _loop_state() -> dict[str, Any]:
    """What asyncio remembers of the loop of this thread; that none was ever set cannot be restored by public means."""
    policy = getattr(asyncio.events, "_event_loop_policy", None)
    local = getattr(policy, "_local", None)
    return vars(local) if local is not None else {}


def close(loop: asyncio.AbstractEventLoop) -> None:
    """Ends what a program left running, and its loop."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
