"""What differs between two states of a ledger: `diff`, `what-if`, and `changed` of a rebuild.

The ledger says what was recorded in between, the projections say what that moved.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from unicodedata import normalize

import attrs

from perfledger.domain.decisions import Group, certifications
from perfledger.domain.entries import WHOLE
from perfledger.domain.errors import Message, say
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.application import AsOf, Ledger, Outcome
from perfledger.ledger.journal import Offer
from perfledger.ledger.store import Store
from perfledger.projections.between import Between, onto, up_to
from perfledger.projections.books import Books, States
from perfledger.projections.changes import Change, compared
from perfledger.projections.comparison import Comparison
from perfledger.projections.last_change import LastChange, last_tier_change
from perfledger.projections.links import Links
from perfledger.projections.remembered import Remembered
from perfledger.wiring import Schemes, digest_of

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
    changes: list[Change]


@attrs.frozen
class WhatIf:
    """What would become of the offers, and what would change."""

    outcome: Outcome
    changes: list[Change]


class Comparing:
    """The questions about a ledger that compare two of its states."""

    ledger: Ledger
    store: Store
    schemes: Schemes

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
                None if when == CERTIFIED else self.ledger.as_of(when)  # type: ignore[arg-type]
                for when in (start, end)
            )
            if first is not None and last is not None and first.position > last.position:
                raise BadRange(say("the first state lies after the second one"))
            wanted = _Wanted(None if scheme is None else normalize("NFC", scheme), year)
            if first is None or last is None:
                changes = list(self._from_seals(first, last, wanted))
            else:
                changes = self._between(first.position, last.position, wanted)
        return Diff(start=first, end=last, changes=changes)

    def what_if(self, offers: Iterable[Offer], *, keep_going: bool = False) -> WhatIf:
        """What recording the offers would do; nothing is recorded.

        Where one is refused nothing would change, unless `keep_going` records the others.
        """
        with self.store.read():
            outcome = self.ledger.record(offers, keep_going=keep_going, dry_run=True)
            comparison = self._comparison(onto(self._states(None), outcome.accepted))
            return WhatIf(outcome, comparison.reasoned(comparison.moved()))

    def what_if_scheme(self, changed: Scheme, year: int | None = None) -> list[Change]:
        """What another text of a scheme would do to the same entries, in each year (or one).

        There are no entries because of which it would. Raises `NotAdopted`.
        """
        remembered = Remembered()

        def read(text: str) -> Scheme:
            scheme = self.schemes.read(text)
            return changed if scheme.key == changed.key else scheme

        with self.store.read():
            states = self._states(None)
            before = self._open_books(states, remembered)
            after = Books(states, read, digest_of, remembered)
            years = self.ledger.years() if year is None else [year]
            adopted = [one for one in years if before.book(one, changed.key) is not None]
            if not adopted:
                raise NotAdopted(changed.key)
            changes: list[Change] = []
            for one in adopted:
                groups = Links([*before.of_year(one), *after.of_year(one)]).of_scheme(changed.key)
                changes += compared(before, after, one, groups)
            return changes

    def last_tier_change(self, unit: str, year: int, when: When = None) -> LastChange | None:
        """Where a unit's tier last changed; None where the unit was never ranked."""
        with self.store.read():
            states = self.ledger.year(year, self.ledger.as_of(when).position)
        return last_tier_change(states, year, normalize("NFC", unit), self._open_books)

    # -- between positions ---------------------------------------------------------------------

    def _states(self, stop: int | None) -> States:
        @cache
        def states(year: int) -> Mapping[str, UnitYear]:
            return self.ledger.year(year, stop)

        return states

    def _open_books(self, states: States, remembered: Remembered) -> Books:
        return Books(states, self.schemes.read, digest_of, remembered)

    def _comparison(self, between: Between, remembered: Remembered | None = None) -> Comparison:
        return Comparison(between, self._open_books, self.ledger.years(), remembered)

    def _between(self, start: int, stop: int, wanted: "_Wanted") -> list[Change]:
        entries = list(self.ledger.history(stop, start + 1))
        comparison = self._comparison(up_to(self._states(stop), entries))
        return comparison.reasoned(filter(wanted.includes, comparison.moved()))

    def _from_seals(
        self, first: AsOf | None, last: AsOf | None, wanted: "_Wanted"
    ) -> Iterator[Change]:
        """Class by class, from its certification to `last`, or from `first` to it."""
        end = last or self.ledger.as_of(None)
        states = self._states(end.position)
        remembered = Remembered()
        seals = self._seals(states, wanted)
        starts = [first.position] if first is not None else [one.position for one in seals.values()]
        entries = list(self.ledger.history(end.position, min(starts, default=end.position) + 1))
        for (year, group), seal in seals.items():
            start, stop = (
                (seal.position, end.position) if first is None else (first.position, seal.position)
            )
            later = states
            if stop < end.position:
                later = up_to(states, [one for one in entries if one.position > stop]).earlier
            within = [one for one in entries if start < one.position <= stop]
            comparison = self._comparison(up_to(later, within), remembered)
            changes = compared(comparison.before, comparison.after, year, [group])
            own = (one for one in changes if _belongs(one, group, seals))
            yield from comparison.reasoned(own)

    def _seals(self, states: States, wanted: "_Wanted") -> dict[tuple[int, Group], Recorded]:
        """The live certifications of the classes that are asked for."""
        years = self.ledger.years() if wanted.year is None else [wanted.year]
        return {
            (year, group): recorded
            for year in years
            for group, recorded in certifications(states(year)[WHOLE]).items()
            if wanted.scheme in (None, group.scheme)
        }


@attrs.frozen
class _Wanted:
    scheme: str | None
    year: int | None

    def includes(self, change: Change) -> bool:
        of_scheme = self.scheme in (None, *(place.scheme.key for place in change.places))
        return of_scheme and self.year in (None, change.year)


def _belongs(change: Change, group: Group, seals: Collection[tuple[int, Group]]) -> bool:
    """Whether a unit that may have moved between certified classes is told of with this one."""
    groups = [place.group for place in reversed(change.places)]
    return group == next(one for one in groups if (change.year, one) in seals)
