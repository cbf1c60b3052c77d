"""Costs: quantities from components, list prices, what moves; nothing is ever silently zero."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.operations.cost.cost import cost_of, difference, outside, quantities_of
from platform_lib.operations.cost.model import Cost, Price, PriceTable, Quantity, load_prices
from platform_lib.sandbox.engine.state import ResourceState
from support.cli import resource, urn

NAT = "aws:nat-gateway-hours"
KEYS = "aws:kms-keys"


def price(item: str, amount: float, region: str = "*", unit: str = "hours") -> Price:
    return Price(item=item, region=region, unit=unit, price=amount, source="https://example.com", date="2026-11-29")


TABLE = PriceTable(
    currency="USD", prices=(price(NAT, 0.05, "eu-central-1"), price(NAT, 0.04), price(KEYS, 1, unit="keys"))
)


def quantity(item: str, amount: float | None, *, region: str = "eu-central-1", unit: str = "hours") -> Quantity:
    return Quantity(component="urn", region=region, item=item, unit=unit, quantity=amount)


def component(name: str, *drivers: dict[str, Any], parent: str = "") -> ResourceState:
    return resource(
        "platform-lib:index:VpcComponent", name, custom=False, parent=parent, outputs={"cost_drivers": list(drivers)}
    )


def driver(item: str, amount: Any, unit: str = "hours") -> dict[str, Any]:
    return {"item": item, "quantity": amount, "unit": unit, "assumption": "all month"}


def test_a_component_is_where_the_resources_below_it_say() -> None:
    outer = component("outer", driver(NAT, 730))
    inner = component("inner", driver(KEYS, 2, "keys"), parent=outer.urn)
    made = [
        resource("aws:ec2/vpc:Vpc", "a", parent=inner.urn, inputs={"region": "eu-central-1"}),
        resource("aws:ec2/vpc:Vpc", "b", parent=inner.urn, outputs={"region": "eu-central-1"}),
        resource("aws:ec2/vpc:Vpc", "c", parent=outer.urn, inputs={"region": "us-east-1"}),
        resource("aws:ec2/vpc:Vpc", "d", parent=outer.urn, inputs={"region": UNKNOWN}),
    ]
    found = {item.item: item for item in quantities_of([outer, inner, *made])}
    assert (found[NAT].region, found[NAT].quantity) == ("eu-central-1", 730)
    assert (found[KEYS].region, found[KEYS].quantity, found[KEYS].unit) == ("eu-central-1", 2, "keys")
    alone = quantities_of([component("alone", driver(NAT, 1))], default_region="eu-west-1")
    assert alone[0].region == "eu-west-1"


def test_what_stands_in_no_component_that_says_what_it_uses_is_named() -> None:
    told = component("told", driver(NAT, 730))
    silent = resource("a:b:Component", "silent", custom=False)
    inner = resource("a:b:Component", "inner", custom=False, parent=told.urn)
    made = [
        resource("aws:ec2/vpc:Vpc", "below", parent=inner.urn),
        resource("aws:ec2/vpc:Vpc", "beside"),
        resource("aws:ec2/vpc:Vpc", "in-silent", parent=silent.urn),
        resource("pulumi:providers:aws", "provider"),
    ]
    assert [urn.rpartition("::")[2] for urn in outside([told, silent, inner, *made])] == ["beside", "in-silent"]
    own = resource("aws:ec2/vpc:Vpc", "own")
    loop = replace(own, parent=own.urn)
    assert outside([loop]) == [loop.urn], "a damaged state has an end too"


@pytest.mark.parametrize("amount", [0, None, UNKNOWN, True, "5"])
def test_a_quantity_that_nobody_knows_is_no_quantity(amount: Any) -> None:
    assert quantities_of([component("a", driver(NAT, amount))])[0].quantity is None


@pytest.mark.parametrize("outputs", [{}, {"cost_drivers": UNKNOWN}, {"cost_drivers": "x"}, {"cost_drivers": [1]}])
def test_a_resource_that_names_no_quantities_has_none(outputs: dict[str, Any]) -> None:
    assert quantities_of([resource("a:b:C", "x", outputs=outputs)]) == []


def test_secret_drivers_are_read_all_the_same() -> None:
    view = resource("a:b:C", "x", outputs={"cost_drivers": Secret([driver(NAT, 730)])})
    assert quantities_of([view])[0].quantity == 730


def test_a_line_is_priced_by_use_or_not_priced_and_only_the_first_counts() -> None:
    cost = cost_of(
        [
            quantity(NAT, 730),
            quantity(NAT, 100, region="us-east-1"),
            quantity(KEYS, None, unit="keys"),
            quantity("x:y", 9),
        ],
        TABLE,
    )
    assert [(line.kind, line.cost) for line in cost.lines] == [
        ("priced", 36.5),
        ("priced", 4.0),
        ("by-use", None),
        ("not-priced", None),
    ]
    assert cost.monthly == 40.5
    assert cost.lines[0].source == "https://example.com (2026-11-29)"
    assert cost.lines[2].unit_price == 1


def test_a_price_in_another_unit_is_no_price() -> None:
    assert cost_of([quantity(NAT, 3, unit="gib")], TABLE).lines[0].kind == "not-priced"


def test_a_difference_names_what_moves_and_what_is_left_out() -> None:
    before = cost_of([quantity(NAT, 730), quantity(KEYS, 1, unit="keys")], TABLE)
    after = cost_of(
        [quantity(NAT, 2190), quantity(KEYS, 1, unit="keys"), quantity("x:y", 1), quantity(NAT, None)], TABLE
    )
    found = difference(before, after)
    assert (found.before, found.after, found.change) == (37.5, 110.5, 73.0)
    assert [(item.item, item.before, item.after) for item in found.items] == [(NAT, 36.5, 109.5)]
    assert found.not_priced == ("x:y in eu-central-1",)
    assert found.by_use == (f"{NAT} in eu-central-1",)


QUANTITIES = st.lists(
    st.builds(
        quantity,
        st.sampled_from([NAT, KEYS, "x:y"]),
        st.one_of(st.none(), st.floats(0.01, 10_000)),
        region=st.sampled_from(["eu-central-1", "us-east-1", ""]),
        unit=st.sampled_from(["hours", "keys"]),
    ),
    max_size=8,
)


@given(QUANTITIES, QUANTITIES)
def test_there_and_back_costs_the_same(one: list[Quantity], other: list[Quantity]) -> None:
    before, after = cost_of(one, TABLE), cost_of(other, TABLE)
    there, back = difference(before, after), difference(after, before)
    assert there.change == -back.change
    assert {(item.item, item.region, item.before, item.after) for item in there.items} == {
        (item.item, item.region, item.after, item.before) for item in back.items
    }
    assert difference(before, before).items == ()


@given(QUANTITIES)
def test_every_quantity_has_a_line_and_what_is_not_priced_is_never_zero(given_: list[Quantity]) -> None:
    cost: Cost = cost_of(given_, TABLE)
    assert len(cost.lines) == len(given_)
    assert all((line.cost is None) == (line.kind != "priced") for line in cost.lines)
    assert cost.monthly == pytest.approx(sum(line.cost or 0 for line in cost.lines), abs=0.01)


def test_every_price_of_the_library_says_where_it_is_from_and_of_when() -> None:
    prices = load_prices().prices
    assert prices
    keys = [(item.item, item.region, item.unit) for item in prices]
    assert len(keys) == len(set(keys)), "an item has one price in a region and unit"
    for item in prices:
        assert item.source.startswith("https://"), item
        assert date.fromisoformat(item.date) <= date(2026, 11, 29), item
        assert item.price > 0, "what has no price is left out"
        assert item.unit in {"hours", "gib", "keys", "alarms", "clusters", "requests", "events", "addresses"}, item


def test_a_urn_of_a_component_is_kept() -> None:
    assert quantities_of([component("a", driver(NAT, 1))])[0].component == urn("platform-lib:index:VpcComponent", "a")
