"""The Ledger: records entries in order and all or none, and reads them back as of any position."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.utils import Environment, EnvType

from perfledger.domain.entries import WHOLE
from perfledger.domain.officers import Charter
from perfledger.domain.recorded import Recorded, stream_of
from perfledger.domain.unit import UnitYear, unit_year
from perfledger.ledger.mapper import (
    LEDGER_CREATED,
    LEDGER_STREAM,
    EntryMapper,
    LedgerCreated,
    ledger_created_leaf,
    read_leaf,
    recorded_at_of,
)
from perfledger.ledger.outcome import Outcome
from perfledger.ledger.own import log_keys, read_charter
from perfledger.ledger.store import Store, StoreFactory
from perfledger.ledger.tree import leaf_hash
from perfledger.ledger.years import YearStates

if TYPE_CHECKING:  # loaded by what writes and signs: `rank` has to be quick
    from perfledger.ledger.batch import Batch, Schemes, Scoring
    from perfledger.ledger.journal import Offer
    from perfledger.ledger.log import Log

Project = Callable[[sa.Connection, "Batch"], None]
"""Brings the projections up to date with a batch, inside the ledger's transaction."""


@attrs.frozen
class AsOf:
    """A place in the ledger: its last position then, and when that was recorded.

    With `occurred_by` only what had happened by that day is asked for.
    """

    position: int
    recorded_at: str | None
    occurred_by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The member `as_of` of an answer."""
        answer = {"position": self.position, "recorded_at": self.recorded_at}
        return answer if self.occurred_by is None else {**answer, "occurred_by": self.occurred_by}


class Ledger(Application[str]):
    """One ledger. `schemes`, `scoring` and `project` are what it needs of other layers."""

    def __init__(
        self,
        store: Store,
        *,
        schemes: "Schemes",
        scoring: "Scoring",
        project: Project,
        clock: Callable[[], datetime],
    ) -> None:
        self.store = store
        self.schemes = schemes
        self.scoring = scoring
        self._project = project
        self._clock = clock
        super().__init__()

    @cached_property
    def merkle_log(self) -> "Log":
        """The log over the entries: its tree, checkpoints and witnesses."""
        from perfledger.ledger.log import Log

        return Log(self.store)

    # What stands in os.environ must not change the bytes that are stored.
    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """An environment of nothing: settings come from no variable."""
        return Environment(name, {})

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The factory of our own store."""
        return StoreFactory.for_store(self.store)

    def construct_mapper(self) -> Mapper[str]:
        """Canonical JSON and the journal's type names."""
        return self.factory.mapper(mapper_class=EntryMapper)

    # -- writing -------------------------------------------------------------------------------

    def create(self, charter: Charter) -> bool:
        """Create the ledger with its first leaf; False where it exists already."""
        if self.store.exists() and self.store.last() is not None:
            return False  # also where it may only be read
        with self.store.write() as connection:
            self.store.create()
            if self.store.last() is not None:
                return False
            settings = attrs.asdict(charter)
            leaf = ledger_created_leaf(LedgerCreated(**settings, recorded_at=self._now()))
            row = StoredEvent(LEDGER_STREAM, 1, LEDGER_CREATED, leaf)
            self.store.insert_events([row], entries=[(None, leaf_hash(leaf))])
            self.merkle_log.extend(connection, [leaf_hash(leaf)])
            return True

    def record(
        self, offers: "Iterable[Offer]", *, keep_going: bool = False, dry_run: bool = False
    ) -> Outcome:
        """Record the offers in order in one transaction.

        Nothing is recorded if one is refused, unless `keep_going` records the others. All
        refusals are collected. With `dry_run` nothing is recorded in any case.
        """
        from perfledger.ledger.deciding import Deciding

        if dry_run:
            with self.store.read():
                batch = self.batch()
                outcome = Deciding(batch).decide(offers)
                if keep_going or not outcome.refusals:
                    outcome.accepted = [recorded for recorded, _ in batch.accepted]
                return outcome
        try:
            with self.store.write() as connection:
                batch = self.batch()
                outcome = Deciding(batch, partial(self._write, connection, batch)).decide(offers)
                if outcome.refusals and not keep_going:
                    raise _NothingRecorded(outcome)
                if batch.touched.first is not None:
                    self._project(connection, batch)
        except _NothingRecorded as nothing:
            return nothing.outcome
        return outcome

    def batch(self) -> "Batch":
        """An empty batch on the ledger as it stands; the caller holds a transaction."""
        from perfledger.ledger.batch import Batch

        last = self.store.last()
        now, clock = self._now(), None
        if last is not None and now < (before := recorded_at_of(last[1])):
            now, clock = before, now
        return Batch(
            self.store,
            self.schemes,
            self.scoring,
            now=now,
            clock=clock,
            position=last[0] if last is not None else 0,
        )

    def _write(self, connection: sa.Connection, batch: "Batch") -> None:
        """Write what the batch accepted since the last time."""
        accepted = batch.written()
        if not accepted:
            return
        rows = [
            StoredEvent(recorded.stream, recorded.version, recorded.entry.type, leaf)
            for recorded, leaf in accepted
        ]
        beside = [(recorded.entry.entry, leaf_hash(leaf)) for recorded, leaf in accepted]
        positions = self.store.insert_events(rows, entries=beside)
        assert positions[-1] == batch.position  # what certifications sealed
        self.merkle_log.extend(connection, [digest for _, digest in beside])

    def _now(self) -> str:
        return (
            self._clock().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        )

    def charter(self) -> Charter:
        """The settings at position 1."""
        return read_charter(self.store)

    def log_keys(self) -> list[tuple[int, str]]:
        """The keys of the log, each with the position from which on it is the live one."""
        return log_keys(self.store)

    # -- reading -------------------------------------------------------------------------------

    def as_of(self, when: int | datetime | None) -> AsOf:
        """The last position at or before a position or a time; None is now."""
        with self.store.read():
            last = self.store.max_notification_id() or 0
            if isinstance(when, datetime):
                text = (
                    when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
                )
                position = self._last_before(text, last)
            else:
                position = last if when is None else min(when, last)
            leaf = self._leaf(position)
            return AsOf(position, None if leaf is None else recorded_at_of(leaf))

    def _last_before(self, text: str, last: int) -> int:
        """The last position recorded at or before a time: recorded_at never decreases."""
        low, high = 0, last
        while low < high:
            middle = (low + high + 1) // 2
            leaf = self._leaf(middle)
            assert leaf is not None
            if recorded_at_of(leaf) <= text:
                low = middle
            else:
                high = middle - 1
        return low

    def _leaf(self, position: int) -> bytes | None:
        return next((row.leaf for row in self.store.select_leaves(position, position)), None)

    def history(self, stop: int | None = None, start: int = 1) -> Iterator[Recorded]:
        """All recorded entries from `start` up to a position; not the ledger's own leaves."""
        for row in self.store.select_leaves(start, stop):
            if row.stream != LEDGER_STREAM:
                yield read_leaf(row.leaf, row.type, row.position)

    def year(self, year: int, stop: int | None = None) -> dict[str, UnitYear]:
        """All states of a year as of a position, by unit (`*` among them)."""
        streams: dict[str, list[Recorded]] = {}
        for row in self.store.select_year(year, stop):
            recorded = read_leaf(row.leaf, row.type, row.position)
            streams.setdefault(row.stream.partition("/")[2], []).append(recorded)
        states = {unit: unit_year(year, unit, history) for unit, history in streams.items()}
        states.setdefault(WHOLE, UnitYear(year=year, unit=WHOLE))
        return states

    def states(
        self, year: int, stop: int | None = None, *, keep: bool, occurred_by: str | None = None
    ) -> YearStates:
        """The states of a year as of a position, each read when it is asked for.

        With `occurred_by` of what had happened by that day.
        """
        return YearStates(self.store, year, stop, keep=keep, occurred_by=occurred_by)

    def years(self) -> list[int]:
        """The years that have entries."""
        return self.store.years()

    def unit(self, year: int, unit: str, stop: int | None = None) -> UnitYear:
        """The state of one stream, as it is or as of a position."""

        def project(_: object, history: Iterable[Any]) -> UnitYear:
            known = (one for one in history if stop is None or one.position <= stop)
            return unit_year(year, unit, known)

        projector: Any = project  # the library's types ask for its own aggregates and events
        state: Any = self.repository.get(stream_of(year, unit), projector_func=projector)
        assert isinstance(state, UnitYear)
        return state


class _NothingRecorded(Exception):
    """Something was refused: the transaction is undone."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome
