import json

import pulumi
import pytest

from platform_lib.components.edge import EdgeFleet, EdgeFleetArgs, EdgeFleetOutputs, EdgeFleetReference
from platform_lib.core.errors import ArgsError
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.fleets import ACCOUNT_ID, BASELINE, HOOK, UPDATE, fleet_args, signers
from support.recording import record

CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource"
UNTAGGABLE = {
    "aws:backup/selection:Selection",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lambda/permission:Permission",
    CLOUD_CONTROL,  # its tags stand in the desired state
}
NOT_REGIONAL = ("aws:iam/",)
LEAST = {
    "provisioning": None,
    "copies": None,
    "baseline": {**BASELINE, "alarm_topic_arn": None},
    "telemetry": {"existing_bucket": "messages"},
    "update": {role: signers("ada") for role in UPDATE},
    "rings": [{"name": "all", "share_percent": 100}],
}
WHOLE = {
    "latency": {"stages_ms": {"capture": 20, "inference": 60}},
    "offline": {"days": 14, "messages_per_minute": 30},
    "update": {**UPDATE, "signing_certificate_arn": "arn:certificate"},
    "tags": {"team": "edge"},
}


def made(environment="prod", opts=None, preview=False, result=lambda fleet: fleet.artifact_bucket, **more):
    def program():
        return result(EdgeFleet("main", EdgeFleetArgs(**fleet_args(environment, **more)), opts))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made(**WHOLE)


def statements(text):
    return {item["Sid"]: item for item in json.loads(text)["Statement"]}


def desired(recorded, name):
    return json.loads(recorded.named(name).inputs["desiredState"])


@pytest.mark.parametrize(
    "name, environment, arguments", [("least", "dev", LEAST), ("default", "prod", {}), ("whole", "prod", WHOLE)]
)
def test_urns_and_parents_change_only_on_purpose(golden, name, environment, arguments):
    golden(f"urns/edge-{name}.txt", "\n".join(made(environment, **arguments).tree()) + "\n")


def test_a_preview_registers_what_an_update_does():
    assert {item.urn for item in made(preview=True).registrations} == {item.urn for item in made().registrations}


def test_a_bad_argument_registers_nothing():
    with pytest.raises(ArgsError, match=r"EdgeFleet 'Main': name: must be lower-case"):
        record(lambda: EdgeFleet("Main", EdgeFleetArgs(**fleet_args())).artifact_bucket)


def test_every_taggable_resource_carries_the_tags_and_its_name(whole):
    required = required_tags(context("prod"))
    for item in whole.registrations:
        part_of_bucket = item.type.startswith("aws:s3/bucket") and item.type != "aws:s3/bucket:Bucket"
        if item.custom and not part_of_bucket and item.type not in UNTAGGABLE:
            assert required.items() <= item.inputs["tags"].items(), item.name
            assert (item.inputs["tags"]["Name"], item.inputs["tags"]["team"]) == (item.name, "edge")
    for item in whole.of_type(CLOUD_CONTROL):
        tags = {tag["Key"]: tag["Value"] for tag in desired(whole, item.name)["Tags"]}
        assert required.items() <= tags.items()


def test_every_regional_resource_is_in_the_region_of_the_arguments(whole):
    for item in whole.registrations:
        if item.custom and not item.type.startswith(NOT_REGIONAL):
            assert item.inputs["region"] == "eu-west-1", item.name


@pytest.mark.parametrize(
    "environment, protect, expected", [("prod", None, True), ("dev", None, False), ("prod", False, False)]
)
def test_what_holds_something_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment, pulumi.ResourceOptions(protect=protect))
    stateful = {
        *(
            "aws:s3/bucket:Bucket",
            "aws:kms/key:Key",
            "aws:cloudwatch/logGroup:LogGroup",
            "aws:iot/thingGroup:ThingGroup",
        ),
        *("aws:iot/provisioningTemplate:ProvisioningTemplate", "aws:signer/signingProfile:SigningProfile"),
    }
    assert {item.type for item in recorded.registrations if item.protect} == (stateful if expected else set())


