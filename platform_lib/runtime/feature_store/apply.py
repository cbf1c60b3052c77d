"""Applies the definitions to the registry: the one task that writes it, one at a time.

It runs Feast's own command. Where a view is gone, Feast would drop its table and may not: it says so and goes on.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime

from .repository import fetch, settings
from .state import State

REGISTRY = "#registry"
"""Name of the lease: no view begins with such a sign."""

DONE, BUSY, SAME = "done", "busy", "same"


def run(owner, *, state, digest, apply, now, lease_seconds):
    """Applies the definitions unless they are applied already.

    Args:
        owner: who runs, unique to the execution.
        state: the table of watermarks and leases.
        digest: of the definitions.
        apply: does it.
        now: the time.
        lease_seconds: how long others keep away.

    Returns:
        ``done``, ``busy`` where another execution is at it, ``same`` where they are applied.
    """
    if not state.claim(REGISTRY, owner, now, lease_seconds):
        return BUSY
    if state.applied(REGISTRY) == digest:
        state.release(REGISTRY, owner)
        return SAME
    try:
        apply()
    except BaseException:
        state.release(REGISTRY, owner)
        raise
    state.note(REGISTRY, owner, digest)
    return DONE


def main():
    """The task."""
    import boto3

    bucket, table = settings()
    folder = tempfile.mkdtemp()
    digest, _ = fetch(boto3.client("s3"), bucket, folder)
    command = [sys.executable, "-m", "feast.cli.cli", "--chdir", folder, "apply", "--skip-source-validation"]
    ended = run(
        os.environ["OWNER"],
        state=State(boto3.client("dynamodb"), table),
        digest=digest,
        apply=lambda: subprocess.run(command, check=True),  # noqa: S603 - our own words only
        now=datetime.now(UTC),
        lease_seconds=int(os.environ["LEASE_SECONDS"]),
    )
    print(f"definitions {digest[:12]}: {ended}")  # noqa: T201 - the log of the task
    if ended == BUSY:
        sys.exit("another execution applies definitions; this one ends, and is started again")


if __name__ == "__main__":
    main()
