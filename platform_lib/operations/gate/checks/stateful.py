"""What would be lost: resources that hold something, or are protected, and would be replaced or deleted."""

from collections.abc import Iterator

from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.checks.network import NETWORK
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity
from platform_lib.operations.record import Change

LOSS = "stateful-loss"
PROTECTED = "protected-loss"
UNMANAGED = "left-in-the-cloud"


def look(given: GateInput) -> Looked:
    """Refuses the loss of what holds data, keys, logs, backups or identities, and of whatever is protected."""
    record = given.preview.record
    findings = [*_losses(given), *_retained(given)]
    lost = sum(finding.check == LOSS for finding in findings)
    gone = sum(change.loses for change in record.changes)
    summary = f"{count(gone, 'resource')} would be replaced or deleted, {lost or 'none'} of them holding something"
    return Looked(summary, findings)


def _losses(given: GateInput) -> Iterator[GateFinding]:
    for change in given.preview.record.changes:
        if not change.loses or not (change.stateful or change.protected) or change.type in NETWORK:
            continue
        why = ", ".join(filter(None, (change.stateful, "is protected" if change.protected else "")))
        yield GateFinding(
            check=LOSS if change.stateful else PROTECTED,
            effect=given.strict,
            severity=Severity.CRITICAL if change.stateful else Severity.HIGH,
            subject=change.urn,
            problem=f"would be {_verb(change)} and {why}{because(change)}",
            remedy=remedy(change),
            path=change.keys[0] if change.keys else "",
            source=given.source(change.urn),
        )


def _retained(given: GateInput) -> Iterator[GateFinding]:
    for change in given.preview.record.retained:
        yield GateFinding(
            check=UNMANAGED,
            effect=Effect.ADVISE,
            severity=Severity.MEDIUM,
            subject=change.urn,
            problem="leaves the state and stays in the cloud (retain_on_delete), where nothing manages it any more",
            remedy="import it elsewhere, or note who removes it",
            source=given.source(change.urn),
        )


def _verb(change: Change) -> str:
    return "replaced" if change.action == "replace" else "deleted"


def forced_by(change: Change) -> list[str]:
    """The property paths that force a replacement, each with a mark where that is only inferred."""
    found = [f"{item.path}{' (inferred)' if item.inferred else ''}" for item in change.properties if item.replaces]
    return found or list(change.keys)


def because(change: Change) -> str:
    """Why a resource is replaced, as the tail of a sentence; empty where it is deleted."""
    forced = forced_by(change)
    return f", because of {', '.join(forced)}" if change.action == "replace" and forced else ""


def remedy(change: Change) -> str:
    """What to do about a loss."""
    if change.action == "replace":
        undo = f"put {', '.join(change.keys) or 'the properties'} back"
        return f"{undo}, or move what it holds first and excuse this one loss in governance/gate.yaml"
    return (
        "keep it in the program (an alias where it was renamed or moved), "
        "or move what it holds first and excuse this one loss in governance/gate.yaml"
    )
