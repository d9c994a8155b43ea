"""What the tables hold of one year: its roll, scores and certified lowest tiers."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from perfledger.domain.groups import Group
from perfledger.domain.roll import Member
from perfledger.domain.scheme import Scheme
from perfledger.projections import bulk
from perfledger.projections.rows import Row, member_from, score_from
from perfledger.projections.scores import Settled
from perfledger.projections.tables import tables_of

FIGURES = ("standings", "components", "adjustments")
"""The tables that hold a unit's figures."""


class Stored:
    """One year of the tables, to read and to replace parts of it."""

    def __init__(self, connection: sa.Connection, year: int) -> None:
        self.connection = connection
        self.year = year
        self.tables = tables_of(connection).figures

    def members(self, column: str, values: Iterable[object]) -> list[Member]:
        """The members of which a column has one of the values."""
        return [member_from(row) for row in self.rows("units", column, values)]

    def classmates(self, group: Group, *, within_parent: bool) -> list[Member]:
        """All members of a group, whether they are ranked or not."""
        columns = self.tables["units"].c
        conditions = [
            columns.year == self.year,
            columns.scheme == group.scheme,
            columns.unit_class == group.unit_class,
        ]
        if within_parent:
            conditions.append(columns.parent.is_not_distinct_from(group.parent))
        rows = bulk.select(self.connection, self.tables["units"], *conditions)
        return [member_from(row) for row in rows]

    def scores(self, units: Collection[str]) -> Iterator[tuple[Row, Settled]]:
        """Standing and score of those units that have one.

        What caps absorbed wholly is not kept: it is asked of units that are computed anyway.
        """
        parts: dict[str, dict[str, list[Row]]] = {"components": {}, "adjustments": {}}
        for name, found in parts.items():
            for row in self.rows(name, "unit", units):
                found.setdefault(row[1], []).append(row)
        for row in self.rows("standings", "unit", units):
            values = parts["components"].get(row[1], [])
            sums = parts["adjustments"].get(row[1], [])
            yield row, Settled(score=score_from(row, values, sums), absorbed_wholly=frozenset())

    def rows(self, name: str, column: str, values: Iterable[object]) -> Iterator[Row]:
        """The year's rows of a table of which a column has one of the values."""
        table = self.tables[name]
        same_year = table.c.year == self.year
        return bulk.select_in(self.connection, table, column, values, same_year)

    def remove(self, name: str, column: str, values: Iterable[object]) -> None:
        """Delete the year's rows of a table of which a column has one of the values."""
        table = self.tables[name]
        bulk.delete_in(self.connection, table, column, values, table.c.year == self.year)

    def take_class(self, group: Group, place: str) -> bool:
        """Delete the group's row of `classes`; whether it showed a certification.

        And whatever somebody put into its place: it would keep the new row out.
        """
        table = self.tables["classes"]
        same = (
            table.c.year == self.year,
            table.c.scheme == group.scheme,
            sa.or_(
                table.c.place == place,
                sa.and_(
                    table.c.unit_class == group.unit_class,
                    table.c.parent.is_not_distinct_from(group.parent),
                ),
            ),
        )
        entries = self.connection.execute(sa.select(table.c.certified_entry).where(*same))
        certified = any(entry is not None for entry in entries.scalars())
        self.connection.execute(sa.delete(table).where(*same))
        return certified

    def insert(self, name: str, rows: Iterable[Row]) -> None:
        """Insert rows of the year."""
        bulk.insert(self.connection, self.tables[name], rows)


class StoredYear:
    """A scheme's earlier year, of which the tables are up to date."""

    def __init__(self, connection: sa.Connection, year: int, scheme: Scheme) -> None:
        self._connection = connection
        self._year = year
        self._scheme = scheme

    def held_lowest(self, unit: str) -> bool:
        """Whether the unit held the lowest tier of a certified class."""
        tables = tables_of(self._connection).figures
        standings, classes = tables["standings"].c, tables["classes"].c
        query = sa.select(standings.unit_class, standings.tier).where(
            standings.year == self._year,
            standings.unit == unit,
            standings.scheme == self._scheme.key,
            classes.year == standings.year,
            classes.scheme == standings.scheme,
            classes.unit_class == standings.unit_class,
            classes.parent.is_not_distinct_from(standings.parent),
            classes.certified_entry.is_not(None),
        )
        found: Any = self._connection.execute(query).one_or_none()
        return found is not None and found.tier == lowest_tier(self._scheme, found.unit_class)


def lowest_tier(scheme: Scheme, unit_class: str) -> str:
    """The lowest tier of a class's ladder."""
    return scheme.classes[unit_class].ladder.tiers[-1].key
