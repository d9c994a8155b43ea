"""A backup is a whole ledger of its own, whoever writes meanwhile, and never replaces a file."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from perfledger.app import Perfledger, create_ledger, open_ledger
from perfledger.ledger import backup
from perfledger.ledger.backend import events
from perfledger.ledger.backup import back_up
from perfledger.ledger.store import LedgerReadOnly, LedgerUnreadable, Store, open_engine

CASE = (Path(__file__).parents[1] / "cases" / "hand-15.jsonl").read_bytes()


@pytest.fixture
def ledger(url: str) -> Perfledger:
    """A ledger with a worked case, once on each database."""
    made, _ = create_ledger(url)
    assert not made.import_journal(io.BytesIO(CASE)).refusals
    made.close()
    return made


def rows(store: Store) -> list[tuple[object, ...]]:
    """Every column of every row."""
    with store.read() as connection:
        query = sa.select(events).order_by(events.c.position)
        return [tuple(row) for row in connection.execute(query)]


def opened(path: Path) -> Perfledger:
    """The ledger in a file."""
    return open_ledger(f"sqlite:///{path}")


def test_a_backup_has_the_same_rows_and_answers(ledger: Perfledger, tmp_path: Path) -> None:
    """Leaves, positions, hashes and ids are the same bytes; it ranks the same and goes on."""
    file = tmp_path / "副本 50%?.db"
    position = ledger.backup(file)
    shutil.copy(file, tmp_path / "copy.db")
    copy = opened(tmp_path / "copy.db")
    assert rows(copy.store) == rows(ledger.store)
    assert position == len(rows(ledger.store))
    assert copy.rank("zhengding", 2013) == ledger.rank("zhengding", 2013)
    assert list(copy.export()) == list(ledger.export())
    assert copy.import_journal(io.BytesIO(CASE)).recorded == 0
    assert copy.rebuild()["drift"] == []
    with pytest.raises(Exception, match="append-only"), copy.store.write() as connection:
        connection.execute(sa.delete(events))
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
    copy.close()
    ledger.close()


def test_an_existing_file_is_kept(ledger: Perfledger, tmp_path: Path) -> None:
    """Not even an empty file or a link that leads nowhere is replaced."""
    (tmp_path / "full").write_bytes(b"precious")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("full", "empty", "link"):
        with pytest.raises(FileExistsError):
            ledger.backup(tmp_path / name)
    assert (tmp_path / "full").read_bytes() == b"precious"
    assert not (tmp_path / "nowhere").exists()
    ledger.close()


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_comes_meanwhile_is_kept(
    ledger: Perfledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Somebody else's file of that name, made while the copy was written, stays."""
    file = tmp_path / "new.db"
    looked = backup._look_through

    def meanwhile(copy: Store, position: int, digest: str | None) -> None:
        looked(copy, position, digest)
        file.write_bytes(b"precious")

    def no_link(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(backup, "_look_through", meanwhile)
    if not links:
        monkeypatch.setattr(os, "link", no_link)
    before = set(tmp_path.iterdir())
    with pytest.raises(FileExistsError):
        ledger.backup(file)
    assert file.read_bytes() == b"precious"
    assert set(tmp_path.iterdir()) - before == {file}
    ledger.close()


def test_without_hard_links_it_is_renamed(
    ledger: Perfledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick with a simple file system takes a backup too."""

    def no_link(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", no_link)
    ledger.backup(tmp_path / "new.db")
    copy = opened(tmp_path / "new.db")
    assert rows(copy.store) == rows(ledger.store)
    copy.close()
    ledger.close()


def test_positions_that_are_missing_are_found(ledger: Perfledger, tmp_path: Path) -> None:
    """A ledger with a hole gives no backup that looks whole."""
    drop = {"sqlite": "events_no_delete", "postgresql": "events_append_only ON events"}
    with ledger.store.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {drop[connection.dialect.name]}")
        connection.execute(sa.delete(events).where(events.c.position == 3))
    before = set(tmp_path.iterdir())
    with pytest.raises(LedgerUnreadable, match="No backup was made: positions are missing"):
        ledger.backup(tmp_path / "new.db")
    assert set(tmp_path.iterdir()) == before
    ledger.close()


def test_rows_that_came_otherwise_are_found(
    ledger: Perfledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is read again and compared with what was read first."""
    if ledger.store.engine.dialect.name == "postgresql":
        copied = backup._copy_rows

        def otherwise(store: Store, copy: Store) -> tuple[int, str]:
            position, _ = copied(store, copy)
            return position, "0" * 64

        monkeypatch.setattr(backup, "_copy_rows", otherwise)
        with pytest.raises(LedgerUnreadable, match="other rows"):
            ledger.backup(tmp_path / "new.db")
    ledger.close()


def test_a_folder_that_is_not_there_is_said(ledger: Perfledger, tmp_path: Path) -> None:
    """No folder, no backup, no traceback."""
    with pytest.raises(FileNotFoundError):
        ledger.backup(tmp_path / "no" / "new.db")
    ledger.close()


IMPORTER = """
import io, json, sys
from perfledger.app import open_ledger
ledger = open_ledger(sys.argv[1])
for number in range(60):
    line = {"entry": f"n{number}", "type": "unit-enrolled", "unit": f"U{number}", "year": 2013,
        "occurred_on": "2013-01-04", "recorded_by": "a", "name": "b", "scheme": "zhengding",
        "unit_class": "township"}
    outcome = ledger.import_journal(io.BytesIO(json.dumps(line).encode()))
    assert outcome.recorded == 1, outcome
    print(ledger.store.max_notification_id(), flush=True)
ledger.close()
"""


def test_backups_while_another_imports(url: str, tmp_path: Path) -> None:
    """Every copy is whole up to its position and holds what was acknowledged before it began."""
    made, _ = create_ledger(url)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    importing = subprocess.Popen(
        [sys.executable, "-c", IMPORTER, url], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert importing.stdout is not None
    acknowledged, copies = 1, 0
    for line in importing.stdout:
        acknowledged = int(line)
        if acknowledged % 6 == 0:
            file = tmp_path / f"copy-{copies}.db"
            position = made.backup(file)
            copies += 1
            assert position >= acknowledged
            copy = opened(file)
            assert [row[0] for row in rows(copy.store)] == list(range(1, position + 1))
            copy.close()
    assert importing.wait() == 0
    importing.stdout.close()
    assert copies >= 8
    copy = opened(file)
    kept = rows(copy.store)
    assert kept == rows(made.store)[: len(kept)]
    copy.close()
    made.close()


def test_the_file_alone_is_the_ledger(sqlite_url: str, tmp_path: Path) -> None:
    """While nothing writes, a plain copy of the one file has everything; nothing lies beside it."""
    made, _ = create_ledger(sqlite_url)
    made.import_journal(io.BytesIO(CASE))
    wanted = made.rank("zhengding", 2013)
    beside = tmp_path / "ledger.db-journal"  # stays, empty, while connections are open
    assert not beside.exists() or beside.stat().st_size == 0
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(tmp_path / "ledger.db", tmp_path / "elsewhere" / "moved.db")
    copy = opened(tmp_path / "elsewhere" / "moved.db")
    assert copy.rank("zhengding", 2013) == wanted
    assert rows(copy.store) == rows(made.store)
    assert copy.rebuild()["drift"] == []
    made.close()
    copy.close()
    assert {path.suffix for path in (tmp_path / "elsewhere").iterdir()} <= {".db", ".db-journal"}


def test_a_read_only_file_is_backed_up(sqlite_url: str, tmp_path: Path) -> None:
    """A file that may not be written is read, ranked and copied; an import is refused."""
    made, _ = create_ledger(sqlite_url)
    made.import_journal(io.BytesIO(CASE))
    made.close()
    (tmp_path / "ledger.db").chmod(0o444)
    for number, url in enumerate((sqlite_url, f"{sqlite_url}?mode=ro")):
        reading = open_ledger(url)
        with pytest.raises(LedgerReadOnly, match="read-only"):
            reading.import_journal(io.BytesIO(b"{}"))
        file = tmp_path / f"copy-{number}.db"
        assert reading.backup(file) == reading.store.max_notification_id()
        copy = opened(file)
        assert copy.rank("zhengding", 2013) == reading.rank("zhengding", 2013)
        copy.close()
        reading.close()


def test_a_half_written_file_that_is_read_only_says_so(sqlite_url: str, tmp_path: Path) -> None:
    """A journal left by a crash cannot be undone where nothing may be written."""
    program = (
        "import os, sys\n"
        "from perfledger.ledger.store import *\n"
        "from eventsourcing.persistence import StoredEvent\n"
        "s = Store(open_engine(sys.argv[1]))\n"
        "with s.write() as c:\n"
        "    c.exec_driver_sql('PRAGMA cache_size = 2')\n"
        "    s.insert_events([StoredEvent('2013/T', n, 't', b'x' * 5000) for n in range(400)])\n"
        "    os._exit(0)\n"
    )
    made, _ = create_ledger(sqlite_url)
    made.close()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", program, sqlite_url], env=environment, check=True)
    assert (tmp_path / "ledger.db-journal").stat().st_size > 0
    with pytest.raises(LedgerUnreadable, match="in the middle of a write"):
        open_ledger(f"{sqlite_url}?mode=ro")
    whole = open_ledger(sqlite_url)
    assert whole.store.max_notification_id() == 1
    whole.close()


def test_an_empty_store_is_copied(url: str, tmp_path: Path) -> None:
    """Tables without a row are a state like any other."""
    store = Store(open_engine(url, create=True))
    store.create()
    assert back_up(store, tmp_path / "new.db") == 0
    store.close()
