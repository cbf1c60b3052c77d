"""``platform drill run``: walk through a recovery on the sandbox."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from platform_lib.components.dr.document import Way
    from platform_lib.operations.drill.model import Drill, StepRecord
    from platform_lib.operations.project import Project

PLAY = "What is drilled"


class Course(StrEnum):
    """What is walked."""

    ROUND_TRIP = "round-trip"
    FAILOVER = "failover"
    RESTORE = "restore"


class Fault(StrEnum):
    """A fault that is put in beforehand."""

    REPLICATION_OFF = "replication-off"
    KEY_MISSING = "key-missing"
    STALE_BACKUP = "stale-backup"
    WRONG_RECORD = "wrong-record"


class Form(StrEnum):
    """How a drill is printed."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


Name = Annotated[
    str | None,
    typer.Option("--replica", metavar="NAME", help="The DrReplica; left out, the only one.", rich_help_panel=PLAY),
]


def register_run(group: typer.Typer) -> None:
    """Adds the command to its group."""

    @command(
        group,
        "run",
        examples=[
            "platform drill run --stack prod  # there and back; ends with 1 where something fails",
            "platform drill run --stack prod --course failover --format markdown --output drill.md",
            "platform drill run --stack prod --seed replication-off --source orders  # must end with 1",
            "platform drill run --stack dev --in-place --course failover --yes  # switches the sandbox itself",
        ],
    )
    def run(
        stack: options.Stack = None,
        name: Name = None,
        course: Annotated[
            Course,
            typer.Option(help="round-trip: failover and back; or one way alone.", rich_help_panel=PLAY),
        ] = Course.ROUND_TRIP,
        seed: Annotated[
            Fault | None,
            typer.Option("--seed", help="Break something beforehand: the drill must find it.", rich_help_panel=PLAY),
        ] = None,
        source: Annotated[
            str | None,
            typer.Option(
                "--source",
                metavar="NAME",
                help="What the fault is about; left out, the first that fits.",
                rich_help_panel=PLAY,
            ),
        ] = None,
        setting: Annotated[
            str | None,
            typer.Option(
                "--active-site",
                metavar="KEY",
                help="Setting for the active site, as namespace:key.path; left out, the one called active_site.",
                rich_help_panel=PLAY,
            ),
        ] = None,
        in_place: Annotated[
            bool,
            typer.Option(
                "--in-place",
                help="On the sandbox itself instead of a copy: it stays switched; asks.",
                rich_help_panel=PLAY,
            ),
        ] = False,
        record_later: Annotated[
            bool,
            typer.Option(
                "--record-later",
                help="Tell the program of the failover once the region is back, where it cannot run before.",
                rich_help_panel=PLAY,
            ),
        ] = False,
        keep: Annotated[
            Path | None,
            typer.Option("--keep", metavar="DIR", help="Make the copy there and leave it.", rich_help_panel=PLAY),
        ] = None,
        yes: options.Yes = False,
        form: Annotated[
            Form, typer.Option("--format", help="table, json or markdown.", rich_help_panel=options.OUTPUT)
        ] = Form.TABLE,
        as_json: options.Json = False,
        output: Annotated[
            Path | None,
            typer.Option("--output", "-o", metavar="FILE", help="Write it there.", rich_help_panel=options.OUTPUT),
        ] = None,
        engine: EngineOption = Engine.SANDBOX,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Walks through a recovery on a copy of the sandbox, with the primary region switched off.

        Canaries are written to every source until the region is lost, at the worst moment; the newest that arrived is
        the recovery point reached. The steps are those of the runbooks, done to the sandbox cloud, and take the time
        that the plan says. Then an update with active_site switched must change nothing, and the way back is walked.
        Nothing of the sandbox is touched, unless --in-place is given. Real clouds are left alone.

        Ends with 1 where a step did not show what it had to, or an objective was missed; with 3 where the stack is not
        as its program says.
        """
        from platform_lib.cli.console import out
        from platform_lib.cli.session import confirm, open_session
        from platform_lib.components.dr.document import Way
        from platform_lib.operations.drill.model import Seed
        from platform_lib.operations.drill.run import Request, run_drill
        from platform_lib.operations.drill.walk import nobody

        if engine is not Engine.SANDBOX:
            raise RefusedError(
                "drill run: runs on the sandbox only, whatever engine deploys the stack; for the real cloud take the "
                "runbooks of `platform drill runbook --engine pulumi`"
            )
        form = Form.JSON if as_json else form
        if output is not None and form is Form.TABLE:
            raise InputError("drill run: --output: a table is for people; choose --format json or markdown")
        ways = {
            Course.ROUND_TRIP: (Way.FAILOVER, Way.FAILBACK),
            Course.FAILOVER: (Way.FAILOVER,),
            Course.RESTORE: (Way.RESTORE,),
        }[course]
        request = Request(
            ways=ways,
            replica=name,
            setting=setting,
            seed=Seed(seed.value) if seed is not None else None,
            source=source,
            in_place=in_place,
            record_later=record_later,
            keep=keep,
        )
        session = open_session(directory, sandbox_dir, stack, existing=True)
        if in_place:
            confirm(f"Drill stack {session.stack.name} on the sandbox itself, which stays as it leaves it?", yes=yes)
        shown = out() if form is Form.TABLE or output is not None else None
        drill = run_drill(
            session.workspace,
            session.stack.name,
            request,
            schema=_schema(session.project),
            told=_teller() if shown is not None else nobody,
        )
        _present(drill, form, output)
        if shown is not None:
            _verdict(drill)
        if not drill.passed:
            raise typer.Exit(int(ExitCode.FAILED))


def _schema(project: "Project") -> "Mapping[str, Any] | None":
    """The schema of the project's settings, where it names a model."""
    if not project.settings:
        return None
    from platform_lib.core.settings import settings_class

    return settings_class(project.directory).json_schema()


def _teller() -> "Callable[[Way, StepRecord], None]":
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.components.dr.runbook import minutes
    from platform_lib.operations.drill.report import TITLES

    console = out()
    begun: set[Way] = set()

    def tell(way: "Way", step: "StepRecord") -> None:
        if way not in begun:
            begun.add(way)
            console.print(Text.assemble((TITLES[way], "bold"), "  on the sandbox"))
        mark, style = ("ok", "green") if step.passed else ("failed", "bold red")
        line = Text(f"  {mark:<7}", style=style)
        line.append(f"{step.began:%H:%M:%S}  ", style="dim")
        line.append(f"{step.title}")
        line.append(f"  {step.region}, {minutes(step.seconds)}", style="dim")
        console.print(line)
        for check in step.checks:
            if not check.passed:
                console.print(Text(f"           {check.text}", style="red"))

    return tell


def _present(drill: "Drill", form: Form, output: Path | None) -> None:
    """Prints or writes the record."""
    import sys

    from platform_lib.operations.drill.report import markdown
    from platform_lib.operations.output import write_text

    if form is Form.TABLE:
        return
    text = drill.to_json() if form is Form.JSON else markdown(drill)
    if output is None:
        sys.stdout.write(text)
    else:
        write_text(output, text)


def _verdict(drill: "Drill") -> None:
    from rich.table import Table
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.components.dr.runbook import minutes
    from platform_lib.operations.drill.report import point_text, time_text

    console = out()
    if drill.seed is not None:
        console.print(Text.assemble(("Seeded", "bold cyan"), f": {drill.seeded}"))
    for way in drill.ways:
        if not way.sources:
            continue
        table = Table(
            *("SOURCE", "COPIED BY", "MAY BE LOST", "WAS LOST", "MAY TAKE", "TOOK", ""),
            box=None,
            header_style="bold",
            pad_edge=False,
        )
        for one in way.sources:
            mark = Text("ok", style="green") if one.within else Text("failed", style="bold red")
            objectives = (minutes(one.point_objective), minutes(one.time_objective))
            table.add_row(one.name, one.mechanism, objectives[0], point_text(one), objectives[1], time_text(one), mark)
        console.print(table)
    for text in drill.failures:
        console.print(Text.assemble(("failed", "bold red"), f": {text}"))
    word, style = ("passed", "bold green") if drill.passed else ("failed", "bold red")
    walked = " and ".join(way.way.value for way in drill.ways)
    where = "on the sandbox itself" if drill.in_place else "on a copy of the sandbox"
    console.print(
        Text.assemble((f"Drill {word}", style), f": {walked} of {drill.replica}, stack {drill.stack}, {where}")
    )
    if drill.in_place and not drill.record_later and drill.ways[-1].way.value == Course.FAILOVER.value:
        console.print(
            Text.assemble(
                ("Hint", "bold cyan"),
                f": set active_site to secondary in Pulumi.{drill.stack}.yaml; {drill.region_down} stays down until "
                f"`platform sandbox region {drill.region_down} --up`",
            )
        )
