"""``platform sandbox``: look at the sandbox cloud, edit it behind the program's back, disturb it, empty it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import fault, options, stock
from platform_lib.cli.command import command
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.store import Row

Target = Annotated[str, typer.Argument(metavar="TARGET", help="URN, id, TYPE=ID, or logical name of a resource.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="The sandbox cloud: look at it, edit it behind the program's back, disturb it, empty it.",
        no_args_is_help=True,
    )
    app.add_typer(group, name="sandbox", rich_help_panel="Sandbox")
    _register_looking(group)
    _register_editing(group)
    fault.register(group)
    stock.register(group)


def _register_looking(group: typer.Typer) -> None:
    @command(
        group,
        "ls",
        examples=["platform sandbox ls", "platform sandbox ls --type 'aws:ec2/*' --region eu-west-1"],
    )
    def ls(
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        package: Annotated[str, typer.Option(help="Pattern of the package.")] = "*",
        kind: Annotated[str, typer.Option("--type", help="Pattern of the type token.")] = "*",
        region: Annotated[str, typer.Option(help="Pattern of the region; '' is what is global.")] = "*",
        implied: Annotated[
            bool, typer.Option("--implied", help="Also what the cloud made on its own (default security groups).")
        ] = False,
        as_json: options.Json = False,
    ) -> None:
        """Lists what is in the sandbox cloud, whichever stack made it."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.session import open_sandbox
        from platform_lib.operations.record import urn_name

        with open_sandbox(directory, sandbox_dir).cloud() as cloud:
            rows = cloud.ls(package=package, type=kind, region=region, implied=implied)
            down = cloud.down()
        if as_json:
            print_json({"engine": "sandbox", "down": down, "resources": [_row_json(row) for row in rows]})
            return
        console = out()
        for name, since in down.items():
            console.print(f"region {name} is down since {since}", style="bold red")
        if not rows:
            console.print("nothing in the sandbox cloud")
            return
        from rich.table import Table

        table = Table("TYPE", "NAME", "ID", "REGION", "CHANGED", box=None, header_style="bold", pad_edge=False)
        for row in rows:
            table.add_row(row.type, urn_name(row.urn) if row.urn else "", row.id, row.region or "global", row.modified)
        console.print(table)
        console.print(f"{len(rows)} resources in the sandbox cloud", style="dim")

    @command(
        group,
        "show",
        examples=["platform sandbox show main-vpc", "platform sandbox show vpc-0a1b2c3d4e5f60718 --json"],
    )
    def show(
        target: Target,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        show_secrets: options.ShowSecrets = False,
        as_json: options.Json = False,
    ) -> None:
        """Shows everything that the sandbox cloud knows of one resource."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.render import value_text
        from platform_lib.cli.session import open_sandbox
        from platform_lib.operations import disturb
        from platform_lib.operations.changes import flat, shown

        with open_sandbox(directory, sandbox_dir).cloud() as cloud:
            row = disturb.find(cloud, target)
        inputs, outputs = (shown(part, show_secrets=show_secrets) for part in (row.inputs, row.outputs))
        if as_json:
            print_json({"engine": "sandbox", **_row_json(row), "inputs": inputs, "outputs": outputs})
            return
        console = out()
        console.print(f"{row.type} {row.id}", style="bold")
        for label, value in (("urn", row.urn), ("scope", row.scope), ("region", row.region or "global")):
            console.print(f"  {label:<10}{value}")
        console.print(f"  {'changed':<10}{row.modified}, version {row.version}")
        for label, properties in (("inputs", inputs), ("outputs", outputs)):
            console.print(f"  {label}", style="bold")
            for path, value in flat(properties):
                if path and not path.startswith("__"):
                    console.print(f"    {path}: {value_text(value)}")


def _row_json(row: "Row") -> dict[str, object]:
    return {
        "type": row.type,
        "id": row.id,
        "urn": row.urn,
        "package": row.package,
        "scope": row.scope,
        "region": row.region,
        "version": row.version,
        "created": row.created,
        "modified": row.modified,
    }


def _register_editing(group: typer.Typer) -> None:
    @command(
        group,
        "edit",
        examples=[
            "platform sandbox edit main-vpc enableDnsSupport=false",
            "platform sandbox edit main-vpc 'tags.owner=somebody-else'",
            "platform sandbox edit main-vpc --unset tags.owner",
            "platform sandbox edit main-private-a --delete",
            "platform refresh --stack dev  # shows what moved; the next up mends it",
        ],
    )
    def edit(
        target: Target,
        assignments: Annotated[
            list[str] | None,
            typer.Argument(metavar="PATH=VALUE", help="Property path and new value: JSON, or text as it stands."),
        ] = None,
        unset: Annotated[list[str] | None, typer.Option("--unset", metavar="PATH", help="Remove a property.")] = None,
        delete: Annotated[bool, typer.Option("--delete", help="Delete the resource, whatever still needs it.")] = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        as_json: options.Json = False,
    ) -> None:
        """Changes a resource of the sandbox cloud behind the program's back: drift to practise with."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.render import diff_lines
        from platform_lib.cli.session import open_sandbox
        from platform_lib.operations import disturb

        if delete and (assignments or unset):
            raise InputError("sandbox edit: --delete goes with nothing else; leave the assignments out")
        if not (delete or assignments or unset):
            raise InputError("sandbox edit: nothing to do; give PATH=VALUE, --unset PATH or --delete")
        with open_sandbox(directory, sandbox_dir).cloud() as cloud:
            if delete:
                row = cloud.remove(disturb.address(disturb.find(cloud, target)))
                if as_json:
                    print_json({"engine": "sandbox", "deleted": True, **_row_json(row)})
                else:
                    out().print(f"deleted in the sandbox cloud: {row.type} {row.id}")
                return
            before, after = disturb.edit(cloud, target, assignments or [], unset or [])
        changes = disturb.difference(before, after)
        if as_json:
            moved = [{"path": item.path, "kind": item.kind, "old": item.old, "new": item.new} for item in changes]
            print_json({"engine": "sandbox", **_row_json(after), "properties": moved})
            return
        console = out()
        console.print(f"changed in the sandbox cloud: {after.type} {after.id}")
        for line in diff_lines(changes):
            console.print(line)

    @command(group, "reset", examples=["platform sandbox reset --yes", "platform sandbox reset --cloud-only --yes"])
    def reset(
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        cloud_only: Annotated[
            bool,
            typer.Option("--cloud-only", help="Keep the states of the stacks: as if the cloud had lost everything."),
        ] = False,
        yes: options.Yes = False,
    ) -> None:
        """Empties the sandbox: its cloud, faults and clock, and the states of all its stacks."""
        from platform_lib.cli.console import out
        from platform_lib.cli.session import confirm, open_sandbox

        workspace = open_sandbox(directory, sandbox_dir)
        what = "its cloud" if cloud_only else "its cloud and the states of all its stacks"
        confirm(f"Empty the sandbox in {workspace.directory}: {what}?", yes=yes)
        workspace.reset(states=not cloud_only)
        out().print(f"the sandbox is empty: {what}")
