"""The store keeps eventsourcing's contract, adds only, and says plainly what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import TestCase
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    InfrastructureFactory,
    IntegrityError,
    JSONTranscoder,
    Mapper,
    NotSupportedError,
    ProgrammingError,
    StoredEvent,
    Tracking,
)
from eventsourcing.tests import persistence as shipped

from perfledger.ledger.store import (
    LedgerBusy,
    LedgerFull,
    LedgerMissing,
    LedgerReadOnly,
    LedgerUnreadable,
    Store,
    StoreError,
    StoreFactory,
    events,
    open_engine,
)

# -- the library's own test cases: what any recorder must do -------------------------------------


class OnSqlite(TestCase):
    """Runs a shipped test case on a new file."""

    url: str

    @pytest.fixture(autouse=True)
    def _new_ledger(self, sqlite_url: str) -> None:
        self.url = sqlite_url

    def new_originator_id(self) -> UUID | str:
        """Our streams are named by text (the library's own default is UUIDs)."""
        return str(uuid4())

    def create_recorder(self) -> Store:
        """Make the store and its tables."""
        store = Store(open_engine(self.url, create=True))
        store.create()
        self.addCleanup(store.close)
        return store


class OnPostgres(OnSqlite):
    """Runs a shipped test case on a new schema."""

    @pytest.fixture(autouse=True)
    def _new_ledger(self, postgres_url: str) -> None:
        self.url = postgres_url


class WithoutPositions(AggregateRecorder):
    """The store as a mere aggregate recorder.

    That shipped case wants None where the store gives positions, and plain StoredEvents where it
    gives Notifications: these are StoredEvents with a position, which never equal one without.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        self.store.insert_events(stored_events, **kwargs)

    def select_events(self, originator_id: UUID | str, **kwargs: Any) -> Sequence[StoredEvent]:
        found = self.store.select_events(originator_id, **kwargs)
        return [StoredEvent(e.originator_id, e.originator_version, e.topic, e.state) for e in found]


class TestAggregateSqlite(OnSqlite, shipped.AggregateRecorderTestCase):
    def create_recorder(self) -> WithoutPositions:  # type: ignore[override]  # see its docstring
        return WithoutPositions(super().create_recorder())


class TestAggregatePostgres(OnPostgres, shipped.AggregateRecorderTestCase):
    def create_recorder(self) -> WithoutPositions:  # type: ignore[override]  # see its docstring
        return WithoutPositions(super().create_recorder())


class JoiningReaders(OnSqlite):
    """Waits for the reading threads that the shipped concurrency test starts and leaves alone."""

    def create_recorder(self) -> Store:
        before = set(threading.enumerate())
        store = super().create_recorder()

        def join() -> None:
            for thread in set(threading.enumerate()) - before:
                thread.join()

        self.addCleanup(join)
        return store


class TestApplicationSqlite(JoiningReaders, shipped.ApplicationRecorderTestCase[Store]):
    pass


class TestApplicationPostgres(
    JoiningReaders, OnPostgres, shipped.ApplicationRecorderTestCase[Store]
):
    pass


class TestTrackingSqlite(OnSqlite, shipped.TrackingRecorderTestCase):
    pass


class TestTrackingPostgres(OnPostgres, shipped.TrackingRecorderTestCase):
    pass


class TestProcessSqlite(OnSqlite, shipped.ProcessRecorderTestCase):
    pass


class TestProcessPostgres(OnPostgres, shipped.ProcessRecorderTestCase):
    pass


class TestNonInterleavingSqlite(OnSqlite, shipped.NonInterleavingNotificationIDsBaseCase):
    pass


class TestNonInterleavingPostgres(OnPostgres, shipped.NonInterleavingNotificationIDsBaseCase):
    pass


# -- rows -----------------------------------------------------------------------------------------


def event(stream: str, version: int, leaf: bytes = b"{}") -> StoredEvent:
    """Return an event of no particular type."""
    return StoredEvent(stream, version, "noted", leaf)


def some(stream: str, count: int) -> list[StoredEvent]:
    """Return the first `count` events of a stream, each with a leaf of its own."""
    return [event(stream, version, b"%d" % version) for version in range(1, count + 1)]


def positions(store: Store) -> list[int]:
    """Return all positions as the database has them."""
    return [leaf.position for leaf in store.select_leaves()]


@pytest.mark.parametrize("count", [0, 1, 49, 50, 4_001])
def test_every_batch_size_comes_back_byte_for_byte(store: Store, count: int) -> None:
    """Leaf, entry id and order survive, whichever way the batch was inserted."""
    stored = [event("2013/T01", n, bytes([n % 256, 0, 10, 92])) for n in range(count)]
    entries = [(f"id\t{n}\\正定", b"h" * 32) for n in range(count)]
    assert store.insert_events(stored, entries=entries) == list(range(1, count + 1))
    expected = [
        (n + 1, "2013/T01", n, "noted", stored[n].state, entries[n][0]) for n in range(count)
    ]
    assert list(store.select_leaves()) == expected
    assert list(store.select_leaves(3, 7)) == expected[2:7]
    with store.read() as connection:
        hashes = connection.scalars(sa.select(events.c.leaf_hash)).all()
    assert hashes == [b"h" * 32] * count


def test_an_event_without_entry_has_neither_id_nor_hash(store: Store) -> None:
    """Events may come without an entry id; they do not conflict with one another."""
    store.insert_events(some("2013/T01", 2), entries=[(None, None), ("a", b"h")])
    store.insert_events(some("2013/T02", 2))
    assert [leaf.entry for leaf in store.select_leaves()] == [None, "a", None, None]


def test_entries_must_match_the_events_one_to_one(store: Store) -> None:
    """A shorter list would leave events without ids, so it is refused, as is a misspelling."""
    with pytest.raises(ValueError, match="1 entries for 2 events"):
        store.insert_events(some("2013/T01", 2), entries=[("a", b"h")])
    with pytest.raises(TypeError, match="entires"):
        store.insert_events(some("2013/T01", 1), entires=[("a", b"h")])
    assert store.last() is None


def test_a_stream_is_text(store: Store) -> None:
    """A UUID would come back as something else, so it is refused."""
    with pytest.raises(TypeError, match="UUID"):
        store.insert_events([StoredEvent(uuid4(), 1, "noted", b"{}")])
    with pytest.raises(TypeError, match="UUID"):
        store.select_events(uuid4())


def test_look_ups_find_what_is_there_and_nothing_else(store: Store) -> None:
    """Entry ids, stream versions and the last leaf are found; unknown ones are left out."""
    assert store.last() is None
    ids = [f"e{n}" for n in range(2_000)]
    store.insert_events(some("2013/T01", 2_000), entries=[(i, None) for i in ids])
    store.insert_events(some("2013/T02", 3))
    assert store.last() == (2_003, b"3")
    assert store.stream_versions(["2013/T01", "2013/T02", "none"]) == {
        "2013/T01": 2_000,
        "2013/T02": 3,
    }
    found = store.find_entries([*ids, "none"])
    assert sorted(found) == list(store.select_leaves(1, 2_000))
    assert [leaf.entry for leaf in sorted(found)] == ids
    assert store.find_entries([]) == []
    assert store.stream_versions([]) == {}


@pytest.mark.parametrize("count", [1, 60])
def test_an_entry_id_is_recorded_once(store: Store, count: int) -> None:
    """A second entry of the same id is a conflict, and its whole batch is left out."""
    store.insert_events([event("2013/T01", 1)], entries=[("a", None)])
    ids = [(f"b{n}", None) for n in range(count - 1)]
    with pytest.raises(IntegrityError):
        store.insert_events(some("2013/T02", count), entries=[*ids, ("a", None)])
    assert positions(store) == [1]


def test_a_position_or_a_leaf_of_another_type_is_refused(store: Store) -> None:
    """Positions begin at 1, and SQLite is held to the declared types."""
    row: dict[str, Any] = {"stream": "s", "version": 1, "type": "t", "leaf": b"{}"}
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(sa.insert(events).values(position=0, **row))
    if store.engine.dialect.name == "sqlite":
        with pytest.raises(IntegrityError), store.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO events VALUES (1, 's', 1, 't', 'x', NULL, NULL)"
            )


def test_subscriptions_are_not_offered(store: Store) -> None:
    """The library's threads that follow a log are refused with the alternative."""
    with pytest.raises(NotSupportedError, match="select_notifications"):
        store.subscribe()


# -- only adding ----------------------------------------------------------------------------------

CHANGES = [
    "UPDATE events SET leaf = leaf WHERE position = 1",
    "UPDATE events SET position = 9 WHERE position = 1",
    "DELETE FROM events",
    "DELETE FROM events WHERE position = 2",
]
SQLITE_CHANGES = [
    *(
        f"{verb} INTO events VALUES {row}"
        for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT")
        for row in (
            "(1, 's', 9, 't', x'00', NULL, NULL)",
            "('1', 's', 9, 't', x'00', NULL, NULL)",
            "(9, '2013/T01', 1, 't', x'00', NULL, NULL)",
            "(NULL, '2013/T01', 1, 't', x'00', NULL, NULL)",
            "(9, 's', 9, 't', x'00', 'a', NULL)",
        )
    ),
    "INSERT INTO events VALUES (1, 's', 9, 't', x'00', NULL, NULL)"
    " ON CONFLICT (position) DO UPDATE SET leaf = excluded.leaf",
    "UPDATE OR REPLACE events SET position = 2 WHERE position = 1",
]
POSTGRES_CHANGES = [
    "TRUNCATE events",
    "TRUNCATE events CASCADE",
    "INSERT INTO events VALUES (1, 's', 9, 't', '', NULL, NULL)"
    " ON CONFLICT (position) DO UPDATE SET leaf = excluded.leaf",
    "SET LOCAL session_replication_role = replica; DELETE FROM events",
]


def assert_refused(store: Store, statement: str) -> None:
    """Assert that the database refuses `statement` and keeps its two rows as they are."""
    store.insert_events(some("2013/T01", 2), entries=[("a", b"h"), (None, None)])
    before = list(store.select_leaves())
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.exec_driver_sql(statement)
    assert list(store.select_leaves()) == before


@pytest.mark.parametrize("statement", CHANGES)
def test_a_recorded_row_is_never_changed(store: Store, statement: str) -> None:
    """UPDATE and DELETE are refused by triggers."""
    assert_refused(store, statement)


@pytest.mark.parametrize("statement", SQLITE_CHANGES)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_refuses_to_replace_a_row(store: Store, statement: str) -> None:
    """INSERT OR REPLACE passes by UPDATE and DELETE triggers; it is refused all the same."""
    assert_refused(store, statement)


@pytest.mark.parametrize("statement", POSTGRES_CHANGES)
@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_postgres_refuses_to_empty_or_replace(store: Store, statement: str) -> None:
    """TRUNCATE, upserts, and changes with ordinary triggers switched off are refused."""
    assert_refused(store, statement)


def test_another_table_can_be_protected_too(store: Store) -> None:
    """Another table can have what `events` has: `protect` makes it append-only."""
    table = sa.Table(
        "notices",
        sa.MetaData(),
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, unique=True),
    )
    with store.write() as connection:
        table.create(connection)
        store.protect(table)
        connection.execute(sa.insert(table).values(size=1, note="a"))
    for change in (sa.delete(table), sa.update(table).values(note="b")):
        with pytest.raises(IntegrityError, match="append-only"), store.write() as connection:
            connection.execute(change)
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(sa.insert(table).values(size=1, note="c"))


