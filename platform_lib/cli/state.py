"""``platform state``: take the state of a sandbox stack out, and put one in."""

from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="The state of a sandbox stack: Pulumi's deployment JSON, taken out or put in.", no_args_is_help=True
    )
    app.add_typer(group, name="state", rich_help_panel="Look at stacks")

    @command(
        group,
        "export",
        examples=[
            "platform state export --stack dev > dev.json",
            "platform state export --stack dev --output dev.json --show-secrets",
            "pulumi policy analyze baseline --file dev.json  # the stock command reads it",
        ],
    )
    def export(
        stack: options.Stack = None,
        output: Annotated[
            Path | None,
            typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", rich_help_panel=options.OUTPUT),
        ] = None,
        show_secrets: options.ShowSecrets = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Prints the state of a stack as Pulumi's deployment JSON, version 3, secrets encrypted.

        It is marked as made by the sandbox. It is for inspection: a real stack must not be made from it.
        """
        import json

        from platform_lib.cli.console import err, print_json
        from platform_lib.cli.session import open_session
        from platform_lib.operations.output import write_text

        session = open_session(directory, sandbox_dir, stack, existing=True)
        document = session.stack.export(show_secrets=show_secrets)
        if output is None:
            print_json(document)
            return
        write_text(output, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        err().print(f"written: {output}")

    @command(
        group,
        "import",
        examples=["platform state import --stack dev --file dev.json"],
    )
    def import_(
        file: Annotated[Path, typer.Option("--file", metavar="FILE", help="An exported state.")],
        stack: options.Stack = None,
        yes: options.Yes = False,
        break_lock: options.BreakLock = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Replaces the state of a stack on the sandbox by an exported one. The sandbox cloud is left as it is.

        A state that a real cloud made is refused: the sandbox does not have its resources.
        """
        import json

        from platform_lib.cli.console import out
        from platform_lib.cli.session import confirm, open_session
        from platform_lib.core.errors import PlatformError

        session = open_session(directory, sandbox_dir, stack)
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise PlatformError(f"state {file}: is not JSON, {error}; give an unchanged export") from error
        if session.stack.exists():
            confirm(f"Replace the state of stack {session.stack.name} on the sandbox?", yes=yes)
        session.stack.import_state(document, break_lock=break_lock)
        count = len(session.stack.state().resources)
        out().print(f"the state of stack {session.stack.name} on the sandbox now holds {count} entries")
