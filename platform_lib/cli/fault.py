"""``platform sandbox fault`` and ``region``: what goes wrong in the sandbox cloud."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.fault import Fault

FAULT = "What goes wrong, and where"


def register(group: typer.Typer) -> None:
    """Adds the commands to the sandbox group."""

    @command(
        group,
        "fault",
        examples=[
            "platform sandbox fault  # lists what is in force",
            "platform sandbox fault fail --type 'aws:ec2/subnet:*' --nth 3",
            "platform sandbox fault throttle --operation any --times 5",
            "platform sandbox fault slow --type aws:rds/instance:Instance --seconds 3600",
            "platform sandbox fault --clear-all",
        ],
    )
    def fault(
        effect: Annotated[
            str | None,
            typer.Argument(metavar="[EFFECT]", help="fail, throttle, timeout, slow or unready; left out: list them."),
        ] = None,
        operation: Annotated[
            str, typer.Option(help="create, read, update, delete, check, invoke or any.", rich_help_panel=FAULT)
        ] = "create",
        kind: Annotated[str, typer.Option("--type", help="Pattern of the type token.", rich_help_panel=FAULT)] = "*",
        name: Annotated[str, typer.Option(help="Pattern of the logical name.", rich_help_panel=FAULT)] = "*",
        region: Annotated[str, typer.Option(help="Pattern of the region.", rich_help_panel=FAULT)] = "*",
        nth: Annotated[int, typer.Option(help="The first matching call that goes wrong.", rich_help_panel=FAULT)] = 1,
        times: Annotated[int, typer.Option(help="How many go wrong; 0 is all.", rich_help_panel=FAULT)] = 1,
        seconds: Annotated[
            float, typer.Option(help="How long slow takes, by the cloud's clock.", rich_help_panel=FAULT)
        ] = 0.0,
        message: Annotated[str, typer.Option(help="Text of the refusal.", rich_help_panel=FAULT)] = "",
        clear: Annotated[int | None, typer.Option("--clear", metavar="NUMBER", help="Lift one fault.")] = None,
        clear_all: Annotated[bool, typer.Option("--clear-all", help="Lift all faults.")] = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        as_json: options.Json = False,
    ) -> None:
        """Makes calls to the sandbox cloud go wrong, lists such faults, or lifts them."""
        from platform_lib.cli.session import open_sandbox
        from platform_lib.core.errors import CloudError
        from platform_lib.sandbox.cloud.fault import FaultRule

        if effect is not None and (clear is not None or clear_all):
            raise InputError("sandbox fault: an effect and --clear do not go together; do one after the other")
        rule = None
        if effect is not None:
            fields: dict[str, Any] = {
                "effect": effect,
                "operation": operation,
                "type": kind,
                "name": name,
                "region": region,
                "nth": nth,
                "times": times,
                "seconds": seconds,
                "message": message,
            }
            try:
                rule = FaultRule(**fields)
            except CloudError as error:
                raise InputError(str(error)) from error
        with open_sandbox(directory, sandbox_dir).cloud() as cloud:
            if clear_all:
                cloud.clear_faults()
            elif clear is not None:
                cloud.clear_faults(clear)
            elif rule is not None:
                cloud.inject(rule)
            faults = cloud.faults()
        _show_faults(faults, as_json=as_json)

    @command(
        group,
        "region",
        examples=["platform sandbox region eu-west-1 --down", "platform sandbox region eu-west-1 --up"],
    )
    def region_(
        region: Annotated[str | None, typer.Argument(metavar="[REGION]", help="Left out: list what is down.")] = None,
        down: Annotated[bool | None, typer.Option("--down/--up", help="Take it down, or bring it up again.")] = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        as_json: options.Json = False,
    ) -> None:
        """Takes a region of the sandbox cloud down, or brings it up again; every call to it fails meanwhile."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.session import open_sandbox

        if (region is None) != (down is None):
            raise InputError("sandbox region: give a region with --down or --up, or neither to list what is down")
        with open_sandbox(directory, sandbox_dir).cloud() as cloud:
            if region is not None and down:
                cloud.take_down(region)
            elif region is not None:
                cloud.bring_up(region)
            regions = cloud.down()
        if as_json:
            print_json({"engine": "sandbox", "down": regions})
            return
        for name, since in regions.items():
            out().print(f"{name} is down since {since}")
        if not regions:
            out().print("no region of the sandbox cloud is down")


def _show_faults(faults: "list[Fault]", *, as_json: bool) -> None:
    from dataclasses import asdict

    from platform_lib.cli.console import out, print_json

    if as_json:
        entries = [{"number": f.number, **asdict(f.rule), "seen": f.seen, "fired": f.fired} for f in faults]
        print_json({"engine": "sandbox", "faults": entries})
        return
    if not faults:
        out().print("no fault is in force in the sandbox cloud")
        return
    from rich.table import Table

    columns = ("NUMBER", "EFFECT", "CALL", "TYPE", "NAME", "REGION", "FROM", "TIMES", "FIRED")
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for item in faults:
        rule = item.rule
        where = (rule.effect, rule.operation, rule.type, rule.name, rule.region)
        table.add_row(*map(str, (item.number, *where, rule.nth, rule.times or "all", item.fired)))
    out().print(table)