def test_create_twice_changes_nothing_and_repairs_nothing(store: Store) -> None:
    """A missing trigger is evidence; `create` on an existing ledger does not put it back."""
    name = {"sqlite": "events_no_delete", "postgresql": "events_append_only ON events"}
    with store.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name[store.engine.dialect.name]}")
    store.insert_events(some("2013/T01", 1))
    store.create()
    assert positions(store) == [1]
    with store.write() as connection:
        connection.execute(sa.delete(events))
    assert positions(store) == []


# -- transactions ---------------------------------------------------------------------------------


def test_an_exception_rolls_back_all_that_write_did(store: Store) -> None:
    """Nothing of a failed transaction stays, and the next position is the one it had."""
    with pytest.raises(KeyError), store.write():
        store.insert_events(some("2013/T01", 3), tracking=Tracking("view", 3))
        raise KeyError
    assert store.last() is None
    assert store.max_tracking_id("view") is None
    assert store.insert_events([event("2013/T01", 1)]) == [1]


def test_write_joins_write_and_sees_its_own_rows(store: Store) -> None:
    """One transaction: positions go on, reads inside see the rows, one commit at the end."""
    with store.write() as outer:
        assert store.insert_events(some("2013/T01", 2)) == [1, 2]
        with store.write() as inner, store.read() as reading:
            assert inner is outer is reading
        assert store.insert_events(some("2013/T02", 60)) == list(range(3, 63))
        assert len(store.select_events("2013/T02")) == 60
        with ThreadPoolExecutor(1) as other:
            if store.engine.dialect.name == "postgresql":
                assert other.submit(store.last).result() is None
    assert store.last() == (62, b"60")


