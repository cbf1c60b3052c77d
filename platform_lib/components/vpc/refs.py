"""How other components take a network: one of ours, or one that exists already."""

from typing import Any, ClassVar, Self

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.args import ComponentArgs
from platform_lib.core.errors import Finding, near
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs

__all__ = ["NetworkOutputs", "NetworkReference", "SubnetReference", "TierRole", "tier_of"]


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


def tier_of(network: NetworkReference, asked: str | None, *, path: str) -> tuple[str, list[Finding]]:
    """The tier that is asked for, or the first private one; a finding where there is none, or it is public."""
    private = list(dict.fromkeys(subnet.tier for subnet in network.subnets if subnet.role is not TierRole.PUBLIC))
    if asked is None:
        routed = [subnet.tier for subnet in network.subnets if subnet.role is TierRole.PRIVATE]
        if routed:
            return routed[0], []
        return "", [Finding(path, "is not given, and the network has no private tier", "name one of its tiers")]
    if asked in private:
        return asked, []
    known = any(subnet.tier == asked for subnet in network.subnets)
    problem = "is a public tier" if known else "is not a tier of the network"
    remedy = near(asked, private) or f"use one of {', '.join(private) or 'your private tiers'}"
    return "", [Finding(path, f"{problem}, got {asked!r}", remedy)]


class NetworkOutputs(StackOutputs):
    """A network as a stack offers it to others."""

    output_name: ClassVar[str] = "network"
    version: ClassVar[int] = 1

    cloud: Input[str] | None = None
    """Where it runs; left out means ``aws``."""

    region: Input[str]
    """The cloud's name of the region."""

    vpc_id: Input[str]
    """Id of the VPC."""

    cidr: Input[str]
    """Its IPv4 range; the first one where it has several."""

    secondary_cidrs: Input[list[str]] | None = None
    """Its further IPv4 ranges."""

    zones: Input[list[str]]
    """Zone ids of the subnets."""

    subnet_ids: Input[dict[str, list[str]]]
    """Ids of the subnets by tier, in the order of ``zones``."""

    subnets: Input[list[dict[str, Any]]]
    """The subnets with tier, role, zone, range and id."""

    nat_public_ips: Input[dict[str, str]]
    """Public address of the NAT gateway by zone, for allow lists of others."""

    @classmethod
    def of(cls, network: NetworkReference, **more: Any) -> Self:
        """The outputs of a network, given what its reference does not tell."""
        subnets = [{**subnet.model_dump(), "role": subnet.role.value} for subnet in network.subnets]
        return cls(
            cloud=None if network.cloud is None else network.cloud.value,
            region=network.region,
            vpc_id=network.vpc_id,
            cidr=network.cidr,
            secondary_cidrs=network.secondary_cidrs,
            subnets=subnets,
            **more,
        )

    @property
    def reference(self) -> NetworkReference:
        """The network as components take it; for outputs that were read at once."""
        return NetworkReference.parse(
            "NetworkOutputs",
            {
                "cloud": self.cloud,
                "region": self.region,
                "cidr": self.cidr,
                "secondary_cidrs": self.secondary_cidrs,
                "vpc_id": self.vpc_id,
                "subnets": self.subnets,
            },
        )
