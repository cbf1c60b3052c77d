"""CloudWatch log groups, metric filters and alarms, event rules, and VPC flow logs."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import BUCKET, LOG_GROUP, SUBNET, TOPIC, VPC, ec2, error, key_of, role_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

RETENTION_DAYS: Final = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""CloudWatch Logs API reference, PutRetentionPolicy; 0 means never expire in the provider."""

_GROUP_NAME: Final = re.compile(r"^[\w./#-]{1,512}$")


def _logs(action: str, code: str, text: str) -> str:
    return error("CloudWatch Logs", action, code, text)


def _check_group(inputs: Properties) -> Iterable[CheckFailure]:
    days = inputs.get("retentionInDays")
    if isinstance(days, int | float) and days not in RETENTION_DAYS:
        yield CheckFailure(
            "retentionInDays", f"expected retentionInDays to be one of {list(RETENTION_DAYS)}, got {days}"
        )
    name = inputs.get("name")
    if isinstance(name, str) and not _GROUP_NAME.match(name):
        yield CheckFailure(
            "name", f"isn't a valid log group name (letters, digits, '_', '-', '/', '.', '#', up to 512), got '{name}'"
        )


def _group_name(request: Request) -> str:
    return str(request.get("name") or f"{request.get('namePrefix', request.name)}{request.digits(26)}")


def _in_group(action: str, path: str = "logGroupName") -> Reference:
    return Reference(
        path, LOG_GROUP, _logs(action, "ResourceNotFoundException", "The specified log group does not exist ({value}).")
    )


def _check_flow_log(inputs: Properties) -> Iterable[CheckFailure]:
    sources = ("eniId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId", "regionalNatGatewayId")
    given = [key for key in sources if inputs.get(key) is not None]
    if len(given) != 1:
        yield CheckFailure("vpcId", f"exactly one of {', '.join(sources)} is needed, got {len(given)}")
    interval = inputs.get("maxAggregationInterval")
    if isinstance(interval, int) and interval not in (60, 600):
        yield CheckFailure(
            "maxAggregationInterval", f"expected maxAggregationInterval to be one of [60 600], got {interval}"
        )
    if inputs.get("logDestinationType", "cloud-watch-logs") == "cloud-watch-logs" and inputs.get("iamRoleArn") is None:
        yield CheckFailure(
            "iamRoleArn", "a flow log to CloudWatch Logs needs the role that delivers it (DeliverLogsPermissionArn)"
        )


_FORMAT: Final = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} "
    "${start} ${end} ${action} ${log-status}"
)
"""The default record format, version 2 (VPC user guide, flow log records)."""


def _flow_log_outputs(request: Request) -> Properties:
    return {"logDestination": request.get("logDestination", ""), "logFormat": request.get("logFormat") or _FORMAT}


def _alarm_arn(request: Request) -> Properties:
    return {"arn": request.arn("cloudwatch", f"alarm:{request.id}")}


def _check_alarm(inputs: Properties) -> Iterable[CheckFailure]:
    periods, wanted = inputs.get("evaluationPeriods"), inputs.get("datapointsToAlarm")
    if isinstance(periods, int) and isinstance(wanted, int) and wanted > periods:
        yield CheckFailure("datapointsToAlarm", f"must be at most evaluationPeriods ({periods}), got {wanted}")


RULES: Final[dict[str, TypeRules]] = {
    "aws:cloudwatch/logGroup:LogGroup": TypeRules(
        source="CloudWatch Logs API reference, CreateLogGroup and PutRetentionPolicy",
        input_defaults={"retentionInDays": 0, "skipDestroy": False},
        references=(key_of("CloudWatch Logs", "AssociateKmsKey", "kmsKeyId"),),
        id=_group_name,
        arn="arn:{partition}:logs:{region}:{account}:log-group:{id}",
        check=_check_group,
        defaults={"logGroupClass": "STANDARD", "deletionProtectionEnabled": False, "namePrefix": ""},
        exists=_logs(
            "CreateLogGroup", "ResourceAlreadyExistsException", "The specified log group already exists ({name})"
        ),
    ),
    "aws:cloudwatch/logStream:LogStream": TypeRules(
        references=(_in_group("CreateLogStream"),),
        id="{name}",
        unique="logs:stream:{account}:{region}:{logGroupName}:{name}",
        arn="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{name}",
        exists=_logs(
            "CreateLogStream", "ResourceAlreadyExistsException", "The specified log stream already exists ({name})"
        ),
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": TypeRules(
        references=(_in_group("PutMetricFilter"),),
        id="{name}",
        adopts=True,
    ),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": TypeRules(
        references=(_in_group("PutSubscriptionFilter", "logGroup"),),
        id="cwlsf-{hex10}",
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": TypeRules(
        id=lambda request: str(request.get("policyName") or request.get("resourceArn")), adopts=True
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": TypeRules(
        input_defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        references=(Reference("alarmActions[*]", TOPIC), Reference("okActions[*]", TOPIC)),
        id="{name}",
        adopts=True,
        compute=_alarm_arn,
        check=_check_alarm,
        equal=frozenset({"alarmActions", "okActions"}),
        defaults={"evaluateLowSampleCountPercentiles": ""},
    ),
    "aws:cloudwatch/eventRule:EventRule": TypeRules(
        input_defaults={"eventBusName": "default", "forceDestroy": False},
        id=lambda request: (
            str(request.get("name"))
            if request.get("eventBusName", "default") == "default"
            else f"{request.get('eventBusName')}/{request.get('name')}"
        ),
        arn="arn:{partition}:events:{region}:{account}:rule/{id}",
        adopts=True,
    ),
    "aws:cloudwatch/eventTarget:EventTarget": TypeRules(
        input_defaults={"eventBusName": "default", "forceDestroy": False},
        references=(
            Reference(
                "rule",
                ("aws:cloudwatch/eventRule:EventRule",),
                error(
                    "EventBridge",
                    "PutTargets",
                    "ResourceNotFoundException",
                    "Rule {value} does not exist on EventBus default.",
                ),
                error(
                    "EventBridge", "DeleteRule", "ValidationException", "Rule can't be deleted since it has targets."
                ),
            ),
        ),
        id="{rule}-{targetId}",
        adopts=True,
    ),
    "aws:ec2/flowLog:FlowLog": TypeRules(
        source="EC2 API reference, CreateFlowLogs",
        input_defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        references=(
            Reference(
                "vpcId", VPC, ec2("CreateFlowLogs", "InvalidVpcId.NotFound", "The vpc ID '{value}' does not exist")
            ),
            Reference(
                "subnetId",
                SUBNET,
                ec2("CreateFlowLogs", "InvalidSubnetID.NotFound", "The subnet ID '{value}' does not exist"),
            ),
            Reference(
                "logDestination",
                (*LOG_GROUP, *BUCKET, "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"),
                ec2("CreateFlowLogs", "InvalidParameter", "LogDestination: {value} does not exist"),
            ),
            role_of("EC2", "CreateFlowLogs", "iamRoleArn"),
        ),
        id="fl-0{hex16}",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}",
        check=_check_flow_log,
        compute=_flow_log_outputs,
    ),
}
