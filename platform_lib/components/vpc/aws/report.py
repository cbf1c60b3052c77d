"""What a planned network on AWS costs, and which controls its parts serve. Pure."""

from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination
from platform_lib.components.vpc.aws.resolver import resolver_tiers
from platform_lib.components.vpc.links.cost import UNKNOWN_TRAFFIC, data, hours
from platform_lib.components.vpc.planning.flow_logs import flow_log_evidence
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.reporting import CostDriver, Evidence


def cost_drivers(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    """What the network is billed for, a month; further ranges, IPv6, network ACLs and sharing are not billed.

    Sources: https://aws.amazon.com/vpc/pricing, https://aws.amazon.com/route53/pricing.
    """
    return [*_egress(plan, args), *_endpoints(plan), *_names(plan, args.dns or DnsArgs()), *_flow_logs(plan)]


def _egress(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    if not plan.nats:
        return []
    own = len((args.nat or NatArgs()).addresses or ())
    running = "gateways"
    count = len(plan.nats)
    if plan.nats[0].zone == REGIONAL:  # which is billed by the zones in which it runs
        count, running = len(plan.zones), "zones of the network, in all of which a regional gateway is taken to run"
    return [
        hours("aws:nat-gateway-hours", count, running),
        data("aws:nat-gateway-data"),
        hours("aws:public-ipv4-hours", max(count, own), "addresses in use"),
    ]


def _endpoints(plan: VpcPlan) -> list[CostDriver]:
    if not plan.interface_endpoints:
        return []
    count = sum(len(endpoint.subnets) for endpoint in plan.interface_endpoints)
    what = f"network interfaces of {len(plan.interface_endpoints)} endpoints"
    return [hours("aws:vpc-endpoint-hours", count, what), data("aws:vpc-endpoint-data")]


def _names(plan: VpcPlan, asked: DnsArgs) -> list[CostDriver]:
    drivers = []
    zones = len(asked.private_zones or ())
    if zones:
        item = CostDriver(item="aws:dns-zones", quantity=zones, unit="zones", assumption=f"{zones} private zones")
        drivers.append(item)
    if asked.resolver is not None:
        count = sum(len(plan.subnets_of(tier)) for tier in resolver_tiers(plan, asked.resolver))
        if count:
            drivers.append(hours("aws:resolver-endpoint-hours", count, "network interfaces of resolver endpoints"))
            drivers.append(_queries("aws:resolver-queries"))
    if asked.firewall is not None:
        domains = len(asked.firewall.allowed or ()) + len(asked.firewall.blocked or ())
        if domains:
            own = f"{domains} domains in lists of the component's own"
            drivers.append(
                CostDriver(item="aws:dns-firewall-domains", quantity=domains, unit="domains", assumption=own)
            )
        drivers.append(_queries("aws:dns-firewall-queries"))
    return drivers


def _queries(item: str) -> CostDriver:
    return CostDriver(item=item, quantity=0, unit="queries", assumption=UNKNOWN_TRAFFIC)


def _flow_logs(plan: VpcPlan) -> list[CostDriver]:
    if plan.flow_log is None:
        return []
    drivers = [data(f"aws:flow-logs-to-{plan.flow_log.destination.value}")]
    if plan.flow_log.own_key:
        drivers.append(CostDriver(item="aws:kms-keys", quantity=1, unit="keys", assumption="one customer managed key"))
    return drivers


def evidence(plan: VpcPlan) -> list[Evidence]:
    """Which child serves which control."""
    name = plan.name
    items = [
        Evidence(
            child=f"{name}-default-security-group",
            statement="the default security group lets nothing in or out",
            controls=["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:1.4.1", "pci_dss:2.2.2", "soc2:CC6.6"],
        )
    ]
    items += [
        Evidence(
            child=f"{name}-subnet-{subnet.key}",
            statement="instances get no public address on launch",
            controls=["hipaa:164.312(a)(1)", "pci_dss:1.4.2", "soc2:CC6.6"],
        )
        for subnet in plan.subnets
    ]
    if plan.blocked_access is not None:
        items.append(
            Evidence(
                child=f"{name}-public-access-block",
                statement=f"traffic with the internet is stopped, {plan.blocked_access.value}",
                controls=["hipaa:164.312(a)(1)", "pci_dss:1.4.1", "soc2:CC6.6"],
            )
        )
    items += [
        Evidence(
            child=f"{name}-network-acl-{one.tier}",
            statement="the tier lets in and out only what its rules name",
            controls=["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:1.3.2", "soc2:CC6.6"],
        )
        for one in plan.filters
    ]
    kept = plan.flow_log is not None and plan.flow_log.destination is FlowLogDestination.CLOUDWATCH
    return [*items, *flow_log_evidence(plan, kept=kept)]