@pytest.mark.parametrize("count", [1, 60, 4_000])
def test_a_conflict_undoes_its_own_batch_only(store: Store, count: int) -> None:
    """Who gives a batch a write() of its own can go on; no half of the batch stays behind."""
    with store.write():
        store.insert_events([event("2013/T01", count)])
        with pytest.raises(IntegrityError), store.write():
            store.insert_events(some("2013/T01", count))
        assert store.insert_events([event("2013/T02", 1)]) == [2]
    assert [leaf.stream for leaf in store.select_leaves()] == ["2013/T01", "2013/T02"]


@pytest.mark.parametrize("count", [1, 60, 4_000])
def test_a_caught_conflict_cannot_be_committed(store: Store, count: int) -> None:
    """Half of a batch may be in the transaction then, so it ends, whatever else is tried in it."""
    for go_on in (lambda: None, lambda: store.insert_events([event("2013/T02", 1)])):
        with pytest.raises(ProgrammingError, match="can only be left"), store.write():
            store.insert_events([event("2013/T01", count)])
            with pytest.raises(IntegrityError):
                store.insert_events(some("2013/T01", count))
            go_on()
        assert store.last() is None


def test_a_year_is_read_stream_by_stream_and_can_be_written_after(store: Store) -> None:
    """Only the year's streams, versions in order; the transaction then goes on writing."""
    store.insert_events([event("2013/T02", 1), event("2013/T01", 1), event("2014/T01", 1)])
    store.insert_events([event("2013/T01", 2), event("20131/T01", 1), event("2013", 1)])
    with store.write():
        year = [(leaf.stream, leaf.version) for leaf in store.select_year(2013)]
        assert year == [("2013/T01", 1), ("2013/T01", 2), ("2013/T02", 1)]
        assert [leaf.position for leaf in store.select_year(2013, 2)] == [2, 1]
        with store.write():
            assert store.insert_events(some("2013/T03", 60)) == list(range(7, 67))


