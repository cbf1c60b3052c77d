"""Runbooks are whole, in order, and the same for the same plan; plans survive being written and read."""

import json
import re
from dataclasses import replace

import pytest

from platform_lib.components.dr.document import Way, read_plan, steps_of, write_plan
from platform_lib.components.dr.kind import Action, Site
from platform_lib.components.dr.planning.model import DrPlan
from platform_lib.components.dr.runbook import file_name, minutes, runbook
from platform_lib.core.errors import PlatformError
from support.replicas import PRIMARY, SECONDARY, plan_of


@pytest.fixture(scope="module")
def plan() -> DrPlan:
    return plan_of("s3", "dynamodb", "rds", "ebs")


@pytest.mark.parametrize("way", Way)
def test_every_step_stands_once_in_its_order_with_its_command(plan: DrPlan, way: Way) -> None:
    text = runbook(plan, way)

    numbered = re.findall(r"^(\d+)\. \*\*(.+)\*\* \((.+), (.+)\)$", text, re.MULTILINE)
    steps = steps_of(plan, way)
    assert [int(number) for number, *_ in numbered] == list(range(1, len(steps) + 1))
    for (_, title, region, taken), step in zip(numbered, steps, strict=True):
        assert title.lower() == step.title.lower()
        assert region == plan.site(step.site).region
        assert taken == minutes(step.figure.seconds)
        assert not step.command or f"   {step.command}\n" in text


@pytest.mark.parametrize("way", Way)
def test_every_number_says_where_it_comes_from(plan: DrPlan, way: Way) -> None:
    table = runbook(plan, way).split("## Where the times come from")[1]

    for number, step in enumerate(steps_of(plan, way), 1):
        if step.figure.seconds:
            (row,) = [line for line in table.splitlines() if line.startswith(f"| {number} |")]
            assert step.figure.source in row


def test_what_may_be_lost_and_what_is(plan: DrPlan) -> None:
    text = runbook(plan, Way.FAILOVER)

    for source, estimate in zip(plan.sources, plan.estimates, strict=True):
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {source.name} | {source.kind.value} |")]
        assert minutes(source.objective.recovery_point_minutes * 60) in row
        assert minutes(estimate.recovery_point_seconds) in row
        assert minutes(estimate.recovery_time_seconds) in row


def test_stop_rules_stand_before_the_first_step_that_they_hold_for(plan: DrPlan) -> None:
    text = runbook(plan, Way.FAILOVER)
    steps = plan.failover

    for rule in plan.stop_rules:
        first = next(number for number, step in enumerate(steps, 1) if step.action is rule.before)
        assert text.count(rule.question) == 1
        assert text.index(rule.question) < text.index(f"\n{first}. **")
        assert first == 1 or text.index(rule.question) > text.index(f"\n{first - 1}. **")


def test_whether_a_site_is_lost_is_asked_of_a_failover_only(plan: DrPlan) -> None:
    (rule,) = [rule for rule in plan.stop_rules if rule.before is Action.DECIDE]

    assert rule.question in runbook(plan, Way.FAILOVER)
    assert rule.question not in runbook(plan, Way.FAILBACK)
    assert rule.question not in runbook(plan, Way.RESTORE)


def test_the_failover_says_how_to_refresh_without_the_region_that_is_down(plan: DrPlan) -> None:
    assert f"While {PRIMARY} is down nothing there can be read" in runbook(plan, Way.FAILOVER)
    assert "is down nothing there" not in runbook(plan, Way.FAILBACK)


def test_the_failover_says_what_to_take_out_of_the_state() -> None:
    assert "Take the replication of efs, which the failover ended, out of the state" in runbook(
        plan_of("efs"), Way.FAILOVER
    )
    assert "out of the state" not in runbook(plan_of("efs"), Way.FAILBACK)
    assert "out of the state" not in runbook(plan_of("s3"), Way.FAILOVER)


def test_a_restore_is_at_the_active_site(plan: DrPlan) -> None:
    assert runbook(plan, Way.RESTORE).startswith(f"# Restore from backups in {PRIMARY}\n")
    assert runbook(replace(plan, active=Site.SECONDARY), Way.RESTORE).startswith(
        f"# Restore from backups in {SECONDARY}\n"
    )


def test_without_a_record_none_is_spoken_of() -> None:
    plan = plan_of("s3", failover_record=None)

    assert "Users find the active site by" not in runbook(plan, Way.FAILOVER)


@pytest.mark.parametrize("way", Way)
def test_it_is_the_same_for_the_same_plan(way: Way) -> None:
    assert runbook(plan_of("s3", "rds"), way) == runbook(plan_of("s3", "rds"), way)
    assert file_name(plan_of("s3"), way) == f"main-{way.value}.md"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_times_in_words(seconds: float, text: str) -> None:
    assert minutes(seconds) == text


# The plan as text


def test_a_plan_is_read_as_it_was_written(plan: DrPlan) -> None:
    assert read_plan(write_plan(plan), subject="it") == plan


def test_what_a_newer_writer_adds_is_left_out(plan: DrPlan) -> None:
    document = json.loads(write_plan(plan))
    document["plan"]["more"] = 1

    assert read_plan(json.dumps(document), subject="it") == plan


@pytest.mark.parametrize("text", ["", "[]", "1", "{}", '{"version": 1}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlatformError, match="it: plan: cannot be read; run up with the program that made it"):
        read_plan(text, subject="it")


def test_another_version_is_refused(plan: DrPlan) -> None:
    document = json.loads(write_plan(plan)) | {"version": 2}

    with pytest.raises(PlatformError, match="it: plan: is of another version, got 2; use the platform-lib that"):
        read_plan(json.dumps(document), subject="it")


def test_another_form_is_refused_by_its_places(plan: DrPlan) -> None:
    document = json.loads(write_plan(plan))
    del document["plan"]["sites"][0]["region"]
    document["plan"]["active"] = "third"

    with pytest.raises(
        PlatformError, match=r"it: plan: has another form at active, sites\.0\.region; use the platform"
    ):
        read_plan(json.dumps(document), subject="it")
