"""Dedicated lines: Direct Connect, ExpressRoute and Interconnect, as far as they can be checked beforehand. Pure."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.errors import Finding

VLANS: Final[Mapping[Cloud, tuple[int, int]]] = {
    # https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html
    Cloud.AWS: (1, 4094),
    # https://learn.microsoft.com/azure/expressroute/expressroute-circuit-peerings
    Cloud.AZURE: (1, 4094),
    # https://cloud.google.com/compute/docs/reference/rest/v1/interconnectAttachments (vlanTag8021q)
    Cloud.GCP: (2, 4094),
}
"""VLAN ids that a line may have, by cloud; both ends included."""


def check_vlan(vlan: int, cloud: Cloud, path: str = "") -> list[Finding]:
    """What is wrong with the id of a VLAN on a cloud."""
    first, last = VLANS[cloud]
    if first <= vlan <= last:
        return []
    return [Finding(path, f"must be from {first} to {last} on {cloud}, got {vlan}")]
