"""What a network consists of, as a pure function of its arguments: no cloud is asked, nothing is left to chance."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_lib.components.vpc.addresses import (
    Place,
    check_layout,
    check_tiers,
    subnet_ranges,
    tiers_of,
    zones_of,
    zones_of_tier,
)
from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.args import (
    DnsArgs,
    EndpointsArgs,
    FlowLogDestination,
    FlowLogsArgs,
    GatewayService,
    TierArgs,
    VpcArgs,
)
from platform_lib.core.aws import default_log_retention
from platform_lib.core.errors import Finding, PlanError, near
from platform_lib.core.naming import check_automatic

DEFAULT_AGGREGATION_SECONDS = 600

HTTPS = 443
"""The one port that interface endpoints are reached on."""

INTERNET = "internet"
"""Target of a default route: the internet gateway. Other targets are the zones of NAT gateways."""


@dataclass(frozen=True)
class SubnetPlan:
    """One subnet: its key among the children, and the key of its route table."""

    key: str
    tier: str
    role: TierRole
    zone: str
    cidr: str
    route_table: str


@dataclass(frozen=True)
class RouteTablePlan:
    """One route table; ``default_route`` is ``INTERNET``, the zone of a NAT gateway, or None for no way out."""

    key: str
    tier: str
    role: TierRole
    default_route: str | None


@dataclass(frozen=True)
class NatPlan:
    """One NAT gateway: its zone, and the key of the public subnet that it stands in."""

    zone: str
    subnet: str


@dataclass(frozen=True)
class EndpointPlan:
    """One endpoint: the short name of the service, its full name, and the subnets it stands in (none for a gateway)."""

    key: str
    service: str
    service_name: str
    is_gateway: bool
    subnets: tuple[str, ...]


@dataclass(frozen=True)
class FlowLogPlan:
    """Records of the traffic; ``own_key`` says whether the log group needs a key of the component's own."""

    destination: FlowLogDestination
    own_key: bool
    retention_days: int
    aggregation_seconds: int


@dataclass(frozen=True)
class VpcPlan:
    """A whole network; every collection is in a fixed order."""

    name: str
    region: str
    cidr: str
    zones: tuple[str, ...]
    subnets: tuple[SubnetPlan, ...]
    route_tables: tuple[RouteTablePlan, ...]
    nats: tuple[NatPlan, ...]
    endpoints: tuple[EndpointPlan, ...]
    flow_log: FlowLogPlan | None
    dns_hostnames: bool
    dhcp_options: bool

    @property
    def has_internet_gateway(self) -> bool:
        """Whether a public tier needs one."""
        return any(table.default_route == INTERNET for table in self.route_tables)

    @property
    def interface_endpoints(self) -> tuple[EndpointPlan, ...]:
        """The endpoints that stand in subnets."""
        return tuple(endpoint for endpoint in self.endpoints if not endpoint.is_gateway)


def plan_vpc(name: str, args: VpcArgs, *, subject: str) -> VpcPlan:
    """The network that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned: unknown zones, too small a range, NAT without a public tier, endpoints
            without a subnet to stand in, a ledger without an entry for a subnet; all that is found at once.
    """
    zones = zones_of(args, subject=subject)
    tiers = tiers_of(args)
    egress = args.egress or Egress.NONE
    findings = [
        *check_layout(args, zones),
        *check_tiers(args, zones),
        *_check_egress(args, egress, tiers, zones),
        *_check_endpoints(args, tiers),
    ]
    if findings:
        raise PlanError(subject, findings)
    subnets = _subnets(tiers, zones, subnet_ranges(name, args, zones, subject=subject))
    flow_log = _flow_log(args)
    if findings := check_automatic(_automatic_names(name, args, flow_log)):
        raise PlanError(subject, findings)
    nats = _nats(egress, zones, _nat_tier(args, tiers))
    dns = args.dns or DnsArgs()
    return VpcPlan(
        name=name,
        region=args.region,
        cidr=args.cidr,
        zones=zones,
        subnets=subnets,
        route_tables=_route_tables(tiers, zones, nats),
        nats=nats,
        endpoints=_endpoints(args, tiers, subnets),
        flow_log=flow_log,
        dns_hostnames=dns.hostnames is not False,
        dhcp_options=dns.domain_name is not None or dns.servers is not None,
    )


