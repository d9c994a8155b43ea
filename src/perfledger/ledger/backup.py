"""A consistent copy of a ledger as one SQLite file, made while others write.

From SQLite it is the same pages; from PostgreSQL the same rows of the ledger's own tables: leaves,
positions, hashes. The read tables are derived and made again where the copy is written to.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from perfledger.domain.errors import Message, say
from perfledger.ledger.backend import CHUNK, LedgerUnreadable, events, metadata
from perfledger.ledger.opening import backend_of, open_engine
from perfledger.ledger.store import Store


def back_up(store: Store, file: Path) -> int:
    """Write the ledger as it is now to a new file, and return its last position.

    It is written under a temporary name, looked through, and then given its own. Raises
    FileExistsError where there is such a file, other OSErrors, and `StoreError`s.
    """
    if os.path.lexists(file):
        raise FileExistsError(file)
    with _temporary(file.parent) as part:
        copy = Store(open_engine(sa.URL.create("sqlite", database=str(part)), create=True))
        try:
            if store.engine.dialect.name == "sqlite":
                position, digest = _copy_pages(store, copy), None
            else:
                position, digest = _copy_rows(store, copy)
            _look_through(copy, position, digest)
        finally:
            copy.close()
        _sync(part)
        _publish(part, file)
    return position


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=folder, prefix=".perfledger-backup-", suffix=".part")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for left in (name, f"{name}-journal"):
            Path(left).unlink(missing_ok=True)


def _copy_pages(store: Store, copy: Store) -> int:
    """SQLite's own backup, in one step and inside a reader's transaction: one state of the file."""
    with store.read() as reading:
        position = store.max_notification_id() or 0
        target = copy.engine.raw_connection()
        try:
            source = cast("sqlite3.Connection", reading.connection.driver_connection)
            source.backup(cast("sqlite3.Connection", target.driver_connection))
        except sqlite3.Error as error:  # past SQLAlchemy, so not wrapped
            raise backend_of(copy.engine).translate(error) from error
        finally:
            target.close()
    return position


def _copy_rows(store: Store, copy: Store) -> tuple[int, str]:
    """Every row of the ledger's own tables, out of one snapshot."""
    copy.create()
    digest = hashlib.sha256()
    with store.read() as reading, copy.write() as writing:
        position = store.max_notification_id() or 0
        for table in metadata.sorted_tables:
            columns = ", ".join(table.c.keys())
            places = ", ".join("?" * len(table.c))
            command = f"INSERT INTO {table.name} ({columns}) VALUES ({places})"
            for rows in _rows(reading, table, digest):
                writing.exec_driver_sql(command, rows)
    return position, digest.hexdigest()


def _rows(
    connection: sa.Connection, table: sa.Table, digest: hashlib._Hash
) -> Iterator[list[tuple[Any, ...]]]:
    """A table's rows in order of their key, which `digest` takes in."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    options = {"yield_per": CHUNK}
    for found in connection.execute(query, execution_options=options).partitions():
        rows = [tuple(row) for row in found]
        for row in rows:
            digest.update(repr(row).encode())
        yield rows


def _look_through(copy: Store, position: int, digest: str | None) -> None:
    """Raise unless the copy is sound, has every position, and the rows that were read."""
    count = sa.func.count(events.c.position)
    query = sa.select(count, sa.func.min(events.c.position), sa.func.max(events.c.position))
    with copy.read() as connection:
        sound = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if sound != "ok":
            raise _not_whole(copy, say("the copy is damaged ({reason})", reason=sound))
        dense = (position, 1, position) if position else (0, None, None)
        if tuple(connection.execute(query).one()) != dense:
            message = say("positions are missing in the ledger; see perfledger verify")
            raise _not_whole(copy, message)
        if digest is not None:
            again = hashlib.sha256()
            for table in metadata.sorted_tables:
                for _ in _rows(connection, table, again):
                    pass
            if again.hexdigest() != digest:
                raise _not_whole(copy, say("the copy has other rows than the ledger"))


def _not_whole(copy: Store, what: Message) -> LedgerUnreadable:
    return LedgerUnreadable(say("No backup was made: {problem}", problem=what), copy.url)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _publish(part: Path, file: Path) -> None:
    """Give the copy its name, which must be free: renaming would replace what stands there."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(file):
            raise FileExistsError(file) from None
        part.rename(file)
    _sync(file.parent)
