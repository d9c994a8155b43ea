"""The ledger's recorder: rows of leaves, in one order, that can only be added to.

It is eventsourcing's ProcessRecorder on SQLAlchemy Core. Positions are dense from 1 and assigned
under one write lock, so their order is the order of the commits: whoever has read up to a position
has read everything before it. `write()` lets others (tree, view) join the same transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice, repeat
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from eventsourcing import persistence as es
from eventsourcing.utils import Environment, EnvType

from perfledger.ledger.backends import (
    CHUNK,
    Leaf,
    LedgerBusy,
    LedgerFull,
    LedgerMissing,
    LedgerReadOnly,
    LedgerUnreadable,
    Row,
    StoreError,
    backend_of,
    events,
    metadata,
    open_engine,
    tracked,
)

__all__ = [
    "Leaf",
    "LedgerBusy",
    "LedgerFull",
    "LedgerMissing",
    "LedgerReadOnly",
    "LedgerUnreadable",
    "Store",
    "StoreError",
    "StoreFactory",
    "events",
    "open_engine",
]


_AS_STORED = (events.c.stream, events.c.version, events.c.type, events.c.leaf)


@dataclass(slots=True)
class _Transaction:
    connection: sa.Connection
    writing: bool
    broken: bool = False  # by a batch of which a part may have been inserted


class Store(es.ProcessRecorder):
    """One ledger's rows. Safe to share between threads; each thread has its own transaction.

    Errors of the database arrive as `StoreError` where a person can do something about them and
    otherwise as eventsourcing's `PersistenceError`s; `IntegrityError` is a conflict of streams,
    positions or entry ids, or an attempt to change what may only be added to.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Use an engine from `open_engine`; raises TypeError for any other."""
        self.engine = engine
        self._backend = backend_of(engine)
        self._local = threading.local()

    @property
    def url(self) -> str:
        """Where the ledger is, as it may be shown: without a password."""
        return self._backend.shown

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Hold the write lock and one transaction: committed at the end, rolled back on any error.

        Within another `write()` of this thread it joins that transaction; an error then undoes the
        inner part only. After a failed `insert_events` the innermost `write()` can only be left.
        Raises `LedgerBusy` when others hold the lock for too long, `LedgerFull`,
        `LedgerReadOnly`, and ProgrammingError inside this thread's `read()`: SQLite would wait for
        that reader, which is itself.
        """
        current = self._current
        if current is None:
            with self._transaction(writing=True) as connection:
                yield connection
        elif current.writing:
            try:
                with self._backend.translated(), current.connection.begin_nested():
                    yield current.connection
                    self._current  # noqa: B018 - raises where it is broken
            except BaseException:
                current.broken = False  # the savepoint undid it
                raise
        else:
            raise es.ProgrammingError("a thread cannot write while it is inside read()")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Read from one consistent snapshot, however often; joins this thread's open transaction.

        Raises `LedgerMissing` where there are no tables, and other `StoreError`s.
        """
        current = self._current
        if current is None:
            with self._transaction(writing=False) as connection:
                yield connection
        else:
            with self._backend.translated():
                yield current.connection

    @property
    def _current(self) -> _Transaction | None:
        current: _Transaction | None = getattr(self._local, "transaction", None)
        if current is not None and current.broken:
            raise es.ProgrammingError("an insert failed in this write(), which can only be left")
        return current

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[sa.Connection]:
        with self._backend.translated(), self.engine.connect() as connection:
            connection.execution_options(**self._backend.options(writing=writing))
            with connection.begin():
                if writing:
                    self._backend.lock(connection)
                self._local.transaction = _Transaction(connection, writing)
                try:
                    yield connection
                    self._current  # noqa: B018 - raises where it is broken
                finally:
                    self._local.transaction = None

    @contextmanager
    def _inserting(self) -> Iterator[sa.Connection]:
        """Write, joining without a savepoint: that would double a batch's time on SQLite."""
        current = self._current
        if current is None or not current.writing:
            with self.write() as connection:
                yield connection
        else:
            try:
                with self._backend.translated():
                    yield current.connection
            except BaseException:
                current.broken = True
                raise

    def create(self) -> None:
        """Make the tables and their triggers; does nothing where they are.

        It does not put back a missing trigger: that is for `verify` to report.
        """
        with self.write() as connection:
            if not self.exists():
                self._backend.prepare(connection)
                metadata.create_all(connection, checkfirst=False)
                self.protect(events)

    def exists(self) -> bool:
        """Say whether the ledger's tables are there, with their columns."""
        with self.read() as connection:
            inspector = sa.inspect(connection)
            return all(
                inspector.has_table(table.name)
                and {c["name"] for c in inspector.get_columns(table.name)} >= set(table.c.keys())
                for table in metadata.sorted_tables
            )

    def protect(self, table: sa.Table) -> None:
        """Make a table append-only as `events` is, inside the transaction that created it."""
        with self.write() as connection:
            self._backend.protect(connection, table)

    def close(self) -> None:
        """Close the pooled connections; the store can still be used and opens new ones."""
        self.engine.dispose()

    def insert_events(
        self,
        stored_events: Sequence[es.StoredEvent],
        *,
        entries: Sequence[tuple[str | None, bytes | None]] | None = None,
        tracking: es.Tracking | None = None,
        **kwargs: Any,
    ) -> list[int]:
        """Append events, all or none, and return their positions.

        `entries` gives each event's entry id and leaf hash. Raises IntegrityError where a stream
        version or an entry id is taken or `tracking` does not advance, ValueError where `entries`
        has another length, TypeError for an unknown argument or a stream that is no text.
        """
        if kwargs:  # swallowing a misspelt `entries` would lose the ids for good
            raise TypeError(f"insert_events() takes no {', '.join(kwargs)}")
        if entries is not None and len(entries) != len(stored_events):
            raise ValueError(f"{len(entries)} entries for {len(stored_events)} events")
        with self._inserting() as connection:
            first = (self.max_notification_id() or 0) + 1
            rows = _rows(first, stored_events, entries)
            self._backend.insert(connection, rows, len(stored_events))
            if tracking is not None:
                self.insert_tracking(tracking)
        return list(range(first, first + len(stored_events)))

    def insert_tracking(self, tracking: es.Tracking) -> None:
        """Advance an application's position; raises IntegrityError where it would not grow."""
        name, position = tracking.application_name, tracking.notification_id
        with self.write() as connection:
            before = self.max_tracking_id(name)
            if before is None:
                connection.execute(sa.insert(tracked).values(application=name, position=position))
            elif before < position:
                row = tracked.c.application == name
                connection.execute(sa.update(tracked).where(row).values(position=position))
            else:
                raise es.IntegrityError(f"{name} is already at {before}, not before {position}")

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[es.Notification]:
        """Return a stream's events by version, with their positions.

        Raises TypeError for a stream that is no text.
        """
        version = events.c.version
        query = sa.select(*_AS_STORED, events.c.position)
        query = query.where(events.c.stream == _stream(originator_id))
        if gt is not None:
            query = query.where(version > gt)
        if lte is not None:
            query = query.where(version <= lte)
        query = query.order_by(version.desc() if desc else version).limit(limit)
        with self.read() as connection:
            return [es.Notification(*row) for row in connection.execute(query)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[es.Notification]:
        """Return at most `limit` events from `start` to `stop`, of the given types, by position."""
        query = sa.select(*_AS_STORED, events.c.position).order_by(events.c.position).limit(limit)
        if start is not None:
            query = query.where(events.c.position >= start + int(not inclusive_of_start))
        if stop is not None:
            query = query.where(events.c.position <= stop)
        if topics:
            query = query.where(events.c.type.in_(topics))
        with self.read() as connection:
            return [es.Notification(*row) for row in connection.execute(query)]

    def max_notification_id(self) -> int | None:
        """Return the last position, or None where nothing is recorded."""
        with self.read() as connection:
            last: int | None = connection.scalar(sa.select(sa.func.max(events.c.position)))
        return last

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the position that an application has reached, or None."""
        row = tracked.c.application == application_name
        with self.read() as connection:
            position: int | None = connection.scalar(sa.select(tracked.c.position).where(row))
        return position

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> es.Subscription[es.ApplicationRecorder]:
        """Raise NotSupportedError: nothing here follows the log in a thread of its own."""
        raise es.NotSupportedError("the store has no subscriptions; use select_notifications()")

    def select_leaves(self, start: int = 1, stop: int | None = None) -> Iterator[Leaf]:
        """Yield the leaves from `start` to `stop` (by default the last of now) in their order.

        Read in chunks, each in a transaction of its own unless the caller is inside `read()`: what
        is committed never changes, so this is one snapshot without keeping writers out meanwhile.
        """
        last = self.max_notification_id() or 0
        stop = last if stop is None else min(stop, last)
        while start <= stop:
            query = sa.select(*(events.c[name] for name in Leaf._fields))
            query = query.where(events.c.position.between(start, stop))
            with self.read() as connection:
                rows = connection.execute(query.order_by(events.c.position).limit(CHUNK)).all()
            if not rows:
                return
            yield from map(Leaf._make, rows)
            start = rows[-1].position + 1

    def select_year(self, year: int, stop: int | None = None) -> Iterator[Leaf]:
        """Yield the leaves of a year's streams up to `stop`, stream by stream, versions in order.

        The caller is inside `read()` or `write()`: the rows stream from one statement.
        """
        query = sa.select(*(events.c[name] for name in Leaf._fields))
        # Stream names are `YEAR/UNIT`, and `0` is the character after `/`.
        query = query.where(events.c.stream >= f"{year}/", events.c.stream < f"{year}0")
        if stop is not None:
            query = query.where(events.c.position <= stop)
        query = query.order_by(events.c.stream, events.c.version)
        with self.read() as connection:
            # For this statement only: set on the connection, it would make cursors of later writes.
            rows = connection.execute(query, execution_options={"yield_per": CHUNK})
            yield from map(Leaf._make, rows)

    def years(self) -> list[int]:
        """Return the years that have streams, by skipping from one to the next in the index."""
        found: list[int] = []
        query = sa.select(sa.func.min(events.c.stream))
        # `:` is the character after the digits, so it ends the years before `ledger`.
        start = "0"
        with self.read() as connection:
            while True:
                after = query.where(events.c.stream >= start, events.c.stream < ":")
                stream = connection.scalar(after)
                if stream is None:
                    return found
                year = stream.partition("/")[0]
                found.append(int(year))
                start = f"{year}0"

    def find_entries(self, ids: Iterable[str]) -> list[Leaf]:
        """Return the leaves of those entry ids that are in the ledger."""
        query = sa.select(*(events.c[name] for name in Leaf._fields))
        found: list[Leaf] = []
        with self.read() as connection:
            for chunk in _chunks(ids):
                rows = connection.execute(query.where(events.c.entry.in_(chunk)))
                found += map(Leaf._make, rows)
        return found

    def stream_versions(self, streams: Iterable[str]) -> dict[str, int]:
        """Return the last version of those streams that have any event."""
        query = sa.select(events.c.stream, sa.func.max(events.c.version)).group_by(events.c.stream)
        found: dict[str, int] = {}
        with self.read() as connection:
            for chunk in _chunks(streams):
                rows = connection.execute(query.where(events.c.stream.in_(chunk)))
                found.update((stream, version) for stream, version in rows)
        return found

    def last(self) -> tuple[int, bytes] | None:
        """Return position and leaf of the last event, or None where nothing is recorded."""
        query = sa.select(events.c.position, events.c.leaf).order_by(events.c.position.desc())
        with self.read() as connection:
            row = connection.execute(query.limit(1)).one_or_none()
        return None if row is None else (row.position, row.leaf)


def _stream(originator_id: UUID | str) -> str:
    if not isinstance(originator_id, str):
        raise TypeError(f"a stream is named by text, not by {type(originator_id).__name__}")
    return originator_id


def _rows(
    first: int,
    stored_events: Sequence[es.StoredEvent],
    entries: Sequence[tuple[str | None, bytes | None]] | None,
) -> Iterator[Row]:
    beside = repeat((None, None)) if entries is None else entries
    for position, event, (entry, leaf_hash) in zip(count(first), stored_events, beside):
        stream = _stream(event.originator_id)
        version = event.originator_version
        yield position, stream, version, event.topic, event.state, entry, leaf_hash


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    # SQLite before 3.32 takes 999 parameters in a statement.
    rest = iter(names)
    while chunk := list(islice(rest, 900)):
        yield chunk


class StoreFactory(es.InfrastructureFactory[Store]):
    """Gives eventsourcing's Application one store and nothing from any environment.

    The library's factories take classes to import, ciphers and compressors from environment
    variables; here none of them is looked at, so nothing outside can change the bytes stored.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(Environment())
        self._store = store

    @classmethod
    def for_store(cls, store: Store) -> Self:
        """Return a factory whose recorders are all `store`."""
        return cls(store)

    @classmethod
    def construct(cls, env: Environment | EnvType | None = None) -> Self:
        """Raise NotSupportedError: an environment does not choose the store."""
        raise es.NotSupportedError("use StoreFactory.for_store()")

    def transcoder(self) -> es.Transcoder:
        """Return the library's plain JSON transcoder."""
        return es.JSONTranscoder()

    def cipher(self) -> es.Cipher | None:
        """Return None: leaves are stored as they are."""
        return None

    def compressor(self) -> es.Compressor | None:
        """Return None: leaves are stored as they are."""
        return None

    def mapper(
        self,
        transcoder: es.Transcoder | None = None,
        mapper_class: type[es.Mapper[Any]] | None = None,
    ) -> es.Mapper[Any]:
        """Make a mapper of the given class; without one raises NotSupportedError.

        The library's default would write the import paths of classes into the rows.
        """
        if mapper_class is None:
            raise es.NotSupportedError("name the mapper's class: override construct_mapper()")
        return mapper_class(transcoder=transcoder or self.transcoder())

    def is_snapshotting_enabled(self) -> bool:
        """Return False: the ledger keeps no snapshots."""
        return False

    def aggregate_recorder(self, purpose: str = "events") -> es.AggregateRecorder:
        """Return the store; raises NotSupportedError for any purpose but events."""
        if purpose != "events":
            raise es.NotSupportedError(f"the ledger keeps no {purpose}")
        return self._store

    def application_recorder(self) -> es.ApplicationRecorder:
        """Return the store."""
        return self._store

    def tracking_recorder(self, tracking_recorder_class: type[Store] | None = None) -> Store:
        """Return the store."""
        return self._store

    def process_recorder(self) -> es.ProcessRecorder:
        """Return the store."""
        return self._store
