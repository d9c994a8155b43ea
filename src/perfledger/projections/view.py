"""The projection's tables, kept inside the ledger's transaction; rebuilt and swapped whole.

Rebuild and live use the same functions: rows of a year from its states.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from perfledger.projections.books import Books
from perfledger.projections.history import history_lines
from perfledger.projections.rows import Row, classes_from_rows, entry_rows, figure_rows
from perfledger.projections.tables import LIVE, TABLES_VERSION, Tables

CHUNK = 1_000


def projected_position(connection: sa.Connection) -> int | None:
    """The position that the tables show; None where there are none of this version."""
    inspector = sa.inspect(connection)
    names = [table.name for table in LIVE.metadata.sorted_tables]
    if not all(inspector.has_table(name) for name in names):
        return None
    row = connection.execute(sa.select(LIVE.projection)).one_or_none()
    return row.position if row is not None and row.version == TABLES_VERSION else None


def project(
    connection: sa.Connection,
    books: Books,
    touched: Collection[tuple[int, str]],
    years: Iterable[int],
    position: int,
) -> None:
    """Bring the tables to `position`: figures of the touched years, entries of touched units.

    `years` are all years of the ledger. A certified year's lowest tiers have consequences in later
    ones (so many years running), so those are projected again too.
    """
    first = min(year for year, _ in touched)
    for year in sorted(year for year in set(years) if year >= first):
        _replace_figures(connection, books, year)
    for year, unit in sorted(touched):
        _replace_entries(connection, books, year, unit)
    _set_position(connection, LIVE, position)


def _replace_figures(connection: sa.Connection, books: Books, year: int) -> None:
    for name, table in LIVE.figures.items():
        if name != "entries":
            connection.execute(sa.delete(table).where(table.c.year == year))
    _insert_figures(connection, LIVE, books, year)


def _insert_figures(connection: sa.Connection, tables: Tables, books: Books, year: int) -> None:
    for book in books.of_year(year):
        for name, rows in figure_rows(book).items():
            _insert(connection, tables.figures[name], rows)


def _replace_entries(connection: sa.Connection, books: Books, year: int, unit: str) -> None:
    table = LIVE.entries
    connection.execute(sa.delete(table).where(table.c.year == year, table.c.unit == unit))
    _insert(connection, table, _entry_rows(books, year, unit))


def _entry_rows(books: Books, year: int, unit: str) -> Iterator[Row]:
    state = books.states(year)[unit]
    return entry_rows(history_lines(state, books.of_unit(year, unit)))


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> None:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            connection.execute(sa.insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(sa.insert(table), chunk)


def _set_position(connection: sa.Connection, tables: Tables, position: int) -> None:
    connection.execute(sa.delete(tables.projection))
    row = {"version": TABLES_VERSION, "position": position}
    connection.execute(sa.insert(tables.projection), [row])


def read_classes(connection: sa.Connection, year: int, scheme: str) -> list[dict[str, Any]]:
    """The member `classes` of `rank`'s answer, from the tables."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for name in ("classes", "standings", "components", "adjustments"):
        table = LIVE.figures[name]
        query = sa.select(table).where(table.c.year == year, table.c.scheme == scheme)
        rows[name] = [dict(row) for row in connection.execute(query).mappings()]
    return classes_from_rows(rows)


def rebuild(
    connection: sa.Connection, books: Books, years: Iterable[int], position: int
) -> list[dict[str, Any]]:
    """Fill new tables from the states, compare, and swap them in; what differed is the drift.

    It all happens in the caller's transaction: a reader sees the old tables or the new ones.
    """
    new = Tables("new_")
    new.metadata.drop_all(connection)
    new.metadata.create_all(connection)
    for year in sorted(years):
        _insert_figures(connection, new, books, year)
        for unit in sorted(books.states(year)):
            _insert(connection, new.entries, _entry_rows(books, year, unit))
    _set_position(connection, new, position)
    drift = [] if projected_position(connection) is None else _drift(connection, new)
    LIVE.metadata.drop_all(connection)
    for table in new.metadata.sorted_tables:
        _rename(connection, table.name, table.name.removeprefix(new.prefix))
    return drift


def _rename(connection: sa.Connection, old: str, name: str) -> None:
    connection.exec_driver_sql(f'ALTER TABLE "{old}" RENAME TO "{name}"')
    if connection.dialect.name == "postgresql":  # the key's index keeps its name otherwise
        connection.exec_driver_sql(f'ALTER INDEX "{old}_pkey" RENAME TO "{name}_pkey"')


def _drift(connection: sa.Connection, new: Tables) -> list[dict[str, Any]]:
    """Every cell in which the tables that stood there differ from the rebuilt ones."""
    drift: list[dict[str, Any]] = []
    for table in new.metadata.sorted_tables:
        name = table.name.removeprefix(new.prefix)
        stood = _cells(connection, LIVE.metadata.tables[name])
        built = _cells(connection, table)
        for key in sorted({*stood, *built}, key=repr):
            before, after = stood.get(key), built.get(key)
            for column in table.columns.keys():  # noqa: SIM118 - columns iterate as columns
                was = before[column] if before is not None else None
                now = after[column] if after is not None else None
                if was != now:
                    drift.append(
                        {
                            "table": name,
                            "key": dict(key),
                            "column": column,
                            "projected": was,
                            "rebuilt": now,
                        }
                    )
    return drift


def _cells(connection: sa.Connection, table: sa.Table) -> dict[Any, Mapping[str, Any]]:
    keys = [column.name for column in table.primary_key.columns]
    return {
        tuple((key, row[key]) for key in keys): dict(row)
        for row in connection.execute(sa.select(table)).mappings()
    }
