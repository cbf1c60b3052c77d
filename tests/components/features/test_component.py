import json

import pulumi
import pytest

from platform_lib.components.features import FeatureStore, FeatureStoreArgs, FeatureStoreOutputs, contract_digest
from platform_lib.components.features.plan import plan_store
from platform_lib.components.features.planning.names import automatic_names
from platform_lib.core.errors import ArgsError
from platform_lib.core.name_rules import NAME_RULES
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.feature_stores import BASELINE, IMAGE, SPEND, store_args
from support.recording import record

UNTAGGABLE = {
    "aws:backup/selection:Selection",
    "aws:glue/catalogTable:CatalogTable",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lambda/alias:Alias",
    "aws:lambda/permission:Permission",
    "aws:scheduler/schedule:Schedule",
    "aws:sqs/queuePolicy:QueuePolicy",
}
NOT_REGIONAL = ("aws:iam/",)
LEAST = {
    "batch_views": None,
    "request_views": None,
    "copies": None,
    "baseline": {**BASELINE, "alarm_topic_arn": None},
}
WHOLE = {
    "retired_views": [
        {"name": "old", "until": "2027-01-31"},
        {"name": "older", "until": "2026-01-31", "data_released": True},
    ],
    "serving": {"readers": {"shop": "arn:aws:iam::444455556666:role/shop"}, "latency_ms": 50},
    "tags": {"team": "features"},
}


def made(environment="prod", opts=None, preview=False, result=lambda store: store.bucket, **more):
    def program():
        return result(FeatureStore("main", FeatureStoreArgs(**store_args(environment, **more)), opts))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made(**WHOLE)


def statements(text):
    return {item["Sid"]: item for item in json.loads(text)["Statement"]}


@pytest.mark.parametrize(
    "name, environment, arguments", [("least", "dev", LEAST), ("default", "prod", {}), ("whole", "prod", WHOLE)]
)
def test_urns_and_parents_change_only_on_purpose(golden, name, environment, arguments):
    golden(f"urns/features-{name}.txt", "\n".join(made(environment, **arguments).tree()) + "\n")


def test_the_plan_knows_the_longest_automatic_name_of_each_type(whole):
    known = dict(automatic_names(plan_store("main", FeatureStoreArgs(**store_args(**WHOLE)), subject="store")))
    found = {}
    for item in whole.registrations:
        rule = NAME_RULES.get(item.type)
        if rule is not None and rule.suffix and "name" not in item.inputs and "-freshness-" not in item.name:
            found[item.type] = max(found.get(item.type, ""), item.name, key=len)
    assert {token: len(name) for token, name in known.items()} == {token: len(name) for token, name in found.items()}


def test_a_preview_registers_what_an_update_does():
    assert {item.urn for item in made(preview=True).registrations} == {item.urn for item in made().registrations}


def test_a_bad_argument_registers_nothing():
    with pytest.raises(ArgsError, match=r"FeatureStore 'Main': name: must be lower-case"):
        record(lambda: FeatureStore("Main", FeatureStoreArgs(**store_args())).bucket)


def test_every_taggable_resource_carries_the_tags_and_its_name(whole):
    required = required_tags(context("prod"))
    for item in whole.registrations:
        part_of_bucket = item.type.startswith("aws:s3/bucket") and item.type not in (
            *("aws:s3/bucket:Bucket", "aws:s3/bucketObjectv2:BucketObjectv2"),
        )
        if item.custom and not part_of_bucket and item.type not in UNTAGGABLE:
            assert required.items() <= item.inputs["tags"].items(), item.name
            assert (item.inputs["tags"]["Name"], item.inputs["tags"]["team"]) == (item.name, "features")


def test_every_regional_resource_is_in_the_region_of_the_network(whole):
    for item in whole.registrations:
        if item.custom and not item.type.startswith(NOT_REGIONAL):
            assert item.inputs["region"] == "eu-west-1", item.name


@pytest.mark.parametrize(
    "environment, protect, expected", [("prod", None, True), ("dev", None, False), ("prod", False, False)]
)
def test_what_holds_data_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment, pulumi.ResourceOptions(protect=protect))
    stateful = {
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:dynamodb/table:Table",
        "aws:kinesis/stream:Stream",
        "aws:s3/bucket:Bucket",
    }
    assert {item.type for item in recorded.registrations if item.protect} == (stateful if expected else set())


def test_a_table_is_as_feast_looks_for_it_and_is_kept(whole):
    table = whole.named("main-table-spend").inputs
    assert (table["name"], table["hashKey"]) == ("main_prod.spend", "entity_id")
    assert table["attributes"] == [{"name": "entity_id", "type": "S"}]
    assert table["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": BASELINE["data_key_arn"]}
    assert (table["pointInTimeRecovery"], table["billingMode"]) == ({"enabled": True}, "PAY_PER_REQUEST")
    assert table["deletionProtectionEnabled"] is True
    assert table["tags"]["sensitivity"] == "confidential"


