"""The two databases a ledger can live in: how each is opened, locked, filled and protected.

`store` knows tables and transactions; everything that differs between SQLite and PostgreSQL is
here, and so is the translation of their errors into sentences that a person can act upon.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa
from eventsourcing import persistence
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.schema import CreateSchema

if TYPE_CHECKING:
    import psycopg

CHUNK = 2_000
COPY_FROM = 50  # rows from which PostgreSQL's COPY is worth its round trips

# SQLite makes an INTEGER key its rowid. Both databases shall compare text by code point.
_integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_text = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
metadata = sa.MetaData()
# SQLite would take any type in any column; NOT NULL is said beside this.
_SQLITE_KINDS = {
    **dict.fromkeys(("stream", "type", "entry"), "text"),
    **dict.fromkeys(("leaf", "leaf_hash"), "blob"),
    "version": "integer",
}

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", _integer, primary_key=True, autoincrement=False),
    sa.Column("stream", _text, nullable=False),
    sa.Column("version", _integer, nullable=False),
    sa.Column("type", _text, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("entry", _text, unique=True),
    sa.Column("leaf_hash", sa.LargeBinary),
    sa.UniqueConstraint("stream", "version"),
    sa.CheckConstraint("position >= 1", name="position_from_1"),
    *(
        sa.CheckConstraint(f"typeof({column}) IN ('{kind}', 'null')").ddl_if(dialect="sqlite")
        for column, kind in _SQLITE_KINDS.items()
    ),
)

tracked = sa.Table(
    "tracking",
    metadata,
    sa.Column("application", _text, primary_key=True),
    sa.Column("position", _integer, nullable=False),
)


class Leaf(NamedTuple):
    """One row of the log as `select_leaves` gives it."""

    position: int
    stream: str
    version: int
    type: str
    leaf: bytes
    entry: str | None


Row = tuple[int, str, int, str, bytes, str | None, bytes | None]  # the columns of `events`
_COLUMNS = ", ".join(events.c.keys())


class StoreError(persistence.OperationalError):
    """The database cannot be used as it is; `url` says which one, its password hidden."""

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


class LedgerMissing(StoreError):
    """There is no such file, database or schema, or it holds no ledger."""


class LedgerUnreadable(StoreError):
    """It cannot be opened: no permission, damaged, not a database, no server that answers."""


class LedgerReadOnly(StoreError):
    """It may only be read, and something tried to write."""


class LedgerBusy(StoreError):
    """Another process held the lock for longer than the timeout; trying again may help."""


class LedgerFull(StoreError):
    """The disk is full; nothing of the transaction was kept."""


def open_engine(url: str, *, create: bool = False, busy_timeout: float = 30.0) -> sa.Engine:
    """Open the database at `url` and make sure that it answers.

    `sqlite:///FILE` (relative) and `sqlite:////FILE` (absolute) open a file; `?mode=ro`, or a file
    or folder that may not be written, opens it for reading only. `postgresql://…` goes through
    psycopg 3, with `?schema=NAME` (default `perfledger`) as the ledger. Only `create` makes a new
    file or permits a schema that is not there yet. `busy_timeout` is how many seconds a writer
    waits for another.

    Raises a `StoreError`: `LedgerMissing`, `LedgerUnreadable` or `LedgerBusy`.
    """
    backend = _backend(url, create=create, busy_timeout=busy_timeout)
    engine = backend.engine()
    with backend.translated():
        try:
            with engine.connect() as connection:
                backend.probe(connection)
        except BaseException:
            engine.dispose()
            raise
    return engine


def backend_of(engine: sa.Engine) -> Backend:
    """Return the backend that `open_engine` tied to `engine`; raises TypeError for others."""
    backend = engine.get_execution_options().get("ledger_backend")
    if not isinstance(backend, Backend):
        raise TypeError("a ledger's engine comes from open_engine(), which sets its transactions")
    return backend


def _backend(url: str, *, create: bool, busy_timeout: float) -> Backend:
    try:
        parsed = sa.make_url(re.sub("^postgres:", "postgresql:", url))
    except (sa.exc.ArgumentError, ValueError) as error:
        # The text is not repeated: what cannot be parsed may hold a password anywhere.
        message = "the ledger's address is not a URL such as sqlite:///ledger.db"
        raise LedgerUnreadable(message, "(not a URL)") from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return Sqlite(parsed, create=create, busy_timeout=busy_timeout)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return Postgres(parsed, create=create, busy_timeout=busy_timeout)
    message = f"a ledger lives in sqlite:///… or postgresql://…, not in {parsed.drivername}://…"
    raise LedgerUnreadable(message, _shown(parsed))


def _shown(url: sa.URL) -> str:
    """Return the URL as a message may show it: no password, neither in its place nor as option."""
    hidden = url.difference_update_query(["password", "sslpassword"])
    return hidden.render_as_string(hide_password=True)


class Backend(ABC):
    """What one kind of database does its own way."""

    def __init__(self, url: sa.URL, *, create: bool, busy_timeout: float) -> None:
        """Check the URL; raises `LedgerMissing` or `LedgerUnreadable`."""
        self.url = url
        self.shown = _shown(url)
        self.create = create
        self.busy_timeout = busy_timeout

    @abstractmethod
    def engine(self) -> sa.Engine:
        """Make the engine, without connecting yet."""

    @abstractmethod
    def probe(self, connection: sa.Connection) -> None:
        """Raise unless the database answers, with the plain reason."""

    @abstractmethod
    def options(self, *, writing: bool) -> dict[str, Any]:
        """Return the execution options that make a connection a writer's or a reader's."""

    @abstractmethod
    def protect(self, connection: sa.Connection, table: sa.Table) -> None:
        """Make `table` append-only by triggers, and its unique keys safe from replacement."""

    @abstractmethod
    def insert(self, connection: sa.Connection, rows: Iterator[Row], count: int) -> None:
        """Insert `count` rows into `events`, fast."""

    @abstractmethod
    def diagnose(self, error: BaseException) -> StoreError | None:
        """Say what the driver's `error` means for a person, or None where it is about the data."""

    def lock(self, connection: sa.Connection) -> None:  # noqa: B027 - SQLite's BEGIN took it
        """Take the ledger's write lock, held until the transaction ends."""

    def prepare(self, connection: sa.Connection) -> None:  # noqa: B027 - SQLite's file is there
        """Make what the tables live in."""

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise the errors of SQLAlchemy and the driver as the store's and eventsourcing's."""
        try:
            yield
        except sa.exc.TimeoutError as error:
            raise LedgerBusy("all connections to the ledger are in use", self.shown) from error
        except sa.exc.DBAPIError as error:
            raise self.translate(cast("BaseException", error.orig)) from error

    def translate(self, error: BaseException) -> persistence.PersistenceError:
        """Return the driver's `error` as a StoreError or as its namesake in eventsourcing."""
        found = self.diagnose(error)
        if found is not None:
            return found
        for parent in type(
            error
        ).__mro__:  # PEP 249 gives the errors of all drivers one set of names
            namesake = getattr(persistence, parent.__name__, None)
            if isinstance(namesake, type) and issubclass(namesake, persistence.PersistenceError):
                return namesake(str(error))
        return persistence.PersistenceError(str(error))


