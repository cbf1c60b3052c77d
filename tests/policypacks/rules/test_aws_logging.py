"""The cases of the rules for CloudTrail and AWS Config."""

import pytest

from support.aws_examples import KEY_ARN, bucket
from support.policies import PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

TRAIL = R(
    "trail",
    "aws:cloudtrail/trail:Trail",
    {
        "s3BucketName": Ref("bucket"),
        "isMultiRegionTrail": True,
        "enableLogging": True,
        "enableLogFileValidation": True,
        "kmsKeyId": KEY_ARN,
        "cloudWatchLogsGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*",
        "cloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/trail",
        "includeGlobalServiceEvents": True,
        "eventSelectors": [
            {
                "readWriteType": "All",
                "includeManagementEvents": True,
                "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
            }
        ],
        "insightSelectors": [{"insightType": "ApiCallRateInsight"}],
    },
)
ADVANCED = {
    "eventSelectors": REMOVE,
    "advancedEventSelectors": [
        {
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
            ]
        }
    ],
}
READS_ONLY = {
    "eventSelectors": REMOVE,
    "advancedEventSelectors": [
        {
            "fieldSelectors": [
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "readOnly", "equals": ["true"]},
            ]
        }
    ],
}
SELECTOR = "eventSelectors[]"
HUB = R("hub", "aws:securityhub/account:Account", {})
PASSWORDS = R("passwords", "aws:iam/accountPasswordPolicy:AccountPasswordPolicy", {})
STORE = resource(
    "aws:cloudtrail/eventDataStore:EventDataStore",
    {"kmsKeyId": KEY_ARN, "terminationProtectionEnabled": True, "retentionPeriod": 365},
)

CASES = [
    Case("aws-cloudtrail-multi-region", TRAIL, bad={"isMultiRegionTrail": False}),
    Case("aws-cloudtrail-logging-not-disabled", TRAIL, bad={"enableLogging": False}),
    Case("aws-cloudtrail-log-file-validation", TRAIL, bad={"enableLogFileValidation": False}),
    Case("aws-cloudtrail-encrypted-with-kms", TRAIL, bad={"kmsKeyId": ""}, unknown={"kmsKeyId": PASS}),
    Case(
        "aws-cloudtrail-to-cloudwatch-logs",
        TRAIL,
        bad=[{"cloudWatchLogsGroupArn": ""}, {"cloudWatchLogsRoleArn": ""}],
        unknown={"cloudWatchLogsGroupArn": PASS, "cloudWatchLogsRoleArn": PASS},
    ),
    Case("aws-cloudtrail-global-service-events", TRAIL, bad={"includeGlobalServiceEvents": False}),
    Case(
        "aws-cloudtrail-management-events-all",
        TRAIL,
        bad=[{f"{SELECTOR}.readWriteType": "WriteOnly"}, {f"{SELECTOR}.includeManagementEvents": False}],
        unrelated={"advancedEventSelectors": [{"fieldSelectors": []}]},
    ),
    Case(
        "aws-cloudtrail-s3-data-events",
        TRAIL,
        bad=[{f"{SELECTOR}.dataResources": []}, {f"{SELECTOR}.readWriteType": "ReadOnly"}, READS_ONLY],
        also_good=ADVANCED,
        guards=["eventSelectors"],
    ),
    Case("aws-cloudtrail-insights", TRAIL, bad={"insightSelectors": []}),
    Case(
        "aws-cloudtrail-trail-exists",
        [TRAIL, PASSWORDS, HUB],
        bad=drop("trail"),
        breaks=["aws-securityhub-enabled-with-standards"],
    ),
    Case(
        "aws-cloudtrail-bucket-not-public-and-logged",
        [TRAIL, *bucket()],
        bad=[
            drop("bucket-block"),
            drop("bucket-logging"),
            on("bucket-block", {"blockPublicAcls": False}),
            on("bucket-logging", {"targetBucket": ""}),
        ],
        unrelated=on("trail", {"s3BucketName": "elsewhere"}),
        guards=[],
    ),
    Case(
        "aws-cloudtrail-event-data-store-protected",
        STORE,
        bad=[{"kmsKeyId": ""}, {"terminationProtectionEnabled": False}, {"retentionPeriod": 90}],
        absent={"terminationProtectionEnabled": PASS, "retentionPeriod": PASS},
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-config-recorder-records-everything",
        resource(
            "aws:cfg/recorder:Recorder",
            {"recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}},
        ),
        bad=[{"recordingGroup.allSupported": False}, {"recordingGroup.includeGlobalResourceTypes": False}],
    ),
    Case(
        "aws-config-recorder-enabled",
        resource("aws:cfg/recorderStatus:RecorderStatus", {"isEnabled": True}),
        bad={"isEnabled": False},
    ),
    Case(
        "aws-config-delivery-channel-encrypted",
        resource("aws:cfg/deliveryChannel:DeliveryChannel", {"s3BucketName": "logs", "s3KmsKeyArn": KEY_ARN}),
        bad={"s3KmsKeyArn": ""},
        unknown={"s3KmsKeyArn": PASS},
    ),
    Case(
        "aws-config-aggregator-all-regions",
        resource(
            "aws:cfg/configurationAggregator:ConfigurationAggregator",
            {"organizationAggregationSource": {"allRegions": True, "roleArn": "arn"}},
        ),
        bad=[
            {"organizationAggregationSource.allRegions": False},
            {"accountAggregationSource": {"allRegions": False, "accountIds": ["1"]}},
            {"organizationAggregationSource": REMOVE},
        ],
        guards=["organizationAggregationSource.allRegions"],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_a_stack_that_sets_up_no_account_needs_no_trail() -> None:
    case = Case("aws-cloudtrail-trail-exists", [], bad=add(PASSWORDS), unrelated=add(R("q", "aws:sqs/queue:Queue", {})))
    tried = [trial for trial in trials([case]) if "unrelated" in trial.name or ": bad" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 2