def test_a_retired_table_says_until_when_and_one_that_is_released_is_not_protected(whole):
    old, older = whole.named("main-table-old"), whole.named("main-table-older")
    assert (old.protect, old.inputs["deletionProtectionEnabled"]) == (True, True)
    assert (old.inputs["tags"]["retired-until"], old.inputs["tags"]["retired-data"]) == ("2027-01-31", "kept")
    assert (older.protect, older.inputs["deletionProtectionEnabled"]) == (False, False)
    assert older.inputs["tags"]["retired-data"] == "released"
    assert not [item for item in whole.registrations if item.name in ("main-files-old", "main-freshness-old")]


def test_files_of_a_view_lie_by_day_and_have_its_columns(whole):
    table = whole.named("main-files-spend").inputs
    assert (table["name"], table["databaseName"]) == ("spend", "main_prod")
    assert table["storageDescriptor"]["location"] == "s3://main-data/views/spend/"
    assert {column["name"]: column["type"] for column in table["storageDescriptor"]["columns"]} == {
        "customer_id": "bigint",
        "total": "double",
        "orders": "bigint",
        "event_timestamp": "timestamp",
        "written_at": "timestamp",
    }
    assert table["partitionKeys"] == [{"name": "event_date", "type": "string"}]
    assert table["parameters"]["projection.event_date.format"] == "yyyy-MM-dd"


def test_the_repository_is_one_object_that_comes_after_the_tables(whole):
    bundle = whole.named("main-repository")
    files = json.loads(bundle.inputs["content"])["files"]
    assert files.keys() == {"feature_store.yaml", "definitions.py", "views.json"}
    assert 's3_staging_location: "s3://main-data"' in files["feature_store.yaml"]
    assert 'workgroup: "main-queries"' in files["feature_store.yaml"]
    assert {f"main-table-{view}" for view in ("spend", "visits", "old", "older")} <= {
        urn.rsplit("::", 1)[-1] for urn in bundle.depends_on
    }
    watch = whole.named("main-watch")
    assert (
        watch.inputs["environment"]["variables"]["DEFINITIONS_DIGEST"] == json.loads(bundle.inputs["content"])["digest"]
    )
    assert any(urn.endswith("main-repository") for urn in watch.depends_on)


