"""CloudTrail, Config, GuardDuty, Security Hub, Access Analyzer, Inspector and Macie.

One recorder, detector, hub and so on a region and account: API references of each service.
"""

import json
from typing import Any, Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.shared import BUCKET, LOG_GROUP, ROLE, TOPIC, error, key_of
from platform_lib.sandbox.cloud.model import Hook, Reference, Request, TypeRules, refuse

RECORDER: Final = ("aws:cfg/recorder:Recorder",)


def _trail_outputs(request: Request) -> Properties:
    return {"homeRegion": request.region, "snsTopicArn": "", "arn": _trail_arn(request)}


def _subscription_arn(request: Request) -> str:
    """``arn:aws:securityhub:::ruleset/x`` or ``...::standards/x`` becomes ``.../subscription/x``."""
    standard = str(request.get("standardsArn")).rpartition(":")[2].partition("/")[2]
    return request.arn("securityhub", f"subscription/{standard}")


def _trail_arn(request: Request) -> str:
    return request.arn("cloudtrail", f"trail/{request.get('name')}")


def _admit_trail(request: Request) -> None:
    """The bucket's policy has to let CloudTrail write (CloudTrail user guide, S3 bucket policy for CloudTrail)."""
    bucket = str(request.get("s3BucketName"))
    if request.old is not None or not any(row.type in BUCKET for row in request.store.by_id(bucket)):
        return
    policy = request.store.find("aws:s3/bucketPolicy:BucketPolicy", bucket)
    text = str(plain(policy.inputs.get("policy", ""))) if policy is not None else ""
    if not _allows(text, "cloudtrail.amazonaws.com", "s3:PutObject"):
        message = f"Incorrect S3 bucket policy is detected for bucket: {bucket}"
        raise refuse(error("CloudTrail", "CreateTrail", "InsufficientS3BucketPolicyException", message))


def _allows(text: str, service: str, action: str) -> bool:
    """Whether a policy lets a service do an action; a document that is not readable does not."""
    try:
        document = json.loads(text)
    except ValueError:
        return False
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        principal: Any = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else [principal]
        actions = statement.get("Action", [])
        actions = [actions] if isinstance(actions, str) else actions
        named = service in ([services] if isinstance(services, str) else services) or principal == "*"
        if named and any(item in (action, "s3:*", "*", "s3:Put*") for item in actions):
            return True
    return False


def _one_a_region(kind: str, refusal: str) -> dict[str, Any]:
    return {"unique": f"{kind}:{{account}}:{{region}}", "exists": refusal}


def _needs_recorder(action: str) -> Hook:
    def admit(request: Request) -> None:
        found = request.store.rows(
            "type = ? AND scope = ? AND region = ?", (RECORDER[0], request.account, request.region)
        )
        if not found and not request.knows("config recorder"):
            text = "Configuration recorder is not available to put delivery channel."
            raise refuse(error("Config Service", action, "NoAvailableConfigurationRecorderException", text))

    return admit


def _bucket(path: str, service: str, action: str) -> Reference:
    return Reference(
        path, BUCKET, error(service, action, "S3BucketDoesNotExistException", "S3 bucket {value} does not exist!")
    )


_RECORDER: Final = Reference(
    "name",
    (*RECORDER,),
    error(
        "Config Service",
        "StartConfigurationRecorder",
        "NoSuchConfigurationRecorderException",
        "Cannot find configuration recorder with the specified name '{value}'",
    ),
    error(
        "Config Service",
        "DeleteConfigurationRecorder",
        "LastDeliveryChannelDeleteFailedException",
        "configuration recorder '{id}' is still started",
    ),
)
_DETECTOR: Final = Reference(
    "detectorId",
    ("aws:guardduty/detector:Detector",),
    error(
        "GuardDuty",
        "UpdateDetector",
        "BadRequestException",
        "The request is rejected because the input detectorId {value} is not owned by the current account.",
    ),
)
_HUB_ARN: Final = "arn:{partition}:securityhub:{region}:{account}:"

