"""``platform compare``: two stacks side by side."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from platform_lib.operations.compare.model import Comparison, Difference


class CompareFormat(StrEnum):
    """What a comparison is printed as."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "compare",
        panel="Look at stacks",
        examples=[
            "platform compare dev prod  # ends with 4 where something differs by accident",
            "platform compare staging prod --all",
            "platform compare dev prod --format html --output parity.html",
        ],
    )
    def compare(
        left: Annotated[str, typer.Argument(metavar="STACK", help="A stack.")],
        right: Annotated[str, typer.Argument(metavar="STACK", help="Another one.")],
        engine: EngineOption = Engine.SANDBOX,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        form: Annotated[
            CompareFormat, typer.Option("--format", "-f", help="What to print.", rich_help_panel=options.OUTPUT)
        ] = CompareFormat.TABLE,
        as_json: options.Json = False,
        everything: Annotated[
            bool,
            typer.Option("--all", help="Show what follows from a setting too.", rich_help_panel=options.OUTPUT),
        ] = False,
        output: Annotated[
            Path | None,
            typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", rich_help_panel=options.OUTPUT),
        ] = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Lays two stacks side by side: components, versions, settings, resources, policy levels, cost.

        A stack that is deployed is looked at as it is, another one as its program would make it. What differs on
        purpose is declared in governance/differences.yaml, with reason and expiry; a property that a setting makes
        follows from it. All else differs by accident: the command ends with 4.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.cli.engines import open_stack
        from platform_lib.operations.compare.compare import compare as lay
        from platform_lib.operations.compare.declared import declared_differences
        from platform_lib.operations.compare.page import page
        from platform_lib.operations.output import write_text
        from platform_lib.operations.packs import DEFAULT_PACK
        from platform_lib.operations.packs import policies as choose

        if left == right:
            raise InputError(f"compare: names one stack twice, got '{left}'; name two")
        if as_json:
            form = CompareFormat.JSON
        if form is CompareFormat.HTML and output is None:
            raise InputError("compare: --format html: is a page; give a file with --output")
        project, one = open_stack(engine, directory, sandbox_dir, left)
        _, other = open_stack(engine, directory, sandbox_dir, right)
        policies = choose(project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
        found = lay(project, one, other, policies, declared_differences(project.directory))
        if output is not None and form is not CompareFormat.TABLE:
            write_text(output, page(found) if form is CompareFormat.HTML else found.to_json())
        elif form is CompareFormat.JSON:
            print_json(found.model_dump(mode="json", by_alias=True))
        if form is not CompareFormat.JSON:
            show(found, everything=everything)
        if found.accidental or any(item.kind == "expired" for item in found.problems):
            raise typer.Exit(int(ExitCode.DIFFERENT))


_STYLES = {"accidental": "bold red", "intended": "green", "follows": "dim"}


def show(found: "Comparison", *, everything: bool = False) -> None:
    """Shows a comparison: accidental differences one by one, intended ones, and on request what follows."""
    from rich.table import Table
    from rich.text import Text

    from platform_lib.cli.console import out

    console = out()
    left, right = found.left, found.right
    title = f"{left.stack} and {right.stack} of {found.project}"
    console.print(Text.assemble((title, "bold"), (f"  on engine {found.engine}", "cyan")))
    table = Table("", left.stack, right.stack, box=None, header_style="bold", pad_edge=False)
    table.add_row("environment", left.environment, right.environment)
    table.add_row("seen", left.seen, right.seen)
    table.add_row("components", str(left.components), str(right.components))
    table.add_row("resources", str(left.resources), str(right.resources))
    costs = [f"{side.cost.monthly:.2f} {side.cost.currency} a month at least" for side in (left, right)]
    table.add_row("cost", *costs)
    open_ends = [
        f"{len(side.cost.of('by-use'))} by use, {len(side.cost.of('not-priced'))} not priced" for side in (left, right)
    ]
    table.add_row("not in it", *open_ends)
    console.print(table)
    for item in found.differences:
        if everything or item.nature != "follows":
            _show(item)
    for problem in found.problems:
        console.print(Text(f"  differences.yaml: {problem.entry}: {problem.problem}", style="yellow"))
    follows = sum(item.nature == "follows" for item in found.differences)
    intended = sum(item.nature == "intended" for item in found.differences)
    console.print(
        f"parity {found.parity} %: {len(found.accidental)} accidental differences, {intended} intended, "
        f"{follows} follow from settings" + ("" if everything or not follows else " (--all shows them)")
    )


def _show(item: "Difference") -> None:
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.cli.render import value_text

    values = ["–" if value is None else value_text(value) for value in (item.left, item.right)]
    path = f" {item.path}" if item.path else ""
    line = Text.assemble(
        "  ",
        (f"{item.nature:<11}", _STYLES[item.nature]),
        f"{item.section:<10} ",
        (item.subject, "bold"),
        f"{path}: {values[0]} | {values[1]}",
    )
    out().print(line)
    if item.why:
        out().print(Text(f"      {item.why}", style="dim"))