def _check_egress(args: VpcArgs, egress: Egress, tiers: list[TierArgs], zones: tuple[str, ...]) -> list[Finding]:
    public = [tier.name for tier in tiers if tier.role is TierRole.PUBLIC]
    if args.nat_tier is not None and args.nat_tier not in public:
        remedy = near(args.nat_tier, public) or f"name one of {', '.join(public) or 'your public tiers'}"
        return [Finding("nat_tier", f"is not a public tier of the network, got {args.nat_tier!r}", remedy)]
    if egress is Egress.NONE:
        return []
    nat_tier = _nat_tier(args, tiers)
    if nat_tier is not None:
        if egress is not Egress.PER_ZONE:
            return []
        needed = {zone for tier in tiers if tier.role is TierRole.PRIVATE for zone in zones_of_tier(tier, zones)}
        lacking = sorted(needed - set(zones_of_tier(nat_tier, zones)))
        remedy = f"add the zone to the tier {nat_tier.name!r}, or use 'single'"
        return [Finding("egress", f"has no public subnet in {zone} for its NAT gateway", remedy) for zone in lacking]
    problem = f"needs a public tier for its NAT gateways, got {egress.value!r}"
    return [Finding("egress", problem, "add a tier with the role 'public', or use 'none'")]


def _check_endpoints(args: VpcArgs, tiers: list[TierArgs]) -> list[Finding]:
    endpoints = args.endpoints or EndpointsArgs()
    findings = []
    by_name = {tier.name: tier for tier in tiers}
    wanted = [*_gateway_services(endpoints), *(endpoints.interface or ())]
    for service in endpoints.policies or ():
        if service not in wanted:
            remedy = near(service, wanted) or "ask for the endpoint too"
            findings.append(
                Finding(f"endpoints.policies.{service}", "is for an endpoint that is not asked for", remedy)
            )
    if endpoints.tier is not None and endpoints.tier not in by_name:
        remedy = near(endpoints.tier, by_name) or f"name one of {', '.join(by_name)}"
        findings.append(Finding("endpoints.tier", f"is not a tier of the network, got {endpoints.tier!r}", remedy))
    if not endpoints.interface:
        return findings
    if endpoints.tier is None and _endpoint_tier(endpoints, tiers) is None:
        problem = "need a private or isolated tier to stand in"
        findings.append(Finding("endpoints.interface", problem, "add one, or name a tier in endpoints.tier"))
    if args.dns is not None and args.dns.hostnames is False:
        problem = "must not be false with interface endpoints, whose private names need it"
        findings.append(Finding("dns.hostnames", problem, "leave it out"))
    return findings


def _subnets(tiers: list[TierArgs], zones: tuple[str, ...], ranges: Mapping[Place, str]) -> tuple[SubnetPlan, ...]:
    return tuple(
        SubnetPlan(
            key=f"{tier.name}-{zone}",
            tier=tier.name,
            role=tier.role,
            zone=zone,
            cidr=ranges[tier.name, zone],
            route_table=_route_table_key(tier, zone),
        )
        for tier in tiers
        for zone in zones_of_tier(tier, zones)
    )


def _route_table_key(tier: TierArgs, zone: str) -> str:
    """Private tiers have a table in each zone, so that going from one NAT gateway to several moves no subnet."""
    return f"{tier.name}-{zone}" if tier.role is TierRole.PRIVATE else tier.name


def _nat_tier(args: VpcArgs, tiers: list[TierArgs]) -> TierArgs | None:
    """A gateway cannot change its subnet, so its tier must not depend on tiers that come later."""
    public = {tier.name: tier for tier in tiers if tier.role is TierRole.PUBLIC}
    return public.get(args.nat_tier or "public") or next(iter(public.values()), None)


