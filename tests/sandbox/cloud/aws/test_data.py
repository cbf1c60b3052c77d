"""Glue, Athena, Kinesis, Step Functions and EventBridge Scheduler."""

import json
from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, driver

ACCOUNT = "123456789012"
TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_a_table_of_glue_needs_its_database_and_both_are_known_by_their_catalogue(aws: Driver) -> None:
    table = {"name": "spend", "databaseName": "shop"}
    with refused("Database shop not found"):
        aws.create("aws:glue/catalogTable:CatalogTable", "t", table)
    database = aws.create("aws:glue/catalogDatabase:CatalogDatabase", "d", {"name": "shop"})
    made = aws.create("aws:glue/catalogTable:CatalogTable", "t", table)
    assert (database.id, made.id) == (f"{ACCOUNT}:shop", f"{ACCOUNT}:shop:spend")
    assert database.outputs["arn"] == f"arn:aws:glue:eu-west-1:{ACCOUNT}:database/shop"
    assert made.outputs["arn"] == f"arn:aws:glue:eu-west-1:{ACCOUNT}:table/shop/spend"
    with refused("Table already exists"):
        aws.create("aws:glue/catalogTable:CatalogTable", "again", table)


def test_a_schedule_is_known_by_its_group(aws: Driver) -> None:
    role = aws.create("aws:iam/role:Role", "r", {"assumeRolePolicy": TRUST})
    schedule = {
        "name": "spend",
        "groupName": "shop",
        "scheduleExpression": "rate(5 minutes)",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {"arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f", "roleArn": role.outputs["arn"]},
    }
    with refused("Schedule group shop does not exist"):
        aws.create("aws:scheduler/schedule:Schedule", "s", schedule)
    aws.create("aws:scheduler/scheduleGroup:ScheduleGroup", "g", {"name": "shop"})
    made = aws.create("aws:scheduler/schedule:Schedule", "s", schedule)
    assert made.id == "shop/spend"
    assert made.outputs["arn"] == f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule/shop/spend"


def test_streams_and_state_machines_are_known_by_their_arn(aws: Driver) -> None:
    stream = aws.create("aws:kinesis/stream:Stream", "s", {"name": "events"})
    assert stream.id == f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/events"
    role = aws.create("aws:iam/role:Role", "r", {"assumeRolePolicy": TRUST})
    machine = {"name": "m", "definition": "{}", "roleArn": role.outputs["arn"]}
    made = aws.create("aws:sfn/stateMachine:StateMachine", "m", machine)
    assert made.id == made.outputs["arn"] == f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:m"
    with refused("State Machine Already Exists: 'm'"):
        aws.create("aws:sfn/stateMachine:StateMachine", "again", machine)
    with refused("cannot be assumed: it does not exist"):
        absent = f"arn:aws:iam::{ACCOUNT}:role/absent"
        aws.create("aws:sfn/stateMachine:StateMachine", "n", {**machine, "name": "n", "roleArn": absent})


def test_workgroups_have_one_name(aws: Driver) -> None:
    aws.create("aws:athena/workgroup:Workgroup", "w", {"name": "queries"})
    with refused("WorkGroup is already created"):
        aws.create("aws:athena/workgroup:Workgroup", "again", {"name": "queries"})


def test_an_alias_is_invoked_as_a_function_is(aws: Driver) -> None:
    role = aws.create("aws:iam/role:Role", "r", {"assumeRolePolicy": TRUST})
    code = {"packageType": "Image", "imageUri": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/f@sha256:0"}
    function = aws.create("aws:lambda/function:Function", "f", {"role": role.outputs["arn"], "publish": True, **code})
    alias = {"name": "live", "functionName": function.id, "functionVersion": "1"}
    made = aws.create("aws:lambda/alias:Alias", "a", alias)
    assert made.outputs["invokeArn"].endswith(f"functions/{made.id}/invocations")


def test_a_preview_does_not_know_the_version_that_a_change_publishes(aws: Driver) -> None:
    role = aws.create("aws:iam/role:Role", "r", {"assumeRolePolicy": TRUST})
    code = {"packageType": "Image", "imageUri": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/f@sha256:0"}
    published = {"role": role.outputs["arn"], "publish": True, **code}
    function = aws.create("aws:lambda/function:Function", "f", published)
    changed = {**published, "memorySize": 512}
    assert aws.update(function, changed, preview=True).outputs["version"] is UNKNOWN
    assert aws.update(function, changed).outputs["version"] == "2"
    kept = aws.create("aws:lambda/function:Function", "g", {**published, "publish": False})
    assert aws.update(kept, {**changed, "publish": False}, preview=True).outputs["version"] == "$LATEST"
