"""Books over the streams that a bundle holds; classmates that it does not hold stand in a table.

A bundle without its whole class knows its classmates from the sealed table only: their composites,
ranks and tiers. Figures of the unit itself are always computed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from perfledger.domain.entries import WHOLE, PlacesDecided, UnitEnrolled
from perfledger.domain.groups import Group, certifications, group_of
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.canonical import canonical_sha256
from perfledger.projections.answers import SEALED_MEMBERS, sealed_table, standing_json
from perfledger.projections.book import Book, streams_behind
from perfledger.projections.books import Books
from perfledger.projections.scores import Score
from perfledger.projections.standings import Ranking, Standing, class_flags, decided_on

Tables = Mapping[tuple[int, Group], dict[str, Any]]


def digest_of(scheme: Scheme, ranking: Ranking) -> str:
    """SHA-256 of a group's table as a certification seals it."""
    return canonical_sha256(sealed_table(scheme, ranking))


class HeldBooks(Books):
    """Books over held streams; `tables` are sealed tables of groups that are not held whole."""

    def __init__(
        self,
        states: Callable[[int], Mapping[str, UnitYear]],
        read: Callable[[str], Scheme],
        tables: Tables,
        unit: str,
    ) -> None:
        super().__init__(states, read, digest_of)
        self._tables = tables
        self._unit = unit
        self._held: dict[tuple[int, str], Book | None] = {}

    def book(self, year: int, scheme: str) -> Book | None:
        """The book of a scheme's year, which takes classmates from the table."""
        key = (year, scheme)
        if key not in self._held:
            found = super().book(year, scheme)
            self._held[key] = None if found is None else self._with_tables(found)
        return self._held[key]

    def _with_tables(self, book: Book) -> Book:
        tables = {
            group: table
            for (year, group), table in self._tables.items()
            if (year, group.scheme) == (book.year, book.scheme.key)
        }
        fields = {name: getattr(book, name) for name in _BOOK}
        return _HeldBook(**fields, tables=tables, unit=self._unit)


_BOOK = ("year", "scheme", "states", "whole", "earlier", "digest", "roll")


@attrs.define(kw_only=True, eq=False, slots=False)
class _HeldBook(Book):
    tables: Mapping[Group, dict[str, Any]]
    unit: str

    def ranked(self, group: Group) -> Ranking:
        """The group's ranking: computed, or as the sealed table has it."""
        if group not in self.tables:
            return super().ranked(group)
        if group not in self._ranked:
            self._ranked[group] = self._from_table(group, self.tables[group])
        return self._ranked[group]

    def _from_table(self, group: Group, table: dict[str, Any]) -> Ranking:
        standings = tuple(self._standing(group, row) for row in table["standings"])
        decided = decided_on(self.whole, group).units
        named = decided.units or () if isinstance(decided, PlacesDecided) else ()
        ladder = self.scheme.classes[group.unit_class].ladder
        return Ranking(
            group=group,
            evaluated=table["evaluated"],
            quota=table["quota"],
            flags=class_flags(ladder, standings),
            standings=standings,
            # The unit is not tied: a bundle where it could be holds the whole class.
            ignored={self.unit: decided.entry} if decided and self.unit in named else {},
        )

    def _standing(self, group: Group, row: dict[str, Any]) -> Standing:
        if row["unit"] == self.unit and self.unit in self.enrolled:
            score = self.scored(self.unit).score
        else:
            score = _stranger(group, row)
        return Standing(score=score, rank=row["rank"], tier=row["tier"], flags=score.flags)

    def status(self, ranking: Ranking) -> str:
        """`certified` while the unit's live figures are the sealed ones."""
        table = self.tables.get(ranking.group)
        if table is None or ranking.group not in self.seals:
            return super().status(ranking)
        same = sealed_row(self, ranking, self.unit) == row_of(table, self.unit)
        return "certified" if same else "amended"


def _stranger(group: Group, row: dict[str, Any]) -> Score:
    return Score(
        unit=row["unit"],
        name="",
        unit_class=group.unit_class,
        parent=group.parent,
        composite=Fraction(row["composite"]),
        components={},
        adjustments={},
        flags=(),
        missing=(),
        vetoes=(),
        satisfaction=None,
    )


