"""The map of a network's addresses as a picture: SVG, the same bytes for the same map, readable without colour.

A range is drawn as a grid of equal rows. Its blocks are powers of two and aligned, so each is one rectangle: a part of
one row, or some whole rows.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.operations.network.address_map import NetworkMap, Segment, Use, summary

_WIDTH = 960
_MARGIN = 16
_ROW_HEIGHT = 34
_MOST_ROWS = 32
_LEAST_LABEL = 56
"""Width in pixels under which a block has no room for its range."""
_CHARACTER = 6.6
"""Width in pixels of a character of the label font, rounded up."""

_LABELLED = 'role="img" aria-labelledby="title description"'
_HATCH = (
    '<pattern id="freed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V6" stroke="#b35900" stroke-width="3"/></pattern>'
)
_STYLE = """\
    text { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: #1b1f24;
      paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; }
    .heading { font-size: 14px; font-weight: bold; }
    rect { stroke: #1b1f24; stroke-width: 1; }
    .page { fill: #ffffff; stroke: none; }
    .used { fill: #bcd7f5; }
    .freed { fill: url(#freed); }
    .free { fill: #ffffff; stroke-dasharray: 3 2; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; } text { fill: #e6edf3; stroke: #0d1117; } rect { stroke: #8b949e; }
      .used { fill: #1f4b7a; } .free { fill: #0d1117; }
    }"""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the addresses of a range lie on the page."""

    block: Block
    rows: int
    top: float

    def rectangle(self, part: Block) -> tuple[float, float, float, float]:
        """Left, top, width and height of a block."""
        row_size = self.block.size // self.rows
        offset = part.first - self.block.first
        row = offset // row_size
        if part.size >= row_size:
            return _MARGIN, self.top + row * _ROW_HEIGHT, _WIDTH, (part.size // row_size) * _ROW_HEIGHT
        scale = _WIDTH / row_size
        return _MARGIN + (offset % row_size) * scale, self.top + row * _ROW_HEIGHT, part.size * scale, _ROW_HEIGHT


def _grid_rows(block: Block, parts: list[Segment]) -> int:
    """The fewest rows, a power of two, at which the smallest block in use can carry its label."""
    smallest = min((part.block.size for part in parts if part.use is not Use.FREE), default=block.size)
    rows = 1
    while rows < _MOST_ROWS and rows < block.size and smallest * rows * _WIDTH < _LEAST_LABEL * 2 * block.size:
        rows *= 2
    return rows


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _fitted(text: str, width: float) -> str:
    room = int((width - 8) // _CHARACTER)
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room > 3 else ""


def _drawn(part: Segment, grid: _Grid) -> list[str]:
    left, top, width, height = grid.rectangle(part.block)
    label = f"{part.block} {part.use}" + (f": {part.key}" if part.key else "")
    box = f'x="{_number(left)}" y="{_number(top)}" width="{_number(width)}" height="{_number(height)}"'
    lines = [f'  <g><title>{escape(label)}</title><rect class="{part.use}" {box}/>']
    texts = [part.key or str(part.use), str(part.block)]
    for line, text in enumerate(filter(None, (_fitted(text, width) for text in texts))):
        lines.append(f'    <text x="{_number(left + 4)}" y="{_number(top + 14 + 13 * line)}">{escape(text)}</text>')
    return [*lines, "  </g>"]


def render_svg(mapped: NetworkMap) -> str:
    """Draw the map of one network.

    Args:
        mapped: the map.

    Returns:
        An SVG document with a title, a description that says in words what the picture shows, a title for every
        block, and patterns beside colours; ends with a line break.
    """
    body: list[str] = []
    top: float = _MARGIN + 28
    for block in mapped.ranges:
        parts = [part for part in mapped.segments if block.contains(part.block)]
        grid = _Grid(block, _grid_rows(block, parts), top + 20)
        body.append(f'  <text class="heading" x="{_MARGIN}" y="{_number(top + 12)}">{block}</text>')
        for part in parts:
            body += _drawn(part, grid)
        top = grid.top + grid.rows * _ROW_HEIGHT + 16
    legend = []
    for position, use in enumerate(Use):
        left = _MARGIN + position * 150
        words = {Use.USED: "used", Use.FREED: "freed, not released", Use.FREE: "free"}[use]
        legend.append(f'  <rect class="{use}" x="{left}" y="{_number(top)}" width="16" height="16"/>')
        legend.append(f'  <text x="{left + 22}" y="{_number(top + 12)}">{words}</text>')
    width, height = _WIDTH + 2 * _MARGIN, top + 16 + _MARGIN
    described = ". ".join(f"{name}: {text}" for name, text in summary(mapped))
    blocks = "; ".join(f"{part.block} {part.key or part.use}" for part in mapped.segments)
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_number(height)}" {_LABELLED}>',
        f'  <title id="title">Addresses of {escape(str(mapped.id))}</title>',
        f'  <desc id="description">{escape(described)}. {escape(blocks)}.</desc>',
        f"  <style>\n{_STYLE}\n  </style>",
        f"  <defs>{_HATCH}</defs>",
        f'  <rect class="page" width="{width}" height="{_number(height)}"/>',
        f'  <text class="heading" x="{_MARGIN}" y="{_MARGIN + 12}">{escape(str(mapped.id))}</text>',
    ]
    return "\n".join([*head, *body, *legend, "</svg>"]) + "\n"
