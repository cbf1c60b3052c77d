import datetime
from pathlib import Path

import pytest

from platform_lib.sandbox.cloud import open_cloud

NOON = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)


def test_the_clock_is_real_until_it_is_moved() -> None:
    cloud = open_cloud(None)
    real = datetime.datetime.now(datetime.UTC)
    assert abs((cloud.clock.now() - real).total_seconds()) < 60
    cloud.clock.advance(86_400)
    assert 86_000 < (cloud.clock.now() - real).total_seconds() < 87_000
    cloud.clock.release()
    assert abs((cloud.clock.now() - real).total_seconds()) < 60


def test_a_frozen_clock_stands_and_can_be_advanced() -> None:
    cloud = open_cloud(None)
    cloud.clock.freeze(NOON)
    assert cloud.clock.stamp() == "2026-01-31T12:00:00Z"
    cloud.clock.advance(90)
    assert cloud.clock.stamp() == "2026-01-31T12:01:30Z"


def test_every_process_sees_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    with open_cloud(path) as one:
        one.clock.freeze(NOON)
    with open_cloud(path) as other:
        assert other.clock.now() == NOON


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        open_cloud(None).clock.freeze(datetime.datetime(2026, 1, 1))  # noqa: DTZ001
