"""``platform sandbox serve`` and ``sandbox run``: the stock Pulumi CLI against the sandbox cloud."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.operations.errors import InputError


def register(group: typer.Typer) -> None:
    """Adds the commands to the group ``sandbox``."""

    @command(
        group,
        "run",
        examples=[
            "platform sandbox run -- pulumi stack init dev",
            "platform sandbox run -- pulumi up --stack dev --yes",
        ],
    )
    def run(
        words: Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="The command, as in `-- pulumi up`.")],
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Runs the stock Pulumi CLI with the sandbox as its cloud.

        It gets a home, a state backend and a copy of the stack files of its own below the sandbox folder: your login,
        your stacks and your files stay as they are.
        """
        import asyncio

        from platform_lib.cli.session import open_sandbox
        from platform_lib.operations.stock_cli import run_stock

        raise typer.Exit(asyncio.run(run_stock(open_sandbox(directory, sandbox_dir), words)))

    @command(group, "serve", examples=["platform sandbox serve", "platform sandbox serve --port aws:9900"])
    def serve(
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        ports: Annotated[
            list[str] | None,
            typer.Option("--port", metavar="PACKAGE:PORT", help="A fixed port for a package; repeatable."),
        ] = None,
    ) -> None:
        """Serves the sandbox cloud as providers on loopback until Ctrl-C; prints what a shell has to export."""
        import asyncio

        from platform_lib.cli.session import open_sandbox
        from platform_lib.operations.stock_cli import serve_stock

        asyncio.run(serve_stock(open_sandbox(directory, sandbox_dir), _ports(ports or []), _announce))


def _ports(texts: list[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        package, _, port = text.partition(":")
        if not package or not port.isdigit() or not 0 < int(port) < 65536:
            raise InputError(f"--port: must be PACKAGE:PORT with a port from 1 to 65535, got '{text}'")
        found[package] = int(port)
    return found


def _announce(environment: Mapping[str, str]) -> None:
    for key, value in sorted(environment.items()):
        typer.echo(f"export {key}={shlex.quote(value)}")
    typer.echo("# the sandbox cloud is served; Ctrl-C ends it")
