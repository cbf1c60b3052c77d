"""Runs operations for the commands: shows, asks, and ends with the right exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from platform_lib.cli.console import err, is_interactive, is_live, out, print_json
from platform_lib.cli.failure import ExitCode
from platform_lib.cli.findings import counts_text, show_findings
from platform_lib.cli.progress import Progress
from platform_lib.cli.session import Session, confirm, open_session
from platform_lib.cli.summary import heading, show_components, show_counts, show_errors, show_outputs, show_risk
from platform_lib.core.errors import EngineError
from platform_lib.operations.errors import InputError
from platform_lib.operations.packs import policies
from platform_lib.operations.record import Record
from platform_lib.operations.run import PREVIEWS, Outcome, Policies, execute, hints, outcome_json, waived
from platform_lib.sandbox.engine.event import Operation
from platform_lib.sandbox.engine.target import Options

PolicyChoice = tuple[Sequence[str] | None, Path | None, Path | None]
"""Packs, policy configuration, waivers, as given on the command line."""

_TITLES = {
    "preview": "Preview",
    "up": "Up",
    "refresh": "Refresh",
    "refresh-preview": "Preview of a refresh",
    "destroy": "Destroy",
    "destroy-preview": "Preview of a destroy",
}
_PREVIEW_OF: Mapping[Operation, Operation] = {
    "up": "preview",
    "refresh": "refresh-preview",
    "destroy": "destroy-preview",
}
_EXITS = {
    "done": ExitCode.DONE,
    "failed": ExitCode.FAILED,
    "refused": ExitCode.REFUSED,
    "interrupted": ExitCode.FAILED,
}


@dataclass
class Runner:
    """One command at work.

    Attributes:
        session: what it works on.
        policies: evaluated at preview and up; None for none.
        as_json: print JSON and nothing else.
        show_secrets: print secrets.
        break_lock: take the lock from a run that is gone.
    """

    session: Session
    policies: Policies | None
    as_json: bool
    show_secrets: bool
    break_lock: bool

    @classmethod
    def open(
        cls,
        directory: Path,
        sandbox_dir: Path | None,
        stack: str | None,
        *,
        as_json: bool,
        show_secrets: bool,
        break_lock: bool,
        policy: PolicyChoice | None = None,
        existing: bool = False,
    ) -> "Runner":
        """Opens the stack and settles which policies apply."""
        session = open_session(directory, sandbox_dir, stack, existing=existing)
        chosen = None if policy is None else policies(session.project, *policy)
        return cls(session, chosen, as_json, show_secrets, break_lock)

    def options(self, **chosen: Any) -> Options:
        """Options of the engine; what was not given is left out."""
        given: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in chosen.items() if value
        }
        try:
            return Options(show_secrets=self.show_secrets, **given)
        except EngineError as error:
            raise InputError(str(error)) from error

    def preview(self, operation: Operation, options: Options, *, expect_no_changes: bool = False) -> None:
        """Previews an operation and shows it whole."""
        outcome = self._run(operation, options)
        self._finish(outcome, expect_no_changes=expect_no_changes)

    def change(
        self,
        operation: Operation,
        options: Options,
        *,
        yes: bool,
        skip_preview: bool = False,
        expect_no_changes: bool = False,
    ) -> None:
        """Previews, asks where a person is there, and does it."""
        ask = not yes and not self.as_json and is_interactive()
        gate = operation == "up" and not skip_preview
        if gate or ask:
            outcome = self._run(_PREVIEW_OF[operation], options, quiet=not ask)
            if outcome.verdict != "done":
                if not ask:
                    self._show_quiet(outcome)
                self._finish(outcome)
            if ask:
                self._summary(outcome)
                confirm(f"{_TITLES[operation]} stack {self.session.stack.name} on the sandbox?", yes=False)
        self._finish(self._run(operation, options), expect_no_changes=expect_no_changes)

    def destroy(self, options: Options, *, yes: bool, unprotect: bool) -> None:
        """Takes the stack down; with ``unprotect`` lifts every protection first, which is always asked."""
        if unprotect:
            protected = self.session.stack.protected()
            if protected and not yes:
                console = err()
                console.print(f"protected in stack {self.session.stack.name} on the sandbox:")
                for urn in protected:
                    console.print(f"  {urn}")
                confirm(f"Lift the protection of these {len(protected)} resources and destroy them?", yes=False)
            self.session.stack.unprotect(break_lock=self.break_lock)
            yes = True
        self.change("destroy", options, yes=yes)

    def _run(self, operation: Operation, options: Options, *, quiet: bool = False) -> Outcome:
        record = Record(show_secrets=self.show_secrets)
        console = None if self.as_json else out()
        if console is not None and not quiet:
            heading(console, f"{_TITLES[operation]} of {self.session.stack.project.name} / {self.session.stack.name}")
        preview = operation in PREVIEWS
        with Progress(record, console, preview=preview, live=is_live(), lines=not quiet) as progress:
            return execute(
                self.session.stack,
                operation,
                options,
                policies=self.policies,
                sink=progress,
                record=record,
                on_interrupt=self._interrupted,
                break_lock=self.break_lock,
            )

    def _interrupted(self, count: int) -> None:
        text = (
            "interrupted: finishing the step under way, starting no new one; Ctrl-C once more gives that step up too",
            "interrupted again: giving up the step under way; the next run tells what became of it",
            "interrupted a third time: leaving at once; run the same command again to go on",
        )[min(count, 3) - 1]
        err().print(text, style="bold yellow")

    def _show_quiet(self, outcome: Outcome) -> None:
        """Shows a preview that was run silently and did not end well."""
        if self.as_json:
            return
        from platform_lib.cli.render import change_line, diff_lines

        console = out()
        heading(console, f"{_TITLES[outcome.operation]} of {outcome.project} / {outcome.stack}")
        for change in outcome.record.moved:
            console.print(change_line(change, preview=True))
            for line in diff_lines(change.properties, change.keys):
                console.print(line)

    def _finish(self, outcome: Outcome, *, expect_no_changes: bool = False) -> None:
        code = _EXITS[outcome.verdict]
        if code is ExitCode.DONE and expect_no_changes and outcome.changed:
            code = ExitCode.DIFFERENT
        if self.as_json:
            print_json(outcome_json(outcome, int(code)))
        else:
            self._summary(outcome)
            self._verdict(out(), outcome, code)
        if code is not ExitCode.DONE or outcome.verdict != "done":
            raise typer.Exit(int(code))

    def _summary(self, outcome: Outcome) -> None:
        console = out()
        record = outcome.record
        if outcome.evaluator is not None:
            self._policies(console, outcome)
        show_errors(console, record.diagnostics)
        show_risk(console, record, preview=outcome.preview)
        for hint in hints(outcome):
            console.print(Text.assemble(("Hint", "bold cyan"), f": {hint}"))
        if outcome.operation == "up" and outcome.verdict == "done":
            show_outputs(console, outcome.outputs)
        show_counts(console, record.counts, preview=outcome.preview)
        show_components(console, record.by_component, preview=outcome.preview)

    def _policies(self, console: Console, outcome: Outcome) -> None:
        evaluator = outcome.evaluator
        if evaluator is None:
            return
        findings = outcome.findings
        packs = ", ".join(pack.name for pack in evaluator.packs)
        excused = len(waived(evaluator))
        console.print(Text("Policies", style="bold"), end="")
        console.print(
            f": {packs}, {len(evaluator.rules)} rules at the levels of {evaluator.environment}: {counts_text(findings)}"
            + (f", {excused} excused by waivers" if excused else "")
        )
        show_findings(console, findings)

    def _verdict(self, console: Console, outcome: Outcome, code: ExitCode) -> None:
        words = {
            ExitCode.DONE: ("done", "bold green"),
            ExitCode.FAILED: ("failed", "bold red"),
            ExitCode.REFUSED: ("refused by a policy", "bold red"),
            ExitCode.DIFFERENT: ("done, and something differs", "bold yellow"),
        }
        text, style = words[code]
        if outcome.verdict == "interrupted":
            text = "interrupted"
        where = f"stack {outcome.stack}, on the sandbox, in {outcome.record.seconds:.1f} s"
        console.print(Text.assemble((f"{_TITLES[outcome.operation]} {text}", style), f": {where}"))
