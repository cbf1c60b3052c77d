"""``platform graph``: a stack as a tree or a picture."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree as RichTree

    from platform_lib.operations.tree import Node, Tree


class GraphFormat(StrEnum):
    """What a graph is printed as."""

    TREE = "tree"
    SVG = "svg"
    MERMAID = "mermaid"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "graph",
        panel="Look at stacks",
        examples=[
            "platform graph --stack dev",
            "platform graph --stack prod --preview  # what an up would leave, without doing it",
            "platform graph --stack dev --format svg --output dev.svg",
            "platform graph --stack dev --format mermaid",
        ],
    )
    def graph(
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        stack: options.Stack = None,
        preview: Annotated[
            bool,
            typer.Option(
                "--preview",
                help="Show what the program would make; changes nothing.",
                rich_help_panel=options.SELECTION,
            ),
        ] = False,
        form: Annotated[
            GraphFormat, typer.Option("--format", "-f", help="What to print.", rich_help_panel=options.OUTPUT)
        ] = GraphFormat.TREE,
        as_json: options.Json = False,
        everything: Annotated[
            bool,
            typer.Option(
                "--all",
                help="In the tree, a line per resource instead of one per type.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = False,
        output: Annotated[
            Path | None,
            typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", rich_help_panel=options.OUTPUT),
        ] = None,
    ) -> None:
        """Shows a stack's resources, grouped by component, and which component uses which.

        The tree in the terminal has a line per type within each component. The picture (svg) has a box per component
        and an arrow from each component to those that it uses.
        """
        from platform_lib.cli.session import open_session
        from platform_lib.operations.graph import stack_tree
        from platform_lib.operations.tree import tree_json, tree_mermaid

        session = open_session(directory, sandbox_dir, stack, existing=not preview)
        tree = stack_tree(session.stack, preview=preview)
        if as_json:
            form = GraphFormat.JSON
        if form is GraphFormat.TREE:
            _show(tree, everything=everything, output=output)
        elif form is GraphFormat.JSON:
            import json

            _write(json.dumps(tree_json(tree), indent=2, ensure_ascii=False) + "\n", output)
        elif form is GraphFormat.MERMAID:
            _write(tree_mermaid(tree), output)
        else:
            from platform_lib.operations.drawing import tree_svg

            _write(tree_svg(tree), output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    from platform_lib.operations.output import write_text

    write_text(output, text)
    typer.echo(f"written: {output}", err=True)


def _show(tree: "Tree", *, everything: bool, output: Path | None) -> None:
    import io

    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree as RichTree

    from platform_lib.cli.console import out
    from platform_lib.operations.tree import counted

    label = Text.assemble(
        (f"{tree.project} / {tree.stack}", "bold"), f"  {counted(tree.size)}", ("  on the sandbox", "cyan")
    )
    root = RichTree(label)
    _branches(root, "", tree.roots, everything=everything)
    if output is None:
        out().print(root)
        return
    stream = io.StringIO()
    Console(file=stream, width=140, highlight=False, emoji=False).print(root)
    _write(stream.getvalue(), output)


def _branches(branch: "RichTree", component: str, nodes: "tuple[Node, ...]", *, everything: bool) -> None:
    from rich.text import Text

    from platform_lib.operations.tree import common_prefix, kinds, short_type

    leaves = [node for node in nodes if not (node.component or node.children)]
    prefix = common_prefix(component, [leaf.name for leaf in leaves])
    for kind in kinds(leaves):
        if everything:
            for leaf in kind.nodes:
                branch.add(_leaf(leaf.type, leaf.name, leaf.stateful, protected=leaf.protected))
            continue
        count = f" × {len(kind.nodes)}" if len(kind.nodes) > 1 else ""
        names = ", ".join(leaf.name.removeprefix(prefix) for leaf in kind.nodes[:4]) + (
            ", …" if len(kind.nodes) > 4 else ""
        )
        branch.add(
            _leaf(f"{short_type(kind.type)}{count}", names, kind.nodes[0].stateful, protected=bool(kind.protected))
        )
    for node in nodes:
        if node.component or node.children:
            label = Text.assemble((node.name, "bold"), (f"  {short_type(node.type)}", "dim"), f"  {node.size}")
            _branches(branch.add(label), node.name, node.children, everything=everything)


def _leaf(what: str, names: str, stateful: str, *, protected: bool) -> "Text":
    from rich.text import Text

    text = Text.assemble(what, ("  " + names, "dim"), no_wrap=True, overflow="ellipsis")
    if protected:
        text.append("  protected", style="green")
    if stateful:
        text.append(f"  {stateful}", style="yellow")
    return text
