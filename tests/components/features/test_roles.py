"""What each role may do, call by call, against a table of what Feast calls.

The table is held to the source of the installed Feast: a call that Feast makes and the table does not know fails.
"""

import ast
import importlib.util
import json
from pathlib import Path

import pytest

from platform_lib.components.features import FeatureStore, FeatureStoreArgs
from support.feature_stores import ACCOUNT_ID, BASELINE, IMAGE, store_args
from support.iam import allowed
from support.recording import record

KEY = BASELINE["data_key_arn"]
BUCKET = "arn:aws:mock:::main-data"
WORKGROUP = "arn:aws:mock:::main-queries"
STREAM, QUEUE = "arn:aws:mock:::main-events", "arn:aws:mock:::main-undelivered"
HERE = f"eu-west-1:{ACCOUNT_ID}"


def table(name):
    return f"arn:aws:dynamodb:{HERE}:table/{name}"


def glue(name):
    return f"arn:aws:glue:{HERE}:{name}"


SPEND, VISITS, STATE = table("main_prod.spend"), table("main_prod.visits"), table("main_prod-state")
RETIRED, OTHERS = table("main_prod.old"), table("main_dev.spend")
REGISTRY, BUNDLE = f"{BUCKET}/registry/registry.db", f"{BUCKET}/repository/bundle.json"
VIEW_FILE, TEMPORARY = f"{BUCKET}/views/spend/event_date=2026-11-29/a.parquet", f"{BUCKET}/unload/1/a.parquet"
VIEW_TABLE, TEMPORARY_TABLE = glue("table/main_prod/spend"), glue("table/main_prod/_0a1b")
ENTITY_TABLE = glue("table/main_prod/feast_entity_df_0a1b")

FEAST = ("apply", "materialise", "read", "training", "push")
ROLES = (*FEAST, "watch")
REPOSITORY = {"apply", "materialise", "read", "training", "push"}
QUERIES = {"materialise", "training"}

