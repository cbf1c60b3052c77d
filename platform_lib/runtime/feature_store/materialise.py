"""Copies the values of one batch view online: the task that the state machine runs.

``VIEW`` names the view, ``OWNER`` the execution, ``LEASE_SECONDS`` how long the lease lasts. Exit code 0 says that
values are online, or that there was nothing to do; everything else that they are not, and the watermark has not moved.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime

from .repository import fetch, settings, with_own_registry
from .state import State
from .window import window

DONE, BUSY, NOTHING = "done", "busy", "nothing"


def run(view, owner, *, state, told, copy, now, lease_seconds):
    """Copies what has come since the last run that succeeded.

    Args:
        view: its name.
        owner: who runs, unique to the execution.
        state: the table of watermarks and leases.
        told: what the repository says of the view: ``delay_seconds``, ``backfill_seconds``.
        copy: does it, given start and end.
        now: the time.
        lease_seconds: how long others keep away.

    Returns:
        ``done``, ``busy`` where another execution is at it, ``nothing`` where no time has passed.

    Raises:
        LeaseLostError: another one began meanwhile: the watermark has not moved.
    """
    if not state.claim(view, owner, now, lease_seconds):
        return BUSY
    try:
        span = window(state.watermark(view), now, told["delay_seconds"], told["backfill_seconds"])
        if span is None:
            state.release(view, owner)
            return NOTHING
        copy(*span)
    except BaseException:
        state.release(view, owner)
        raise
    state.advance(view, owner, span[1])
    return DONE


def main():
    """The task."""
    import boto3
    from feast import FeatureStore

    bucket, table = settings()
    view, owner, folder = os.environ["VIEW"], os.environ["OWNER"], tempfile.mkdtemp()
    s3 = boto3.client("s3")
    _, views = fetch(s3, bucket, folder)
    if views.get(view, {}).get("kind") != "batch":
        sys.exit(f"{view}: is not a batch view of the store")
    with_own_registry(s3, bucket, folder)
    store = FeatureStore(repo_path=folder)
    ended = run(
        view,
        owner,
        state=State(boto3.client("dynamodb"), table),
        told=views[view],
        copy=lambda start, end: store.materialize(start, end, feature_views=[view]),
        now=datetime.now(UTC),
        lease_seconds=int(os.environ["LEASE_SECONDS"]),
    )
    print(f"{view}: {ended}")  # noqa: T201 - the log of the task


if __name__ == "__main__":
    main()
