"""New ledgers on both databases, and what stands in them: read by plain SQL, not by the ledger."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import psycopg
import sqlalchemy as sa
from psycopg import sql

from perfledger.app import create_ledger, open_ledger
from perfledger.audit.verify import Verdict

KINDS = ("sqlite", "postgres")
SERVER = os.environ.get(
    "PERFLEDGER_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
)


@attrs.frozen
class Place:
    """Where one ledger is."""

    url: str
    file: Path | None = None  # on SQLite
    schema: str | None = None  # on PostgreSQL

    @property
    def journal(self) -> Path:
        """The rollback journal of an SQLite ledger."""
        assert self.file is not None
        return self.file.with_name(self.file.name + "-journal")

    def journal_written(self) -> int:
        """When the rollback journal was written last, in ns; 0 where there is none."""
        try:
            seen = self.journal.stat()
        except FileNotFoundError:
            return 0
        return seen.st_mtime_ns if seen.st_size else 0

    def journal_is_hot(self) -> bool:
        """Whether a writer died while the database was being changed.

        Until its journal is on the disk a writer keeps the first bytes zero and changes nothing.
        """
        try:
            with self.journal.open("rb") as file:
                return file.read(1) not in (b"", b"\0")
        except FileNotFoundError:
            return False

    def rows(self) -> list[tuple[int, str, int, str | None]]:
        """Position, stream, version and entry id of all rows, by position."""
        query = "SELECT position, stream, version, entry FROM events ORDER BY position"
        if self.file is not None:
            with closing(sqlite3.connect(self.file)) as connection:
                return connection.execute(query).fetchall()
        with plain() as connection:
            connection.execute("SELECT set_config('search_path', %s, false)", (self.schema,))
            return connection.execute(query).fetchall()

    def entries(self) -> list[str]:
        """The entry ids by position; asserts that rows are dense, whole and none doubled."""
        rows = self.rows()
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "positions have gaps"
        ids = [row[3] for row in rows if row[3] is not None]
        assert len(ids) == len(rows) - 1, "an entry has no id"  # position 1 is the ledger's own
        assert len(set(ids)) == len(ids), "an entry stands there twice"
        return ids


def place_of(url: str) -> Place:
    """The place of a ledger's URL."""
    parsed = sa.make_url(url)
    if parsed.drivername == "sqlite":
        assert parsed.database is not None
        return Place(url, file=Path(parsed.database))
    schema = parsed.query["schema"]
    assert isinstance(schema, str)
    return Place(url, schema=schema)


def plain() -> psycopg.Connection[Any]:
    """A connection to the test server that is not the ledger's."""
    url = sa.make_url(SERVER).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def place(kind: str, folder: Path) -> Iterator[Place]:
    """A place for a new ledger, gone afterwards."""
    name = f"fault_{uuid.uuid4().hex[:16]}"
    if kind == "sqlite":
        file = folder / f"{name}.db"
        try:
            yield Place(f"sqlite:///{file}", file=file)
        finally:
            for leftover in folder.glob(f"{name}.db*"):
                leftover.unlink()
        return
    url = sa.make_url(SERVER).update_query_dict({"schema": name})
    try:
        yield Place(url.render_as_string(hide_password=False), schema=name)
    finally:
        with plain() as connection:
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name))
            )


@contextmanager
def created(kind: str, folder: Path) -> Iterator[Place]:
    """A new, empty ledger."""
    with place(kind, folder) as where:
        ledger, _ = create_ledger(where.url)
        ledger.close()
        yield where


def verify(where: Place) -> Verdict:
    """The verifier's verdict, once no dead writer's transaction is under way any more."""
    ledger = open_ledger(where.url)
    try:
        with ledger.store.write():  # PostgreSQL may still be ending what a killed client began
            pass
        return ledger.verify()
    finally:
        ledger.close()


def assert_sound(where: Place) -> list[str]:
    """The entry ids of a ledger in which `verify` finds nothing."""
    verdict = verify(where)
    assert verdict.ok, [str(problem.text) for problem in verdict.problems[:5]]
    return where.entries()
