"""The entries recorded between two positions: the states before, after, and without some of them.

Pure. Leaving out an entry means leaving out too whatever could not have been recorded without it,
so that every fold is one that the ledger itself could have come to.
"""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, lru_cache

import attrs

from perfledger.domain.entries import WHOLE, Entry, EntryReversed, answered_by
from perfledger.domain.recorded import Recorded
from perfledger.domain.roll import Roll, member_of
from perfledger.domain.unit import UnitYear, unit_year
from perfledger.projections.books import States

FOLDS_KEPT = 2_000

Stream = tuple[int, str]
"""Year and unit."""


@attrs.frozen
class Source:
    """What Books are opened over: the states of a year, and its roll."""

    states: States
    roll: Callable[[int], Roll]


class Between:
    """Two states of one ledger, and what was recorded between them. See `onto` and `up_to`."""

    def __init__(self, earlier: Source, later: Source, entries: Iterable[Recorded]) -> None:
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
        return self.later.states(entry.year)[entry.unit].entries[entry.reverses].entry

    def without(self, left_out: frozenset[str]) -> Source:
        """The states after, had these entries not been recorded.

        `left_out` has to hold with every entry its `dependents` too.
        """
        by_stream: dict[Stream, set[str]] = {}
        for entry in left_out:
            by_stream.setdefault(self._stream_of[entry], set()).add(entry)

        def folded(year: int) -> dict[str, UnitYear]:
            return {
                unit: self._fold((of, unit), frozenset(left))
                for (of, unit), left in by_stream.items()
                if of == year
            }

        return _overlaid(self.later, folded)

    def _folded(self, stream: Stream, left_out: frozenset[str]) -> UnitYear:
        year, unit = stream
        kept = (one for one in self.of_unit(year, unit) if one.entry.entry not in left_out)
        return unit_year(year, unit, [*_history(self.earlier, year, unit), *kept])

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
            stated = self.earlier.states(year)[unit].stated
            after = self.later.states(year)[unit]
            for one in entries:
                needed = {answered_by(one.entry) or ""}
                fact = one.entry.fact()
                if fact is not None and fact in stated:
                    needed.add(after.reversed_by[stated[fact].entry.entry])
                for other in needed & self._stream_of.keys():
                    found.setdefault(other, set()).add(one.entry.entry)
        return {entry: frozenset(needing) for entry, needing in found.items()}


def onto(earlier: Source, entries: Iterable[Recorded]) -> Between:
    """Between the states before and what folding the entries into them gives."""
    streams = _by_stream(entries)

    def folded(year: int) -> dict[str, UnitYear]:
        return {
            unit: unit_year(year, unit, [*_history(earlier, year, unit), *entries])
            for (of, unit), entries in streams.items()
            if of == year
        }

    def none(year: int) -> dict[str, UnitYear]:
        new = (unit for of, unit in streams if of == year and unit not in earlier.states(year))
        return {unit: UnitYear(year=year, unit=unit) for unit in new}

    return Between(_overlaid(earlier, none), _overlaid(earlier, folded), _flat(streams))


def up_to(later: Source, entries: Iterable[Recorded]) -> Between:
    """Between the states after and what they were before the entries, which came last."""
    streams = _by_stream(entries)

    def cut(year: int) -> dict[str, UnitYear]:
        found = {}
        for (of, unit), entries in streams.items():
            if of == year:
                history = list(_history(later, year, unit))
                found[unit] = unit_year(year, unit, history[: len(history) - len(entries)])
        return found

    return Between(_overlaid(later, cut), later, _flat(streams))


def _overlaid(source: Source, instead: Callable[[int], dict[str, UnitYear]]) -> Source:
    """The source with some states of a year in place of its own."""
    over = cache(instead)

    def states(year: int) -> Mapping[str, UnitYear]:
        return ChainMap(over(year), source.states(year))  # type: ignore[arg-type]  # only read

    def roll(year: int) -> Roll:
        members = {unit: member_of(state) for unit, state in over(year).items()}
        both = {**source.roll(year), **members}
        return {unit: member for unit, member in both.items() if member is not None}

    return Source(cache(states), cache(roll))


def _by_stream(entries: Iterable[Recorded]) -> dict[Stream, list[Recorded]]:
    streams: dict[Stream, list[Recorded]] = {}
    for recorded in entries:
        streams.setdefault((recorded.entry.year, recorded.entry.unit), []).append(recorded)
    return streams


def _flat(streams: Mapping[Stream, list[Recorded]]) -> Iterable[Recorded]:
    return (one for entries in streams.values() for one in entries)


def _history(source: Source, year: int, unit: str) -> Iterable[Recorded]:
    state = source.states(year).get(unit)
    return state.entries.values() if state is not None else ()