_SQLITE_ERRORS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (LedgerBusy, "stayed locked by another for too long"),
    sqlite3.SQLITE_LOCKED: (LedgerBusy, "stayed locked by another for too long"),
    sqlite3.SQLITE_FULL: (LedgerFull, "is on a full disk; nothing was recorded"),
    sqlite3.SQLITE_READONLY: (LedgerReadOnly, "may be read but not written"),
    sqlite3.SQLITE_NOTADB: (LedgerUnreadable, "is not an SQLite database"),
    sqlite3.SQLITE_CORRUPT: (LedgerUnreadable, "is damaged"),
    sqlite3.SQLITE_IOERR: (LedgerUnreadable, "is on a disk that fails"),
    sqlite3.SQLITE_CANTOPEN: (LedgerUnreadable, "cannot be opened"),
    sqlite3.SQLITE_PERM: (LedgerUnreadable, "may not be opened"),
}


class Sqlite(Backend):
    """One ledger in one file."""

    def __init__(self, url: sa.URL, *, create: bool, busy_timeout: float) -> None:
        super().__init__(url, create=create, busy_timeout=busy_timeout)
        name = url.database or ""
        options_known = url.query.items() <= {("mode", "ro")}
        if name in ("", ":memory:") or name.startswith("file:") or not options_known:
            raise LedgerUnreadable("give the ledger as sqlite:///FILE (and ?mode=ro)", self.shown)
        try:
            self.path = Path(name).resolve()
            self.mode = self._mode()
        except (OSError, ValueError, RuntimeError) as error:
            raise LedgerUnreadable(f"cannot look at {name}: {error}", self.shown) from error

    def _mode(self) -> str:
        """Return how to open the file; SQLite's own "unable to open" would not say what is wrong.

        A writer needs the folder too: the rollback journal is a file beside the ledger.
        """
        path, folder = self.path, self.path.parent
        if not path.exists():
            if not folder.is_dir():
                raise LedgerMissing(f"there is no folder {folder}", self.shown)
            if not self.create or self.url.query:
                raise LedgerMissing(f"there is no file {path}", self.shown)
            if not os.access(folder, os.W_OK):
                raise LedgerUnreadable(f"no permission to make a file in {folder}", self.shown)
            return "rwc"
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "a device"
            raise LedgerUnreadable(f"{path} is {kind}, not a ledger's file", self.shown)
        if not os.access(path, os.R_OK):
            raise LedgerUnreadable(f"no permission to read {path}", self.shown)
        writable = os.access(path, os.W_OK) and os.access(folder, os.W_OK)
        return "rw" if writable and not self.url.query else "ro"

    def engine(self) -> sa.Engine:
        engine = sa.create_engine(
            self.url.set(query={}),
            creator=self._connect,
            poolclass=sa.QueuePool,
            pool_timeout=self.busy_timeout,
            hide_parameters=True,
            execution_options={"ledger_backend": self},
        )
        sa.event.listen(engine, "begin", _begin)
        sa.event.listen(engine, "handle_error", _abandon)
        return engine

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={self.mode}",
            uri=True,
            timeout=self.busy_timeout,
            isolation_level=None,  # BEGIN is ours, see _begin
            check_same_thread=False,  # the pool hands a connection to one thread at a time
        )
        try:
            for pragma in ("synchronous=EXTRA", "foreign_keys=ON", "trusted_schema=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("PRAGMA cache_size=-65536")  # 64 MiB; the default costs 1.5 times
            if self.mode != "ro":
                self._keep_journal(connection)
        except BaseException:
            connection.close()
            raise
        self.mode = self.mode.replace("rwc", "rw")  # a file removed meanwhile is not made again
        return connection

    def _keep_journal(self, connection: sqlite3.Connection) -> None:
        """Set a rollback journal, so that the file alone is the ledger (no -wal beside it)."""
        (journal,) = connection.execute("PRAGMA journal_mode=TRUNCATE").fetchone()
        if journal != "truncate":
            raise LedgerBusy(f"{self.path} is open elsewhere in {journal} mode", self.shown)

    def probe(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()

    def options(self, *, writing: bool) -> dict[str, Any]:
        return {"ledger_writing": writing}

    def protect(self, connection: sa.Connection, table: sa.Table) -> None:
        name = table.name
        # INSERT OR REPLACE deletes without firing DELETE triggers, so it must not get that far.
        taken = " OR ".join(
            f"EXISTS (SELECT 1 FROM {name} WHERE "
            + " AND ".join(f"{column} = NEW.{column}" for column in key)
            + ")"
            for key in _unique_keys(table)
        )
        for action, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", f"WHEN {taken} ")):
            refusal = f"{name} is append-only: {action}{' over a row' if when else ''} refused"
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name}_no_{action.lower()} BEFORE {action} ON {name} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )

    def insert(self, connection: sa.Connection, rows: Iterator[Row], count: int) -> None:
        while chunk := list(islice(rows, CHUNK)):
            connection.exec_driver_sql(
                f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", chunk
            )

    def diagnose(self, error: BaseException) -> StoreError | None:
        if re.fullmatch("no such table: (events|tracking)", str(error)):
            return LedgerMissing(f"{self.path} holds no ledger", self.shown)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the other bits are detail
        if code not in _SQLITE_ERRORS:
            return None
        kind, what = _SQLITE_ERRORS[code]
        return kind(f"{self.path} {what} ({error})", self.shown)


