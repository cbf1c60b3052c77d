"""``platform env``: environments for a while: made, listed, destroyed, swept."""

from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.operations.ephemeral.model import Deletion, Row, Sweep
    from platform_lib.operations.ephemeral.place import Place
    from platform_lib.operations.project import Project

HELP = (
    "Environments for a while: a pull request's own stack, made from another one's settings, with a date after which "
    "it is swept. Never production: asked by name and setting, and again by what the state says."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the environment, which is its stack's: pr-123.")]
Unprotect = Annotated[
    bool,
    typer.Option("--unprotect", help="Lift the protection of its resources first.", rich_help_panel=options.SELECTION),
]
Records = Annotated[
    Path | None,
    typer.Option(
        "--records",
        metavar="DIR",
        help="Where to write what was deleted; the folder deleted of the sandbox if left out, or .platform/deleted.",
        rich_help_panel=options.OUTPUT,
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(help=HELP, no_args_is_help=True)
    app.add_typer(group, name="env", rich_help_panel="Environments")
    _register_create(group)
    _register_list(group)
    _register_destroy(group)
    _register_sweep(group)


def _place(engine: Engine, directory: Path, sandbox_dir: Path | None) -> "tuple[Project, Place]":
    from platform_lib.operations.ephemeral.place import Place
    from platform_lib.operations.project import find_project
    from platform_lib.sandbox.workspace import Workspace

    project = find_project(directory)
    if engine is Engine.PULUMI:
        return project, Place(project.directory)
    workspace = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)
    return project, Place(project.directory, workspace)


def _records(place: "Place", given: Path | None) -> Path:
    if given is not None:
        return given
    return place.workspace.directory / "deleted" if place.workspace else place.directory / ".platform" / "deleted"


def _register_create(group: typer.Typer) -> None:
    @command(
        group,
        "create",
        examples=[
            "platform env create pr-123 --from dev --ttl 48h",
            "platform env create pr-123 --from dev --ttl 7d --set account_id=222222222222 --owner me",
        ],
    )
    def create(
        name: Name,
        source: Annotated[
            str, typer.Option("--from", metavar="STACK", help="The stack whose settings it takes.")
        ] = "dev",
        ttl: Annotated[str, typer.Option("--ttl", metavar="SPAN", help="How long it lives: 5m to 30d.")] = "48h",
        values: Annotated[
            list[str] | None,
            typer.Option(
                "--set",
                metavar="KEY=VALUE",
                help="A setting that differs, JSON or text; dots lead into groups, null leaves it out.",
            ),
        ] = None,
        owner: Annotated[
            str, typer.Option("--owner", metavar="NAME", help="Who asked for it, for the list and the record.")
        ] = "",
        file_only: Annotated[bool, typer.Option("--file-only", help="Write its stack file and stop.")] = False,
        engine: EngineOption = Engine.SANDBOX,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Makes an environment: a stack file from another stack's, marked with the day on which it goes, and an up.

        Policies judge the preview first; where they refuse, nothing is left behind (exit code 3). Its configuration
        goes into the history of the backend, so that a sweep finds it from any checkout.
        """
        from platform_lib.cli.console import err, out, print_json
        from platform_lib.core.validation import FieldError
        from platform_lib.operations.duration import parse_duration
        from platform_lib.operations.ephemeral.create import create as make
        from platform_lib.operations.ephemeral.place import set_value
        from platform_lib.operations.packs import policies as choose

        try:
            span = parse_duration(ttl)
        except FieldError as error:
            raise InputError(f"env: --ttl: {error.problem}, got '{ttl}'; {error.remedy}") from None
        for text in values or []:
            if "=" not in text:
                raise InputError(f"env: --set: must be KEY=VALUE, got '{text}'")
        project, place = _place(engine, directory, sandbox_dir)
        made = make(
            place,
            name,
            source,
            span,
            now=datetime.now(UTC),
            owner=owner,
            values=dict(set_value(text, place.project.name) for text in values or []),
            policies=choose(project, packs, policy_config, waivers),
            up=not file_only,
            told=lambda text: None if as_json else err().print(f"{name}: {text}", style="dim"),
        )
        if as_json:
            print_json(
                {
                    "engine": engine.value,
                    "name": made.name,
                    "file": str(made.file),
                    "mark": made.mark.model_dump(mode="json", by_alias=True),
                    "summary": dict(made.record.counts),
                }
            )
            return
        console = out()
        console.print(f"{made.name} is {'written' if file_only else 'up'} on engine {engine}: {made.file}")
        console.print(
            f"it may be swept from {made.mark.expires:%Y-%m-%d %H:%M} UTC on: platform env sweep", style="dim"
        )


def _register_list(group: typer.Typer) -> None:
    @command(group, "list", examples=["platform env list", "platform env list --engine pulumi --json"])
    def list_(
        engine: EngineOption = Engine.SANDBOX,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Lists the ephemeral environments: where from, whose, how long they still live, and which are stuck."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.ephemeral.sweep import listed

        _, place = _place(engine, directory, sandbox_dir)
        now = datetime.now(UTC)
        rows = listed(place, now=now)
        if as_json:
            data = [row.model_dump(mode="json", by_alias=True) for row in rows]
            print_json({"engine": engine.value, "project": place.project.name, "environments": data})
            return
        console = out()
        if not rows:
            console.print(f"no ephemeral environment on engine {engine}")
            return
        _show_rows(rows, now)


def _show_rows(rows: "list[Row]", now: datetime) -> None:
    from rich.table import Table

    from platform_lib.cli.console import out
    from platform_lib.operations.duration import duration_text

    columns = ("NAME", "STATUS", "FROM", "OWNER", "RESOURCES", "LEFT")
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        left = duration_text(row.mark.expires - now)
        over = row.mark.expired(now)
        where = "" if row.file else " (no stack file here)"
        table.add_row(
            row.name + where,
            row.status.value,
            row.mark.source,
            row.mark.owner,
            str(row.resources),
            f"over for {left}" if over else left,
        )
    out().print(table)


def _register_destroy(group: typer.Typer) -> None:
    @command(
        group,
        "destroy",
        examples=["platform env destroy pr-123", "platform env destroy pr-123 --unprotect --yes --json"],
    )
    def destroy(
        name: Name,
        yes: options.Yes = False,
        unprotect: Unprotect = False,
        engine: EngineOption = Engine.SANDBOX,
        records: Records = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Takes an ephemeral environment down, with its state and its stack file; writes down what was deleted.

        Only what is marked as ephemeral goes, and never production. Where something stands in the way it is named, and
        the command ends with 1.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.cli.session import confirm
        from platform_lib.operations.ephemeral.destroy import destroy as take_down
        from platform_lib.operations.ephemeral.destroy import keep

        _, place = _place(engine, directory, sandbox_dir)
        confirm(f"Destroy the environment {name} on engine {engine}?", yes=yes)
        deletion = take_down(place, name, now=datetime.now(UTC), unprotect=unprotect)
        path = keep(deletion, _records(place, records))
        if as_json:
            print_json({**deletion.model_dump(mode="json", by_alias=True), "record": str(path)})
        else:
            show_deletion(deletion, path)
        if not deletion.done:
            raise typer.Exit(int(ExitCode.FAILED))


def show_deletion(deletion: "Deletion", record: Path | None = None) -> None:
    """Shows what a destroy came to."""
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.operations.tree import counted

    console = out()
    done = "is gone" if deletion.done else "is stuck"
    style = "green" if deletion.done else "bold red"
    console.print(
        Text.assemble(
            "  ",
            (f"{deletion.stack or 'no stack'} {done}", style),
            f": {counted(len(deletion.deleted))} deleted, {len(deletion.retained)} retained, {len(deletion.left)} left",
        )
    )
    for item in deletion.retained:
        console.print(Text(f"      retained, still in the cloud: {item.type} {item.id}"))
    for remedy, blockers in groupby(deletion.blockers, key=lambda blocker: blocker.remedy):
        for blocker in blockers:
            console.print(Text(f"      {blocker.kind}: {blocker.problem}", style="red"))
        if remedy:
            console.print(Text(f"        {remedy}", style="dim"))
    if record is not None:
        console.print(Text(f"      written down: {record}", style="dim"))


def _register_sweep(group: typer.Typer) -> None:
    @command(
        group,
        "sweep",
        examples=[
            "platform env sweep --dry-run",
            "platform env sweep --yes --unprotect",
            "platform env sweep --dry-run --at 2026-12-24T00:00:00Z  # what will be swept by then",
            "platform env sweep --yes --strays  # resources without a state too (sandbox)",
        ],
    )
    def sweep(
        yes: options.Yes = False,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Only say what is there.", rich_help_panel=options.SELECTION)
        ] = False,
        unprotect: Unprotect = False,
        strays: Annotated[
            bool,
            typer.Option(
                "--strays",
                help="Delete resources that no state holds, where they are known not to be production's.",
                rich_help_panel=options.SELECTION,
            ),
        ] = False,
        at: Annotated[
            datetime | None,
            typer.Option(
                "--at",
                metavar="TIME",
                formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"],
                help="As if it were then (UTC); on engine pulumi only with --dry-run.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        engine: EngineOption = Engine.SANDBOX,
        records: Records = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Destroys environments whose time is over, and finds what was left behind.

        That is: states without a stack file (removed where they hold nothing), resources in the sandbox cloud that no
        state holds, and destroys that are stuck, with what blocks them. Whatever may be production's is named and left
        alone. Ends with 1 where a destroy is stuck.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.cli.session import confirm
        from platform_lib.operations.ephemeral.destroy import keep
        from platform_lib.operations.ephemeral.sweep import sweep as clean

        if at is not None and engine is Engine.PULUMI and not dry_run:
            raise InputError("env sweep: --at: only with --dry-run on engine pulumi; real environments go by the clock")
        _, place = _place(engine, directory, sandbox_dir)
        now = at.replace(tzinfo=UTC) if at is not None else datetime.now(UTC)
        if not dry_run:
            confirm(f"Sweep the ephemeral environments of {place.project.name} on engine {engine}?", yes=yes)
        found = clean(place, now=now, dry_run=dry_run, unprotect=unprotect, strays=strays)
        paths = [keep(item, _records(place, records)) for item in found.deletions]
        if as_json:
            data = found.model_dump(mode="json", by_alias=True)
            print_json({**data, "records": [str(path) for path in paths]})
        else:
            show_sweep(found)
        if found.stuck:
            raise typer.Exit(int(ExitCode.FAILED))


def show_sweep(found: "Sweep") -> None:
    """Shows what a sweep found and did."""
    from rich.text import Text

    from platform_lib.cli.console import out

    console = out()
    title = "Sweep (nothing is touched)" if found.dry_run else "Sweep"
    console.print(Text.assemble((f"{title} of {found.project}", "bold"), (f"  on engine {found.engine}", "cyan")))
    if found.dry_run:
        for name in found.expired:
            console.print(Text(f"  {name}: expired, would be destroyed", style="yellow"))
    for deletion in found.deletions:
        show_deletion(deletion)
    for orphan in found.orphans:
        console.print(Text(f"  {orphan.stack}: left alone with {orphan.resources} resources: {orphan.why}"))
    for stray in found.strays:
        why = stray.why or "--strays deletes it"
        console.print(Text(f"  {stray.type} {stray.id}: in the cloud and in no state ({stray.stack or '?'}): {why}"))
    if not found.strays_looked_for:
        console.print("  resources without a state: not looked for, no engine lists a real cloud", style="dim")
    if not (found.expired or found.deletions or found.orphans or found.strays):
        console.print("  nothing to sweep", style="green")
