"""Changes and diffs as lines for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.text import Text

from platform_lib.operations.changes import PropertyChange
from platform_lib.operations.record import Action, Change
from platform_lib.operations.tree import brief_type

SYMBOLS: Final[Mapping[Action, tuple[str, str]]] = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("+-", "magenta"),
    "delete": ("-", "red"),
    "read": (">", "cyan"),
    "import": ("=", "cyan"),
    "forget": ("<", "cyan"),
    "same": (" ", "dim"),
}
_PAST: Final[Mapping[Action, str]] = {
    "create": "created",
    "update": "changed",
    "replace": "replaced",
    "delete": "deleted",
    "read": "read",
    "import": "imported",
    "forget": "forgotten",
    "same": "unchanged",
}
_KIND_SYMBOLS: Final = {"add": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
_MOST: Final = 100
"""Characters of a value that a line shows."""


def verb(action: Action, *, preview: bool) -> str:
    """What happened (``created``), or what would (``create``)."""
    return action if preview and action != "same" else _PAST[action]


def change_line(change: Change, *, preview: bool) -> Text:
    """One line about a resource: what happens, its type, where it stands, what is special about it."""
    symbol, style = SYMBOLS[change.action]
    line = Text(f"  {symbol:>2} ", style=style)
    if change.failed:
        line.append(f"{'failed':<10}", style="bold red")
    elif change.retained:
        line.append(f"{'retained':<10}", style="cyan")
    else:
        line.append(f"{verb(change.action, preview=preview):<10}", style=style)
    line.append(f"{brief_type(change.type):<36} ")
    line.append("".join(f"{part} / " for part in change.component), style="dim")
    line.append(change.name, style="bold")
    if change.loses and change.protected:
        line.append("  protected", style="bold red")
    if change.loses and change.stateful:
        line.append(f"  {change.stateful}", style="bold red")
    return line


def diff_lines(changes: Sequence[PropertyChange], keys: Sequence[str] = ()) -> Iterator[Text]:
    """A line per property that moves, old and new value, and what forces a replacement."""
    for change in changes:
        symbol, style = _KIND_SYMBOLS[change.kind]
        line = Text(f"        {symbol} ", style=style)
        line.append(f"{change.path}: ")
        old, new = _pair(change.old, change.new)
        if change.kind == "delete":
            line.append(old, style="red")
        elif change.kind == "add":
            line.append(new, style="green")
        else:
            line.append(old, style="red")
            line.append(" -> ")
            line.append(new, style="green")
        if change.replaces:
            line.append(
                "  forces replacement" + (" (inferred, not certain)" if change.inferred else ""), style="bold magenta"
            )
        yield line
    other = [key for key in keys if not any(change.replaces and change.path.startswith(key) for change in changes)]
    if other:
        yield Text(f"          replaced because of {', '.join(other)}", style="magenta")


def value_text(value: Any, most: int = _MOST) -> str:
    """A value as JSON text, cut where it is long."""
    text = value if value in ("[secret]", "[unknown]") else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _pair(old: Any, new: Any) -> tuple[str, str]:
    """Two values; of long texts what both begin with is left out, so that the difference is seen."""
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _MOST:
        common = _common(old, new)
        if common > 24:
            start = common - 16
            return value_text(f"…{old[start:]}"), value_text(f"…{new[start:]}")
    return value_text(old), value_text(new)


def _common(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(first, second, strict=False)
    return next((index for index, (left, right) in enumerate(pairs) if left != right), min(len(first), len(second)))
