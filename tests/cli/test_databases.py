"""What a person meets on either database: schemas, read-only ledgers, locks, lost connections."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from benchmarks.faults.proxy import Cut, Proxy
from perfledger.app import Perfledger, create_ledger, open_ledger, utc_now
from perfledger.cli.lang import translate
from perfledger.cli.output import database_errors
from perfledger.cli.root import perfledger
from perfledger.domain.errors import Message
from perfledger.ledger import mounts, postgres_errors, sqlite
from perfledger.ledger.store import (
    LedgerBusy,
    LedgerUnreadable,
    Store,
    StoreError,
    open_engine,
    with_schema,
)
from tests.cli.text_support import speaking
from tests.terminal import Terminal

CASE = Path(__file__).parents[1] / "cases" / "hand-15.jsonl"
LATER = Path(__file__).parents[1] / "cases" / "hand-21.jsonl"
RANK = ("rank", "--scheme", "zhengding", "--year", "2013", "--format", "json")


@pytest.fixture
def ledger(url: str) -> Iterator[Perfledger]:
    """A ledger with a worked case, once on each database."""
    made, _ = create_ledger(url)
    assert not made.import_journal(io.BytesIO(CASE.read_bytes())).refusals
    yield made
    made.close()


def run(db: str, *arguments: str) -> click.testing.Result:
    """Run a command in this process, which is quicker than a terminal's."""
    return CliRunner().invoke(perfledger, ["--db", db, *arguments])


# -- a connection that is lost ---------------------------------------------------------------------


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_lost_connection_is_said_in_one_line(url: str) -> None:
    """What the server's library says is kept to its first line, nothing in it escaped."""
    create_ledger(url)[0].close()
    with Proxy(sa.make_url(url), Cut(0, to_server=True)) as proxy:
        done = run(proxy.url(url), "import", str(CASE))

    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "the connection to the server was lost" in done.stderr
    assert "server closed the connection unexpectedly)" in done.stderr
    assert "\\u" not in done.stderr


# -- which ledger ---------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_the_schema_is_an_option_too(ledger: Perfledger, url: str) -> None:
    """`--schema NAME` names the same ledger as `?schema=NAME`."""
    schema = str(sa.make_url(url).query["schema"])
    plain = url.partition("?")[0]

    named = run(plain, "--schema", schema, *RANK)

    assert named.exit_code == 0, named.stderr
    assert json.loads(named.stdout) == json.loads(run(url, *RANK).stdout)
    missing = run(plain, "--schema", f"{schema}_2", *RANK)
    assert missing.exit_code == 1
    assert f"no schema {schema}_2" in missing.stderr
    assert "perfledger init" in missing.stderr


def test_a_schema_that_cannot_be_is_bad_usage() -> None:
    """A file has no schema, and one ledger has one."""
    for db, said in {
        "sqlite:///ledger.db": "PostgreSQL",
        "postgresql://127.0.0.1/test?schema=a": "another schema: a",
    }.items():
        done = run(db, "--schema", "b", *RANK)
        assert done.exit_code == 2
        assert said in done.stderr


@pytest.mark.parametrize("password", ["a?b", "p@ss", "per%cent", "1&2"])
def test_the_schema_keeps_the_rest_of_the_address(password: str) -> None:
    """Whatever a password holds, it is the same afterwards, and so are other options."""
    address = sa.URL.create(
        "postgresql", "clerk", password, "127.0.0.1", 5432, "test", {"sslmode": "disable"}
    )
    text = address.render_as_string(hide_password=False)
    parsed = sa.make_url(with_schema(text, "绩 效&"))
    assert parsed.password == password
    assert dict(parsed.query) == {"sslmode": "disable", "schema": "绩 效&"}


# -- reading only ---------------------------------------------------------------------------------


