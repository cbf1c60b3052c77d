"""What a planned network on AWS costs, and which controls its parts serve. Pure."""

from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination
from platform_lib.components.vpc.planning.flow_logs import flow_log_evidence
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on the traffic, which is not known beforehand"


def cost_drivers(plan: VpcPlan) -> list[CostDriver]:
    """What the network is billed for, a month."""
    drivers: list[CostDriver] = []
    if plan.nats:
        count = len(plan.nats)
        running = f"{count} running all month"
        drivers += [
            CostDriver(
                item="aws:nat-gateway-hours", quantity=count * HOURS_PER_MONTH, unit="hours", assumption=running
            ),
            CostDriver(item="aws:nat-gateway-data", quantity=0, unit="gib", assumption=_UNKNOWN),
            CostDriver(
                item="aws:public-ipv4-hours", quantity=count * HOURS_PER_MONTH, unit="hours", assumption=running
            ),
        ]
    if plan.interface_endpoints:
        count = sum(len(endpoint.subnets) for endpoint in plan.interface_endpoints)
        assumption = f"{len(plan.interface_endpoints)} endpoints, {count} network interfaces, all month"
        drivers += [
            CostDriver(
                item="aws:vpc-endpoint-hours", quantity=count * HOURS_PER_MONTH, unit="hours", assumption=assumption
            ),
            CostDriver(item="aws:vpc-endpoint-data", quantity=0, unit="gib", assumption=_UNKNOWN),
        ]
    if plan.flow_log is not None:
        destination = plan.flow_log.destination.value
        drivers.append(CostDriver(item=f"aws:flow-logs-to-{destination}", quantity=0, unit="gib", assumption=_UNKNOWN))
        if plan.flow_log.own_key:
            drivers.append(
                CostDriver(item="aws:kms-keys", quantity=1, unit="keys", assumption="one customer managed key")
            )
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
    kept = plan.flow_log is not None and plan.flow_log.destination is FlowLogDestination.CLOUDWATCH
    return [*items, *flow_log_evidence(plan, kept=kept)]
