"""What a ledger answers: ranks, reasons, histories and rules, as it is or as it was known."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from unicodedata import normalize

import attrs

from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.domain.errors import Message
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.application import AsOf, Ledger
from perfledger.ledger.store import Store
from perfledger.projections import view
from perfledger.projections.answers import class_json, explain_json
from perfledger.projections.book import Book
from perfledger.projections.books import Books
from perfledger.projections.history import Line, history_lines
from perfledger.reports.foot import Foot, foot_at
from perfledger.schemes import shipped
from perfledger.wiring import Schemes, stored_books


class NoSuchUnit(Exception):
    """Nothing is recorded of the unit."""


@attrs.frozen
class Explanation:
    """A unit's year with everything that its figure rests on."""

    as_of: AsOf
    state: UnitYear
    book: Book | None  # None where the unit is not enrolled or the scheme not adopted
    lines: tuple[Line, ...]

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, Any]:
        """The answer of `explain`; `tell` puts sentences into the reader's language."""
        return explain_json(self.state, self.book, self.lines, self.as_of.as_json(), tell)

    @property
    def ranked(self) -> bool:
        """Whether the unit stands in a ranking."""
        return self.book is not None and self.state.unit in self.book.enrolled


class Answering:
    """The questions that one ledger answers; `Perfledger` is the ledger."""

    store: Store
    ledger: Ledger
    schemes: Schemes

    def books(self, as_of: AsOf) -> Books:
        """Books over the ledger as of a position; what is asked for is read, and kept."""
        return stored_books(self.ledger, as_of.position, keep=True, occurred_by=as_of.occurred_by)

    def rank(
        self,
        scheme: str,
        year: int,
        unit_class: str | None = None,
        when: int | datetime | None = None,
        occurred_by: str | None = None,
    ) -> dict[str, Any]:
        """The answer of `rank`: from the tables where they are up to date, else computed.

        With `occurred_by` (a day) of what had happened by then.
        """
        scheme = normalize("NFC", scheme)
        with self.store.read() as connection:
            as_of = attrs.evolve(self.ledger.as_of(when), occurred_by=occurred_by)
            current = as_of.position == (self.store.max_notification_id() or 0)
            projected = view.projected_position(connection) if current else None
            if projected == as_of.position and occurred_by is None:
                classes = view.read_classes(connection, year, scheme)
            else:
                book = self.books(as_of).book(year, scheme)
                groups = [] if book is None else book.groups()
                classes = [class_json(book, book.ranking(group)) for group in groups if book]
        chosen = [one for one in classes if unit_class in (None, one["unit_class"])]
        return {"scheme": scheme, "year": year, "as_of": as_of.as_json(), "classes": chosen}

    def book(
        self, scheme: str, year: int, when: int | datetime | None = None
    ) -> tuple[AsOf, Book | None]:
        """A scheme's year, scored and ranked on demand, and what place in the ledger it shows."""
        with self.store.read():
            as_of = self.ledger.as_of(when)
            return as_of, self.books(as_of).book(year, normalize("NFC", scheme))

    def explain(
        self,
        unit: str,
        year: int,
        when: int | datetime | None = None,
        occurred_by: str | None = None,
    ) -> Explanation:
        """A unit's year with its book; raises `NoSuchUnit`."""
        unit = normalize("NFC", unit)
        with self.store.read():
            as_of = attrs.evolve(self.ledger.as_of(when), occurred_by=occurred_by)
            books = self.books(as_of)
            state = books.states(year).get(unit)
            if state is None or unit == WHOLE:
                raise NoSuchUnit(unit)
            book = books.of_unit(year, unit)
            if book is not None and unit in book.enrolled:
                book.ranking(book.group_of_unit(unit))  # read what the answer needs in here
            lines = tuple(history_lines(state, book))
        return Explanation(as_of, state, book, lines)

    def history(
        self,
        unit: str,
        year: int | None = None,
        when: int | datetime | None = None,
        occurred_by: str | None = None,
    ) -> list[Line]:
        """Every entry of a unit in ledger order; raises `NoSuchUnit`."""
        unit = normalize("NFC", unit)
        lines: list[Line] = []
        with self.store.read():
            as_of = attrs.evolve(self.ledger.as_of(when), occurred_by=occurred_by)
            books = self.books(as_of)
            for one in self.ledger.years() if year is None else [year]:
                state = books.states(one).get(unit)
                if state is not None and state.entries:
                    lines += history_lines(state, books.of_unit(one, unit))
        if not lines:
            raise NoSuchUnit(unit)
        return sorted(lines, key=lambda line: line.recorded.position)

    def printed(
        self,
        scheme: str,
        year: int,
        when: int | datetime | None = None,
        occurred_by: str | None = None,
    ) -> tuple[Book | None, Foot]:
        """A scheme's year as reports print it: its book, None where the scheme is not adopted,
        and what the foot says it rests on. With `occurred_by` of what had happened by that day.
        """
        scheme = normalize("NFC", scheme)
        with self.store.read():
            as_of = attrs.evolve(self.ledger.as_of(when), occurred_by=occurred_by)
            foot = foot_at(self.ledger, as_of, year, scheme)
            return self.books(as_of).book(year, scheme), foot

    def foot(self, explanation: Explanation) -> Foot:
        """What a printed explanation rests on."""
        state = explanation.state
        scheme = state.last_enrolled.scheme if state.last_enrolled is not None else None
        return foot_at(self.ledger, explanation.as_of, state.year, scheme)

    def adoption(
        self, key: str, year: int, when: int | datetime | None = None
    ) -> SchemeAdopted | None:
        """The live adoption of a scheme for a year as of then; None where there is none."""
        with self.store.read():
            whole = self.ledger.unit(year, WHOLE, self.ledger.as_of(when).position)
        found = whole.stated.get(("adoption", key))
        if found is None:
            return None
        assert isinstance(found.entry, SchemeAdopted)
        return found.entry

    def scheme(self, key: str, year: int, when: int | datetime | None = None) -> Scheme | None:
        """The adopted scheme of a year as of then; None where none is adopted."""
        adopted = self.adoption(key, year, when)
        return None if adopted is None else self.schemes.read(adopted.text)

    def scheme_of(self, unit: str, year: int, when: int | datetime | None = None) -> Scheme | None:
        """The adopted scheme that a unit is (or was last) enrolled under."""
        enrolled = self.ledger.unit(year, unit).last_enrolled
        return None if enrolled is None else self.scheme(enrolled.scheme, year, when)

    def adopted_text(self, key: str, year: int) -> str | None:
        """The text that is adopted; None where none is."""
        adopted = self.adoption(key, year)
        return None if adopted is None else adopted.text

    def adopted_on(self, key: str, year: int) -> str | None:
        """The day of the adoption; None where none is live."""
        adopted = self.adoption(key, year)
        return None if adopted is None else adopted.occurred_on

    def was_adopted(self, key: str, year: int) -> bool:
        """Whether the scheme was ever adopted for the year."""
        entries = self.ledger.unit(year, WHOLE).entries.values()
        return any(
            isinstance(one.entry, SchemeAdopted) and one.entry.scheme == key for one in entries
        )

    def shipped_schemes(self) -> tuple[str, ...]:
        """The keys of the shipped schemes."""
        return shipped.shipped_names()

    def adopted(self, year: int) -> list[Scheme]:
        """The schemes with a live adoption of a year."""
        whole = self.ledger.unit(year, WHOLE)
        return [self.schemes.read(adopted.text) for _, adopted in whole.live(SchemeAdopted)]