def test_an_inner_write_that_fails_undoes_its_own_part(store: Store) -> None:
    """The inner block's rows go, the outer's stay."""
    with store.write():
        store.insert_events([event("2013/T01", 1)])
        with pytest.raises(KeyError), store.write():
            store.insert_events([event("2013/T01", 2)])
            raise KeyError
    assert positions(store) == [1]


def test_write_inside_read_is_refused_at_once(store: Store) -> None:
    """On SQLite it would wait for itself until the timeout."""
    with store.read(), pytest.raises(ProgrammingError, match="inside read"):
        store.insert_events([event("2013/T01", 1)])
    assert store.insert_events([event("2013/T01", 1)]) == [1]


def test_read_keeps_one_snapshot(store: Store) -> None:
    """What another thread commits meanwhile is not seen before the next read()."""
    store.insert_events([event("2013/T01", 1)])
    with ThreadPoolExecutor(1) as other:
        with store.read():
            assert positions(store) == [1]
            written = other.submit(store.insert_events, [event("2013/T01", 2)])
            if store.engine.dialect.name == "postgresql":
                written.result()  # SQLite's writer waits for this reader instead
            assert positions(store) == [1]
        assert written.result() == [2]
    assert positions(store) == [1, 2]


def test_leaves_are_streamed_without_keeping_writers_out(store: Store) -> None:
    """A scan gives the ledger as it was at its start while others, even itself, append."""
    store.insert_events(some("2013/T01", 5_000))
    seen = 0
    for leaf in store.select_leaves():
        if leaf.position % 1_000 == 0:
            store.insert_events([event("2013/T02", leaf.position)])
        seen = leaf.position
    assert seen == 5_000
    assert store.max_notification_id() == 5_005


