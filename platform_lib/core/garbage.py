"""Pausing Python's collection of cycles while thousands of objects are made that all stay."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENOUGH = 5000
_left: list[int] = []
"""How many resources the runs since the last full collection had."""


@contextmanager
def collection_paused(resources: Callable[[], int]) -> Iterator[None]:
    """No collection of cycles while something runs over a stack; nothing where it is paused already.

    What a run leaves is not gone through at once when it ends, but before a later run once there is enough of it.

    Args:
        resources: how many resources the run had; asked when it ends.
    """
    if not gc.isenabled():
        yield
        return
    if sum(_left) >= _ENOUGH:
        _left.clear()
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() == 0:
            gc.freeze()
            gc.unfreeze()
            _left.append(resources())
        gc.enable()