def row_of(table: dict[str, Any], unit: str) -> dict[str, Any] | None:
    """The unit's row in a sealed table."""
    return next((row for row in table["standings"] if row["unit"] == unit), None)


def sealed_row(book: Book, ranking: Ranking, unit: str) -> dict[str, Any] | None:
    """The unit's row as a certification would seal it now."""
    for standing in ranking.standings:
        if standing.score.unit == unit:
            printed = standing_json(book.scheme, standing)
            return {key: printed[key] for key in SEALED_MEMBERS}
    return None


def group_in(books: Books, year: int, unit: str) -> tuple[Book, Group] | None:
    """The book and group that a unit stands in, or stood in last; None without an adoption."""
    state = books.states(year).get(unit)
    enrolled = state.last_enrolled if state is not None else None
    book = None if enrolled is None else books.book(year, enrolled.scheme)
    if book is None or enrolled is None or enrolled.unit_class not in book.scheme.classes:
        return None
    return book, group_of(book.scheme, enrolled)


def certification_of(book: Book, group: Group) -> Recorded | None:
    """The live certification of a group."""
    return certifications(book.whole).get(group)


def could_tie(scheme: Scheme, table: dict[str, Any], unit: str) -> bool:
    """Whether a classmate's composite equals the unit's where places are scarce.

    Then only the whole class shows whether the two are tied at the quota.
    """
    row = row_of(table, unit)
    quota = any(tier.quota for tier in scheme.classes[table["unit_class"]].ladder.tiers)
    composites = [Fraction(one["composite"]) for one in table["standings"]]
    return row is not None and quota and composites.count(Fraction(row["composite"])) > 1


def years_asked(book: Book, group: Group, unit: str) -> Iterator[int]:
    """Earlier years that a consequence of the unit's asks about."""
    ranking = book.ranked(group)
    tier = next((one.tier for one in ranking.standings if one.score.unit == unit), None)
    if (
        group not in book.seals
        or tier != book.scheme.classes[group.unit_class].ladder.tiers[-1].key
    ):
        return
    rules = [one for one in book.scheme.consequences if group.unit_class in one.classes]
    longest = max((one.lowest_tier_years or 1 for one in rules), default=1)
    yield from range(book.year - longest + 1, book.year)


def units_behind(book: Book, group: Group) -> set[str]:
    """All that the group's figures rest on.

    Besides what the seal covers these are the siblings of projects that share a quota of grades.
    """
    found: set[str] = set()
    waiting = [group]
    seen: set[Group] = set()
    while waiting:
        one = waiting.pop()
        seen.add(one)
        found |= set(streams_behind(book, one))
        for unit in found:
            enrolled = book.states[unit].last_enrolled
            other = _graded_by_quota(book.scheme, enrolled)
            if other is not None and other not in seen and other not in waiting:
                waiting.append(other)
    return found


def _graded_by_quota(scheme: Scheme, enrolled: UnitEnrolled | None) -> Group | None:
    if enrolled is None or not scheme.sponsor_classes(enrolled.unit_class):
        return None
    tiers = scheme.classes[enrolled.unit_class].ladder.tiers
    return group_of(scheme, enrolled) if any(tier.quota for tier in tiers) else None


def needed_streams(
    sealed: Mapping[str, int], table: dict[str, Any], unit: str, *, whole: bool
) -> set[str]:
    """The streams of a sealed map that a bundle must hold to its sealed version.

    A unit of the class's own table feeds nobody in it, so its stream may stay outside; any other
    stream of the map may feed the unit, and nothing but the stream itself shows that it does not.
    """
    if whole:
        return set(sealed)
    strangers = {row["unit"] for row in table["standings"]} - {unit}
    return {stream for stream in sealed if stream.partition("/")[2] not in strangers}


def links_of(state: UnitYear) -> Iterable[str]:
    """Units that the unit names: whether they are enrolled decides flags of its own."""
    enrolled = state.last_enrolled
    named = () if enrolled is None else (enrolled.parent, enrolled.sponsor, enrolled.portfolio)
    return [one for one in named if one is not None and one != WHOLE]
