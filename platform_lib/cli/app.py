"""The command line put together: a module per verb group; what a command needs it imports when it runs."""

from importlib import metadata
from typing import Annotated

import typer

from platform_lib.cli import (
    approve,
    audit,
    ci,
    compare,
    config,
    deploy,
    doctor,
    drift,
    drill,
    env,
    evidence,
    gate,
    graph,
    lifecycle,
    network,
    policy,
    record,
    sandbox,
    schema,
    secrets,
    stacks,
    state,
    status,
    upgrade,
)

_HELP = (
    "Brings stacks up on a sandbox, checks them against policies, and shows what they are.\n\n"
    "The sandbox is a stand-in for the Pulumi engine and for the clouds: it runs your Pulumi program in this process "
    "and keeps its cloud in a file. No cloud account, no Pulumi CLI, no network. It proves wiring, types, graph, "
    "differences, policies and life cycle; it does not prove that a real cloud takes the values. Real stacks are "
    "brought up by the `pulumi` command, by hand or by `platform deploy --engine pulumi`; every command with --engine "
    "works on them too."
)

_EPILOG = """[bold]First steps[/bold]
  platform doctor               [dim]# what is installed, what is missing[/dim]
  platform preview --stack dev  [dim]# what would be made, what policies say[/dim]
  platform up --stack dev       [dim]# make it, on the sandbox[/dim]
  platform graph --stack dev    [dim]# look at it[/dim]

[bold]Exit codes[/bold]
  0 done, 1 failed, 2 wrong usage, 3 refused by a policy or gate,
  4 drift or difference found, where asked for
"""

app = typer.Typer(
    name="platform",
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"platform-lib {metadata.version('platform-lib')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Takes the options that stand before a command."""


for _module in (
    lifecycle,
    status,
    upgrade,
    stacks,
    graph,
    compare,
    network,
    state,
    sandbox,
    policy,
    gate,
    drift,
    drill,
    audit,
    config,
    env,
    ci,
    approve,
    deploy,
    record,
    evidence,
    secrets,
    schema,
    doctor,
):
    _module.register(app)