def _begin(connection: sa.Connection) -> None:
    # A writer locks at once: a plain BEGIN that writes later can fail in the middle of its work.
    writing = connection.get_execution_options().get("ledger_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _abandon(context: Any) -> None:
    """Give up the connection where SQLite itself ended the transaction (full disk, I/O error).

    Whoever caught the error and went on would otherwise write in autocommit, row by row.
    """
    connection = context.connection
    if connection is not None and not connection.connection.dbapi_connection.in_transaction:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


def _unique_keys(table: sa.Table) -> list[list[str]]:
    """Return the column names of the primary key and of every unique constraint."""
    kinds = (sa.PrimaryKeyConstraint, sa.UniqueConstraint)
    return sorted(c.columns.keys() for c in table.constraints if isinstance(c, kinds))


_POSTGRES_ERRORS: dict[str, tuple[type[StoreError], str]] = {  # by SQLSTATE or how it begins
    "55P03": (LedgerBusy, "the ledger stayed locked by another for too long"),
    "53300": (LedgerBusy, "the server has no connection left"),
    "53100": (LedgerFull, "the server's disk is full; nothing was recorded"),
    "25006": (LedgerReadOnly, "the ledger may be read but not written here"),
    "3D000": (LedgerMissing, "there is no such database"),
    "3F000": (LedgerMissing, "there is no such schema"),
    "42501": (LedgerUnreadable, "the server gives no permission"),
    "28": (LedgerUnreadable, "the server refuses the login"),
    "08": (LedgerUnreadable, "the server cannot be reached"),
    "57P": (LedgerUnreadable, "the server is shutting down or starting"),
}


class Postgres(Backend):
    """One ledger in one schema, through psycopg 3."""

    def __init__(self, url: sa.URL, *, create: bool, busy_timeout: float) -> None:
        super().__init__(url, create=create, busy_timeout=busy_timeout)
        schema = url.query.get("schema", "perfledger")
        if not isinstance(schema, str) or not 0 < len(schema.encode()) < 64 or "\0" in schema:
            raise LedgerUnreadable("the option schema is one name, at most 63 bytes", self.shown)
        self.schema = schema
        digest = hashlib.sha256(f"perfledger {schema}".encode()).digest()
        self.lock_key = int.from_bytes(digest[:8], "big", signed=True)

    def engine(self) -> sa.Engine:
        # The environment (PGCLIENTENCODING) must not decide what is stored.
        query = {"connect_timeout": "10", **self.url.query, "client_encoding": "utf8"}
        query.pop("schema", None)
        engine = sa.create_engine(
            self.url.set(drivername="postgresql+psycopg", query=query),
            pool_pre_ping=True,
            pool_timeout=self.busy_timeout,
            hide_parameters=True,
            execution_options={"ledger_backend": self},
        )
        sa.event.listen(engine, "connect", self._configure)
        return engine

    def _configure(self, connection: psycopg.Connection[Any], _record: object) -> None:
        """Set what every transaction relies on, whatever the server's configuration says."""
        connection.autocommit = True  # set inside a transaction, it would go with its rollback
        connection.execute(
            "SELECT set_config('search_path', quote_ident(%s), false),"
            " set_config('lock_timeout', %s, false), set_config('synchronous_commit',"
            " replace(current_setting('synchronous_commit'), 'off', 'on'), false)",
            (self.schema, f"{max(1, round(self.busy_timeout * 1000))}ms"),
        )
        connection.autocommit = False

    def probe(self, connection: sa.Connection) -> None:
        if not self.create and not sa.inspect(connection).has_schema(self.schema):
            raise LedgerMissing(f"the database has no schema {self.schema}", self.shown)

    def options(self, *, writing: bool) -> dict[str, Any]:
        # A writer must see what was committed while it waited for the lock, so it may not keep
        # the snapshot of its first statement; a reader must keep it.
        if writing:
            return {"isolation_level": "READ COMMITTED"}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def lock(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (self.lock_key,))

    def prepare(self, connection: sa.Connection) -> None:
        # Asked first: IF NOT EXISTS wants the right to make schemas even when there is one.
        if not sa.inspect(connection).has_schema(self.schema):
            connection.execute(CreateSchema(self.schema))

    def protect(self, connection: sa.Connection, table: sa.Table) -> None:
        trigger = f"{table.name}_append_only"
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',"
            " MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' refused'; END $$"
        )
        # Per statement: it fires for ON CONFLICT DO UPDATE too, and costs an INSERT nothing.
        connection.exec_driver_sql(
            f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        # ALWAYS: session_replication_role would switch an ordinary trigger off.
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE ALWAYS TRIGGER {trigger}")

    def insert(self, connection: sa.Connection, rows: Iterator[Row], count: int) -> None:
        # Never executemany: psycopg pipelines it, and a pipeline can hang while holding the lock.
        if count >= COPY_FROM:
            self._copy(connection, rows)
        elif count:
            places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * count)
            connection.exec_driver_sql(
                f"INSERT INTO events ({_COLUMNS}) VALUES {places}", tuple(chain.from_iterable(rows))
            )

    def _copy(self, connection: sa.Connection, rows: Iterator[Row]) -> None:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        command = f"COPY events ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
        try:
            with driver.cursor() as cursor, cursor.copy(command) as copy:
                copy.set_types(["int8", "text", "int8", "text", "bytea", "text", "bytea"])
                for row in rows:
                    copy.write_row(row)
        except connection.dialect.loaded_dbapi.Error as error:  # past SQLAlchemy, so not wrapped
            raise self.translate(error) from error

    def diagnose(self, error: BaseException) -> StoreError | None:
        state, reason = getattr(error, "sqlstate", None) or "", str(error).strip()
        if state == "42P01" and re.search('"(events|tracking)"', reason):
            return LedgerMissing(f"schema {self.schema} holds no ledger", self.shown)
        if not state and "OperationalError" in [c.__name__ for c in type(error).__mro__]:
            state = "08"  # the connection failed or broke, so the server named no state
        for key in (state, state[:3], state[:2]):
            if key in _POSTGRES_ERRORS:
                kind, what = _POSTGRES_ERRORS[key]
                return kind(f"{what} ({reason})", self.shown)
        return None