def _nats(egress: Egress, zones: tuple[str, ...], tier: TierArgs | None) -> tuple[NatPlan, ...]:
    if egress is Egress.NONE or tier is None:
        return ()
    standing = zones_of_tier(tier, zones)
    wanted = standing if egress is Egress.PER_ZONE else standing[:1]
    return tuple(NatPlan(zone, f"{tier.name}-{zone}") for zone in wanted)


def _route_tables(
    tiers: list[TierArgs], zones: tuple[str, ...], nats: tuple[NatPlan, ...]
) -> tuple[RouteTablePlan, ...]:
    with_nat = {nat.zone for nat in nats}
    tables: dict[str, RouteTablePlan] = {}
    for tier in tiers:
        for zone in zones_of_tier(tier, zones):
            default: str | None = None
            if tier.role is TierRole.PUBLIC:
                default = INTERNET
            elif tier.role is TierRole.PRIVATE and nats:
                default = zone if zone in with_nat else nats[0].zone
            key = _route_table_key(tier, zone)
            tables.setdefault(key, RouteTablePlan(key, tier.name, tier.role, default))
    return tuple(tables.values())


def _gateway_services(endpoints: EndpointsArgs) -> list[str]:
    return [service.value for service in (GatewayService if endpoints.gateway is None else endpoints.gateway)]


def _endpoint_tier(endpoints: EndpointsArgs, tiers: list[TierArgs]) -> str | None:
    if endpoints.tier is not None:
        return endpoints.tier
    for role in (TierRole.PRIVATE, TierRole.ISOLATED):
        for tier in tiers:
            if tier.role is role:
                return tier.name
    return None


def _endpoints(args: VpcArgs, tiers: list[TierArgs], subnets: tuple[SubnetPlan, ...]) -> tuple[EndpointPlan, ...]:
    endpoints = args.endpoints or EndpointsArgs()
    tier = _endpoint_tier(endpoints, tiers)
    standing = tuple(subnet.key for subnet in subnets if subnet.tier == tier)
    gateways = [
        EndpointPlan(service, service, _service_name(service, args.region), is_gateway=True, subnets=())
        for service in _gateway_services(endpoints)
    ]
    interfaces = [
        EndpointPlan(
            f"interface-{service}", service, _service_name(service, args.region), is_gateway=False, subnets=standing
        )
        for service in endpoints.interface or ()
    ]
    return (*gateways, *interfaces)


def _service_name(service: str, region: str) -> str:
    return service if service.startswith(("com.", "cn.")) else f"com.amazonaws.{region}.{service}"


def _flow_log(args: VpcArgs) -> FlowLogPlan | None:
    asked = args.flow_logs or FlowLogsArgs()
    if asked.enabled is False:
        return None
    destination = asked.destination or FlowLogDestination.CLOUDWATCH
    return FlowLogPlan(
        destination=destination,
        own_key=destination is FlowLogDestination.CLOUDWATCH and asked.kms_key_arn is None,
        retention_days=asked.retention_days or default_log_retention(args.context),
        aggregation_seconds=asked.aggregation_seconds or DEFAULT_AGGREGATION_SECONDS,
    )


def _automatic_names(name: str, args: VpcArgs, flow_log: FlowLogPlan | None) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    names = []
    if flow_log is not None and flow_log.destination is FlowLogDestination.CLOUDWATCH:
        names = [
            ("aws:cloudwatch/logGroup:LogGroup", f"{name}-flow-logs"),
            ("aws:iam/role:Role", f"{name}-flow-logs-role"),
            ("aws:iam/policy:Policy", f"{name}-flow-logs-policy"),
        ]
    if args.endpoints is not None and args.endpoints.interface:
        names.append(("aws:ec2/securityGroup:SecurityGroup", f"{name}-endpoints"))
    return names
