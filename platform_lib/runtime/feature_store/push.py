"""Pushes events from the stream into the online store: a function that Kinesis calls.

An event is a JSON object with ``view`` and ``values``: keys, features and times of one row, the times as ISO 8601. An
event that cannot be pushed is answered as failed, so that Lambda tries it again and then puts it aside.
"""

import base64
import functools
import json
import tempfile
from datetime import UTC, datetime

from .repository import fetch, settings
from .state import State


class EventError(ValueError):
    """An event that no view takes."""


def read_event(data, views):
    """View and values of one event.

    Args:
        data: the record as Kinesis hands it over, in base64.
        views: what the repository says of the views.

    Raises:
        EventError: no such view, or other columns than the view has.
    """
    try:
        event = json.loads(base64.b64decode(data))
        name, values = event["view"], dict(event["values"])
    except (ValueError, KeyError, TypeError) as error:
        raise EventError("must be an object with 'view' and 'values'") from error
    told = views.get(name, {})
    if told.get("kind") != "stream":
        raise EventError(f"{name}: is not a stream view")
    columns = set(told["columns"])
    missing = [column for column in (*told["keys"], told["timestamp"]) if values.get(column) is None]
    unknown = sorted(set(values) - columns)
    if missing or unknown:
        raise EventError(f"{name}: lacks {missing}, does not know {unknown}")
    try:
        moment = datetime.fromisoformat(str(values[told["timestamp"]]))
    except ValueError as error:
        raise EventError(f"{name}: {told['timestamp']} is no time") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return name, {**dict.fromkeys(told["columns"]), **values, told["timestamp"]: moment}


def newest(rows, told):
    """The newest row of each key, so that an older event of the same batch does not win."""
    found = {}
    for row in sorted(rows, key=lambda row: row[told["timestamp"]]):
        found[tuple(row[key] for key in told["keys"])] = row
    return list(found.values())


def push_batch(records, *, views, write, seen):
    """Pushes the events of a batch up to the first one that fails.

    Args:
        records: as Kinesis hands them over.
        views: what the repository says of the views.
        write: writes rows, given the name of the view's source and the rows.
        seen: is told a view and its newest time.

    Returns:
        The answer to Lambda: from which record on to try again.
    """
    rows, failed, why = {}, [], ""
    for record in records:
        try:
            name, values = read_event(record["kinesis"]["data"], views)
        except EventError as error:
            failed, why = [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}], str(error)
            break
        rows.setdefault(name, []).append(values)
    for name, found in rows.items():
        told = views[name]
        write(told["source"], newest(found, told))
        seen(name, max(row[told["timestamp"]] for row in found))
    if failed:
        print(f"event {failed[0]['itemIdentifier']}: {why}")  # noqa: T201 - the log of the function
    return {"batchItemFailures": failed}


@functools.cache
def _store():
    import boto3
    from feast import FeatureStore

    bucket, table = settings()
    folder = tempfile.mkdtemp()
    _, views = fetch(boto3.client("s3"), bucket, folder)
    return FeatureStore(repo_path=folder), views, State(boto3.client("dynamodb"), table)


def handler(event, _context):
    """What Lambda calls."""
    import pandas

    store, views, state = _store()
    return push_batch(
        event["Records"],
        views=views,
        write=lambda source, rows: store.push(source, pandas.DataFrame(rows)),
        seen=state.seen,
    )