CALLS = [
    # What Feast does, as what, to what, and who may.
    ("DynamoDBOnlineStore.update: describe_table, get_waiter", "dynamodb:DescribeTable", SPEND, {"apply"}),
    ("DynamoDBOnlineStore._update_tags: list_tags_of_resource", "dynamodb:ListTagsOfResource", SPEND, {"apply"}),
    ("DynamoDBOnlineStore._update_tags: tag_resource", "dynamodb:TagResource", SPEND, set()),
    ("DynamoDBOnlineStore._update_tags: untag_resource", "dynamodb:UntagResource", SPEND, set()),
    ("DynamoDBOnlineStore.update: create_table", "dynamodb:CreateTable", table("main_prod.new"), set()),
    ("_delete_table_idempotent: delete", "dynamodb:DeleteTable", SPEND, set()),
    ("_delete_table_idempotent: delete", "dynamodb:DeleteTable", RETIRED, set()),
    ("DynamoDBOnlineStore.online_write_batch: batch_writer", "dynamodb:BatchWriteItem", SPEND, {"materialise"}),
    ("DynamoDBOnlineStore.online_write_batch: batch_writer", "dynamodb:BatchWriteItem", VISITS, {"push"}),
    ("DynamoDBOnlineStore.online_write_batch: batch_writer", "dynamodb:BatchWriteItem", RETIRED, set()),
    ("DynamoDBOnlineStore.online_read: batch_get_item", "dynamodb:BatchGetItem", SPEND, {"read"}),
    ("DynamoDBOnlineStore.online_read: batch_get_item", "dynamodb:BatchGetItem", VISITS, {"read"}),
    ("DynamoDBOnlineStore.online_read: batch_get_item", "dynamodb:BatchGetItem", RETIRED, set()),
    ("DynamoDBOnlineStore.online_read: batch_get_item", "dynamodb:BatchGetItem", OTHERS, set()),
    ("S3RegistryStore.get_registry_proto: head_bucket", "s3:ListBucket", BUCKET, REPOSITORY),
    ("S3RegistryStore.get_registry_proto: download_fileobj", "s3:GetObject", REGISTRY, REPOSITORY),
    ("S3RegistryStore._write_registry: put_object", "s3:PutObject", REGISTRY, {"apply"}),
    ("S3RegistryStore.teardown: delete", "s3:DeleteObject", REGISTRY, set()),
    ("execute_athena_query_async: start_query_execution", "athena:StartQueryExecution", WORKGROUP, QUERIES),
    ("wait_for_athena_execution: get_query_execution", "athena:GetQueryExecution", WORKGROUP, QUERIES),
    ("get_athena_query_result: get_query_results", "athena:GetQueryResults", WORKGROUP, {"training"}),
    ("a query, by Athena: look at the table of a view", "glue:GetTable", VIEW_TABLE, QUERIES),
    ("a query, by Athena: read the files of a view", "s3:GetObject", VIEW_FILE, QUERIES),
    ("get_temp_table_dml_header, by Athena: CREATE TABLE _...", "glue:CreateTable", TEMPORARY_TABLE, QUERIES),
    ("get_temp_table_dml_header, by Athena: its files", "s3:PutObject", TEMPORARY, QUERIES),
    ("execute_athena_query_async, by Athena: its results", "s3:PutObject", f"{BUCKET}/results/1.csv", QUERIES),
    ("drop_temp_table, by Athena: DROP TABLE _...", "glue:DeleteTable", TEMPORARY_TABLE, QUERIES),
    ("download_s3_directory: download_file", "s3:GetObject", TEMPORARY, QUERIES),
    ("delete_s3_directory: delete", "s3:DeleteObject", TEMPORARY, QUERIES),
    ("_upload_entity_df: put", "s3:PutObject", f"{BUCKET}/entity_df/a/a.parquet", {"training"}),
    ("_upload_entity_df, by Athena: CREATE EXTERNAL TABLE", "glue:CreateTable", ENTITY_TABLE, QUERIES),
    ("get_historical_features, by Athena: DROP TABLE", "glue:DeleteTable", ENTITY_TABLE, QUERIES),
    ("nobody drops the table of a view in Glue", "glue:DeleteTable", VIEW_TABLE, set()),
    ("nobody changes the table of a view in Glue", "glue:UpdateTable", VIEW_TABLE, set()),
    ("nobody makes a table under a view's name", "glue:CreateTable", VIEW_TABLE, set()),
    ("nobody drops the database", "glue:DeleteDatabase", glue("database/main_prod"), set()),
    ("nobody writes files of views", "s3:PutObject", VIEW_FILE, set()),
    ("nobody drops files of views", "s3:DeleteObject", VIEW_FILE, set()),
    ("nobody drops the bucket", "s3:DeleteBucket", BUCKET, set()),
    # What the runtime does.
    ("repository.fetch", "s3:GetObject", BUNDLE, REPOSITORY),
    ("nobody writes the repository", "s3:PutObject", BUNDLE, set()),
    ("State.claim, advance, release", "dynamodb:UpdateItem", STATE, {"apply", "materialise", "push"}),
    ("State.watermark, applied", "dynamodb:GetItem", STATE, {"apply", "materialise", "push", "watch"}),
    ("nobody drops the state", "dynamodb:DeleteTable", STATE, set()),
    ("nobody takes protection off", "dynamodb:UpdateTable", SPEND, set()),
    ("nobody takes point-in-time recovery off", "dynamodb:UpdateContinuousBackups", SPEND, set()),
    ("Lambda reads events", "kinesis:GetRecords", STREAM, {"push"}),
    ("nobody puts events", "kinesis:PutRecord", STREAM, set()),
    ("Lambda puts events aside", "sqs:SendMessage", QUEUE, {"push"}),
    ("watch.start", "states:StartExecution", "arn:aws:mock:::main-apply", {"watch"}),
    ("watch does not copy", "states:StartExecution", "arn:aws:mock:::main-materialise", set()),
    ("nobody hands roles over", "iam:PassRole", f"arn:aws:iam::{ACCOUNT_ID}:role/any", set()),
]


