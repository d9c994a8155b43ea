"""The least work that could do: what import, rebuild and verify on SQLite are measured against.

    python -m benchmarks.performance.floors import LEDGER.db JOURNAL COPY.db [--without-triggers]
    python -m benchmarks.performance.floors rebuild LEDGER.db COPY.db

The rows are those of a ledger that the program itself wrote. They are handed over in chunks, and
fetching them from there is not counted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import orjson

from benchmarks.performance.stopwatch import Stopwatch
from perfledger.ledger.backend import metadata

CHUNK = 2_000
LOG = "events"


def open_file(file: Path) -> sqlite3.Connection:
    """A connection with the pragmas of the program's writer."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in (
        "journal_mode=TRUNCATE",
        "synchronous=EXTRA",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def tables_of(names: Iterable[str]) -> list[str]:
    """Of a ledger's tables the log's and those of the projections.

    The others of the log (its frontier, kept checkpoints) hold a row or none after an import.
    """
    projections = set(names) - metadata.tables.keys()
    return [LOG, *sorted(projections)]


def _tables(source: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    return tables_of(name for (name,) in source.execute(query))


def declarations(source: sqlite3.Connection, tables: list[str], kinds: set[str]) -> list[str]:
    """The statements that made the tables, their indexes and triggers, word for word."""
    query = "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    return [sql for kind, of, sql in source.execute(query) if of in tables and kind in kinds]


def chunks(source: sqlite3.Connection, table: str) -> Iterator[list[tuple[object, ...]]]:
    """All rows of a table in the order in which they were written, as SQLite scans them."""
    cursor = source.execute(f"SELECT * FROM {table}")
    while chunk := cursor.fetchmany(CHUNK):
        yield chunk


def fill(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, into: str, watch: Stopwatch
) -> None:
    """Insert all rows of a table."""
    columns = len(source.execute(f"SELECT * FROM {table} LIMIT 0").description)
    insert = f"INSERT INTO {into} VALUES ({', '.join('?' * columns)})"
    for chunk in chunks(source, table):
        with watch.running():
            target.executemany(insert, chunk)


def import_floor(ledger: Path, journal: Path, copy: Path, *, triggers: bool) -> Stopwatch:
    """orjson and SHA-256 of every line, and the same rows into the same tables, in one go."""
    copy.unlink(missing_ok=True)
    watch = Stopwatch()
    with closing(sqlite3.connect(ledger)) as source, closing(open_file(copy)) as target:
        tables = _tables(source)
        kinds = {"table", "index", *(("trigger",) if triggers else ())}
        for sql in declarations(source, tables, kinds):
            target.execute(sql)
        with watch.running():
            with journal.open("rb") as lines:
                for line in lines:
                    orjson.loads(line)
                    sha256(line).digest()
            target.execute("BEGIN IMMEDIATE")
        for table in tables:
            fill(source, target, table, table, watch)
        with watch.running():
            target.execute("COMMIT")
    return watch


def rebuild_floor(ledger: Path, copy: Path) -> Stopwatch:
    """All rows in order, SHA-256 and orjson of each, and the same projection rows inserted."""
    shutil.copyfile(ledger, copy)
    watch = Stopwatch()
    with closing(sqlite3.connect(ledger)) as source, closing(open_file(copy)) as target:
        tables = [table for table in _tables(source) if table != LOG]
        for table in tables:  # the same tables, empty, beside the log
            target.execute(f"DROP TABLE {table}")
        for sql in declarations(source, tables, {"table", "index", "trigger"}):
            target.execute(sql)
        with watch.running():
            target.execute("BEGIN IMMEDIATE")
            rows = target.execute("SELECT * FROM events ORDER BY position")
            leaf = [column[0] for column in rows.description].index("leaf")
            for row in rows:
                sha256(row[leaf]).digest()
                orjson.loads(row[leaf])
        for table in tables:
            fill(source, target, table, table, watch)
        with watch.running():
            target.execute("COMMIT")
    return watch


def main() -> None:
    """Measure one floor and print its times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["import", "rebuild"])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--without-triggers", action="store_true")
    given = parser.parse_args()
    if given.work == "import":
        watch = import_floor(*given.files, triggers=not given.without_triggers)
    else:
        watch = rebuild_floor(*given.files)
    print(json.dumps(watch.as_json()))


if __name__ == "__main__":
    main()