def test_a_reader_cannot_write(store: Store) -> None:
    """PostgreSQL's read() is read-only for whatever is executed on its connection."""
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(LedgerReadOnly), store.read() as connection:
            connection.execute(sa.insert(events).values(position=1))


def test_the_second_writer_waits_for_the_first(store: Store) -> None:
    """Both commit, in turn; the second's positions follow the first's."""
    inside, go_on = threading.Event(), threading.Event()

    def first() -> list[int]:
        with store.write():
            inside.set()
            assert go_on.wait(30)
            return store.insert_events(some("2013/T01", 3))

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(first)
        assert inside.wait(30)
        two = threads.submit(store.insert_events, some("2013/T02", 3))
        go_on.set()
        assert one.result() == [1, 2, 3]
        assert two.result() == [4, 5, 6]


def test_a_writer_that_waits_too_long_says_so(store: Store, url: str) -> None:
    """LedgerBusy, after the timeout of the engine, and the store works on afterwards."""
    impatient = Store(open_engine(url, busy_timeout=0.01))
    with store.write():
        with pytest.raises(LedgerBusy, match="locked") as caught, ThreadPoolExecutor(1) as other:
            other.submit(impatient.insert_events, [event("2013/T01", 1)]).result()
        assert caught.value.url == impatient.url
    assert impatient.insert_events([event("2013/T01", 1)]) == [1]
    impatient.close()


def test_two_ledgers_of_one_server_do_not_wait_for_each_other(
    store: Store, url: str, sqlite_url: str
) -> None:
    """The lock belongs to the ledger, so another one can be written meanwhile."""
    second = f"{url}_b" if "schema=" in url else sqlite_url.replace("ledger.db", "b.db")
    other = Store(open_engine(second, create=True, busy_timeout=5))
    try:
        with store.write():
            other.create()
            assert other.insert_events([event("2013/T01", 1)]) == [1]
        assert store.last() is None
    finally:
        if "schema=" in url:
            with other.write() as connection:
                connection.exec_driver_sql(f'DROP SCHEMA "{second.rpartition("=")[2]}" CASCADE')
        other.close()


def test_positions_are_dense_when_threads_write_together(store: Store) -> None:
    """Eight threads, some of whose batches fail: no gap, no double, each batch in one piece."""

    def work(number: int) -> None:
        for batch in range(5):
            store.insert_events([event(f"{number}/{batch}", version) for version in range(3)])
            with pytest.raises(IntegrityError):
                store.insert_events([event(f"{number}/new", 1), event(f"{number}/{batch}", 1)])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    leaves = list(store.select_leaves())
    assert [leaf.position for leaf in leaves] == list(range(1, 8 * 5 * 3 + 1))
    assert all(len({leaf.stream for leaf in leaves[n : n + 3]}) == 1 for n in range(0, 120, 3))


