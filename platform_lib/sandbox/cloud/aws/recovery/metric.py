"""Metrics that somebody puts, and the alarms that look at them (CloudWatch user guide, "Using CloudWatch alarms").

Modelled: the newest value of a metric, static thresholds, what missing data mean. A value counts as present for as long
as the alarm looks back (its period times its evaluation periods). Not modelled: statistics over several values, M out
of N data points, metric math, anomaly detection. Metrics of services (``AWS/...``) are taken for quiet unless somebody
puts them.
"""

import datetime
import json
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.cloud.aws.recovery.world import World, inputs_of
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row

AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_METRIC: Final = "metric "
"""Begins the settings that hold the newest value of each metric."""

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def put_metric(cloud: Cloud, region: str, namespace: str, name: str, value: float) -> None:
    """Puts a value of a metric, as ``aws cloudwatch put-metric-data`` does.

    Raises:
        CloudError: the region is down.
    """
    if region in cloud.down():
        raise CloudError(f"sandbox cloud: put-metric-data: request to region {region} failed: the region is down")
    held = json.dumps({"value": value, "at": cloud.clock.now().isoformat()})
    cloud.store.set_setting(_key(region, namespace, name), held)


def alarm_state(cloud: Cloud, world: World, region: str, name: str) -> AlarmState:
    """What an alarm says now.

    Args:
        cloud: holds the metrics and the time.
        world: its resources.
        region: of the alarm.
        name: of the alarm.

    Returns:
        ``INSUFFICIENT_DATA`` too where there is no such alarm, or where its region is down.
    """
    row = world.named(name, ALARM, region=region)
    if row is None or region in cloud.down():
        return "INSUFFICIENT_DATA"
    inputs = inputs_of(row)
    value, fresh = _newest(cloud, row, inputs)
    if value is None and str(inputs.get("namespace") or "").startswith("AWS/"):
        return "OK"
    missing = str(inputs.get("treatMissingData") or "missing")
    if value is not None and (fresh or missing == "ignore"):  # the state that it had then stays
        compare = _COMPARE.get(str(inputs.get("comparisonOperator")))
        return "ALARM" if compare is not None and compare(value, float(inputs.get("threshold") or 0)) else "OK"
    if missing == "breaching":
        return "ALARM"
    return "OK" if missing == "notBreaching" else "INSUFFICIENT_DATA"


def span_seconds(world: World, region: str, name: str) -> float:
    """How far an alarm looks back, which is what it needs to see a change; 0 where there is no such alarm."""
    row = world.named(name, ALARM, region=region)
    return _span(inputs_of(row)) if row is not None else 0


def _span(inputs: Mapping[str, Any]) -> float:
    return float(inputs.get("period") or 60) * float(inputs.get("evaluationPeriods") or 1)


def _newest(cloud: Cloud, row: Row, inputs: Mapping[str, Any]) -> tuple[float | None, bool]:
    """The newest value of the metric that an alarm looks at, and whether it is within its span."""
    key = _key(row.region, str(inputs.get("namespace") or ""), str(inputs.get("metricName") or ""))
    held = cloud.store.setting(key)
    if held is None:
        return None, False
    entry = json.loads(held)
    age = (cloud.clock.now() - datetime.datetime.fromisoformat(entry["at"])).total_seconds()
    return float(entry["value"]), age < _span(inputs)


def _key(region: str, namespace: str, name: str) -> str:
    return f"{_METRIC}{region} {namespace} {name}"
