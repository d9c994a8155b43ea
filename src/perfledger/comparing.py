"""What differs between two states of a ledger: `diff`, `what-if`, and `changed` of a rebuild.

The ledger says what was recorded in between, the projections say what that moved.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from unicodedata import normalize

import attrs

from perfledger.domain.entries import WHOLE, UnitEnrolled
from perfledger.domain.errors import Message, say
from perfledger.domain.groups import Group, certifications
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.ledger.application import AsOf, Ledger
from perfledger.ledger.journal import Offer
from perfledger.ledger.outcome import Outcome
from perfledger.ledger.years import YearStates
from perfledger.projections.between import Between, Source, onto, up_to
from perfledger.projections.books import Books
from perfledger.projections.compare import Cell
from perfledger.projections.comparison import Comparison
from perfledger.projections.last_change import LastChange, last_tier_change
from perfledger.projections.links import Links
from perfledger.projections.moved import Moved, changed_json, compared
from perfledger.projections.remembered import Remembered
from perfledger.wiring import Schemes, StoredYears, digest_of

CERTIFIED = "certified"
"""In place of a position or time: for every class the position of its live certification."""

When = int | datetime | None
End = int | datetime | str | None
"""A `When`, or `CERTIFIED`."""


class BadRange(Exception):
    """The two ends of a `diff` are no range."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class NotAdopted(Exception):
    """The scheme is not adopted for any of the years asked for."""


@attrs.frozen(kw_only=True)
class Diff:
    """What changed from one end to the other; an end is None where every class has its own."""

    start: AsOf | None
    end: AsOf | None
    moved: list[Moved]

    def as_json(self) -> dict[str, Any]:
        """The answer of `diff`."""
        ends = {"from": self.start, "to": self.end}
        told = {name: CERTIFIED if end is None else end.as_json() for name, end in ends.items()}
        return {**told, "changed": changed_json(self.moved)}


@attrs.frozen
class WhatIf:
    """What would become of the offers, and what would change."""

    outcome: Outcome
    moved: list[Moved]


@attrs.frozen(kw_only=True)
class Rebuilt:
    """What a rebuild found, and what changed since its base (None where it has none)."""

    events: int
    seconds: float
    drift: list[Cell]
    since: int | None  # position
    moved: list[Moved]

    def as_json(self) -> dict[str, Any]:
        """The answer of `rebuild`."""
        told = {name: getattr(self, name) for name in ("events", "seconds", "drift", "since")}
        return {**told, "changed": changed_json(self.moved)}


