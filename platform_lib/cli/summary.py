"""What a run came to, for people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from platform_lib.cli.render import SYMBOLS, value_text, verb
from platform_lib.operations.record import Action, Change, ComponentCount, Record, urn_name, urn_type
from platform_lib.operations.tree import brief_type, short_type
from platform_lib.sandbox.engine.event import DiagnosticEvent

_ORDER: Final[Sequence[tuple[str, Action]]] = (
    ("create", "create"),
    ("import", "import"),
    ("update", "update"),
    ("replace", "replace"),
    ("delete", "delete"),
    ("discard", "forget"),
    ("read", "read"),
    ("same", "same"),
)
"""Counts of the engine's summary, and the action that each shows as."""


def heading(console: Console, text: str) -> None:
    """A heading; every run says on which engine it ran."""
    console.print(Text.assemble((text, "bold"), ("  on the sandbox", "cyan")))


def show_counts(console: Console, counts: Mapping[str, int], *, preview: bool) -> None:
    """How many resources were made, changed, replaced, deleted, left as they were."""
    console.print("Resources", style="bold")
    shown = [(action, counts[key]) for key, action in _ORDER if counts.get(key)]
    if not shown:
        console.print("    none")
    for action, count in shown:
        symbol, style = SYMBOLS[action]
        console.print(Text(f"  {symbol:>2} {count} {_told(action, preview=preview)}", style=style))


def show_components(console: Console, components: Sequence[ComponentCount], *, preview: bool) -> None:
    """What became of the resources of each component that is not as it was."""
    shown = [item for item in components if item.moved]
    if not shown:
        return
    console.print("By component", style="bold")
    names = [(urn_name(item.urn), short_type(urn_type(item.urn))) for item in shown]
    widths = [max(len(pair[column]) for pair in names) for column in (0, 1)]
    for (name, kind), item in zip(names, shown, strict=True):
        words = ", ".join(
            f"{item.counts[action]} {_told(action, preview=preview)}" for _, action in _ORDER if action in item.counts
        )
        console.print(Text.assemble(f"    {name:<{widths[0]}}  ", (f"{kind:<{widths[1]}}", "dim"), f"  {words}"))


def _told(action: Action, *, preview: bool) -> str:
    return f"to {verb(action, preview=True)}" if preview and action != "same" else verb(action, preview=False)


def show_risk(console: Console, record: Record, *, preview: bool) -> None:
    """What is protected or holds something and would go away, what protection kept, and what stays behind."""
    shown = record.at_risk if preview else [change for change in record.at_risk if change.failed and change.protected]
    if shown:
        title = "Look twice" if preview else "Still there"
        reason = "protected, or holding what cannot be made again" if preview else "protected"
        console.print(title, style="bold red", end="")
        console.print(f": {reason}, and {'would be' if preview else 'was to be'} replaced or deleted")
        for change in shown:
            what = f"{verb(change.action, preview=True)} {brief_type(change.type)} {change.name}"
            console.print(Text(f"    {what}: {_why(change)}"))
    if record.retained:
        console.print("Retained", style="bold cyan", end="")
        console.print(": gone from the state, still in the cloud")
        for change in record.retained:
            console.print(Text(f"    {brief_type(change.type)} {change.name} {change.id}"))


def _why(change: Change) -> str:
    reasons = [reason for reason in ("protected" if change.protected else "", change.stateful) if reason]
    forced = [item.path for item in change.properties if item.replaces] or list(change.keys)
    because = f"; because of {', '.join(forced)}" if change.action == "replace" and forced else ""
    return ", ".join(reasons) + because


def show_errors(console: Console, diagnostics: Sequence[DiagnosticEvent]) -> None:
    """The errors, by resource."""
    errors = [item for item in diagnostics if item.severity == "error"]
    if not errors:
        return
    console.print("Errors", style="bold red")
    for item in errors:
        stack = not item.urn or urn_type(item.urn) == "pulumi:pulumi:Stack"
        subject = "" if stack else f"{urn_type(item.urn)} {urn_name(item.urn)}: "
        first, *rest = item.message.strip().splitlines() or [""]
        console.print(Text(f"    {subject}{first}"))
        for line in rest:
            console.print(Text(f"      {line}"))


def show_outputs(console: Console, outputs: Mapping[str, Any]) -> None:
    """The stack's outputs, already fit to be shown."""
    if not outputs:
        return
    console.print("Outputs", style="bold")
    for key in sorted(outputs):
        console.print(Text(f"    {key}: {value_text(outputs[key])}"))
