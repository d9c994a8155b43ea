"""The projection's tables, kept inside the ledger's transaction: where they stand, and `rank`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import sqlalchemy as sa

from perfledger.projections import bulk
from perfledger.projections.live import Change, Sources, update_year
from perfledger.projections.rows import classes_from_rows
from perfledger.projections.tables import LIVE, TABLES_VERSION, Tables, tables_of


def projected_position(connection: sa.Connection) -> int | None:
    """The position that the tables show; None where there are none of this version."""
    if not stand(connection):
        return None
    table = tables_of(connection).projection
    rows = connection.execute(sa.select(table.c.version, table.c.position))
    positions = {row.version: row.position for row in rows}
    return positions.get(TABLES_VERSION) if len(positions) == 1 else None


def comparable(connection: sa.Connection) -> bool:
    """Whether tables of this version are there, whatever they show."""
    if not stand(connection):
        return False
    table = tables_of(connection).projection
    return TABLES_VERSION in connection.execute(sa.select(table.c.version)).scalars().all()


def stand(connection: sa.Connection) -> bool:
    """Whether all tables are there, with this version's columns."""
    inspector = sa.inspect(connection)
    return all(
        inspector.has_table(table.name, table.schema)
        and [one["name"] for one in inspector.get_columns(table.name, table.schema)]
        == table.columns.keys()
        for table in tables_of(connection).metadata.sorted_tables
    )


def drop_beside(connection: sa.Connection) -> bool:
    """Drop the tables that stand beside the log; whether there were any."""
    there = any(sa.inspect(connection).has_table(table) for table in LIVE.metadata.tables)
    LIVE.metadata.drop_all(connection)
    return there


def project(
    connection: sa.Connection,
    sources: Sources,
    changes: Mapping[int, Change],
    years: Callable[[], Iterable[int]],
    position: int,
) -> None:
    """Bring the tables to `position` by what a batch changed; `years` gives all of the ledger.

    Certified lowest tiers have consequences in later years (so many years running): where one
    comes or goes, those years are ranked again too.
    """
    waiting = dict(changes)
    while waiting:
        year = min(waiting)
        lowest = update_year(connection, sources, year, waiting.pop(year))
        for later in years() if lowest else ():
            if year < later < year + _reach(sources, later):
                change = waiting.get(later) or Change(units={})
                waiting[later] = attrs.evolve(change, again=change.again | lowest)
    set_position(connection, tables_of(connection), position)


def _reach(sources: Sources, year: int) -> int:
    """How many years running a consequence of the year asks for, this one among them."""
    rules = [rule for one in sources.schemes(year).values() for rule in one.consequences]
    return max((rule.lowest_tier_years or 1 for rule in rules), default=1)


def set_position(connection: sa.Connection, tables: Tables, position: int) -> None:
    """Write down what the tables show."""
    connection.execute(sa.delete(tables.projection))
    bulk.insert(connection, tables.projection, [(TABLES_VERSION, position)])


def read_classes(connection: sa.Connection, year: int, scheme: str) -> list[dict[str, Any]]:
    """The member `classes` of `rank`'s answer, from the tables."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for name in ("classes", "standings", "components", "adjustments"):
        table = tables_of(connection).figures[name]
        query = sa.select(table).where(table.c.year == year, table.c.scheme == scheme)
        rows[name] = [dict(row) for row in connection.execute(query).mappings()]
    return classes_from_rows(rows)


def incomplete_classes(connection: sa.Connection) -> list[dict[str, Any]]:
    """The classes in which a unit has something missing, with the number of these units."""
    figures = tables_of(connection).figures
    classes, standings = figures["classes"], figures["standings"]
    key = ("year", "scheme", "unit_class", "parent")
    counts = sa.select(*(standings.c[name] for name in key), sa.func.count()).where(
        standings.c.missing != "[]"
    )
    units = {
        tuple(row[:-1]): row[-1]
        for row in connection.execute(counts.group_by(*(standings.c[name] for name in key)))
    }
    query = sa.select(*(classes.c[name] for name in key)).where(classes.c.status == "provisional")
    rows = connection.execute(query.order_by(classes.c.year, classes.c.scheme, classes.c.place))
    return [{**dict(zip(key, row, strict=True)), "units": units.get(tuple(row), 0)} for row in rows]


def units_from(
    connection: sa.Connection, year: int, start: str, limit: int
) -> list[tuple[str, str]]:
    """A year's units whose code begins so, with their names, in their order."""
    table = tables_of(connection).figures["units"]
    query = sa.select(table.c.unit, table.c.name).where(
        table.c.year == year, table.c.unit >= start, table.c.unit < start + "\U0010ffff"
    )
    rows = connection.execute(query.order_by(table.c.unit).limit(limit))
    return [(row.unit, row.name) for row in rows]
