"""``platform deploy`` and ``platform promote``: what was approved goes out, in the order of the environments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import deployment, options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption

if TYPE_CHECKING:
    from platform_lib.operations.deployment.deploy import Deployed
    from platform_lib.operations.deployment.prepare import Prepared, Request
    from platform_lib.operations.deployment.target import Target

Approvals = Annotated[
    list[Path] | None,
    typer.Option(
        "--approval",
        metavar="FILE",
        help="An approval, with its .sig beside it; repeatable.",
        rich_help_panel=options.SELECTION,
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_deploy(app)
    _register_promote(app)


def _register_deploy(app: typer.Typer) -> None:
    @command(
        app,
        "deploy",
        panel=deployment.PANEL,
        examples=[
            "platform deploy --stack dev --key deploy.pem",
            "platform deploy --stack prod --approval prod.approval.json --tests junit.xml --key deploy.pem",
            "platform deploy --stack prod --approval prod.approval.json --key deploy.pem --engine pulumi",
        ],
    )
    def deploy(
        key: deployment.KeyFile,
        stack: options.Stack = None,
        approvals: Approvals = None,
        engine: EngineOption = Engine.SANDBOX,
        tests: deployment.Tests = None,
        drift: deployment.DriftFile = None,
        requested_by: deployment.RequestedBy = None,
        accept_loss: deployment.AcceptLoss = False,
        take_over: deployment.TakeOver = False,
        break_lock: options.BreakLock = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Deploys the commit of the work tree: previews and gates it again, compares it with the approval, then up.

        Refused (exit code 3) with every reason: another digest than the approved one, and what differs; an approval
        that is forged, expired or not the approver's to give; a work tree with changes; a commit that the environment
        below has not shown good; a closed window. What allowed it and how it ended is added to the record.
        """
        from platform_lib.operations.deployment.prepare import Request

        target = deployment.open_target(engine, directory, sandbox_dir, stack, records)
        request = Request(
            requested_by=deployment.requester(target, requested_by),
            approvals=approvals or (),
            tests=tests,
            drift=drift,
            accept_loss=accept_loss,
            take_over=take_over,
            told=None if as_json else deployment.tell_phase,
        )
        _carry_out(target, request, key, as_json=as_json, break_lock=break_lock)


def _register_promote(app: typer.Typer) -> None:
    @command(
        app,
        "promote",
        panel=deployment.PANEL,
        examples=[
            "platform promote dev staging --tests junit.xml --key deploy.pem",
            "platform promote staging prod --tests junit.xml --approval prod.approval.json --key deploy.pem",
            "git checkout v1.4.2; platform promote dev staging --key deploy.pem  # a rollback, where staging had it",
        ],
    )
    def promote(
        source: Annotated[str, typer.Argument(metavar="FROM", help="Environment that the commit was deployed to.")],
        destination: Annotated[str, typer.Argument(metavar="TO", help="The environment above it.")],
        key: deployment.KeyFile,
        approvals: Approvals = None,
        engine: EngineOption = Engine.SANDBOX,
        tests: deployment.Tests = None,
        drift: deployment.DriftFile = None,
        requested_by: deployment.RequestedBy = None,
        accept_loss: deployment.AcceptLoss = False,
        take_over: deployment.TakeOver = False,
        break_lock: options.BreakLock = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Deploys to an environment the same commit that the one below shows good: tests, gate, no drift, time.

        The work tree must be at that commit. A commit that was deployed to TO before, and is older than what is there,
        is a rollback: it needs no evidence, does not wait for a window, and is refused where data would be lost, until
        --accept-loss.
        """
        from platform_lib.operations.deployment.prepare import Request
        from platform_lib.operations.governance.governance import governance_in
        from platform_lib.operations.project import find_project

        # Only which stack is meant is looked up here; all that is decided by comes from the record.
        environments = governance_in(find_project(directory).directory).environments
        environments.named(source)
        stack = environments.named(destination).stack_name
        target = deployment.open_target(engine, directory, sandbox_dir, stack, records)
        request = Request(
            requested_by=deployment.requester(target, requested_by),
            approvals=approvals or (),
            tests=tests,
            drift=drift,
            accept_loss=accept_loss,
            source=source,
            take_over=take_over,
            told=None if as_json else deployment.tell_phase,
        )
        _carry_out(target, request, key, as_json=as_json, break_lock=break_lock)


def _carry_out(target: "Target", request: "Request", key: Path, *, as_json: bool, break_lock: bool) -> None:
    from platform_lib.cli.console import print_json
    from platform_lib.operations.deployment.deploy import deploy

    if not as_json:
        deployment.tell_target(target)

    def told(prepared: "Prepared") -> None:
        if not as_json:
            deployment.show_prepared(prepared)

    done = deploy(target, request, key, deployment.passphrase(), on_prepared=told, break_lock=break_lock)
    if as_json:
        print_json(_json(done))
        return
    _show(done, target.stack.engine)


def _json(done: "Deployed") -> dict[str, object]:
    from platform_lib.operations.record import change_json

    return {
        **deployment.prepared_json(done.prepared),
        "changes": [change_json(change) for change in done.record.moved],
        "unplanned": list(done.unplanned),
        "entry": len(done.history.entries),
        "head": done.history.head,
        "exitCode": 0,
    }


def _show(done: "Deployed", engine: str) -> None:
    from rich.text import Text

    from platform_lib.cli.console import err, out
    from platform_lib.cli.render import change_line
    from platform_lib.cli.summary import show_counts

    console = out()
    for change in done.record.moved:
        console.print(change_line(change, preview=False))
    show_counts(console, done.record.counts, preview=False)
    for line in done.unplanned:
        err().print(f"look: {line}", style="bold yellow")
    name = done.prepared.environment.name
    console.print(Text.assemble(("deployed", "bold green"), f": {name}, on engine {engine}"))
    console.print(f"record: entry {len(done.history.entries)}, head {done.history.head}")
