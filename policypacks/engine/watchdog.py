"""Cutting off a rule that never ends.

A thread looks at what the evaluating thread is doing and, past the limit, has the interpreter raise ``RuleTimeout``
there (``PyThreadState_SetAsyncExc``). While a rule runs the two share no lock: the evaluating thread could be
interrupted while it holds one. Instead each announces what it is about to do before it looks at what the other
announced, so that a rule that ends at the last moment either is not shot at, or waits for the shot.
"""

import ctypes
import threading
import time

_now, _thread = time.monotonic, threading.get_ident  # called for every rule of every resource: looked up once


class RuleTimeout(BaseException):
    """Raised inside a rule that has run for too long."""


_Job = tuple[float, int]
"""One rule over one resource: until when it may run, and in which thread."""


class Watchdog:
    """Limits how long one rule may look at one resource: ``with watchdog: rule(...)``.

    One rule at a time; callers serialise. The thread starts with the first rule and ends when idle.

    Attributes:
        seconds: the limit, wall clock. Code that does not return to the interpreter (one call into C) is cut off when
            it does; ``text.Pattern`` keeps regular expressions short for that reason.
    """

    def __init__(self, seconds: float = 5.0) -> None:
        self.seconds = seconds
        self._current: _Job | None = None
        self._shot: _Job | None = None
        self._aiming = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> None:
        self._current = (_now() + self.seconds, _thread())
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._watch, name="rule-watchdog", daemon=True)
                    self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        job, self._current = self._current, None
        while self._aiming:
            time.sleep(0)
        if self._shot is job and kind is not RuleTimeout:
            # The shot has been fired and arrives at one of the next instructions of this thread.
            deadline = time.monotonic() + 1.0
            while time.monotonic() < deadline:
                time.sleep(0.001)

    def _watch(self) -> None:
        pause = min(self.seconds / 4, 0.25)
        idle = 0
        while True:
            time.sleep(pause)
            job = self._current
            if job is not None:
                idle = 0
                if time.monotonic() >= job[0] and self._shot is not job:
                    self._fire(job)
                continue
            idle += 1
            if idle * pause >= 2.0:
                with self._starting:
                    mine, self._thread = self._thread, None
                    if self._current is None:
                        return
                    self._thread = mine

    def _fire(self, job: _Job) -> None:
        self._aiming = True
        if self._current is job:
            self._shot = job
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(job[1]), ctypes.py_object(RuleTimeout))
        self._aiming = False
