"""Where things stand in the picture of a stack: rows of boxes, columns of boxes, and the ways of arrows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from platform_lib.operations.tree import Kind, Node, kinds, short_type

WIDTH: Final = 400
PAD: Final = 12
HEADER: Final = 34
ROW: Final = 20
MARGIN: Final = 28
TITLE: Final = 64
FOOT: Final = 34
_GAP_X: Final = 96
_GAP_Y: Final = 28
_COLUMN_HEIGHT: Final = 1100
"""A column of independent components is broken when it grows taller than this."""
_MOST_ROWS: Final = 12
"""A box with more types has one row per service for those that are neither protected nor hold anything."""
_LANE: Final = 12
"""Between two lanes, and between two arrows that run side by side in a gap."""

Place = tuple[int, int]
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a box.

    Attributes:
        label: what stands first: a type, or a service.
        kinds: the types in it with their resources.
        folded: it is a service with several types or resources, of which the names are not told one by one.
    """

    label: str
    kinds: tuple[Kind, ...]
    folded: bool = False

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The resources in it."""
        return tuple(node for kind in self.kinds for node in kind.nodes)

    @property
    def stateful(self) -> bool:
        """Whether losing one of them loses something."""
        return any(kind.stateful for kind in self.kinds)

    @property
    def protected(self) -> bool:
        """Whether one of them is protected."""
        return any(kind.protected for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Box:
    """A node laid out: its size, its rows, and the boxes in it with their offset from its top."""

    node: Node
    width: int
    height: int
    rows: tuple[Row, ...]
    inner: tuple[tuple[int, "Box"], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole picture.

    Attributes:
        places: upper left corner of each box, by URN.
        ways: the corners of the arrow from a user to what it uses, first the user's end; arrows to one box that pass
            others run along one lane above all boxes.
        width: of the whole.
        height: of the whole.
    """

    places: Mapping[str, Place]
    ways: Mapping[Edge, tuple[Place, ...]]
    width: int
    height: int


def box_of(node: Node, width: int = WIDTH) -> Box:
    """A node with what is in it."""
    rows = rows_of(node.leaves)
    top = HEADER + len(rows) * ROW + (PAD // 2 if rows else 0)
    inner: list[tuple[int, Box]] = []
    for child in node.groups:
        box = box_of(child, width - 2 * PAD)
        inner.append((top, box))
        top += box.height + PAD
    return Box(node, width, max(top, HEADER + PAD // 2), rows, tuple(inner))


def rows_of(leaves: Sequence[Node]) -> tuple[Row, ...]:
    """The rows for the leaves of a box: one per type, or where these are many, what matters first and then services."""
    found = kinds(leaves)
    if len(found) <= _MOST_ROWS:
        return tuple(Row(short_type(kind.type), (kind,)) for kind in found)
    matters = [kind for kind in found if kind.stateful or kind.protected]
    others = sorted((kind for kind in found if kind not in matters), key=lambda kind: _service(kind.type))
    rows = [Row(short_type(kind.type), (kind,)) for kind in matters]
    for service, group in groupby(others, key=lambda kind: _service(kind.type)):
        members = tuple(group)
        alone = len(members) == 1
        rows.append(Row(short_type(members[0].type) if alone else service, members, folded=not alone))
    return tuple(rows)


def _service(token: str) -> str:
    return short_type(token).partition(".")[0]


def lay_out(boxes: Mapping[str, Box], edges: Mapping[Edge, int]) -> Layout:
    """Places the boxes: what is used stands left of who uses it.

    Args:
        boxes: by URN.
        edges: who uses what, with the number of dependencies.
    """
    ranks = _ranks(list(boxes), edges)
    columns = _columns(boxes, edges, ranks)
    column_of = {name: number for number, column in enumerate(columns) for name in column}
    lanes = _lanes(edges, column_of)
    top = TITLE + len(lanes) * _LANE
    places: dict[str, Place] = {}
    x, bottom = MARGIN, top
    for number, column in enumerate(columns):
        if number:
            x += WIDTH + _GAP_X
        y = top
        for name in column:
            places[name] = (x, y)
            y += boxes[name].height + _GAP_Y
        bottom = max(bottom, y)
    ways = {edge: _way(edge, places, boxes, column_of, lanes) for edge in edges}
    return Layout(places, ways, max(x, MARGIN + WIDTH) + WIDTH + MARGIN, bottom + FOOT)


def _ranks(names: Sequence[str], edges: Mapping[Edge, int]) -> dict[str, int]:
    """The rank of each group: right of the rightmost that it uses; an arrow that closes a circle is ignored."""
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


def _columns(boxes: Mapping[str, Box], edges: Mapping[Edge, int], ranks: Mapping[str, int]) -> Sequence[Sequence[str]]:
    """The boxes of each column from above; what uses boxes that stand high stands high, so that fewer arrows cross."""
    columns: list[list[str]] = []
    heights: dict[str, int] = {}
    for rank in sorted(set(ranks.values())):
        column: list[str] = []
        y = 0
        mine = [name for name in boxes if ranks[name] == rank]
        for name in sorted(mine, key=lambda name: (_height_of_used(name, heights, edges), boxes[name].node.name)):
            if y and y + boxes[name].height > _COLUMN_HEIGHT:
                columns.append(column)
                column, y = [], 0
            column.append(name)
            heights[name] = y
            y += boxes[name].height + _GAP_Y
        columns.append(column)
    return columns


def _height_of_used(name: str, heights: Mapping[str, int], edges: Mapping[Edge, int]) -> float:
    found = [heights[used] for user, used in edges if user == name and used in heights]
    return sum(found) / len(found) if found else 0.0


def _lanes(edges: Mapping[Edge, int], column_of: Mapping[str, int]) -> Mapping[str, int]:
    """The lane above all boxes for each box that is used over the heads of others, the leftmost ones outside."""
    passed = {used for user, used in edges if column_of[user] - column_of[used] > 1}
    return {name: lane for lane, name in enumerate(sorted(passed, key=lambda name: (column_of[name], name)))}


def _way(
    edge: Edge,
    places: Mapping[str, Place],
    boxes: Mapping[str, Box],
    column_of: Mapping[str, int],
    lanes: Mapping[str, int],
) -> tuple[Place, ...]:
    user, used = edge
    x1, y1 = places[user][0], places[user][1] + HEADER // 2
    x2, y2 = places[used][0] + boxes[used].width, places[used][1] + HEADER // 2
    apart = column_of[user] - column_of[used]
    if apart == 1:
        return ((x1, y1), (x2, y2))
    if apart < 1:  # beside each other or in a circle: around the right side of both
        x1 += boxes[user].width
        around = max(x1, x2) + _GAP_X // 3
        return ((x1, y1), (around, y1), (around, y2), (x2, y2))
    lane = lanes[used]
    y, shift = TITLE - _LANE + lane * _LANE, (lane % 5) * _LANE // 2
    down, up = x2 + _GAP_X // 4 + shift, x1 - _GAP_X // 4 - shift
    return ((x1, y1), (up, y1), (up, y), (down, y), (down, y2), (x2, y2))
