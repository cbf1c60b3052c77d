"""Costs as data: what is priced, what is paid by use, what has no price; a month, in one currency.

Public names: ``Price`` and ``PriceTable`` (``load_prices()`` reads ``prices.json`` beside this module), ``Quantity``,
``CostLine``, ``Cost`` and ``CostDifference``; ``cost_of`` and ``difference`` are in ``operations.cost.cost``.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from platform_lib.operations.model import Model

PRICES_FILE: Final = Path(__file__).with_name("prices.json")

ANY_REGION: Final = "*"
"""The region of a price that its vendor states for every region."""


class Price(Model):
    """One list price, as its vendor publishes it; no discount, no free tier, no tax."""

    item: str
    """What is paid for, as the components name it: ``aws:nat-gateway-hours``."""

    region: str
    """Region of the cloud, ``*`` where the vendor states one price for all."""

    unit: str
    """``hours``, ``gib``, ``keys``, ...: the unit of the component's quantity."""

    price: Annotated[float, Field(ge=0)]
    """For one unit."""

    source: str
    """Page that states it."""

    date: str
    """When the page was read or says it holds, ISO 8601."""

    note: str = ""
    """What the price leaves out, such as further tiers."""


class PriceTable(Model):
    """List prices."""

    currency: Literal["USD"]
    prices: tuple[Price, ...]

    def find(self, item: str, region: str, unit: str) -> Price | None:
        """The price of an item in a region; None where the table has none in this unit."""
        fitting = [one for one in self.prices if one.item == item and one.unit == unit]
        return next((one for wanted in (region, ANY_REGION) for one in fitting if one.region == wanted), None)


@lru_cache(maxsize=1)
def load_prices() -> PriceTable:
    """The prices that come with the library."""
    return PriceTable.model_validate(json.loads(PRICES_FILE.read_text(encoding="utf-8")))


class Quantity(Model):
    """How much of an item a component uses a month."""

    component: str
    """URN of the component."""

    region: str
    """Where it is, empty where that is not known."""

    item: str
    unit: str
    quantity: float | None
    """None where nobody knows beforehand: it is paid by use."""

    assumption: str = ""
    """What the quantity rests on."""


class CostLine(Model):
    """What a component costs a month for one item."""

    component: str
    region: str
    item: str
    unit: str
    kind: Literal["priced", "by-use", "not-priced"]
    """``by-use``: the quantity is not known beforehand; ``not-priced``: the table has no price. Neither is zero."""

    quantity: float | None
    unit_price: float | None
    """None where the table has none."""

    cost: float | None
    """A month; None where it cannot be told."""

    assumption: str = ""
    source: str = ""
    """Page and date of the price."""


class Cost(Model):
    """What a stack costs a month, as far as that can be told beforehand."""

    currency: str
    monthly: float
    """Sum of the priced lines: a floor, since what is paid by use or not priced comes on top."""

    lines: tuple[CostLine, ...] = ()

    def of(self, kind: str) -> tuple[CostLine, ...]:
        """The lines of a kind."""
        return tuple(line for line in self.lines if line.kind == kind)

    def by_item(self) -> Mapping[tuple[str, str], float]:
        """Cost of the priced lines by item and region."""
        found: dict[tuple[str, str], float] = {}
        for line in self.lines:
            if line.cost is not None:
                key = (line.item, line.region)
                found[key] = found.get(key, 0.0) + line.cost
        return found


class ItemDifference(Model):
    """An item whose cost moves."""

    item: str
    region: str
    before: float
    after: float


class CostDifference(Model):
    """What a change does to the cost a month."""

    currency: str
    before: float
    after: float
    change: float
    """``after`` less ``before``."""

    items: tuple[ItemDifference, ...] = ()
    """Items whose cost moves, the dearest first."""

    by_use: tuple[str, ...] = ()
    """Items that are paid by use, and are not in the sums."""

    not_priced: tuple[str, ...] = ()
    """Items without a price, and are not in the sums."""
