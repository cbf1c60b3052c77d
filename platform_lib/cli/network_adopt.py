"""``platform network adopt``: the ids of an existing network, and its blocks for the address ledger."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command

if TYPE_CHECKING:
    from platform_lib.operations.network.adopt import Adoption
    from platform_lib.operations.network.inventory import Item
    from platform_lib.operations.network.stacks import StackNetwork


class Mode(StrEnum):
    """What the ids are for."""

    IMPORT = "import"
    REFERENCE = "reference"


def register(group: typer.Typer) -> None:
    """Adds the command to its group."""

    @command(
        group,
        "adopt",
        examples=[
            "platform network adopt dev/main --vpc vpc-0a1b2c3d  # from the sandbox cloud",
            "aws ec2 describe-vpcs > vpcs.json; aws ec2 describe-subnets > subnets.json",
            "platform network adopt prod/main --vpc vpc-0a1b2c3d --inventory vpcs.json --inventory subnets.json",
            "platform network adopt prod/main --vpc vpc-0a1b2c3d --subnet private/euc1-az1=subnet-0d4e5f6a --write",
        ],
    )
    def adopt(
        target: Annotated[
            str, typer.Argument(metavar="STACK/NETWORK", help="The network of a stack, by the name of its component.")
        ],
        vpc: Annotated[
            str,
            typer.Option("--vpc", metavar="ID", help="Id or name of the existing network: VPC, VNet or GCP network."),
        ],
        inventory: Annotated[
            list[Path] | None,
            typer.Option(
                "--inventory",
                metavar="FILE",
                help="JSON that the cloud's own CLI printed (see below); repeatable. Left out: the sandbox cloud.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        subnet: Annotated[
            list[str] | None,
            typer.Option(
                "--subnet",
                metavar="TIER/ZONE=ID",
                help="Which subnet a tier has in a zone, where names and tags do not say it; repeatable.",
                rich_help_panel=options.SELECTION,
            ),
        ] = None,
        mode: Annotated[
            Mode, typer.Option("--mode", help="What the ids are for.", rich_help_panel=options.SELECTION)
        ] = Mode.IMPORT,
        write: Annotated[
            bool,
            typer.Option(
                "--write", help="Put ranges and blocks into the address ledger.", rich_help_panel=options.SELECTION
            ),
        ] = False,
        as_json: options.Json = False,
        output: Annotated[
            Path | None,
            typer.Option(
                "--output", "-o", metavar="FILE", help="Write the ids to a file (JSON).", rich_help_panel=options.OUTPUT
            ),
        ] = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Finds the ids of an existing network for the argument adopt, and its blocks for the address ledger.

        No cloud is asked: the inventory is the sandbox cloud, or what the cloud's own CLI printed as JSON. On AWS: aws
        ec2 describe-vpcs, describe-subnets, describe-route-tables, describe-internet-gateways,
        describe-egress-only-internet-gateways, describe-nat-gateways, describe-vpc-endpoints,
        describe-security-groups. On Azure: az network vnet show, az network nat gateway list. On Google Cloud, with
        --format json: gcloud compute networks list, networks subnets list, routers list, routes list.

        Subnets are found by their range where ledger or arguments say it, else by zone and tier: the tag tier, or the
        tier's name in theirs. What could be two things is told and not guessed.
        """
        from platform_lib.components.vpc.arguments.adopt import AdoptMode
        from platform_lib.operations.network import plan as address_plan
        from platform_lib.operations.network.adopt import adopt as find
        from platform_lib.operations.network.stacks import project_ledger_file, stack_networks
        from platform_lib.operations.project import find_project

        project = find_project(directory)
        file = project_ledger_file(project)
        stack, name = _target(target)
        (network,) = stack_networks(project, file, stack, name)
        items = _items(inventory or [], directory, sandbox_dir)
        found = find(file, network, items, vpc, mode=AdoptMode(mode.value), chosen=_chosen(subnet or []))
        if write and found.planned.changes:
            address_plan.write(file, found.planned)
        if output is not None:
            from platform_lib.operations.output import write_text

            write_text(output, json.dumps(dict(found.ids), indent=2) + "\n")
        _print(network, file.path, found, mode, as_json=as_json, written=write)


def _target(text: str) -> tuple[str, str]:
    from platform_lib.operations.errors import InputError

    stack, slash, name = text.partition("/")
    if not (stack and slash and name):
        raise InputError(f"network: is written STACK/NETWORK, got {text!r}; write it as 'dev/main'")
    return stack, name


def _chosen(texts: list[str]) -> dict[str, str]:
    from platform_lib.operations.errors import InputError

    chosen = {}
    for text in texts:
        key, sign, id_ = text.partition("=")
        if not (key and sign and id_):
            raise InputError(
                f"subnet: is written TIER/ZONE=ID, got {text!r}; write it as 'private/euc1-az1=subnet-0a1b'"
            )
        chosen[key] = id_
    return chosen


def _items(paths: list[Path], directory: Path, sandbox_dir: Path | None) -> "list[Item]":
    from platform_lib.operations.network.inventory import read_items, sandbox_items

    if paths:
        return read_items(paths)
    from platform_lib.cli.session import open_sandbox

    with open_sandbox(directory, sandbox_dir).cloud() as cloud:
        return sandbox_items(cloud)


def _print(network: "StackNetwork", path: Path, found: "Adoption", mode: Mode, *, as_json: bool, written: bool) -> None:
    from platform_lib.cli import network_report
    from platform_lib.cli.console import out, print_json

    if as_json:
        print_json(
            {
                "network": str(network.id),
                "mode": mode.value,
                "ids": dict(found.ids),
                "without": list(found.without),
                "left": dict(found.left),
                "ledger": str(path),
                "written": written,
                "changes": [
                    {"key": one.key, "kind": str(one.kind), "value": one.value} for one in found.planned.changes
                ],
            }
        )
        return
    console = out()
    console.print(f"{network.id}: {len(found.ids)} ids for adopt, mode {mode.value}")
    typer.echo(json.dumps(dict(found.ids), indent=2))
    for name in found.without:
        what = "has no id; an import makes it" if mode is Mode.IMPORT else "has no id"
        console.print(f"{name}: {what}", style="yellow")
    for id_, text in found.left.items():
        console.print(f"{id_} ({text}): no tier has it; its addresses stay taken in the ledger", style="yellow")
    network_report.print_changes(found.planned)
    network_report.print_written(path, found.planned, written=written, command="platform network adopt --write")
