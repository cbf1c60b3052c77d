"""What the change costs: the quantities that components name, before and after."""

from platform_lib.operations.cost.cost import cost_of, difference, outside, quantities_of
from platform_lib.operations.cost.model import CostDifference
from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity
from platform_lib.operations.record import urn_name

NOT_PRICED = "cost-not-priced"
BY_USE = "cost-by-use"
MOVES = "cost-moves"
NOT_TOLD = "cost-not-told"

_SHOWN = 5
"""Resources that are named one by one."""


def costs(given: GateInput) -> CostDifference | None:
    """The cost of what is deployed, and of what would be; None where no component says what it uses."""
    before, after = quantities_of(given.deployed.resources), quantities_of(given.preview.planned.values())
    return difference(cost_of(before), cost_of(after)) if before or after else None


def look(given: GateInput) -> Looked:
    """Tells what moves; what has no price, or is paid by use, is named and never counted as nothing."""
    found, untold = costs(given), outside(given.preview.planned.values())
    if found is None:
        return Looked("no component says what it uses, so nobody knows the cost", skipped=True)
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
    if untold:
        shown = ", ".join(urn_name(urn) for urn in untold[:_SHOWN]) + (", ..." if len(untold) > _SHOWN else "")
        problem = f"in no component that says what it uses, and not in the sums: {shown}"
        subject = count(len(untold), "resource")
        findings.append(
            GateFinding(check=NOT_TOLD, effect=Effect.NOTE, severity=Severity.LOW, subject=subject, problem=problem)
        )
    left_out = [
        f"; {count(number, noun)} {why}"
        for number, noun, why in (
            (len(found.not_priced), "item", "not priced"),
            (len(found.by_use), "item", "by use"),
            (len(untold), "resource", "outside of components that say what they use"),
        )
        if number
    ]
    moved = f"{found.change:+.2f} {found.currency} a month, from {found.before:.2f} to {found.after:.2f}"
    return Looked("".join([moved, *left_out]), findings)
