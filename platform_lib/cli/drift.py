"""``platform drift``: what somebody changed behind the program's back, and what it means."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.operations.drift.model import Drift, ResourceDrift


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "drift",
        panel="Check stacks",
        examples=[
            "platform drift --stack prod  # ends with 4 where something drifted",
            "platform drift --stack prod --json > drift.json",
            "platform drift --stack prod --engine pulumi  # of the real cloud, by the stock CLI",
            "platform drift --stack prod --revert --yes  # put back what the program says",
            "platform drift --stack prod --accept --yes  # take it into the state",
        ],
    )
    def drift(
        stack: options.Stack = None,
        engine: EngineOption = Engine.SANDBOX,
        accept: Annotated[
            bool,
            typer.Option(
                "--accept", help="Write what the cloud has into the state; asks.", rich_help_panel=options.SELECTION
            ),
        ] = False,
        revert: Annotated[
            bool,
            typer.Option(
                "--revert",
                help="Put back what the program says, where it drifted and nowhere else; asks.",
                rich_help_panel=options.SELECTION,
            ),
        ] = False,
        yes: options.Yes = False,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        as_json: options.Json = False,
        everything: Annotated[
            bool, typer.Option("--all", help="Show noise too.", rich_help_panel=options.OUTPUT)
        ] = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Finds what differs between a stack's state and its cloud, without changing either.

        Each difference is real (the program decides the value), unknown (the cloud computes it) or noise (a rule of
        governance/drift.yaml, or ignore_changes, says that it means nothing). What makes a policy rule fail that held
        before comes first. Ends with 4 where something real or unknown is found, and is not settled by --accept or
        --revert.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.engines import open_stack
        from platform_lib.cli.session import confirm
        from platform_lib.operations.drift.look import find_drift
        from platform_lib.operations.drift.noise import noise_rules
        from platform_lib.operations.drift.settle import accept as take
        from platform_lib.operations.drift.settle import revert as put_back
        from platform_lib.operations.packs import DEFAULT_PACK
        from platform_lib.operations.packs import policies as choose

        if accept and revert:
            raise InputError("drift: --accept and --revert do not go together; give one of them")
        project, chosen = open_stack(engine, directory, sandbox_dir, stack)
        policies = choose(project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
        noise = noise_rules(project.directory)
        found = find_drift(chosen, policies, noise)
        if not as_json:
            show(found, everything=everything, settling=accept or revert)
        settled = ""
        if found.drifted and (accept or revert):
            if accept:
                confirm(f"Take the drift of stack {chosen.name} into its state on engine {engine}?", yes=yes)
                take(chosen)
                settled = "accepted"
            else:
                confirm(f"Revert the drift of stack {chosen.name} on engine {engine}?", yes=yes)
                put_back(chosen, found)
                settled = "reverted"
            left = find_drift(chosen, policies, noise)
        else:
            left = found
        if as_json:
            told = {"settled": settled, "left": tuple(item.urn for item in left.open) if settled else ()}
            print_json(found.model_copy(update=told).model_dump(mode="json", by_alias=True))
        elif settled:
            out().print(f"{settled}: {len(found.open)} of stack {chosen.name}; {len(left.open)} left")
        if left.drifted:
            raise typer.Exit(int(ExitCode.DIFFERENT))


def show(drift: "Drift", *, everything: bool = False, settling: bool = False) -> None:
    """Shows what was found, the worst first.

    Args:
        drift: what was found.
        everything: noise too.
        settling: it is about to be accepted or reverted, so that no next step needs to be told.
    """
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.operations.tree import counted

    console = out()
    console.print(
        Text.assemble((f"Drift of {drift.project} / {drift.stack}", "bold"), (f"  on engine {drift.engine}", "cyan"))
    )
    shown = drift.resources if everything else drift.open
    for item in shown:
        _show_resource(item)
    for rule in drift.stack_rules:
        console.print(Text(f"  {rule.severity:<9} the stack now fails {rule.rule}: {rule.problem}", style="red"))
    quiet = len(drift.resources) - len(drift.open)
    verdict = "drifted" if drift.drifted else "no drift"
    console.print(
        f"{verdict}: {counted(len(drift.open))} of {drift.looked_at} differ, {quiet} with noise only"
        + ("" if everything or not quiet else " (--all shows it)")
    )
    if drift.drifted and not settling:
        console.print(
            "next: change the program or revert (--revert), or take it into the state (--accept); "
            "a rule in governance/drift.yaml names what means nothing",
            style="dim",
        )


_STYLES = {"security": "bold red", "loss": "bold red", "gone": "red", "changed": "yellow", "unknown": "cyan"}


def _show_resource(item: "ResourceDrift") -> None:
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.cli.render import value_text
    from platform_lib.operations.tree import brief_type

    console = out()
    style = _STYLES.get(item.meaning, "dim")
    gone = f"  is gone{f', and {item.stateful}' if item.stateful else ''}" if item.gone else ""
    console.print(
        Text.assemble("  ", (f"{item.meaning:<9}", style), f"{brief_type(item.type)} ", (item.name, "bold"), gone)
    )
    for rule in item.rules:
        text = f"      now fails {rule.rule} ({rule.severity}): {rule.problem}"
        console.print(Text(text, style="red"))
    for change in item.properties:
        sign = {"add": "+", "update": "~", "delete": "-"}[change.kind]
        values = {
            "add": value_text(change.new),
            "delete": value_text(change.old),
            "update": f"{value_text(change.old)} -> {value_text(change.new)}",
        }[change.kind]
        why = f"  {change.nature}: {change.reason}" if change.reason else ""
        console.print(Text.assemble(f"      {sign} {change.path}: {values}", (why, "dim")))
