"""The address plan and the ways through a network, as text and as JSON."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import typer
from rich.table import Table
from rich.text import Text

from platform_lib.cli.console import out, print_json
from platform_lib.components.vpc.addressing.ledger import WRITE_COMMAND, NetworkLedger
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.operations.network.address_map import NetworkMap, Use, address_map, rows, summary
from platform_lib.operations.network.plan import ChangeKind, NetworkPlan
from platform_lib.operations.network.reach import ReachAnswer
from platform_lib.operations.network.stacks import StackNetwork
from platform_lib.operations.network.svg import render_svg

CELLS: Final = 64
"""Cells of the bar over a range."""
_CELL: Final = {Use.USED: ("█", "blue"), Use.FREED: ("▒", "yellow"), Use.FREE: ("·", "dim")}
_SYMBOL: Final = {
    ChangeKind.ADD: ("+", "green"),
    ChangeKind.REVIVE: ("+", "green"),
    ChangeKind.FREE: ("-", "yellow"),
    ChangeKind.RELEASE: ("-", "red"),
}


def print_changes(planned: NetworkPlan) -> None:
    """A line for every entry of the ledger that changes."""
    console = out()
    for change in planned.changes:
        symbol, style = _SYMBOL[change.kind]
        console.print(
            Text.assemble((f"  {symbol} {change.kind:<8}", style), f"{change.network}  {change.key}  {change.value}")
        )


def print_written(path: Path, planned: NetworkPlan, *, written: bool, command: str = WRITE_COMMAND) -> None:
    """Whether the ledger was written, or which command writes it."""
    count = f"{len(planned.changes)} change{'' if len(planned.changes) == 1 else 's'}"
    if not planned.changes:
        out().print("nothing to change in the address ledger")
    elif written:
        out().print(f"{count} written to {path}; have them reviewed", style="green")
    else:
        out().print(f"{count} not in the ledger yet; write them with '{command}'", style="yellow")


def print_plan(
    path: Path, planned: NetworkPlan, entries: Iterable[NetworkLedger], left: Sequence[str], *, written: bool
) -> None:
    """The maps of the networks, what changes, and what no stack has any more."""
    console = out()
    for entry in entries:
        _print_map(address_map(entry))
        console.print()
    print_changes(planned)
    print_written(path, planned, written=written)
    for network in left:
        console.print(
            f"{network}: no stack has it any more; once it is destroyed, run 'platform network retire {network}'",
            style="yellow",
        )


def _print_map(mapped: NetworkMap) -> None:
    console = out()
    for name, text in summary(mapped):
        console.print(Text.assemble((f"{name:<20} ", "dim"), (text, "bold" if name == "network" else "")))
    for line in bars(mapped):
        console.print(line)
    table = Table("BLOCK", "FIRST", "LAST", "USE", "SUBNET", "USABLE", box=None, header_style="bold", pad_edge=False)
    for row in rows(mapped):
        table.add_row(
            row.block, row.first, row.last, row.use, row.key, row.usable, style="dim" if row.use == Use.FREE else ""
        )
    console.print(table)


def bars(mapped: NetworkMap) -> list[Text]:
    """A bar for every range: each cell an equal share of its addresses, in use where any of them is."""
    lines = []
    for outer in mapped.ranges:
        cells = min(CELLS, outer.size)
        share = outer.size // cells
        uses = [Use.FREE] * cells
        for part in mapped.segments:
            if not outer.contains(part.block) or part.use is Use.FREE:
                continue
            for cell in range((part.block.first - outer.first) // share, (part.block.last - outer.first) // share + 1):
                if uses[cell] is not Use.USED:
                    uses[cell] = part.use
        lines.append(Text.assemble((f"{outer!s:<20} ", "dim"), *(_CELL[use] for use in uses)))
    return lines


def print_plan_json(
    path: Path, planned: NetworkPlan, entries: Iterable[NetworkLedger], left: Sequence[str], *, written: bool
) -> None:
    """The same as JSON."""
    changes = [
        {"network": one.network, "key": one.key, "kind": str(one.kind), "value": one.value} for one in planned.changes
    ]
    print_json(
        {
            "ledger": str(path),
            "written": written,
            "changes": changes,
            "networks": [_map_json(address_map(entry)) for entry in entries],
            "abandoned": list(left),
        }
    )


def _map_json(mapped: NetworkMap) -> dict[str, Any]:
    return {
        "network": str(mapped.id),
        "ranges": [str(block) for block in mapped.ranges],
        "addresses": {str(use): count for use, count in mapped.addresses.items()},
        "largestFree": str(mapped.largest_free) if mapped.largest_free else None,
        "stillFits": {str(length): count for length, count in mapped.still_fits.items()},
        "blocks": [
            {"block": row.block, "use": row.use, "key": row.key, "usable": int(row.usable)} for row in rows(mapped)
        ],
    }


def write_picture(entry: NetworkLedger, output: Path | None) -> None:
    """The map of one network as SVG, on stdout or in a file."""
    picture = render_svg(address_map(entry))
    if output is None:
        typer.echo(picture, nl=False)
        return
    from platform_lib.operations.output import write_text

    write_text(output, picture)
    typer.echo(f"written: {output}", err=True)


def print_check(networks: Sequence[StackNetwork], plans: Sequence[VpcPlan], *, as_json: bool) -> None:
    """What was proved: a line for every network."""
    told = [
        {
            "stack": network.stack,
            "network": str(network.id),
            "subnets": len(plan.subnets),
            "assertions": len(network.args.assertions or ()),
        }
        for network, plan in zip(networks, plans, strict=True)
    ]
    if as_json:
        print_json({"networks": told})
        return
    console = out()
    for one in told:
        line = f"{one['network']}: {one['subnets']} subnets as in the ledger, {one['assertions']} assertions hold"
        console.print(Text.assemble(("ok ", "green"), line))
    if not told:
        console.print("no stack has a network")


def print_capability(networks: Sequence[StackNetwork], *, as_json: bool) -> None:
    """What each network gets on its cloud."""
    if as_json:
        told = [
            {
                "stack": network.stack,
                "network": str(network.id),
                "gaps": len(network.capability.gaps),
                "refused": network.refused_gaps,
                "options": network.capability.as_rows(),
            }
            for network in networks
        ]
        print_json({"networks": told})
        return
    for network in networks:
        typer.echo(f"{network.id} (stack {network.stack})")
        typer.echo(network.capability.as_text())
    if not networks:
        out().print("no stack has a network")


def print_reach(network: StackNetwork, answers: Sequence[ReachAnswer], *, as_json: bool) -> None:
    """The ways, hop by hop."""
    if as_json:
        print_json({"stack": network.stack, "network": str(network.id), "answers": [_answer_json(a) for a in answers]})
        return
    console = out()
    for answer in answers:
        style = {"reachable": "green", "blocked": "red"}.get(str(answer.outcome), "yellow")
        console.print(
            Text.assemble(
                f"{answer.source} to {answer.destination} on {answer.service}: ", (str(answer.outcome), f"bold {style}")
            )
        )
        for hop in answer.hops:
            style = "green" if hop.decision == "passes" else "red"
            console.print(Text.assemble(f"  {hop.way:<6}", (f"{hop.decision:<7}", style), f"{hop.place}: {hop.reason}"))


def _answer_json(answer: ReachAnswer) -> dict[str, Any]:
    return {
        "source": answer.source,
        "destination": answer.destination,
        "service": answer.service,
        "outcome": str(answer.outcome),
        "hops": [
            {"way": hop.way, "place": hop.place, "decision": hop.decision, "reason": hop.reason} for hop in answer.hops
        ],
    }
