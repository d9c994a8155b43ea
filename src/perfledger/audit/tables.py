"""The ledger's tables as the database has them: all there, plain, and nobody else's hand in them.

What else an office keeps in the file or the schema is its own, unless it could change what the
program does: a view in a table's place, a rule, a key or a column of others. What the tables
should be is written down here again, as the triggers are in `guards`.
"""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from perfledger.domain.errors import Message, say
from perfledger.projections.tables import LIVE

COLUMNS = {
    "checkpoints": ("number", "size", "note"),
    "events": ("position", "stream", "version", "type", "leaf", "entry", "leaf_hash"),
    "frontier": ("id", "state"),
    "tracking": ("application", "position"),
    "witnesses": ("number", "size", "kind", "evidence"),
}
MOST_ROWS = {"frontier": 1, "tracking": 0}
"""Rows that the program writes at most: one tree, and no other program's place in the log."""

CONSTRAINTS = (
    "events_entry_key",
    "events_stream_version_key",
    "position_from_1",
    *(f"{table}_pkey" for table in COLUMNS),
)
"""What PostgreSQL calls the ledger's own."""

_READ = tuple(prefix + name for name in LIVE.metadata.tables for prefix in ("", "new_"))
"""The read tables, and as a rebuild names them before the swap."""


def standing(connection: sa.Connection) -> set[str]:
    """The tables of the ledger that are there, with their columns."""
    inspector = sa.inspect(connection)
    there = {*inspector.get_table_names(), *inspector.get_view_names()}
    return {
        table
        for table, columns in COLUMNS.items()
        if table in there
        and {column["name"] for column in inspector.get_columns(table)} >= set(columns)
    }


def table_problems(connection: sa.Connection, there: Collection[str]) -> Iterator[Message]:
    """What is wrong with the tables, apart from what their rows hold and from their triggers.

    `there` are those that are `standing`.
    """
    for table in sorted(set(COLUMNS) - set(there)):
        yield say("the table {table} is missing, or columns of it are", table=table)
    for table, most in MOST_ROWS.items():
        if table in there:
            count = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            if count > most:
                yield say(
                    "{table} has {count} rows; the program writes at most {most}",
                    table=table,
                    count=count,
                    most=most,
                )
    sqlite = connection.dialect.name == "sqlite"
    yield from _on_sqlite(connection) if sqlite else _on_postgres(connection)


def _place_taken(name: str) -> Message:
    return say("{name} is no plain table, though it has the name of one of the ledger's", name=name)


def _foreign_column(table: str, name: str) -> Message:
    return say("the column {name} of {table} is none of the ledger's", name=name, table=table)


def _foreign_index(table: str, name: str) -> Message:
    return say("the index {name} of {table} is none of the ledger's", name=name, table=table)


def _on_sqlite(connection: sa.Connection) -> Iterator[Message]:
    objects = connection.exec_driver_sql("SELECT name, type, sql FROM sqlite_master").all()
    for name, kind, sql in objects:
        plain = kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL")
        if name.lower() in (*COLUMNS, *_READ) and not plain:
            yield _place_taken(name)
    for table, columns in COLUMNS.items():
        # An answer has (place, name, type, not null, default, key, hidden): hidden is computed.
        for row in connection.exec_driver_sql(f"PRAGMA table_xinfo({table})").all():
            if row[1] not in columns or row[6]:
                yield _foreign_column(table, row[1])
        # (place, name, unique, origin, partial): `c` was made by CREATE INDEX.
        for row in connection.exec_driver_sql(f"PRAGMA index_list({table})").all():
            if row[3] == "c" and row[2]:
                yield _foreign_index(table, row[1])


_TABLES = """
SELECT c.relname, c.relkind <> 'r' OR c.relispartition, c.relpersistence <> 'p',
  c.relrowsecurity,
  EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent))
FROM pg_class c WHERE c.relkind <> 'i' AND (
  c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:log)
  OR c.relnamespace = to_regnamespace(quote_ident(:place)) AND c.relname = ANY (:read))
ORDER BY 1
"""
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:log)
  AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, a.attnum
"""
_CONSTRAINTS = """
SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:log)
  AND k.contype <> 'n' AND NOT k.conname = ANY (:known) ORDER BY 1, 2
"""
_INDEXES = """
SELECT c.relname, i.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:log)
  AND (x.indisunique OR x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = x.indexrelid) ORDER BY 1, 2
"""
_RULES = """
SELECT c.relname, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE r.rulename <> '_RETURN' AND (
  c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:log)
  OR c.relnamespace = to_regnamespace(quote_ident(:place)) AND c.relname = ANY (:read))
ORDER BY 1, 2
"""


def _on_postgres(connection: sa.Connection) -> Iterator[Message]:
    place = connection.get_execution_options().get("projections_schema")
    values = {
        "log": list(COLUMNS),
        "read": list(_READ),
        "known": list(CONSTRAINTS),
        "place": place or connection.execute(sa.text("SELECT current_schema()")).scalar_one(),
    }

    def rows(query: str) -> list[Any]:
        named = {name: value for name, value in values.items() if f":{name}" in query}
        return list(connection.execute(sa.text(query), named).all())

    for name, other, unlogged, secured, inheriting in rows(_TABLES):
        if other:
            yield _place_taken(name)
        if unlogged and name in COLUMNS:
            yield say("{table} is not logged: a crash of the server empties it", table=name)
        if secured:
            yield say("{table} has row security, which can hide rows", table=name)
        if inheriting:
            yield say("{table} shares its rows with another table by inheritance", table=name)
    for table, name in rows(_COLUMNS):
        if name not in COLUMNS[table]:
            yield _foreign_column(table, name)
    for table, name in rows(_CONSTRAINTS):
        yield say(
            "the constraint {name} of {table} is none of the ledger's", name=name, table=table
        )
    for table, name in rows(_INDEXES):
        yield _foreign_index(table, name)
    for table, name in rows(_RULES):
        yield say("the rule {name} of {table} is none of the ledger's", name=name, table=table)
