"""`rebuild`: every edited cell is found, and a reader sees the old tables or the new ones."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from perfledger.app import Perfledger, create_ledger, open_ledger
from perfledger.projections.tables import LIVE, TABLES_VERSION
from tests.test_cases import CASES

ROOT = Path(__file__).parents[1]
CELLS = [
    (name, column.name) for name, table in sorted(LIVE.figures.items()) for column in table.columns
] + [("projection", "position")]


def filled(url: str) -> Perfledger:
    """A ledger with two schemes, a certification and reversals."""
    ledger, _ = create_ledger(url)
    for name in ("zd-certified-again", "qt-leaders"):
        journal = (CASES / f"{name}.jsonl").read_bytes().replace(b'"h0', f'"{name}.h0'.encode())
        assert not ledger.import_journal(io.BytesIO(journal)).refusals
    return ledger


@pytest.fixture
def ledger(url: str) -> Iterator[Perfledger]:
    """A filled ledger on either database."""
    made = filled(url)
    yield made
    made.close()


def edit(ledger: Perfledger, table: str, column: str) -> tuple[Any, Any]:
    """Change one cell of the first row; the value before and after."""
    with ledger.store.write() as connection:
        described = LIVE.projection if table == "projection" else LIVE.figures[table]
        keys = [key.name for key in described.primary_key.columns]
        row = connection.execute(
            sa.select(described).order_by(*(described.c[key] for key in keys)).limit(1)
        ).one()
        before = row._mapping[column]
        number = isinstance(described.c[column].type, sa.Integer)
        after = (before or 0) + 1_000 if number else f"{before}~"
        same = sa.and_(*(described.c[key] == row._mapping[key] for key in keys))
        connection.execute(sa.update(described).where(same).values({column: after}))
    return before, after


def every_cell(ledger: Perfledger) -> dict[str, set[tuple[Any, ...]]]:
    """All rows of all tables."""
    with ledger.store.read() as connection:
        return {
            name: {tuple(row) for row in connection.execute(sa.select(table))}
            for name, table in LIVE.figures.items()
        }


def test_every_edited_cell_is_drift(ledger: Perfledger) -> None:
    """A cell of every column of every table is changed in turn: each is named and mended."""
    sound = every_cell(ledger)
    for table, column in CELLS:
        before, after = edit(ledger, table, column)

        drift = ledger.rebuild()["drift"]

        named = {(one["table"], one["column"], one["projected"], one["rebuilt"]) for one in drift}
        key = [
            one.name
            for one in (
                LIVE.projection if table == "projection" else LIVE.figures[table]
            ).primary_key.columns
        ]
        if column in key:  # the row under its old key is lost, and one under the new too many
            assert (table, column, None, before) in named, (table, column)
            assert (table, column, after, None) in named, (table, column)
        else:
            assert named == {(table, column, after, before)}, (table, column)
        assert every_cell(ledger) == sound
        assert ledger.rebuild()["drift"] == []


def test_verify_finds_every_edited_cell(ledger: Perfledger) -> None:
    """The verifier, which writes nothing, names the same cells."""
    for table, column in CELLS:
        edit(ledger, table, column)

        problems = ledger.verify().problems

        assert {one.kind for one in problems} == {"projection"}, (table, column)
        assert any(f"{table} " in str(one.text) and column in str(one.text) for one in problems)
        ledger.rebuild()


def test_an_added_row_is_drift(ledger: Perfledger) -> None:
    """A row that no entry gives is named, and taken out."""
    with ledger.store.write() as connection:
        row = dict(connection.execute(sa.select(LIVE.figures["components"])).mappings().first())
        connection.execute(sa.insert(LIVE.figures["components"]).values({**row, "unit": "T99"}))

    drift = ledger.rebuild()["drift"]

    assert {one["key"]["unit"] for one in drift} == {"T99"}
    assert ledger.verify().ok


def test_tables_of_an_older_version_are_rebuilt(ledger: Perfledger) -> None:
    """Tables that an older program made, with other columns, are replaced and are no drift."""
    sound = every_cell(ledger)
    with ledger.store.write() as connection:
        connection.execute(sa.update(LIVE.projection).values(version=TABLES_VERSION - 1))
        connection.exec_driver_sql("ALTER TABLE standings DROP COLUMN satisfaction")
        connection.exec_driver_sql("DROP TABLE units")

    answer = ledger.rebuild()

    assert answer["drift"] == []
    assert every_cell(ledger) == sound


def test_a_write_brings_older_tables_up_to_date(ledger: Perfledger) -> None:
    """The next entry rebuilds what it cannot go on with."""
    with ledger.store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE standings DROP COLUMN satisfaction")
    document = {
        "entry": "later",
        "type": "unit-enrolled",
        "unit": "T99",
        "year": 2013,
        "occurred_on": "2013-01-02",
        "recorded_by": "绩效办",
        "name": "新镇",
        "scheme": "zhengding",
        "unit_class": "restoration",
    }

    assert ledger.record_document(document).recorded == 1

    assert ledger.rebuild()["drift"] == []


SLOW_REBUILD = """
import os, sys
from perfledger import app
from perfledger.projections import year_rows
ledger = app.open_ledger(sys.argv[1])
place = int(sys.argv[2])
seen = 0
plain = year_rows.rows_of_year
def watched(books, year):
    global seen
    for name, rows in plain(books, year):
        seen += 1
        if seen == place:
            print("here", flush=True)
            sys.stdin.readline()
        yield name, rows
from perfledger.projections import rebuild
rebuild.rows_of_year = watched
ledger.rebuild()
"""


@pytest.mark.parametrize("place", [1, 5, 20])
def test_a_rebuild_that_is_killed_leaves_the_old_tables(url: str, place: int) -> None:
    """A process that dies between rows of the new tables changes nothing that stood there."""
    ledger = filled(url)
    edit(ledger, "standings", "composite")
    stood = every_cell(ledger)
    ledger.close()
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_REBUILD, url, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"here\n"

    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()

    ledger = open_ledger(url)
    assert every_cell(ledger) == stood
    assert ledger.rebuild()["drift"] != []
    assert ledger.rebuild()["drift"] == []
    ledger.close()


def test_a_reader_meanwhile_sees_the_old_tables(url: str) -> None:
    """While the new tables are filled, `rank` answers from the old ones, and then from the new."""
    ledger = filled(url)
    before = ledger.rank("zhengding", 2013)
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_REBUILD, url, "20"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"here\n"

    meanwhile = ledger.rank("zhengding", 2013)
    process.stdin.write(b"go on\n")
    process.stdin.close()
    assert process.wait() == 0
    process.stdout.close()

    assert meanwhile == before
    assert ledger.rank("zhengding", 2013) == before
    ledger.close()
