"""The tables brought up to date with a batch: the unit-years it touched, what they feed, and the
classes that these are ranked in. Nothing else is read or written.

Classmates that did not move are ranked by their scores as the tables have them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

import attrs
import sqlalchemy as sa

from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.domain.groups import Group, group_of
from perfledger.domain.roll import Member, grades_by_quota, member_of
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections import bulk
from perfledger.projections.book import Book, Digest, Earlier
from perfledger.projections.history import history_lines
from perfledger.projections.rows import (
    Row,
    class_row,
    entry_rows,
    member_row,
    part_rows,
    place_of,
    standing_row,
)
from perfledger.projections.scores import Settled
from perfledger.projections.standings import Standing
from perfledger.projections.stored import FIGURES, Stored, StoredYear, lowest_tier


@attrs.frozen(kw_only=True)
class Change:
    """What a batch recorded in one year."""

    units: Mapping[str, bool]  # touched units: whether a figure, flag or status may have moved
    groups: frozenset[Group] = frozenset()  # certified, given places, or such an entry reversed
    schemes: frozenset[str] = frozenset()  # adopted, or the adoption reversed
    again: frozenset[str] = frozenset()  # units whose consequences look back at a changed year


@attrs.frozen(kw_only=True)
class Sources:
    """Where a year's states come from, how its rules are read, and what is scored already."""

    states: Callable[[int], Mapping[str, UnitYear]]
    read: Callable[[str], Scheme]
    digest: Digest
    settled: Callable[[int, str], Settled | None]
    first: int  # position of the batch's first entry: rows of earlier ones may stand there

    def schemes(self, year: int) -> dict[str, Scheme]:
        """The schemes that are adopted for a year."""
        whole = self.whole(year)
        return {entry.scheme: self.read(entry.text) for _, entry in whole.live(SchemeAdopted)}

    def whole(self, year: int) -> UnitYear:
        """The state of the year's `*` stream."""
        return self.states(year).get(WHOLE) or UnitYear(year=year, unit=WHOLE)


def update_year(
    connection: sa.Connection, sources: Sources, year: int, change: Change
) -> frozenset[str]:
    """Project a year's change. Returns the units whose certified lowest tier may have come or gone:
    the consequences of later years look back at them.
    """
    live = _Year(connection, sources, year)
    touched = {unit for unit in change.units if unit != WHOLE}
    again = live.take_out(change.schemes)
    live.enrol(touched)
    dirty = live.fed({unit for unit in touched if change.units[unit]} | again | live.naming())
    groups = live.known_groups(change.groups) | live.groups_of(dirty | change.again)
    books = live.books(groups, dirty | touched)
    live.read_standings(dirty | touched)
    lowest = live.rank(books, groups, dirty)
    for unit in sorted({*change.units, *again}):
        live.write_entries(books, unit)
    return frozenset(again | lowest)


