"""``platform secrets``: what the rotation ledger of a stack says is due."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode

if TYPE_CHECKING:
    from platform_lib.operations.secrets.model import Due, DueEntry


class DueFormat(StrEnum):
    """What is due is printed as."""

    TABLE = "table"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(help="Secrets: what has to be rotated, by whom, until when.", no_args_is_help=True)
    app.add_typer(group, name="secrets", rich_help_panel="Check stacks")

    @command(
        group,
        "due",
        examples=[
            "platform secrets due --stack prod",
            "platform secrets due --stack prod --fail-overdue  # ends with 4 where something is overdue",
            "platform secrets due --stack prod --within 30 --owner payments",
            "platform secrets due --stack prod --engine pulumi --json > due.json",
            "platform secrets due --stack prod --at 2027-01-01  # what will be due by then",
        ],
    )
    def due(
        stack: options.Stack = None,
        engine: EngineOption = Engine.SANDBOX,
        within: Annotated[
            int,
            typer.Option(
                "--within", metavar="DAYS", min=0, help="What counts as soon.", rich_help_panel=options.SELECTION
            ),
        ] = 14,
        owner: Annotated[
            str,
            typer.Option(
                "--owner", metavar="TEAM", help="Only what this team answers for.", rich_help_panel=options.SELECTION
            ),
        ] = "",
        at: Annotated[
            datetime | None,
            typer.Option(
                "--at",
                metavar="DAY",
                formats=["%Y-%m-%d"],
                help="As if it were that day; left out, today (UTC).",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        fail_overdue: Annotated[
            bool,
            typer.Option(
                "--fail-overdue",
                help="End with 4 where something is overdue, or was rotated on a day to come.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = False,
        form: Annotated[
            DueFormat, typer.Option("--format", "-f", help="What to print.", rich_help_panel=options.OUTPUT)
        ] = DueFormat.TABLE,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Compares the rotation ledger of a stack with the clock: what is overdue, what is due soon, and whose it is.

        The ledger is an output of VaultConfiguration: the state is read, no program runs, and no server is asked. What
        people rotate has the day of the last rotation there, which they write; what the engine rotates by itself is
        listed and never overdue, since it does not say when it did.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.cli.engines import open_stack
        from platform_lib.operations.secrets.due import find_due

        _, chosen = open_stack(engine, directory, sandbox_dir, stack)
        today = (at or datetime.now(UTC)).date()
        found = find_due(chosen, today=today, within_days=within, owner=owner)
        if as_json or form is DueFormat.JSON:
            print_json(found.model_dump(mode="json", by_alias=True))
        else:
            show(found)
        if fail_overdue and found.late:
            raise typer.Exit(int(ExitCode.DIFFERENT))


_STYLES = {"overdue": "bold red", "future": "bold red", "soon": "yellow", "fresh": "green", "by-engine": "dim"}


def show(found: "Due") -> None:
    """Shows what is due, the worst first."""
    from rich.table import Table
    from rich.text import Text

    from platform_lib.cli.console import out

    console = out()
    title = f"Rotation ledger of {found.project} / {found.stack}"
    console.print(Text.assemble((title, "bold"), (f"  on engine {found.engine}, {found.today}", "cyan")))
    table = Table(
        "STATUS", "DUE", "LEFT", "OWNER", "KIND", "PATH", "NAME", box=None, header_style="bold", pad_edge=False
    )
    for entry in found.entries:
        style = _STYLES[entry.status]
        table.add_row(Text(entry.status, style=style), *_days(entry), entry.owner, entry.kind, entry.path, entry.name)
    if found.entries:
        console.print(table)
    counted = {status: sum(item.status == status for item in found.entries) for status in ("overdue", "future", "soon")}
    told = f"{counted['overdue']} overdue, {counted['soon']} due within {found.within_days} days"
    if counted["future"]:
        told += f", {counted['future']} rotated on a day to come"
    console.print(f"{told}, of {len(found.entries)} entries", style="bold red" if found.late else "")


def _days(entry: "DueEntry") -> tuple[str, str]:
    if entry.due is None:
        return "-", f"every {entry.maximum_age_days} days"
    days = entry.days_left or 0
    return entry.due.isoformat(), f"{days} days" if days != 1 else "1 day"
