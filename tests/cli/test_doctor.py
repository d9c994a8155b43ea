"""`doctor`: everything that can be looked at quickly, in one screen, whatever state it is in."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from perfledger.app import open_ledger
from perfledger.cli.text.cells import width_of
from perfledger.projections.tables import tables_of
from tests.terminal import Terminal, ledger_at

EXAMPLE = Path(__file__).parents[2] / "examples" / "qitai-2012.jsonl"


@pytest.fixture
def office(tmp_path: Path, url: str) -> Terminal:
    """A folder with the ledger of an example year, once on each database."""
    ledger_at(url, EXAMPLE, origin="test.local/doctor")
    return Terminal(tmp_path, url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an empty ledger on SQLite."""
    ledger_at(f"sqlite:///{tmp_path / 'ledger.db'}")
    return tmp_path / "ledger.db"


def doctor(office: Terminal, code: int, **variables: str) -> Any:
    """The answer of `doctor --format json`, which has to end with an exit code."""
    import json

    done = office.run("doctor", "--format", "json", **variables)
    assert done.returncode == code, done
    assert b"Traceback" not in done.stderr
    return json.loads(done.stdout)


def damaged(file: Path, *statements: str) -> Terminal:
    """The ledger after somebody else's hand was in its file."""
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return Terminal(file.parent, f"sqlite:///{file}")


def test_a_sound_ledger_has_no_problem(office: Terminal) -> None:
    """Exit code 0, and position and root are those of `verify`."""
    answer = doctor(office, 0)

    verified = office.json("verify")
    assert (answer["ok"], answer["problems"], answer["warnings"]) == (True, [], [])
    assert answer["ledger"]["position"] == verified["events"]
    assert answer["ledger"]["root"] == verified["root"]
    assert answer["ledger"]["tables_position"] == verified["events"]
    assert answer["ledger"]["origin"] == "test.local/doctor"
    assert answer["ledger"]["years"] == [2012]


def test_the_last_certification_is_told(office: Terminal) -> None:
    """It is the one with the highest position that `rank` shows."""
    seals = [one["certified"] for one in office.json("rank", "--scheme", "qitai", "--year", "2012")
             ["classes"] if one["certified"]]  # fmt: skip

    told = doctor(office, 0)["ledger"]["certified"]

    last = max(seals, key=lambda one: one["position"])
    assert (told["entry"], told["position"]) == (last["entry"], last["position"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_one_screen(office: Terminal, lang: str) -> None:
    """At most 24 lines of 80 cells, whichever language."""
    lines = office.ok("--lang", lang, "doctor").splitlines()

    assert len(lines) < 24
    assert max(map(width_of, lines)) <= 80


def test_many_problems_are_cut_to_the_screen(file: Path) -> None:
    """Those that do not fit are counted, and JSON has them all."""
    triggers = (f"{table}_no_{action}" for table in ("events", "checkpoints", "witnesses")
                for action in ("insert", "update", "delete"))  # fmt: skip
    office = damaged(file, *(f"DROP TRIGGER {name}" for name in triggers))

    lines = office.run("doctor").stdout.decode().splitlines()

    assert len(lines) < 24
    assert lines[-1].endswith(" more: perfledger doctor --format json")
    assert len(doctor(office, 1)["problems"]) == 9


def test_where_there_is_no_file_it_says_so_and_makes_none(tmp_path: Path) -> None:
    """Exit code 1; settings and versions are told all the same."""
    office = Terminal(tmp_path, "sqlite:///none.db")

    answer = doctor(office, 1)

    assert answer["database"] is None
    assert "there is no file" in answer["problems"][0]
    assert answer["settings"]["db"] == {"value": "sqlite:///none.db", "from": "PERFLEDGER_DB"}
    assert not (tmp_path / "none.db").exists()


def test_an_empty_database_holds_no_ledger(tmp_path: Path) -> None:
    """The database is described; what is missing is the ledger."""
    office = damaged(tmp_path / "empty.db", "PRAGMA user_version = 1")

    answer = doctor(office, 1)

    assert answer["database"]["kind"] == "sqlite"
    assert answer["problems"] == ["there is no ledger in it; create it with: perfledger init"]


def test_where_no_server_answers_it_says_so_without_the_password(tmp_path: Path) -> None:
    """Exit code 1 and the reason; the password is in no line."""
    office = Terminal(tmp_path, "postgresql://clerk:geheim@127.0.0.1:1/test")

    done = office.run("doctor")

    assert done.returncode == 1
    assert b"geheim" not in done.stdout + done.stderr
    assert b"problem: " in done.stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TRIGGER events_no_update", "the trigger events_no_update is missing"),
        ("DROP TABLE witnesses", "witnesses is missing"),
        ("UPDATE frontier SET state = x'00'", "the tree's stored state is missing or none"),
        ("UPDATE frontier SET state = zeroblob(8)", "the tree holds 0 leaves, the ledger 1"),
        ("INSERT INTO checkpoints VALUES (1, 7, x'00')", "a kept checkpoint covers 7 entries"),
        ("UPDATE projection SET position = 9", "the read tables show position 9"),
    ],
)
def test_what_is_wrong_at_a_glance_is_a_problem(file: Path, statement: str, said: str) -> None:
    """Exit code 1 and a sentence for each."""
    with open_ledger(f"sqlite:///{file}").store.engine.begin() as connection:
        tables_of(connection).metadata.create_all(connection)
        connection.exec_driver_sql("INSERT INTO projection VALUES (2, 1)")

    answer = doctor(damaged(file, statement), 1)

    assert any(said in one for one in answer["problems"]), answer["problems"]