def test_a_device_reaches_its_own_things_only(whole):
    found = statements(whole.named("main-device-policy").inputs["policy"])
    arn = f"arn:aws:iot:eu-west-1:{ACCOUNT_ID}:"
    thing, ring = "${iot:Connection.Thing.ThingName}", "${iot:Connection.Thing.Attributes[ring]}"
    assert found["ConnectAsItself"]["Resource"] == [f"{arn}client/{thing}"]
    assert found["ConnectAsItself"]["Condition"] == {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}
    assert f"{arn}topic/main/metrics/{ring}/{thing}" in found["SendItsOwn"]["Resource"]
    for statement in found.values():
        for resource in statement["Resource"]:
            assert thing in resource or statement["Action"] == ["iot:AssumeRoleWithCertificate"]
        assert not {"*", "iot:*"} & set(statement["Action"])


def test_a_claim_registers_and_does_nothing_else(whole):
    found = statements(whole.named("main-claim-policy").inputs["policy"])
    topics = {text.split(":", 5)[5] for text in found["Register"]["Resource"]}
    template = "$aws/provisioning-templates/"
    assert {topic.removeprefix("topic/").split("/create")[0].split(template)[0] for topic in topics} == {
        "$aws/certificates",
        "",
    }
    actions = {action for statement in found.values() for action in statement["Action"]}
    assert actions == {"iot:Connect", "iot:Publish", "iot:Receive", "iot:Subscribe"}


def test_only_the_template_of_the_fleet_invokes_the_hook(whole):
    permission = whole.named("main-hook-permission").inputs
    assert (permission["function"], permission["principal"]) == (HOOK, "iot.amazonaws.com")
    assert permission["sourceArn"] == f"arn:aws:iot:eu-west-1:{ACCOUNT_ID}:provisioningtemplate/main-devices-*"
    assert permission["sourceAccount"] == ACCOUNT_ID
    assert whole.named("main-devices").inputs["preProvisioningHook"] == {"targetArn": HOOK}


def test_a_device_becomes_a_thing_of_its_group_and_its_ring(whole):
    body = json.loads(whole.named("main-devices").inputs["templateBody"])
    thing = body["Resources"]["thing"]["Properties"]
    assert thing["ThingGroups"] == [{"Ref": "DeviceGroup"}, {"Ref": "RingGroup"}]
    references = {"SerialNumber", "Site", "DeviceGroup", "Ring", "RingGroup", "AWS::IoT::Certificate::Id"}
    assert body["Parameters"].keys() == references


def test_only_its_signer_signs_with_a_key(whole):
    keys = whole.of_type("aws:kms/key:Key")
    assert len(keys) == 7
    for key in keys:
        assert (key.inputs["keyUsage"], key.inputs["customerMasterKeySpec"]) == ("SIGN_VERIFY", "ECC_NIST_P256")
        denied = statements(key.inputs["policy"])["OnlyTheSignerSigns"]
        assert (denied["Effect"], denied["Action"], denied["Principal"]) == ("Deny", ["kms:Sign"], "*")
        role = key.name.replace("-key-", "-signer-")
        assert denied["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:mock:::{role}"}}


