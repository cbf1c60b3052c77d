"""What the change costs: the quantities that components name, before and after."""

from platform_lib.operations.cost.cost import cost_of, difference, quantities_of
from platform_lib.operations.cost.model import CostDifference
from platform_lib.operations.gate.check import GateInput, Looked
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity

NOT_PRICED = "cost-not-priced"
BY_USE = "cost-by-use"
MOVES = "cost-moves"


def costs(given: GateInput) -> CostDifference:
    """The cost of what is deployed, and of what would be."""
    before = cost_of(quantities_of(given.deployed.resources))
    return difference(before, cost_of(quantities_of(given.preview.planned.values())))


def look(given: GateInput) -> Looked:
    """Tells what moves; what has no price, or is paid by use, is named and never counted as nothing."""
    found = costs(given)
    findings = [
        GateFinding(
            check=MOVES,
            effect=Effect.NOTE,
            severity=Severity.LOW,
            subject=f"{item.item} in {item.region}" if item.region else item.item,
            problem=f"goes from {item.before:.2f} to {item.after:.2f} {found.currency} a month",
        )
        for item in found.items
    ]
    for check, names, problem in (
        (NOT_PRICED, found.not_priced, "has no price in the table, and is not in the sums"),
        (BY_USE, found.by_use, "is paid by use, which nobody knows beforehand, and is not in the sums"),
    ):
        findings += [
            GateFinding(check=check, effect=Effect.NOTE, severity=Severity.LOW, subject=name, problem=problem)
            for name in names
        ]
    missing = f"; {len(found.not_priced)} items not priced" if found.not_priced else ""
    by_use = f"; {len(found.by_use)} items by use" if found.by_use else ""
    return Looked(
        f"{found.change:+.2f} {found.currency} a month, from {found.before:.2f} to {found.after:.2f}{missing}{by_use}",
        findings,
    )
