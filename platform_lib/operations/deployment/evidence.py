"""Gathers what the environment below shows about a commit, for a promotion from it."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from platform_lib.core.errors import PlatformError, reason_of
from platform_lib.core.validation import findings_of
from platform_lib.operations.deployment.junit import read_report
from platform_lib.operations.deployment.target import Target
from platform_lib.operations.drift.model import Drift
from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.operations.governance.environments import Environment, Gate
from platform_lib.operations.governance.governance import Governance
from platform_lib.operations.ledger.entry import DriftCheck, Evidence, sha256
from platform_lib.operations.ledger.ledger import History, Stored

LookForDrift = Callable[[], Drift]


def gather(
    target: Target,
    environment: Environment,
    below: Environment,
    governance: Governance,
    commit: str,
    *,
    tests: Path | None,
    drift: LookForDrift | None,
) -> Evidence | None:
    """The evidence of the environment below.

    Args:
        target: the stack that is deployed to.
        environment: that it is.
        below: the one below.
        governance: the decisions that hold for the deployment.
        commit: that is promoted.
        tests: a JUnit report of it; None for none.
        drift: looks for drift below; None where nobody can, and the evidence then lacks it.

    Returns:
        None where the commit was never deployed below.

    Raises:
        RecordError: the record below is not what its pipeline wrote.
        RefusedError: it was written by a pipeline that these decisions do not know.
        PlatformError: a report cannot be read, or drift cannot be looked for.
    """
    stack = target.open_stack(below.stack_name)
    ledger = target.ledger(stack)
    if not ledger.exists():
        raise RefusedError(f"{ledger.subject}: there is none; open it with `platform record init`, or bring it back")
    history = ledger.anchored()
    found = history.deployed(commit)
    if found is None:
        return None
    started, finished = found
    _known(finished, below, governance, ledger.subject)
    report = read_report(tests, commit) if tests and Gate.TESTS in environment.gates else None
    looked = drift() if drift and Gate.DRIFT in environment.gates else None
    return Evidence(
        environment=below.name,
        stack=below.stack_name,
        commit=commit,
        entry=finished.entry.sequence,
        entry_sha256=finished.sha256,
        finished=finished.entry.created,
        replaced=_replaced(history, finished),
        verdict=started.verdict.verdict.value,
        rules=started.proposal.rules,
        tests=report,
        drift=None if looked is None else drift_check(looked, below),
    )


def _known(finished: Stored, below: Environment, governance: Governance, subject: str) -> None:
    if not governance.approvers.deployer_of(finished.key_id, below.name):
        raise RefusedError(
            f"{subject}: entry {finished.entry.sequence}: was signed by {finished.key_id}, which is no deployer of "
            f"'{below.name}' in the decisions that hold here; promote the commit that brings the key first"
        )


def _replaced(history: History, finished: Stored) -> datetime | None:
    """When the next successful deployment ended; None where there was none."""
    after = [
        item.entry.created
        for item in history.entries
        if item.entry.finished and item.entry.finished.outcome == "done"
        if item.entry.sequence > finished.entry.sequence
    ]
    return after[0] if after else None


def drift_check(drift: Drift, environment: Environment) -> DriftCheck:
    """A look for drift as evidence.

    Raises:
        RefusedError: it is of another stack.
    """
    if drift.stack.rpartition("/")[2] != environment.stack_name:
        raise RefusedError(
            f"drift: the look is at stack '{drift.stack}', got '{environment.stack_name}' below; look at that one"
        )
    return DriftCheck(
        checked=drift.checked,
        looked_at=drift.looked_at,
        drifted=drift.drifted,
        sha256=sha256(drift.to_json().encode()),
    )


def read_drift(file: Path) -> Drift:
    """A look for drift as ``platform drift --json`` printed it.

    Raises:
        InputError: it is none.
        PlatformError: it cannot be read.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = reason_of(error)
        raise PlatformError(
            f"drift {file}: cannot be read, got {reason}; give a file of `platform drift --json`"
        ) from error
    except ValueError as error:
        raise InputError(f"drift {file}: is not JSON, {error}; give a file of `platform drift --json`") from None
    if isinstance(data, dict):
        data = {key: value for key, value in data.items() if key not in ("settled", "left")}
    try:
        return Drift.model_validate(data)
    except ValidationError as error:
        first = findings_of(error, Drift)[0]
        raise InputError(f"drift {file}: {first}; give a file of `platform drift --json`") from None
