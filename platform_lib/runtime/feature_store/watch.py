"""Looks after the store every minute: tells how old values are, and has definitions applied that are not yet."""

import contextlib
import functools
import json
import os
from datetime import UTC, datetime

from .apply import REGISTRY
from .state import State

METRIC = "FreshnessSeconds"
MOST_DATA = 1000
"""Values that one call takes (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html)."""


def ages(names, state, now):
    """How old the newest values of each view are, in seconds; a view that never had any is left out.

    An alarm takes what is left out for stale, which it is.
    """
    found = {}
    for name in names:
        watermark = state.watermark(name)
        if watermark is not None:
            found[name] = max(0.0, (now - watermark).total_seconds())
    return found


def execution_name(digest, now):
    """Name of an execution that applies definitions: the same for an hour, so that it is tried once an hour."""
    return f"{digest[:40]}-{now:%Y%m%d%H}"


def look(*, names, digest, state, now, tell, start):
    """One look.

    Args:
        names: of the views.
        digest: of the definitions that should be applied.
        state: the table of watermarks and leases.
        now: the time.
        tell: is given the ages by view.
        start: starts applying, given the name of the execution.

    Returns:
        What was found.
    """
    found = ages(names, state, now)
    tell(found)
    pending = state.applied(REGISTRY) != digest
    if pending:
        start(execution_name(digest, now))
    return {"ages": found, "pending": pending}


@functools.cache
def _clients():
    import boto3

    return boto3.client("dynamodb"), boto3.client("cloudwatch"), boto3.client("stepfunctions")


def handler(_event, _context):
    """What Lambda calls."""
    dynamodb, cloudwatch, states = _clients()

    def tell(found):
        data = [
            {
                "MetricName": METRIC,
                "Dimensions": [{"Name": "View", "Value": name}],
                "Value": age,
                "Unit": "Seconds",
            }
            for name, age in found.items()
        ]
        for begin in range(0, len(data), MOST_DATA):
            cloudwatch.put_metric_data(Namespace=os.environ["NAMESPACE"], MetricData=data[begin : begin + MOST_DATA])

    def start(name):
        with contextlib.suppress(states.exceptions.ExecutionAlreadyExists):  # of this hour
            states.start_execution(stateMachineArn=os.environ["APPLY_STATE_MACHINE"], name=name)

    return look(
        names=json.loads(os.environ["VIEWS"]),
        digest=os.environ["DEFINITIONS_DIGEST"],
        state=State(dynamodb, os.environ["STATE_TABLE"]),
        now=datetime.now(UTC),
        tell=tell,
        start=start,
    )