WRITER = """
import sys
from eventsourcing.persistence import StoredEvent
from perfledger.ledger.store import Store, open_engine
url, name = sys.argv[1:]
store = Store(open_engine(url))
for batch in range(10):
    store.insert_events([StoredEvent(f"{name}/{batch}", v, "noted", b"{}") for v in range(3)])
"""


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that imports what this one can."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def test_positions_are_dense_when_processes_write_together(store: Store, url: str) -> None:
    """Four processes write at once; the order has no gap and no double."""
    writers = [python(WRITER, url, str(number)) for number in range(4)]
    failures = [writer.communicate()[1] for writer in writers]
    assert failures == [""] * 4
    assert positions(store) == list(range(1, 4 * 10 * 3 + 1))


# -- opening --------------------------------------------------------------------------------------


def test_a_ledger_exists_once_it_was_created(url: str) -> None:
    """Before create() it does not exist, and reading says that there is no ledger."""
    store = Store(open_engine(url, create=True))
    assert not store.exists()
    with pytest.raises(LedgerMissing, match="no ledger"):
        store.last()
    store.create()
    assert store.exists()
    store.close()


def test_another_table_called_events_is_no_ledger(url: str) -> None:
    """Some other program's database is not taken for a ledger."""
    store = Store(open_engine(url, create=True))
    with store.write() as connection:
        if "schema=" in url:
            connection.exec_driver_sql(f'CREATE SCHEMA "{url.rpartition("=")[2]}"')
        for table in ("events", "tracking"):
            connection.exec_driver_sql(f"CREATE TABLE {table} (position INTEGER)")
    assert not store.exists()
    store.close()


def test_only_create_makes_a_file(tmp_path: Path) -> None:
    """A mistyped name does not leave an empty ledger behind."""
    path = tmp_path / "ledger.db"
    with pytest.raises(LedgerMissing, match="no file") as caught:
        open_engine(f"sqlite:///{path}")
    assert caught.value.url == f"sqlite:///{path}"
    with pytest.raises(LedgerMissing, match="no folder"):
        open_engine(f"sqlite:///{tmp_path / 'no' / 'ledger.db'}", create=True)
    assert not path.exists()
    open_engine(f"sqlite:///{path}", create=True).dispose()
    assert path.exists()