def test_a_file_of_noise_is_a_problem(file: Path) -> None:
    """Whatever the driver makes of it, no traceback."""
    data = bytearray(file.read_bytes())
    data[3000:] = b"\xff" * (len(data) - 3000)
    file.write_bytes(data)

    answer = doctor(Terminal(file.parent, f"sqlite:///{file}"), 1)

    assert len(answer["problems"]) == 1


def test_tables_that_are_missing_are_a_warning(office: Terminal, url: str) -> None:
    """They may be dropped at any time, so nothing is wrong: exit code 0."""
    ledger = open_ledger(url)
    with ledger.store.write() as connection:
        tables_of(connection).metadata.drop_all(connection)
    ledger.close()

    answer = doctor(office, 0)

    assert answer["warnings"] == ["there are no read tables; perfledger rebuild makes them"]


def test_a_table_that_is_missing_among_others_is_a_warning(office: Terminal, url: str) -> None:
    """It is not told as another version."""
    ledger = open_ledger(url)
    with ledger.store.write() as connection:
        tables_of(connection).figures["classes"].drop(connection)
    ledger.close()

    answer = doctor(office, 0)

    assert answer["warnings"] == [
        "read tables are missing, or have other columns; perfledger rebuild makes them anew"
    ]


def test_a_tail_that_is_gone_comes_first(file: Path) -> None:
    """The screen is short: what is worst stands before the guards that were taken away."""
    guards = [f"DROP TRIGGER events_no_{kind}" for kind in ("update", "delete", "insert")]

    answer = doctor(damaged(file, *guards, "UPDATE frontier SET state = zeroblob(8)"), 1)

    assert answer["problems"][0] == "the tree holds 0 leaves, the ledger 1"
    assert len(answer["problems"]) == 4


def test_who_is_writing_is_told(office: Terminal, url: str) -> None:
    """And looking does not wait for the lock."""
    ledger = open_ledger(url)
    with ledger.store.write() as connection:
        connection.execute(sa.text("SELECT 1"))
        busy = doctor(office, 0)["database"]["writer"]
    ledger.close()

    assert (busy, doctor(office, 0)["database"]["writer"]) == (True, False)


def test_each_setting_tells_where_it_came_from(file: Path) -> None:
    """An option before the environment before the locale."""
    url = f"sqlite:///{file}"
    office = Terminal(file.parent, "sqlite:///other.db")

    told = office.json("--db", url, "--lang", "zh", "doctor")["settings"]
    silent = office.json("doctor", PERFLEDGER_DB=url, PERFLEDGER_LANG="", LC_ALL="zh_CN.UTF-8")

    assert (told["db"]["from"], told["lang"]["from"]) == ("--db", "--lang")
    assert silent["settings"]["db"]["from"] == "PERFLEDGER_DB"
    assert silent["settings"]["lang"] == {"value": "zh", "from": "LC_ALL"}
