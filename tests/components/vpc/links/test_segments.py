"""Segments of a hub: tables hold routes to those that may be reached, and reachability agrees."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.links.segments import Segment, check_segments, may_talk, segment_tables, transit_of
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import Network, Route, RouteTable, Subnet, TargetKind
from platform_lib.components.vpc.reachability.solve import Outcome, reaches

NAMES = ("dev", "prod", "shared")


@st.composite
def hubs(draw):
    return [
        Segment(
            name,
            talks_to=tuple(sorted(draw(st.sets(st.sampled_from([other for other in NAMES if other != name]))))),
            inner=draw(st.booleans()),
            egress=draw(st.booleans()),
        )
        for name in NAMES
    ]


def graph_of(segments, *, attached_to=NAMES):
    """Two networks in every segment and a way out in a segment that knows all, with everything routed to the hub."""
    networks = {f"{name}-{number}": name for name in attached_to for number in range(2)}
    ranges = {network: f"10.{index}.0.0/16" for index, network in enumerate(networks)}
    transit = transit_of(
        "hub",
        segment_tables(segments),
        {network: (segment, (ranges[network],)) for network, segment in networks.items()},
    )
    return Graph.build(
        networks=[Network(network, (Block.parse(ranges[network]),)) for network in networks],
        subnets=[Subnet(network, network, network, (Block.parse(ranges[network]),), "to-hub") for network in networks],
        route_tables=[RouteTable("to-hub", (Route(TargetKind.TRANSIT, "hub", Block.parse("10.0.0.0/8")),))],
        transit_gateways=[transit],
    )


@given(hubs())
def test_networks_reach_each_other_exactly_where_their_segments_may_talk(segments):
    graph, pairs = graph_of(segments), may_talk(segments)
    for one, other in product(NAMES, NAMES):
        expected = Outcome.REACHABLE if (one, other) in pairs else Outcome.BLOCKED
        assert reaches(graph, f"tier:{one}-0", f"tier:{other}-1") is expected


@given(hubs())
def test_tables_do_not_depend_on_the_order_of_the_segments(segments):
    assert segment_tables(segments) == segment_tables(segments[::-1])


def test_the_default_route_of_a_segment_is_no_way_to_another():
    """The way out knows every segment; what is private never gets to it unless a route says so."""
    segments = [Segment("dev", egress=True), Segment("exit", talks_to=("dev", "prod")), Segment("prod", egress=True)]
    tables = segment_tables(segments)
    attached = {"a": ("dev", ("10.1.0.0/16",)), "b": ("prod", ("10.2.0.0/16",)), "out": ("exit", ("10.3.0.0/16",))}
    routes = transit_of("hub", tables, attached, egress="out").tables["dev"]
    assert [(str(route.destination), route.attachment) for route in routes] == [
        ("10.3.0.0/16", "hub/out"),
        ("10.0.0.0/8", ""),
        ("100.64.0.0/10", ""),
        ("172.16.0.0/12", ""),
        ("192.168.0.0/16", ""),
        ("0.0.0.0/0", "hub/out"),
    ]


def test_segments_that_are_not_there_are_named():
    segments = [Segment("dev", talks_to=("prd", "dev")), Segment("prod")]
    assert [str(finding) for finding in check_segments(segments)] == [
        "segments.dev.talks_to[0]: is not a segment of the hub, got 'prd'; did you mean 'prod'?",
        "segments.dev.talks_to[1]: is the segment itself, got 'dev'; set inner to true",
    ]