def test_a_run_is_one_task_by_digest_that_is_tried_again_but_not_when_it_hangs(whole):
    run = json.loads(whole.named("main-materialise").inputs["definition"])["States"]["Run"]
    assert run["Resource"] == "arn:aws:states:::ecs:runTask.sync"
    assert run["TimeoutSeconds"] == 3600
    assert run["Retry"][0]["ErrorEquals"] == ["States.TaskFailed"]
    network = run["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["Subnets"] == ["subnet-app-euw1-az1", "subnet-app-euw1-az2"]
    assert network["AssignPublicIp"] == "DISABLED"
    (overrides,) = run["Parameters"]["Overrides"]["ContainerOverrides"]
    assert {one["Name"]: one["Value.$"] for one in overrides["Environment"]} == {
        "OWNER": "$$.Execution.Name",
        "VIEW": "$.view",
    }
    (container,) = json.loads(whole.named("main-materialise-task").inputs["containerDefinitions"])
    assert (container["image"], container["command"]) == (IMAGE, ["feature_store.materialise"])
    assert container["readonlyRootFilesystem"] is True
    environment = {one["name"]: one["value"] for one in container["environment"]}
    assert environment == {"STORE_BUCKET": "main-data", "STATE_TABLE": "main_prod-state", "LEASE_SECONDS": "3900"}
    assert int(environment["LEASE_SECONDS"]) > run["TimeoutSeconds"]


def test_a_batch_view_is_due_on_its_schedule_and_a_stream_view_is_not(whole):
    schedules = {item.name: item.inputs for item in whole.of_type("aws:scheduler/schedule:Schedule")}
    assert schedules.keys() == {"main-schedule-spend", "main-watch-schedule"}
    spend = schedules["main-schedule-spend"]
    assert (spend["name"], spend["scheduleExpression"]) == ("spend", "rate(60 minutes)")
    assert json.loads(spend["target"]["input"]) == {"view": "spend"}
    assert schedules["main-watch-schedule"]["scheduleExpression"] == "rate(1 minute)"


def test_the_function_that_answers_has_no_address_and_an_alarm_about_its_latency(whole):
    serve = whole.named("main-serve").inputs
    assert (serve["packageType"], serve["imageUri"], serve["publish"]) == ("Image", IMAGE, True)
    assert serve["imageConfig"] == {
        "entryPoints": ["python", "-m", "awslambdaric"],
        "commands": ["feature_store.serve.handler"],
    }
    assert not whole.of_type("aws:lambda/functionUrl:FunctionUrl")
    (permission,) = whole.of_type("aws:lambda/permission:Permission")
    assert permission.inputs["principal"] == "arn:aws:iam::444455556666:role/shop"
    assert permission.inputs["qualifier"] == "live"
    alarm = whole.named("main-serve-latency").inputs
    assert (alarm["extendedStatistic"], alarm["threshold"]) == ("p99", 50)
    assert alarm["dimensions"] == {"FunctionName": "main-serve", "Resource": "main-serve:live"}
    assert alarm["alarmActions"] == [BASELINE["alarm_topic_arn"]]


def test_values_that_nobody_tells_the_age_of_are_too_old(whole):
    alarm = whole.named("main-freshness-spend").inputs
    assert (alarm["namespace"], alarm["metricName"], alarm["dimensions"]) == (
        *("main_prod", "FreshnessSeconds"),
        {"View": "spend"},
    )
    assert (alarm["threshold"], alarm["treatMissingData"]) == (130 * 60, "breaching")
    assert json.loads(whole.named("main-watch").inputs["environment"]["variables"]["VIEWS"]) == ["spend", "visits"]


def test_events_that_cannot_be_pushed_are_put_aside(whole):
    source = whole.named("main-push-source").inputs
    assert source["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["bisectBatchOnFunctionError"] is True
    assert (source["maximumRetryAttempts"], source["batchSize"]) == (5, 100)
    assert source["destinationConfig"]["onFailure"]["destinationArn"] == "arn:aws:mock:::main-undelivered"
    stream = whole.named("main-events").inputs
    assert (stream["encryptionType"], stream["retentionPeriod"]) == ("KMS", 168)


def test_temporary_files_go_and_the_rest_stays(whole):
    rules = {rule["id"]: rule for rule in whole.named("main-data-lifecycle").inputs["rules"]}
    assert rules["unload"]["expiration"] == {"days": 7}
    assert "expiration" not in rules["keep"]


def test_what_is_kept_is_copied_and_backed_up(whole):
    rules = whole.named("main-data-replication").inputs["rules"]
    assert [rule["filter"]["prefix"] for rule in rules] == ["views/", "registry/", "repository/"]
    covered = whole.named("main-backup").inputs["resources"]
    tables = {f"arn:aws:mock:::main-table-{view}" for view in ("spend", "visits", "old", "older")}
    assert set(covered) == tables | {"arn:aws:mock:::main-data", "arn:aws:mock:::main-state"}


def test_outputs_say_what_it_costs_and_what_it_serves():
    found = {}

    def keep(store):
        told = (store.cost_drivers, store.evidence, store.contract_digest, store.table_names, store.repository)
        return pulumi.Output.all(*told).apply(found.setdefault("all", []).extend)

    recorded = made(result=keep, **WHOLE)
    costs, evidence, digest, tables, files = found["all"]
    prices = {item["item"]: item["quantity"] for item in costs}
    assert prices["aws:states-transitions"] == 730
    assert prices["aws:fargate-vcpu-hours"] == 730
    assert prices["aws:alarms"] == len(recorded.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"))
    assert prices["aws:kinesis-stream-hours"] == 730
    names = {item.name for item in recorded.registrations}
    assert {item["child"] for item in evidence} <= names
    assert digest.startswith("sha256:")
    assert tables == {view: f"main_prod.{view}" for view in ("spend", "visits", "old", "older")}
    assert "FeatureView(" in files["definitions.py"]


def test_another_component_takes_it_by_its_reference():
    found = []
    made(result=lambda store: found.append((store.reference, store.serving_arn)) or store.bucket)
    ((reference, serving),) = found
    assert reference.serving_arn is serving
    outputs = FeatureStoreOutputs.of(reference)
    assert outputs.contract_digest == contract_digest(reference.contract)
    known = FeatureStoreOutputs(
        **{**dict(outputs), "serving_arn": "s", "training_policy_arn": "t", "event_stream_arn": ""}
    )
    assert known.reference.digest_of(["spend:total"]) == reference.digest_of(["spend:total"])
    assert known.reference.contract == reference.contract


def test_names_of_features_come_back_in_the_contract():
    found = []
    made(result=lambda store: found.append(store.reference) or store.bucket)
    (view,) = [view for view in found[0].contract if view.name == "spend"]
    assert list(view.features) == [feature["name"] for feature in SPEND["features"]]
