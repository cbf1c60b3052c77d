"""Canaries: how far apart they are, and how a source is found by its ARN."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.dr.planning.model import DrPlan, Objective
from platform_lib.operations.drill.canary import delay_seconds, interval, measure
from platform_lib.operations.drill.replica import Replica
from platform_lib.sandbox.cloud import open_cloud
from support.replicas import ACCOUNT_ID, PRIMARY, plan_of

NOW = datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def plan() -> DrPlan:
    return plan_of("s3", "dynamodb", "ebs")


@given(st.lists(st.floats(0.02, 43200), min_size=1, max_size=3))
def test_canaries_are_a_whole_part_of_the_least_objective_apart(minutes: list[float]) -> None:
    plan = plan_of("s3", "dynamodb", "ebs")
    sources = [replace(plan.sources[0], objective=Objective(60, one)) for one in minutes]

    every = interval(replace(plan, sources=tuple(sources)))

    least = min(minutes) * 60
    assert 0 < every <= 60
    assert abs(least / every - round(least / every)) < 1e-6


def test_the_wait_for_a_backup_is_shown_by_its_schedule(plan: DrPlan) -> None:
    source = plan.sources[-1]
    parts = {delay.name: delay.figure.seconds for delay in source.mechanism.delays}

    assert parts["schedule"] == 4 * 3600
    assert delay_seconds(source) == sum(parts.values()) - parts["schedule"]


def test_a_source_that_is_not_in_the_cloud(plan: DrPlan) -> None:
    arn = f"arn:aws:dynamodb:{PRIMARY}:{ACCOUNT_ID}:table/sessions"

    replica = Replica("urn:pulumi:dev::shop::platform-lib:index:DrReplica::main", plan, {"dynamodb": arn})

    found = measure(open_cloud(None), replica, plan.sources[1], NOW, 60)

    assert found.point_seconds is None
    assert found.problem == f"dynamodb ({arn}) is not in the sandbox cloud; bring up the stack that has it"
