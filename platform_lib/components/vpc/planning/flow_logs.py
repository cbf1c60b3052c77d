"""Records of the traffic: where they go, how long they are kept."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.gaps import store_by_default
from platform_lib.components.vpc.planning.model import FlowLogPlan, VpcPlan
from platform_lib.core.aws import default_log_retention
from platform_lib.core.errors import Finding
from platform_lib.core.reporting import Evidence

DEFAULT_AGGREGATION_SECONDS = 600

_AGGREGATION_SECONDS: Final[Mapping[Cloud, tuple[int, ...]]] = {
    Cloud.AWS: (60, 600),  # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
    # https://learn.microsoft.com/azure/network-watcher/traffic-analytics: 10 or 60 minutes
    Cloud.AZURE: (600, 3600),
    Cloud.GCP: (5, 30, 60, 300, 600, 900),  # https://cloud.google.com/vpc/docs/using-flow-logs
}

_AWS_WORDS: Final = {
    FlowLogDestination.CLOUDWATCH: FlowLogDestination.LOG_SERVICE,
    FlowLogDestination.S3: FlowLogDestination.OBJECT_STORE,
}


def _destination(args: VpcArgs, asked: FlowLogsArgs) -> FlowLogDestination:
    """The destination in the words of the cloud."""
    store = store_by_default(args) if asked.destination is None else asked.destination.is_store
    if args.on is Cloud.AWS:
        return FlowLogDestination.S3 if store else FlowLogDestination.CLOUDWATCH
    return FlowLogDestination.OBJECT_STORE if store else FlowLogDestination.LOG_SERVICE


def check_flow_logs(args: VpcArgs) -> list[Finding]:
    """What is wrong with the flow logs on any cloud."""
    asked, findings = args.flow_logs or FlowLogsArgs(), []
    allowed = _AGGREGATION_SECONDS[args.on]
    if asked.aggregation_seconds is not None and asked.aggregation_seconds not in allowed:
        choices = f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]}"
        problem = f"must be {choices}, got {asked.aggregation_seconds}"
        findings.append(Finding("flow_logs.aggregation_seconds", problem))
    neutral = _AWS_WORDS.get(asked.destination) if asked.destination is not None else None
    if args.on is not Cloud.AWS and neutral is not None and asked.destination is not None:
        problem = f"is a destination on AWS, got {asked.destination.value!r}"
        findings.append(Finding("flow_logs.destination", problem, f"use {neutral.value!r}"))
    return findings


def plan_flow_log(args: VpcArgs) -> FlowLogPlan | None:
    """The flow logs; None where they are off."""
    asked = args.flow_logs or FlowLogsArgs()
    if asked.enabled is False:
        return None
    destination = _destination(args, asked)
    return FlowLogPlan(
        destination=destination,
        own_key=destination is FlowLogDestination.CLOUDWATCH and asked.kms_key_arn is None,
        own_store=destination is FlowLogDestination.OBJECT_STORE and asked.store_id is None,
        retention_days=asked.retention_days or default_log_retention(args.context),
        aggregation_seconds=asked.aggregation_seconds or DEFAULT_AGGREGATION_SECONDS,
        sample_rate=1.0 if asked.sample_rate is None else asked.sample_rate,
    )


def flow_log_evidence(plan: VpcPlan, *, kept: bool) -> list[Evidence]:
    """Which controls the flow log of a whole network serves (AWS, Azure).

    Args:
        plan: of the network.
        kept: whether the records are kept in a log group or account of the component's own.
    """
    if plan.flow_log is None:
        return []
    recorded = Evidence(
        child=f"{plan.name}-flow-log",
        statement="all accepted and rejected traffic of the network is recorded",
        controls=["hipaa:164.312(b)", "pci_dss:10.2.1", "pci_dss:10.2.2", "soc2:CC7.2"],
    )
    encrypted = Evidence(
        child=f"{plan.name}-flow-logs",
        statement=f"records are encrypted and kept for {plan.flow_log.retention_days} days",
        controls=["hipaa:164.312(a)(2)(iv)", "hipaa:164.312(b)", "pci_dss:3.5.1", "pci_dss:10.5.1", "soc2:CC7.2"],
    )
    return [recorded, encrypted] if kept else [recorded]
