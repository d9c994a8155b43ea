"""Where the tables differ from what the entries give: every cell."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from perfledger.projections import bulk
from perfledger.projections.books import Books
from perfledger.projections.rows import Row
from perfledger.projections.tables import TABLES_VERSION, Tables, tables_of
from perfledger.projections.view import comparable
from perfledger.projections.year_rows import rows_of_year

Cell = dict[str, Any]
"""A differing cell: table, key, column, the projected and the rebuilt value."""


def differences(
    connection: sa.Connection, books: Books, years: Iterable[int], position: int
) -> Iterator[Cell]:
    """Every cell in which the tables differ from the entries; none where there are no tables.

    The years' books are finished afterwards.
    """
    if not comparable(connection):
        return
    tables = tables_of(connection)
    yield from position_differences(connection, position)
    expected: dict[tuple[str, int], int] = {}
    lost: set[tuple[str, int]] = set()
    for year in sorted(years):
        for name, rows in rows_of_year(books, year):
            for chunk in bulk.chunks(rows):
                rebuilt: list[Row] = list(chunk)  # type: ignore[arg-type]  # chunks of rows
                expected[name, year] = expected.get((name, year), 0) + len(rebuilt)
                for stood, row in _unequal(connection, tables.figures[name], rebuilt):
                    if stood is None:
                        lost.add((name, year))
                    yield from row_cells(tables.figures[name], stood, row)
    yield from _rows_too_many(connection, books, expected, lost)


def position_differences(connection: sa.Connection, position: int) -> Iterator[Cell]:
    """What the table `projection` says beyond one row of this version at the position."""
    table = tables_of(connection).projection
    for row in connection.execute(sa.select(table)):
        if row.version != TABLES_VERSION:
            yield cell("projection", {"version": row.version}, "position", row.position, None)
        elif row.position != position:
            key = {"version": TABLES_VERSION}
            yield cell("projection", key, "position", row.position, position)


def _unequal(
    connection: sa.Connection, table: sa.Table, rebuilt: list[Row]
) -> Iterator[tuple[Row | None, Row]]:
    """The rows that differ from what stands under their key, each with that."""
    keys = _keys(table)
    within = {row[0] for row in rebuilt}
    conditions = [table.c[keys[0]].in_(within)]
    if len(keys) > 1:
        conditions.append(table.c[keys[1]].in_({row[1] for row in rebuilt}))
    stood = {_key(table, row): row for row in bulk.select(connection, table, *conditions)}
    for row in rebuilt:
        before = stood.get(_key(table, row))
        if before != row:
            yield before, row


def _rows_too_many(
    connection: sa.Connection,
    books: Books,
    expected: dict[tuple[str, int], int],
    lost: set[tuple[str, int]],
) -> Iterator[Cell]:
    """Rows that no entry gives: looked for where their number is not right, or one was lost."""
    for name, table in tables_of(connection).figures.items():
        counts = sa.select(table.c.year, sa.func.count()).group_by(table.c.year)
        for year, count in connection.execute(counts).all():
            if count == expected.get((name, year), 0) and (name, year) not in lost:
                continue
            given = {
                _key(table, row)
                for of, rows in rows_of_year(books, year)
                if of == name
                for row in rows
            }
            for row in bulk.select(connection, table, table.c.year == year):
                if _key(table, row) not in given:
                    yield from row_cells(table, row, None)


def swap_differences(connection: sa.Connection, old: Tables, new: Tables) -> Iterator[Cell]:
    """Every cell in which old tables differ from new ones, found by the database."""
    for name, table in new.figures.items():
        before = old.figures[name]
        keys = _keys(table)
        same = sa.and_(*(table.c[key] == before.c[key] for key in keys))
        width = len(table.columns)
        unequal = [
            table.c[column].is_distinct_from(before.c[column])
            for column in table.columns.keys()  # noqa: SIM118 - columns iterate as columns
        ]
        query = sa.select(*table.columns, *before.columns).select_from(
            table.outerjoin(before, same)
        )
        for row in connection.execute(query.where(sa.or_(*unequal))):
            stood: Row | None = tuple(row[width:])
            if row[width] is None:  # of a key: there was no such row
                stood = None
            yield from row_cells(before, stood, tuple(row[:width]))
        lost = sa.select(*before.columns).select_from(before.outerjoin(table, same))
        for row in connection.execute(lost.where(table.c[keys[0]].is_(None))):
            yield from row_cells(before, tuple(row), None)


def row_cells(table: sa.Table, before: Row | None, after: Row | None) -> Iterator[Cell]:
    """The cells in which two rows of one key differ."""
    row = after if after is not None else before
    assert row is not None
    key = dict(zip(_keys(table), _key(table, row), strict=True))
    for place, column in enumerate(table.columns.keys()):
        was = None if before is None else before[place]
        now = None if after is None else after[place]
        if was != now:
            yield cell(table.name, key, column, was, now)


def _keys(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def _key(table: sa.Table, row: Row) -> Row:
    return row[: len(table.primary_key.columns)]  # the key's columns come first


def cell(table: str, key: dict[str, Any], column: str, was: Any, now: Any) -> Cell:
    """A cell that differs."""
    return {"table": table, "key": key, "column": column, "projected": was, "rebuilt": now}
