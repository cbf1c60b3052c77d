"""Compares the rotation ledgers of a stack with the clock.

A ledger is an output of ``VaultConfiguration`` (``rotation``), so that the state says what has to be rotated: no
program runs, and the servers are not asked. Components read no clock; this does.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from pydantic import ValidationError

from platform_lib.core.errors import PlatformError
from platform_lib.core.validation import findings_of
from platform_lib.core.values import has_secret, plain
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.gate.preview import deployed
from platform_lib.operations.secrets.model import Due, DueEntry, LedgerEntry, Rotation
from platform_lib.sandbox.engine.state import ResourceState

LEDGER: Final = "rotation"
"""The output of a component that holds its ledger."""

COMPONENT: Final = "platform-lib:index:VaultConfiguration"

_ORDER: Final = tuple(Rotation)


def find_due(stack: EngineStack, *, today: date, within_days: int, owner: str = "") -> Due:
    """What is due of a stack.

    Args:
        stack: on either engine.
        today: the day that ages are counted to.
        within_days: what counts as soon.
        owner: only entries of this team; empty for all.

    Raises:
        PlatformError: it is not deployed, holds no ledger, or one that cannot be read.
    """
    resources = deployed(stack).resources
    holders = [item for item in resources if item.type == COMPONENT and LEDGER in item.outputs]
    if not holders:
        problem = "holds no ledger" if resources else "is not deployed"
        remedy = "deploy a VaultConfiguration with it" if resources else "bring it up first"
        raise PlatformError(f"stack '{stack.name}': {problem}; {remedy}")
    entries = [
        judged(entry, today=today, within_days=within_days, component=item.urn.rpartition("::")[2])
        for item in holders
        for entry in read_ledger(item)
        if not owner or entry.owner == owner
    ]
    return Due(
        project=stack.project,
        stack=stack.name,
        engine=stack.engine,
        today=today,
        within_days=within_days,
        entries=tuple(sorted(entries, key=_weight)),
    )


def read_ledger(component: ResourceState) -> Iterable[LedgerEntry]:
    """The entries of a component.

    Raises:
        PlatformError: they are sealed, or are no entries.
    """
    name, held = component.urn.rpartition("::")[2], component.outputs[LEDGER]
    value = plain(held)
    if not isinstance(value, list):
        what = "a secret" if has_secret(held) else "no list"
        raise PlatformError(f"VaultConfiguration '{name}': {LEDGER}: must be a list of entries, got {what}")
    for index, item in enumerate(value):
        try:
            yield LedgerEntry.model_validate(_map(item))
        except ValidationError as error:
            wrong = "; ".join(str(finding) for finding in findings_of(error, LedgerEntry))
            raise PlatformError(f"VaultConfiguration '{name}': {LEDGER}[{index}]: {wrong}") from None


def _map(item: Any) -> Mapping[str, Any]:
    return item if isinstance(item, Mapping) else {}


def judged(entry: LedgerEntry, *, today: date, within_days: int, component: str) -> DueEntry:
    """An entry with what the clock says about it; it may be as old as its maximum, and no day older.

    Raises:
        PlatformError: its last rotation is no day.
    """
    common = {name: getattr(entry, name) for name in ("name", "kind", "path", "owner", "maximum_age_days")}
    if entry.rotated_by == "engine":
        return DueEntry(component=component, status=Rotation.BY_ENGINE, **common)
    try:
        last = date.fromisoformat(entry.last_rotated)
    except ValueError:
        problem = f"last_rotated is not a day, got '{entry.last_rotated}'"
        raise PlatformError(f"VaultConfiguration '{component}': {LEDGER}: {entry.name}: {problem}") from None
    due = last + timedelta(days=entry.maximum_age_days)
    left = (due - today).days
    status = Rotation.FRESH
    if last > today:
        status = Rotation.FUTURE
    elif left < 0:
        status = Rotation.OVERDUE
    elif left <= within_days:
        status = Rotation.SOON
    return DueEntry(component=component, status=status, last_rotated=last, due=due, days_left=left, **common)


def _weight(entry: DueEntry) -> tuple[int, date, str, str]:
    return _ORDER.index(entry.status), entry.due or date.max, entry.component, entry.name
