"""What a network is asked to be, as far as addresses go, without a cloud SDK: the arguments reduced to plain values.

The component turns its arguments into a ``NetworkIntent``; the planning commands read the same value from the stacks.
Pure; imports nothing of pulumi.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from platform_lib.components.vpc.addressing.allocate import Request
from platform_lib.components.vpc.addressing.limits import (
    LIMITS,
    Cloud,
    check_network_range,
    check_subnet_name,
    check_subnet_prefix,
)
from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.core.errors import Finding, NamingError
from platform_lib.core.naming import logical


class TierRole(StrEnum):
    """What a tier is for; decides its routes."""

    PUBLIC = "public"
    PRIVATE = "private"
    ISOLATED = "isolated"
    HUB = "hub"
    PODS = "pods"


class Egress(StrEnum):
    """How private tiers reach the internet."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per-zone"
    REGIONAL = "regional"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class NetworkId:
    """Which network: one of a repository's many.

    Attributes:
        environment: such as ``dev``.
        cloud: where it runs.
        region: the cloud's name of the region.
        name: the component's name.
    """

    environment: str
    cloud: Cloud
    region: str
    name: str

    def __str__(self) -> str:
        return f"{self.environment}/{self.cloud}/{self.region}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> "NetworkId":
        """Read ``environment/cloud/region/name``.

        Raises:
            ValueError: with what is wrong with the text.
        """
        parts = text.split("/")
        if len(parts) != 4 or not all(parts):
            raise ValueError(f"a network is written environment/cloud/region/name, got {text!r}")
        if parts[1] not in set(Cloud):
            raise ValueError(f"no such cloud, got {parts[1]!r}")
        return cls(parts[0], Cloud(parts[1]), parts[2], parts[3])


@dataclass(frozen=True, slots=True)
class TierIntent:
    """One tier.

    Attributes:
        name: unique within the network.
        role: what it is for.
        prefix_length: size of each IPv4 subnet; None where every subnet has its own range in ``cidrs``.
        zones: zone ids; None means all of the network. Without meaning where subnets span the region.
        cidrs: explicit ranges by zone id (or ``regional``); others are computed.
        secondary: further named ranges of each subnet with their prefix lengths (GCP: pods, services).
        nat: whether the tier reaches the internet through the network's NAT.
    """

    name: str
    role: TierRole
    prefix_length: int | None = None
    zones: tuple[str, ...] | None = None
    cidrs: Mapping[str, str] = field(default_factory=dict)
    secondary: Mapping[str, int] = field(default_factory=dict)
    nat: bool = False


@dataclass(frozen=True, slots=True)
class NetworkIntent:
    """One network.

    Attributes:
        id: which one.
        tiers: in any order.
        ranges: IPv4 ranges in CIDR notation; empty where ``pool`` gives one.
        pool: pool of the address ledger that the network's range comes from.
        prefix_length: size of the range taken from the pool.
        zones: zone ids that the network spans; ignored where subnets span the region.
        egress: how private tiers reach the internet.
        ipv6_prefix_length: of the network's IPv6 range; None is IPv4 only.
        public_ranges_allowed: the consent to use public ranges.
        reserved: blocks kept beside the tiers, name to prefix length (GCP: private service access).
    """

    id: NetworkId
    tiers: Sequence[TierIntent]
    ranges: tuple[str, ...] = ()
    pool: str | None = None
    prefix_length: int | None = None
    zones: tuple[str, ...] = ()
    egress: Egress = Egress.NONE
    ipv6_prefix_length: int | None = None
    public_ranges_allowed: bool = False
    reserved: Mapping[str, int] = field(default_factory=dict)

    def scopes(self, tier: TierIntent) -> tuple[str, ...]:
        """What a tier has one subnet each of: its zones, or ``regional`` where subnets span the region."""
        if not LIMITS[self.id.cloud].zonal_subnets:
            return (REGIONAL,)
        return self.zones if tier.zones is None else tier.zones


def requests_of(intent: NetworkIntent) -> tuple[Request, ...]:
    """The blocks that a network wants.

    They are called ``tier/zone-id``, ``tier/zone-id/range`` for secondary ranges, and ``name/regional`` for what is
    reserved.
    """
    requests = [Request(f"{name}/{REGIONAL}", length) for name, length in sorted(intent.reserved.items())]
    for tier in intent.tiers:
        for scope in intent.scopes(tier):
            cidr = tier.cidrs.get(scope)
            requests.append(Request(f"{tier.name}/{scope}", None if cidr else tier.prefix_length, cidr))
            requests += [
                Request(f"{tier.name}/{scope}/{name}", length) for name, length in sorted(tier.secondary.items())
            ]
    return tuple(requests)


