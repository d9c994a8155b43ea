"""The replay gives what the ledgers sealed and answer, and says where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from perfledger.app import Perfledger
from perfledger.replay.replay import replay
from perfledger.replay.rules import Rules
from perfledger.replay.schemas import ENTRIES
from perfledger.replay.sources import ColumnsSource, LedgerSource, entry_batches
from perfledger.replay.verdicts import Verdicts
from perfledger.schemes.shipped import shipped_text
from tests.replay.counties import (
    CASES,
    columns_below,
    forge,
    ledger_of,
    live_digests,
    rewrite,
    scored_in,
    verdicts_of,
)

NAMES = sorted(file.stem for file in CASES.glob("*.jsonl"))


@pytest.mark.parametrize("case", NAMES)
def test_every_digest_is_the_ledgers_own(case: str, tmp_path: Path) -> None:
    """Each certification's digest is computed again, and each class as it stands."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = ledger_of(case, url)

    verdicts = verdicts_of([LedgerSource("130123", url)])

    assert verdicts.failing == []
    live = {key[1:]: one.live for key, one in verdicts.classes.items() if one.live is not None}
    assert live == live_digests(ledger)
    ledger.close()


def test_a_ledger_on_either_database_is_replayed(url: str) -> None:
    """Both certifications of a class are found as sealed, also the one that was reversed."""
    ledger_of("zd-certified-again", url).close()

    verdicts = verdicts_of([LedgerSource("130123", url)])

    (found,) = [one for one in verdicts.classes.values() if one.seals]
    assert [seal.holds for seal in found.seals] == [True, True]


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Perfledger]:
    """A county with two certified years."""
    ledger = ledger_of("qt-two-years", f"sqlite:///{tmp_path / 'ledger.db'}")
    yield ledger
    ledger.close()


def test_the_size_of_batches_changes_nothing(county: Perfledger) -> None:
    """Unit-years may be cut anywhere by batches of one row."""
    years = county.ledger.years()
    whole = [b for year in years for b in entry_batches(county.ledger, "c", year, None)]
    rows = [batch.slice(at, 1) for batch in whole for at in range(batch.num_rows)]

    assert list(replay(rows)) == list(replay(whole))


def test_simulating_the_adopted_scheme_moves_nobody(tmp_path: Path) -> None:
    """The same text in place of the adopted one changes no tier."""
    sources = columns_below(tmp_path / "columns")

    verdicts = verdicts_of(sources, Rules(shipped_text("qitai")))

    assert verdicts.moves == []
    assert verdicts.failing == []


def test_a_changed_scheme_moves_whom_what_if_moves(tmp_path: Path) -> None:
    """The simulation names the units whose tier `what-if --scheme` changes, and no others."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = ledger_of("zd-threshold", url)
    text = shipped_text("zhengding")
    changed = text.replace("at_least: 90", "at_least: 99")
    assert changed != text
    scheme = ledger.schemes.read(changed)
    expected = {
        one.unit: (one.before.standing.tier, one.after.standing.tier)
        for one in ledger.comparing.what_if_scheme(scheme, None)
        if one.before and one.after and one.before.standing.tier != one.after.standing.tier
    }

    moves = verdicts_of([LedgerSource("130123", url)], Rules(changed)).moves

    found = {one.figures["unit"]: one.figures for one in moves}
    assert {unit: (one["tier_before"], one["tier"]) for unit, one in found.items()} == expected
    assert expected
    ledger.close()


# -- tampering ---------------------------------------------------------------------------------


@pytest.fixture
def columns(tmp_path: Path) -> list[ColumnsSource]:
    """The columns of five counties."""
    return columns_below(tmp_path / "columns")


def _of(columns: list[ColumnsSource], county: str) -> ColumnsSource:
    return next(source for source in columns if source.county == county)


def _problem(verdicts: Verdicts) -> str:
    (problem,) = verdicts.problems
    return str(problem.text)


def _certified(columns: list[ColumnsSource]) -> tuple[ColumnsSource, str]:
    """A source and an entry with a score on which its certification rests."""
    source = _of(columns, "652302")
    return source, scored_in(source)


def test_a_changed_scheme_without_a_class_leaves_the_seals(columns: list[ColumnsSource]) -> None:
    """Units whose class the file lacks would hold no tier; the digests are compared as ever."""
    text = shipped_text("zhengding").replace("township", "village")

    verdicts = verdicts_of(columns, Rules(text))

    assert (verdicts.differing, verdicts.problems) == ([], [])
    assert [key for key, one in verdicts.classes.items() if key.county == "130123" and one.seals]
    moves = [one.figures["tier"] for one in verdicts.moves if one.key.unit_class == "township"]
    assert moves
    assert set(moves) == {None}


def test_a_county_whose_score_was_changed_is_found(columns: list[ColumnsSource]) -> None:
    """A forged score with a hash that agrees gives another digest than was sealed: that county."""
    source, entry = _certified(columns)

    forge(source, entry, rehash=True, score="0.1")

    verdicts = verdicts_of(columns)
    assert verdicts.failing == ["652302"]
    assert verdicts.problems == []
    assert len(verdicts.differing) >= 1


def test_a_leaf_that_is_not_what_was_hashed_is_found(columns: list[ColumnsSource]) -> None:
    """A forged score under the old hash is a problem with its position."""
    source, entry = _certified(columns)

    forge(source, entry, rehash=False, score="0.1")

    verdicts = verdicts_of(columns)
    assert verdicts.failing == ["652302"]
    assert "the leaf is not the one that was hashed" in _problem(verdicts)


def test_an_entry_that_is_left_out_is_found(columns: list[ColumnsSource]) -> None:
    """A unit-year without one of its versions is a problem that names the version."""
    source = _of(columns, "652325")
    rows = pq.read_table(source.file, partitioning=None).to_pylist()
    gone = next(row for row in rows if row["version"] == 2 and row["unit"] != "*")

    rewrite(source, [row for row in rows if row is not gone])

    assert _problem(verdicts_of(columns)) == f"{gone['unit']}: version 2 is missing"


def test_a_row_under_another_unit_is_found(columns: list[ColumnsSource]) -> None:
    """A leaf in the rows of another unit is a problem."""
    source = _of(columns, "652325")
    rows = pq.read_table(source.file, partitioning=None).to_pylist()
    units = sorted({row["unit"] for row in rows} - {"*"})
    for row in rows:
        if row["unit"] == units[0]:
            row["unit"] = "另一"

    rewrite(source, rows)

    assert "not of this row" in _problem(verdicts_of(columns))


def test_an_adopted_scheme_that_cannot_be_read_is_a_problem_of_its_county(
    columns: list[ColumnsSource],
) -> None:
    """The other counties are replayed all the same."""
    source = _of(columns, "652325")
    rows = pq.read_table(source.file, partitioning=None).to_pylist()
    adopted = next(row["entry"] for row in rows if row["type"] == "scheme-adopted")

    forge(source, adopted, rehash=True, text="scheme: [", sha256="0" * 64)

    verdicts = verdicts_of(columns)
    assert verdicts.failing == ["652325"]
    assert len(verdicts.counties) == 5


def test_rows_have_the_published_columns(county: Perfledger) -> None:
    """What a ledger gives has the schema of entries."""
    batches = chain.from_iterable(
        entry_batches(county.ledger, "c", year, None) for year in county.ledger.years()
    )

    assert {batch.schema for batch in batches} == {ENTRIES}
    assert not any(pa.types.is_floating(field.type) for field in ENTRIES)
