"""All tables anew from the entries, swapped in at once; what differed before is the drift."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from perfledger.projections import bulk
from perfledger.projections.books import Books
from perfledger.projections.compare import Cell, position_differences, swap_differences
from perfledger.projections.tables import INDEXES, Tables, tables_of
from perfledger.projections.view import comparable, set_position
from perfledger.projections.year_rows import rows_of_year

Progress = Callable[[int], None]
"""Told how many entries are projected."""


def rebuild(
    connection: sa.Connection,
    books: Books,
    years: Iterable[int],
    position: int,
    progress: Progress = lambda done: None,
) -> list[Cell]:
    """Fill new tables from the entries and swap them in; returns every cell that differed.

    It all happens in the caller's transaction: a reader sees the old tables or the new ones.
    Tables of another version are not compared.
    """
    compared = comparable(connection)
    old, new = tables_of(connection), tables_of(connection, "new_")
    new.metadata.drop_all(connection)
    new.metadata.create_all(connection)
    done = 0
    for year in sorted(years):
        for name, rows in rows_of_year(books, year):
            inserted = bulk.insert(connection, new.figures[name], rows)
            if name == "entries":
                done += inserted
                progress(done)
    drift: list[Cell] = []
    if compared:
        drift += position_differences(connection, position)
        drift += swap_differences(connection, old, new)
    set_position(connection, new, position)
    _swap(connection, old, new)
    return drift


def _swap(connection: sa.Connection, old: Tables, new: Tables) -> None:
    _keep_readers_out(connection)
    old.metadata.drop_all(connection)
    for table in new.metadata.sorted_tables:
        _rename(connection, table, table.name.removeprefix(new.prefix))
    preparer = connection.dialect.identifier_preparer
    for name, (of, columns) in INDEXES.items():
        table_name = preparer.format_table(old.figures[of])
        connection.exec_driver_sql(f"CREATE INDEX {name} ON {table_name} ({', '.join(columns)})")


def _keep_readers_out(connection: sa.Connection) -> None:
    """Wait for readers at the table that they read first.

    Tables are dropped one after the other: a reader that is between two would wait for this
    transaction, and this one for the reader. SQLite locks the file.
    """
    if connection.dialect.name != "postgresql":
        return
    table = tables_of(connection).projection
    if sa.inspect(connection).has_table(table.name, table.schema):
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")


def _rename(connection: sa.Connection, table: sa.Table, name: str) -> None:
    preparer = connection.dialect.identifier_preparer
    connection.exec_driver_sql(f'ALTER TABLE {preparer.format_table(table)} RENAME TO "{name}"')
    if connection.dialect.name == "postgresql":  # the key's index keeps its name otherwise
        schema = f"{preparer.quote_identifier(table.schema)}." if table.schema else ""
        connection.exec_driver_sql(
            f'ALTER INDEX {schema}"{table.name}_pkey" RENAME TO "{name}_pkey"'
        )
