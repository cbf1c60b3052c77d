"""What a planned network on Google Cloud costs, and which controls its parts serve. Pure."""

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on the traffic, which is not known beforehand"


def cost_drivers(plan: VpcPlan, args: VpcArgs) -> list[CostDriver]:
    """What the network is billed for, a month."""
    drivers: list[CostDriver] = []
    if plan.nats:
        nat = args.nat or NatArgs()
        count = len(nat.addresses or ()) or nat.address_count or 1
        assumption = "one gateway running all month; billed by the machines that use it, which are not known beforehand"
        drivers += [
            CostDriver(item="gcp:nat-gateway-hours", quantity=HOURS_PER_MONTH, unit="hours", assumption=assumption),
            CostDriver(item="gcp:nat-gateway-data", quantity=0, unit="gib", assumption=_UNKNOWN),
            CostDriver(
                item="gcp:public-ipv4-hours",
                quantity=count * HOURS_PER_MONTH,
                unit="hours",
                assumption=f"{count} in use all month",
            ),
        ]
    if plan.interface_endpoints:
        count = len(plan.interface_endpoints)
        drivers += [
            CostDriver(
                item="gcp:private-service-connect-hours",
                quantity=count * HOURS_PER_MONTH,
                unit="hours",
                assumption=f"{count} endpoints, all month",
            ),
            CostDriver(item="gcp:private-service-connect-data", quantity=0, unit="gib", assumption=_UNKNOWN),
        ]
    if plan.flow_log is not None:
        item = f"gcp:flow-logs-to-{plan.flow_log.destination.value}"
        drivers.append(CostDriver(item=item, quantity=0, unit="gib", assumption=_UNKNOWN))
    zones = len((args.dns.private_zones if args.dns is not None else None) or ())
    if zones:
        drivers.append(
            CostDriver(item="gcp:dns-zones", quantity=zones, unit="zones", assumption=f"{zones} private zones")
        )
    return drivers


def evidence(plan: VpcPlan) -> list[Evidence]:
    """Which child serves which control."""
    name = plan.name
    items = [
        Evidence(
            child=f"{name}-firewall-rule-{subnet.tier}-0",
            statement="nothing from the internet reaches the tier",
            controls=["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:1.4.2", "soc2:CC6.6"],
        )
        for subnet in plan.subnets
        if subnet.role is not TierRole.PUBLIC
    ]
    items.append(
        Evidence(
            child=f"{name}-dns-policy",
            statement="every query for a name is recorded",
            controls=["hipaa:164.312(b)", "pci_dss:10.2.1", "soc2:CC7.2"],
        )
    )
    if plan.flow_log is not None:
        items += [
            Evidence(
                child=f"{name}-subnet-{subnet.key}",
                statement=f"{plan.flow_log.sample_rate:.0%} of the flows are recorded",
                controls=["hipaa:164.312(b)", "pci_dss:10.2.1", "pci_dss:10.2.2", "soc2:CC7.2"],
            )
            for subnet in plan.subnets
        ]
        items.append(
            Evidence(
                child=f"{name}-flow-logs-sink",
                statement=f"records are kept apart for {plan.flow_log.retention_days} days",
                controls=["hipaa:164.312(b)", "pci_dss:10.5.1", "soc2:CC7.2"],
            )
        )
    return items
