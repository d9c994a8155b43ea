"""The journals that speed is measured with are the same every time, and good ones."""

import io
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.performance.county import county_years
from benchmarks.performance.floors import import_floor, rebuild_floor
from benchmarks.performance.journals import SHAPES, journal, lines
from benchmarks.performance.table import BEGIN, END, written_between
from perfledger.app import create_ledger
from perfledger.projections.tables import LIVE

ENTRIES = 2_000


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_seed_gives_the_same_bytes(shape: str) -> None:
    """Two runs agree, another seed gives other figures."""
    first = b"".join(lines(shape, ENTRIES, seed=1))

    assert b"".join(lines(shape, ENTRIES, seed=1)) == first
    assert b"".join(lines(shape, ENTRIES, seed=2)) != first


@pytest.mark.parametrize("shape", SHAPES)
def test_a_journal_has_the_entries_asked_for_and_begins_the_longer_one(shape: str) -> None:
    """A longer journal is the shorter one and more, so that ledgers of two sizes compare."""
    short = list(lines(shape, ENTRIES))
    longer = list(lines(shape, 3 * ENTRIES))

    assert (len(short), len(longer)) == (ENTRIES, 3 * ENTRIES)
    assert longer[:ENTRIES] == short


@pytest.mark.parametrize("shape", SHAPES)
def test_a_ledger_takes_a_whole_journal(shape: str, url: str) -> None:
    """Every line is recorded, none refused, on both databases."""
    ledger, _ = create_ledger(url)

    outcome = ledger.import_journal(io.BytesIO(b"".join(lines(shape, ENTRIES))))

    assert outcome.refusals == []
    assert (outcome.recorded, outcome.already_recorded) == (ENTRIES, 0)
    assert ledger.verify().ok
    ledger.close()


def test_a_year_knows_what_years_know() -> None:
    """Claims, reports, reversals with the fact entered anew, appeals and certifications come."""
    year = [json.loads(line) for line in next(county_years(seed=1)).splitlines()]
    types = Counter(entry["type"] for entry in year)

    assert len({entry["unit"] for entry in year}) == 48 + 1  # and the class entries' `*`
    for kind in (
        *("award-claimed", "award-confirmed", "deduction-verified", "deduction-dismissed"),
        *("entry-reversed", "appeal-filed", "appeal-decided", "veto-imposed"),
        *("leadership-rated", "public-surveyed", "places-decided", "rectification-closed"),
    ):
        assert types[kind] > 0, kind
    assert types["result-certified"] == 3


def test_the_floors_write_the_rows_that_the_program_wrote(tmp_path: Path) -> None:
    """What is measured against is the same tables, full of the same rows."""
    file = journal(tmp_path, "years", ENTRIES)
    ledger, _ = create_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with file.open("rb") as opened:
        ledger.import_journal(opened)
    ledger.close()
    source = tmp_path / "ledger.db"

    import_floor(source, file, tmp_path / "imported.db", triggers=True)
    rebuild_floor(source, tmp_path / "rebuilt.db")

    for table in ("events", *LIVE.figures):
        expected = _rows(source, table)
        assert len(expected) > 0
        assert _rows(tmp_path / "imported.db", table) == expected
        assert _rows(tmp_path / "rebuilt.db", table) == expected


def test_the_table_goes_between_its_marks() -> None:
    """What stands around the marks stays."""
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert written_between(page, "new\n") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def _rows(database: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
