"""What a site is built from: scheme's years as of one position, gathered while it stands still."""

from collections.abc import Iterator
from datetime import datetime
from unicodedata import normalize

import attrs

from perfledger.audit.office import all_waiting
from perfledger.audit.worklist import KINDS
from perfledger.comparing import CERTIFIED, Comparing
from perfledger.domain.entries import WHOLE
from perfledger.domain.unit import UnitYear
from perfledger.ledger.application import AsOf
from perfledger.projections.book import Book
from perfledger.projections.books import Books
from perfledger.reports.foot import foot_at
from perfledger.reports.site.edition import Edition
from perfledger.wiring import stored_books


def editions(
    ledger: Comparing,
    today: str,
    *,
    scheme: str | None = None,
    year: int | None = None,
    when: int | datetime | None = None,
    since: int | datetime | None = None,
    occurred_by: str | None = None,
) -> list[Edition]:
    """Every adopted scheme's year, or those asked for, the latest year first.

    Corrections are told from `since` on, or else from every class's certification on. With
    `occurred_by` everything is of what had happened by that day. Raises `BadRange` where `since`
    lies after `when`.
    """
    key = None if scheme is None else normalize("NFC", scheme)
    with ledger.store.read():
        as_of = attrs.evolve(ledger.ledger.as_of(when), occurred_by=occurred_by)
        books = stored_books(ledger.ledger, as_of.position, keep=True, occurred_by=occurred_by)
        years = sorted(ledger.ledger.years() if year is None else [year], reverse=True)
        return [
            edition
            for one in years
            for edition in _of_year(ledger, books, one, key, today, as_of, since)
        ]


def _of_year(
    ledger: Comparing,
    books: Books,
    year: int,
    scheme: str | None,
    today: str,
    as_of: AsOf,
    since: int | datetime | None,
) -> Iterator[Edition]:
    wanted = [one for one in books.of_year(year) if scheme in (None, one.scheme.key)]
    found = all_waiting(books, [year], today, KINDS) if wanted else []
    for book in wanted:
        states = _states(books, book)
        start = CERTIFIED if since is None else since
        diff = ledger.diff(
            start,
            as_of.position,
            scheme=book.scheme.key,
            year=year,
            occurred_by=as_of.occurred_by,
        )
        yield Edition(
            book=book,
            states=states,
            foot=foot_at(ledger.ledger, as_of, year, book.scheme.key),
            moved=diff.moved,
            since=None if diff.start is None else diff.start.position,
            waiting=[one for one in found if one.code in states],
            today=today,
        )


def _states(books: Books, book: Book) -> dict[str, UnitYear]:
    """The streams of a year that belong to a scheme: its units, and the year's `*`."""
    return {
        unit: state
        for unit, state in books.states(book.year).items()
        if unit == WHOLE
        or (state.last_enrolled is not None and state.last_enrolled.scheme == book.scheme.key)
    }
