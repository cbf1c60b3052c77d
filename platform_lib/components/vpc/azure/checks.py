"""What only Azure asks of the arguments. Pure."""

from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS
from platform_lib.components.vpc.planning.model import FlowLogPlan
from platform_lib.core.errors import Finding, near


def check(args: VpcArgs) -> list[Finding]:
    """What is wrong with the region, and with the flow logs in the words of other clouds."""
    findings = []
    if args.region not in AZURE_REGIONS:
        remedy = near(args.region, AZURE_REGIONS) or "write it as 'westeurope'"
        findings.append(Finding("region", f"is not a region of Azure that is known, got {args.region!r}", remedy))
    if args.flow_logs is not None:
        for field, instead in (("bucket_arn", "store_id"), ("kms_key_arn", "key_id")):
            if getattr(args.flow_logs, field) is not None:
                findings.append(Finding(f"flow_logs.{field}", "is used on AWS only", f"use {instead}"))
    return findings


def automatic_names(name: str, args: VpcArgs, flow_log: FlowLogPlan | None) -> list[tuple[str, str]]:  # noqa: ARG001 - the same for every cloud
    """Type token and logical name of the children that get an automatic physical name."""
    return [("azure-native:network:VirtualNetwork", f"{name}-network")]
