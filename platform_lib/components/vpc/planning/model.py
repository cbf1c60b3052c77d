"""A planned network, the same on every cloud: what its parts are called, where they lie, how they are connected."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.components.vpc.arguments.account import BlockedAccess
from platform_lib.components.vpc.arguments.address import Ipv6Source
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination
from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection, RuleProtocol
from platform_lib.components.vpc.capability.report import CapabilityReport
from platform_lib.components.vpc.planning.hub import HubPlan
from platform_lib.components.vpc.planning.hybrid import HybridPlan

HTTPS = 443
"""The one port that interface endpoints are reached on."""

INTERNET = "internet"
"""Target of a default route: straight to the internet. Others are the zones of NAT gateways, ``REGIONAL`` for one that
spans the region, and ``HUB``."""

HUB = "hub"
"""Target of a default route: the hub."""

EGRESS_ONLY = "egress-only"
"""Target of an IPv6 default route: to the internet, and nothing back in. The other one is ``INTERNET``."""


@dataclass(frozen=True)
class SubnetPlan:
    """One subnet.

    Attributes:
        key: among the children: ``tier-zone``, or the tier alone where subnets span the region.
        tier: name of its tier.
        role: of its tier.
        zone: zone id, or ``regional``.
        cidr: its IPv4 range.
        route_table: key of its route table.
        ipv6_number: number of its /64 in the network's IPv6 range; None without IPv6.
        secondary: further ranges by name (GCP: those asked for, and pods tiers of it).
        services: reached from it by route, without an address in the network, where that differs by subnet (Azure).
        of_service: whether it belongs to a service that guards and routes itself, so that it takes no rules and routes
            of ours (Azure).
    """

    key: str
    tier: str
    role: TierRole
    zone: str
    cidr: str
    route_table: str
    ipv6_number: int | None = None
    secondary: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    of_service: bool = False


@dataclass(frozen=True)
class RouteTablePlan:
    """Where the traffic of a tier, or of its subnet in one zone, goes.

    Attributes:
        key: among the children.
        tier: name of the tier.
        role: of the tier.
        default_route: ``INTERNET``, ``HUB``, the zone of a NAT gateway (``REGIONAL`` for one that spans the region), or
            None for no way out.
        hub_routes: ranges that lie behind the hub.
        ipv6_default: ``INTERNET``, ``EGRESS_ONLY`` or None.
    """

    key: str
    tier: str
    role: TierRole
    default_route: str | None
    hub_routes: tuple[str, ...] = ()
    ipv6_default: str | None = None


@dataclass(frozen=True)
class NatPlan:
    """One NAT gateway.

    Attributes:
        zone: its zone id; ``REGIONAL`` for one that spans the region.
        subnet: key of the public subnet that it stands in; None where it stands in none.
    """

    zone: str
    subnet: str | None


@dataclass(frozen=True)
class EndpointPlan:
    """One endpoint: the short name of the service, its full name, and the subnets it stands in (none for a gateway)."""

    key: str
    service: str
    service_name: str
    is_gateway: bool
    subnets: tuple[str, ...]


@dataclass(frozen=True)
class FilterRulePlan:
    """One rule for what enters or leaves a tier, with its other side as ranges.

    Attributes:
        direction: seen from the tier.
        action: what happens.
        protocol: which traffic.
        ports: of the destination; empty is all.
        peers: IPv4 and IPv6 ranges of the other side; empty where ``internet`` is.
        internet: the other side is whatever is nobody's network.
    """

    direction: RuleDirection
    action: RuleAction
    protocol: RuleProtocol
    ports: str
    peers: tuple[str, ...]
    internet: bool


@dataclass(frozen=True)
class FilterPlan:
    """The rules of one tier; what none matches does not pass.

    Attributes:
        tier: its name.
        ranges: its own.
        rules: the first that matches decides.
        stateless: whether they hold for answers too.
    """

    tier: str
    ranges: tuple[str, ...]
    rules: tuple[FilterRulePlan, ...]
    stateless: bool


@dataclass(frozen=True)
class FlowLogPlan:
    """Records of the traffic.

    Attributes:
        destination: where they go, in the words of the cloud: ``cloudwatch`` or ``s3`` on AWS, ``log-service`` or
            ``object-store`` elsewhere.
        own_key: whether the log group needs a key of the component's own (AWS).
        own_store: whether the object store is one of the component's own (Azure, GCP).
        retention_days: how long a log group or store of the component's own keeps them.
        aggregation_seconds: how long they are gathered before they are written.
        sample_rate: share of the flows that is recorded (GCP).
    """

    destination: FlowLogDestination
    own_key: bool
    own_store: bool
    retention_days: int
    aggregation_seconds: int
    sample_rate: float = 1.0


@dataclass(frozen=True)
class Ipv6Plan:
    """IPv6 of the network.

    Attributes:
        source: ``provider`` or ``own``.
        prefix_length: size of the network's range.
        cidr: the range, where it is known beforehand.
        egress_only: whether private tiers get out by it.
    """

    source: Ipv6Source
    prefix_length: int
    cidr: str | None
    egress_only: bool


@dataclass(frozen=True)
class VpcPlan:
    """A whole network; every collection is in a fixed order.

    Attributes:
        name: of the component.
        cloud: where it runs.
        region: the cloud's name of the region.
        ranges: IPv4 ranges, the first one the network's own, then further ones.
        zones: zone ids; empty where subnets span the region.
        egress: how private tiers reach the internet.
        subnets: one a tier and zone.
        route_tables: one a route table of its own where the cloud has such, else what the routes of a tier are.
        nats: NAT gateways.
        endpoints: private ways to services.
        filters: rules of the tiers that have some.
        blocked_access: what a block of public access stops; None without one.
        blocked_access_excluded: tiers that are left out of it.
        flow_log: records of the traffic; None where they are off.
        dns_hostnames: whether machines with public addresses get public names.
        dhcp_options: whether DHCP hands out something of its own.
        ipv6: None without.
        reserved: blocks kept beside the tiers, by name (GCP: ``private-services``).
        report: what was asked and what the cloud gives.
        warnings: a text for each gap that is let pass.
        hub: what it is attached to; None without.
        hybrid: links to other sites and clouds; None without.
        referenced: whether it exists already and nothing of it is made, so that its routes are not known.
    """

    name: str
    cloud: Cloud
    region: str
    ranges: tuple[str, ...]
    zones: tuple[str, ...]
    egress: Egress
    subnets: tuple[SubnetPlan, ...]
    route_tables: tuple[RouteTablePlan, ...]
    nats: tuple[NatPlan, ...]
    endpoints: tuple[EndpointPlan, ...]
    filters: tuple[FilterPlan, ...]
    blocked_access: BlockedAccess | None
    blocked_access_excluded: tuple[str, ...]
    flow_log: FlowLogPlan | None
    dns_hostnames: bool
    dhcp_options: bool
    ipv6: Ipv6Plan | None
    reserved: Mapping[str, str]
    report: CapabilityReport
    warnings: tuple[str, ...]
    hub: HubPlan | None = None
    hybrid: HybridPlan | None = None
    referenced: bool = False

    @property
    def cidr(self) -> str:
        """The network's own IPv4 range."""
        return self.ranges[0]

    @property
    def has_internet_gateway(self) -> bool:
        """Whether a public tier, or a NAT gateway that stands in no subnet, needs a way to the internet."""
        return any(table.default_route == INTERNET for table in self.route_tables) or any(
            nat.zone == REGIONAL for nat in self.nats
        )

    @property
    def interface_endpoints(self) -> tuple[EndpointPlan, ...]:
        """The endpoints that stand in subnets."""
        return tuple(endpoint for endpoint in self.endpoints if not endpoint.is_gateway)

    def subnets_of(self, tier: str) -> tuple[SubnetPlan, ...]:
        """The subnets of a tier, in the order of the zones."""
        return tuple(subnet for subnet in self.subnets if subnet.tier == tier)