@pytest.fixture(scope="module")
def recorded():
    return record(lambda: FeatureStore("main", FeatureStoreArgs(**store_args())).bucket)


@pytest.fixture(scope="module")
def documents(recorded):
    names = {role: f"main-{role}-role-policy" for role in ROLES} | {"training": "main-training-policy"}
    return {role: recorded.named(name).inputs["policy"] for role, name in names.items()}


@pytest.mark.parametrize(
    "call, action, resource, who", CALLS, ids=[f"{call}-{index}" for index, (call, *_) in enumerate(CALLS)]
)
def test_each_call_is_allowed_to_those_who_make_it_and_to_nobody_else(documents, call, action, resource, who):
    assert {role for role in ROLES if allowed(documents[role], action, resource)} == who


@pytest.mark.parametrize("role", ROLES)
def test_not_even_another_policy_lets_a_role_touch_a_table_as_such(documents, role):
    statements = json.loads(documents[role])["Statement"]
    everything = {"Statement": [*statements, {"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for action in ("DeleteTable", "UpdateTable", "UpdateContinuousBackups", "CreateTable"):
        for resource in (SPEND, VISITS, RETIRED, STATE):
            assert not allowed(everything, f"dynamodb:{action}", resource)
    assert allowed(everything, "dynamodb:GetItem", SPEND)


@pytest.mark.parametrize("role", ROLES)
def test_the_key_is_used_through_the_services_only(documents, role):
    through = {"kms:ViaService": f"{'dynamodb' if role == 'watch' else 's3'}.eu-west-1.amazonaws.com"}
    assert allowed(documents[role], "kms:Decrypt", KEY, through)
    assert not allowed(documents[role], "kms:Decrypt", KEY)
    assert not allowed(documents[role], "kms:Decrypt", KEY, {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"})
    assert not allowed(documents[role], "kms:Decrypt", BASELINE["logs_key_arn"], through)
    assert not allowed(documents[role], "kms:CreateGrant", KEY, through)


def test_metrics_go_into_the_name_space_of_the_store_only(documents):
    own, other = {"cloudwatch:namespace": "main_prod"}, {"cloudwatch:namespace": "AWS/Lambda"}
    assert allowed(documents["watch"], "cloudwatch:PutMetricData", "*", own)
    assert not allowed(documents["watch"], "cloudwatch:PutMetricData", "*", other)


def test_roles_are_taken_on_by_their_services_for_this_account_only(recorded):
    trusted = {
        "main-apply-role": "ecs-tasks",
        "main-materialise-role": "ecs-tasks",
        "main-execution-role": "ecs-tasks",
        "main-read-role": "lambda",
        "main-push-role": "lambda",
        "main-watch-role": "lambda",
        "main-states-role": "states",
        "main-scheduler-role": "scheduler",
        "main-replication-role": "s3",
        "main-backup-role": "backup",
    }
    found = {item.name: json.loads(item.inputs["assumeRolePolicy"]) for item in recorded.of_type("aws:iam/role:Role")}
    assert found.keys() == trusted.keys()
    for name, service in trusted.items():
        (statement,) = found[name]["Statement"]
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
        assert statement.get("Condition") == (None if service == "lambda" else condition)


def test_the_service_roles_start_what_is_theirs_and_nothing_else(recorded):
    def of(name):
        return recorded.named(f"main-{name}-role-policy").inputs["policy"]

    runs, watch = "arn:aws:mock:::main-materialise", "arn:aws:mock:::main-watch"
    assert allowed(of("scheduler"), "states:StartExecution", runs)
    assert not allowed(of("scheduler"), "states:StartExecution", "arn:aws:mock:::main-apply")
    assert allowed(of("scheduler"), "lambda:InvokeFunction", watch)
    assert not allowed(of("scheduler"), "lambda:InvokeFunction", "arn:aws:mock:::main-serve")
    assert allowed(of("states"), "ecs:RunTask", "arn:aws:mock:::main-apply-task")
    assert not allowed(of("states"), "ecs:RunTask", "arn:aws:mock:::other-task")
    task = f"arn:aws:ecs:{HERE}:task/main-tasks-0a1b2c3/0123"
    assert allowed(of("states"), "ecs:TagResource", task, {"ecs:CreateAction": "RunTask"})
    assert not allowed(of("states"), "ecs:TagResource", task)
    assert not allowed(of("states"), "ecs:StopTask", task.replace("main-tasks", "other"))
    passed = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    for role in ("apply", "materialise", "execution"):
        assert allowed(of("states"), "iam:PassRole", f"arn:aws:mock:::main-{role}-role", passed)
        assert not allowed(of("states"), "iam:PassRole", f"arn:aws:mock:::main-{role}-role")
    assert not allowed(of("states"), "iam:PassRole", "arn:aws:mock:::main-read-role", passed)
    repository = f"arn:aws:ecr:eu-west-1:{IMAGE.partition('.')[0]}:repository/feature-store"
    assert allowed(of("execution"), "ecr:BatchGetImage", repository)
    assert not allowed(of("execution"), "ecr:BatchGetImage", repository.replace("feature-store", "other"))


# The table itself

SOURCES = {
    "infra/online_stores/dynamodb.py": None,
    "infra/registry/s3.py": None,
    "infra/offline_stores/contrib/athena_offline_store/athena.py": None,
    "infra/utils/aws_utils.py": (
        *("execute_athena_query_async", "wait_for_athena_execution", "execute_athena_query", "drop_temp_table"),
        *("get_athena_query_result", "unload_athena_query_to_pa", "upload_arrow_table_to_athena"),
        *("download_s3_directory", "delete_s3_directory", "dynamo_write_items_async"),
    ),
}
"""Where Feast calls AWS, and in which functions where others are there that we do not use."""

HOLDERS = {
    *("client", "resource", "dynamodb_client", "dynamodb_resource", "dynamo_client", "athena_client"),
    *("athena_data_client", "s3_resource", "s3_client", "bucket", "bucket_obj", "table", "table_instance", "batch"),
    *("obj",),
}
"""Names of what boto3 gives, in that source."""

KNOWN = {
    *("describe_table", "get_waiter", "list_tags_of_resource", "tag_resource", "untag_resource", "create_table"),
    *("delete", "batch_writer", "batch_get_item", "head_bucket", "download_fileobj", "put_object"),
    *("start_query_execution", "get_query_execution", "get_query_results", "download_file", "put"),
    *("batch_write_item",),
}
"""What the table above has."""

OF_NO_CALL = {"Table", "Bucket", "Object", "filter", "put_item", "wait", "read", "seek", "write"}
"""Handles and what is done with them, and what a batch gathers: the call is that of ``batch_writer`` and the like."""

NOT_OURS = {
    "describe_limits": "only with warmup_connections",
    "get_item": "update_online_store, which nobody calls here",
    "update_item": "update_online_store, which nobody calls here",
}


def calls_in(path, functions):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if functions is not None:
        kept = (ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = [node for node in tree.body if isinstance(node, kept) and node.name in functions]
        assert {node.name for node in nodes} == set(functions)
    else:
        nodes = [tree]
    for node in nodes:
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                holder = call.func.value
                while isinstance(holder, ast.Call):  # s3.Object(...).put(...)
                    holder = holder.func.value if isinstance(holder.func, ast.Attribute) else holder.func
                name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
                if name.lstrip("_") in HOLDERS | {"objects"}:
                    yield call.func.attr


def test_the_table_knows_every_call_that_feast_makes():
    spec = importlib.util.find_spec("feast")
    assert spec is not None
    folder = Path(spec.origin).parent
    found = {call for name, functions in SOURCES.items() for call in calls_in(folder / name, functions)}
    assert found - OF_NO_CALL - NOT_OURS.keys() == KNOWN
