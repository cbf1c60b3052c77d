"""Verifies the records of a project offline: each by itself, and the evidence in one against the record it is of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_lib.operations.errors import InputError
from platform_lib.operations.ledger.entry import Evidence, RecordError
from platform_lib.operations.ledger.ledger import History, Ledger


@dataclass(frozen=True, slots=True)
class Verified:
    """A record that holds.

    Attributes:
        ledger: where it is.
        history: what it says.
    """

    ledger: Ledger
    history: History


def find_ledgers(folder: Path) -> list[Ledger]:
    """The records in a folder.

    Raises:
        InputError: there is no such folder, or no record in it.
    """
    found = [
        Ledger(folder, path.parent.name, path.name)
        for path in sorted(folder.glob("*/*"))
        if path.is_dir() and not path.name.startswith(".")
    ]
    if not found:
        raise InputError(f"record: {folder}: holds no record; give the folder that `platform record init` made")
    return found


def verify_records(
    ledgers: Sequence[Ledger], *, pins: Mapping[str, str] | None = None, heads: Mapping[str, str] | None = None
) -> list[Verified]:
    """Verifies records: every signature, the chain, that each deployment was allowed, and the evidence among them.

    Args:
        ledgers: which.
        pins: SHA-256 of the decisions that a record must begin with, by stack; under an empty name for every stack.
        heads: SHA-256 of the entry that a record must end with, by stack.

    Raises:
        RecordError: one is not what the pipeline wrote.
        InputError: a pin or head names no record.
    """
    names = {ledger.stack for ledger in ledgers}
    for given in (pins or {}, heads or {}):
        for name in given:
            if name and name not in names:
                raise InputError(f"record: stack '{name}': has no record there; there are {', '.join(sorted(names))}")
    found = [
        Verified(
            ledger,
            ledger.read(
                pin=(pins or {}).get(ledger.stack, (pins or {}).get("", "")), head=(heads or {}).get(ledger.stack, "")
            ),
        )
        for ledger in ledgers
    ]
    by_stack = {(item.ledger.project, item.ledger.stack): item.history for item in found}
    for item in found:
        for stored in item.history.entries:
            started = stored.entry.started
            if started is not None and started.evidence is not None:
                below = by_stack.get((item.ledger.project, started.evidence.stack))
                _agrees(started.evidence, below, f"{item.ledger.subject}: entry {stored.entry.sequence}")
    return found


def _agrees(evidence: Evidence, below: History | None, subject: str) -> None:
    """Raises where the record below does not say what evidence says of it."""
    where = f"{subject}: evidence: entry {evidence.entry} of the record of '{evidence.stack}'"
    if below is None:
        raise RecordError(f"{where}: that record is not here; bring it too")
    stored = below.entries[evidence.entry - 1] if 0 < evidence.entry <= len(below.entries) else None
    if stored is None or stored.sha256 != evidence.entry_sha256 or stored.entry.finished is None:
        raise RecordError(f"{where}: is another entry; bring back the record as it was")
    begun = below.entries[stored.entry.finished.started - 1].entry.started
    says = (
        stored.entry.finished.outcome,
        stored.entry.created,
        begun and begun.proposal.commit,
        begun and begun.proposal.rules,
        begun and begun.verdict.verdict.value,
    )
    if says != ("done", evidence.finished, evidence.commit, evidence.rules, evidence.verdict):
        raise RecordError(f"{where}: does not say what the evidence says of it")