class _Year:
    """The steps of `update_year`."""

    def __init__(self, connection: sa.Connection, sources: Sources, year: int) -> None:
        self.connection = connection
        self.sources = sources
        self.year = year
        self.stored = Stored(connection, year)
        self.states = sources.states(year)
        self.schemes = sources.schemes(year)
        self.roll: dict[str, Member] = {}  # as far as it was read
        self.left: dict[str, Member] = {}  # where those units stood whose place changed
        self.moved: set[str] = set()  # units whose place on the roll changed
        self.standings: dict[str, Row] = {}  # as they stood in the table

    # -- the roll ------------------------------------------------------------------------------

    def take_out(self, schemes: Collection[str]) -> set[str]:
        """Take out all figures of schemes whose rules came or went; their units."""
        if not schemes:
            return set()
        for name in ("classes", *FIGURES):
            self.stored.remove(name, "scheme", schemes)
        return {member.unit for member in self._learn("scheme", schemes)}

    def enrol(self, touched: set[str]) -> None:
        """Bring the roll up to date with the touched units."""
        stood = {member.unit: member for member in self._members(touched)}
        stands = {unit: member_of(self.states[unit]) for unit in touched}
        self.moved = {unit for unit in touched if stood.get(unit) != stands[unit]}
        self.left = {unit: stood[unit] for unit in self.moved if unit in stood}
        self.stored.remove("units", "unit", self.left)
        found = {unit: member for unit, member in stands.items() if member is not None}
        rows = [member_row(self.year, found[unit]) for unit in sorted(self.moved & found.keys())]
        self.stored.insert("units", rows)
        self.roll |= found

    def naming(self) -> set[str]:
        """Units that name a moved one as parent, leader or sponsor: it may be known now."""
        return {
            member.unit
            for column in ("parent", "portfolio", "sponsor")
            for member in self._learn(column, self.moved)
        }

    def fed(self, units: set[str]) -> set[str]:
        """The units, and all whose figures theirs enter: sponsors, leaders, and theirs."""
        found, waiting = set(units), set(units)
        while waiting:
            members = self._now_and_before(waiting)
            for group in self._groups(members):
                if grades_by_quota(self.schemes[group.scheme], group.unit_class):
                    members += self._classmates(group)
            fed = {unit for member in members for unit in member.fed}
            waiting = {member.unit for member in self._members(fed - found)}
            found |= waiting
        return found

    def groups_of(self, units: set[str] | frozenset[str]) -> set[Group]:
        """The groups that units are ranked in, and those that they left."""
        return self._groups(self._now_and_before(units))

    def known_groups(self, groups: Iterable[Group]) -> set[Group]:
        """Those groups that the rules of now have."""
        return {
            group
            for group in groups
            if group.scheme in self.schemes
            and group.unit_class in self.schemes[group.scheme].classes
        }

    def _groups(self, members: Iterable[Member]) -> set[Group]:
        return {
            group_of(self.schemes[member.scheme], member)
            for member in members
            if member.scheme in self.schemes
            and member.unit_class in self.schemes[member.scheme].classes
        }

    def _now_and_before(self, units: Iterable[str]) -> list[Member]:
        wanted = set(units)
        return [*self._members(wanted), *(self.left[u] for u in wanted & self.left.keys())]

    def _members(self, units: Iterable[str]) -> list[Member]:
        """The members of those codes that are on the roll."""
        wanted = list(units)
        self._learn("unit", [unit for unit in wanted if unit not in self.roll])
        return [self.roll[unit] for unit in wanted if unit in self.roll]

    def _learn(self, column: str, values: Iterable[str]) -> list[Member]:
        found = self.stored.members(column, values)
        self.roll |= {member.unit: member for member in found}
        return found

    def _classmates(self, group: Group) -> list[Member]:
        unit_class = self.schemes[group.scheme].classes[group.unit_class]
        found = self.stored.classmates(group, within_parent=unit_class.within_parent)
        self.roll |= {member.unit: member for member in found}
        return found

    # -- scores --------------------------------------------------------------------------------

    def books(self, groups: set[Group], computed: set[str]) -> dict[str, Book]:
        """Books that know the groups, and whatever the computed units' figures rest on."""
        self._members({link for member in self._members(computed) for link in member.links})
        feeding = [*self._learn("sponsor", computed), *self._learn("portfolio", computed)]
        for group in groups | self._groups(feeding):
            self._classmates(group)
        books = {key: self._book(scheme) for key, scheme in self.schemes.items()}
        for row, settled in self.stored.scores(self.roll.keys() - computed):
            self.standings[row[1]] = row
            if row[2] in books:
                books[row[2]].know(settled)
        for unit in computed & self.roll.keys():
            done = self.sources.settled(self.year, unit)
            if done is not None and self.roll[unit].scheme in books:
                books[self.roll[unit].scheme].know(done)
        return books

    def _book(self, scheme: Scheme) -> Book:
        def earlier(year: int) -> Earlier | None:
            found = self.sources.schemes(year).get(scheme.key)
            return None if found is None else StoredYear(self.connection, year, found)

        return Book(
            year=self.year,
            scheme=scheme,
            states=self.states,
            whole=self.sources.whole(self.year),
            earlier=earlier,
            digest=self.sources.digest,
            roll=self.roll,
        )

    # -- ranks ---------------------------------------------------------------------------------

    def read_standings(self, units: set[str]) -> None:
        """Read where units stood, besides those whose scores were read."""
        self.standings |= {row[1]: row for row in self.stored.rows("standings", "unit", units)}

    def rank(self, books: dict[str, Book], groups: set[Group], dirty: set[str]) -> set[str]:
        """Write the groups' classes and standings, and all figures of the dirty units.

        Returns the units whose certified lowest tier came or went.
        """
        places = {group: place_of(self.schemes[group.scheme], group) for group in groups}
        certified = {group for group in groups if self.stored.take_class(group, places[group])}
        before = {row[1] for row in self.standings.values() if self._was_lowest(row, certified)}
        for name in FIGURES:
            self.stored.remove(name, "unit", dirty)
        after: set[str] = set()
        for group in groups:
            book = books[group.scheme]
            if group in book.members:
                after |= self._rank_group(book, group, dirty)
        return before ^ after

    def _was_lowest(self, row: Row, certified: set[Group]) -> bool:
        group = Group(row[2], row[3], row[4])
        return group in certified and row[8] == lowest_tier(
            self.schemes[group.scheme], group.unit_class
        )

    def _rank_group(self, book: Book, group: Group, dirty: set[str]) -> set[str]:
        ranking = book.ranking(group)
        self.stored.insert("classes", [class_row(book, ranking)])
        standings: list[Row] = []
        parts: dict[str, list[Row]] = {"components": [], "adjustments": []}
        for standing in ranking.standings:
            unit = standing.score.unit
            row = standing_row(book, group, standing)
            if unit in dirty or self.standings.get(unit) != row:
                standings.append(row)
            if unit in dirty or unit not in self.standings:
                values, sums = part_rows(book, standing)
                parts["components"] += values
                parts["adjustments"] += sums
        self.stored.remove("standings", "unit", [row[1] for row in standings])
        self.stored.insert("standings", standings)
        for name, rows in parts.items():
            self.stored.remove(name, "unit", {row[1] for row in rows})
            self.stored.insert(name, rows)
        return {unit for one in ranking.standings if book.held_lowest(unit := _unit(one))}

    # -- entries -------------------------------------------------------------------------------

    def write_entries(self, books: dict[str, Book], unit: str) -> None:
        """Write the rows of a stream's entries anew."""
        member = self.roll.get(unit)
        book = None if member is None else books.get(member.scheme)
        rows = list(entry_rows(history_lines(self.states[unit], book)))
        table = self.stored.tables["entries"]
        stood = [row[0] for row in rows if row[0] < self.sources.first]
        bulk.delete_in(self.connection, table, "position", stood)
        bulk.insert(self.connection, table, rows)


def _unit(standing: Standing) -> str:
    return standing.score.unit