def test_a_removed_file_is_not_made_again(store: Store, url: str) -> None:
    """A store whose file was moved away says so instead of starting an empty ledger."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        store.close()
        path.rename(path.with_name("moved.db"))
        with pytest.raises(LedgerUnreadable, match="cannot be opened"):
            store.last()
        assert not path.exists()


def test_what_is_no_ledger_is_named(tmp_path: Path) -> None:
    """A folder, other files, half a database and wrong addresses: each its own sentence."""
    garbage, half = tmp_path / "ledger.xlsx", tmp_path / "half.db"
    garbage.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 16)
    whole = Store(open_engine(f"sqlite:///{half}", create=True))
    whole.create()
    whole.insert_events(some("2013/T01", 3_000))
    whole.close()
    half.write_bytes(half.read_bytes()[:9_000])
    for address, reason in {
        f"sqlite:///{tmp_path}": "is a folder",
        f"sqlite:///{garbage}": "not an SQLite database",
        "sqlite:////dev/null": "is a device",
        "sqlite://": "sqlite:///FILE",
        "sqlite:///:memory:": "sqlite:///FILE",
        f"sqlite:///{garbage}?timeout=1": "sqlite:///FILE",
        "mysql://somewhere/test": "not in mysql",
        "ledger.db": "not a URL",
        "postgresql://127.0.0.1:1/test": "cannot be reached",
        f"postgresql://127.0.0.1/test?schema={'x' * 64}": "schema",
    }.items():
        with pytest.raises(LedgerUnreadable, match=reason):
            open_engine(address, create=True)
    with pytest.raises(LedgerUnreadable, match="damaged"):
        list(Store(open_engine(f"sqlite:///{half}")).select_leaves())


def test_errors_never_show_a_password() -> None:
    """Neither the message nor the URL of an error gives the password away."""
    for address in (
        "postgresql://clerk:geheim@127.0.0.1:1/test",
        "postgresql://clerk@127.0.0.1:1/test?password=geheim",
        "clerk:geheim@nowhere",
    ):
        with pytest.raises(StoreError) as caught:
            open_engine(address)
        assert "geheim" not in caught.value.url + str(caught.value)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_missing_schema_is_a_missing_ledger(url: str) -> None:
    """Without create, a mistyped schema is reported when it is opened."""
    with pytest.raises(LedgerMissing, match="no schema"):
        open_engine(url)
    engine = open_engine(url.replace("+psycopg", ""), create=True)
    assert engine.url.drivername == "postgresql+psycopg"
    engine.dispose()


def test_an_engine_of_ones_own_is_refused() -> None:
    """Its transactions would not lock, so the positions would not be safe."""
    with pytest.raises(TypeError, match="open_engine"):
        Store(sa.create_engine("sqlite://"))


def test_sqlite_is_set_as_the_ledger_needs_it(sqlite_url: str) -> None:
    """The pragmas that durability and safety rest on are really in force."""
    wanted = {
        "journal_mode": "truncate",
        "synchronous": 3,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "busy_timeout": 30_000,
        "cache_size": -65_536,
    }
    engine = open_engine(sqlite_url, create=True)
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted
    engine.dispose()


def test_a_full_disk_is_named_and_keeps_nothing(sqlite_url: str) -> None:
    """The batch that did not fit is left out, alone or inside a transaction that goes on."""
    store = Store(open_engine(sqlite_url, create=True))
    store.create()
    with store.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    big = event("2013/T01", 1, b"x" * 60_000)
    with pytest.raises(LedgerFull, match="full disk"):
        store.insert_events([big])
    assert store.last() is None
    with store.write():
        with pytest.raises(LedgerFull), store.write():
            store.insert_events([event("2013/T01", 2), big])
        store.insert_events([event("2013/T01", 3)])
    assert store.last() == (1, b"{}")
    store.close()


def test_nothing_follows_a_transaction_that_sqlite_ended(sqlite_url: str) -> None:
    """Some errors make SQLite roll back by itself; what comes then would be in no transaction."""
    store = Store(open_engine(sqlite_url, create=True))
    store.create()
    store.insert_tracking(Tracking("view", 1))
    ending = "INSERT OR ROLLBACK INTO tracking VALUES ('view', 1)"
    with pytest.raises(sa.exc.PendingRollbackError), store.write() as connection:
        store.insert_events([event("2013/T01", 1)])
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql(ending)
        store.insert_events([event("2013/T01", 2)])
    with pytest.raises(IntegrityError), store.write(), store.write() as connection:
        store.insert_events([event("2013/T01", 3)])
        connection.exec_driver_sql(ending)
    assert store.last() is None
    store.close()


READER = """
import os, sys
from eventsourcing.persistence import StoredEvent
from perfledger.ledger.store import LedgerReadOnly, Store, open_engine
warm = Store(open_engine(sys.argv[1] + "-copy"))  # imports, while they may still be read
assert warm.exists() and warm.last()
warm.close()
if os.getuid() == 0:  # who may write everywhere
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
store = Store(open_engine("".join(sys.argv[1:])))
assert store.exists() and store.last() == (3, b"3")
try:
    store.insert_events([StoredEvent("2013/T01", 4, "noted", b"{}")])
except LedgerReadOnly:
    sys.exit(0)