@contextmanager
def read_only(url: str, server: sa.Engine) -> Iterator[str]:
    """The URL of the same ledger where it may only be read."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).chmod(0o444)
        yield url
        return
    ledger = open_ledger(url)
    reader = ledger.make_roles().reader
    ledger.close()
    account = f"{sa.make_url(url).query['schema']}_someone"
    with server.begin() as connection:
        connection.exec_driver_sql(f'CREATE ROLE "{account}" LOGIN IN ROLE "{reader}"')
    yield sa.make_url(url).set(username=account).render_as_string(hide_password=False)


def test_a_ledger_that_may_only_be_read(
    ledger: Perfledger, url: str, tmp_path: Path, postgres_server: sa.Engine
) -> None:
    """rank, explain, history, export and backup work; what writes says that it is read-only."""
    answers = [
        RANK,
        ("explain", "D1", "--year", "2013", "--format", "json"),
        ("history", "D1", "--format", "json"),
        ("export",),
        ("import", str(CASE), "--dry-run"),
    ]
    before = [run(url, *answer).stdout for answer in answers]
    with read_only(url, postgres_server) as reading:
        for answer, wanted in zip(answers, before, strict=True):
            done = run(reading, *answer)
            assert (done.exit_code, done.stdout) == (0, wanted), done.stderr
        for command in (("import", str(LATER)), ("import", str(CASE)), ("rebuild",)):
            done = run(reading, *command)
            assert done.exit_code == 1
            assert "read-only" in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1
        assert "exists already" in run(reading, "init").stdout
        made = run(reading, "backup", str(tmp_path / "copy.db"), "--format", "json")
        assert made.exit_code == 0, made.stderr
        position = json.loads(made.stdout)["position"]
        assert position == ledger.store.max_notification_id()
        again = run(reading, "backup", str(tmp_path / "copy.db"))
        assert again.exit_code == 1
        assert "never overwrites" in again.stderr
    assert run(f"sqlite:///{tmp_path / 'copy.db'}", *RANK).stdout == before[0]


def test_a_read_only_url(sqlite_url: str) -> None:
    """`?mode=ro` asks for reading only."""
    assert run(sqlite_url, "init").exit_code == 0
    done = run(f"{sqlite_url}?mode=ro", "import", str(CASE))
    assert done.exit_code == 1
    assert "read-only" in done.stderr


def test_backup_without_a_folder_is_said(ledger: Perfledger, url: str, tmp_path: Path) -> None:
    """Exit code 1 and a message, not a traceback."""
    done = run(url, "backup", str(tmp_path / "no" / "copy.db"))
    assert done.exit_code == 1
    assert "could not be written" in done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit)


# -- in the way, or gone --------------------------------------------------------------------------


def test_another_writer_is_named_after_the_timeout(ledger: Perfledger, url: str) -> None:
    """Who waits for the lock in vain is told so, and not what the database calls it."""
    impatient = Perfledger(Store(open_engine(url, busy_timeout=0.2)), utc_now)

    def refuse() -> float:
        started = time.monotonic()
        with pytest.raises(LedgerBusy, match="stayed locked by another for too long"):
            impatient.import_journal(io.BytesIO(LATER.read_bytes()))
        return time.monotonic() - started

    with ledger.store.write(), ThreadPoolExecutor(1) as other:
        waited = other.submit(refuse).result()
    assert 0.15 < waited < 10
    impatient.close()


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_connection_that_is_cut_is_said(ledger: Perfledger, postgres_server: sa.Engine) -> None:
    """Cut while it writes: nothing is half recorded, and the next command connects anew."""
    position = ledger.store.max_notification_id()

    def cut() -> None:
        with ledger.store.write() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with postgres_server.begin() as admin:
                admin.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(LedgerUnreadable, match="connection to the server was lost"):
        cut()
    assert ledger.store.max_notification_id() == position
    with pytest.raises(LedgerUnreadable, match="lost"), ledger.store.write() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with postgres_server.begin() as admin:
            admin.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    assert ledger.rebuild()["drift"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"port": 1}, "cannot be reached"),
        ({"host": "nowhere.invalid"}, "cannot be reached"),
        ({"database": "no-such-database"}, "no such database"),
        ({"username": "no-such-account"}, "refuses the login"),
    ],
)
def test_a_server_that_does_not_let_in(
    postgres_server: sa.Engine, change: dict[str, object], said: str
) -> None:
    """Each reason has its sentence."""
    url = postgres_server.url.set(**change)  # type: ignore[arg-type]  # of several types
    with pytest.raises(LedgerUnreadable, match=said):
        open_engine(url.render_as_string(hide_password=False))


def test_ranks_and_rebuilds_do_not_stop_each_other(ledger: Perfledger, url: str) -> None:
    """Readers in the middle of the tables and a rebuild that swaps them: no deadlock, no gap."""
    wanted = ledger.rank("zhengding", 2013)["classes"]
    done = threading.Event()

    def read() -> int:
        reading, count = open_ledger(url), 0
        while not done.is_set():
            assert reading.rank("zhengding", 2013)["classes"] == wanted
            count += 1
        reading.close()
        return count

    with ThreadPoolExecutor(2) as readers:
        counts = [readers.submit(read) for _ in range(2)]
        try:
            for _ in range(15):
                assert ledger.rebuild()["drift"] == []
        finally:
            done.set()
        assert all(count.result() > 0 for count in counts)


# -- sentences ------------------------------------------------------------------------------------


def test_errors_are_said_in_chinese(tmp_path: Path) -> None:
    """An error keeps its English text and is shown in the reader's language."""
    with pytest.raises(StoreError) as caught:
        open_engine(f"sqlite:///{tmp_path / 'no.db'}")
    assert str(caught.value) == f"there is no file {tmp_path / 'no.db'}"
    with speaking("zh"):
        assert translate(caught.value.message) != str(caught.value)
        assert str(tmp_path / "no.db") in translate(caught.value.message)


def test_every_diagnosis_is_one_sentence() -> None:
    """All sentences about a driver's error can be filled, in both languages."""
    tables = [*sqlite._ERRORS.values(), *postgres_errors._STATES.values()]
    for _, message in tables:
        for lang in ("en", "zh"):
            with speaking(lang):
                said = translate(Message(message.template, {"path": "P", "reason": "R"}))
            assert "{" not in said


def test_a_hostile_reason_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What a server or a file's name says is shown, not obeyed."""
    with pytest.raises(click.exceptions.Exit), database_errors():
        open_engine("sqlite:////nowhere/\x1b[2J/a.db")
    assert "\x1b" not in capsys.readouterr().err


def test_a_network_file_system_is_warned_of(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, at every use; the answer on standard output stays as it is."""
    listed = tmp_path / "mounts"
    listed.write_text(f"server:/x {tmp_path} nfs4 rw 0 0\n", encoding="utf-8")
    assert "nfs4" not in run(sqlite_url, "init").stderr
    monkeypatch.setattr(mounts, "MOUNTS", listed)
    done = run(sqlite_url, "export")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("Warning: ")
    assert "nfs4" in done.stderr
    assert "nfs4" in run(sqlite_url, "init").stderr


def test_backup_at_a_terminal(tmp_path: Path, url: str) -> None:
    """The whole way: create, import, back up, and ask the copy."""
    office = Terminal(tmp_path, url)
    office.ok("init")
    office.ok("import", str(CASE))
    said = office.ok("backup", "副本.db")
    assert "副本.db" in said
    copy = Terminal(tmp_path, "sqlite:///副本.db")
    assert copy.ok(*RANK) == office.ok(*RANK)
