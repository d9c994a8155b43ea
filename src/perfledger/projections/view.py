"""The projection's tables, kept inside the ledger's transaction; rebuilt and swapped whole.

Rebuild and live use the same functions: rows of a year from its states.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from perfledger.domain.values import LAST_YEAR
from perfledger.projections.books import Books
from perfledger.projections.history import history_lines
from perfledger.projections.rows import Row, classes_from_rows, entry_rows, figure_rows
from perfledger.projections.tables import LIVE, TABLES_VERSION, Tables, tables_of

CHUNK = 1_000


def projected_position(connection: sa.Connection) -> int | None:
    """The position that the tables show; None where there are none of this version."""
    positions = _positions(connection)
    return positions.get(TABLES_VERSION) if len(positions) == 1 else None


def _positions(connection: sa.Connection) -> dict[int, int]:
    """The position by version: one, unless somebody wrote there by hand."""
    if not _stand(connection):
        return {}
    table = tables_of(connection).projection
    rows = connection.execute(sa.select(table.c.version, table.c.position))
    return {row.version: row.position for row in rows}


def _stand(connection: sa.Connection) -> bool:
    inspector = sa.inspect(connection)
    tables = tables_of(connection).metadata.sorted_tables
    return all(inspector.has_table(table.name, table.schema) for table in tables)


def drop_beside(connection: sa.Connection) -> bool:
    """Drop the tables that stand beside the log; whether there were any."""
    there = any(sa.inspect(connection).has_table(table) for table in LIVE.metadata.tables)
    LIVE.metadata.drop_all(connection)
    return there


def project(
    connection: sa.Connection,
    books: Books,
    touched: Collection[tuple[int, str]],
    scored: Collection[int],
    years: Iterable[int],
    position: int,
) -> None:
    """Bring the tables to `position`: figures of the scored years, entries of touched units.

    A scored year has an entry that can change a figure, a flag or a status.

    `years` are all years of the ledger. A certified year's lowest tiers have consequences in later
    ones (so many years running), so those are projected again too.
    """
    first = min(scored, default=LAST_YEAR + 1)
    for year in sorted(year for year in set(years) if year >= first):
        _replace_figures(connection, books, year)
    for year, unit in sorted(touched):
        _replace_entries(connection, books, year, unit)
    _set_position(connection, tables_of(connection), position)


def _replace_figures(connection: sa.Connection, books: Books, year: int) -> None:
    live = tables_of(connection)
    for name, table in live.figures.items():
        if name != "entries":
            connection.execute(sa.delete(table).where(table.c.year == year))
    _insert_figures(connection, live, books, year)


def _insert_figures(connection: sa.Connection, tables: Tables, books: Books, year: int) -> None:
    for book in books.of_year(year):
        for name, rows in figure_rows(book).items():
            _insert(connection, tables.figures[name], rows)


def _replace_entries(connection: sa.Connection, books: Books, year: int, unit: str) -> None:
    table = tables_of(connection).entries
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
            _insert_chunk(connection, table, chunk)
            chunk = []
    if chunk:
        _insert_chunk(connection, table, chunk)


def _insert_chunk(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    if connection.dialect.name == "postgresql":
        # psycopg pipelines executemany, and a pipeline can hang while it holds the lock.
        connection.execute(sa.insert(table).values(rows))
    else:
        connection.execute(sa.insert(table), rows)


def _set_position(connection: sa.Connection, tables: Tables, position: int) -> None:
    connection.execute(sa.delete(tables.projection))
    row = {"version": TABLES_VERSION, "position": position}
    connection.execute(sa.insert(tables.projection), [row])


def read_classes(connection: sa.Connection, year: int, scheme: str) -> list[dict[str, Any]]:
    """The member `classes` of `rank`'s answer, from the tables."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for name in ("classes", "standings", "components", "adjustments"):
        table = tables_of(connection).figures[name]
        query = sa.select(table).where(table.c.year == year, table.c.scheme == scheme)
        rows[name] = [dict(row) for row in connection.execute(query).mappings()]
    return classes_from_rows(rows)


