"""``platform network``: the address plan of all stacks, and what can reach what."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import network_adopt, options
from platform_lib.cli.command import command

if TYPE_CHECKING:
    from platform_lib.components.vpc.addressing.intent import NetworkId
    from platform_lib.components.vpc.addressing.ledger_file import LedgerFile
    from platform_lib.operations.network.plan import NetworkPlan
    from platform_lib.operations.network.stacks import StackNetwork

HELP = (
    "The networks of all stacks: their address plan, and what can reach what. Works from the settings of the stacks "
    "and the address ledger (governance/address-ledger.yaml); no program runs and no cloud is asked."
)


class PlanFormat(StrEnum):
    """What an address plan is printed as."""

    MAP = "map"
    SVG = "svg"
    JSON = "json"


Stacks = Annotated[
    str, typer.Option("--stack", "-s", metavar="NAME|all", help="One stack, or all.", rich_help_panel=options.SELECTION)
]
Name = Annotated[
    str,
    typer.Option(
        "--network", metavar="NAME", help="Only the networks of this name.", rich_help_panel=options.SELECTION
    ),
]
LedgerNetwork = Annotated[
    str, typer.Argument(metavar="NETWORK", help="Network in the address ledger: environment/cloud/region/name.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(help=HELP, no_args_is_help=True)
    app.add_typer(group, name="network", rich_help_panel="Networks")
    _register_plan(group)
    _register_check(group)
    _register_capability(group)
    _register_reach(group)
    _register_giving_back(group)
    network_adopt.register(group)


def _open(directory: Path, stack: str, name: str) -> "tuple[LedgerFile, tuple[StackNetwork, ...]]":
    from platform_lib.operations.network.stacks import project_ledger_file, stack_networks
    from platform_lib.operations.project import find_project

    project = find_project(directory)
    file = project_ledger_file(project)
    return file, stack_networks(project, file, stack, name)


def _register_plan(group: typer.Typer) -> None:
    @command(
        group,
        "plan",
        examples=[
            "platform network plan  # what changes, and the map of every network",
            "platform network plan --write  # put the changes into the address ledger, for review",
            "platform network plan --stack dev --format svg --output dev.svg",
        ],
    )
    def plan(
        stack: Stacks = "all",
        name: Name = "",
        write: Annotated[
            bool,
            typer.Option("--write", help="Put the changes into the address ledger.", rich_help_panel=options.SELECTION),
        ] = False,
        form: Annotated[
            PlanFormat, typer.Option("--format", "-f", help="What to print.", rich_help_panel=options.OUTPUT)
        ] = PlanFormat.MAP,
        as_json: options.Json = False,
        output: Annotated[
            Path | None,
            typer.Option(
                "--output", "-o", metavar="FILE", help="Write the picture to a file.", rich_help_panel=options.OUTPUT
            ),
        ] = None,
        directory: options.Directory = Path(),
    ) -> None:
        """Gives every subnet of the stacks its block, and shows the map: used, freed, free, and what still fits.

        What is in use never moves. A subnet that a stack no longer has frees its block, which stays taken until it is
        released. All networks, peers and on-premises ranges of the ledger are checked for overlap.
        """
        from platform_lib.cli import network_report
        from platform_lib.operations.errors import InputError
        from platform_lib.operations.network import plan as address_plan
        from platform_lib.operations.network.stacks import ALL, abandoned, plan_stacks

        form = PlanFormat.JSON if as_json else form
        if output is not None and form is not PlanFormat.SVG:
            raise InputError("output: is for the picture; give --format svg too, or redirect")
        file, networks = _open(directory, stack, name)
        if form is PlanFormat.SVG and len(networks) != 1:
            known = ", ".join(str(network.id) for network in networks) or "none"
            raise InputError(f"format: a picture shows one network, got {known}; name it with --stack and --network")
        planned = plan_stacks(file, networks)
        if write:
            address_plan.write(file, planned)
        left = abandoned(file, networks) if stack == ALL and not name else ()
        entries = [planned.ledger.networks[str(network.id)] for network in networks]
        if form is PlanFormat.JSON:
            network_report.print_plan_json(file.path, planned, entries, left, written=write)
        elif form is PlanFormat.SVG:
            network_report.write_picture(entries[0], output)
        else:
            network_report.print_plan(file.path, planned, entries, left, written=write)


def _register_check(group: typer.Typer) -> None:
    @command(
        group,
        "check",
        examples=["platform network check", "platform network check --stack prod --json"],
    )
    def check(
        stack: Stacks = "all",
        name: Name = "",
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Proves that the networks of the stacks fit the address ledger and that what is asserted of them holds.

        Finds what a preview would fail with: a subnet without a block, an overlap, a way that an assertion forbids.
        Ends with 1 where anything is wrong.
        """
        from platform_lib.cli import network_report
        from platform_lib.operations.network.stacks import check_stacks

        file, networks = _open(directory, stack, name)
        network_report.print_check(networks, check_stacks(file, networks), as_json=as_json)


