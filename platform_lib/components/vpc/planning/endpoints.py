"""Private ways to services: which there are, and where they stand."""

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.arguments.tier import TierArgs
from platform_lib.components.vpc.capability.services import GATEWAY_SERVICES, gateway_services
from platform_lib.components.vpc.planning.model import EndpointPlan, SubnetPlan
from platform_lib.core.errors import Finding, near


def check_endpoints(args: VpcArgs, tiers: list[TierArgs]) -> list[Finding]:
    """What is wrong with the endpoints."""
    endpoints = args.endpoints or EndpointsArgs()
    by_name = {tier.name: tier for tier in tiers}
    gateways = gateway_services(args.on, endpoints.gateway)
    findings = _check_gateways(args, endpoints)
    wanted = [*gateways, *(endpoints.interface or ())]
    for service in endpoints.policies or ():
        if service not in wanted:
            remedy = near(service, wanted) or "ask for the endpoint too"
            problem = "is for an endpoint that is not asked for"
            findings.append(Finding(f"endpoints.policies.{service}", problem, remedy))
    for service in endpoints.targets or ():
        if service not in (endpoints.interface or ()):
            remedy = near(service, endpoints.interface or ()) or "name it under endpoints.interface too"
            problem = "is for an endpoint that is not asked for"
            findings.append(Finding(f"endpoints.targets.{service}", problem, remedy))
    if endpoints.tier is not None and endpoints.tier not in by_name:
        remedy = near(endpoints.tier, by_name) or f"name one of {', '.join(by_name)}"
        findings.append(Finding("endpoints.tier", f"is not a tier of the network, got {endpoints.tier!r}", remedy))
    if not endpoints.interface:
        return findings
    if endpoints.tier is None and endpoint_tier(endpoints, tiers) is None:
        problem = "need a private or isolated tier to stand in"
        findings.append(Finding("endpoints.interface", problem, "add one, or name a tier in endpoints.tier"))
    if args.on is Cloud.AWS and args.dns is not None and args.dns.hostnames is False:
        problem = "must not be false with interface endpoints, whose private names need it"
        findings.append(Finding("dns.hostnames", problem, "leave it out"))
    return findings


def _check_gateways(args: VpcArgs, endpoints: EndpointsArgs) -> list[Finding]:
    known = GATEWAY_SERVICES[args.on]
    findings = []
    for index, service in enumerate(map(str, endpoints.gateway or ())):
        if service not in known:
            problem = f"must be one of {', '.join(map(repr, known))}, got {service!r}"
            findings.append(Finding(f"endpoints.gateway[{index}]", problem, near(service, known)))
    return findings


def endpoint_tier(endpoints: EndpointsArgs, tiers: list[TierArgs]) -> str | None:
    """The tier that interface endpoints stand in; None where none fits."""
    if endpoints.tier is not None:
        return endpoints.tier
    for role in (TierRole.PRIVATE, TierRole.ISOLATED):
        for tier in tiers:
            if tier.role is role:
                return tier.name
    return None


def plan_endpoints(args: VpcArgs, tiers: list[TierArgs], subnets: tuple[SubnetPlan, ...]) -> tuple[EndpointPlan, ...]:
    """The endpoints: those reached by route, then those that stand in subnets."""
    endpoints = args.endpoints or EndpointsArgs()
    tier = endpoint_tier(endpoints, tiers)
    standing = tuple(subnet.key for subnet in subnets if subnet.tier == tier)
    gateways = [
        EndpointPlan(service, service, _service_name(args, service), is_gateway=True, subnets=())
        for service in dict.fromkeys(
            (
                *gateway_services(args.on, endpoints.gateway),
                *(service for subnet in subnets for service in subnet.services),
            )
        )
    ]
    interfaces = [
        EndpointPlan(f"interface-{service}", service, _service_name(args, service), is_gateway=False, subnets=standing)
        for service in endpoints.interface or ()
    ]
    return (*gateways, *interfaces)


def _service_name(args: VpcArgs, service: str) -> str:
    if args.on is not Cloud.AWS or service.startswith(("com.", "cn.")):
        return service
    return f"com.amazonaws.{args.region}.{service}"
