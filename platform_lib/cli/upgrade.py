"""``platform check-upgrade``: what a new version of program and library does to a stack."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.operations.upgrade.model import UpgradeReport


class PlannedBump(StrEnum):
    """What a release is going to raise."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "check-upgrade",
        panel="Check stacks",
        examples=[
            "platform check-upgrade --from v1.4.0 --stack dev",
            "platform check-upgrade --from v1.4.0 --stack dev --fresh  # without a state: for every release",
            "pulumi stack export --show-secrets > prod.json; platform check-upgrade --from v1.4.0 --state prod.json",
            "platform check-upgrade --from v1.4.0 --stack dev --release minor  # ends with 3 where it needs more",
            "platform check-upgrade --from v1.4.0 --stack prod --engine pulumi --json",
        ],
    )
    def check_upgrade(
        since: Annotated[
            str,
            typer.Option(
                "--from",
                metavar="REF",
                help="The old version: a tag, branch or commit of this repository.",
                rich_help_panel=options.SELECTION,
            ),
        ],
        stack: options.Stack = None,
        state: Annotated[
            Path | None,
            typer.Option(
                "--state",
                metavar="FILE",
                help="An exported state, of any engine, instead of the stack's own.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        fresh: Annotated[
            bool,
            typer.Option(
                "--fresh",
                help="Against the state that the old version makes on a sandbox of its own.",
                rich_help_panel=options.SELECTION,
            ),
        ] = False,
        engine: EngineOption = Engine.SANDBOX,
        components: Annotated[
            str,
            typer.Option(
                "--components",
                metavar="PACKAGE",
                help="Package whose components' contract is compared.",
                rich_help_panel=options.SELECTION,
            ),
        ] = "platform_lib.components",
        python: Annotated[
            Path | None,
            typer.Option(
                "--old-python",
                metavar="FILE",
                help="Interpreter of the old version, where its packages are others than these.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        release: Annotated[
            PlannedBump | None,
            typer.Option(
                "--release",
                help="What the release raises; where the change needs more, the command ends with 3.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Runs the old and the new version of program and library against a state, and changes nothing.

        Tells which resources would be replaced or deleted, which go on under a new URN by their alias, and what changed
        in the contract of the components, with the version that this needs. Both versions are previewed on the sandbox,
        whichever engine the state is of. Ends with 4 where a resource is lost.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.cli.session import open_sandbox, open_session
        from platform_lib.operations.upgrade.check import check_upgrade as check
        from platform_lib.operations.upgrade.check import read_state, stack_of
        from platform_lib.operations.upgrade.model import Bump, suffices

        if state is not None and engine is Engine.PULUMI:
            raise InputError("check-upgrade: --state and --engine pulumi do not go together; give one of them")
        if fresh and (state is not None or engine is Engine.PULUMI):
            raise InputError("check-upgrade: --fresh makes its own state; leave --state and --engine out")
        workspace = open_sandbox(directory, sandbox_dir)
        document: Mapping[str, Any] | None = None
        if fresh:
            name = open_session(directory, sandbox_dir, stack).stack.name
        elif state is not None:
            document = read_state(state)
            name = stack or stack_of(document)
            if not name:
                raise InputError(f"check-upgrade: --state: {state}: holds no resource; name the stack with --stack")
        else:
            from platform_lib.cli.engines import open_stack

            _, chosen = open_stack(engine, directory, sandbox_dir, stack)
            if not chosen.exists():
                raise InputError(f"check-upgrade: stack '{chosen.name}': has no state on engine {engine}; give --state")
            name, document = chosen.name.rpartition("/")[2], chosen.export()
        report = check(workspace, since, name, document, components=components, python=python)
        short = release is not None and not suffices(Bump(release.value), report.bump, report.version)
        if as_json:
            print_json(report.model_dump(mode="json", by_alias=True))
        else:
            show(report)
            if short:
                from platform_lib.cli.console import err

                err().print(f"refused: the release raises {release}, the change needs {report.bump}", style="bold red")
        if short:
            raise typer.Exit(int(ExitCode.REFUSED))
        if report.lost:
            raise typer.Exit(int(ExitCode.DIFFERENT))


def show(report: "UpgradeReport") -> None:
    """Shows what an upgrade does, the worst first."""
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.operations.record import urn_name
    from platform_lib.operations.tree import brief_type

    console = out()
    title = f"Upgrade of {report.project} / {report.stack} from {report.since} ({report.commit[:12]})"
    console.print(Text.assemble((title, "bold"), ("  previewed on the sandbox", "cyan")))
    for item in report.lost:
        why = f" because of {', '.join(item.keys)}" if item.keys else ""
        marks = ", ".join(mark for mark in ("protected" if item.protected else "", item.stateful) if mark)
        verb = "replaced" if item.action == "replace" else "deleted"
        line = Text.assemble(
            "  ", (f"{verb:<9}", "bold red"), f"{brief_type(item.type)} ", (urn_name(item.urn), "bold")
        )
        line.append(f"{why}{f'  {marks}' if marks else ''}")
        console.print(line)
        if item.likely:
            console.print(
                Text(f"      {urn_name(item.likely)} may be its new name: add the alias {item.urn}", style="dim")
            )
    for renamed in report.renamed:
        console.print(Text.assemble("  ", ("renamed  ", "green"), f"{renamed.old} is {renamed.new}"))
    for label, urns in (("created", report.created), ("updated", report.updated)):
        for urn in urns:
            console.print(Text(f"  {label:<9}{urn}"))
    if report.pending:
        console.print(f"  {len(report.pending)} changes are not deployed yet, and not the upgrade's doing", style="dim")
    for change in report.contract:
        style = "red" if change.bump == "major" else "green"
        console.print(Text.assemble("  ", (f"{change.kind:<17}", style), change.subject, f"  {change.detail}"))
    version = f": {report.version} -> {report.next_version}" if report.next_version else ""
    console.print(f"needs a {report.bump} version{version}", style="bold")
