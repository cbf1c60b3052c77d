"""The estimate against numbers that were derived by hand: those of the table on the page about the component."""

import re
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.dr import DrReplicaArgs, plan_replica
from platform_lib.components.dr.kind import Basis, SourceKind, Strategy
from platform_lib.components.dr.planning.mechanisms import MECHANISMS
from platform_lib.components.dr.planning.model import critical_path
from platform_lib.components.dr.report import estimates
from platform_lib.core.errors import PlanError
from support.reference_platform import ROOT
from support.replicas import CLUSTER, KINDS, RECORD, replica_args, source

PAGE = (ROOT / "docs" / "components" / "dr.md").read_text(encoding="utf-8")
ANY = {"recovery_point_minutes": 43200, "recovery_time_minutes": 43200}
TELLING = {**RECORD, "alarm_topic_arn": "arn:aws:sns:us-east-1:111122223333:alarms"}
SETTINGS = {
    "": {},
    "hourly": {"backups": {"every_hours": 1}},
    "warm-standby": {"strategy": "warm-standby"},
    "active-active": {"strategy": "active-active"},
    "no record": {"failover_record": None},
    "no instances": {},
}


def rows():
    table = PAGE.split("| kind | mechanism | setting |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[re.sub(r"\[\^\d+\]", "", cell).strip() for cell in line.strip("|").split("|")] for line in table]


def asked_source(kind, mechanism, **more):
    """A source with a mechanism, and what that needs of it."""
    found = source(kind, mechanism=mechanism, **{"objectives": ANY, **more})
    if mechanism not in ("read-replica", "global-database"):
        found["standby"] = None
    if (kind, mechanism) == ("s3", "replication"):
        found |= {"id": None, "copied_by_owner": True}
    return found


def planned(kind, mechanism, *, of_source=None, **more):
    asked = asked_source(kind, mechanism, **(of_source or {}))
    args = replica_args(**{"sources": [asked], "failover_record": TELLING, **more})
    return plan_replica("main", DrReplicaArgs(**args), subject="DrReplica 'main'")


@pytest.mark.parametrize("row", rows(), ids=lambda row: " ".join(row[:3]))
def test_the_model_gives_what_was_derived_by_hand(row):
    kind, mechanism, setting, point, _, time, _ = row
    headless = {"standby": {**CLUSTER, "instances": 0}} if setting == "no instances" else None
    plan = planned(kind, mechanism, of_source=headless, **SETTINGS[setting])
    (reached,) = plan.estimates
    assert reached.recovery_point_seconds / 60 == pytest.approx(float(point), abs=0.0001)
    assert reached.recovery_time_seconds / 60 == pytest.approx(float(time))


def test_every_combination_of_kind_and_mechanism_stands_in_the_table():
    known = {(kind.value, mechanism.value) for kind, ones in MECHANISMS.items() for mechanism in ones}
    assert {(row[0], row[1]) for row in rows()} == known
    assert len(rows()) >= 12


def test_the_sums_of_the_table_are_right():
    """What a recovery point is made of adds up: the page and the model cannot be wrong in the same way."""
    for row in rows():
        parts = row[4].replace("copy 10 + 100/20 = 15", "copy 15").replace("lag of a day", "lag 1440")
        parts = parts.replace("lag of a second", "lag 0.0167").replace("logs every", "logs")
        numbers = [float(text) for text in re.findall(r"(\d+(?:\.\d+)?) [da]\b", parts)] or [
            float(text) for text in re.findall(r"(?:lag|schedule) (\d+(?:\.\d+)?)", parts)
        ]
        if numbers and parts != "as above":
            assert sum(numbers) == pytest.approx(float(row[3])), row


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_says_where_it_comes_from(kind):
    for mechanism in MECHANISMS[SourceKind(kind)]:
        for part in (part for one in estimates(planned(kind, mechanism.value)) for part in one["point"] + one["time"]):
            assert part["basis"] in {"documented", "assumed"}
            if part["basis"] == "documented":
                assert part["source"].startswith("https://docs.aws.amazon.com/")
            assert part["source"]


def test_what_a_drill_measured_takes_the_place_of_the_rest():
    measured = [
        {"part": "promote", "minutes": 22, "day": "2026-03-31"},
        {"part": "lag", "minutes": 0.5, "day": "2026-03-31"},
    ]
    plan = planned("rds", "read-replica", of_source={"measurements": measured})
    (reached,) = plan.estimates
    assert (reached.recovery_point_seconds, reached.recovery_time_seconds) == (30, (13.5 + 22 + 1) * 60)
    step = next(step for step in plan.failover if step.name == "promote-rds")
    assert (step.figure.basis, step.figure.source) == (Basis.MEASURED, "measured on 2026-03-31")


@pytest.mark.parametrize(
    "kind, mechanism, objectives, found",
    [
        (
            "rds",
            "backup-copy",
            {"recovery_point_minutes": 15},
            (
                r"sources\[0\]\.objectives\.recovery_point_minutes: cannot be reached by backup-copy, got 15: schedule "
                r"takes 1440 of 1545 minutes \(documented: https://\S+plan-options-and-configuration.html\); "
                r"use read-replica or log-copy, or ask for at least 1545"
            ),
        ),
        (
            "s3",
            "replication",
            {"recovery_point_minutes": 60},
            r"cannot be reached by replication, got 60: lag takes 1440 minutes \(assumed: .*\); use timed-replication",
        ),
        (
            "ecr",
            "replication",
            {"recovery_point_minutes": 15},
            r"cannot be reached by replication, got 15: lag takes 30 minutes \(documented: .*\); ask for at least 30",
        ),
        (
            "dynamodb",
            "backup-copy",
            {"recovery_point_minutes": 2880, "recovery_time_minutes": 60},
            (
                r"recovery_time_minutes: cannot be reached by backup-copy, got 60: restore-dynamodb takes 60 of 74.5 "
                r"minutes \(documented: .*\); use global-table, or ask for at least 74.5"
            ),
        ),
        (
            "rds",
            "read-replica",
            {"recovery_time_minutes": 5},
            r"got 5: decide takes 10 of 29.5 minutes \(assumed: stop_rules\.\w+\); ask for at least 29.5",
        ),
    ],
)
def test_an_objective_that_cannot_be_reached_is_refused_with_what_would_reach_it(kind, mechanism, objectives, found):
    with pytest.raises(PlanError, match=found):
        planned(kind, mechanism, of_source={"objectives": objectives})


@given(
    kind=st.sampled_from(KINDS),
    strategy=st.sampled_from([Strategy.PILOT_LIGHT, Strategy.WARM_STANDBY]),
    size=st.integers(1, 100_000),
    hours=st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]),
    data=st.data(),
)
def test_what_is_planned_is_within_its_objectives_or_refused(kind, strategy, size, hours, data):
    mechanism = data.draw(st.sampled_from(MECHANISMS[SourceKind(kind)]))
    point, time = data.draw(st.floats(0.01, 5000)), data.draw(st.floats(1, 5000))
    asked = {"recovery_point_minutes": point, "recovery_time_minutes": time}
    more = {"strategy": strategy, "backups": {"every_hours": hours}, "failover_record": TELLING}
    try:
        (reached,) = planned(kind, mechanism.value, of_source={"size_gib": size}, **more).estimates
        fits = reached.recovery_point_seconds / 60 <= point and reached.recovery_time_seconds / 60 <= time
    except PlanError:  # it takes longer than the longest time that may be asked for: a month
        fits = False
    with nullcontext() if fits else pytest.raises(PlanError, match="cannot be reached"):
        planned(kind, mechanism.value, of_source={"size_gib": size, "objectives": asked}, **more)


@given(hours=st.sampled_from([1, 2, 4, 8, 24]), size=st.integers(1, 800_000))
def test_a_scheduled_backup_copy_never_gives_fifteen_minutes(hours, size):
    plan = planned("rds", "backup-copy", of_source={"size_gib": size}, backups={"every_hours": hours})
    assert plan.estimates[0].recovery_point_seconds > 120 * 60


def test_steps_wait_for_steps_of_the_same_way_that_stand_before_them():
    plan = plan_replica("main", DrReplicaArgs(**replica_args(failover_record=TELLING)), subject="x")
    for way in (plan.failover, plan.failback, plan.restore):
        names = [step.name for step in way]
        assert len(set(names)) == len(names)
        for position, step in enumerate(way):
            assert set(step.after) <= set(names[:position])
    path = critical_path(plan.failover, "rds")
    assert [step.name for step in path] == ["notice", "decide", "withdraw", "scale", "switch"]
