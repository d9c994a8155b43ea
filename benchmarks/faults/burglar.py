"""What an insider does: edit the database itself, past the program and its triggers.

On SQLite that is whoever may write the file, on PostgreSQL whoever owns the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import attrs
import psycopg
from psycopg import sql

from benchmarks.faults.places import Place, plain

COLUMNS = ("position", "stream", "version", "type", "leaf", "entry", "leaf_hash")
TEXTS = ("stream", "type", "entry")
GUARDED = ("events", "checkpoints", "witnesses")
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError)
"""A place, version or id that is taken; on PostgreSQL also text that is none, places below 1."""


@attrs.frozen
class Inside:
    """The ledger's database without triggers; statements have `?` for values on both."""

    connection: sqlite3.Connection | psycopg.Connection[Any]

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file."""
        return isinstance(self.connection, sqlite3.Connection)

    def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        """Run one statement."""
        if isinstance(self.connection, sqlite3.Connection):
            self.connection.execute(query, values)
        else:
            self.connection.execute(query.replace("?", "%s"), values)


@contextmanager
def broken_into(where: Place) -> Iterator[Inside]:
    """The database without triggers; they stand there again afterwards. Undone by an error."""
    with _file(where) if where.file is not None else _schema(where) as inside:
        yield inside


@contextmanager
def _file(where: Place) -> Iterator[Inside]:
    assert where.file is not None
    with closing(sqlite3.connect(where.file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("BEGIN IMMEDIATE")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        yield Inside(connection)
        for _, statement in triggers:
            connection.execute(statement)
        connection.execute("COMMIT")


@contextmanager
def _schema(where: Place) -> Iterator[Inside]:
    with owner(where) as connection, connection.transaction():
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield Inside(connection)
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")


@contextmanager
def owner(where: Place) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the administrator's in the ledger's schema, outside of a transaction."""
    assert where.schema is not None
    with plain() as connection:
        place = sql.SQL("SET search_path TO {}").format(sql.Identifier(where.schema))
        connection.execute(place)
        yield connection


def put(inside: Inside, position: int, column: str, value: Any) -> None:
    """Set one cell of a row; bytes for a text column may be no UTF-8."""
    place = "?"
    if column in TEXTS and isinstance(value, bytes):
        place = "CAST(? AS TEXT)" if inside.on_sqlite else "convert_from(?, 'UTF8')"
    query = f"UPDATE events SET {column} = {place} WHERE position = ?"
    inside.execute(query, (value, position))


def swap(inside: Inside, first: int, second: int) -> None:
    """Exchange two rows' places."""
    query = "UPDATE events SET position = ? WHERE position = ?"
    for new, old in ((1 << 40, first), (first, second), (second, 1 << 40)):
        inside.execute(query, (new, old))


def cut_tail(inside: Inside, kept: int) -> None:
    """Remove all rows after the first `kept`."""
    inside.execute("DELETE FROM events WHERE position > ?", (kept,))


def rewrite(inside: Inside, rows: Sequence[Sequence[Any]], frontier: bytes) -> None:
    """Put other rows in the place of all, with a frontier that fits them, and no projections."""
    for table in GUARDED:  # what was kept beside the events would give it away
        inside.execute(f"DELETE FROM {table}")
    places = ", ".join("?" * len(COLUMNS))
    for row in rows:
        inside.execute(f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({places})", row)
    inside.execute("UPDATE frontier SET state = ?", (frontier,))
    inside.execute("DROP TABLE IF EXISTS projection")  # without it they are no evidence
