"""How other components take a network: one of ours, or one that exists already."""

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input

__all__ = ["NetworkReference", "SubnetReference", "TierRole"]


class SubnetReference(ComponentArgs):
    """One subnet of a network."""

    tier: str
    """Name of its tier."""

    role: TierRole
    """What the tier is for."""

    zone: str
    """Zone id, such as ``euw1-az1``; ``regional`` where subnets span the region."""

    cidr: str
    """Its IPv4 range."""

    id: Input[str]
    """Id of the subnet."""


class NetworkReference(ComponentArgs):
    """A network: what a component needs to know to place something in it."""

    cloud: Cloud | None = None
    """Where it runs; left out means ``aws``."""

    region: str
    """The cloud's name of the region, such as ``eu-west-1``."""

    cidr: str
    """Its IPv4 range; the first one where it has several."""

    secondary_cidrs: list[str] | None = None
    """Its further IPv4 ranges; left out means none."""

    vpc_id: Input[str]
    """Id of the network: of the VPC, the VNet, or the GCP network."""

    hub_id: Input[str] | None = None
    """Id of the hub that it is attached to; left out means none."""

    subnets: list[SubnetReference]
    """Its subnets."""

    def in_tier(self, tier: str) -> list[SubnetReference]:
        """The subnets of a tier, in the order of ``subnets``."""
        return [subnet for subnet in self.subnets if subnet.tier == tier]
