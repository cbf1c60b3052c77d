"""Flow logs: into a log group with its key and role, or into a bucket that is given."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, kms

from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.planning.model import FlowLogPlan
from platform_lib.components.vpc.room import Site
from platform_lib.core import aws_policy
from platform_lib.core.aws import partition_of

KEY_DELETION_DAYS = 30


@dataclass(frozen=True)
class LogTarget:
    """Where flow logs go.

    Attributes:
        destination: ARN of the log group or bucket.
        kind: the destination's type in the words of EC2.
        role_arn: role by which they are written; None for a bucket.
    """

    destination: pulumi.Input[str]
    kind: str
    role_arn: pulumi.Output[str] | None


def make_flow_log(site: Site, network: AwsNetwork) -> LogTarget | None:
    """The flow log of the network; gives where it goes, None where flow logs are off."""
    plan, asked = site.plan.flow_log, site.args.flow_logs or FlowLogsArgs()
    if plan is None:
        return None
    role_arn = None
    if plan.destination is FlowLogDestination.CLOUDWATCH:
        group = _make_log_group(site, network, plan, asked)
        destination: pulumi.Input[str] = group.arn
        role_arn = _make_log_role(site, network, group)
    else:
        destination = asked.bucket_arn or ""  # given, or the arguments would not have passed
    target = LogTarget(destination, "s3" if role_arn is None else "cloud-watch-logs", role_arn)
    name = site.name("flow-log")
    ec2.FlowLog(
        name,
        region=site.region,
        vpc_id=network.vpc.id,
        traffic_type="ALL",
        log_destination_type=target.kind,
        log_destination=target.destination,
        iam_role_arn=target.role_arn,
        max_aggregation_interval=plan.aggregation_seconds,
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    return target


def _make_log_group(site: Site, network: AwsNetwork, plan: FlowLogPlan, asked: FlowLogsArgs) -> cloudwatch.LogGroup:
    name = site.name("flow-logs")
    return cloudwatch.LogGroup(
        name,
        region=site.region,
        kms_key_id=_make_log_key(site, network, name) if plan.own_key else asked.kms_key_arn,
        retention_in_days=plan.retention_days,
        tags=site.tags_of(name),
        opts=site.options(name, stateful=True),
    )


def _make_log_key(site: Site, network: AwsNetwork, log_group: str) -> pulumi.Output[str]:
    partition, account_id = partition_of(site.region), network.account_id
    name = site.name("flow-logs-key")
    key = kms.Key(
        name,
        region=site.region,
        description=f"Flow logs of the network {site.plan.name}",
        enable_key_rotation=True,
        deletion_window_in_days=KEY_DELETION_DAYS,
        policy=aws_policy.document(
            [
                aws_policy.account_administers_key(partition, account_id),
                aws_policy.log_groups_use_key(partition, site.region, account_id, f"{log_group}-*"),
            ]
        ),
        tags=site.tags_of(name),
        opts=site.options(name, stateful=True),
    )
    return key.arn


def _make_log_role(site: Site, network: AwsNetwork, group: cloudwatch.LogGroup) -> pulumi.Output[str]:
    """The role by which flow logs are written, for this account only and into this log group only.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html.
    """
    name = site.name("flow-logs-role")
    role = iam.Role(
        name,
        description=f"Writes the flow logs of the network {site.plan.name}",
        assume_role_policy=aws_policy.assumed_by(
            "vpc-flow-logs", {"StringEquals": {"aws:SourceAccount": network.account_id}}
        ),
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    name = site.name("flow-logs-policy")
    actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
    streams = [group.arn, pulumi.Output.concat(group.arn, ":*")]
    policy = iam.Policy(
        name,
        description=f"Lets flow logs of the network {site.plan.name} be written",
        policy=aws_policy.document([aws_policy.allow("WriteFlowLogs", actions, streams)]),
        tags=site.tags_of(name),
        opts=site.options(name),
    )
    name = site.name("flow-logs-policy-attachment")
    iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy.arn, opts=site.options(name))
    return role.arn