RULES: Final[dict[str, TypeRules]] = {
    "aws:cloudtrail/trail:Trail": TypeRules(
        source="CloudTrail API reference, CreateTrail",
        input_defaults={
            "enableLogFileValidation": False,
            "enableLogging": True,
            "includeGlobalServiceEvents": True,
            "isMultiRegionTrail": False,
            "isOrganizationTrail": False,
        },
        references=(
            _bucket("s3BucketName", "CloudTrail", "CreateTrail"),
            key_of("CloudTrail", "CreateTrail", "kmsKeyId"),
            Reference(
                "cloudWatchLogsGroupArn",
                LOG_GROUP,
                error(
                    "CloudTrail",
                    "CreateTrail",
                    "InvalidCloudWatchLogsLogGroupArnException",
                    "CloudTrail cannot validate the specified log group ARN: {value}",
                ),
            ),
            Reference(
                "cloudWatchLogsRoleArn",
                ROLE,
                error(
                    "CloudTrail",
                    "CreateTrail",
                    "InvalidCloudWatchLogsRoleArnException",
                    "CloudTrail cannot assume the specified role: {value}",
                ),
            ),
            Reference("snsTopicName", TOPIC),
        ),
        id=_trail_arn,
        admit=_admit_trail,
        compute=_trail_outputs,
        exists=error(
            "CloudTrail",
            "CreateTrail",
            "TrailAlreadyExistsException",
            "Trail {name} already exists for customer: {account}",
        ),
    ),
    "aws:cfg/recorder:Recorder": TypeRules(
        source="Config API reference: one recorder a region",
        id="{name}",
        references=(
            Reference(
                "roleArn",
                ROLE,
                error(
                    "Config Service",
                    "PutConfigurationRecorder",
                    "InvalidRoleException",
                    "The role {value} does not exist",
                ),
            ),
        ),
        **_one_a_region(
            "config-recorder",
            error(
                "Config Service",
                "PutConfigurationRecorder",
                "MaxNumberOfConfigurationRecordersExceededException",
                "Failed to put configuration recorder '{name}' because the maximum number of configuration "
                "recorders: 1 is reached.",
            ),
        ),
    ),
    "aws:cfg/deliveryChannel:DeliveryChannel": TypeRules(
        id="{name}",
        admit=_needs_recorder("PutDeliveryChannel"),
        references=(_bucket("s3BucketName", "Config Service", "PutDeliveryChannel"), Reference("snsTopicArn", TOPIC)),
        **_one_a_region(
            "config-channel",
            error(
                "Config Service",
                "PutDeliveryChannel",
                "MaxNumberOfDeliveryChannelsExceededException",
                "Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is "
                "reached.",
            ),
        ),
    ),
    "aws:cfg/recorderStatus:RecorderStatus": TypeRules(references=(_RECORDER,), id="{name}", adopts=True),
    "aws:cfg/rule:Rule": TypeRules(
        id="{name}",
        admit=_needs_recorder("PutConfigRule"),
        adopts=True,
        compute=lambda request: {"ruleId": request.outputs.get("ruleId") or f"config-rule-{request.hex(6, 'rule')}"},
        arn="arn:{partition}:config:{region}:{account}:config-rule/config-rule-{hex6}",
    ),
    "aws:guardduty/detector:Detector": TypeRules(
        source="GuardDuty API reference: one detector a region",
        input_defaults={"enable": True},
        id="{hex32}",
        arn="arn:{partition}:guardduty:{region}:{account}:detector/{id}",
        defaults={"accountId": "{account}", "findingPublishingFrequency": "SIX_HOURS"},
        **_one_a_region(
            "guardduty",
            error(
                "GuardDuty",
                "CreateDetector",
                "BadRequestException",
                "The request is rejected because a detector already exists for the current account.",
            ),
        ),
    ),
    "aws:guardduty/detectorFeature:DetectorFeature": TypeRules(
        references=(_DETECTOR,), id="{detectorId}/{name}", adopts=True
    ),
    "aws:guardduty/publishingDestination:PublishingDestination": TypeRules(
        references=(_DETECTOR,), id="{detectorId}:{hex32}"
    ),
    "aws:securityhub/account:Account": TypeRules(
        source="Security Hub API reference, EnableSecurityHub",
        input_defaults={"autoEnableControls": True, "enableDefaultStandards": True},
        id="{account}",
        arn=_HUB_ARN + "hub/default",
        defaults={"controlFindingGenerator": "SECURITY_CONTROL"},
        **_one_a_region(
            "securityhub",
            error(
                "SecurityHub",
                "EnableSecurityHub",
                "ResourceConflictException",
                "Account is already subscribed to Security Hub",
            ),
        ),
    ),
    "aws:securityhub/standardsSubscription:StandardsSubscription": TypeRules(
        id=_subscription_arn,
        adopts=True,
    ),
    "aws:accessanalyzer/analyzer:Analyzer": TypeRules(
        source="IAM Access Analyzer: one account analyzer of a kind a region",
        input_defaults={"type": "ACCOUNT"},
        id="{analyzerName}",
        arn="arn:{partition}:access-analyzer:{region}:{account}:analyzer/{id}",
        exists=error("AccessAnalyzer", "CreateAnalyzer", "ConflictException", "Analyzer {analyzerName} already exists"),
    ),
    "aws:inspector2/enabler:Enabler": TypeRules(
        id=lambda request: f"{'-'.join(request.get('accountIds', []))}:{'-'.join(request.get('resourceTypes', []))}",
        adopts=True,
    ),
    "aws:macie2/account:Account": TypeRules(
        input_defaults={"status": "ENABLED"},
        id="{account}",
        defaults={
            "serviceRole": "arn:{partition}:iam::{account}:role/aws-service-role/macie.amazonaws.com/"
            "AWSServiceRoleForAmazonMacie"
        },
        **_one_a_region("macie", error("Macie2", "EnableMacie", "ConflictException", "Macie has already been enabled")),
    ),
}
