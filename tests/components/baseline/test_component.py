import json

import pulumi
import pytest

from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.recording import ACCOUNT_ID, record

TAGGABLE = {
    *("aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:cloudwatch/logGroup:LogGroup", "aws:cloudtrail/trail:Trail"),
    *("aws:iam/role:Role", "aws:iam/policy:Policy", "aws:sns/topic:Topic", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    *("aws:guardduty/detector:Detector", "aws:accessanalyzer/analyzer:Analyzer"),
}
NOT_REGIONAL = ("aws:iam/", "aws:s3/accountPublicAccessBlock:")
NOTHING = {
    "keys": {"existing_logs_key_arn": "arn:logs", "existing_data_key_arn": "arn:data"},
    "archive": {"object_lock": "none"},
    "trail": {"enabled": False},
    "password_policy": {"enabled": False},
    "configuration_history": {"enabled": False},
    "threat_detection": {
        "guardduty_enabled": False,
        "security_hub_enabled": False,
        "access_analyzer_enabled": False,
    },
    "guards": {"public_buckets_blocked": False, "volumes_encrypted": False, "public_snapshots_blocked": False},
}


def made(environment="prod", opts=None, preview=False, result=lambda baseline: baseline.archive_bucket, **more):
    def program():
        made_for = context(environment, compliance_scope=["pci"])
        args = {"context": made_for, "region": "eu-west-1", "account_id": ACCOUNT_ID, **more}
        return result(SecurityBaseline("baseline", SecurityBaselineArgs(**args), opts))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made(alarms={"emails": ["security@example.com"]}, tags={"team": "security"})


def policy(text):
    return json.loads(text)["Statement"]


@pytest.mark.parametrize("name, arguments", [("least", NOTHING), ("default", {})])
def test_urns_and_parents_change_only_on_purpose(golden, name, arguments):
    golden(f"urns/baseline-{name}.txt", "\n".join(made(**arguments).tree()) + "\n")


def test_a_preview_registers_what_an_update_does():
    assert {item.urn for item in made(preview=True).registrations} == {item.urn for item in made().registrations}


def test_every_taggable_resource_carries_the_tags_and_its_name(whole):
    required = required_tags(context("prod", compliance_scope=["pci"]))
    resources = [item for item in whole.registrations if item.custom]
    assert {item.type for item in resources if "tags" in item.inputs} == TAGGABLE
    for item in resources:
        if item.type in TAGGABLE:
            assert required.items() <= item.inputs["tags"].items()
            assert item.inputs["tags"]["Name"] == item.name
            assert item.inputs["tags"]["team"] == "security"


def test_every_regional_resource_is_in_the_region_of_the_arguments(whole):
    for item in whole.registrations:
        if item.custom and not item.type.startswith(NOT_REGIONAL):
            assert item.inputs["region"] == "eu-west-1"


@pytest.mark.parametrize(
    "environment, protect, expected", [("prod", None, True), ("dev", None, False), ("prod", False, False)]
)
def test_what_holds_data_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment, pulumi.ResourceOptions(protect=protect))
    stateful = {
        *("aws:kms/key:Key", "aws:s3/bucket:Bucket"),
        *("aws:cloudwatch/logGroup:LogGroup", "aws:cloudtrail/trail:Trail"),
    }
    assert {item.type for item in recorded.registrations if item.protect} == (stateful if expected else set())


def test_keys_rotate_and_are_kept_for_a_while(whole):
    for key in whole.of_type("aws:kms/key:Key"):
        assert key.inputs["enableKeyRotation"] is True
        assert key.inputs["deletionWindowInDays"] == 30
        assert policy(key.inputs["policy"])[0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}


