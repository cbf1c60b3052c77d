"""A stack as one picture: components as boxes, their resources by type, arrows from who uses to what is used.

The picture is made from the tree alone: equal trees give equal bytes. Text widths are estimated, so no font is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from platform_lib.operations.record import STACK_TYPE
from platform_lib.operations.tree import (
    Kind,
    Node,
    Tree,
    common_prefix,
    counted,
    group_edges,
    kinds,
    short_type,
    top_groups,
)

_WIDTH: Final = 400
_PAD: Final = 12
_HEADER: Final = 34
_ROW: Final = 20
_GAP_X: Final = 96
_GAP_Y: Final = 28
_MARGIN: Final = 28
_TITLE: Final = 64
_FOOT: Final = 34
_COLUMN_HEIGHT: Final = 1100
"""A column of independent components is broken when it grows taller than this."""

_STYLE: Final = (
    "text{font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:12px;fill:#1f2933}"
    ".title{font-size:20px;font-weight:600}.sub{fill:#52606d}.name{font-size:13px;font-weight:600}.kind{fill:#52606d}"
    ".count{fill:#52606d;text-anchor:end}.box{fill:#f7f9fb;stroke:#9aa5b1}.inner{fill:#fff;stroke:#cbd2d9}"
    ".edge{fill:none;stroke:#7b8794;stroke-width:1.4}.data{fill:#c05621}.plain{fill:#9fb3c8}.lock{fill:none;stroke:#1f2933;stroke-width:1.2}"
)
_ARROW: Final = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0,0L8,4L0,8z" fill="#7b8794"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class _Box:
    """A node laid out: its size, its rows, and the boxes in it with their offset from its top."""

    node: Node
    width: int
    height: int
    rows: tuple[Kind, ...]
    inner: tuple[tuple[int, "_Box"], ...]


def tree_svg(tree: Tree) -> str:
    """Draws the stack.

    Args:
        tree: of the stack.

    Returns:
        An SVG document.
    """
    groups = top_groups(tree)
    boxes = {group.urn: _box(group, _WIDTH) for group in groups}
    edges = group_edges(groups)
    places, width, height = _placed(boxes, edges)
    body: list[str] = []
    for user, used in edges:
        body.append(_edge(places[used], boxes[used], places[user], boxes[user], edges[user, used]))
    for urn, box in boxes.items():
        body.extend(_drawn(box, *places[urn], "box"))
    return _document(tree, body, width, height)


def _box(node: Node, width: int) -> _Box:
    rows = tuple(kinds(node.leaves))
    top = _HEADER + len(rows) * _ROW + (_PAD // 2 if rows else 0)
    inner: list[tuple[int, _Box]] = []
    for child in node.groups:
        box = _box(child, width - 2 * _PAD)
        inner.append((top, box))
        top += box.height + _PAD
    return _Box(node, width, max(top, _HEADER + _PAD // 2), rows, tuple(inner))


def _ranks(names: Sequence[str], edges: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """The column of each group: right of the rightmost that it uses; an arrow that closes a circle is ignored."""
    uses: dict[str, list[str]] = {name: [] for name in names}
    for user, used in edges:
        uses[user].append(used)
    found: dict[str, int] = {}
    open_: set[str] = set()

    def rank(name: str) -> int:
        if name not in found:
            open_.add(name)
            found[name] = max((rank(used) + 1 for used in sorted(uses[name]) if used not in open_), default=0)
            open_.discard(name)
        return found[name]

    for name in names:
        rank(name)
    return found


def _placed(
    boxes: Mapping[str, _Box], edges: Mapping[tuple[str, str], int]
) -> tuple[dict[str, tuple[int, int]], int, int]:
    """The upper left corner of each box, and the size of the whole."""
    columns: dict[int, list[str]] = {}
    for name, rank in _ranks(list(boxes), edges).items():
        columns.setdefault(rank, []).append(name)
    places: dict[str, tuple[int, int]] = {}
    x, bottom = _MARGIN, _TITLE
    for rank in sorted(columns):
        y = _TITLE
        # What is used from above stands above: fewer crossings, and the order stays the same from run to run.
        order = sorted(columns[rank], key=lambda name: (_height_of_used(name, places, edges), boxes[name].node.name))
        for name in order:
            if y > _TITLE and y + boxes[name].height > _TITLE + _COLUMN_HEIGHT:
                x, y = x + _WIDTH + _GAP_Y, _TITLE
            places[name] = (x, y)
            y += boxes[name].height + _GAP_Y
            bottom = max(bottom, y)
        x += _WIDTH + _GAP_X
    return places, max(x - _GAP_X, _MARGIN + 2 * _WIDTH) + _MARGIN, bottom + _FOOT


def _height_of_used(name: str, places: Mapping[str, tuple[int, int]], edges: Mapping[tuple[str, str], int]) -> float:
    heights = [places[used][1] for user, used in edges if user == name and used in places]
    return sum(heights) / len(heights) if heights else 0.0


def _drawn(box: _Box, x: int, y: int, style: str) -> list[str]:
    node = box.node
    kind = "" if node.type == STACK_TYPE else short_type(node.type)
    count = " · ".join(part for part in (kind, str(node.size)) if part)
    lines = [
        f"<g><title>{escape(node.urn or node.name)}</title>",
        f'<rect class="{style}" x="{x}" y="{y}" width="{box.width}" height="{box.height}" rx="8"/>',
        _text(x + _PAD, y + 21, _fitted(node.name, box.width // 2 - 12), "name"),
        _text(x + box.width - _PAD, y + 21, count, "count"),
        "</g>",
    ]
    prefix = common_prefix(node.name, [leaf.name for leaf in node.leaves])
    for index, row in enumerate(box.rows):
        lines.append(_row(row, prefix, x, y + _HEADER + index * _ROW, box.width))
    for offset, inner in box.inner:
        lines.extend(_drawn(inner, x + _PAD, y + offset, "inner"))
    return lines


def _row(kind: Kind, prefix: str, x: int, y: int, width: int) -> str:
    count = f" × {len(kind.nodes)}" if len(kind.nodes) > 1 else ""
    label = f"{short_type(kind.type)}{count}"
    names = ", ".join(node.name.removeprefix(prefix) for node in kind.nodes)
    start = x + _PAD + 16
    taken = round(_width(label)) + 10
    room = width - 2 * _PAD - 16 - taken - (16 if kind.protected else 0)
    title = "\n".join([kind.type, *(node.name + (" (protected)" if node.protected else "") for node in kind.nodes)])
    lock = _lock(x + width - _PAD - 10, y) if kind.protected else ""
    return (
        f"<g><title>{escape(title)}</title>{_dot(x + _PAD + 4, y + 6, stateful=kind.stateful)}"
        f"{_text(start, y + 10, label)}{_text(start + taken, y + 10, _fitted(names, room), 'kind')}{lock}</g>"
    )


def _text(x: int, y: int, text: str, style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text{kind} x="{x}" y="{y}">{escape(text)}</text>'


def _dot(x: int, y: int, *, stateful: bool) -> str:
    return f'<circle class="{"data" if stateful else "plain"}" cx="{x}" cy="{y}" r="4"/>'


def _lock(x: int, y: int) -> str:
    return f'<path class="lock" d="M{x},{y + 5}h9v6h-9zM{x + 2},{y + 5}v-2a2.5,2.5 0 0 1 5,0v2"/>'


def _edge(used: tuple[int, int], used_box: _Box, user: tuple[int, int], user_box: _Box, count: int) -> str:
    """An arrow from the user's left side to the right side of what it uses; in one column around the right."""
    title = f"<title>{escape(user_box.node.name)} uses {escape(used_box.node.name)} ({count})</title>"
    y1, y2 = user[1] + 17, used[1] + 17
    if user[0] > used[0]:
        x1, x2 = user[0], used[0] + used_box.width + 6
        bend = max((x1 - x2) // 2, 24)
        path = f"M{x1},{y1}C{x1 - bend},{y1} {x2 + bend},{y2} {x2},{y2}"
    else:
        x1, x2 = user[0] + user_box.width, used[0] + used_box.width + 6
        path = f"M{x1},{y1}C{max(x1, x2) + 48},{y1} {max(x1, x2) + 48},{y2} {x2},{y2}"
    return f'<g>{title}<path class="edge" marker-end="url(#arrow)" d="{path}"/></g>'


def _width(text: str) -> float:
    """How wide a text of 12 pixels is at most in the usual sans serif fonts, in pixels."""
    narrow = sum(letter in "iljtf.,:;|'-() " for letter in text)
    wide = sum(letter in "mw" or letter.isupper() for letter in text)
    return 4.2 * narrow + 10.2 * wide + 7.4 * (len(text) - narrow - wide)


def _fitted(text: str, room: float) -> str:
    """The text cut to the room, in pixels."""
    if _width(text) <= room:
        return text
    cut = text
    while cut and _width(f"{cut}…") > room:
        cut = cut[:-1]
    return f"{cut}…" if cut else ""


def _document(tree: Tree, body: Sequence[str], width: int, height: int) -> str:
    count = counted(tree.size)
    title = f"{tree.project} / {tree.stack}"
    size = f'width="{width}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}: {count}</title>",
        f"<style>{_STYLE}</style>",
        _ARROW,
        f'<rect {size} fill="#fff"/>',
        _text(_MARGIN, 38, title, "title"),
        _text(width - _MARGIN, 38, f"{count} · sandbox", "count"),
        *body,
        _legend(height - 18),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _legend(y: int) -> str:
    parts = [
        _dot(_MARGIN + 4, y - 4, stateful=True),
        _text(_MARGIN + 14, y, "holds data, keys or logs", "sub"),
        _lock(_MARGIN + 178, y - 10),
        _text(_MARGIN + 194, y, "protected", "sub"),
        f'<path class="edge" marker-end="url(#arrow)" d="M{_MARGIN + 276},{y - 4}h24"/>',
        _text(_MARGIN + 308, y, "uses", "sub"),
    ]
    return f"<g>{''.join(parts)}</g>"