def subnet_keys(intent: NetworkIntent) -> tuple[str, ...]:
    """The keys of the subnets alone, without their secondary ranges."""
    return tuple(f"{tier.name}/{scope}" for tier in intent.tiers for scope in intent.scopes(tier))


def _check_tier(intent: NetworkIntent, tier: TierIntent) -> list[Finding]:
    path, cloud = f"tiers.{tier.name}", intent.id.cloud
    findings: list[Finding] = []
    if tier.prefix_length is not None:
        findings += check_subnet_prefix(f"{path}.prefix_length", tier.prefix_length, cloud)
    elif set(intent.scopes(tier)) - set(tier.cidrs):
        missing = ", ".join(sorted(set(intent.scopes(tier)) - set(tier.cidrs)))
        findings.append(Finding(f"{path}.prefix_length", f"no size is given for {missing}", "give a prefix length"))
    for scope in sorted(set(tier.cidrs) - set(intent.scopes(tier))):
        known = ", ".join(intent.scopes(tier))
        findings.append(Finding(f"{path}.cidrs.{scope}", f"the tier has no such subnet, got {scope!r}", f"use {known}"))
    if intent.zones and tier.zones is not None and LIMITS[cloud].zonal_subnets:
        for zone in tier.zones:
            if zone not in intent.zones:
                known = ", ".join(intent.zones)
                findings.append(Finding(f"{path}.zones", f"the network has no zone {zone!r}", f"use some of {known}"))
    for name, length in sorted(tier.secondary.items()):
        if cloud is not Cloud.GCP:
            findings.append(Finding(f"{path}.secondary.{name}", f"{cloud} has no secondary ranges of a subnet"))
        else:
            findings += check_subnet_prefix(f"{path}.secondary.{name}", length, cloud)
    for scope in intent.scopes(tier):
        try:
            findings += check_subnet_name(path, logical(intent.id.name, tier.name, scope), cloud)
        except NamingError:
            remedy = "use lower-case letters and digits joined by '-'"
            findings.append(Finding(path, f"not a name of a tier, got {tier.name!r}", remedy))
            break
    return findings


def check_intent(intent: NetworkIntent) -> list[Finding]:
    """Everything that is wrong with a network before any address is computed.

    Args:
        intent: what is asked.

    Returns:
        Findings: ranges, sizes and names the cloud refuses, public ranges without consent, a tier name twice, zones
        that the network does not have, NAT without a public tier to stand in.
    """
    findings: list[Finding] = []
    for position, text in enumerate(intent.ranges):
        path = "address" if len(intent.ranges) == 1 else f"address[{position}]"
        findings += check_network_range(path, text, intent.id.cloud, public_ranges_allowed=intent.public_ranges_allowed)
    if not intent.ranges and (intent.pool is None or intent.prefix_length is None):
        findings.append(Finding("address", "no range is given", "give a range, or a pool and a prefix length"))
    if not intent.tiers:
        findings.append(Finding("tiers", "a network without a tier has no subnet", "add at least one tier"))
    seen: set[str] = set()
    for tier in intent.tiers:
        if tier.name in seen:
            findings.append(Finding(f"tiers.{tier.name}", "the tier name is used twice", "give each tier its own name"))
        else:
            findings += _check_tier(intent, tier)
        seen.add(tier.name)
    zonal_nat = intent.egress in (Egress.SINGLE, Egress.PER_ZONE) and intent.id.cloud is Cloud.AWS
    public = [tier for tier in intent.tiers if tier.role is TierRole.PUBLIC]
    if zonal_nat and not public:
        findings.append(
            Finding(
                "egress",
                f"a zonal NAT gateway stands in a public tier and there is none, got {str(intent.egress)!r}",
                "add a public tier, or use egress 'regional', 'hub' or 'none'",
            )
        )
    elif zonal_nat and intent.egress is Egress.PER_ZONE:
        nat_zones = {zone for tier in intent.tiers if tier.nat for zone in intent.scopes(tier)}
        for zone in sorted(nat_zones - {zone for tier in public for zone in intent.scopes(tier)}):
            findings.append(Finding("egress", f"no public subnet in zone {zone} for its NAT gateway", "add that zone"))
    for tier in intent.tiers:
        if tier.nat and intent.egress is Egress.NONE:
            findings.append(
                Finding(
                    f"tiers.{tier.name}.egress",
                    "NAT is asked, but the network has no egress",
                    "set egress to 'single', 'per-zone' or 'regional'",
                )
            )
    return findings
