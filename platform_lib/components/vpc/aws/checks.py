"""What only AWS asks of the arguments. Pure."""

from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.planning.model import FlowLogPlan
from platform_lib.core.aws import check_log_retention, check_region
from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError


def check(args: VpcArgs) -> list[Finding]:
    """What is wrong with the region, and with the flow logs in the words of AWS."""
    findings = []
    try:
        check_region(args.region)
    except FieldError as error:
        findings.append(Finding("region", f"{error.problem}, got {args.region!r}", error.remedy))
    return findings + _check_flow_logs(args.flow_logs or FlowLogsArgs())


def _check_flow_logs(asked: FlowLogsArgs) -> list[Finding]:
    findings = []
    try:
        check_log_retention(asked.retention_days)
    except FieldError as error:
        problem = f"{error.problem}, got {asked.retention_days}"
        findings.append(Finding("flow_logs.retention_days", problem, error.remedy))
    if asked.destination is not None and asked.destination.is_store:
        into = f"the destination {asked.destination.value!r}"
        if asked.bucket_arn is None:
            findings.append(Finding("flow_logs.bucket_arn", f"is required for {into}"))
        if asked.kms_key_arn is not None:
            problem = f"is not used for {into}"
            findings.append(Finding("flow_logs.kms_key_arn", problem, "encrypt the bucket with it"))
    elif asked.bucket_arn is not None:
        problem = f"is used for the destination '{FlowLogDestination.S3}' only"
        findings.append(Finding("flow_logs.bucket_arn", problem, f"set destination to '{FlowLogDestination.S3}'"))
    for field, instead in (("store_id", "bucket_arn"), ("key_id", "kms_key_arn"), ("workspace_id", "")):
        if getattr(asked, field) is not None:
            remedy = f"use {instead}" if instead else "leave it out"
            findings.append(Finding(f"flow_logs.{field}", "is not used on AWS", remedy))
    return findings


def automatic_names(name: str, args: VpcArgs, flow_log: FlowLogPlan | None) -> list[tuple[str, str]]:
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