def rebuild(
    connection: sa.Connection, books: Books, years: Iterable[int], position: int
) -> list[dict[str, Any]]:
    """Fill new tables from the states and swap them in; what differed before is the drift.

    It all happens in the caller's transaction: a reader sees the old tables or the new ones.
    """
    years = sorted(years)
    drift = list(differences(connection, books, years, position))
    new = tables_of(connection, "new_")
    new.metadata.drop_all(connection)
    new.metadata.create_all(connection)
    for year in years:
        for name, rows in _year_rows(books, year).items():
            _insert(connection, new.figures[name], rows)
    _set_position(connection, new, position)
    _keep_readers_out(connection)
    tables_of(connection).metadata.drop_all(connection)
    for table in new.metadata.sorted_tables:
        _rename(connection, table, table.name.removeprefix(new.prefix))
    return drift


def _keep_readers_out(connection: sa.Connection) -> None:
    """Wait for readers at the table that they read first.

    Tables are dropped one after the other: a reader that is between two would wait for this
    transaction, and this one for the reader. SQLite locks the file.
    """
    if connection.dialect.name == "postgresql" and _stand(connection):
        preparer = connection.dialect.identifier_preparer
        first = preparer.format_table(tables_of(connection).projection)
        connection.exec_driver_sql(f"LOCK TABLE {first} IN ACCESS EXCLUSIVE MODE")


def _year_rows(books: Books, year: int) -> dict[str, list[Row]]:
    """All rows of a year, by table."""
    rows: dict[str, list[Row]] = {name: [] for name in LIVE.figures}
    for book in books.of_year(year):
        for name, found in figure_rows(book).items():
            rows[name] += found
    for unit in sorted(books.states(year)):
        rows["entries"] += _entry_rows(books, year, unit)
    return rows


def _rename(connection: sa.Connection, table: sa.Table, name: str) -> None:
    preparer = connection.dialect.identifier_preparer
    connection.exec_driver_sql(f'ALTER TABLE {preparer.format_table(table)} RENAME TO "{name}"')
    if connection.dialect.name == "postgresql":  # the key's index keeps its name otherwise
        schema = f"{preparer.quote_identifier(table.schema)}." if table.schema else ""
        connection.exec_driver_sql(
            f'ALTER INDEX {schema}"{table.name}_pkey" RENAME TO "{name}_pkey"'
        )


def differences(
    connection: sa.Connection, books: Books, years: Iterable[int], position: int
) -> Iterator[dict[str, Any]]:
    """Every cell in which the tables differ from the states; none where there are no tables."""
    positions = _positions(connection)
    stood_at = positions.pop(TABLES_VERSION, None)
    if stood_at is None:
        return
    for version, at in positions.items():
        yield _cell("projection", {"version": version}, "position", at, None)
    if stood_at != position:
        yield _cell("projection", {"version": TABLES_VERSION}, "position", stood_at, position)
    for year in sorted({*years, *_projected_years(connection)}):
        built = _year_rows(books, year)
        for name, table in tables_of(connection).figures.items():
            query = sa.select(table).where(table.c.year == year)
            stood = [dict(row) for row in connection.execute(query).mappings()]
            yield from _table_differences(name, table, stood, built[name])


def _projected_years(connection: sa.Connection) -> set[int]:
    return {
        year
        for table in tables_of(connection).figures.values()
        for year in connection.execute(sa.select(table.c.year).distinct()).scalars()
    }


def _table_differences(
    name: str, table: sa.Table, stood: list[Row], built: list[Row]
) -> Iterator[dict[str, Any]]:
    keys = [column.name for column in table.primary_key.columns]
    before = {tuple(row[key] for key in keys): row for row in stood}
    after = {tuple(row[key] for key in keys): row for row in built}
    for place in sorted({*before, *after}, key=repr):
        key = dict(zip(keys, place, strict=True))
        for column in table.columns.keys():  # noqa: SIM118 - columns iterate as columns
            was = before[place][column] if place in before else None
            now = after[place][column] if place in after else None
            if was != now:
                yield _cell(name, key, column, was, now)


def _cell(table: str, key: Row, column: str, was: Any, now: Any) -> dict[str, Any]:
    return {"table": table, "key": key, "column": column, "projected": was, "rebuilt": now}
