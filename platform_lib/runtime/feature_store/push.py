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


def read_event(data, views, now):
    """View and values of one event.

    Args:
        data: the record as Kinesis hands it over, in base64.
        views: what the repository says of the views.
        now: the time at which a row counts as written that does not say it.

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
    found = {**dict.fromkeys(told["columns"]), **values}
    for column in filter(None, (told["timestamp"], told["created"])):
        found[column] = now if found[column] is None else _moment(found[column], f"{name}: {column}")
    return name, found


def _moment(value, what):
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise EventError(f"{what} is no time") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def newest(rows, told):
    """The newest row of each key, so that an older event of the same batch does not win."""
    found = {}
    for row in sorted(rows, key=lambda row: row[told["timestamp"]]):
        found[tuple(row[key] for key in told["keys"])] = row
    return list(found.values())


def push_batch(records, *, views, write, seen, now):
    """Pushes the events of a batch up to the first one that fails.

    Args:
        records: as Kinesis hands them over.
        views: what the repository says of the views.
        write: writes rows, given the name of the view's source and the rows.
        seen: is told a view and its newest time.
        now: the time.

    Returns:
        The answer to Lambda: from which record on to try again.
    """
    rows, failed, why = {}, [], ""
    for record in records:
        try:
            name, values = read_event(record["kinesis"]["data"], views, now)
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


def frame(rows):
    """Rows as Feast takes them: as they are, since a whole number beside a missing one would become a fraction."""
    import pandas

    return pandas.DataFrame(rows, dtype=object)


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
    store, views, state = _store()
    return push_batch(
        event["Records"],
        views=views,
        write=lambda source, rows: store.push(source, frame(rows)),
        seen=state.seen,
        now=datetime.now(UTC),
    )
