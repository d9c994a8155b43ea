"""All Books over one source of states: the ledger as it is, as of a position, or in a batch."""

from collections.abc import Callable, Mapping

from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book, Digest, ScoreUnit
from perfledger.projections.composite import score_unit

States = Callable[[int], Mapping[str, UnitYear]]
"""All states of a year, by unit."""


class Books:
    """Opens a Book per scheme and year, once. The states must not change meanwhile."""

    def __init__(
        self,
        states: States,
        read: Callable[[str], Scheme],
        digest: Digest,
        score_unit: ScoreUnit = score_unit,
    ) -> None:
        self.states = states
        self._read = read
        self._digest = digest
        self._score_unit = score_unit
        self._open: dict[tuple[int, str], Book | None] = {}

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
            earlier=lambda earlier: self.book(earlier, scheme),
            digest=self._digest,
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
        state = self.states(year).get(unit)
        enrolled = state.last_enrolled if state is not None else None
        return None if enrolled is None else self.book(year, enrolled.scheme)
