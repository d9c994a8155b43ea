"""The floor of an import on PostgreSQL: COPY of a ledger's rows into the same tables, empty.

    python -m benchmarks.performance.copying SCHEMA rows|bytes

`rows` hands psycopg rows of Python, `bytes` what COPY TO wrote before: then the server works
alone. Fetching the rows is not counted. Processor time is the client's only.
"""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.faults.places import plain
from benchmarks.performance.floors import tables_of
from benchmarks.performance.stopwatch import Stopwatch

COPY_FROM = "COPY {} FROM STDIN (FORMAT BINARY)"
Connection = psycopg.Connection[Any]


def copy_floor(schema: str, form: str) -> Stopwatch:
    """Fill copies of the tables in a schema of their own, which is gone afterwards."""
    floor = f"{schema}_floor"
    watch = Stopwatch()
    with closing(plain()) as source, closing(plain()) as target:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
        tables = tables_of(name for (name,) in source.execute(query, (schema,)))
        target.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(floor)))
        try:
            for table in tables:
                # INCLUDING ALL: keys, indexes, checks. No trigger of the log fires on INSERT.
                target.execute(
                    sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(
                        sql.Identifier(floor, table), sql.Identifier(schema, table)
                    )
                )
            with watch.running():
                target.execute("BEGIN")
            for table in tables:
                old, new = sql.Identifier(schema, table), sql.Identifier(floor, table)
                (_rows if form == "rows" else _bytes)(source, target, old, new, watch)
            with watch.running():
                target.execute("COMMIT")
        finally:
            target.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(floor)))
    return watch


def _rows(
    source: Connection,
    target: Connection,
    old: sql.Identifier,
    new: sql.Identifier,
    watch: Stopwatch,
) -> None:
    cursor = source.cursor(binary=True).execute(sql.SQL("SELECT * FROM {}").format(old))
    assert cursor.description is not None
    types = [column.type_code for column in cursor.description]
    rows = cursor.fetchall()
    command = sql.SQL(COPY_FROM).format(new)
    with watch.running(), target.cursor() as cursor, cursor.copy(command) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _bytes(
    source: Connection,
    target: Connection,
    old: sql.Identifier,
    new: sql.Identifier,
    watch: Stopwatch,
) -> None:
    with source.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(old)) as read:
        blocks = [bytes(block) for block in read]
    command = sql.SQL(COPY_FROM).format(new)
    with watch.running(), target.cursor() as cursor, cursor.copy(command) as copy:
        for block in blocks:
            copy.write(block)


def main() -> None:
    """Measure the floor and print its times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schema")
    parser.add_argument("form", choices=["rows", "bytes"])
    given = parser.parse_args()
    print(json.dumps(copy_floor(given.schema, given.form).as_json()))


if __name__ == "__main__":
    main()
