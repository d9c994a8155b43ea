"""The entries recorded between two positions: the states before, after, and without some of them.

Pure. Leaving out an entry means leaving out too whatever could not have been recorded without it,
so that every fold is one that the ledger itself could have come to.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache

from perfledger.domain.entries import WHOLE, Entry, EntryReversed
from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear, unit_year
from perfledger.projections.books import States

FOLDS_KEPT = 2_000
REFERRING = ("claim", "report", "appeal", "order")
"""Fields by which an entry decides or closes another one of its stream."""

Stream = tuple[int, str]
"""Year and unit."""


class Between:
    """Two states of one ledger, and what was recorded between them. See `onto` and `up_to`."""

    def __init__(self, earlier: States, later: States, entries: Iterable[Recorded]) -> None:
        self.earlier = earlier
        self.later = later
        self._streams = _by_stream(entries)
        self._fold = lru_cache(maxsize=FOLDS_KEPT)(self._folded)

    @property
    def years(self) -> set[int]:
        """The years that have an entry in between."""
        return {year for year, _ in self._streams}

    def units(self, year: int) -> set[str]:
        """The units of a year that have an entry in between, `*` among them."""
        return {unit for of, unit in self._streams if of == year}

    def of_unit(self, year: int, unit: str) -> list[Recorded]:
        """What was recorded in between of one stream; void entries left out."""
        entries = self._streams.get((year, unit), ())
        return [one for one in entries if one.entry.entry not in self.void]

    def of_class(self, year: int) -> list[tuple[Recorded, Entry]]:
        """The same of the year's `*` stream, each entry with what it is about."""
        return [(one, self.matter(one)) for one in self.of_unit(year, WHOLE)]

    def matter(self, recorded: Recorded) -> Entry:
        """What an entry is about: itself, or for a reversal the entry that it reverses."""
        entry = recorded.entry
        if not isinstance(entry, EntryReversed):
            return entry
        return self.later(entry.year)[entry.unit].entries[entry.reverses].entry

    def without(self, left_out: frozenset[str]) -> States:
        """The states after, had these entries not been recorded.

        `left_out` has to hold with every entry its `dependents` too.
        """

        by_stream: dict[Stream, set[str]] = {}
        for entry in left_out:
            by_stream.setdefault(self._stream_of[entry], set()).add(entry)

        def states(year: int) -> Mapping[str, UnitYear]:
            folded = {
                unit: self._fold((of, unit), frozenset(left))
                for (of, unit), left in by_stream.items()
                if of == year
            }
            return ChainMap(folded, self.later(year))  # type: ignore[arg-type]  # only read

        return states

    def _folded(self, stream: Stream, left_out: frozenset[str]) -> UnitYear:
        year, unit = stream
        kept = (one for one in self.of_unit(year, unit) if one.entry.entry not in left_out)
        return unit_year(year, unit, [*_history(self.earlier(year), unit), *kept])

    @cached_property
    def _stream_of(self) -> dict[str, Stream]:
        return {
            one.entry.entry: stream for stream, entries in self._streams.items() for one in entries
        }

    @cached_property
    def void(self) -> frozenset[str]:
        """Entries that have an effect on neither state: recorded and reversed in between, both.

        They are no part of a fold that leaves anything out: the reversal alone would undo what
        the other entry never did.
        """
        found: set[str] = set()
        for entries in self._streams.values():
            for one in entries:
                if isinstance(one.entry, EntryReversed) and one.entry.reverses in self._stream_of:
                    found |= {one.entry.entry, one.entry.reverses}
        return frozenset(found)

    @cached_property
    def dependents(self) -> dict[str, frozenset[str]]:
        """Entry -> the entries in between that could not have been recorded without it.

        A decision needs its claim; a fact that is stated anew needs the reversal of the entry
        that stated it before.
        """
        found: dict[str, set[str]] = {}
        for (year, unit), entries in self._streams.items():
            before = self.earlier(year).get(unit)
            after = self.later(year)[unit]
            for one in entries:
                needed: set[str] = {getattr(one.entry, name, "") for name in REFERRING}
                fact = one.entry.fact()
                if before is not None and fact is not None and fact in before.stated:
                    needed.add(after.reversed_by[before.stated[fact].entry.entry])
                for other in needed & self._stream_of.keys():
                    found.setdefault(other, set()).add(one.entry.entry)
        return {entry: frozenset(needing) for entry, needing in found.items()}


def onto(earlier: States, entries: Iterable[Recorded]) -> Between:
    """Between the states before and what folding the entries into them gives."""
    streams = _by_stream(entries)

    @cache
    def later(year: int) -> Mapping[str, UnitYear]:
        before = earlier(year)
        folded = {
            unit: unit_year(year, unit, [*_history(before, unit), *entries])
            for (of, unit), entries in streams.items()
            if of == year
        }
        return ChainMap(folded, before)  # type: ignore[arg-type]  # only read

    return Between(earlier, later, _flat(streams))


def up_to(later: States, entries: Iterable[Recorded]) -> Between:
    """Between the states after and what they were before the entries, which came last."""
    streams = _by_stream(entries)

    @cache
    def earlier(year: int) -> Mapping[str, UnitYear]:
        after = later(year)
        cut = {}
        for (of, unit), entries in streams.items():
            if of == year:
                known = len(after[unit].entries) - len(entries)
                cut[unit] = unit_year(year, unit, list(after[unit].entries.values())[:known])
        return ChainMap(cut, after)  # type: ignore[arg-type]  # only read

    return Between(earlier, later, _flat(streams))


def _by_stream(entries: Iterable[Recorded]) -> dict[Stream, list[Recorded]]:
    streams: dict[Stream, list[Recorded]] = {}
    for recorded in entries:
        streams.setdefault((recorded.entry.year, recorded.entry.unit), []).append(recorded)
    return streams


def _flat(streams: Mapping[Stream, list[Recorded]]) -> Iterable[Recorded]:
    return (one for entries in streams.values() for one in entries)


def _history(states: Mapping[str, UnitYear], unit: str) -> Iterable[Recorded]:
    state = states.get(unit)
    return state.entries.values() if state is not None else ()
