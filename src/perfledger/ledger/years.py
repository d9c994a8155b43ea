"""A year's states, each folded from its own stream when it is asked for."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from perfledger.domain.entries import WHOLE
from perfledger.domain.recorded import Recorded, stream_of
from perfledger.domain.unit import UnitYear, unit_year
from perfledger.domain.valid_time import happened_by
from perfledger.ledger.mapper import read_leaf
from perfledger.ledger.store import Leaf, Store


class YearStates(Mapping[str, UnitYear]):
    """The states of a year up to a position, by unit; `*` is always among them.

    With `keep` every state that was asked for is kept, else only the last: whoever goes through a
    year unit by unit then holds one stream at a time. The caller is inside `read()` or `write()`.
    """

    def __init__(
        self, store: Store, year: int, stop: int | None, *, keep: bool, occurred_by: str | None
    ) -> None:
        self._store = store
        self._occurred_by = occurred_by
        self._year = year
        self._stop = stop
        self._keep = keep
        self._whole = self._fold(WHOLE) or UnitYear(year=year, unit=WHOLE)
        self._held: dict[str, UnitYear] = {}

    def __getitem__(self, unit: str) -> UnitYear:
        if unit == WHOLE:
            return self._whole
        if unit not in self._held:
            state = self._fold(unit)
            if state is None:
                raise KeyError(unit)
            if not self._keep:
                self._held.clear()
            self._held[unit] = state
        return self._held[unit]

    def _fold(self, unit: str) -> UnitYear | None:
        rows = self._store.select_stream(stream_of(self._year, unit), self._stop)
        if not rows:
            return None
        return unit_year(self._year, unit, self._known(rows))

    def _known(self, rows: Iterable[Leaf]) -> Iterator[Recorded]:
        history = (read_leaf(row.leaf, row.type, row.position) for row in rows)
        return history if self._occurred_by is None else happened_by(history, self._occurred_by)

    def __iter__(self) -> Iterator[str]:
        units = [stream.partition("/")[2] for stream in self._store.streams(self._year, self._stop)]
        yield from units
        if WHOLE not in units:
            yield WHOLE

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def of_types(self, types: tuple[str, ...]) -> Iterator[Recorded]:
        """The year's entries of some types, stream by stream."""
        rows = self._store.select_year(self._year, self._stop, types)
        for _, stream in groupby(rows, key=lambda row: row.stream):
            yield from self._known(stream)
