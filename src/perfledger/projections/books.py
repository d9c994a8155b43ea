"""All Books over one source of states: the ledger as it is, as of a position, or in a batch."""

from collections.abc import Callable, Mapping

import attrs

from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.domain.roll import Roll, roll_of
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book, Digest, Earlier, ScoreUnit
from perfledger.projections.composite import score_unit

States = Callable[[int], Mapping[str, UnitYear]]
"""All states of a year, by unit."""


class Books:
    """Opens a Book per scheme and year, once. The states must not change meanwhile.

    `roll` gives a year's roll where it can be had without reading all states.
    """

    def __init__(
        self,
        states: States,
        read: Callable[[str], Scheme],
        digest: Digest,
        roll: Callable[[int], Roll] | None = None,
        score_unit: ScoreUnit = score_unit,
    ) -> None:
        self.states = states
        self._read_roll = roll or (lambda year: roll_of(self.states(year)))
        self._read = read
        self._digest = digest
        self._score_unit = score_unit
        self._open: dict[tuple[int, str], Book | None] = {}
        self._rolls: dict[int, Roll] = {}
        self._lowest: dict[tuple[int, str], frozenset[str]] = {}

    def roll(self, year: int) -> Roll:
        """The year's roll."""
        if year not in self._rolls:
            self._rolls[year] = self._read_roll(year)
        return self._rolls[year]

    def close(self, year: int) -> None:
        """Let the year's books go: its states have changed."""
        self._rolls.pop(year, None)
        for key in [key for key in self._open if key[0] == year]:
            del self._open[key]

    def finish(self, year: int, lowest: Mapping[str, frozenset[str]]) -> None:
        """Let the year's books go, of which only the certified lowest tiers are asked any more.

        `lowest` are the units that hold one, by scheme.
        """
        self.close(year)
        self._lowest |= {(year, scheme): units for scheme, units in lowest.items()}

    def earlier(self, year: int, scheme: str) -> Earlier | None:
        """A scheme's year as a later one looks back at it."""
        lowest = self._lowest.get((year, scheme))
        return self.book(year, scheme) if lowest is None else _Finished(lowest)

    def open(self, year: int) -> list[Book]:
        """The books of a year that were opened and not closed."""
        return [book for (of, _), book in self._open.items() if of == year and book is not None]

    def book(self, year: int, scheme: str) -> Book | None:
        """The book of a scheme's year; None where the scheme has no live adoption."""
        key = (year, scheme)
        if key not in self._open:
            self._open[key] = self._book(year, scheme)
        return self._open[key]

    def _book(self, year: int, scheme: str) -> Book | None:
        states = self.states(year)
        whole = states.get(WHOLE) or UnitYear(year=year, unit=WHOLE)
        adopted = whole.stated.get(("adoption", scheme))
        if adopted is None:
            return None
        assert isinstance(adopted.entry, SchemeAdopted)
        return Book(
            year=year,
            scheme=self._read(adopted.entry.text),
            states=states,
            whole=whole,
            earlier=lambda earlier: self.earlier(earlier, scheme),
            digest=self._digest,
            roll=self.roll(year),
            score_unit=self._score_unit,
        )

    def of_year(self, year: int) -> list[Book]:
        """The books of all schemes that are adopted for a year, in the order of adoption."""
        whole = self.states(year).get(WHOLE)
        adopted = [entry.scheme for _, entry in whole.live(SchemeAdopted)] if whole else []
        found = [self.book(year, scheme) for scheme in adopted]
        return [book for book in found if book is not None]

    def of_unit(self, year: int, unit: str) -> Book | None:
        """The book of the scheme that a unit is, or was last, enrolled under."""
        member = self.roll(year).get(unit)
        return None if member is None else self.book(year, member.scheme)


@attrs.frozen
class _Finished:
    """What is kept of a finished year."""

    lowest: frozenset[str]

    def held_lowest(self, unit: str) -> bool:
        return unit in self.lowest
