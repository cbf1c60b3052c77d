"""``platform drill``: walk through a recovery on the sandbox, print its runbooks, show what is planned."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.drill_run import PLAY, Name, register_run
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from platform_lib.operations.drill.replica import Replica


class Book(StrEnum):
    """A runbook."""

    FAILOVER = "failover"
    FAILBACK = "failback"
    RESTORE = "restore"


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="Recovery: drill it on the sandbox with a region switched off, print its runbooks.", no_args_is_help=True
    )
    app.add_typer(group, name="drill", rich_help_panel="Check stacks")
    register_run(group)
    _register_runbook(group)
    _register_show(group)


def _register_runbook(group: typer.Typer) -> None:
    @command(
        group,
        "runbook",
        examples=[
            "platform drill runbook --stack prod --way failover",
            "platform drill runbook --stack prod --output docs/runbooks  # all three, one file each",
            "platform drill runbook --stack prod --engine pulumi --output docs/runbooks",
        ],
    )
    def runbook(
        stack: options.Stack = None,
        name: Name = None,
        way: Annotated[
            Book | None, typer.Option(help="failover, failback or restore; left out, all.", rich_help_panel=PLAY)
        ] = None,
        output: Annotated[
            Path | None,
            typer.Option(
                "--output", "-o", metavar="DIR", help="Write a file each there.", rich_help_panel=options.OUTPUT
            ),
        ] = None,
        as_json: options.Json = False,
        engine: EngineOption = Engine.SANDBOX,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Prints the runbooks of a recovery as Markdown: what to do, at which site, in which order, how long it takes.

        They are made from the plan in the stack's state, the same that drills walk through. With --json the steps
        themselves are printed.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.components.dr.document import Way, steps_of
        from platform_lib.components.dr.runbook import file_name
        from platform_lib.components.dr.runbook import runbook as text_of
        from platform_lib.operations.output import write_text

        replica = _replica(engine, directory, sandbox_dir, stack, name)
        ways = [Way(way.value)] if way is not None else list(Way)
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
        files = {one: output / file_name(replica.plan, one) for one in ways} if output is not None else {}
        for one, file in files.items():
            write_text(file, text_of(replica.plan, one))
        if as_json:
            from dataclasses import asdict

            steps = {one.value: [asdict(step) for step in steps_of(replica.plan, one)] for one in ways}
            print_json({"engine": engine.value, "replica": replica.name, "ways": steps, "files": _texts(files)})
            return
        for file in files.values():
            out().print(f"written: {file}")
        if not files:
            out().print("\n".join(text_of(replica.plan, one) for one in ways), end="")


def _texts(files: "Mapping[Any, Path]") -> dict[str, str]:
    return {way.value: str(file) for way, file in files.items()}


def _register_show(group: typer.Typer) -> None:
    @command(group, "show", examples=["platform drill show --stack prod", "platform drill show --stack prod --json"])
    def show(
        stack: options.Stack = None,
        name: Name = None,
        as_json: options.Json = False,
        engine: EngineOption = Engine.SANDBOX,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Shows what a recovery promises: sites, sources, objectives, what is reached, and when a drill is due."""
        import datetime

        from platform_lib.cli.console import out, print_json
        from platform_lib.components.dr.runbook import minutes
        from platform_lib.operations.drill.due import due_day

        replica = _replica(engine, directory, sandbox_dir, stack, name)
        plan, today = replica.plan, datetime.datetime.now(datetime.UTC).date()
        due = due_day(plan.drill)
        if as_json:
            print_json(
                {
                    "engine": engine.value,
                    "replica": replica.name,
                    "strategy": plan.strategy.value,
                    "activeSite": plan.active.value,
                    "sites": {site.site.value: site.region for site in plan.sites},
                    "sources": [
                        {
                            "name": source.name,
                            "kind": source.kind.value,
                            "mechanism": source.mechanism.kind.value,
                            "pointObjective": source.objective.recovery_point_minutes * 60,
                            "point": estimate.recovery_point_seconds,
                            "timeObjective": source.objective.recovery_time_minutes * 60,
                            "time": estimate.recovery_time_seconds,
                        }
                        for source, estimate in zip(plan.sources, plan.estimates, strict=True)
                    ],
                    "lastDrill": plan.drill.last_day,
                    "drillDue": due.isoformat() if due is not None else None,
                    "overdue": due is None or due < today,
                }
            )
            return
        from rich.table import Table

        console = out()
        console.print(f"{replica.name}: {plan.strategy.value}, users at the {plan.active.value} site")
        console.print("sites: " + ", ".join(f"{site.site.value} {site.region}" for site in plan.sites))
        table = Table(
            *("SOURCE", "KIND", "COPIED BY", "MAY BE LOST", "AT MOST", "MAY TAKE", "TAKES"),
            box=None,
            header_style="bold",
            pad_edge=False,
        )
        for source, estimate in zip(plan.sources, plan.estimates, strict=True):
            asked = source.objective
            table.add_row(
                source.name,
                source.kind.value,
                source.mechanism.kind.value,
                minutes(asked.recovery_point_minutes * 60),
                minutes(estimate.recovery_point_seconds),
                minutes(asked.recovery_time_minutes * 60),
                minutes(estimate.recovery_time_seconds),
            )
        console.print(table)
        last = f"the last one was on {plan.drill.last_day}" if plan.drill.last_day else "there was none yet"
        when = "now" if due is None or due <= today else f"by {due.isoformat()}"
        console.print(f"a drill is due {when}: every {plan.drill.every_days} days, {last}")


def _replica(
    engine: Engine, directory: Path, sandbox_dir: Path | None, stack: str | None, name: str | None
) -> "Replica":
    from platform_lib.cli.engines import open_stack
    from platform_lib.operations.drill.replica import choose, replicas

    _, held = open_stack(engine, directory, sandbox_dir, stack)
    if not held.exists():
        raise InputError(f"drill: stack '{held.name}': has no state on engine {held.engine}; deploy it first")
    return choose(replicas(held.export()), name, stack=held.name)
