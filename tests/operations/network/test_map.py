"""The map of a network: its numbers, its lines and its picture."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given

from platform_lib.components.vpc.addressing.ledger import NetworkLedger
from platform_lib.components.vpc.addressing.ledger_file import parse_ledger
from platform_lib.core.errors import PlanError
from platform_lib.operations.network.address_map import Use, address_map, rows, summary
from platform_lib.operations.network.plan import plan
from platform_lib.operations.network.svg import render_svg
from support.networks import MAIN, three_tiers, tier_lists, zone_subsets

EMPTY = parse_ledger("version: 1\n")
ENTRY = NetworkLedger(
    MAIN,
    ("10.0.0.0/22", "100.64.0.0/24"),
    blocks={"app/euw1-az1": "10.0.0.0/24", "web/euw1-az1": "100.64.0.0/25"},
    freed={"old/euw1-az1": "10.0.1.0/25"},
)
SVG = "{http://www.w3.org/2000/svg}"


def test_numbers():
    found = address_map(ENTRY)
    assert found.addresses == {Use.USED: 384, Use.FREED: 128, Use.FREE: 768}
    assert str(found.largest_free) == "10.0.2.0/23"
    assert found.still_fits == {23: 1, 24: 2, 25: 6, 26: 12, 27: 24, 28: 48}


def test_lines():
    lines = rows(address_map(ENTRY))
    assert [(line.block, line.use, line.key, line.usable) for line in lines] == [
        ("10.0.0.0/24", "used", "app/euw1-az1", "251"),
        ("10.0.1.0/25", "freed", "old/euw1-az1", "123"),
        ("10.0.1.128/25", "free", "", "123"),
        ("10.0.2.0/23", "free", "", "507"),
        ("100.64.0.0/25", "used", "web/euw1-az1", "123"),
        ("100.64.0.128/25", "free", "", "123"),
    ]
    assert (lines[0].first, lines[0].last) == ("10.0.0.0", "10.0.0.255")


def test_summary():
    assert summary(address_map(ENTRY)) == (
        ("network", "dev/aws/eu-west-1/main"),
        ("ranges", "10.0.0.0/22, 100.64.0.0/24"),
        ("used", "384 addresses, 30.0 %"),
        ("freed, not released", "128 addresses, 10.0 %"),
        ("free", "768 addresses, 60.0 %"),
        ("largest free block", "10.0.2.0/23"),
        ("still fits (one of)", "1 x /23, 2 x /24, 6 x /25, 12 x /26, 24 x /27, 48 x /28"),
    )


def test_a_full_network_and_one_without_a_range():
    full = address_map(NetworkLedger(MAIN, ("10.0.0.0/24",), {"a/1": "10.0.0.0/24"}))
    assert full.largest_free is None
    assert dict(summary(full))["still fits (one of)"] == "nothing"
    none = address_map(NetworkLedger(MAIN))
    assert dict(summary(none))["used"] == "0 addresses"
    assert render_svg(none).startswith("<svg ")


def test_an_inconsistent_entry_has_no_map():
    with pytest.raises(PlanError, match="overlaps another block or lies outside the network"):
        address_map(replace(ENTRY, freed={"old/euw1-az1": "10.0.0.0/25"}))


@given(tier_lists, zone_subsets)
def test_the_map_covers_the_ranges_without_gap(tiers, zones):
    tiers = tuple(replace(tier, zones=None) for tier in tiers)
    intent = three_tiers(tiers=tiers, zones=zones, egress="none", ranges=("10.0.0.0/16", "10.8.0.0/20"))
    found = address_map(plan(EMPTY, [intent]).ledger.networks[str(MAIN)])
    for outer in found.ranges:
        position = outer.first
        for part in found.segments:
            if outer.contains(part.block):
                assert part.block.first == position
                position = part.block.last + 1
        assert position == outer.last + 1
    assert {part.key for part in found.segments if part.use is Use.USED} == {
        f"{tier.name}/{zone}" for tier in tiers for zone in zones
    }
    for length, count in found.still_fits.items():
        room = sum(
            1 << (length - part.block.prefix_length)
            for part in found.segments
            if part.use is Use.FREE and part.block.prefix_length <= length
        )
        assert count == room


def test_the_picture_is_the_same_every_time(golden: Callable[[str, str], None]):
    text = render_svg(address_map(ENTRY))
    assert text == render_svg(address_map(ENTRY))
    golden("network/address_map.svg", text)


def test_the_picture_can_be_read_without_seeing_it():
    root = ElementTree.fromstring(render_svg(address_map(ENTRY)))
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby", "").split()
    by_id = {node.get("id"): node for node in root.iter() if node.get("id")}
    assert [by_id[label].tag for label in labels] == [f"{SVG}title", f"{SVG}desc"]
    described = by_id["description"].text or ""
    assert "used: 384 addresses, 30.0 %" in described
    assert "10.0.1.0/25 old/euw1-az1" in described
    titles = {node.text for node in root.iter(f"{SVG}title")}
    assert {"10.0.0.0/24 used: app/euw1-az1", "10.0.2.0/23 free"} <= titles


def test_the_picture_draws_every_block_in_its_place():
    root = ElementTree.fromstring(render_svg(address_map(ENTRY)))
    boxes = [
        tuple(float(box.get(side) or 0) for side in ("x", "y", "width", "height"))
        for group in root.iter(f"{SVG}g")
        for box in group.iter(f"{SVG}rect")
    ]
    assert len(boxes) == 6
    areas = [width * height for _, _, width, height in boxes[:4]]
    assert areas[0] == pytest.approx(2 * areas[1])
    assert areas[3] == pytest.approx(2 * areas[0])
    for left, top, width, height in boxes:
        overlapping = [
            other
            for other in boxes
            if other != (left, top, width, height)
            and other[0] < left + width
            and left < other[0] + other[2]
            and other[1] < top + height
            and top < other[1] + other[3]
        ]
        assert overlapping == []


def test_names_are_escaped():
    entry = NetworkLedger(replace(MAIN, name="a<&b"), ("10.0.0.0/24",), {"x<y/z": "10.0.0.0/25"})
    text = render_svg(address_map(entry))
    assert ElementTree.fromstring(text) is not None
    assert "a&lt;&amp;b" in text
