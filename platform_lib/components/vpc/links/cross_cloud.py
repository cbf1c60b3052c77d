"""A VPN between two clouds from one declaration: both sides, their tunnels, and the proof that they fit. Pure."""

from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.links.asn import check_gateway_asn, check_peer_asn, check_session
from platform_lib.components.vpc.links.inside import check_link_range
from platform_lib.components.vpc.links.proof import check_ranges
from platform_lib.components.vpc.links.tunnel import Speaker, Tunnel, between_clouds
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.validation import join

DEFAULT_LINK_RANGE: Final = "169.254.21.0/28"
"""Range of a link where none is given: one that all three clouds take."""


@dataclass(frozen=True, slots=True)
class SideIntent:
    """One side of a VPN between clouds.

    Attributes:
        cloud: where it is; also its field in the arguments.
        region: in the cloud's words.
        asn: of its gateway.
        ranges: addresses of its network.
    """

    cloud: Cloud
    region: str
    asn: int
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossCloudPlan:
    """A VPN between two clouds.

    Attributes:
        sides: the two, by cloud, in the order of ``Cloud``.
        tunnels: as the first side sees them.
        link: range that the tunnels' addresses are from.
    """

    sides: tuple[SideIntent, SideIntent]
    tunnels: tuple[Tunnel, ...]
    link: str

    def seen_from(self, cloud: Cloud) -> tuple[Tunnel, ...]:
        """The tunnels as the side on that cloud sees them."""
        if cloud is self.sides[0].cloud:
            return self.tunnels
        return tuple(tunnel.mirrored() for tunnel in self.tunnels)

    def side(self, cloud: Cloud) -> SideIntent:
        """The side on that cloud."""
        return next(side for side in self.sides if side.cloud is cloud)

    def other(self, cloud: Cloud) -> SideIntent:
        """The side that is not on that cloud."""
        return next(side for side in self.sides if side.cloud is not cloud)


def plan_cross_cloud(sides: tuple[SideIntent, SideIntent], link: str, *, subject: str) -> CrossCloudPlan:
    """Plan a VPN between two clouds.

    Args:
        sides: the two, in any order.
        link: range of its tunnels' addresses, a /28 that both clouds take.
        subject: whose VPN it is, for the message.

    Returns:
        The plan; it does not depend on the order of the sides.

    Raises:
        PlanError: an ASN that a side may not have or that both have, ranges that overlap, or a range for the tunnels
            that a cloud does not take; all findings at once.
    """
    order = list(Cloud)
    first, second = sorted(sides, key=lambda side: order.index(side.cloud))
    findings: list[Finding] = []
    for side, other in ((first, second), (second, first)):
        path = join(side.cloud.value, "asn")
        wrong = check_gateway_asn(side.asn, side.cloud, path) or check_peer_asn(
            side.asn, other.cloud, other.region, path
        )
        findings += wrong
    findings += check_session(first.asn, second.asn, join(second.cloud.value, "asn"))
    findings += check_ranges({join(side.cloud.value, "ranges"): side.ranges for side in (first, second)})
    findings += check_link_range(link, (first.cloud, second.cloud), "inside_range")
    if findings:
        raise PlanError(subject, findings)
    near, far = Speaker(first.cloud, first.asn), Speaker(second.cloud, second.asn)
    return CrossCloudPlan((first, second), between_clouds(near, far, Block.parse(link)), link)