class Comparing:
    """The questions about a ledger that compare two of its states."""

    def __init__(self, ledger: Ledger, schemes: Schemes) -> None:
        self.ledger = ledger
        self.store = ledger.store
        self.schemes = schemes

    def diff(
        self,
        start: End,
        end: End = None,
        *,
        scheme: str | None = None,
        year: int | None = None,
    ) -> Diff:
        """What moved between two ends, and because of which entries.

        With `CERTIFIED` a class is compared from (or up to) the position of its certification
        that is live at the other end; classes without one are left out. Raises `BadRange`.
        """
        if CERTIFIED == start == end:
            raise BadRange(say("both ends are the certification"))
        with self.store.read():
            first, last = (
                None if isinstance(when, str) else self.ledger.as_of(when) for when in (start, end)
            )
            if first is not None and last is not None and first.position > last.position:
                raise BadRange(say("the first state lies after the second one"))
            wanted = _Wanted(None if scheme is None else normalize("NFC", scheme), year)
            if first is None or last is None:
                moved = list(self._from_seals(first, last, wanted))
            else:
                moved = self._between(first.position, last.position, wanted)
        return Diff(start=first, end=last, moved=moved)

    def what_if(self, offers: Iterable[Offer], *, keep_going: bool = False) -> WhatIf:
        """What recording the offers would do; nothing is recorded.

        Where one is refused nothing would change, unless `keep_going` records the others.
        """
        with self.store.read():
            outcome = self.ledger.record(offers, keep_going=keep_going, dry_run=True)
            source, _ = self._stored(self.ledger.as_of(None).position)
            comparison = self._comparison(onto(source, outcome.accepted))
            return WhatIf(outcome, comparison.reasoned(comparison.moved()))

    def what_if_scheme(self, changed: Scheme, year: int | None = None) -> list[Moved]:
        """What another text of a scheme would do to the same entries, in each year (or one).

        There are no entries because of which it would. Raises `NotAdopted`.
        """
        remembered = Remembered()

        def read(text: str) -> Scheme:
            scheme = self.schemes.read(text)
            return changed if scheme.key == changed.key else scheme

        with self.store.read():
            source, _ = self._stored(self.ledger.as_of(None).position)
            before = self._open_books(source, remembered)
            after = Books(source.states, read, digest_of, source.roll, remembered)
            years = self.ledger.years() if year is None else [year]
            adopted = [one for one in years if before.book(one, changed.key) is not None]
            if not adopted:
                raise NotAdopted(changed.key)
            moved: list[Moved] = []
            for one in adopted:
                groups = Links([*before.of_year(one), *after.of_year(one)]).of_scheme(changed.key)
                moved += compared(before, after, one, groups)
            return moved

    def last_tier_change(self, unit: str, year: int, when: When = None) -> LastChange | None:
        """Where a unit's tier last changed; None where the unit was never ranked."""
        with self.store.read():
            source, states = self._stored(self.ledger.as_of(when).position)
            enrolments = (
                recorded.entry
                for recorded in states(year).of_types((UnitEnrolled.type,))
                if isinstance(recorded.entry, UnitEnrolled)
            )
            code = normalize("NFC", unit)
            return last_tier_change(source, enrolments, year, code, self._open_books)

    def since_rebuild(
        self, since: When, *, events: int, seconds: float, drift: list[Cell]
    ) -> Rebuilt:
        """A rebuild with what changed since then; nothing to tell where there is no base."""
        base: int | None = None
        moved: list[Moved] = []
        if since is not None:
            with self.store.read():
                base = min(self.ledger.as_of(since).position, events)
                moved = self._between(base, events, _Wanted(None, None))
        return Rebuilt(events=events, seconds=seconds, drift=drift, since=base, moved=moved)

    # -- between positions ---------------------------------------------------------------------

    def _stored(self, stop: int) -> tuple[Source, Callable[[int], YearStates]]:
        """The ledger up to a position, of which only what is asked for is read, and kept."""

        years = StoredYears(self.ledger, stop, keep=True)
        return Source(years.states, cache(years.roll)), years.states

    def _open_books(self, source: Source, remembered: Remembered) -> Books:
        return Books(source.states, self.schemes.read, digest_of, source.roll, remembered)

    def _comparison(self, between: Between, remembered: Remembered | None = None) -> Comparison:
        return Comparison(between, self._open_books, self.ledger.years(), remembered)

    def _between(self, start: int, stop: int, wanted: "_Wanted") -> list[Moved]:
        entries = list(self.ledger.history(stop, start + 1))
        comparison = self._comparison(up_to(self._stored(stop)[0], entries))
        return comparison.reasoned(filter(wanted.includes, comparison.moved()))

    def _from_seals(
        self, first: AsOf | None, last: AsOf | None, wanted: "_Wanted"
    ) -> Iterator[Moved]:
        """Class by class, from its certification to `last`, or from `first` to it."""
        end = last or self.ledger.as_of(None)
        source, _ = self._stored(end.position)
        remembered = Remembered()
        seals = self._seals(source, wanted)
        starts = [first.position] if first is not None else [one.position for one in seals.values()]
        entries = list(self.ledger.history(end.position, min(starts, default=end.position) + 1))
        for (year, group), seal in seals.items():
            start, stop = (
                (seal.position, end.position) if first is None else (first.position, seal.position)
            )
            later = source
            if stop < end.position:
                later = up_to(source, [one for one in entries if one.position > stop]).earlier
            within = [one for one in entries if start < one.position <= stop]
            comparison = self._comparison(up_to(later, within), remembered)
            moved = compared(comparison.before, comparison.after, year, [group])
            own = (one for one in moved if _belongs(one, group, seals))
            yield from comparison.reasoned(own)

    def _seals(self, source: Source, wanted: "_Wanted") -> dict[tuple[int, Group], Recorded]:
        """The live certifications of the classes that are asked for."""
        years = self.ledger.years() if wanted.year is None else [wanted.year]
        return {
            (year, group): recorded
            for year in years
            for group, recorded in certifications(source.states(year)[WHOLE]).items()
            if wanted.scheme in (None, group.scheme)
        }


@attrs.frozen
class _Wanted:
    scheme: str | None
    year: int | None

    def includes(self, one: Moved) -> bool:
        of_scheme = self.scheme in (None, *(end.scheme.key for end in one.ends))
        return of_scheme and self.year in (None, one.year)


def _belongs(change: Moved, group: Group, seals: Collection[tuple[int, Group]]) -> bool:
    """Whether a unit that may have moved between certified classes is told of with this one."""
    groups = [end.group for end in reversed(change.ends)]
    return group == next(one for one in groups if (change.year, one) in seals)
