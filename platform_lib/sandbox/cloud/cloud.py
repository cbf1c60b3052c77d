"""The fake cloud: what providers act on, and what tests and the command line look at, edit and disturb."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from platform_lib.core.errors import CloudError, near
from platform_lib.core.values import Properties, Secret, redacted
from platform_lib.sandbox.cloud import path as paths
from platform_lib.sandbox.cloud.clock import Clock
from platform_lib.sandbox.cloud.fault import Fault, FaultRule
from platform_lib.sandbox.cloud.fixture import Fixtures
from platform_lib.sandbox.cloud.package import package as package_of
from platform_lib.sandbox.cloud.provider import CloudProvider
from platform_lib.sandbox.cloud.store import Row, Standing, Store
from platform_lib.sandbox.protocol import InitializationError, Provider, ProviderError

DEFAULT_TIMEOUT_SECONDS = 1200.0
"""What a create, update or delete may take by the cloud's clock when the program sets no timeout (an assumption: the
providers' own defaults go from 5 minutes to 2 hours by type)."""


@dataclass(slots=True)
class Call:
    """A provider call under way; ``trouble`` is why what it makes will not be ready."""

    trouble: str = ""

    def raise_unready(self, row: Row, inputs: Properties) -> None:
        """Says that the resource is there but not ready, where a fault says so.

        Raises:
            InitializationError: with what was made.
        """
        if self.trouble:
            raise InitializationError(
                self.trouble, id=row.id, outputs=row.outputs, inputs=inputs, reasons=[self.trouble]
            )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the call log."""

    at: str
    method: str
    subject: str
    error: str


class _Calling:
    """The block of one provider call."""

    __slots__ = ("_alone", "_asked", "_cloud", "_limit")

    def __init__(self, cloud: "Cloud", operation: str, token: str, urn: str, region: str, timeout: float) -> None:
        self._cloud = cloud
        self._asked = operation, token, urn, region, timeout
        self._alone = operation not in {"check", "read", "invoke"}
        self._limit = 0

    def __enter__(self) -> Call:
        cloud = self._cloud
        standing = cloud.store.standing()
        self._limit = int(standing.settings.get("log_entries", 0))
        try:
            call = cloud.admit(standing, *self._asked)
            if self._alone:
                cloud.store.begin()
        except BaseException as error:
            self._note(error)
            raise
        return call

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if self._alone:
                self._cloud.store.end(error)
        finally:
            self._note(error)

    def _note(self, error: BaseException | None) -> None:
        if self._limit:
            operation, token, urn, _, _ = self._asked
            text = str(error) if isinstance(error, ProviderError) else ""
            self._cloud.note_call(operation, urn or token, text, self._limit)


class Cloud:
    """The sandbox cloud; implements ``platform_lib.sandbox.protocol.Providers``.

    Open one with ``open_cloud``. All methods may be called from several threads; several processes may have the same
    file
    open. Looking at it: ``ls``, ``show``, ``find_created``, ``log``. Acting behind the program's back: ``edit``,
    ``remove``.
    Disturbing it: ``inject``, ``clear_faults``, ``take_down``, ``bring_up``. Its time: ``clock``. Emptying it:
    ``reset``.

    A resource is addressed (``target``) by its URN, its id, or ``<type token>=<id>`` where ids alone are ambiguous.

    Args:
        path: of the SQLite file; None keeps everything in memory.
        fixtures: YAML or JSON file with answers of look-ups; ``fixtures.yaml`` beside the cloud's file when None.
        assume_references: a value that names no resource of the cloud is taken for something outside it, instead of
        being
            refused: for tests of a part that gets made-up ids.

    Raises:
        CloudError: the file is damaged, too new, or its key is missing; the text says what to do.
    """

    def __init__(self, path: Path | None, fixtures: Path | None = None, *, assume_references: bool = False) -> None:
        self.assume_references = assume_references
        self.store = Store(path)
        self.clock = Clock(self.store)
        beside = path.with_name("fixtures.yaml") if path is not None else None
        self.fixtures = Fixtures(fixtures if fixtures is not None else beside, required=fixtures is not None)

    def open(self, package: str, version: str) -> Provider:
        """A new provider instance for the package.

        Raises:
            EngineError: the sandbox does not simulate it; the text names those that it does.
        """
        return CloudProvider(self, package_of(package), version)

    def close(self) -> None:
        """Closes the file."""
        self.store.close()

    def __enter__(self) -> "Cloud":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What the engine asks after an interruption

    def find_created(self, urn: str, known_ids: Sequence[str] = ()) -> list[Row]:
        """What this URN has made that the caller does not know: the find of an interrupted create.

        A create is one transaction: after a kill the resource is there whole, or not at all. An engine that finds a
        pending
        ``creating`` for a URN asks here with the ids that its state holds for the URN (the old copy of a replacement
        included); it adopts the newest row, or creates when there is none. An interrupted update is sent again, an
        interrupted delete too: deleting what is gone is fine.

        Args:
            urn: of the interrupted create.
            known_ids: ids of the URN's resources that the state has.

        Returns:
            Rows with id, inputs and outputs (secrets marked), oldest first.
        """
        return [row for row in self.store.by_urn(urn) if row.id not in known_ids]

    def knows(self, value: str) -> bool:
        """Whether a reference to the value counts as good although no resource of the cloud has it."""
        return self.assume_references or self.fixtures.mentions(value)

    # Looking

    def ls(self, *, package: str = "*", type: str = "*", region: str = "*", implied: bool = False) -> list[Row]:
        """Resources by pattern, in order of creation.

        Args:
            package: pattern of the package.
            type: pattern of the type token.
            region: pattern of the region.
            implied: also what the cloud made on its own (default security groups).
        """
        return [
            row
            for row in self.store.rows()
            if fnmatchcase(row.package, package)
            and fnmatchcase(row.type, type)
            and fnmatchcase(row.region, region)
            and (implied or row.owner is None)
        ]

    def find(self, target: str) -> Row:
        """One resource by target, secrets marked.

        Raises:
            CloudError: nothing or more than one goes by it.
        """
        type_, equals, id_ = target.partition("=")
        if target.startswith("urn:pulumi:"):
            rows = self.store.by_urn(target)
        elif equals and type_.count(":") == 2 and not type_.startswith("arn:"):
            rows = [row for row in self.store.by_id(id_) if row.type == type_]
        else:
            rows = self.store.by_id(target)
        if len(rows) == 1:
            return rows[0]
        if not rows:
            known = [row.urn if target.startswith("urn:") else row.id for row in self.store.rows()]
            hint = near(target, known)
            raise CloudError(
                f"sandbox cloud: {target}: no such resource; {hint or 'list them by `platform sandbox ls`'}"
            )
        choice = ", ".join(f"{row.type}={row.id}" for row in rows)
        raise CloudError(f"sandbox cloud: {target}: {len(rows)} resources go by it; say which: {choice}")

    def show(self, target: str, *, secrets: bool = False) -> Properties:
        """Everything known of a resource as plain data; secrets read ``[secret]`` unless asked for.

        Raises:
            CloudError: nothing or more than one goes by the target.
        """
        row = self.find(target)
        return {
            "type": row.type,
            "id": row.id,
            "urn": row.urn,
            "package": row.package,
            "scope": row.scope,
            "region": row.region,
            "version": row.version,
            "created": row.created,
            "modified": row.modified,
            "inputs": row.inputs if secrets else redacted(row.inputs),
            "outputs": row.outputs if secrets else redacted(row.outputs),
        }

    # Acting behind the program's back

    def edit(self, target: str, path: str, value: Any = paths.MISSING) -> Row:
        """Changes a property of a resource behind the program's back, or removes it where no value is given.

        Inputs of that path change with the outputs, so that a refresh shows the drift and the next update mends it; a
        secret stays a secret. The property need not be there, but its top-level name must be one of the type.

        Raises:
            CloudError: no such resource, no such property, or the path does not fit what is there.
        """
        from platform_lib.sandbox.cloud import schemas  # the schema package is heavy for who only lists

        with self.store.transaction():
            row = self.find(target)
            schema = schemas.resource(row.type)
            top = str(paths.parse(path)[0]) if path else ""
            names = schema.inputs.keys() | schema.outputs.keys()
            if top not in names:
                hint = near(top, names)
                raise CloudError(
                    f"sandbox cloud: {row.type} '{row.id}': {path}: no such property{f'; {hint}' if hint else ''}"
                )
            if top in schema.inputs:
                row.inputs = _changed(row.inputs, path, value)
            if top in schema.outputs or top not in schema.inputs:
                row.outputs = _changed(row.outputs, path, value)
            if top == "tags" and "tagsAll" in row.outputs:
                row.outputs = _changed(row.outputs, "tagsAll" + path[len("tags") :], value)
            row.version += 1
            row.modified = self.clock.stamp()
            self.store.save(row)
            self._note(row, f"removed {path}" if value is paths.MISSING else f"set {path}")
        return row

    def remove(self, target: str) -> Row:
        """Deletes a resource behind the program's back, whatever still needs it.

        Raises:
            CloudError: nothing or more than one goes by the target.
        """
        with self.store.transaction():
            row = self.find(target)
            self.store.remove(row.row)
            self._note(row, "deleted")
        return row

    def _note(self, row: Row, change: str) -> None:
        self.store.query(
            "INSERT INTO edit (at, type, id, urn, change) VALUES (?, ?, ?, ?, ?)",
            (self.clock.stamp(), row.type, row.id, row.urn, change),
        )

    def edits(self) -> list[tuple[str, str, str, str, str]]:
        """Edits so far as (at, type, id, urn, change), oldest first; values are not kept."""
        return [
            (a, b, c, d, e)
            for a, b, c, d, e in self.store.query("SELECT at, type, id, urn, change FROM edit ORDER BY number")
        ]

    # Disturbing

    def inject(self, rule: FaultRule) -> int:
        """Puts a fault rule in force and answers its number."""
        with self.store.transaction():
            self.store.query("INSERT INTO fault (rule, seen, fired) VALUES (?, 0, 0)", (rule.dumps(),))
            return int(self.store.query("SELECT last_insert_rowid()")[0][0])

    def faults(self) -> list[Fault]:
        """The fault rules in force with their counts."""
        found = self.store.query("SELECT number, rule, seen, fired FROM fault ORDER BY number")
        return [Fault(number, FaultRule.loads(text), seen, fired) for number, text, seen, fired in found]

    def clear_faults(self, number: int | None = None) -> None:
        """Lifts one rule, or all.

        Raises:
            CloudError: no rule has the number.
        """
        if number is None:
            self.store.query("DELETE FROM fault")
        elif not self.store.query("DELETE FROM fault WHERE number = ? RETURNING number", (number,)):
            raise CloudError(f"sandbox cloud: no fault has number {number}; list them by `platform sandbox fault`")

    def take_down(self, region: str) -> None:
        """Takes a region down: every call about something in it fails, look-ups too; what is global goes on."""
        self.store.query("INSERT OR IGNORE INTO outage VALUES (?, ?)", (region, self.clock.stamp()))

    def bring_up(self, region: str) -> None:
        """Ends the outage of a region.

        Raises:
            CloudError: the region is not down.
        """
        if not self.store.query("DELETE FROM outage WHERE region = ? RETURNING region", (region,)):
            down = ", ".join(self.down()) or "none is"
            raise CloudError(f"sandbox cloud: region '{region}' is not down (down: {down})")

    def down(self) -> dict[str, str]:
        """Regions that are down, with the time since when."""
        return dict(self.store.query("SELECT region, since FROM outage ORDER BY region"))

    # The log

    def keep_log(self, entries: int) -> None:
        """Keeps the last ``entries`` calls from now on; 0 keeps none (the default: a log costs a write per call)."""
        self.store.set_setting("log_entries", str(entries) if entries > 0 else None)

    def log(self) -> list[Entry]:
        """The calls that were kept, oldest first; arguments and values are never logged."""
        return [
            Entry(*found) for found in self.store.query("SELECT at, method, subject, error FROM call ORDER BY number")
        ]

    # Emptying

    def reset(self) -> None:
        """Empties the cloud: resources, faults, outages, edits, log, clock."""
        with self.store.transaction():
            for table in ("resource", "link", "made", "fault", "outage", "edit", "call", "setting"):
                self.store.query(f"DELETE FROM {table}")  # noqa: S608 (names of our tables)

    # Calls of providers

    def call(self, operation: str, token: str, urn: str, region: str, timeout: float) -> "_Calling":
        """One provider call: outages and faults first, then the body as one transaction, then the log."""
        return _Calling(self, operation, token, urn, region, timeout)

    def admit(self, standing: Standing, operation: str, token: str, urn: str, region: str, timeout: float) -> Call:
        """Lets a call in: refuses it where its region is down or a fault says so.

        Raises:
            ProviderError: as the cloud would refuse it.
        """
        if standing.outages and operation != "check":
            self._refuse_outage(token, region)
        return Call(self._disturb(operation, token, urn, region, timeout) if standing.faults else "")

    def _refuse_outage(self, token: str, region: str) -> None:
        for down, since in self.down().items():
            if region and (region == down or region.startswith(f"{down}-")):
                raise ProviderError(
                    f"sandbox: {token}: request to region {region} failed: dial tcp: i/o timeout (the region is "
                    f"down since {since})"
                )

    def _disturb(self, operation: str, token: str, urn: str, region: str, timeout: float) -> str:
        """Counts the call with every rule that speaks of it; raises, moves the clock, or tells of trouble to come."""
        trouble, refusal = "", ""
        with self.store.transaction():
            for fault in self.faults():
                rule = fault.rule
                if not rule.matches(operation, token, urn, region):
                    continue
                seen = fault.seen + 1
                fires = seen >= rule.nth and (rule.times == 0 or fault.fired < rule.times)
                fired = fault.fired + (1 if fires else 0)
                if fires and not refusal:
                    refusal, late, fired = self._effect(rule, operation, token, timeout, fault.fired)
                    trouble = trouble or late
                self.store.query("UPDATE fault SET seen = ?, fired = ? WHERE number = ?", (seen, fired, fault.number))
        if refusal:
            raise ProviderError(f"sandbox: {refusal}")
        return trouble

    def _effect(self, rule: FaultRule, operation: str, token: str, timeout: float, fired: int) -> tuple[str, str, int]:
        """What a rule does: refusal, trouble, and the new count of calls that went wrong."""
        limit = timeout or DEFAULT_TIMEOUT_SECONDS
        waiting = (
            f"{operation} of {token}: timeout while waiting for the resource to become ready (timeout: {limit:g}s)"
        )
        if rule.effect == "throttle":
            retries = package_of(token.split(":", 1)[0]).throttle_retries
            left = rule.times - fired if rule.times else retries + 1
            self.clock.advance(sum(min(2**attempt, 20) for attempt in range(min(left, retries))))
            if left <= retries:
                return "", "", rule.times
            return (
                rule.message or f"{operation} of {token}: ThrottlingException: Rate exceeded",
                "",
                fired + retries + 1,
            )
        makes = operation in {"create", "update"}
        if rule.effect == "slow":
            self.clock.advance(min(rule.seconds, limit))
            if rule.seconds <= limit:
                return "", "", fired + 1
            return ("", waiting, fired + 1) if makes else (waiting, "", fired + 1)
        if rule.effect == "timeout":
            self.clock.advance(limit)
            text = rule.message or waiting
            return ("", text, fired + 1) if makes else (text, "", fired + 1)
        text = rule.message or f"{operation} of {token}: InternalError: injected fault"
        if rule.effect == "unready" and makes:
            return (
                "",
                rule.message or f"{operation} of {token}: the resource was made but did not become ready",
                fired + 1,
            )
        return text, "", fired + 1

    def note_call(self, operation: str, subject: str, error: str, limit: int) -> None:
        """Keeps a call in the log, and no more than so many."""
        with self.store.transaction():
            self.store.query(
                "INSERT INTO call (at, method, subject, error) VALUES (?, ?, ?, ?)",
                (self.clock.stamp(), operation, subject, error),
            )
            self.store.query("DELETE FROM call WHERE number <= (SELECT max(number) FROM call) - ?", (limit,))


def _changed(properties: Properties, path: str, value: Any) -> Properties:
    """The properties with one changed; what was secret stays so."""
    segments = paths.parse(path)
    top = str(segments[0])
    held = properties.get(top)
    if isinstance(held, Secret):
        inner = paths.put({top: held.value}, path, value)
        return (
            {**properties, top: Secret(inner[top])}
            if top in inner
            else {k: v for k, v in properties.items() if k != top}
        )
    before = paths.get(properties, path)
    if isinstance(before, Secret) and value is not paths.MISSING:
        value = Secret(value)
    changed: Properties = paths.put(properties, path, value)
    return changed


def open_cloud(path: Path | None, fixtures: Path | None = None, *, assume_references: bool = False) -> Cloud:
    """Opens the cloud in a file, made when missing, or a new one in memory.

    Args:
        path: of the SQLite file; None for memory.
        fixtures: answers of look-ups; ``fixtures.yaml`` beside the file when None.
        assume_references: see ``Cloud``.

    Raises:
        CloudError: the file is damaged, of a newer format, or not writable; the text names the way out.
    """
    return Cloud(path, fixtures, assume_references=assume_references)


def erase_cloud(path: Path) -> None:
    """Removes the cloud's files, damaged ones too: what ``platform sandbox reset`` does."""
    for suffix in ("", "-wal", "-shm", ".key"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
