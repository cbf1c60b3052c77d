"""What had arrived in a copy when its source stopped."""

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.cloud.aws.recovery.arrival import newest, resume_backups, stop_backups
from platform_lib.sandbox.cloud.aws.recovery.copies import Copy, Mechanism
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row

MADE = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
DAILY = "cron(0 5 * * ? *)"


def row(type_: str, made: datetime.datetime = MADE) -> Row:
    stamp = made.isoformat()
    return Row("aws", "1", "eu-central-1", type_, "it", "", {}, {}, stamp, stamp)


def copy(mechanism: Mechanism = Mechanism.GLOBAL_TABLE, schedule: str = "", *faults: str) -> Copy:
    plan = row("aws:backup/plan:Plan")
    return Copy(row("aws:dynamodb/table:Table"), mechanism, "eu-west-1", "it", plan, schedule, "", "", faults)


BACKUPS = copy(Mechanism.BACKUP_COPY, DAILY)


@pytest.fixture
def cloud() -> Cloud:
    made = open_cloud(None)
    made.clock.freeze(MADE)
    return made


def after(**span: float) -> datetime.datetime:
    return MADE + datetime.timedelta(**span)


def test_what_copies_all_the_time_is_behind_by_its_delay(cloud: Cloud) -> None:
    assert newest(copy(), cloud, 90, after(hours=2)) == after(hours=2, seconds=-90)


def test_nothing_arrives_in_a_copy_that_was_made_too_late(cloud: Cloud) -> None:
    assert newest(copy(), cloud, 90, after(seconds=89)) is None
    assert newest(copy(), cloud, 90, after(seconds=90)) == MADE


def test_nothing_arrives_in_a_copy_with_a_fault(cloud: Cloud) -> None:
    assert newest(copy(Mechanism.GLOBAL_TABLE, "", "is off"), cloud, 0, after(hours=2)) is None
    assert newest(dataclasses.replace(BACKUPS, faults=("is off",)), cloud, 0, after(days=9)) is None


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, None),
        (17, None),  # at five the next day, but its copy takes two hours
        (18.99, None),
        (19, 17),
        (42.99, 17),
        (43, 41),
    ],
)
def test_backups_arrive_by_schedule_and_delay(cloud: Cloud, hours: float, expected: float | None) -> None:
    held = newest(BACKUPS, cloud, 7200, after(hours=hours))

    assert held == (None if expected is None else after(hours=expected))


def test_backups_before_the_plan_was_made_are_none(cloud: Cloud) -> None:
    late = dataclasses.replace(BACKUPS, maker=row("aws:backup/plan:Plan", after(days=2)))

    assert newest(late, cloud, 0, after(days=2)) is None
    assert newest(late, cloud, 0, after(days=3)) == after(days=2, hours=17)


def test_no_backup_succeeds_while_they_are_stopped(cloud: Cloud) -> None:
    cloud.clock.advance(86400)
    stop_backups(cloud, "it")
    assert newest(BACKUPS, cloud, 0, after(days=5)) == after(hours=17)

    resume_backups(cloud, "it")
    assert newest(BACKUPS, cloud, 0, after(days=5)) == after(days=4, hours=17)


def test_stopping_the_backups_of_one_plan_leaves_the_others(cloud: Cloud) -> None:
    stop_backups(cloud, "other")

    assert newest(BACKUPS, cloud, 0, after(days=5)) == after(days=4, hours=17)


def test_a_schedule_that_cannot_be_read_is_refused(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match=r"backup/plan:Plan 'it': schedule: is no schedule of AWS"):
        newest(copy(Mechanism.BACKUP_COPY, "daily"), cloud, 0, after(days=5))


@given(st.sampled_from([1, 2, 3, 4, 6, 8, 12]), st.integers(0, 7200), st.integers(3 * 86400, 20 * 86400))
def test_a_backup_is_never_older_than_its_interval_and_delay(every: int, delay: int, seconds: int) -> None:
    cloud = open_cloud(None)
    stopped = after(seconds=seconds)

    held = newest(copy(Mechanism.BACKUP_COPY, f"cron(0 0/{every} * * ? *)"), cloud, delay, stopped)

    assert held is not None
    assert datetime.timedelta(seconds=delay) <= stopped - held < datetime.timedelta(hours=every, seconds=delay)
