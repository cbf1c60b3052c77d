"""``platform stacks`` and ``platform affected``: several stacks at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode

if TYPE_CHECKING:
    from platform_lib.operations.stacks.model import StackRun, StacksRun
    from platform_lib.operations.stacks.run import Operation

HELP = (
    "Several stacks at once, of one project or of several: their order, previews and ups of many. The order comes from "
    "what stacks take of each other: stack references in their states, settings and programs that name a stack in full."
)

Projects = Annotated[
    list[Path] | None,
    typer.Option(
        "--project",
        "-p",
        metavar="DIR",
        help="Folder of a project; repeatable. Left out: the project around --cwd.",
        rich_help_panel=options.SELECTION,
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[STACK]...", help="Stacks, as STACK or PROJECT/STACK; left out, all."),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--affected-since",
        metavar="REF",
        help="Only the stacks that the change since a revision affects.",
        rich_help_panel=options.SELECTION,
    ),
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", min=1, max=32, help="How many at the same time.", rich_help_panel=options.GENERAL),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Leave out what the last run has done, unless program or settings changed.",
        rich_help_panel=options.SELECTION,
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True)
    app.add_typer(group, name="stacks", rich_help_panel="Several stacks")
    _register_order(group)
    _register_preview(group)
    _register_up(group)
    _register_affected(app)


def _register_order(group: typer.Typer) -> None:
    @command(group, "order", examples=["platform stacks order", "platform stacks order -p network -p apps --json"])
    def order(
        projects: Projects = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Shows in which order stacks are deployed, and what each takes of which."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.stacks.order import known_stacks, levels

        known = known_stacks(projects or [directory], sandbox_dir=sandbox_dir)
        found = levels(known, known)
        if as_json:
            takes = {str(item.id): {str(other): why for other, why in item.takes.items()} for item in known.values()}
            print_json({"order": [[str(item) for item in level] for level in found], "takes": takes})
            return
        for number, level in enumerate(found, 1):
            out().print(f"{number}. {', '.join(map(str, level))}")
            for item in level:
                for other, why in known[item].takes.items():
                    out().print(f"     {item} takes of {other} ({why})", style="dim")


def _register_preview(group: typer.Typer) -> None:
    @command(
        group,
        "preview",
        examples=["platform stacks preview", "platform stacks preview --affected-since origin/main --json"],
    )
    def preview(
        names: Names = None,
        projects: Projects = None,
        since: Since = None,
        engine: EngineOption = Engine.SANDBOX,
        jobs: Jobs = 2,
        resume: Resume = False,
        packs: options.PolicyPacks = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Previews many stacks, in order, side by side where they are independent; one report.

        Ends with 3 where a policy refuses one, with 1 where one fails.
        """
        run(
            "preview",
            names or [],
            projects or [directory],
            since,
            engine,
            jobs,
            resume=resume,
            packs=packs or [],
            as_json=as_json,
            sandbox_dir=sandbox_dir,
        )


