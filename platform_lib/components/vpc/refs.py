"""How other components take a network: one of ours, or one that exists already."""

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input


class SubnetReference(ComponentArgs):
    """One subnet of a network."""

    tier: str
    """Name of its tier."""

    role: TierRole
    """What the tier is for."""

    zone: str
    """Zone id, such as ``euw1-az1``."""

    cidr: str
    """Its IPv4 range."""

    id: Input[str]
    """Id of the subnet."""


class NetworkReference(ComponentArgs):
    """A network: what a component needs to know to place something in it."""

    region: str
    """The AWS region, such as ``eu-west-1``."""

    cidr: str
    """Its IPv4 range."""

    vpc_id: Input[str]
    """Id of the VPC."""

    subnets: list[SubnetReference]
    """Its subnets."""

    def in_tier(self, tier: str) -> list[SubnetReference]:
        """The subnets of a tier, in the order of ``subnets``."""
        return [subnet for subnet in self.subnets if subnet.tier == tier]
