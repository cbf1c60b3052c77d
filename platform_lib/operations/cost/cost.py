"""Costs from what components say about themselves: the output ``cost_drivers``, times the price table.

``quantities_of(resources, default_region=...)`` gathers the quantities of a stack, from a state or from a preview;
``cost_of(quantities)`` prices them; ``difference(before, after)`` compares two stacks or two versions of one.

Example:
    ``difference(cost_of(quantities_of(old)), cost_of(quantities_of(new))).change`` is dollars a month.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from platform_lib.core.values import UNKNOWN, Properties, Value, plain
from platform_lib.operations.cost.model import (
    Cost,
    CostDifference,
    CostLine,
    ItemDifference,
    PriceTable,
    Quantity,
    load_prices,
)
from platform_lib.operations.record import is_provider, urn_type

DRIVERS = "cost_drivers"
"""The output in which components name their quantities."""


class CostedResource(Protocol):
    """What is read of a resource: ``ResourceState`` of a state, ``StateView`` of a step, or anything alike."""

    @property
    def urn(self) -> str:
        """Its URN."""

    @property
    def custom(self) -> bool:
        """Whether a provider manages it; false for components."""

    @property
    def parent(self) -> str:
        """URN of its parent, empty for none."""

    @property
    def inputs(self) -> Properties:
        """Its inputs."""

    @property
    def outputs(self) -> Properties:
        """Its outputs."""


def quantities_of(resources: Iterable[CostedResource], *, default_region: str = "") -> list[Quantity]:
    """The quantities that the components of a stack name.

    Args:
        resources: every resource of the stack.
        default_region: of components none of whose resources says where it is.

    Returns:
        One for each driver. A quantity of 0 stands for use that nobody knows beforehand, see ``CostDriver``.
    """
    known = {resource.urn: resource for resource in resources}
    regions = _regions(known)
    found: list[Quantity] = []
    for urn, resource in known.items():
        drivers = plain(resource.outputs.get(DRIVERS))
        found += (
            _quantity(urn, regions.get(urn, default_region), driver)
            for driver in (drivers if isinstance(drivers, list) else ())
            if isinstance(driver, Mapping)
        )
    return found


def outside(resources: Iterable[CostedResource]) -> list[str]:
    """URNs of cloud resources that stand below no component that names its quantities, and so are in no sum."""
    known = {resource.urn: resource for resource in resources}
    named = {urn for urn, resource in known.items() if isinstance(plain(resource.outputs.get(DRIVERS)), list)}
    return [
        urn
        for urn, resource in known.items()
        if resource.custom and not is_provider(urn_type(urn)) and not named.intersection(_above(resource, known))
    ]


def _above(resource: CostedResource, known: Mapping[str, CostedResource]) -> Iterator[str]:
    """URNs of a resource's parents, the nearest first; a state that names itself as its parent has an end too."""
    parent, passed = resource.parent, set[str]()
    while parent in known and parent not in passed:
        yield parent
        passed.add(parent)
        parent = known[parent].parent


def _quantity(urn: str, region: str, driver: Mapping[str, Any]) -> Quantity:
    amount = driver.get("quantity")
    known = isinstance(amount, int | float) and not isinstance(amount, bool) and amount > 0
    return Quantity(
        component=urn,
        region=region,
        item=str(driver.get("item", "")),
        unit=str(driver.get("unit", "")),
        quantity=float(amount) if known else None,  # type: ignore[arg-type]  # a number, as just asked
        assumption=str(driver.get("assumption", "")),
    )


def _regions(resources: Mapping[str, CostedResource]) -> dict[str, str]:
    """Where each component is: what most resources below it say."""
    counted: dict[str, Counter[str]] = {}
    for resource in resources.values():
        region = _region(resource)
        for parent in _above(resource, resources) if region else ():
            counted.setdefault(parent, Counter())[region] += 1
    return {urn: counts.most_common(1)[0][0] for urn, counts in counted.items()}


def _region(resource: CostedResource) -> str:
    for properties in (resource.inputs, resource.outputs):
        value: Value = properties.get("region", properties.get("location"))
        if value is not UNKNOWN and isinstance(value, str) and value:
            return value
    return ""


def cost_of(quantities: Iterable[Quantity], table: PriceTable | None = None) -> Cost:
    """What quantities cost a month.

    Args:
        quantities: of a stack.
        table: prices; those of the library where left out.

    Returns:
        A line for each quantity; what has no price or no known quantity is listed and not summed.
    """
    prices = table or load_prices()
    lines = [_line(quantity, prices) for quantity in quantities]
    return Cost(currency=prices.currency, monthly=_money(sum(line.cost or 0.0 for line in lines)), lines=tuple(lines))


def _line(quantity: Quantity, prices: PriceTable) -> CostLine:
    price = prices.find(quantity.item, quantity.region, quantity.unit)
    amount = quantity.quantity
    kind = "not-priced" if price is None else "by-use" if amount is None else "priced"
    return CostLine(
        component=quantity.component,
        region=quantity.region,
        item=quantity.item,
        unit=quantity.unit,
        kind=kind,  # type: ignore[arg-type]  # one of the three
        quantity=amount,
        unit_price=price.price if price else None,
        cost=_money(amount * price.price) if price and amount is not None else None,
        assumption=quantity.assumption,
        source=f"{price.source} ({price.date})" if price else "",
    )


def difference(before: Cost, after: Cost) -> CostDifference:
    """What moves between two costs of one currency."""
    old, new = before.by_item(), after.by_item()
    items = [
        ItemDifference(item=item, region=region, before=_money(old.get(key, 0.0)), after=_money(new.get(key, 0.0)))
        for key in old.keys() | new.keys()
        for item, region in [key]
        if _money(old.get(key, 0.0)) != _money(new.get(key, 0.0))
    ]
    return CostDifference(
        currency=after.currency,
        before=before.monthly,
        after=after.monthly,
        change=_money(after.monthly - before.monthly),
        items=tuple(sorted(items, key=lambda one: (-abs(one.after - one.before), one.item, one.region))),
        by_use=_names(after.of("by-use")),
        not_priced=_names(after.of("not-priced")),
    )


def _names(lines: Sequence[CostLine]) -> tuple[str, ...]:
    return tuple(sorted({f"{line.item} in {line.region}" if line.region else line.item for line in lines}))


def _money(amount: float) -> float:
    """An amount to the hundredth, and never minus zero."""
    return round(amount, 2) + 0.0
