"""Takes an ephemeral environment down, and writes down what is gone, what stays and what stands in the way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from platform_lib.core.ephemeral import KEY
from platform_lib.core.errors import EngineError, PlatformError, near
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.ephemeral.guard import refuse_by_name, refuse_by_state
from platform_lib.operations.ephemeral.model import Blocker, Deletion, Mark, Removed
from platform_lib.operations.ephemeral.place import Place
from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.operations.output import write_text
from platform_lib.operations.record import Record, is_provider, urn_name

Reason = Literal["asked", "expired"]


def destroy(place: Place, name: str, *, now: datetime, reason: Reason = "asked", unprotect: bool = False) -> Deletion:
    """Destroys an ephemeral environment.

    Args:
        place: the project on an engine.
        name: of its stack.
        now: the time.
        reason: why, for the record.
        unprotect: lift the protection of its resources first.

    Returns:
        The record; where something stands in the way, ``done`` is false and ``blockers`` say what.

    Raises:
        InputError: there is no such stack.
        RefusedError: the stack is no ephemeral environment, or is production: by name, by configuration or by state.
        PlatformError: its state or its files cannot be read.
    """
    mark = place.mark(name)
    if mark is None:
        raise _unmarked(place, name)
    refuse_by_name(name, place.environment(name), place.directory)
    stack = place.stack(name)
    if not stack.exists():
        place.forget(name) if place.engine == "sandbox" else place.file(name).unlink(missing_ok=True)
        return _record(place, name, mark, reason, now, [], [], [], done=True)
    deployment = stack.export()
    refuse_by_state(name, stack.project, deployment)
    before = managed(deployment)
    if unprotect and any(entry.get("protect") for entry in before):
        place.unprotect(name)
    record = Record()
    try:
        code = stack.run("destroy", sink=record)
    except EngineError as error:
        return _record(place, name, mark, reason, now, before, before, [Blocker(kind="locked", problem=str(error))])
    after = managed(stack.export()) if stack.exists() else []
    retained = {change.urn for change in record.retained}
    if code == 0 and not after:
        place.forget(name)
        return _record(place, name, mark, reason, now, before, after, [], retained=retained, done=True)
    return _record(place, name, mark, reason, now, before, after, blockers(record, after, stack), retained=retained)


def _unmarked(place: Place, name: str) -> PlatformError:
    """Why a stack without a mark is not destroyed: there is none of that name, or it is a permanent one."""
    states = place.states()
    if name not in states and not place.file(name).is_file():
        hint = near(name, states) or "`platform env list` shows those there are"
        return InputError(f"env: stack '{name}': there is no such stack; {hint}")
    return RefusedError(
        f"env: stack '{name}': is no ephemeral environment: nothing marks it as one ({KEY}); "
        "take a permanent stack down with the command of its engine"
    )


def blockers(record: Record, left: Sequence[Mapping[str, Any]], stack: EngineStack) -> list[Blocker]:
    """What kept a destroy from its end."""
    found = [
        Blocker(
            kind="protected",
            urn=str(entry["urn"]),
            problem=f"{urn_name(str(entry['urn']))} is protected",
            remedy=f"lift it: platform env destroy {stack.name} --unprotect",
        )
        for entry in left
        if entry.get("protect")
    ]
    protected = {item.urn for item in found}
    # The engine's own word about a protected resource tells nothing new; what a cloud refuses does.
    found += [
        Blocker(
            kind="failed",
            urn=item.urn,
            problem=item.message.strip(),
            remedy="remove what still uses or protects it in the cloud, then destroy again",
        )
        for item in record.diagnostics
        if item.severity == "error" and item.urn and item.urn not in protected
    ]
    if not found:
        texts = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
        found = [Blocker(kind="failed", problem=text) for text in texts] or [
            Blocker(kind="failed", problem="the destroy did not come to its end", remedy="run it again")
        ]
    return found


def managed(deployment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The resources of a state that stand for something in a cloud."""
    return [
        entry
        for entry in deployment.get("deployment", {}).get("resources") or ()
        if entry.get("custom") and not is_provider(str(entry["type"])) and not entry.get("external")
    ]


def _record(
    place: Place,
    name: str,
    mark: Mark | None,
    reason: Reason,
    now: datetime,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    stuck: Sequence[Blocker],
    *,
    retained: "set[str] | frozenset[str]" = frozenset(),
    done: bool = False,
) -> Deletion:
    kept = {(entry["urn"], entry.get("id")) for entry in after}
    gone = [entry for entry in before if (entry["urn"], entry.get("id")) not in kept]
    return Deletion(
        engine=place.engine,
        project=place.project.name,
        stack=name,
        reason=reason,
        mark=mark,
        at=now,
        done=done,
        deleted=_removed(entry for entry in gone if entry["urn"] not in retained),
        retained=_removed(entry for entry in gone if entry["urn"] in retained),
        left=_removed(after),
        blockers=tuple(stuck),
    )


def _removed(entries: Any) -> tuple[Removed, ...]:
    return tuple(Removed(urn=entry["urn"], type=entry["type"], id=entry.get("id") or "") for entry in entries)


def keep(deletion: Deletion, folder: Path) -> Path:
    """Writes a record into a folder, one file a destroy; an older one is never replaced.

    Raises:
        PlatformError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlatformError(f"env: record: {folder}: cannot be made, got {(error.strerror or '').lower()}") from error
    stem = f"{deletion.stack}-{deletion.at.strftime('%Y%m%dT%H%M%SZ')}"
    path, number = folder / f"{stem}.json", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.json", number + 1
    write_text(path, deletion.to_json())
    return path
