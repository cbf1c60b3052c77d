"""Segments of a hub: which networks may talk with which, as route tables of the hub. Pure.

A hub gives every segment a route table of its own. Networks of a segment look up their traffic in that table, and are
made known to (propagated into) the tables of the segments that may talk with theirs. There is no default table and
nothing is propagated by itself: what nobody allowed has no route.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.reachability.model import TransitAttachment, TransitGateway, TransitRoute
from platform_lib.core.errors import Finding, near
from platform_lib.core.validation import join

ANYWHERE: Final = "0.0.0.0/0"

BLACKHOLES: Final = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
"""Private ranges (RFC 1918, RFC 6598) that a table with a default route drops: without them the default route would
carry what is meant for a segment that may not be reached to the way out, which knows every segment
(https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html)."""


class HubKind(StrEnum):
    """What joins a network with others."""

    TRANSIT = "transit"
    CLOUD_WAN = "cloud-wan"
    PEERING = "peering"


@dataclass(frozen=True, slots=True)
class Segment:
    """Networks of one kind on a hub.

    Attributes:
        name: unique in the hub.
        talks_to: other segments that its networks exchange traffic with; said on one side it holds for both.
        inner: whether its networks may talk with each other.
        egress: whether its networks reach the internet through the hub.
    """

    name: str
    talks_to: tuple[str, ...] = ()
    inner: bool = False
    egress: bool = False


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """The route table of a segment.

    Attributes:
        segment: whose.
        propagated_from: segments whose networks it has routes to, in order of their names.
        default_route: whether it leads all else to the way out.
        blackholes: ranges that it drops where no network's own route is more specific.
    """

    segment: str
    propagated_from: tuple[str, ...]
    default_route: bool
    blackholes: tuple[str, ...]


def check_segments(segments: Iterable[Segment], path: str = "segments") -> list[Finding]:
    """What is wrong with the segments of a hub: names that are not there, and what ``inner`` is for."""
    known = {segment.name: segment for segment in segments}
    findings = []
    for segment in known.values():
        for index, other in enumerate(segment.talks_to):
            where = join(join(join(path, segment.name), "talks_to"), index)
            if other == segment.name:
                findings.append(Finding(where, f"is the segment itself, got {other!r}", "set inner to true"))
            elif other not in known:
                hint = near(other, known) or f"the hub has {', '.join(sorted(known))}"
                findings.append(Finding(where, f"is not a segment of the hub, got {other!r}", hint))
    return findings


def may_talk(segments: Iterable[Segment]) -> frozenset[tuple[str, str]]:
    """Pairs of segments, both ways round, whose networks may exchange traffic."""
    pairs: set[tuple[str, str]] = set()
    for segment in segments:
        pairs |= {pair for other in segment.talks_to for pair in ((segment.name, other), (other, segment.name))}
        if segment.inner:
            pairs.add((segment.name, segment.name))
    return frozenset(pairs)


def segment_tables(segments: Sequence[Segment]) -> tuple[SegmentTable, ...]:
    """The route table of every segment, in the order of their names.

    Args:
        segments: without findings of ``check_segments``.

    Returns:
        One table a segment; it has a route to every segment that it may talk with, and only those.
    """
    pairs = may_talk(segments)
    return tuple(
        SegmentTable(
            segment=segment.name,
            propagated_from=tuple(sorted(other for mine, other in pairs if mine == segment.name)),
            default_route=segment.egress,
            blackholes=BLACKHOLES if segment.egress else (),
        )
        for segment in sorted(segments, key=lambda one: one.name)
    )


def transit_of(
    hub: str,
    tables: Iterable[SegmentTable],
    attached: Mapping[str, tuple[str, Sequence[str]]],
    *,
    egress: str = "",
) -> TransitGateway:
    """The hub in the terms of reachability.

    Args:
        hub: its name.
        tables: of its segments.
        attached: segment and ranges of every attached network, by the network's name.
        egress: the network that is the way out; empty where there is none.

    Returns:
        A gateway with one attachment for each network.
    """
    return TransitGateway(
        id=hub,
        attachments=tuple(
            TransitAttachment(f"{hub}/{network}", network=network, table=segment)
            for network, (segment, _) in attached.items()
        ),
        tables={table.segment: tuple(_transit_routes(hub, table, attached, egress)) for table in tables},
    )


def _transit_routes(
    hub: str, table: SegmentTable, attached: Mapping[str, tuple[str, Sequence[str]]], egress: str
) -> Iterator[TransitRoute]:
    for network, (segment, ranges) in attached.items():
        if segment in table.propagated_from:
            yield from (TransitRoute(Block.parse(text), f"{hub}/{network}") for text in ranges)
    yield from (TransitRoute(Block.parse(text)) for text in table.blackholes)
    if table.default_route and egress:
        yield TransitRoute(Block.parse(ANYWHERE), f"{hub}/{egress}")
