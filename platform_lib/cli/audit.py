"""``platform audit``: resources that no policy pack has seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import deployment, options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.operations.audit import Audit


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "audit",
        panel="Check stacks",
        examples=[
            "platform audit --stack prod  # against the record of deployments",
            "platform audit --stack prod --engine pulumi --verdict verdicts/ --public-key gate.pem.pub",
            "platform audit --stack prod --state prod.json --verdict verdict.json",
        ],
    )
    def audit(
        stack: options.Stack = None,
        engine: EngineOption = Engine.SANDBOX,
        state: Annotated[
            Path | None,
            typer.Option(
                "--state",
                metavar="FILE",
                help="Exported state instead of the engine's; nothing is asked of an engine.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        verdict: Annotated[
            list[Path] | None,
            typer.Option(
                "--verdict",
                metavar="PATH",
                help="Verdict of the gate, or a folder of them, to believe beside the record; repeatable.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        public_key: Annotated[
            Path | None,
            typer.Option(
                "--public-key",
                metavar="FILE",
                help="Believe only verdicts that this key signed (FILE.sig beside each).",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Finds resources of a stack that no policy pack was ever asked about, or only as something else.

        Compares the state with the verdicts of the gate: those in the record of deployments, and those in files. Ends
        with 4 where a resource was deployed past the packs.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.cli.engines import open_stack
        from platform_lib.operations.audit import audit as compare
        from platform_lib.operations.audit import recorded_verdicts, verdict_files
        from platform_lib.operations.deployment.target import anchor_of
        from platform_lib.operations.gate.preview import deployed, deployed_of
        from platform_lib.operations.ledger.ledger import Ledger
        from platform_lib.operations.project import find_project
        from platform_lib.sandbox.project import read_project
        from platform_lib.sandbox.workspace import Workspace

        if public_key is not None and not verdict:
            raise InputError("audit: --public-key is for verdicts in files; name them with --verdict")
        believed = verdict_files(verdict or (), public_key)
        if state is not None and stack is None:
            raise InputError("audit: --state: name the stack with --stack, so that its verdicts can be told apart")
        if state is not None and stack is not None:
            project, name = find_project(directory), stack
            subject, found, anchor = read_project(project.directory).name, deployed_of(_read(state)), None
        else:
            project, opened = open_stack(engine, directory, sandbox_dir, stack)
            name = opened.name.rpartition("/")[2]
            subject, found, anchor = opened.project, deployed(opened), anchor_of(opened)
        folder = records or project.records
        if folder is None and engine is Engine.SANDBOX:
            sandbox = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)
            folder = sandbox.directory / "records"
        if folder is not None:
            believed += recorded_verdicts(Ledger(folder, subject, name, anchor))
        done = compare(subject, name, found, believed)
        if as_json:
            print_json(done.model_dump(mode="json", by_alias=True))
        else:
            show(done)
        if done.findings:
            raise typer.Exit(int(ExitCode.DIFFERENT))


def _read(path: Path) -> dict[str, object]:
    import json

    from platform_lib.core.errors import PolicyError

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"state {path}: cannot be read as JSON, {error}; give an unchanged export") from error
    if not isinstance(data, dict):
        raise PolicyError(f"state {path}: is not a deployment; give the file that `pulumi stack export` writes")
    return data


def show(done: "Audit") -> None:
    """Shows what an audit showed."""
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.operations.record import urn_name, urn_type
    from platform_lib.operations.tree import brief_type, counted

    console = out()
    console.print(Text.assemble((f"Audit of {done.project} / {done.stack}", "bold")))
    for item in done.findings:
        name = f"{brief_type(urn_type(item.urn))} {urn_name(item.urn)}"
        console.print(Text.assemble("  ", (f"{item.fault:<9}", "bold red"), (name, "bold"), f" {item.id}".rstrip()))
        console.print(Text(f"      {item.problem}"))
    last = done.verdicts[-1] if done.verdicts else None
    packs = f", the last of {last.created} with {', '.join(last.packs)}" if last else ""
    console.print(f"{counted(len(done.verdicts), 'verdict')}{packs}")
    passed = "nothing was deployed past the packs"
    console.print(f"{counted(done.resources)}: {f'{len(done.findings)} past the packs' if done.findings else passed}")
    if not done.verdicts:
        console.print("next: run `platform gate --write json=FILE`, and give the file with --verdict", style="dim")
