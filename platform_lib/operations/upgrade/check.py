"""Runs the old and the new version against a state and tells what the upgrade does."""

import difflib
import json
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from platform_lib.core.errors import PlatformError
from platform_lib.operations.errors import InputError
from platform_lib.operations.git import Repository
from platform_lib.operations.record import Change, Record, urn_name, urn_type
from platform_lib.operations.upgrade.checkout import Version, old_version, throw_away
from platform_lib.operations.upgrade.contract import contract_changes
from platform_lib.operations.upgrade.model import Lost, Renamed, UpgradeReport, bump_of, next_version
from platform_lib.sandbox.engine.event import Event, StepEvent
from platform_lib.sandbox.workspace import Workspace

COMPONENTS = "platform_lib.components"
"""The package whose components are compared where no other is named."""


def read_state(path: Path) -> Mapping[str, Any]:
    """An exported state.

    Raises:
        InputError: it cannot be read as JSON.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"check-upgrade: --state: {path}: cannot be read as JSON, got: {error}; give the file of `stack export`"
        ) from error
    if not isinstance(document, dict):
        raise InputError(f"check-upgrade: --state: {path}: is no state; give the file of `stack export`")
    return document


def stack_of(document: Mapping[str, Any]) -> str:
    """The stack that a state is of, as its URNs have it; empty for a state without resources."""
    for entry in document.get("deployment", {}).get("resources") or ():
        return str(entry.get("urn", "")).split("::", 1)[0].removeprefix("urn:pulumi:")
    return ""


def check_upgrade(
    workspace: Workspace,
    since: str,
    stack: str,
    document: Mapping[str, Any] | None,
    *,
    components: str = COMPONENTS,
    python: Path | None = None,
) -> UpgradeReport:
    """What becomes of a stack when the work tree's program and library take over from an old revision's.

    Both are previewed on the sandbox, each against a copy of the state that nobody misses. What the old version would
    change as well is not the upgrade's doing and is told apart.

    Args:
        workspace: of the project in the work tree.
        since: the old revision.
        stack: the stack; both versions need its file.
        document: its state; None for the state that the old version makes on a sandbox of its own.
        components: package whose components are compared.
        python: interpreter of the old version, where it needs other packages than this one has; None for this one.

    Raises:
        UnknownNameError: there is no such revision.
        InputError: the state or the old revision are not right.
        PlatformError: a program fails.
    """
    directory = workspace.project.root
    repository = Repository(directory)
    with tempfile.TemporaryDirectory(prefix="platform-") as made:
        folder = Path(made)
        old = old_version(repository, directory, since, folder / "old", python)
        new = Version(repository.root, directory)
        if document is None:
            fresh = folder / "fresh"
            document = old.up(stack, fresh)
            workspace = Workspace(directory, sandbox_dir=fresh, env=workspace.env)
        one, other = (throw_away(workspace, folder / name, document, stack) for name in ("before", "after"))
        with ThreadPoolExecutor(max_workers=3) as pool:  # each waits for a process of its own
            previewed = pool.submit(old.preview, stack, one)
            contracts = [pool.submit(version.contract, components) for version in (old, new)]
            record, renamed = _preview(workspace, other, stack)
            before = previewed.result()
            contract = contract_changes(*(item.result() for item in contracts))
        number = old.number
    pending = {(item["urn"], item["action"]) for item in before["changes"]}
    moved = [item for item in record.moved if (item.urn, item.action) not in pending]
    lost = _lost(moved)
    bump = bump_of(bool(lost), bool(moved or renamed), contract)
    return UpgradeReport(
        since=since,
        commit=old.commit,
        project=workspace.project.name,
        stack=stack,
        lost=tuple(lost),
        renamed=tuple(renamed),
        created=tuple(item.urn for item in moved if item.action == "create"),
        updated=tuple(item.urn for item in moved if item.action == "update"),
        pending=tuple(sorted({urn for urn, _ in pending})),
        contract=contract,
        bump=bump,
        version=number,
        next_version=next_version(number, bump),
    )


def _preview(workspace: Workspace, sandbox: Path, stack: str) -> tuple[Record, list[Renamed]]:
    record, renamed = Record(), dict[str, str]()

    def hear(event: Event) -> None:
        record(event)
        if isinstance(event, StepEvent) and event.old and event.old.urn != event.urn and event.op != "delete":
            renamed[event.old.urn] = event.urn

    fresh = Workspace(workspace.project.root, sandbox_dir=sandbox, env=workspace.env)
    result = fresh.stack(stack).run("preview", sink=hear)
    if result.exit_code:
        errors = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
        text = "\n".join(errors) or "the preview failed"
        raise PlatformError(f"check-upgrade: the work tree: its preview fails:\n{text}")
    return record, [Renamed(old=old, new=new) for old, new in sorted(renamed.items())]


def _lost(moved: Sequence[Change]) -> list[Lost]:
    made = [item for item in moved if item.action == "create"]
    found = []
    for item in moved:
        if item.action not in ("replace", "delete"):
            continue
        # A name that changed without an alias shows as one that goes and one of its type that comes.
        twins = [other.urn for other in made if other.type == urn_type(item.urn)] if item.action == "delete" else []
        found.append(
            Lost(
                urn=item.urn,
                type=item.type,
                action="replace" if item.action == "replace" else "delete",
                keys=item.keys or tuple(change.path for change in item.properties if change.replaces),
                protected=item.protected,
                stateful=item.stateful,
                likely=_closest(item.urn, twins),
            )
        )
    return sorted(found, key=lambda one: (not (one.stateful or one.protected), one.urn))


def _closest(urn: str, others: Sequence[str]) -> str:
    names = {urn_name(other): other for other in others}
    best = difflib.get_close_matches(urn_name(urn), list(names), n=1, cutoff=0.0)
    return names[best[0]] if best else ""
