"""Schedules of AWS: when they run, and which are refused."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.cloud.aws.recovery.schedule import parse_schedule

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)  # a Thursday


def runs(text: str, *, days: float = 1, start: datetime.datetime = START) -> list[str]:
    end = start + datetime.timedelta(days=days)
    return [at.strftime("%m-%d %H:%M") for at in parse_schedule(text).runs(start, end)]


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("cron(0 5 * * ? *)", 2, ["01-01 05:00", "01-02 05:00"]),
        ("cron(0 0/8 * * ? *)", 1, ["01-01 00:00", "01-01 08:00", "01-01 16:00"]),
        (
            "cron(0/30 9-10 ? * MON-FRI *)",
            2,
            [f"01-0{d} {h}" for d in (1, 2) for h in ("09:00", "09:30", "10:00", "10:30")],
        ),
        ("cron(15 10 ? * SUN *)", 7, ["01-04 10:15"]),
        ("cron(15 10 ? * 1,7 *)", 7, ["01-03 10:15", "01-04 10:15"]),
        ("cron(0 12 1 * ? *)", 40, ["01-01 12:00", "02-01 12:00"]),
        ("cron(0 12 1 feb ? 2026)", 40, ["02-01 12:00"]),
        ("cron(0 12 1 * ? 2027)", 40, []),
        ("rate(12 hours)", 2, ["01-01 12:00", "01-02 00:00", "01-02 12:00"]),
        ("rate(1 day)", 2, ["01-02 00:00"]),
    ],
)
def test_runs(text: str, days: float, expected: list[str]) -> None:
    assert runs(text, days=days) == expected


def test_a_run_at_the_start_counts_and_one_at_the_end_does_not() -> None:
    assert runs("cron(0 0 * * ? *)", days=1) == ["01-01 00:00"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("cron(0 5 * * ? *)", 24),
        ("cron(0 0/6 * * ? *)", 6),
        ("cron(0 2,4 * * ? *)", 22),
        ("cron(0 5 ? * SUN *)", 7 * 24),
        ("rate(3 hours)", 3),
    ],
)
def test_longest_gap(text: str, hours: float) -> None:
    assert parse_schedule(text).longest_gap(START) == datetime.timedelta(hours=hours)


def test_a_schedule_that_runs_once_has_no_gap() -> None:
    assert parse_schedule("cron(0 5 1 1 ? 2026)").longest_gap(START) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no schedule of AWS"),
        ("0 5 * * ? *", "is no schedule of AWS"),
        ("cron(0 5 * * ?)", "is no schedule of AWS"),
        ("rate(5)", "is no schedule of AWS"),
        ("rate(0 hours)", "is a rate of nothing"),
        ("cron(0 5 * * * *)", "must have ? as day of month or as day of week"),
        ("cron(0 5 ? * ? *)", "must have ? as day of month or as day of week"),
        ("cron(60 5 * * ? *)", "outside of 0 to 59, '60'"),
        ("cron(0 5 0 * ? *)", "outside of 1 to 31, '0'"),
        ("cron(0/0 5 * * ? *)", "no whole number above 0"),
        ("cron(0 5-2 * * ? *)", "ends before it begins"),
        ("cron(0 5 L * ? *)", "uses L, W or # in day of month"),
        ("cron(0 5 ? * 3#2 *)", "uses L, W or # in day of week"),
        ("cron(0 5 ? * FOO *)", "outside of 1 to 7, 'FOO'"),
    ],
)
def test_refused(text: str, problem: str) -> None:
    with pytest.raises(CloudError, match=problem.replace("?", r"\?")):
        parse_schedule(text)


@given(st.sampled_from([1, 2, 3, 4, 6, 8, 12]), st.integers(0, 59), st.integers(0, 400))
def test_no_two_runs_are_further_apart_than_the_longest_gap(step: int, minute: int, day: int) -> None:
    schedule = parse_schedule(f"cron({minute} 0/{step} * * ? *)")
    start = START + datetime.timedelta(days=day)
    found = list(schedule.runs(start, start + datetime.timedelta(days=3)))

    assert len(found) == 3 * 24 // step
    assert max(b - a for a, b in itertools.pairwise(found)) == schedule.longest_gap(start)
