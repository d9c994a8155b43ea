"""What the ledger is handed of the other layers: scheme files, scoring, projections."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from perfledger.domain.decisions import Group, Matter
from perfledger.domain.entries import (
    WHOLE,
    AppealDecided,
    AppealFiled,
    Entry,
    EntryReversed,
    SchemeAdopted,
    SelfReviewSubmitted,
)
from perfledger.domain.errors import Refusals, Refused, say
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.batch import Batch
from perfledger.ledger.canonical import canonical_sha256
from perfledger.projections import view
from perfledger.projections.answers import sealed_table
from perfledger.projections.book import streams_behind
from perfledger.projections.books import Books
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


class Scoring:
    """What the ledger needs of the projections to certify a class."""

    def matters(self, facts: Batch, year: int, group: Group) -> list[Matter] | None:
        """What is missing, undecided or under appeal; None where no unit is ranked."""
        book = books_over(facts.states, facts.schemes.read).book(year, group.scheme)
        if book is None or group not in book.members:
            return None
        return list(book.matters(group))

    def seal(self, facts: Batch, year: int, group: Group) -> tuple[str, dict[str, int]]:
        """The digest of the group's table, and the stream versions that it rests on."""
        states = facts.states(year)
        book = books_over(facts.states, facts.schemes.read).book(year, group.scheme)
        assert book is not None
        units = (*streams_behind(book, group), WHOLE)
        versions = {states[unit].stream: states[unit].version for unit in units}
        return digest_of(book.scheme, book.ranked(group)), versions


def books_over(
    states: Callable[[int], Mapping[str, UnitYear]], read: Callable[[str], Scheme]
) -> Books:
    return Books(states, read, digest_of)


def project(connection: sa.Connection, batch: Batch) -> None:
    """Keep the projections inside the ledger's own transaction."""
    books = books_over(batch.states, batch.schemes.read)
    years = batch.years()
    touched = set(batch.touched)
    for recorded, _ in batch.accepted:
        entry = recorded.entry
        if entry.unit == WHOLE and isinstance(entry, SchemeAdopted | EntryReversed):
            # Without its rules no entry of the year counts, and with them again they all do.
            touched |= {(entry.year, unit) for unit in batch.states(entry.year)}
    # What this transaction wrote stands before the batch's first position or nowhere.
    before = batch.position - len(batch.accepted)
    if view.projected_position(connection) == before:
        scored = {recorded.entry.year for recorded, _ in batch.accepted if _scores(recorded.entry)}
        view.project(connection, books, touched, scored, years, batch.position)
    else:
        view.rebuild(connection, books, years, batch.position)


def _scores(entry: Entry) -> bool:
    """Whether an entry can change a figure, a flag or a status of its year."""
    flags = (SelfReviewSubmitted, AppealFiled, AppealDecided, EntryReversed)
    return not entry.procedural or isinstance(entry, flags)
