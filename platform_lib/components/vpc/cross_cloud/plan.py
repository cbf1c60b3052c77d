"""A VPN between two clouds as a pure function of its arguments."""

from collections.abc import Iterator
from dataclasses import dataclass

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS
from platform_lib.components.vpc.cross_cloud.args import CrossCloudVpnArgs
from platform_lib.components.vpc.gcp.regions import GCP_REGIONS
from platform_lib.components.vpc.links.asn import ASN_RULES
from platform_lib.components.vpc.links.cross_cloud import (
    DEFAULT_LINK_RANGE,
    CrossCloudPlan,
    SideIntent,
    plan_cross_cloud,
)
from platform_lib.components.vpc.links.keys import check_keys
from platform_lib.core.aws import check_region
from platform_lib.core.errors import Finding, PlanError, near
from platform_lib.core.naming import check_automatic, logical
from platform_lib.core.validation import FieldError


@dataclass(frozen=True, slots=True)
class CrossCloudVpnPlan:
    """What the component makes.

    Attributes:
        name: of the component.
        link: both sides and their tunnels.
        own_gateways: clouds where the gateway is one of the component's own.
    """

    name: str
    link: CrossCloudPlan
    own_gateways: frozenset[Cloud]

    def has(self, cloud: Cloud) -> bool:
        """Whether one of the sides is on that cloud."""
        return any(side.cloud is cloud for side in self.link.sides)


def plan_vpn(name: str, args: CrossCloudVpnArgs, *, subject: str) -> CrossCloudVpnPlan:
    """Plan a VPN between two clouds.

    Args:
        name: of the component.
        args: checked arguments.
        subject: whose arguments they are, for messages.

    Returns:
        The plan; no secret is in it.

    Raises:
        PlanError: ASNs, ranges, keys or names that do not fit; all findings of one kind at once.
    """
    if findings := list(_check_regions(args)):
        raise PlanError(subject, findings)
    first, second = (_side(args, cloud) for cloud in Cloud if getattr(args, cloud.value) is not None)
    link = plan_cross_cloud((first, second), args.inside_range or DEFAULT_LINK_RANGE, subject=subject)
    plan = CrossCloudVpnPlan(name, link, frozenset(_own_gateways(args)))
    if findings := [*_check_keys(args, plan), *check_automatic(_automatic_names(plan))]:
        raise PlanError(subject, findings)
    return plan


def _check_regions(args: CrossCloudVpnArgs) -> Iterator[Finding]:
    if args.aws is not None:
        try:
            check_region(args.aws.region)
        except FieldError as error:
            yield Finding("aws.region", f"{error.problem}, got {args.aws.region!r}", error.remedy)
    for cloud, side, known in ((Cloud.AZURE, args.azure, AZURE_REGIONS), (Cloud.GCP, args.gcp, GCP_REGIONS)):
        if side is not None and side.region not in known:
            remedy = near(side.region, known) or "write it as the cloud does"
            yield Finding(f"{cloud}.region", f"is not a region that is known, got {side.region!r}", remedy)


def _side(args: CrossCloudVpnArgs, cloud: Cloud) -> SideIntent:
    side = getattr(args, cloud.value)
    return SideIntent(
        cloud, side.region, ASN_RULES[cloud].default if side.asn is None else side.asn, tuple(side.ranges)
    )


def _own_gateways(args: CrossCloudVpnArgs) -> list[Cloud]:
    own = {
        Cloud.AWS: args.aws is not None and args.aws.vpc_id is not None,
        Cloud.AZURE: args.azure is not None and args.azure.gateway_subnet_id is not None,
        Cloud.GCP: args.gcp is not None,
    }
    return [cloud for cloud, is_own in own.items() if is_own]


def _check_keys(args: CrossCloudVpnArgs, plan: CrossCloudVpnPlan) -> list[Finding]:
    known = [tunnel.key for tunnel in plan.link.tunnels]
    required = [] if plan.has(Cloud.AWS) else known
    return check_keys(args.pre_shared_keys or {}, known, required, "pre_shared_keys")


def _automatic_names(plan: CrossCloudVpnPlan) -> list[tuple[str, str]]:
    """Type token and logical name of the children with an automatic or given physical name."""
    names: list[tuple[str, str]] = []
    keys = [tunnel.key for tunnel in plan.link.tunnels]
    if plan.has(Cloud.AZURE):
        names += [
            ("azure-native:network:VirtualNetworkGateway", logical(plan.name, "vpn-gateway")),
            ("azure-native:network:LocalNetworkGateway", logical(plan.name, "local-gateway", "0")),
            ("azure-native:network:VirtualNetworkGatewayConnection", logical(plan.name, "connection", "0")),
        ]
    if plan.has(Cloud.GCP):
        names += [
            ("gcp:compute/haVpnGateway:HaVpnGateway", logical(plan.name, "vpn-gateway")),
            ("gcp:compute/externalVpnGateway:ExternalVpnGateway", logical(plan.name, "external-gateway")),
            *(
                ("gcp:compute/routerInterface:RouterInterface", logical(plan.name, "tunnel-interface", key))
                for key in keys
            ),
        ]
    return names