sys.exit("it was written")
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can enter too (pytest's own are closed to others)."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
        Path(name).chmod(0o755)


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "option"),
    [(0o444, 0o777, ""), (0o666, 0o555, ""), (0o666, 0o777, "?mode=ro")],
    ids=["file", "folder", "asked"],
)
def test_a_ledger_that_may_not_be_written_can_be_read(
    open_folder: Path, file_mode: int, folder_mode: int, option: str
) -> None:
    """A read-only file, or one in a read-only folder, opens; writing is refused with the reason."""
    path = open_folder / "ledger.db"
    store = Store(open_engine(f"sqlite:///{path}", create=True))
    store.create()
    store.insert_events(some("2013/T01", 3))
    store.close()
    path.with_name("ledger.db-journal").unlink(missing_ok=True)
    path.with_name("ledger.db-copy").write_bytes(path.read_bytes())
    path.chmod(file_mode)
    open_folder.chmod(folder_mode)
    reader = python(READER, f"sqlite:///{path}", option)
    assert reader.communicate()[1] == ""
    assert reader.returncode == 0


def test_a_file_that_may_not_be_read_says_so(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing permission is told apart from a missing or a damaged file."""
    if url.startswith("sqlite"):
        monkeypatch.setattr(os, "access", lambda *_: False)
        with pytest.raises(LedgerUnreadable, match="no permission to read"):
            open_engine(url)
        with pytest.raises(LedgerUnreadable, match="no permission to make"):
            open_engine(url.replace("ledger.db", "other.db"), create=True)


# -- the factory ----------------------------------------------------------------------------------


class OwnMapper(Mapper[str]):
    """Stands for the ledger's mapper."""


class OwnApplication(Application[str]):
    """An application on a given store, built as the ledger builds its own."""

    store: Store

    def construct_factory(self, env: Any) -> InfrastructureFactory[Any]:
        return StoreFactory.for_store(self.store)

    def construct_mapper(self) -> Mapper[str]:
        return self.factory.mapper(self.construct_transcoder(), OwnMapper)


def test_the_environment_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Topics, ciphers, compressors and snapshots named in os.environ are not looked at."""
    for name in (
        "PERSISTENCE_MODULE",
        "MAPPER_TOPIC",
        "TRANSCODER_TOPIC",
        "CIPHER_TOPIC",
        "COMPRESSOR_TOPIC",
        "APPLICATION_RECORDER_TOPIC",
        "PROCESS_RECORDER_TOPIC",
    ):
        monkeypatch.setenv(name, "nowhere:Nothing")
        monkeypatch.setenv(f"OWNAPPLICATION_{name}", "nowhere:Nothing")
    monkeypatch.setenv("CIPHER_KEY", "AAAAAAAAAAAAAAAAAAAAAA==")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "yes")
    monkeypatch.setattr(OwnApplication, "store", store, raising=False)
    application = OwnApplication()
    assert application.recorder is application.factory.process_recorder() is store
    assert application.factory.tracking_recorder() is store
    assert application.factory.aggregate_recorder() is store
    assert application.snapshots is None
    assert type(application.mapper) is OwnMapper
    assert type(application.mapper.transcoder) is JSONTranscoder
    assert (application.mapper.cipher, application.mapper.compressor) == (None, None)
    store.insert_events(some("2013/T01", 2))
    assert [n.id for n in application.notification_log.select(1, 10)] == [1, 2]
    application.close()
    assert store.max_notification_id() == 2  # closing an application leaves the store open


def test_the_factory_makes_nothing_that_was_not_named(store: Store) -> None:
    """No default mapper (it stores import paths), no snapshots, no choice by environment."""
    factory = StoreFactory.for_store(store)
    with pytest.raises(NotSupportedError, match="mapper"):
        factory.mapper()
    with pytest.raises(NotSupportedError, match="snapshots"):
        factory.aggregate_recorder("snapshots")
    with pytest.raises(NotSupportedError, match="for_store"):
        StoreFactory.construct({})
