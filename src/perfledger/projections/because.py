"""Because of which entries a standing moved: as few of them as make the difference.

Pure. Candidates are the entries between the two states that could matter (journal.md, `diff`).
Taking the latest first, one is left out where the unit's later standing is the same without it,
until none can be; what remains are the reasons. Books over the states without it answer that.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

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
from perfledger.domain.groups import Group
from perfledger.domain.node import Node
from perfledger.domain.recorded import Recorded
from perfledger.projections.between import Between, Source
from perfledger.projections.books import Books
from perfledger.projections.components import ComponentScore
from perfledger.projections.links import Links
from perfledger.projections.moved import DIRECT, Moved, ranked_in
from perfledger.projections.scores import Score

OpenBooks = Callable[[Source], Books]
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

    def of(self, moved: Moved) -> tuple[Recorded, ...]:
        """The entries because of which the standing moved, in ledger order."""
        candidates = self._direct if moved.cause == DIRECT else self._displaced
        ordered = sorted(candidates(moved), key=lambda recorded: recorded.position)
        return tuple(self._least(moved, ordered))

    # -- candidates ----------------------------------------------------------------------------

    def _direct(self, moved: Moved) -> Iterator[Recorded]:
        """Of the unit and what feeds it, and the adoption of the rules that they rest on."""
        links = self._links(moved.year)
        units = links.behind([moved.unit])
        yield from self._of_units(moved.year, units)
        yield from self._of_class(moved, links.deciding(units - {moved.unit}))

    def _displaced(self, moved: Moved) -> Iterator[Recorded]:
        """Of the classmates that moved and what feeds them, and the class's own."""
        links = self._links(moved.year)
        groups = {end.group for end in moved.ends}
        classmates = links.members(groups) - {moved.unit}
        rivals = {unit for unit in classmates if self._moved(moved.year, unit)}
        units = links.behind(rivals)
        yield from self._of_units(moved.year, units - {moved.unit})
        yield from self._of_class(moved, groups | links.deciding(units - rivals))
        for recorded in self._between.of_unit(moved.year, moved.unit):
            if isinstance(self._between.matter(recorded), UnitEnrolled | UnitWithdrawn):
                yield recorded  # the unit itself came from another group, say

    def _of_units(self, year: int, units: Iterable[str]) -> Iterator[Recorded]:
        for unit in units:
            for recorded in self._between.of_unit(year, unit):
                about = self._between.matter(recorded)
                if not about.procedural or isinstance(about, FLAGGING):
                    yield recorded

    def _of_class(self, moved: Moved, groups: set[Group]) -> Iterator[Recorded]:
        schemes = {end.scheme.key for end in moved.ends}
        for recorded, about in self._between.of_class(moved.year):
            if isinstance(about, SchemeAdopted):
                if about.scheme in schemes:
                    yield recorded
            elif group_about(about) in groups:
                yield recorded

    def _moved(self, year: int, unit: str) -> bool:
        before, after = (_seen(books, year, unit) for books in self._books)
        return before != after

    # -- leaving out ---------------------------------------------------------------------------

    def _least(self, moved: Moved, candidates: list[Recorded]) -> list[Recorded]:
        left_out: frozenset[str] = frozenset()
        asked = deque(one.entry.entry for one in reversed(candidates))
        parts = self._parts_on(moved)
        needed = 0  # in a row: what was needed at first may not be once another is left out
        while needed < len(asked):
            entry = asked.popleft()
            if entry in left_out:
                continue
            without = left_out | {entry} | self._between.dependents.get(entry, frozenset())
            if self._stands_the_same(moved, without, parts.get(entry)):
                left_out, needed = without, 0
            else:
                asked.append(entry)
                needed += 1
        return [one for one in candidates if one.entry.entry not in left_out]

    def _parts_on(self, moved: Moved) -> dict[str, str]:
        """Entry -> the component of the later score that rests on it."""
        book = self._books[1].of_unit(moved.year, moved.unit)
        if book is None or moved.after is None:
            return {}
        tree = book.scored(moved.unit).tree
        known = moved.after.standing.score.components
        return {
            entry: part.name
            for part in tree.children
            if part.name in known
            for entry in _entries_under(part)
        }

    def _stands_the_same(self, moved: Moved, left_out: frozenset[str], part: str | None) -> bool:
        """Whether the unit stands as it does later; `part` is a component to look at first."""
        books = self._without(left_out)
        book = books.of_unit(moved.year, moved.unit)
        ranked = book is not None and moved.unit in book.enrolled
        if book is None or not ranked or moved.after is None:
            return ranked == (moved.after is not None)
        if part is not None and _differs(book.part(moved.unit, part), moved.after.standing.score):
            return False  # seen in one component, at a part of the cost
        score = book.score(moved.unit)
        if _shown(score) != _shown(moved.after.standing.score):
            return False  # seen without ranking the group
        ranked_so = ranked_in(books, moved.year, moved.unit)
        return ranked_so is not None and ranked_so.answer == moved.after.answer


def _entries_under(node: Node) -> Iterator[str]:
    yield from node.entries
    for child in node.children:
        yield from _entries_under(child)


def _differs(part: ComponentScore | None, score: Score) -> bool:
    """Whether a component alone shows already that the score is another one.

    What is exempt shows nothing: its figure is imputed from the others.
    """
    if part is None or part.node is None:
        return False
    figure = score.components.get(part.component.key)
    return part.node.exact != figure or not set(part.missing) <= set(score.missing)


def _shown(score: Score) -> tuple[object, ...]:
    """What a standing shows of a score, whatever the classmates have."""
    figures = (score.composite, score.components, score.adjustments)
    return (*figures, score.name, score.flags, score.missing)


def _seen(books: Books, year: int, unit: str) -> tuple[object, ...] | None:
    """What classmates have to do with: where the unit is ranked, its composite, its vetoes."""
    book = books.of_unit(year, unit)
    if book is None or unit not in book.enrolled:
        return None
    score = book.score(unit)
    return (book.group_of_unit(unit), score.composite, frozenset(score.vetoes))
