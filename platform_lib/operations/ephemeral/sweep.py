"""Lists and sweeps: expired environments, orphan states, resources without a state, destroys that are stuck."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from platform_lib.core.errors import PlatformError
from platform_lib.operations.ephemeral.destroy import destroy, managed
from platform_lib.operations.ephemeral.guard import harmless, permanent, tagged_environment
from platform_lib.operations.ephemeral.model import (
    Blocker,
    Deletion,
    Mark,
    MarkError,
    Orphan,
    Removed,
    Row,
    Status,
    Stray,
    Sweep,
)
from platform_lib.operations.ephemeral.place import Place
from platform_lib.operations.errors import RefusedError

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.store import Row as CloudRow
    from platform_lib.sandbox.workspace import Workspace


def listed(place: Place, *, now: datetime) -> list[Row]:
    """The ephemeral environments, by name."""
    states = place.states()
    return [
        Row(
            name=name,
            status=_status(place, name, mark, now, up=name in states),
            mark=mark,
            resources=_held(place, name, states),
            file=place.file(name).is_file(),
        )
        for name, mark in _marks(place, states)
    ]


def sweep(
    place: Place, *, now: datetime, dry_run: bool = False, unprotect: bool = False, strays: bool = False
) -> Sweep:
    """Destroys what is expired, removes orphan states that hold nothing, and tells of the rest.

    Args:
        place: the project on an engine.
        now: the time.
        dry_run: only tell.
        unprotect: lift the protection of resources of expired environments.
        strays: delete resources without a state too, where they are known not to be production's.

    Returns:
        What was found and done; what is production's, or may be, is refused one by one and told.
    """
    states = place.states()
    damaged: dict[str, str] = {}
    marks = dict(_marks(place, states, damaged))
    expired = [name for name, mark in marks.items() if mark.expired(now)]
    deletions: list[Deletion] = []
    if not dry_run:
        deletions += [_destroyed(place, name, marks[name], now, unprotect=unprotect) for name in expired]
    unmarked = [name for name in states if name not in marks and name not in damaged]
    orphans, emptied = _orphans(place, unmarked, now, dry_run=dry_run)
    orphans += [Orphan(stack=name, resources=_held(place, name, states), why=why) for name, why in damaged.items()]
    found, removed = _strays(place, now, delete=strays and not dry_run)
    return Sweep(
        engine=place.engine,
        project=place.project.name,
        at=now,
        dry_run=dry_run,
        expired=tuple(expired),
        deletions=(*deletions, *emptied, *removed),
        orphans=tuple(orphans),
        strays=tuple(found),
        strays_looked_for=place.workspace is not None,
    )


def _marks(place: Place, states: list[str], damaged: dict[str, str] | None = None) -> Iterator[tuple[str, Mark]]:
    """The marks by stack; those that are damaged go into ``damaged`` with what is wrong, or are an error."""
    for name in sorted({*states, *place.project.stacks()}):
        try:
            mark = place.mark(name) if place.file(name).is_file() or name in states else None
        except MarkError as error:
            if damaged is None:
                raise
            damaged[name] = str(error)
            continue
        if mark is not None:
            yield name, mark


def _held(place: Place, name: str, states: list[str]) -> int:
    return len(managed(place.stack(name).export())) if name in states else 0


def _status(place: Place, name: str, mark: Mark, now: datetime, *, up: bool) -> Status:
    if up and place.failed_destroy(name):
        return Status.STUCK
    return Status.EXPIRED if mark.expired(now) else Status.LIVE


def _destroyed(place: Place, name: str, mark: Mark, now: datetime, *, unprotect: bool) -> Deletion:
    try:
        return destroy(place, name, now=now, reason="expired", unprotect=unprotect)
    except PlatformError as error:
        return Deletion(
            engine=place.engine,
            project=place.project.name,
            stack=name,
            reason="expired",
            mark=mark,
            at=now,
            done=False,
            blockers=(Blocker(kind="production" if isinstance(error, RefusedError) else "failed", problem=str(error)),),
        )


def _orphans(place: Place, names: list[str], now: datetime, *, dry_run: bool) -> tuple[list[Orphan], list[Deletion]]:
    """States whose stack has no file here: what holds nothing is removed, the rest is told."""
    lasting, orphans, removed = permanent(place.directory), list[Orphan](), list[Deletion]()
    for name in names:
        if place.file(name).is_file():
            continue
        held = _held(place, name, names)
        if name in lasting:
            orphans.append(
                Orphan(
                    stack=name,
                    resources=held,
                    why="has no stack file, and is a permanent environment; put its file back",
                )
            )
        elif held:
            why = "has no stack file, so its environment counts as production; put the file back, then destroy it"
            orphans.append(Orphan(stack=name, resources=held, why=why))
        elif dry_run:
            orphans.append(
                Orphan(stack=name, resources=0, why="has no stack file and holds nothing: a sweep removes it")
            )
        else:
            place.forget(name)
            removed.append(
                Deletion(
                    engine=place.engine,
                    project=place.project.name,
                    stack=name,
                    reason="empty-orphan",
                    at=now,
                    done=True,
                )
            )
    return orphans, removed


def _strays(place: Place, now: datetime, *, delete: bool) -> tuple[list[Stray], list[Deletion]]:
    """What the sandbox cloud holds and no state of any project on it does."""
    if place.workspace is None:
        return [], []
    known, busy = _known(place.workspace)
    found, removed = list[Stray](), list[Deletion]()
    with place.workspace.cloud() as cloud:
        for row in cloud.ls():
            if (row.type, row.id) in known or _stack_of(row) in busy:
                continue
            stray = _stray(place, row)
            if not (delete and stray.deletable):
                found.append(stray)
                continue
            cloud.remove(f"{row.type}={row.id}")
            removed.append(
                Deletion(
                    engine="sandbox",
                    project=place.project.name,
                    stack=stray.stack,
                    reason="stray",
                    at=now,
                    done=True,
                    deleted=(Removed(urn=row.urn, type=row.type, id=row.id),),
                )
            )
    return found, removed


def _known(workspace: "Workspace") -> tuple[set[tuple[str, str]], set[str]]:
    """What states hold, of all projects that share the sandbox; and stacks of this one that something works on."""
    known: set[tuple[str, str]] = set()
    for path in sorted((workspace.directory / "stacks").glob("*/*.json")):
        entries = json.loads(path.read_text(encoding="utf-8")).get("deployment", {}).get("resources") or ()
        known |= {(entry["type"], entry.get("id", "")) for entry in entries}
    busy = {name for name in workspace.stacks() if workspace.stack(name).lock_holder() is not None}
    for name in workspace.stacks():
        # A killed run has told its journal what the file does not have yet.
        known |= {(item.type, item.id) for item in workspace.stack(name).state().resources}
    return known, busy


def _stack_of(row: "CloudRow") -> str:
    return row.urn.split("::", 1)[0].removeprefix("urn:pulumi:") if row.urn else ""


def _stray(place: Place, row: "CloudRow") -> Stray:
    stack = _stack_of(row)
    tagged = tagged_environment({**row.outputs, **row.inputs})
    mark = place.mark(stack) if stack and (place.file(stack).is_file() or place.workspace is None) else None
    why = ""
    if stack in permanent(place.directory) or (tagged and not harmless(tagged)):
        why = "is, or was, production's or a permanent environment's"
    elif mark is None and not harmless(tagged or _environment(place, stack)):
        why = "its environment is not known, which counts as production"
    return Stray(type=row.type, id=row.id, urn=row.urn, stack=stack, deletable=not why, why=why)


def _environment(place: Place, stack: str) -> str:
    return place.environment(stack) if stack and place.file(stack).is_file() else ""
