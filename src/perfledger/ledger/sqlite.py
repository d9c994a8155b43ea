"""A ledger in one SQLite file: how it is opened, locked, filled, protected and copied."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from perfledger.domain.errors import Message, say
from perfledger.ledger.backend import (
    CHUNK,
    COLUMNS,
    Backend,
    Diagnoses,
    LedgerBusy,
    LedgerFull,
    LedgerMissing,
    LedgerReadOnly,
    LedgerUnreadable,
    Row,
    StoreError,
    shown,
)
from perfledger.ledger.mounts import network_file_system_of

_SYNCHRONOUS = ("off", "normal", "full", "extra")
_LOCKED = (LedgerBusy, say("{path} stayed locked by another for too long ({reason})"))
_ERRORS: Diagnoses = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: (
        LedgerFull,
        say("{path} is on a full disk; nothing was recorded ({reason})"),
    ),
    sqlite3.SQLITE_READONLY: (
        LedgerReadOnly,
        say("{path} became read-only: it may be read but not written ({reason})"),
    ),
    sqlite3.SQLITE_READONLY_ROLLBACK: (
        LedgerUnreadable,
        say(
            "{path} was left in the middle of a write and is read-only here; "
            "open it once where it may be written ({reason})"
        ),
    ),
    sqlite3.SQLITE_NOTADB: (LedgerUnreadable, say("{path} is not an SQLite database ({reason})")),
    sqlite3.SQLITE_CORRUPT: (LedgerUnreadable, say("{path} is damaged ({reason})")),
    sqlite3.SQLITE_IOERR: (LedgerUnreadable, say("{path} is on a disk that fails ({reason})")),
    sqlite3.SQLITE_CANTOPEN: (LedgerUnreadable, say("{path} cannot be opened ({reason})")),
    sqlite3.SQLITE_PERM: (LedgerUnreadable, say("{path} may not be opened ({reason})")),
}
"""By SQLite's error code: the extended one first, then the plain one."""

_COMMITTING = (
    LedgerUnreadable,
    say(
        "{path} is on a disk that failed while the entries were being committed: they may be "
        "recorded or not; recording them again shows it (already recorded) ({reason})"
    ),
)
"""An I/O error of the COMMIT itself: it may come before the moment that decides, or after it."""


