"""What the ledger is handed of the other layers: scheme files, scoring, projections."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from perfledger.domain.entries import (
    WHOLE,
    PlacesDecided,
    ResultCertified,
    SchemeAdopted,
)
from perfledger.domain.errors import Refusals, Refused, say
from perfledger.domain.four_eyes import told
from perfledger.domain.groups import Group
from perfledger.domain.roll import ENROLLING, Roll, roll_from
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.application import Ledger
from perfledger.ledger.batch import Batch
from perfledger.ledger.canonical import canonical_sha256
from perfledger.ledger.years import YearStates
from perfledger.projections import view
from perfledger.projections.answers import sealed_table
from perfledger.projections.book import streams_behind
from perfledger.projections.books import Books
from perfledger.projections.kept import KeptBooks, scores
from perfledger.projections.live import Change, Sources
from perfledger.projections.rebuild import rebuild
from perfledger.projections.standings import Ranking
from perfledger.schemes import shipped
from perfledger.schemes.mistakes import SchemeMistakes


def digest_of(scheme: Scheme, ranking: Ranking) -> str:
    """SHA-256 over the canonical JSON of a group's table, as a certification seals it."""
    return canonical_sha256(sealed_table(scheme, ranking))


class Schemes:
    """What the ledger needs of scheme files."""

    def read(self, text: str) -> Scheme:
        """Read an adopted text; raises `Refusals` with every mistake, field `text`."""
        try:
            return shipped.read(text)
        except SchemeMistakes as mistakes:
            raise Refusals([_as_refused(one) for one in mistakes.mistakes]) from None

    def shipped(self, key: str) -> str | None:
        """The text of a shipped scheme, None where there is none."""
        return shipped.shipped_text(key) if key in shipped.shipped_names() else None


def _as_refused(mistake: Any) -> Refused:
    message = say(
        "line {line}, column {column}: {message}",
        line=mistake.line,
        column=mistake.column,
        message=mistake.message,
    )
    return Refused("text", message, mistake.allowed)


class Scorer(KeptBooks):
    """What a batch needs of the projections to certify a class."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(books_over(batch.states, batch.schemes.read, batch.roll))
        self._batch = batch

    def seal(self, year: int, group: Group) -> tuple[str, dict[str, int]]:
        """The digest of the group's table, and the stream versions that it rests on."""
        book = self.books.book(year, group.scheme)
        assert book is not None
        units = (*streams_behind(book, group), WHOLE)
        states = (self._batch.state(year, unit) for unit in units)
        versions = {state.stream: state.version for state in states}
        return digest_of(book.scheme, book.ranked(group)), versions


def books_over(
    states: Callable[[int], Mapping[str, UnitYear]],
    read: Callable[[str], Scheme],
    roll: Callable[[int], Roll] | None = None,
) -> Books:
    """Books over states, with the digest that certifications seal."""
    return Books(states, read, digest_of, roll)


class StoredYears:
    """A ledger's years up to a position; only what is asked for is read.

    Without `keep` one state is held at a time. The caller is inside `read()` or `write()`.
    """

    def __init__(
        self, ledger: Ledger, stop: int, *, keep: bool, occurred_by: str | None = None
    ) -> None:
        self._states = partial(ledger.states, stop=stop, keep=keep, occurred_by=occurred_by)
        self._keep = keep
        self._years: dict[int, YearStates] = {}

    def states(self, year: int) -> YearStates:
        """The states of a year, by unit."""
        if year not in self._years:
            if not self._keep:
                self._years.clear()
            self._years[year] = self._states(year)
        return self._years[year]

    def roll(self, year: int) -> Roll:
        """The roll of a year, from its enrolments alone."""
        return roll_from(year, self.states(year).of_types(ENROLLING))


def stored_books(ledger: Ledger, stop: int, *, keep: bool, occurred_by: str | None = None) -> Books:
    """Books over a ledger up to a position; see `StoredYears`."""
    years = StoredYears(ledger, stop, keep=keep, occurred_by=occurred_by)
    return books_over(years.states, ledger.schemes.read, years.roll)


def project(connection: sa.Connection, batch: Batch) -> None:
    """Keep the projections inside the ledger's own transaction."""
    # What this transaction wrote stands before the batch's first position or nowhere.
    assert batch.touched.first is not None
    if view.projected_position(connection) != batch.touched.first - 1:
        books = books_over(batch.states, batch.schemes.read, batch.roll)
        rebuild(connection, books, batch.years(), batch.position)
        return
    scorer = batch.scorer
    assert isinstance(scorer, Scorer)
    sources = Sources(
        states=batch.states,
        read=batch.schemes.read,
        digest=digest_of,
        settled=scorer.settled,
        first=batch.touched.first,
    )
    view.project(connection, sources, _changes(batch), batch.years, batch.position)


def _changes(batch: Batch) -> dict[int, Change]:
    """What a batch changed, by year."""
    units: dict[int, dict[str, bool]] = {}
    for (year, unit), types in batch.touched.types.items():
        units.setdefault(year, {})[unit] = any(scores(kind) for kind in types)
    return {year: _change_of(batch, year, touched) for year, touched in units.items()}


def _change_of(batch: Batch, year: int, units: Mapping[str, bool]) -> Change:
    groups: set[Group] = set()
    schemes: set[str] = set()
    whole = batch.state(year, WHOLE)
    for recorded in batch.touched.whole:
        target = told(whole, recorded.entry) if recorded.entry.year == year else None
        if isinstance(target, SchemeAdopted):
            schemes.add(target.scheme)
        elif isinstance(target, ResultCertified | PlacesDecided):
            groups.add(Group(target.scheme, target.unit_class, target.parent))
    return Change(units=units, groups=frozenset(groups), schemes=frozenset(schemes))
