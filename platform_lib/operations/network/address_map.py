"""The map of a network's addresses: used, freed, free, and what still fits. Plain data; a renderer shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from platform_lib.components.vpc.addressing.block import Block, address_text
from platform_lib.components.vpc.addressing.free_space import FreeSpace
from platform_lib.components.vpc.addressing.intent import NetworkId
from platform_lib.components.vpc.addressing.ledger import NetworkLedger, parse_blocks, parse_ranges
from platform_lib.components.vpc.addressing.limits import LIMITS, usable_addresses
from platform_lib.core.errors import Finding, PlanError


class Use(StrEnum):
    """What a block is."""

    USED = "used"
    FREED = "freed"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Segment:
    """One block of the map.

    Attributes:
        block: where.
        use: what it is.
        key: ``tier/zone-id``; empty for free blocks.
    """

    block: Block
    use: Use
    key: str = ""


@dataclass(frozen=True, slots=True)
class NetworkMap:
    """The addresses of one network.

    Attributes:
        id: which network.
        ranges: its IPv4 ranges.
        segments: every block in order of the addresses; together they are the ranges, without gap or overlap.
        addresses: number of addresses by use.
        largest_free: the largest free block; None where nothing is free.
        still_fits: how many more subnets of each size fit, by prefix length; from the largest free block to the
            smallest subnet the cloud allows.
    """

    id: NetworkId
    ranges: tuple[Block, ...]
    segments: tuple[Segment, ...]
    addresses: Mapping[Use, int]
    largest_free: Block | None
    still_fits: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class MapRow:
    """One line of the map in a terminal; every field is text.

    Attributes:
        block: CIDR notation.
        first: first address.
        last: last address.
        use: ``used``, ``freed`` or ``free``.
        key: ``tier/zone-id``.
        usable: addresses that machines can have on this cloud.
    """

    block: str
    first: str
    last: str
    use: str
    key: str
    usable: str


def address_map(entry: NetworkLedger) -> NetworkMap:
    """The map of one network as the ledger (or a plan) holds it.

    Args:
        entry: the network's entry.

    Returns:
        The map.

    Raises:
        PlanError: the entry is not consistent in itself.
    """
    findings: list[Finding] = []
    ranges = tuple(sorted(parse_ranges("ranges", entry.ranges, findings)))
    segments = [Segment(block, Use.USED, key) for key, block in parse_blocks("blocks", entry.blocks, findings).items()]
    segments += [Segment(block, Use.FREED, key) for key, block in parse_blocks("freed", entry.freed, findings).items()]
    space = FreeSpace(ranges[0].version if ranges else 4, ranges)
    findings += [
        Finding(segment.key, f"{segment.block} overlaps another block or lies outside the network")
        for segment in segments
        if not space.take(segment.block)
    ]
    if findings:
        raise PlanError(f"address ledger: {entry.id}", findings)
    segments += [Segment(block, Use.FREE) for block in space.blocks()]
    largest = space.largest()
    longest = LIMITS[entry.id.cloud].subnet_prefix[1]
    lengths = range(largest.prefix_length, longest + 1) if largest else ()
    return NetworkMap(
        id=entry.id,
        ranges=ranges,
        segments=tuple(sorted(segments, key=lambda segment: segment.block)),
        addresses={use: sum(part.block.size for part in segments if part.use is use) for use in Use},
        largest_free=largest,
        still_fits={length: space.capacity(length) for length in lengths},
    )


def rows(mapped: NetworkMap) -> tuple[MapRow, ...]:
    """The map as lines of text, in order of the addresses."""
    return tuple(
        MapRow(
            block=str(part.block),
            first=address_text(part.block.version, part.block.first),
            last=address_text(part.block.version, part.block.last),
            use=str(part.use),
            key=part.key,
            usable=str(usable_addresses(mapped.id.cloud, part.block.prefix_length)),
        )
        for part in mapped.segments
    )


def summary(mapped: NetworkMap) -> tuple[tuple[str, str], ...]:
    """What a person wants to know first, as pairs of a name and a text."""
    total = sum(block.size for block in mapped.ranges)

    def share(use: Use) -> str:
        count = mapped.addresses[use]
        return f"{count} addresses, {100 * count / total:.1f} %" if total else "0 addresses"

    fits = ", ".join(f"{count} x /{length}" for length, count in mapped.still_fits.items())
    return (
        ("network", str(mapped.id)),
        ("ranges", ", ".join(map(str, mapped.ranges))),
        ("used", share(Use.USED)),
        ("freed, not released", share(Use.FREED)),
        ("free", share(Use.FREE)),
        ("largest free block", str(mapped.largest_free) if mapped.largest_free else "none"),
        ("still fits (one of)", fits or "nothing"),
    )
