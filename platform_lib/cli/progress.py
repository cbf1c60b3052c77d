"""What is shown while the engine works: a line per change, and in a terminal what is under way."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from platform_lib.cli.render import change_line, diff_lines
from platform_lib.operations.record import Change, Record, urn_name, urn_type
from platform_lib.sandbox.engine.event import DiagnosticEvent, Event, StepEvent


class Progress:
    """An event sink that records a run and shows it; with no console it only records, without lines it only moves.

    Used as a context manager, so that the moving line is taken away whatever happens.
    """

    def __init__(
        self, record: Record, console: Console | None, *, preview: bool, live: bool, lines: bool = True
    ) -> None:
        self.record = record
        self._console = console
        self._preview = preview
        self._lines = lines
        self._spinner = Spinner("dots", "starting")
        self._live: Live | None = None
        if console is not None and live:
            # The engine captures what the program prints; a second hand on stdout would get in its way.
            self._live = Live(
                self._spinner, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
            )
        self._done = 0
        self._drawn = 0.0

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Takes one event of the engine."""
        change = self.record(event)
        if self._console is None:
            return
        if isinstance(event, StepEvent):
            self._under_way(event)
        if not self._lines:
            return
        if change is not None:
            self._show(change)
        elif isinstance(event, DiagnosticEvent) and event.severity in ("info", "info#err", "warning"):
            self._say(event)

    def _under_way(self, event: StepEvent) -> None:
        self._done += event.phase != "pre"
        now = time.monotonic()
        if self._live is not None and now - self._drawn > 0.08:
            self._drawn = now
            step = f"{event.op} {urn_type(event.urn)} {urn_name(event.urn)}"
            self._spinner.update(text=f"{self._done} steps done, now {step}")

    def _show(self, change: Change) -> None:
        if self._console is None or (not change.failed and (change.action == "same" or change.background)):
            return
        self._console.print(change_line(change, preview=self._preview))
        for line in diff_lines(change.properties, change.keys):
            self._console.print(line)

    def _say(self, event: DiagnosticEvent) -> None:
        """Shows a message as it comes; errors wait for the end, where they are seen."""
        if self._console is None:
            return
        prefix = "warning: " if event.severity == "warning" else ""
        subject = f"{urn_name(event.urn)}: " if event.urn and urn_type(event.urn) != "pulumi:pulumi:Stack" else ""
        for line in event.message.rstrip().splitlines():
            self._console.print(f"     {prefix}{subject}{line}", style="yellow" if prefix else "dim")
