"""What an insider does: edit the database file itself, past the program and its triggers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

COLUMNS = ("position", "stream", "version", "type", "leaf", "entry", "leaf_hash")
TEXTS = ("stream", "type", "entry")


@contextmanager
def broken_into(file: Path) -> Iterator[sqlite3.Connection]:
    """The database without triggers and checks; the triggers stand there again afterwards."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("BEGIN IMMEDIATE")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        yield connection
        for _, statement in triggers:
            connection.execute(statement)
        connection.execute("COMMIT")


def put(connection: sqlite3.Connection, position: int, column: str, value: Any) -> None:
    """Set one cell of a row; bytes for a text column may be no UTF-8."""
    place = "CAST(? AS TEXT)" if column in TEXTS and isinstance(value, bytes) else "?"
    query = f"UPDATE events SET {column} = {place} WHERE position = ?"
    connection.execute(query, (value, position))


def swap(connection: sqlite3.Connection, first: int, second: int) -> None:
    """Exchange two rows' places."""
    query = "UPDATE events SET position = ? WHERE position = ?"
    for new, old in ((1 << 40, first), (first, second), (second, 1 << 40)):
        connection.execute(query, (new, old))


def cut_tail(connection: sqlite3.Connection, kept: int) -> None:
    """Remove all rows after the first `kept`."""
    connection.execute("DELETE FROM events WHERE position > ?", (kept,))


def rewrite(connection: sqlite3.Connection, rows: Sequence[Sequence[Any]], frontier: bytes) -> None:
    """Put other rows in the place of all, with a frontier that fits them, and no projections."""
    for table in ("checkpoints", "witnesses"):  # what was kept there would give it away
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM events")
    places = ", ".join("?" * len(COLUMNS))
    query = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({places})"
    connection.executemany(query, rows)
    connection.execute("UPDATE frontier SET state = ?", (frontier,))
    connection.execute("DROP TABLE IF EXISTS projection")  # without it they are no evidence