class Sqlite(Backend):
    """One ledger in one file."""

    def __init__(self, url: sa.URL, *, create: bool, busy_timeout: float) -> None:
        super().__init__(url, create=create, busy_timeout=busy_timeout)
        name = url.database or ""
        try:
            self.path = Path(name).resolve()
            self.mode = self._mode()
        except (OSError, ValueError, RuntimeError) as error:
            message = say("cannot look at {path}: {reason}", path=name, reason=error)
            raise LedgerUnreadable(message, self.shown) from error

    @staticmethod
    def check(url: sa.URL) -> None:
        name = url.database or ""
        options_known = url.query.items() <= {("mode", "ro")}
        if name in ("", ":memory:") or name.startswith("file:") or not options_known:
            message = say("give the ledger as sqlite:///FILE (and ?mode=ro)")
            raise LedgerUnreadable(message, shown(url))

    @staticmethod
    def place(url: sa.URL) -> tuple[object, ...]:
        return ("sqlite", os.path.abspath(url.database or ""))

    def _mode(self) -> str:
        """Return how to open the file; SQLite's own "unable to open" would not say what is wrong.

        A writer needs the folder too: the rollback journal is a file beside the ledger.
        """
        path, folder = self.path, self.path.parent
        if not path.exists():
            return self._mode_of_new(path, folder)
        if not path.is_file():
            what = (
                say("{path} is a folder, not a ledger's file", path=path)
                if path.is_dir()
                else say("{path} is a device, not a ledger's file", path=path)
            )
            raise LedgerUnreadable(what, self.shown)
        if not os.access(path, os.R_OK):
            raise LedgerUnreadable(say("no permission to read {path}", path=path), self.shown)
        writable = os.access(path, os.W_OK) and os.access(folder, os.W_OK)
        # Whoever may write everywhere (root, say) shall still not write what is marked read-only.
        marked = not path.stat().st_mode & 0o222
        return "rw" if writable and not marked and not self.url.query else "ro"

    def _mode_of_new(self, path: Path, folder: Path) -> str:
        if not folder.is_dir():
            raise LedgerMissing(say("there is no folder {folder}", folder=folder), self.shown)
        if not self.create or self.url.query:
            raise LedgerMissing(say("there is no file {path}", path=path), self.shown)
        if not os.access(folder, os.W_OK):
            message = say("no permission to make a file in {folder}", folder=folder)
            raise LedgerUnreadable(message, self.shown)
        return "rwc"

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
        sa.event.listen(engine, "commit", _committing)
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
            message = say("{path} is open elsewhere in {mode} mode", path=self.path, mode=journal)
            raise LedgerBusy(message, self.shown)

    def probe(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()

    def warning(self) -> Message | None:
        """A ledger on a network file system: locks that do not hold there can damage it."""
        kind = network_file_system_of(self.path)
        if kind is None:
            return None
        return say(
            "Warning: {path} lies on a network file system ({kind}), where locks may not hold and "
            "two writers can damage it; keep it on a local disk, or use PostgreSQL",
            path=self.path,
            kind=kind,
        )

    def described(self, connection: sa.Connection) -> dict[str, Any]:
        def pragma(name: str) -> Any:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

        return {
            "kind": "sqlite",
            "version": sqlite3.sqlite_version,
            "file": str(self.path),
            "bytes": self.path.stat().st_size,
            "free_bytes": shutil.disk_usage(self.path.parent).free,
            "journal_mode": pragma("journal_mode"),
            "synchronous": _SYNCHRONOUS[pragma("synchronous")],
            "network_file_system": network_file_system_of(self.path),
            "writable": self.mode != "ro",
            "writer": self._has_writer(),
        }

    def _has_writer(self) -> bool | None:
        """Whether somebody holds the write lock: asking for it, without waiting, tells."""
        if self.mode == "ro":
            return None
        with closing(self._connect()) as asking:
            asking.execute("PRAGMA busy_timeout=0")
            try:
                asking.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                    return True
                raise
            asking.execute("ROLLBACK")
            return False

    def options(self, *, writing: bool) -> dict[str, Any]:
        return {"ledger_writing": writing}

    def lock(self, connection: sa.Connection) -> None:
        # BEGIN IMMEDIATE took it; on a file that may only be read it begins a reader instead.
        if self.mode == "ro":
            message = say("{path} is read-only: it may be read but not written", path=self.path)
            raise LedgerReadOnly(message, self.shown)

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
                f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", chunk
            )

    def among(self, column: sa.Column[Any], names: list[str]) -> sa.ColumnElement[bool]:
        listed = sa.func.json_each(json.dumps(names)).table_valued("value")
        return column.in_(sa.select(listed.c.value))

    def diagnose(self, error: BaseException) -> StoreError | None:
        if re.fullmatch("no such table: (events|tracking)", str(error)):
            return LedgerMissing(say("{path} holds no ledger", path=self.path), self.shown)
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF == sqlite3.SQLITE_IOERR and getattr(error, "committing", False):
            return self.diagnosis(_COMMITTING, path=self.path, reason=error)
        for one in (code, code & 0xFF):  # the other bits are detail
            if one in _ERRORS:
                return self.diagnosis(_ERRORS[one], path=self.path, reason=error)
        return None


def _begin(connection: sa.Connection) -> None:
    # A writer locks at once: a plain BEGIN that writes later can fail in the middle of its work.
    writing = connection.get_execution_options().get("ledger_writing", False)
    connection.info["committing"] = False
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _committing(connection: sa.Connection) -> None:
    """Remember that a writer's errors from here on leave open what became of its entries."""
    writing = connection.get_execution_options().get("ledger_writing", False)
    connection.info["committing"] = writing


def _abandon(context: Any) -> None:
    """Give up the connection where SQLite itself ended the transaction (full disk, I/O error).

    Whoever caught the error and went on would otherwise write in autocommit, row by row.
    """
    connection = context.connection
    if connection is None:
        return
    context.original_exception.committing = connection.info.get("committing", False)
    if not connection.connection.dbapi_connection.in_transaction:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


def _unique_keys(table: sa.Table) -> list[list[str]]:
    """Return the column names of the primary key and of every unique constraint."""
    kinds = (sa.PrimaryKeyConstraint, sa.UniqueConstraint)
    return sorted(c.columns.keys() for c in table.constraints if isinstance(c, kinds))