def _register_capability(group: typer.Typer) -> None:
    @command(
        group,
        "capability",
        examples=["platform network capability", "platform network capability --stack prod --json"],
    )
    def capability(
        stack: Stacks = "all",
        name: Name = "",
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Tells what each network asks of its cloud, what the cloud gives, and what it cannot and why.

        A gap is an error of the preview, unless the network sets on_gap to warn: then that part is left out. Ends with
        1 where a gap is an error.
        """
        from platform_lib.cli import network_report

        _, networks = _open(directory, stack, name)
        network_report.print_capability(networks, as_json=as_json)
        if any(network.refused_gaps for network in networks):
            raise typer.Exit(1)


def _register_reach(group: typer.Typer) -> None:
    @command(
        group,
        "reach",
        examples=[
            "platform network reach private internet --stack dev",
            "platform network reach isolated service:s3 --stack prod --json",
            "platform network reach public isolated --port tcp/5432 --stack dev",
        ],
    )
    def reach(
        source: Annotated[
            str,
            typer.Argument(metavar="FROM", help="Who opens the connection: a tier, a subnet (tier/zone), internet."),
        ],
        destination: Annotated[
            str, typer.Argument(metavar="TO", help="Who it is for: likewise, a range, or service:NAME.")
        ],
        port: Annotated[
            str, typer.Option("--port", metavar="PORT", help="Such as tcp/443, udp/53 or icmp.")
        ] = "tcp/443",
        stack: Annotated[
            str, typer.Option("--stack", "-s", metavar="NAME", help="The stack.", rich_help_panel=options.SELECTION)
        ] = "all",
        name: Name = "",
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Follows a connection through a planned network and explains every hop, there and back.

        A tier stands for whatever may be put into it, unfiltered and with a public address; security groups of your
        own programs are not seen.
        """
        from platform_lib.cli import network_report
        from platform_lib.components.vpc.planned_graph import planned_graph
        from platform_lib.operations.errors import InputError
        from platform_lib.operations.network.reach import reach as follow

        file, networks = _open(directory, stack, name)
        if len(networks) != 1:
            known = ", ".join(f"{network.name} of {network.stack}" for network in networks) or "none"
            raise InputError(f"network: one is looked at at a time, got {known}; name it with --stack and --network")
        plan = networks[0].planned(file)
        if plan.referenced:
            raise InputError(f"network {networks[0].id}: is only referred to (adopt), so that its routes are not known")
        answers = follow(planned_graph(plan), source, destination, port)
        network_report.print_reach(networks[0], answers, as_json=as_json)


def _register_giving_back(group: typer.Typer) -> None:
    @command(
        group,
        "release",
        examples=[
            "platform network release dev/aws/eu-central-1/main  # all that is freed",
            "platform network release dev/aws/eu-central-1/main public/euc1-az3 --yes",
        ],
    )
    def release(
        network: LedgerNetwork,
        keys: Annotated[
            list[str] | None, typer.Argument(metavar="[TIER/ZONE]...", help="What to release; left out, all of it.")
        ] = None,
        yes: options.Yes = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Gives freed blocks of a network back, so that others may get their addresses.

        Nothing that is in use can be released. Without a block in use, the network's whole entry goes.
        """
        from platform_lib.operations.network.plan import release as give_back

        file = _ledger(directory)
        planned = give_back(file, _network_id(network), keys or None)
        _give_back(file, planned, f"release {len(planned.changes)} of {network}?", yes=yes, as_json=as_json)

    @command(group, "retire", examples=["platform network retire dev/aws/eu-central-1/main"])
    def retire(
        network: LedgerNetwork,
        yes: options.Yes = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Frees every block of a network that was destroyed and that no stack has any more; release gives them back.

        A network that a stack still has is refused.
        """
        from platform_lib.operations.errors import InputError
        from platform_lib.operations.network.plan import retire as give_up

        file, networks = _open(directory, "all", "")
        wanted = _network_id(network)
        for one in networks:
            if one.id == wanted:
                raise InputError(f"network {network}: stack {one.stack!r} still has it; take it out of the stack first")
        planned = give_up(file, wanted)
        _give_back(file, planned, f"free {len(planned.changes)} blocks of {network}?", yes=yes, as_json=as_json)


def _network_id(text: str) -> "NetworkId":
    from platform_lib.components.vpc.addressing.intent import NetworkId
    from platform_lib.operations.errors import InputError

    try:
        return NetworkId.parse(text)
    except ValueError as error:
        raise InputError(f"network: {error}") from None


def _ledger(directory: Path) -> "LedgerFile":
    from platform_lib.operations.network.stacks import project_ledger_file
    from platform_lib.operations.project import find_project

    return project_ledger_file(find_project(directory))


def _give_back(file: "LedgerFile", planned: "NetworkPlan", question: str, *, yes: bool, as_json: bool) -> None:
    from platform_lib.cli import network_report
    from platform_lib.cli.session import confirm
    from platform_lib.operations.network.plan import write

    if planned.changes:
        if not as_json:
            network_report.print_changes(planned)
        confirm(question, yes=yes)
        write(file, planned)
    if as_json:
        network_report.print_plan_json(file.path, planned, [], (), written=bool(planned.changes))
    else:
        network_report.print_written(file.path, planned, written=True)
