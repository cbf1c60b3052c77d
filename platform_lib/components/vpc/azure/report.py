"""What a planned network on Azure costs, and which controls its parts serve. Pure."""

from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination
from platform_lib.components.vpc.azure.services import STORE_PART, private_zones
from platform_lib.components.vpc.azure.stores import store_subnet
from platform_lib.components.vpc.azure.tiers import inbound_tier, outbound_tier
from platform_lib.components.vpc.planning.flow_logs import flow_log_evidence
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on the traffic, which is not known beforehand"


def cost_drivers(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    """What the network is billed for, a month."""
    drivers = [*_egress(plan, args), *_endpoints(plan, args), *_names(plan, args)]
    if args.ddos_plan and (args.azure is None or args.azure.ddos_plan_id is None):
        assumption = "one plan; networks that share it are not billed again"
        drivers.append(CostDriver(item="azure:ddos-plans", quantity=1, unit="plans", assumption=assumption))
    if plan.flow_log is not None:
        drivers.append(CostDriver(item="azure:flow-logs", quantity=0, unit="gib", assumption=_UNKNOWN))
        drivers.append(CostDriver(item="azure:blob-storage", quantity=0, unit="gib", assumption=_UNKNOWN))
        if plan.flow_log.destination is FlowLogDestination.LOG_SERVICE:
            drivers.append(CostDriver(item="azure:traffic-analytics", quantity=0, unit="gib", assumption=_UNKNOWN))
    return drivers


def _hours(item: str, count: int, what: str) -> CostDriver:
    return CostDriver(
        item=item, quantity=count * HOURS_PER_MONTH, unit="hours", assumption=f"{count} {what}, all month"
    )


def _egress(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    if not plan.nats:
        return []
    nat = args.nat or NatArgs()
    count = len(nat.addresses or ()) or nat.address_count or 1
    return [
        _hours("azure:nat-gateway-hours", len(plan.nats), "running"),
        CostDriver(item="azure:nat-gateway-data", quantity=0, unit="gib", assumption=_UNKNOWN),
        _hours("azure:public-ipv4-hours", count, "in use"),
    ]


def _has_store_endpoint(plan: VpcPlan, args: VpcArgs) -> bool:
    return plan.flow_log is not None and _owns_store(args) and store_subnet(plan, args) is not None


def _owns_store(args: VpcArgs) -> bool:
    return args.flow_logs is None or args.flow_logs.store_id is None


def _endpoints(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    count = len(plan.interface_endpoints) + _has_store_endpoint(plan, args)
    if not count:
        return []
    return [
        _hours("azure:private-endpoint-hours", count, "private endpoints"),
        CostDriver(item="azure:private-endpoint-data", quantity=0, unit="gib", assumption=_UNKNOWN),
    ]


def _names(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    asked = args.dns or DnsArgs()
    zones = {domain.rstrip(".") for domain in asked.private_zones or ()}
    parts = [endpoint.service for endpoint in plan.interface_endpoints]
    parts += [STORE_PART] if _has_store_endpoint(plan, args) else []
    zones |= {zone for part in parts for zone in private_zones(part, plan.region)}
    drivers = []
    if zones:
        assumption = f"{len(zones)} private zones"
        drivers.append(CostDriver(item="azure:dns-zones", quantity=len(zones), unit="zones", assumption=assumption))
    if asked.resolver is not None:
        ends = [one for one in (inbound_tier(asked.resolver), outbound_tier(asked.resolver)) if one is not None]
        if ends:
            drivers.append(_hours("azure:dns-resolver-endpoint-hours", len(ends), "endpoints"))
        if outbound_tier(asked.resolver) is not None:
            drivers.append(CostDriver(item="azure:dns-rulesets", quantity=1, unit="rulesets", assumption="one ruleset"))
    return drivers


def evidence(plan: VpcPlan, args: VpcArgs) -> list[Evidence]:
    """Which child serves which control."""
    name = plan.name
    items = [
        Evidence(
            child=f"{name}-security-group-{subnet.tier}",
            statement="the tier lets in only what its rules name",
            controls=["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:1.4.1", "soc2:CC6.6"],
        )
        for subnet in plan.subnets
        if not subnet.of_service
    ]
    no_way_out = {table.key for table in plan.route_tables if table.default_route is None}
    items += [
        Evidence(
            child=f"{name}-route-table-{subnet.route_table}",
            statement="the tier has no way to the internet",
            controls=["hipaa:164.312(a)(1)", "pci_dss:1.3.2", "pci_dss:1.4.2", "soc2:CC6.6"],
        )
        for subnet in plan.subnets
        if subnet.route_table in no_way_out and not subnet.of_service
    ]
    return [*items, *flow_log_evidence(plan, kept=_owns_store(args))]
