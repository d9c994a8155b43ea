"""Who reads and who writes: one transaction for each thread, joined by whatever it calls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from eventsourcing import persistence as es

from perfledger.domain.errors import Message
from perfledger.ledger.opening import backend_of


@dataclass(slots=True)
class _Transaction:
    connection: sa.Connection
    writing: bool
    broken: bool = False  # by a batch of which a part may have been inserted


class Transactions:
    """The transactions of one ledger. Safe to share between threads; each has its own."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use an engine from `open_engine`; raises TypeError for any other."""
        self.engine = engine
        self._backend = backend_of(engine)
        self._local = threading.local()

    @property
    def url(self) -> str:
        """Where the ledger is, as it may be shown: without a password."""
        return self._backend.shown

    @property
    def file(self) -> Path | None:
        """The file of a ledger on SQLite."""
        found = getattr(self._backend, "path", None)
        return found if isinstance(found, Path) else None

    @property
    def warning(self) -> Message | None:
        """What a person should know about where the ledger lies, though it can be used."""
        return self._backend.warning()

    def described(self) -> dict[str, Any]:
        """The database's kind, version, place and settings; see `Backend.described`."""
        with self.read() as connection:
            return self._backend.described(connection)

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

    def close(self) -> None:
        """Close the pooled connections; new ones are opened when they are needed."""
        self.engine.dispose()
