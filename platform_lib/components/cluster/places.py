"""Where control plane and nodes stand: tiers and zones of the network. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.components.vpc.refs import NetworkReference, SubnetReference
from platform_lib.core.errors import Finding, near

CONTROL_PLANE_ZONES = 2
"""EKS asks for subnets in two zones at least (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html)."""


@dataclass(frozen=True)
class Place:
    """The subnets of one tier in some zones, in the order of the network."""

    tier: str
    zones: tuple[str, ...]

    def of(self, network: NetworkReference) -> list[SubnetReference]:
        """The subnets themselves; zones that the tier does not have are passed over."""
        return [subnet for subnet in network.in_tier(self.tier) if subnet.zone in self.zones]


def place_of(
    network: NetworkReference, tier: str, zones: Sequence[str] | None, *, path: str, at_first: int | None = None
) -> tuple[Place, list[Finding]]:
    """Zones of a tier.

    Args:
        network: that it is in.
        tier: of the network; nothing is checked where it is empty, which is a finding already.
        zones: zone ids that are asked for; None means ``at_first`` of them, or all.
        path: of the argument that asks.
        at_first: how many of the first ones are taken where nothing is asked.
    """
    there = [subnet.zone for subnet in network.in_tier(tier)]
    if zones is None or not tier:
        return Place(tier, tuple(there[:at_first])), []
    findings = [
        Finding(
            f"{path}[{index}]",
            f"is not a zone of the tier {tier!r}, got {zone!r}",
            near(zone, there) or f"use some of {', '.join(there)}",
        )
        for index, zone in enumerate(zones)
        if zone not in there
    ]
    return Place(tier, tuple(zone for zone in there if zone in zones)), findings
