"""What the ledger is handed of the other layers: scheme files, scoring, projections."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from perfledger.domain.errors import Refusals, Refused, say
from perfledger.domain.roll import ENROLLING, Roll, roll_from
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.application import Ledger
from perfledger.ledger.canonical import canonical_sha256
from perfledger.ledger.years import YearStates
from perfledger.projections.answers import sealed_table
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