def _register_up(group: typer.Typer) -> None:
    @command(
        group,
        "up",
        examples=[
            "platform stacks up",
            "platform stacks up --affected-since HEAD~1 --jobs 4",
            "platform stacks up --resume  # goes on where the last run stopped",
        ],
    )
    def up(
        names: Names = None,
        projects: Projects = None,
        since: Since = None,
        engine: EngineOption = Engine.SANDBOX,
        jobs: Jobs = 2,
        resume: Resume = False,
        yes: options.Yes = False,
        packs: options.PolicyPacks = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Brings many stacks up, each after those whose outputs it takes; one report.

        A stack whose predecessor failed is not touched. With --resume it goes on where the last run stopped. On engine
        pulumi, stacks of governance/environments.yaml are refused: they are deployed one by one, with an approval.
        """
        from platform_lib.cli.session import confirm

        if engine is Engine.PULUMI:
            confirm("Bring stacks up on engine pulumi, on the real cloud?", yes=yes)
        run(
            "up",
            names or [],
            projects or [directory],
            since,
            engine,
            jobs,
            resume=resume,
            packs=packs or [],
            as_json=as_json,
            sandbox_dir=sandbox_dir,
        )


def run(
    operation: "Operation",
    names: list[str],
    directories: list[Path],
    since: str | None,
    engine: Engine,
    jobs: int,
    *,
    resume: bool,
    packs: list[str],
    as_json: bool,
    sandbox_dir: Path | None,
) -> None:
    """Runs many stacks and shows what became of each."""
    from platform_lib.cli.console import out, print_json
    from platform_lib.operations.project import find_project
    from platform_lib.operations.stacks.affected import affected_stacks
    from platform_lib.operations.stacks.model import StackId
    from platform_lib.operations.stacks.order import chosen, known_stacks
    from platform_lib.operations.stacks.run import Job, run_many
    from platform_lib.sandbox.workspace import Workspace

    known = known_stacks(directories, sandbox_dir=sandbox_dir)
    wanted = chosen(known, names)
    if since is not None:
        touched = {StackId(item.project, item.stack) for item in affected_stacks(known, since)}
        wanted = [item for item in wanted if item in touched]
    project = find_project(directories[0])
    folder = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir).directory
    job = Job(
        operation=operation,
        engine=engine.value,
        progress=folder / f"stacks-{operation}-{engine.value}.json",
        sandbox_dir=sandbox_dir.absolute() if sandbox_dir else None,
        packs=packs,
        jobs=jobs,
    )
    if not as_json:
        out().print(f"{operation} of {len(wanted)} stacks on engine {engine}", style="bold")
    report = run_many(known, wanted, job, resume=resume, told=str if as_json else _show)
    if as_json:
        print_json(report.model_dump(mode="json", by_alias=True))
    else:
        _show_end(report)
    if not report.done:
        raise typer.Exit(int(ExitCode.REFUSED if report.refused else ExitCode.FAILED))


_STYLES = {"done": "green", "refused": "bold red", "failed": "bold red", "blocked": "yellow", "interrupted": "yellow"}


def _show(result: "StackRun") -> None:
    from rich.text import Text

    from platform_lib.cli.console import out

    counts = ", ".join(f"{count} {step}" for step, count in result.summary.items() if count)
    ended = "done before" if result.earlier else f"{result.verdict} in {result.seconds:.1f} s"
    out().print(
        Text.assemble(
            "  ", (f"{result.project}/{result.stack}", "bold"), "  ", (ended, _STYLES[result.verdict]), f"  {counts}"
        )
    )
    for text in result.errors:
        for line in text.splitlines():
            out().print(Text(f"      {line}"))


def _show_end(report: "StacksRun") -> None:
    from platform_lib.cli.console import out

    left = [item for item in report.stacks if item.verdict != "done"]
    out().print(f"{len(report.stacks) - len(left)} done, {len(left)} not", style="green" if not left else "bold red")
    if left:
        out().print("run it again with --resume: what is done is left out", style="dim")


def _register_affected(app: typer.Typer) -> None:
    @command(
        app,
        "affected",
        panel="Several stacks",
        examples=[
            "platform affected --since origin/main",
            "platform affected --since HEAD~1 --names  # a name a line, in order, for scripts",
            "platform affected --since v1.4.0 -p network -p apps --json",
        ],
    )
    def affected(
        since: Annotated[
            str, typer.Option("--since", metavar="REF", help="The revision that the work tree is compared with.")
        ],
        projects: Projects = None,
        names_only: Annotated[
            bool, typer.Option("--names", help="Print names alone.", rich_help_panel=options.OUTPUT)
        ] = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Lists the stacks that a change affects, each after those whose outputs it takes, with the reasons.

        A stack is affected by its own file, by an overlay that holds for it, by what its program imports, and by a
        change of a stack whose outputs it takes. A file that nobody can place affects all.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.stacks.affected import affected_stacks
        from platform_lib.operations.stacks.order import known_stacks

        known = known_stacks(projects or [directory], sandbox_dir=sandbox_dir)
        found = affected_stacks(known, since)
        several = len({item.project for item in known}) > 1
        if as_json:
            print_json({"since": since, "stacks": [item.model_dump(mode="json", by_alias=True) for item in found]})
            return
        for item in found:
            name = f"{item.project}/{item.stack}" if several else item.stack
            out().print(name, style=None if names_only else "bold")
            if not names_only:
                for reason in item.reasons[:5]:
                    out().print(f"    {reason}", style="dim")
                if len(item.reasons) > 5:
                    out().print(f"    and {len(item.reasons) - 5} more", style="dim")
        if not found and not names_only:
            out().print("no stack is affected")
