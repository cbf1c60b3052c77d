"""Which zones a network spans: named ones, or a count that grows without moving. Pure; imports nothing of pulumi."""

from collections.abc import Iterable, Sequence

from platform_lib.core.errors import Finding, PlanError, near

REGIONAL = "regional"
"""What stands for the zone in the key of a subnet that spans its region (Azure, GCP)."""


def choose_zones(
    wanted: Sequence[str] | int,
    available: Sequence[str],
    *,
    region: str,
    known: Iterable[str] = (),
    subject: str = "network",
) -> tuple[str, ...]:
    """The zones of a network.

    Args:
        wanted: stable zone ids (``euw1-az1``), or how many zones.
        available: the zone ids of the region, at least one, in the order in which a count takes them.
        region: its name, for the messages.
        known: zones that the ledger already uses: a count takes them first, so that growing adds and never swaps.
        subject: whose zones they are, for the messages.

    Returns:
        Zone ids: in the order given, or for a count in that of the region.

    Raises:
        PlanError: a zone that the region does not have (with near names), one given twice, more zones than exist,
            none at all.
    """
    have = ", ".join(sorted(available))
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(available):
            problem = f"{region} has {len(available)} zones, got {wanted}"
            raise PlanError(
                subject, [Finding("zones", problem, f"ask for 1 to {len(available)}, or name some of {have}")]
            )
        used = set(known)
        chosen = sorted(available, key=lambda zone: zone not in used)[:wanted]  # stable: used ones come first
        return tuple(zone for zone in available if zone in chosen)
    findings: list[Finding] = []
    if not wanted:
        findings.append(Finding("zones", "no zone is given", f"name some of {have}"))
    if len(set(wanted)) > len(available):
        findings.append(
            Finding("zones", f"{region} has {len(available)} zones, got {len(set(wanted))}", f"name some of {have}")
        )
    for position, zone in enumerate(wanted):
        if zone not in available:
            remedy = near(zone, available) or f"name some of {have}"
            findings.append(Finding(f"zones[{position}]", f"{region} has no such zone, got {zone!r}", remedy))
        elif zone in wanted[:position]:
            findings.append(Finding(f"zones[{position}]", f"given twice, got {zone!r}", "give each zone once"))
    if findings:
        raise PlanError(subject, findings)
    return tuple(wanted)
