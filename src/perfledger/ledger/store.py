"""The ledger's recorder: rows of leaves, in one order, that can only be added to.

It is eventsourcing's ProcessRecorder on SQLAlchemy Core. Positions are dense from 1 and assigned
under one write lock, so their order is the order of the commits: whoever has read up to a position
has read everything before it. `write()` lets others (tree, view) join the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice, repeat
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from eventsourcing import persistence as es

from perfledger.domain.errors import say
from perfledger.ledger.backend import (
    CHUNK,
    Leaf,
    LedgerBusy,
    LedgerDamaged,
    LedgerFull,
    LedgerMissing,
    LedgerReadOnly,
    LedgerUnreadable,
    Row,
    StoreError,
    append_only,
    events,
    metadata,
    tracked,
)
from perfledger.ledger.factory import StoreFactory
from perfledger.ledger.opening import open_engine, with_schema
from perfledger.ledger.roles import Roles
from perfledger.ledger.transactions import Transactions

__all__ = [
    "Leaf",
    "LedgerBusy",
    "LedgerDamaged",
    "LedgerFull",
    "LedgerMissing",
    "LedgerReadOnly",
    "LedgerUnreadable",
    "Store",
    "StoreError",
    "StoreFactory",
    "events",
    "open_engine",
    "with_schema",
]


_AS_STORED = (events.c.stream, events.c.version, events.c.type, events.c.leaf)

_LAST_CHARACTER = "\U0010ffff"  # no text sorts behind it


class Store(Transactions, es.ProcessRecorder):
    """One ledger's rows. Safe to share between threads; each thread has its own transaction.

    Errors of the database arrive as `StoreError` where a person can do something about them and
    otherwise as eventsourcing's `PersistenceError`s; `IntegrityError` is a conflict of streams,
    positions or entry ids, or an attempt to change what may only be added to.
    """

    def create(self) -> None:
        """Make the tables and their triggers; does nothing where they are.

        It does not put back a missing trigger: that is for `verify` to report.
        """
        with self.write() as connection:
            if not self.exists():
                self._backend.prepare(connection)
                metadata.create_all(connection, checkfirst=False)
                for table in append_only():
                    self.protect(table)

    def exists(self) -> bool:
        """Say whether the ledger's tables are there, with their columns.

        Raises `LedgerDamaged` where only some of them are.
        """
        with self.read() as connection:
            inspector = sa.inspect(connection)
            missing = [
                table.name
                for table in metadata.sorted_tables
                if not inspector.has_table(table.name)
                or not {c["name"] for c in inspector.get_columns(table.name)} >= set(table.c.keys())
            ]
        if missing and len(missing) < len(metadata.tables):
            message = say(
                "the ledger is damaged: the table {table} is missing, or columns of it are; "
                "perfledger verify lists all that is wrong",
                table=missing[0],
            )
            raise LedgerDamaged(message, self.url)
        return not missing

    def protect(self, table: sa.Table) -> None:
        """Make a table append-only as `events` is, inside the transaction that created it."""
        with self.write() as connection:
            self._backend.protect(connection, table)

    def make_roles(self) -> Roles:
        """Make the writer's and the reader's roles on PostgreSQL, or give them their rights again.

        Raises `LedgerUnreadable` where that cannot be. Connections that are open keep working as
        they did: `close()` lets the next ones take the roles.
        """
        with self.write() as connection:
            return self._backend.make_roles(connection)

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

    def select_year(
        self, year: int, stop: int | None = None, types: Sequence[str] = ()
    ) -> Iterator[Leaf]:
        """Yield the leaves of a year's streams up to `stop`, stream by stream, versions in order.

        Only those of the given types, where any are given. The caller is inside `read()` or
        `write()`: the rows stream from one statement.
        """
        query = sa.select(*(events.c[name] for name in Leaf._fields))
        query = query.where(*_of_year(year, stop))
        if types:
            query = query.where(events.c.type.in_(types))
        query = query.order_by(events.c.stream, events.c.version)
        with self.read() as connection:
            # For this statement only: set on the connection, it would make cursors of later writes.
            rows = connection.execute(query, execution_options={"yield_per": CHUNK})
            yield from map(Leaf._make, rows)

    def select_rows(self, part: int | str, stop: int | None = None) -> Iterator[Row]:
        """Yield the rows of a year, or of one stream, up to `stop` as `select_year` does.

        They are whole: the leaf's hash, as it is kept, stands beside the leaf.
        """
        query = sa.select(*events.c).order_by(events.c.stream, events.c.version)
        if isinstance(part, int):
            query = query.where(*_of_year(part, stop))
        else:
            query = query.where(events.c.stream == part, *_up_to(stop))
        with self.read() as connection:
            rows = connection.execute(query, execution_options={"yield_per": CHUNK})
            for row in rows:
                yield tuple(row)

    def select_stream(self, stream: str, stop: int | None = None) -> list[Leaf]:
        """Return the leaves of a stream up to the position `stop`, versions in order."""
        query = sa.select(*(events.c[name] for name in Leaf._fields))
        query = query.where(events.c.stream == stream).order_by(events.c.version)
        if stop is not None:
            query = query.where(events.c.position <= stop)
        with self.read() as connection:
            return [Leaf._make(row) for row in connection.execute(query)]

    def streams(self, year: int, stop: int | None = None) -> list[str]:
        """Return the names of a year's streams that have a leaf up to `stop`, in their order."""
        query = sa.select(events.c.stream).distinct().where(*_of_year(year, stop))
        with self.read() as connection:
            return list(connection.scalars(query.order_by(events.c.stream)))

    def has_year(self, year: int) -> bool:
        """Say whether a year has any stream."""
        query = sa.select(events.c.position).where(*_of_year(year, None)).limit(1)
        with self.read() as connection:
            return connection.scalar(query) is not None

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
                rows = connection.execute(query.where(self._backend.among(events.c.entry, chunk)))
                found += map(Leaf._make, rows)
        return found

    def entries_from(self, start: str, types: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """Return ids that begin with `start`, and their types, in their order: `limit` at most.

        Of the given types, where any are given; they are looked for among the first 2,000 ids.
        """
        first = sa.select(events.c.entry, events.c.type).where(
            events.c.entry >= start, events.c.entry < start + _LAST_CHARACTER
        )
        first = first.order_by(events.c.entry).limit(CHUNK if types else limit)
        with self.read() as connection:
            rows = [(row.entry, row.type) for row in connection.execute(first)]
        return [row for row in rows if not types or row[1] in types][:limit]

    def stream_versions(self, streams: Iterable[str]) -> dict[str, int]:
        """Return the last version of those streams that have any event."""
        query = sa.select(events.c.stream, sa.func.max(events.c.version)).group_by(events.c.stream)
        found: dict[str, int] = {}
        with self.read() as connection:
            for chunk in _chunks(streams):
                rows = connection.execute(query.where(self._backend.among(events.c.stream, chunk)))
                found.update((stream, version) for stream, version in rows)
        return found

    def last(self) -> tuple[int, bytes] | None:
        """Return position and leaf of the last event, or None where nothing is recorded."""
        query = sa.select(events.c.position, events.c.leaf).order_by(events.c.position.desc())
        with self.read() as connection:
            row = connection.execute(query.limit(1)).one_or_none()
        return None if row is None else (row.position, row.leaf)


def _of_year(year: int, stop: int | None) -> list[sa.ColumnElement[bool]]:
    # Stream names are `YEAR/UNIT`, and `0` is the character after `/`.
    return [events.c.stream >= f"{year}/", events.c.stream < f"{year}0", *_up_to(stop)]


def _up_to(stop: int | None) -> list[sa.ColumnElement[bool]]:
    return [] if stop is None else [events.c.position <= stop]


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
    rest = iter(names)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
