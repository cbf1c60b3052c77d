"""``platform status``: what is up on the sandbox."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command

if TYPE_CHECKING:
    from platform_lib.operations.status import StackStatus


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "status",
        panel="Look at stacks",
        examples=["platform status", "platform status --stack dev", "platform status --stack dev --json"],
    )
    def status(
        stack: options.Stack = None,
        show_secrets: options.ShowSecrets = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Says what is up on the sandbox: stacks, their resources by component, the last operation, outputs.

        Without --stack, all stacks of the project in one line each.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.session import open_sandbox, open_session
        from platform_lib.operations.status import stack_status, status_json

        if stack is None:
            workspace = open_sandbox(directory, sandbox_dir)
            handles = [workspace.stack(name) for name in workspace.stacks()]
        else:
            session = open_session(directory, sandbox_dir, stack)
            workspace, handles = session.workspace, [session.stack]
        found = [stack_status(handle, show_secrets=show_secrets) for handle in handles]
        if as_json:
            print_json(
                {
                    "engine": "sandbox",
                    "project": workspace.project.name,
                    "sandbox": str(workspace.directory),
                    "stacks": [status_json(item) for item in found],
                }
            )
            return
        console = out()
        console.print(f"project {workspace.project.name}, sandbox {workspace.directory}", style="bold")
        for item in found:
            _show(item, whole=stack is not None)
        if not found:
            console.print("the project has no stack; add a file Pulumi.<stack>.yaml")


def _show(item: "StackStatus", *, whole: bool) -> None:
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.cli.summary import show_outputs
    from platform_lib.operations.tree import counted

    console = out()
    line = Text(f"  {item.name:<16} ")
    if not item.up:
        line.append("not up", style="dim")
        line.append(f"   bring it up: platform up --stack {item.name}", style="dim")
    else:
        line.append(counted(item.resources), style="green")
        line.append(f" in {counted(item.components, 'component')}, {item.protected} protected")
        if item.last:
            line.append(f"; {item.last}", style="dim")
    console.print(line)
    if item.running:
        console.print(f"  {'':<16} under way: {item.running}", style="yellow")
    if item.pending:
        console.print(f"  {'':<16} {item.pending} operations were interrupted; run up to go on", style="yellow")
    if not whole or not item.up:
        return
    for name, kind, count in item.by_component:
        console.print(Text.assemble(f"    {count:>5}  ", (name, "bold"), (f"  {kind}", "dim")))
    show_outputs(console, item.outputs)
