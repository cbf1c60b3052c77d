"""The cloud's memory: one SQLite file, or a database in memory.

Every provider call is one transaction, committed before the call answers: what the engine was told is there after
``kill
-9``. WAL with ``synchronous=NORMAL`` gives that without a disk flush per call (https://sqlite.org/wal.html,
"Performance
Considerations"): a killed process loses nothing, a power cut may lose the last calls but never damages the file.
Writers of
several processes take turns (``BEGIN IMMEDIATE``, waiting up to a minute).
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.codec import Codec

FORMAT: Final = 1
BUSY_SECONDS: Final = 60
SELF: Final = "@"
"""The link by which a resource is found under its other names (arn, self link, name)."""

_TABLES: Final = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE resource (
    row INTEGER PRIMARY KEY, package TEXT NOT NULL, scope TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL,
    id TEXT NOT NULL, urn TEXT NOT NULL, unique_key TEXT, owner INTEGER, inputs TEXT NOT NULL, outputs TEXT NOT NULL,
    version INTEGER NOT NULL, number INTEGER NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL);
CREATE UNIQUE INDEX resource_id ON resource (id, type, scope, region);
CREATE UNIQUE INDEX resource_key ON resource (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX resource_urn ON resource (urn);
CREATE INDEX resource_owner ON resource (owner) WHERE owner IS NOT NULL;
CREATE TABLE link (target TEXT NOT NULL, source INTEGER NOT NULL, property TEXT NOT NULL,
    PRIMARY KEY (target, source, property)) WITHOUT ROWID;
CREATE INDEX link_source ON link (source);
CREATE TABLE made (urn TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE fault (number INTEGER PRIMARY KEY, rule TEXT NOT NULL, seen INTEGER NOT NULL, fired INTEGER NOT NULL);
CREATE TABLE outage (region TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE edit (number INTEGER PRIMARY KEY, at TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT
NULL,
    change TEXT NOT NULL);
CREATE TABLE call (number INTEGER PRIMARY KEY, at TEXT NOT NULL, method TEXT NOT NULL, subject TEXT NOT NULL,
    error TEXT NOT NULL);
"""

_COLUMNS: Final = (
    "row, package, scope, region, type, id, urn, unique_key, owner, inputs, outputs, version, number, created, modified"
)