def test_people_sign_with_a_second_factor_and_pipelines_without(whole):
    def trusts(name):
        return statements(whole.named(name).inputs["assumeRolePolicy"])["SignerAssumesRole"]

    assert trusts("main-root-signer-ada")["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert trusts("main-root-signer-ada")["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:role/ada"}
    assert "Condition" not in trusts("main-timestamp-signer-pipeline")


def test_files_are_signed_with_a_certificate_and_images_without(whole):
    assert whole.named("main-signing-profile").inputs["platformId"] == "AWSIoTDeviceManagement-SHA256-ECDSA"
    assert made().named("main-signing-profile").inputs["platformId"] == "Notation-OCI-SHA384-ECDSA"


def test_a_job_of_a_ring_has_its_pace_and_its_end(whole):
    state = desired(whole, "main-update-early")
    assert state["JobTemplateId"] == "main-update-early"
    assert state["JobExecutionsRolloutConfig"] == {"MaximumPerMinute": 50}
    assert {item["FailureType"] for item in state["AbortConfig"]["CriteriaList"]} == {
        *("FAILED", "REJECTED", "TIMED_OUT"),
    }
    assert json.loads(state["Document"])["ring"] == "early"


def test_the_latency_budget_arrives_at_the_alarms():
    recorded = made(latency={"budget_ms": 80, "stages_ms": {"infer": 50}})
    alarm = recorded.named("main-gate-rest-latency-ms").inputs
    assert (alarm["extendedStatistic"], alarm["threshold"], alarm["metricName"]) == ("p99", 80, "rest.latency_ms")
    assert alarm["comparisonOperator"] == "GreaterThanThreshold"
    assert recorded.named("main-stage-infer").inputs["threshold"] == 50
    metrics = recorded.named("main-metrics").inputs["cloudwatchMetrics"]
    assert {item["metricName"]: item["metricValue"] for item in metrics} == {
        "${topic(3)}.latency_ms": "${latency_ms}",
        "${topic(3)}.error_percent": "${error_percent}",
        "stage.infer_ms": "${stages.infer_ms}",
    }


def test_a_gate_looks_at_the_side_that_is_bad():
    gates = [{"metric": "confidence", "limit": 0.7}, {"metric": "drift", "limit": 0.2}]
    recorded = made(rings=[{"name": "all", "share_percent": 100, "gates": gates}])
    assert recorded.named("main-gate-all-confidence").inputs["comparisonOperator"] == "LessThanThreshold"
    assert recorded.named("main-gate-all-drift").inputs["comparisonOperator"] == "GreaterThanThreshold"
    rollback = recorded.named("main-rollback-all").inputs
    assert rollback["alarmRule"].count("ALARM(") == 2
    assert rollback["alarmActions"] == [BASELINE["alarm_topic_arn"]]


def test_messages_are_stored_and_errors_written_down(whole):
    for name in ("main-telemetry", "main-metrics"):
        rule = next(item for item in whole.of_type("aws:iot/topicRule:TopicRule") if item.name == name)
        assert rule.inputs["errorAction"]["cloudwatchLogs"]["logGroupName"]
        assert rule.inputs["sql"].startswith(f"SELECT * FROM 'main/{name.removeprefix('main-')}/")
        assert rule.inputs["name"] == name.replace("-", "_")
    assert whole.named("main-undelivered").inputs["kmsKeyId"] == BASELINE["logs_key_arn"]


def test_the_defence_watches_every_ring_and_tells_the_topic(whole):
    state = desired(whole, "main-defence")
    assert len(state["TargetArns"]) == 3
    assert state["AlertTargets"]["SNS"]["AlertTargetArn"] == BASELINE["alarm_topic_arn"]
    assert {item["Criteria"]["Value"]["Count"] for item in state["Behaviors"]} == {"5", "20", "1500"}
    assert "AlertTargets" not in desired(made("dev", **LEAST), "main-defence")


def test_outputs_say_what_it_costs_and_what_it_serves():
    found = {}

    def keep(fleet):
        return pulumi.Output.all(fleet.cost_drivers, fleet.evidence, fleet.signing_keys, fleet.ring_groups).apply(
            found.setdefault("all", []).extend
        )

    recorded = made(result=keep)
    costs, evidence, keys, rings = found["all"]
    prices = {item["item"]: item["quantity"] for item in costs}
    assert prices["aws:iot-connection-minutes"] == 50 * 730 * 60
    assert prices["aws:iot-messages"] == 50 * 730 * 60
    assert prices["aws:kms-keys"] == 7
    names = {item.name for item in recorded.registrations}
    assert {item["child"] for item in evidence} <= names
    assert (set(keys["root"]), list(rings)) == ({"ada", "grace", "edsger"}, ["canary", "early", "rest"])


def test_another_component_takes_it_by_its_reference():
    found = []
    made(result=lambda fleet: found.append(fleet.reference) or fleet.artifact_bucket)
    (reference,) = found
    assert reference.rings == ["canary", "early", "rest"]
    assert EdgeFleetOutputs.of(reference).signing_profile is reference.signing_profile
    known = {
        "region": "eu-west-1",
        "artifact_bucket": "a",
        "telemetry_bucket": "t",
        "signing_profile": "p",
        "rings": ["all"],
        "ring_groups": {"all": "g"},
    }
    assert EdgeFleetOutputs(**known).reference == EdgeFleetReference(**known)
