"""A stack as one picture: components as boxes, their resources by type, arrows from who uses to what is used.

The picture is made from the tree alone: equal trees give equal bytes. Text widths are estimated, so no font is needed.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from platform_lib.operations.layout import HEADER, MARGIN, PAD, ROW, Box, Place, Row, box_of, lay_out
from platform_lib.operations.record import STACK_TYPE
from platform_lib.operations.tree import (
    Kind,
    Tree,
    common_prefix,
    counted,
    group_edges,
    short_type,
    top_groups,
)

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


def tree_svg(tree: Tree) -> str:
    """Draws the stack.

    Args:
        tree: of the stack.

    Returns:
        An SVG document.
    """
    groups = top_groups(tree)
    boxes = {group.urn: box_of(group) for group in groups}
    edges = group_edges(groups)
    layout = lay_out(boxes, edges)
    body = [
        _edge(layout.ways[edge], f"{boxes[edge[0]].node.name} uses {boxes[edge[1]].node.name} ({count})")
        for edge, count in edges.items()
    ]
    for urn, box in boxes.items():
        body.extend(_drawn(box, *layout.places[urn], "box"))
    return _document(tree, body, layout.width, layout.height)


def _drawn(box: Box, x: int, y: int, style: str) -> list[str]:
    node = box.node
    kind = "" if node.type == STACK_TYPE else short_type(node.type)
    count = " · ".join(part for part in (kind, str(node.size)) if part)
    lines = [
        f"<g><title>{escape(node.urn or node.name)}</title>",
        f'<rect class="{style}" x="{x}" y="{y}" width="{box.width}" height="{box.height}" rx="8"/>',
        _text(x + PAD, y + 21, _fitted(node.name, box.width // 2 - 12), "name"),
        _text(x + box.width - PAD, y + 21, count, "count"),
        "</g>",
    ]
    prefix = common_prefix(node.name, [leaf.name for leaf in node.leaves])
    for index, row in enumerate(box.rows):
        lines.append(_row(row, prefix, x, y + HEADER + index * ROW, box.width))
    for offset, inner in box.inner:
        lines.extend(_drawn(inner, x + PAD, y + offset, "inner"))
    return lines


def _row(row: Row, prefix: str, x: int, y: int, width: int) -> str:
    nodes = row.nodes
    label = f"{row.label} × {len(nodes)}" if len(nodes) > 1 else row.label
    names = (
        ", ".join(_counted(kind) for kind in row.kinds)
        if row.folded
        else ", ".join(node.name.removeprefix(prefix) for node in nodes)
    )
    start = x + PAD + 16
    taken = round(_width(label)) + 10
    room = width - 2 * PAD - 16 - taken - (16 if row.protected else 0)
    title = [
        line
        for kind in row.kinds
        for line in (kind.type, *(node.name + (" (protected)" if node.protected else "") for node in kind.nodes))
    ]
    lock = _lock(x + width - PAD - 10, y) if row.protected else ""
    return (
        f"<g><title>{escape(chr(10).join(title))}</title>{_dot(x + PAD + 4, y + 6, stateful=row.stateful)}"
        f"{_text(start, y + 10, label)}{_text(start + taken, y + 10, _fitted(names, room), 'kind')}{lock}</g>"
    )


def _counted(kind: Kind) -> str:
    name = short_type(kind.type).rpartition(".")[2]
    return name if len(kind.nodes) == 1 else f"{name} × {len(kind.nodes)}"


def _text(x: int, y: int, text: str, style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text{kind} x="{x}" y="{y}">{escape(text)}</text>'


def _dot(x: int, y: int, *, stateful: bool) -> str:
    return f'<circle class="{"data" if stateful else "plain"}" cx="{x}" cy="{y}" r="4"/>'


def _lock(x: int, y: int) -> str:
    return f'<path class="lock" d="M{x},{y + 5}h9v6h-9zM{x + 2},{y + 5}v-2a2.5,2.5 0 0 1 5,0v2"/>'


def _edge(way: tuple[Place, ...], title: str) -> str:
    """An arrow along its corners: a curve where there are only its two ends, else lines with round corners."""
    (x1, y1), (x2, y2) = way[0], (way[-1][0] + 6, way[-1][1])  # it ends before the box, to show its head
    if len(way) == 2:
        bend = max((x1 - x2) // 2, 24)
        path = f"M{x1},{y1}C{x1 - bend},{y1} {x2 + bend},{y2} {x2},{y2}"
    else:
        path = f"M{x1},{y1}"
        for (ax, ay), (bx, by), (cx, cy) in zip(way, way[1:], way[2:], strict=False):
            path += f"L{_towards(bx, ax)},{_towards(by, ay)}Q{bx},{by} {_towards(bx, cx)},{_towards(by, cy)}"
        path += f"L{x2},{y2}"
    return f'<g><title>{escape(title)}</title><path class="edge" marker-end="url(#arrow)" d="{path}"/></g>'


def _towards(corner: int, other: int) -> int:
    """A coordinate a little before a corner, on the way to it."""
    room = min(6, abs(other - corner) // 2)
    return corner + (room if other > corner else -room)


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
        _text(MARGIN, 38, title, "title"),
        _text(width - MARGIN, 38, f"{count} · sandbox", "count"),
        *body,
        _legend(height - 18),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _legend(y: int) -> str:
    parts = [
        _dot(MARGIN + 4, y - 4, stateful=True),
        _text(MARGIN + 14, y, "holds data, keys or logs", "sub"),
        _lock(MARGIN + 178, y - 10),
        _text(MARGIN + 194, y, "protected", "sub"),
        f'<path class="edge" marker-end="url(#arrow)" d="M{MARGIN + 276},{y - 4}h24"/>',
        _text(MARGIN + 308, y, "uses", "sub"),
    ]
    return f"<g>{''.join(parts)}</g>"