@dataclass(slots=True)
class Row:
    """One resource of the cloud.

    Attributes:
        row: number in the store; 0 before it is stored.
        package: ``aws``, ``azure-native``, ``gcp``, ``kubernetes``, ``vault``.
        scope: account, subscription, project, cluster or Vault namespace.
        region: region or location; empty for what is global.
        type: type token.
        id: the provider's id.
        urn: of the resource that made it; empty for what the cloud made on its own.
        unique_key: keyed hash (``Store.key``) of the physical identity that may exist only once.
        owner: row of the resource with which it comes and goes (a VPC's default security group); None for others.
        inputs: checked inputs, secrets marked.
        outputs: outputs, secrets marked.
        version: 1, counted up by each change.
        number: how many resources its URN had made with it; made-up values derive from it and the id.
        created: time of creation by the cloud's clock.
        modified: time of the last change by the cloud's clock.
    """

    package: str
    scope: str
    region: str
    type: str
    id: str
    urn: str
    inputs: Properties
    outputs: Properties
    created: str
    modified: str
    row: int = 0
    unique_key: str | None = None
    owner: int | None = None
    version: int = 1
    number: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What every call asks for before anything else.

    Attributes:
        version: of the database as other connections changed it.
        faults: there are fault rules.
        outages: a region is down.
        settings: all that were set.
    """

    version: int
    faults: bool
    outages: bool
    settings: Mapping[str, str]


class _Transaction:
    """The block of a transaction; one for all of a store, since it counts how deep it is."""

    __slots__ = ("_store",)

    def __init__(self, store: "Store") -> None:
        self._store = store

    def __enter__(self) -> None:
        self._store.begin()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._store.end(error)


class Store:
    """The tables of one cloud.

    Args:
        path: of the database; None keeps it in memory.

    Raises:
        CloudError: the file is damaged, of a newer format, or not writable.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        try:
            self.codec = Codec.for_file(path)
        except OSError as error:
            raise CloudError(f"sandbox cloud: {path}: not writable ({error}); choose another folder") from error
        self._lock = threading.RLock()
        self._depth = 0
        self._standing: Standing | None = None
        self._transaction = _Transaction(self)
        with self._explained():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA temp_store = MEMORY")
            self._connection.execute("PRAGMA cache_size = -32000")
            self._prepare()

    def _prepare(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            with self.transaction():
                if self._connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _TABLES.split(";\n"):
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA user_version = {FORMAT}")
        elif version > FORMAT:
            raise CloudError(
                f"sandbox cloud: {self.path}: made by a newer platform-lib (format {version}, this one knows "
                f"{FORMAT}); "
                "upgrade, or start with an empty cloud by `platform sandbox reset`"
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what SQLite says of the file into words of ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._worded(error) from error

    def _worded(self, error: sqlite3.DatabaseError) -> Exception:
        """The error in words of ours; a breach of uniqueness is the caller's."""
        if isinstance(error, sqlite3.IntegrityError):
            return error
        if not isinstance(error, sqlite3.OperationalError):
            return CloudError(
                f"sandbox cloud: {self.path}: damaged ({error}); start with an empty cloud by `platform sandbox "
                "reset`: the next refresh then drops from the states what is gone"
            )
        if "locked" in str(error):
            return CloudError(
                f"sandbox cloud: {self.path}: another process has been writing for over {BUSY_SECONDS} s; "
                "wait for it to end, then run again"
            )
        return CloudError(
            f"sandbox cloud: {self.path}: not usable ({error}); check the folder's permissions and free space"
        )

    def close(self) -> None:
        """Closes the database; the write-ahead log is folded into it."""
        with self._lock:
            self._connection.close()

    def transaction(self) -> "_Transaction":
        """All or nothing, alone among all processes; may be nested, the outermost commits."""
        return self._transaction

    def begin(self) -> None:
        """Starts a transaction, or one within another."""
        self._lock.acquire()
        if not self._depth:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.DatabaseError as error:
                self._lock.release()
                raise self._worded(error) from error
        self._depth += 1

    def end(self, error: BaseException | None) -> None:
        """Ends a transaction: the outermost is taken back after an error, else committed."""
        try:
            self._depth -= 1
            if self._depth:
                return
            if error is None:
                self._connection.execute("COMMIT")
                return
            self._standing = None
            self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.IntegrityError):
                raise self._worded(error) from error
        except sqlite3.DatabaseError as failure:
            raise self._worded(failure) from failure
        finally:
            self._lock.release()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        if not sql.startswith("SELECT"):
            self._standing = None
        return self._query(sql, parameters)

    def _query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement that leaves settings, faults and outages alone."""
        with self._lock:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._worded(error) from error

    # What every call asks for

    def standing(self) -> "Standing":
        """The settings, and whether there are faults and outages.

        Kept until somebody writes: this connection notes it itself, and SQLite tells of others
        (https://sqlite.org/pragma.html#pragma_data_version). A database in memory has no others.
        """
        with self._lock:
            version = 0 if self.path is None else self._query("PRAGMA data_version")[0][0]
            found = self._standing
            if found is None or found.version != version:
                faults, outages = self._query("SELECT EXISTS (SELECT 1 FROM fault), EXISTS (SELECT 1 FROM outage)")[0]
                settings = dict(self._query("SELECT key, value FROM setting"))
                found = self._standing = Standing(version, bool(faults), bool(outages), settings)
            return found

    def setting(self, key: str) -> str | None:
        """The value of a setting, None where it was never set."""
        return self.standing().settings.get(key)

    def settings(self, *keys: str) -> dict[str, str]:
        """The values of several settings, without those that were never set."""
        held = self.standing().settings
        return {key: held[key] for key in keys if key in held}

    def set_setting(self, key: str, value: str | None) -> None:
        """Sets a setting; None removes it."""
        if value is None:
            self.query("DELETE FROM setting WHERE key = ?", (key,))
        else:
            self.query("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    # Resources

    def next_number(self, urn: str) -> int:
        """How many resources this URN has made, this one included: 1 for the first."""
        sql = "INSERT INTO made VALUES (?, 1) ON CONFLICT (urn) DO UPDATE SET number = number + 1 RETURNING number"
        return int(self._query(sql, (urn,))[0][0])

    def add(self, row: Row, links: Sequence[tuple[str, str]] = ()) -> Row:
        """Stores a new resource with its links (target id, property).

        Raises:
            sqlite3.IntegrityError: its id or unique key is taken; callers look before and word the refusal.
        """
        with self.transaction():
            cursor = self._connection.execute(
                "INSERT INTO resource (package, scope, region, type, id, urn, unique_key, owner, inputs, outputs, "
                "version, number, created, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.package,
                    row.scope,
                    row.region,
                    row.type,
                    row.id,
                    row.urn,
                    row.unique_key,
                    row.owner,
                    self.codec.dumps(row.inputs),
                    self.codec.dumps(row.outputs),
                    row.version,
                    row.number,
                    row.created,
                    row.modified,
                ),
            )
            row.row = cursor.lastrowid or 0
            self._link(row.row, links)
        return row

    def save(self, row: Row, links: Sequence[tuple[str, str]] | None = None) -> None:
        """Writes a changed resource; links are left alone when None."""
        with self.transaction():
            self._connection.execute(
                "UPDATE resource SET id = ?, urn = ?, unique_key = ?, inputs = ?, outputs = ?, version = ?, number "
                "= ?, "
                "modified = ? WHERE row = ?",
                (
                    row.id,
                    row.urn,
                    row.unique_key,
                    self.codec.dumps(row.inputs),
                    self.codec.dumps(row.outputs),
                    row.version,
                    row.number,
                    row.modified,
                    row.row,
                ),
            )
            if links is not None:
                self._connection.execute("DELETE FROM link WHERE source = ?", (row.row,))
                self._link(row.row, links)

    def _link(self, source: int, links: Sequence[tuple[str, str]]) -> None:
        if links:
            self._connection.executemany(
                "INSERT OR IGNORE INTO link VALUES (?, ?, ?)",
                [(self.codec.digest(target), source, name) for target, name in links],
            )

    def remove(self, row: int) -> None:
        """Deletes a resource, its links, and what comes and goes with it."""
        with self.transaction():
            for (owned,) in self.query("SELECT row FROM resource WHERE owner = ?", (row,)):
                self.remove(owned)
            self._connection.execute("DELETE FROM link WHERE source = ?", (row,))
            self._connection.execute("DELETE FROM resource WHERE row = ?", (row,))

    def find(self, type_: str, id_: str, scope: str | None = None, region: str | None = None) -> Row | None:
        """The resource of a type by id, in a scope and region where given."""
        sql, parameters = "type = ? AND id = ?", [type_, id_]
        for column, value in (("scope", scope), ("region", region)):
            if value is not None:
                sql += f" AND {column} = ?"
                parameters.append(value)
        return next(iter(self.rows(sql, parameters)), None)

    def places(self, id_: str) -> list[tuple[str, str, str]]:
        """Type, scope and region of the resources with this id."""
        return [(a, b, c) for a, b, c in self._query("SELECT type, scope, region FROM resource WHERE id = ?", (id_,))]

    def named(self, name: str) -> list[tuple[str, str, str]]:
        """Type, scope and region of the resources that go by this name (arn, self link, ...), as their links say."""
        sql = (
            "SELECT type, scope, region FROM link JOIN resource ON resource.row = link.source "
            "WHERE link.target = ? AND link.property = ?"
        )
        return [(a, b, c) for a, b, c in self._query(sql, (self.codec.digest(name), SELF))]

    def by_id(self, id_: str) -> list[Row]:
        """Resources of any type with this id."""
        return self.rows("id = ?", (id_,))

    def by_urn(self, urn: str) -> list[Row]:
        """Resources made by this URN, oldest first."""
        return self.rows("urn = ?", (urn,))

    def key(self, identity: str) -> str:
        """The unique key of a physical identity (``s3:my-bucket``): a keyed hash, as a name may be secret."""
        return self.codec.digest(identity)

    def by_key(self, unique_key: str) -> Row | None:
        """The resource that holds a unique key."""
        return next(iter(self.rows("unique_key = ?", (unique_key,))), None)

    def linked(self, target: str) -> list[tuple[Row, str]]:
        """Resources that refer to a target by one of its names, with the property that does.

        Links are kept by keyed hash, since a name may be secret.
        """
        found = self.query("SELECT source, property FROM link WHERE target = ?", (self.codec.digest(target),))
        return [(row, name) for source, name in found for row in self.rows("row = ?", (source,))]

    def rows(self, where: str = "1", parameters: Sequence[Any] = ()) -> list[Row]:
        """Resources by a condition on the columns, in order of creation."""
        statement = f"SELECT {_COLUMNS} FROM resource WHERE {where} ORDER BY row"  # noqa: S608 (conditions are ours)
        return [self._row(found) for found in self._query(statement, parameters)]

    def _row(self, found: tuple[Any, ...]) -> Row:
        (
            row,
            package,
            scope,
            region,
            type_,
            id_,
            urn,
            key,
            owner,
            inputs,
            outputs,
            version,
            number,
            created,
            modified,
        ) = found
        return Row(
            package,
            scope,
            region,
            type_,
            id_,
            urn,
            self.codec.loads(inputs),
            self.codec.loads(outputs),
            created,
            modified,
            row,
            key,
            owner,
            version,
            number,
        )
