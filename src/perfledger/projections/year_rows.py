"""All rows of a year, class by class: what a rebuild writes and what the verifier compares."""

from collections.abc import Iterable, Iterator

from perfledger.domain.groups import Group
from perfledger.projections.book import Book
from perfledger.projections.books import Books
from perfledger.projections.history import history_lines
from perfledger.projections.rows import (
    Row,
    class_row,
    entry_rows,
    member_row,
    part_rows,
    standing_row,
)

Rows = tuple[str, Iterable[Row]]
"""A table's name and rows of it."""


def rows_of_year(books: Books, year: int) -> Iterator[Rows]:
    """Yield the year's rows. The year's books are finished afterwards.

    Of a class that feeds no other nothing is kept but its rows, so memory holds one at a time.
    """
    roll = books.roll(year)
    yield "units", (member_row(year, roll[unit]) for unit in sorted(roll))
    lowest: dict[str, frozenset[str]] = {}
    ranked: set[str] = set()
    for book in books.of_year(year):
        ranked |= book.enrolled.keys()
        found: set[str] = set()
        for group in _feeding_first(book):
            yield from _group_rows(book, group)
            found |= {unit for unit in book.members[group] if book.held_lowest(unit)}
            book.release(group)
        lowest[book.scheme.key] = frozenset(found)
    for unit in books.states(year):
        if unit not in ranked:
            yield "entries", _history_rows(books, year, unit)
    books.finish(year, lowest)


def _history_rows(books: Books, year: int, unit: str) -> Iterator[Row]:
    return entry_rows(history_lines(books.states(year)[unit], books.of_unit(year, unit)))


def _feeding_first(book: Book) -> list[Group]:
    """The groups in such an order that what feeds a unit is ranked before it."""

    def depth(group: Group) -> int:
        if book.scheme.classes[group.unit_class].portfolio is not None:
            return 2
        return 0 if book.scheme.sponsor_classes(group.unit_class) else 1

    return sorted(book.groups(), key=depth)


def _group_rows(book: Book, group: Group) -> Iterator[Rows]:
    for unit in book.members[group]:
        yield "entries", entry_rows(history_lines(book.states[unit], book))
        book.settle(unit)
    ranking = book.ranking(group)
    yield "classes", [class_row(book, ranking)]
    yield "standings", (standing_row(book, group, one) for one in ranking.standings)
    parts = [part_rows(book, one) for one in ranking.standings]
    yield "components", (row for values, _ in parts for row in values)
    yield "adjustments", (row for _, sums in parts for row in sums)
