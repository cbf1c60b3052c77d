"""Metrics that somebody puts, the alarms that look at them, and the health checks that follow those."""

import datetime

import pytest

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.cloud.aws.recovery.answer import health
from platform_lib.sandbox.cloud.aws.recovery.metric import alarm_state, put_metric
from platform_lib.sandbox.cloud.aws.recovery.world import World
from support.cloud import Driver, driver

AWAY = "eu-west-1"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
WATCHED = {"namespace": "Mine", "metricName": "Withdrawn", "threshold": 1, "statistic": "Maximum"}
HOW = {"comparisonOperator": "GreaterThanOrEqualToThreshold", "evaluationPeriods": 2, "period": 60}


@pytest.fixture
def aws() -> Driver:
    made = driver("aws", {"region": AWAY}, open_cloud(None))
    made.cloud.clock.freeze(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    return made


def state(aws: Driver) -> str:
    return alarm_state(aws.cloud, World(aws.cloud.store), AWAY, "latch")


def latch(aws: Driver, missing: str | None = None, **more: object) -> None:
    given = {} if missing is None else {"treatMissingData": missing}
    aws.create(ALARM, "latch", {"name": "latch", **WATCHED, **HOW, **given, **more})


def put(aws: Driver, value: float) -> None:
    put_metric(aws.cloud, AWAY, "Mine", "Withdrawn", value)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (None, "INSUFFICIENT_DATA"),
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "INSUFFICIENT_DATA"),
        ("notBreaching", "OK"),
        ("breaching", "ALARM"),
    ],
)
def test_what_missing_data_mean(aws: Driver, missing: str | None, expected: str) -> None:
    latch(aws, missing)

    assert state(aws) == expected


@pytest.mark.parametrize(("value", "expected"), [(0, "OK"), (1, "ALARM"), (2, "ALARM")])
def test_value_against_the_threshold(aws: Driver, value: float, expected: str) -> None:
    latch(aws)
    put(aws, value)

    assert state(aws) == expected


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [("GreaterThanThreshold", "OK"), ("LessThanThreshold", "OK"), ("LessThanOrEqualToThreshold", "ALARM")],
)
def test_comparisons(aws: Driver, comparison: str, expected: str) -> None:
    latch(aws, comparisonOperator=comparison)
    put(aws, 1)

    assert state(aws) == expected


def test_a_value_holds_for_as_long_as_the_alarm_looks_back(aws: Driver) -> None:
    latch(aws, "notBreaching")
    put(aws, 1)
    aws.cloud.clock.advance(119)
    assert state(aws) == "ALARM"

    aws.cloud.clock.advance(1)
    assert state(aws) == "OK"


def test_an_alarm_that_ignores_missing_data_keeps_its_state(aws: Driver) -> None:
    latch(aws, "ignore")
    put(aws, 1)
    aws.cloud.clock.advance(86400)
    assert state(aws) == "ALARM"

    put(aws, 0)
    aws.cloud.clock.advance(86400)
    assert state(aws) == "OK"


def test_metrics_of_services_are_taken_for_quiet_unless_put(aws: Driver) -> None:
    latch(aws, namespace="AWS/RDS", metricName="ReplicaLag")
    assert state(aws) == "OK"

    put_metric(aws.cloud, AWAY, "AWS/RDS", "ReplicaLag", 1)
    assert state(aws) == "ALARM"


def test_a_region_that_is_down_takes_no_metric_and_has_no_state(aws: Driver) -> None:
    latch(aws)
    put(aws, 1)
    aws.cloud.take_down(AWAY)

    assert state(aws) == "INSUFFICIENT_DATA"
    with pytest.raises(CloudError, match="put-metric-data: request to region eu-west-1 failed: the region is down"):
        put(aws, 1)


def test_no_such_alarm(aws: Driver) -> None:
    assert state(aws) == "INSUFFICIENT_DATA"


def test_a_health_check_follows_the_alarm(aws: Driver) -> None:
    latch(aws, "ignore")
    alarm = {"cloudwatchAlarmName": "latch", "cloudwatchAlarmRegion": AWAY, "insufficientDataHealthStatus": "Healthy"}
    check = aws.create("aws:route53/healthCheck:HealthCheck", "c", {"type": "CLOUDWATCH_METRIC", **alarm})

    def healthy() -> bool:
        return health(aws.cloud, World(aws.cloud.store), check.id, {}).healthy

    assert healthy()
    put(aws, 1)
    assert not healthy()
    put(aws, 0)
    assert healthy()
