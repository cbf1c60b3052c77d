"""Flow logs: written by the subnetworks, kept in a log bucket or an object store of their own by a sink."""

import pulumi
from pulumi_gcp import logging, storage

from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.gcp.network import GcpNetwork, project_of, settings
from platform_lib.components.vpc.planning.model import FlowLogPlan
from platform_lib.components.vpc.room import Site
from platform_lib.core.context import DEVELOPMENT


def log_bucket_id(network: str) -> str:
    """The id of the log bucket, which the API wants from us: unique in its project and region."""
    return f"{network}-flow-logs"


def make_flow_log(site: Site, network: GcpNetwork) -> pulumi.Input[str]:
    """The sink and where it leads; gives the name of that, empty where flow logs are off."""
    plan, asked = site.plan.flow_log, site.args.flow_logs or FlowLogsArgs()
    if plan is None:
        return ""
    if plan.destination is FlowLogDestination.LOG_SERVICE:
        place = _make_log_bucket(site, network, plan, asked)
        _make_sink(site, network, pulumi.Output.concat("logging.googleapis.com/", place))
        return place
    bucket = asked.store_id if asked.store_id is not None else _make_bucket(site, plan, asked)
    sink = _make_sink(site, network, pulumi.Output.concat("storage.googleapis.com/", bucket))
    name = site.name("flow-logs-writer")
    storage.BucketIAMMember(
        name,
        bucket=bucket,
        role="roles/storage.objectCreator",
        member=sink.writer_identity,
        opts=site.options(name),
    )
    return bucket


def _make_sink(site: Site, network: GcpNetwork, destination: pulumi.Output[str]) -> logging.ProjectSink:
    name = site.name("flow-logs-sink")
    names = [subnet.name for subnet in network.subnets.values()]
    return logging.ProjectSink(
        name,
        project=settings(site).project,
        description=f"Flow logs of the network {site.plan.name}",
        destination=destination,
        filter=pulumi.Output.all(*names).apply(_flows_of),
        unique_writer_identity=True,
        opts=site.options(name),
    )


def _flows_of(subnets: list[str]) -> str:
    """The flows of some subnetworks (https://cloud.google.com/vpc/docs/access-flow-logs)."""
    names = " OR ".join(f'"{name}"' for name in subnets)
    return f'log_id("compute.googleapis.com/vpc_flows") AND resource.labels.subnetwork_name=({names})'


def _make_log_bucket(site: Site, network: GcpNetwork, plan: FlowLogPlan, asked: FlowLogsArgs) -> pulumi.Output[str]:
    name = site.name("flow-logs")
    bucket = logging.ProjectBucketConfig(
        name,
        bucket_id=log_bucket_id(site.plan.name),
        project=project_of(network),
        location=site.region,
        description=f"Flow logs of the network {site.plan.name}",
        retention_days=plan.retention_days,
        cmek_settings=None
        if asked.key_id is None
        else logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=asked.key_id),
        opts=site.options(name, stateful=True),
    )
    return bucket.id


def _make_bucket(site: Site, plan: FlowLogPlan, asked: FlowLogsArgs) -> pulumi.Output[str]:
    name = site.name("flow-logs")
    seconds = plan.retention_days * 24 * 3600
    bucket = storage.Bucket(
        name,
        project=settings(site).project,
        location=site.region.upper(),
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning=storage.BucketVersioningArgs(enabled=True),
        retention_policy=storage.BucketRetentionPolicyArgs(
            retention_period=str(seconds),
            is_locked=site.args.context.environment != DEVELOPMENT,  # for good: a locked bucket outlives its records
        ),
        lifecycle_rules=[
            storage.BucketLifecycleRuleArgs(
                action=storage.BucketLifecycleRuleActionArgs(type="Delete"),
                condition=storage.BucketLifecycleRuleConditionArgs(age=plan.retention_days),
            )
        ],
        encryption=None if asked.key_id is None else storage.BucketEncryptionArgs(default_kms_key_name=asked.key_id),
        labels={**site.tags, "purpose": "logs"},
        opts=site.options(name, stateful=True),
    )
    return bucket.name
