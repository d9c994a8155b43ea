"""The state of one unit-year (or of a year's `*` stream), and how an entry changes it."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

import attrs

from perfledger.domain.entries import (
    AppealFiled,
    AwardClaimed,
    DeductionReported,
    Entry,
    EntryReversed,
    Fact,
    UnitEnrolled,
)
from perfledger.domain.recorded import Recorded, fold, stream_of

Kind = TypeVar("Kind", bound=Entry)


@attrs.define(kw_only=True)
class UnitYear:
    """All entries of one stream and which of them are live. Only `evolve` changes it.

    It is an accumulator that its fold owns, so it is not frozen: copying it per entry would make
    a batch quadratic in the length of a stream.
    """

    year: int
    unit: str
    name: str | None = None  # of a stream that is no unit-year: the ledger's own
    version: int = 0
    entries: dict[str, Recorded] = attrs.field(factory=dict)
    reversed_by: dict[str, str] = attrs.field(factory=dict)  # entry id -> id of its reversal
    stated: dict[Fact, Recorded] = attrs.field(factory=dict)  # fact -> the live entry
    kinds: dict[type[Entry], dict[str, Recorded]] = attrs.field(factory=dict)  # live entries
    last_enrolled: UnitEnrolled | None = None  # the latest enrolment, live or reversed

    @property
    def stream(self) -> str:
        """The name of this stream."""
        return self.name or stream_of(self.year, self.unit)

    @property
    def enrolled(self) -> UnitEnrolled | None:
        """The live enrolment."""
        found = self.stated.get(("enrolment",))
        return cast("UnitEnrolled", found.entry) if found else None

    @property
    def withdrawn(self) -> bool:
        """Whether a withdrawal is live."""
        return ("withdrawal",) in self.stated

    def live(self, kind: type[Kind]) -> list[tuple[Recorded, Kind]]:
        """The live entries of one type in ledger order, each with its envelope."""
        found: list[tuple[Recorded, Any]] = [
            (one, one.entry) for one in self.kinds.get(kind, {}).values()
        ]
        return found

    def is_live(self, entry_id: str) -> bool:
        """Whether the entry is here and not reversed."""
        return entry_id in self.entries and entry_id not in self.reversed_by

    def decision_on(self, entry_id: str) -> Recorded | None:
        """The live decision of a claim, report or appeal."""
        return self.stated.get(("decision", entry_id))

    @property
    def undecided(self) -> list[str]:
        """Live claims and reports that await their decision."""
        waiting = (*self.live(AwardClaimed), *self.live(DeductionReported))
        return [one.entry.entry for one, _ in waiting if not self.decision_on(one.entry.entry)]

    @property
    def open_appeals(self) -> list[str]:
        """Live appeals without a live decision."""
        filed = self.live(AppealFiled)
        return [one.entry.entry for one, _ in filed if not self.decision_on(one.entry.entry)]


def evolve(state: UnitYear, recorded: Recorded) -> UnitYear:
    """Fold one recorded entry into the state of its stream."""
    entry = recorded.entry
    state.version = recorded.version
    state.entries[entry.entry] = recorded
    if isinstance(entry, EntryReversed):
        _reverse(state, entry)
    elif isinstance(entry, UnitEnrolled):
        state.last_enrolled = entry
    if (fact := entry.fact()) is not None:
        state.stated[fact] = recorded
    state.kinds.setdefault(type(entry), {})[entry.entry] = recorded
    return state


def _reverse(state: UnitYear, reversal: EntryReversed) -> None:
    target = state.entries[reversal.reverses]
    state.reversed_by[target.entry.entry] = reversal.entry
    del state.kinds[type(target.entry)][target.entry.entry]
    fact = target.entry.fact()
    if fact is not None:
        del state.stated[fact]


def unit_year(year: int, unit: str, history: Iterable[Recorded]) -> UnitYear:
    """The state of a stream from its history."""
    return fold(evolve, UnitYear(year=year, unit=unit), history)
