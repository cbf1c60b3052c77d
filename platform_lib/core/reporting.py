"""What every component says about itself beside its ids: what it costs, and which controls it serves."""

from typing import Final, TypedDict

HOURS_PER_MONTH: Final = 730
"""Hours that prices by the month assume (https://calculator.aws)."""


class CostDriver(TypedDict):
    """A quantity that a price table can price."""

    item: str
    """What is paid for, as provider and item: ``aws:nat-gateway-hours``."""

    quantity: float
    """How much of it a month; 0 for use that nobody can know beforehand, with an assumption that says so."""

    unit: str
    """``hours``, ``gib``, ``keys``, ..."""

    assumption: str
    """What the quantity rests on."""


class Evidence(TypedDict):
    """Which controls a child serves, and how."""

    child: str
    """Logical name of the child."""

    statement: str
    """What it does for the controls."""

    controls: list[str]
    """Control ids as ``framework:id``, such as ``pci_dss:1.4.1``."""
