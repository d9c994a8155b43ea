"""The verifier's own reader: rows as the database holds them, and the triggers that guard them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa

CHUNK = 2_000


class RawRow(NamedTuple):
    """One row of `events`, column by column, nothing of it believed yet."""

    position: Any
    stream: Any
    version: Any
    type: Any
    leaf: Any
    entry: Any
    leaf_hash: Any


@contextmanager
def any_text(connection: sa.Connection) -> Iterator[None]:
    """Have SQLite hand out text that is not UTF-8 too: judging it is for the checks.

    Its driver would raise an error at the first such value, which names no position.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    before = driver.text_factory
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def raw_rows(connection: sa.Connection) -> Iterator[RawRow]:
    """All rows by position."""
    columns = ", ".join(RawRow._fields)
    after: Any = None
    while True:
        where = "" if after is None else "WHERE position > :after"
        query = sa.text(f"SELECT {columns} FROM events {where} ORDER BY position LIMIT {CHUNK}")
        found = connection.execute(query, {} if after is None else {"after": after}).all()
        yield from (RawRow(*row) for row in found)
        if len(found) < CHUNK:
            return
        after = found[-1].position


def stored_frontier(connection: sa.Connection) -> bytes | None:
    """The tree's state as the database keeps it."""
    found = connection.execute(sa.text("SELECT state FROM frontier WHERE id = 1")).scalar()
    if found is None:
        return None
    return bytes(found) if isinstance(found, bytes | memoryview) else b""  # no tree's state


def broken_pages(connection: sa.Connection) -> list[str]:
    """What SQLite finds wrong between its tables and indexes; nothing elsewhere."""
    if connection.dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found
