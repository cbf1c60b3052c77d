"""``platform record``: open the record of what is deployed, show it, verify it without a network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import deployment, options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from platform_lib.operations.approval import Signed
    from platform_lib.operations.ledger.ledger import History
    from platform_lib.operations.ledger.verify import Verified

Given = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", help="Folder of the records; left out, that of the project's sandbox, or --records."
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="The record of what was deployed: a signed chain for each stack, verified without a network.",
        no_args_is_help=True,
    )
    app.add_typer(group, name="record", rich_help_panel=deployment.PANEL)
    _register_init(group)
    _register_show(group)
    _register_verify(group)


def _register_init(group: typer.Typer) -> None:
    @command(
        group,
        "init",
        examples=[
            "platform record init --key deploy.pem  # of every environment",
            "platform record init --stack prod --key deploy.pem --engine pulumi --records /mnt/records",
        ],
    )
    def init(
        key: deployment.KeyFile,
        stack: Annotated[
            str | None,
            typer.Option("--stack", "-s", metavar="NAME", help="One stack; left out, those of all environments."),
        ] = None,
        engine: EngineOption = Engine.SANDBOX,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Opens the record of each stack, and pins the decisions that its first deployment is judged by.

        Prints the pin, a hash of governance/environments.yaml and approvers.yaml as the commit has them: keep it
        elsewhere, and give it to those who verify. From then on the decisions of the deployed commit hold, never those
        that a change brings with it.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.deployment.deploy import open_record
        from platform_lib.operations.git import Repository
        from platform_lib.operations.governance.governance import governance_at
        from platform_lib.operations.project import find_project

        folder = find_project(directory).directory
        repository = Repository(folder)
        environments = governance_at(repository, repository.head()).environments.environments
        names = [stack] if stack else [item.stack_name for item in environments]
        found: dict[str, History] = {}
        for name in names:
            target = deployment.open_target(engine, directory, sandbox_dir, name, records)
            found[name] = open_record(target, key, deployment.passphrase())
            if not as_json:
                out().print(f"opened: {target.ledger().path}")
        pin = next(iter(found.values())).pin
        if as_json:
            print_json({"pin": pin, "heads": {name: history.head for name, history in found.items()}})
            return
        out().print(f"pin: {pin}")


def _register_show(group: typer.Typer) -> None:
    @command(group, "show", examples=["platform record show", "platform record show /mnt/records --json"])
    def show(
        folder: Given = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Shows what was deployed where, by what it was allowed, and how it ended; verifies it on the way."""
        from platform_lib.cli.console import print_json
        from platform_lib.operations.ledger.verify import find_ledgers, verify_records

        found = verify_records(find_ledgers(_folder(folder, directory, sandbox_dir, records)))
        if as_json:
            print_json([_json(item) for item in found])
            return
        for item in found:
            _show(item)


def _register_verify(group: typer.Typer) -> None:
    @command(
        group,
        "verify",
        examples=[
            "platform record verify --pin 3f0c...",
            "platform record verify /mnt/records --pin 3f0c... --head prod=9ab1...",
        ],
    )
    def verify(
        folder: Given = None,
        pin: Annotated[
            list[str] | None,
            typer.Option(
                "--pin",
                metavar="[STACK=]HASH",
                help="What `platform record init` printed, of every stack or of one; repeatable.",
            ),
        ] = None,
        head: Annotated[
            list[str] | None,
            typer.Option(
                "--head",
                metavar="STACK=HASH",
                help="What the last deployment printed; without it, entries cut off at the end are not noticed.",
            ),
        ] = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Verifies the records of a project, byte for byte, without a network and without the repository.

        Each entry's signature and place in the chain; that every deployment was allowed by the decisions of the commit
        deployed before it: approvals, evidence, order, windows; and that the evidence in one record is what the record
        of the environment below says. Ends with 1 where anything is not as the pipeline wrote it.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.gate.check import count
        from platform_lib.operations.ledger.verify import find_ledgers, verify_records

        ledgers = find_ledgers(_folder(folder, directory, sandbox_dir, records))
        found = verify_records(ledgers, pins=_pairs(pin, "--pin"), heads=_pairs(head, "--head", named=True))
        if as_json:
            print_json({"verified": True, "records": [_json(item) for item in found]})
            return
        console = out()
        for item in found:
            history = item.history
            entries = count(len(history.entries), "entry", "entries")
            console.print(
                f"verified: {item.ledger.project}/{item.ledger.stack}, {entries}, "
                f"{history.past.commit[:12] or 'nothing'} deployed"
            )
            console.print(f"  pin {history.pin}")
            console.print(f"  head {history.head}")
        if not pin:
            console.print("  the pin was not compared with anything; give it with --pin", style="yellow")


def _folder(given: Path | None, directory: Path, sandbox_dir: Path | None, records: Path | None) -> Path:
    from platform_lib.operations.deployment.target import records_folder
    from platform_lib.operations.project import find_project
    from platform_lib.sandbox.workspace import Workspace

    if given is not None or records is not None:
        return (given or records or Path()).absolute()
    project = find_project(directory)
    workspace = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)
    return records_folder(project, workspace, "sandbox", None)


def _pairs(texts: list[str] | None, option: str, *, named: bool = False) -> dict[str, str]:
    import re

    found = {}
    for text in texts or ():
        stack, separator, value = text.rpartition("=")
        if not re.fullmatch(r"[0-9a-f]{64}", value) or (named and not separator):
            shape = "STACK=HASH" if named else "HASH or STACK=HASH"
            raise InputError(
                f"record verify: {option}: must be {shape}, got '{text}'; a hash has 64 hexadecimal digits"
            )
        found[stack] = value
    return found


def _json(item: "Verified") -> dict[str, object]:
    history = item.history
    return {
        "project": item.ledger.project,
        "stack": item.ledger.stack,
        "entries": len(history.entries),
        "pin": history.pin,
        "head": history.head,
        "commit": history.past.commit,
        "deployments": [
            {
                "entry": start.entry.sequence,
                "began": start.entry.created.isoformat(),
                "deployer": start.entry.deployer,
                "commit": start.entry.started.proposal.commit if start.entry.started else "",
                "digest": start.entry.started.digest if start.entry.started else "",
                "rollback": bool(start.entry.started and start.entry.started.rollback),
                "approvals": _approvers(start.entry.started.approvals) if start.entry.started else [],
                "outcome": end.entry.finished.outcome if end and end.entry.finished else "",
                "problem": end.entry.finished.problem if end and end.entry.finished else "",
            }
            for start, end in history.deployments()
        ],
    }


def _approvers(documents: "Sequence[Signed]") -> list[str]:
    from platform_lib.operations.approval import read_approval

    return [read_approval(item, "approval").approver for item in documents]


def _show(item: "Verified") -> None:
    from rich.text import Text

    from platform_lib.cli.console import out

    console = out()
    console.print(Text(f"{item.ledger.project}/{item.ledger.stack}", style="bold"))
    for start, end in item.history.deployments():
        started = start.entry.started
        if started is None:
            continue
        outcome = end.entry.finished.outcome if end and end.entry.finished else "has not ended"
        people = _approvers(started.approvals)
        console.print(
            f"  {start.entry.created:%Y-%m-%d %H:%M} UTC  {started.proposal.commit[:12]}  {outcome:<14}"
            + ("rollback, " if started.rollback else "")
            + f"by {start.entry.deployer} for {started.requested_by or 'nobody named'}"
            + (f", approved by {', '.join(people)}" if people else "")
        )
    console.print(f"  head {item.history.head}", style="dim")
