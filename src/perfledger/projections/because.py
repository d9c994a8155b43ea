"""Because of which entries a standing moved: as few of them as make the difference.

Pure. Candidates are the entries between the two states that could matter (journal.md, `diff`).
Taking the latest first, one is left out where the unit's later standing is the same without it,
until none can be; what remains are the reasons. Books over the states without it answer that.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from perfledger.domain.decisions import Group
from perfledger.domain.entries import (
    AppealDecided,
    AppealFiled,
    Entry,
    PlacesDecided,
    ResultCertified,
    SchemeAdopted,
    SelfReviewSubmitted,
    UnitEnrolled,
    UnitWithdrawn,
)
from perfledger.domain.recorded import Recorded
from perfledger.projections.between import Between
from perfledger.projections.books import Books, States
from perfledger.projections.changes import DIRECT, Change, place_of
from perfledger.projections.links import Links
from perfledger.projections.scores import Score

OpenBooks = Callable[[States], Books]
BOOKS_KEPT = 32
FLAGGING = (SelfReviewSubmitted, AppealFiled, AppealDecided)
"""Procedural entries that change a flag."""


def group_about(entry: Entry) -> Group | None:
    """The group that an entry about a class is about; None for any other entry."""
    if isinstance(entry, PlacesDecided | ResultCertified):
        return Group(entry.scheme, entry.unit_class, entry.parent)
    return None


class Reasons:
    """Finds the reasons of changes between two states."""

    def __init__(
        self,
        between: Between,
        books: tuple[Books, Books],  # over the states before and after
        open_books: OpenBooks,
        links: Callable[[int], Links],
    ) -> None:
        self._between = between
        self._books = books
        self._links = links
        self._without = lru_cache(maxsize=BOOKS_KEPT)(
            lambda left_out: open_books(between.without(left_out))
        )

    def of(self, change: Change) -> tuple[Recorded, ...]:
        """The entries because of which the standing moved, in ledger order."""
        candidates = self._direct if change.cause == DIRECT else self._displaced
        ordered = sorted(candidates(change), key=lambda recorded: recorded.position)
        return tuple(self._least(change, ordered))

    # -- candidates ----------------------------------------------------------------------------

    def _direct(self, change: Change) -> Iterator[Recorded]:
        """Of the unit and what feeds it, and the adoption of the rules that they rest on."""
        links = self._links(change.year)
        units = links.behind([change.unit])
        yield from self._of_units(change.year, units)
        yield from self._of_class(change, links.deciding(units - {change.unit}))

    def _displaced(self, change: Change) -> Iterator[Recorded]:
        """Of the classmates that moved and what feeds them, and the class's own."""
        links = self._links(change.year)
        groups = {place.group for place in change.places}
        classmates = links.members(groups) - {change.unit}
        rivals = {unit for unit in classmates if self._moved(change.year, unit)}
        units = links.behind(rivals)
        yield from self._of_units(change.year, units - {change.unit})
        yield from self._of_class(change, groups | links.deciding(units - rivals))
        for recorded in self._between.of_unit(change.year, change.unit):
            if isinstance(self._between.matter(recorded), UnitEnrolled | UnitWithdrawn):
                yield recorded  # the unit itself came from another group, say

    def _of_units(self, year: int, units: Iterable[str]) -> Iterator[Recorded]:
        for unit in units:
            for recorded in self._between.of_unit(year, unit):
                about = self._between.matter(recorded)
                if not about.procedural or isinstance(about, FLAGGING):
                    yield recorded

    def _of_class(self, change: Change, groups: set[Group]) -> Iterator[Recorded]:
        schemes = {place.scheme.key for place in change.places}
        for recorded, about in self._between.of_class(change.year):
            if isinstance(about, SchemeAdopted):
                if about.scheme in schemes:
                    yield recorded
            elif group_about(about) in groups:
                yield recorded

    def _moved(self, year: int, unit: str) -> bool:
        before, after = (_seen(books, year, unit) for books in self._books)
        return before != after

    # -- leaving out ---------------------------------------------------------------------------

    def _least(self, change: Change, candidates: list[Recorded]) -> list[Recorded]:
        left_out: frozenset[str] = frozenset()
        while True:
            before = left_out
            for recorded in reversed(candidates):
                entry = recorded.entry.entry
                if entry not in left_out:
                    dependents = self._between.dependents.get(entry, frozenset())
                    without = left_out | {entry} | dependents
                    if self._stands_the_same(change, without):
                        left_out = without
            if left_out == before:  # what was needed at first may not be without the others
                return [one for one in candidates if one.entry.entry not in left_out]

    def _stands_the_same(self, change: Change, left_out: frozenset[str]) -> bool:
        books = self._without(left_out)
        book = books.of_unit(change.year, change.unit)
        ranked = book is not None and change.unit in book.enrolled
        if book is None or not ranked or change.after is None:
            return ranked == (change.after is not None)
        score = book.scored(change.unit).score
        if _shown(score) != _shown(change.after.standing.score):
            return False  # seen without ranking the group
        place = place_of(books, change.year, change.unit)
        return place is not None and place.answer == change.after.answer


def _shown(score: Score) -> tuple[object, ...]:
    """What a standing shows of a score, whatever the classmates have."""
    figures = (score.composite, score.components, score.adjustments)
    return (*figures, score.name, score.flags, score.missing)


def _seen(books: Books, year: int, unit: str) -> tuple[object, ...] | None:
    """What classmates have to do with: where the unit is ranked, its composite, its vetoes."""
    book = books.of_unit(year, unit)
    if book is None or unit not in book.enrolled:
        return None
    score = book.scored(unit).score
    return (book.group_of_unit(unit), score.composite, frozenset(score.vetoes))