def test_services_use_the_logs_key_for_this_account_only(whole):
    statements = policy(whole.named("baseline-logs-key").inputs["policy"])[1:]
    assert {statement["Sid"] for statement in statements} == {
        *("LogGroupsUseKey", "TrailEncrypts", "TrailLooksAtKey", "AlarmsUseKey"),
    }
    conditions = {statement["Sid"]: statement["Condition"] for statement in statements}
    this_account = {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    assert conditions["TrailLooksAtKey"] == conditions["AlarmsUseKey"] == this_account
    assert conditions["TrailEncrypts"] == {
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT_ID}:trail/baseline-trail-*"},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{ACCOUNT_ID}:trail/*"},
    }
    groups = f"arn:aws:logs:eu-west-1:{ACCOUNT_ID}:log-group:*"
    assert conditions["LogGroupsUseKey"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    assert len(policy(whole.named("baseline-data-key").inputs["policy"])) == 1


@pytest.mark.parametrize("role", ["archive", "access-logs", "configuration-history"])
def test_a_bucket_comes_with_everything_that_belongs_to_it(whole, role):
    bucket = f"baseline-{role}"

    def part(name):
        found = whole.named(f"{bucket}-{name}").inputs
        assert found["bucket"] == f"{bucket}-id"
        return found

    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(part("public-access-block")[flag] is True for flag in flags)
    assert part("ownership")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert part("versioning")["versioningConfiguration"] == {"status": "Enabled"}
    assert part("notification")["eventbridge"] is True
    (rule,) = part("lifecycle")["rules"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", {"days": 365})
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    tls, old_tls, *_ = policy(part("policy")["policy"])
    arns = [f"arn:aws:mock:::{bucket}", f"arn:aws:mock:::{bucket}/*"]
    for statement in (tls, old_tls):
        assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Deny", "*", arns)
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert old_tls["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def test_logs_are_encrypted_with_the_key_of_the_account_and_access_logs_with_one_of_s3(whole):
    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    encrypted = whole.of_type(token)
    assert {item.name for item in encrypted} == {
        f"baseline-{role}-encryption" for role in ("archive", "configuration-history")
    }
    for item in encrypted:
        (rule,) = item.inputs["rules"]
        with_key = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:mock:::baseline-logs-key"}
        assert rule == {"applyServerSideEncryptionByDefault": with_key, "bucketKeyEnabled": True}


def test_access_to_logs_is_recorded_in_the_bucket_for_it(whole):
    for role in ("archive", "configuration-history"):
        logging = whole.named(f"baseline-{role}-logging")
        assert logging.inputs["targetBucket"] == "baseline-access-logs-id"
        assert any(urn.endswith("::baseline-access-logs-policy") for urn in logging.depends_on)
    (write,) = policy(whole.named("baseline-access-logs-policy").inputs["policy"])[2:]
    assert write["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert write["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}


def test_only_the_archive_is_locked(whole):
    (lock,) = whole.of_type("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock.inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 365}}
    locked = {item.name for item in whole.of_type("aws:s3/bucket:Bucket") if item.inputs["objectLockEnabled"]}
    evidence = {item.name for item in whole.of_type("aws:s3/bucket:Bucket") if "purpose" in item.inputs["tags"]}
    assert locked == evidence == {"baseline-archive"}


def test_only_this_trail_writes_into_the_archive(whole):
    look, write = policy(whole.named("baseline-archive-policy").inputs["policy"])[2:]
    source = {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT_ID}:trail/baseline-trail-*"}
    assert look["Condition"] == {"ArnLike": source}
    assert write["Condition"]["ArnLike"] == source
    assert write["Resource"] == f"arn:aws:mock:::baseline-archive/AWSLogs/{ACCOUNT_ID}/*"


def test_the_trail_records_everything_everywhere(whole):
    trail = whole.named("baseline-trail")
    flags = ("isMultiRegionTrail", "includeGlobalServiceEvents", "enableLogging", "enableLogFileValidation")
    assert all(trail.inputs[flag] is True for flag in flags)
    assert trail.inputs["kmsKeyId"] == "arn:aws:mock:::baseline-logs-key"
    assert trail.inputs["cloudWatchLogsGroupArn"] == "arn:aws:mock:::baseline-trail-events:*"
    assert trail.inputs["cloudWatchLogsRoleArn"] == "arn:aws:mock:::baseline-trail-role"
    waits_for = {urn.rsplit("::", 1)[-1] for urn in trail.depends_on}
    assert {"baseline-archive-policy", "baseline-trail-policy-attachment"} <= waits_for


def test_the_trail_records_objects_but_not_those_that_it_causes(whole):
    management, objects = whole.named("baseline-trail").inputs["advancedEventSelectors"]
    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    assert objects["fieldSelectors"][1:] == [
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {
            "field": "resources.ARN",
            "notStartsWiths": ["arn:aws:mock:::baseline-archive/", "arn:aws:mock:::baseline-access-logs/"],
        },
    ]
    fewer = made(trail={"data_events_enabled": False}).named("baseline-trail").inputs["advancedEventSelectors"]
    assert len(fewer) == 1


def test_the_trail_writes_into_its_own_streams_only(whole):
    (write,) = policy(whole.named("baseline-trail-policy").inputs["policy"])
    assert write["Resource"] == [f"arn:aws:mock:::baseline-trail-events:log-stream:{ACCOUNT_ID}_CloudTrail_eu-west-1*"]
    group = whole.named("baseline-trail-events").inputs
    assert (group["kmsKeyId"], group["retentionInDays"]) == ("arn:aws:mock:::baseline-logs-key", 365)


def test_every_alarm_has_its_filter_and_tells_somebody(whole):
    filters = {
        item.inputs["metricTransformation"]["name"]: item.inputs
        for item in whole.of_type("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    }
    alarms = whole.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert len(alarms) == len(filters) == 15
    for alarm in alarms:
        found = filters[alarm.inputs["metricName"]]
        assert found["metricTransformation"]["namespace"] == alarm.inputs["namespace"]
        assert found["logGroupName"] == "baseline-trail-events"
        assert alarm.inputs["alarmActions"] == ["arn:aws:mock:::baseline-alarms"]
        assert "actionsEnabled" not in alarm.inputs
    (subscription,) = whole.of_type("aws:sns/topicSubscription:TopicSubscription")
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "security@example.com")


def test_the_topic_is_encrypted_and_takes_alarms_of_this_account_over_tls_only(whole):
    assert whole.named("baseline-alarms").inputs["kmsMasterKeyId"] == "arn:aws:mock:::baseline-logs-key"
    publish, tls = policy(whole.named("baseline-alarms-policy").inputs["policy"])
    assert publish["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_a_given_topic_is_used():
    recorded = made(alarms={"existing_topic_arn": "arn:topic"}, result=lambda baseline: baseline.alarm_topic_arn)
    assert not recorded.of_type("aws:sns/topic:Topic")
    assert recorded.result == "arn:topic"
    assert recorded.named("baseline-alarm-root-use").inputs["alarmActions"] == ["arn:topic"]


def test_passwords_are_as_pci_dss_and_cis_ask(whole):
    found = whole.named("baseline-password-policy").inputs
    numbers = ("minimumPasswordLength", "maxPasswordAge", "passwordReusePrevention")
    assert [found[name] for name in numbers] == [14, 90, 24]
    classes = ("LowercaseCharacters", "UppercaseCharacters", "Numbers", "Symbols")
    assert all(found[f"require{name}"] is True for name in classes)


def test_the_account_is_guarded(whole):
    block = whole.named("baseline-public-access-block").inputs
    assert block["accountId"] == ACCOUNT_ID
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(block[flag] is True for flag in flags)
    assert whole.named("baseline-volume-encryption").inputs["enabled"] is True
    assert whole.named("baseline-snapshot-block").inputs["state"] == "block-all-sharing"


def test_configurations_are_recorded_and_the_recorder_starts_last(whole):
    recorder = whole.named("baseline-configuration-recorder").inputs
    assert recorder["recordingGroup"] == {"allSupported": True, "includeGlobalResourceTypes": True}
    channel = whole.named("baseline-configuration-delivery")
    assert channel.inputs["s3KmsKeyArn"] == "arn:aws:mock:::baseline-logs-key"
    assert channel.inputs["s3BucketName"] == "baseline-configuration-history-id"
    status = whole.named("baseline-configuration-recording")
    assert status.inputs["isEnabled"] is True
    assert any(urn.endswith("::baseline-configuration-delivery") for urn in status.depends_on)
    write, *_ = policy(whole.named("baseline-configuration-history-delivery").inputs["policy"])
    assert write["Resource"] == [f"arn:aws:mock:::baseline-configuration-history/AWSLogs/{ACCOUNT_ID}/Config/*"]
    (trust,) = policy(whole.named("baseline-configuration-history-role").inputs["assumeRolePolicy"])
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}


def test_threats_and_weaknesses_are_looked_for(whole):
    assert whole.named("baseline-threat-detector").inputs["enable"] is True
    assert whole.named("baseline-access-analyzer").inputs["type"] == "ACCOUNT"
    standards = whole.of_type("aws:securityhub/standardsSubscription:StandardsSubscription")
    assert {item.inputs["standardsArn"] for item in standards} == {
        "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:eu-west-1::standards/cis-aws-foundations-benchmark/v/3.0.0",
        "arn:aws:securityhub:eu-west-1::standards/pci-dss/v/4.0.1",
    }
    assert all(any(urn.endswith("::baseline-security-hub") for urn in item.depends_on) for item in standards)


def test_no_policy_is_inline_or_lets_everything_be_done(whole):
    assert not whole.of_type("aws:iam/rolePolicy:RolePolicy")
    for item in whole.of_type("aws:iam/policy:Policy"):
        for statement in policy(item.inputs["policy"]):
            assert "*" not in statement["Action"]
            assert "*" not in statement["Resource"]


def test_outputs_are_empty_for_what_is_left_out():
    recorded = made(**NOTHING)
    outputs = recorded.outputs[recorded.named("baseline").urn]
    assert outputs["logs_key_arn"] == "arn:logs"
    assert outputs["data_key_arn"] == "arn:data"
    assert outputs["archive_bucket"] == "baseline-archive"
    empty = ("trail_arn", "trail_log_group", "alarm_topic_arn", "configuration_bucket", "guardduty_detector_id")
    assert [outputs[name] for name in empty] == [""] * 5
    assert made(result=lambda baseline: baseline.trail_arn).result == "arn:aws:mock:::baseline-trail"


def test_costs_and_evidence_name_what_is_there(whole):
    children = {item.name for item in whole.registrations}
    outputs = whole.outputs[whole.named("baseline").urn]
    assert {item["child"] for item in outputs["evidence"]} <= children
    quantities = {driver["item"]: driver["quantity"] for driver in outputs["cost_drivers"]}
    assert quantities["aws:kms-keys"] == 2
    assert quantities["aws:alarms"] == 15
    least = made(**NOTHING)
    left = least.outputs[least.named("baseline").urn]
    assert {item["child"] for item in left["evidence"]} <= {item.name for item in least.registrations}
    assert [driver["item"] for driver in left["cost_drivers"]] == ["aws:s3-storage"]


def test_other_components_take_the_baseline_by_reference():
    reference = made(result=lambda baseline: baseline.reference.model_dump()).result
    assert reference == {
        "logs_key_arn": "arn:aws:mock:::baseline-logs-key",
        "data_key_arn": "arn:aws:mock:::baseline-data-key",
        "archive_bucket": "baseline-archive",
        "access_log_bucket": "baseline-access-logs",
        "alarm_topic_arn": "arn:aws:mock:::baseline-alarms",
    }
    assert made(result=lambda baseline: baseline.reference.alarm_topic_arn or "none", **NOTHING).result == "none"


def test_the_account_may_be_known_later_only():
    def program():
        account_id = pulumi.Output.from_input(ACCOUNT_ID)
        args = {"context": context(), "region": "eu-west-1", "account_id": account_id}
        return SecurityBaseline("baseline", args).trail_arn

    assert record(program).named("baseline-public-access-block").inputs["accountId"] == ACCOUNT_ID
