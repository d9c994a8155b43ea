"""Columns: what is written is what the ledger holds, and what is not ours is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from perfledger.app import Perfledger
from perfledger.ledger.tree import leaf_hash, root_of
from perfledger.replay.columns import write_columns
from perfledger.replay.sources import ColumnsSource, columns_in
from perfledger.replay.unit_years import Damaged
from tests.replay.counties import ledger_of, verdicts_of


@pytest.fixture
def county(url: str) -> Iterator[Perfledger]:
    """A county with two certified years."""
    ledger = ledger_of("qt-two-years", url)
    yield ledger
    ledger.close()


def _rows(folder: Path, kind: str) -> list[dict[str, object]]:
    files = sorted((folder / kind).glob("year=*/county=*/*.parquet"))
    return [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]


def test_all_leaves_are_there_with_their_hashes(county: Perfledger, tmp_path: Path) -> None:
    """Every position once, every leaf as it is hashed, and their root is the log's."""
    written = write_columns(county, tmp_path, "652302")

    rows = sorted(_rows(tmp_path, "entries"), key=lambda row: int(str(row["position"])))
    assert [row["position"] for row in rows] == list(range(1, written.position + 1))
    assert all(leaf_hash(row["leaf"]) == row["leaf_hash"] for row in rows)
    hashes = [bytes(row["leaf_hash"]) for row in rows]  # type: ignore[arg-type]
    assert root_of(hashes) == root_of(county.ledger.merkle_log.hashes())
    assert written.entries == len(rows)


def test_rows_say_what_their_leaves_say(county: Perfledger, tmp_path: Path) -> None:
    """Id, type, unit, year and day of each row are those of its leaf."""
    write_columns(county, tmp_path, "652302")

    for row in _rows(tmp_path, "entries"):
        leaf = orjson.loads(bytes(row["leaf"]))  # type: ignore[call-overload]
        entry = leaf["entry"]
        assert (leaf["version"], leaf["recorded_at"]) == (row["version"], row["recorded_at"])
        if row["year"]:
            found = [row[name] for name in ("entry", "type", "unit", "year", "occurred_on")]
            assert [entry[name] for name in ("entry", "type", "unit", "year", "occurred_on")] == (
                found
            )


def test_standings_are_what_rank_answers(county: Perfledger, tmp_path: Path) -> None:
    """Every figure as its decimal text, with tier and consequences."""
    write_columns(county, tmp_path, "652302")

    rows = [row for row in _rows(tmp_path, "standings") if row["year"] == 2012]
    expected = [
        {"unit_class": one["unit_class"], "status": one["status"], **standing}
        for one in county.rank("qitai", 2012)["classes"]
        for standing in one["standings"]
    ]
    assert len(rows) == len(expected)
    for row, standing in zip(rows, expected, strict=True):
        for name in ("components", "adjustments"):
            assert orjson.loads(str(row[name])) == standing.pop(name)
        assert {name: row[name] for name in standing} == standing


def test_no_column_is_a_float(county: Perfledger, tmp_path: Path) -> None:
    """Decimals are text, counts are integers."""
    write_columns(county, tmp_path, "652302")

    files = [*tmp_path.glob("*/*/*/*.parquet")]
    types = [field.type for file in files for field in pq.read_schema(file)]
    assert not any(pa.types.is_floating(one) for one in types)


def test_as_of_writes_what_was_there_then(county: Perfledger, tmp_path: Path) -> None:
    """Columns as of a position hold the entries up to it."""
    write_columns(county, tmp_path, "652302", when=20)

    assert len(_rows(tmp_path, "entries")) == 20


def test_the_origin_is_the_county_where_none_is_named(county: Perfledger, tmp_path: Path) -> None:
    """Its slash is no folder of its own, and the code comes back as it was."""
    written = write_columns(county, tmp_path, None)

    origin = county.ledger.charter().origin
    assert written.county == origin
    assert {source.county for source in columns_in(tmp_path)} == {origin}
    assert verdicts_of(columns_in(tmp_path)).failing == []


def test_another_export_replaces_each_file_whole(county: Perfledger, tmp_path: Path) -> None:
    """Nothing is left beside the files, and the bytes of the same position are the same."""
    write_columns(county, tmp_path, "652302")
    before = _digests(tmp_path)

    write_columns(county, tmp_path, "652302")

    assert _digests(tmp_path) == before


def _digests(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


# -- what is refused -----------------------------------------------------------------------------


def _problem(folder: Path) -> str:
    (problem,) = verdicts_of(columns_in(folder)).problems
    return str(problem.text)


@pytest.fixture
def file(tmp_path: Path, sqlite_url: str) -> Path:
    """The columns of one county's only year."""
    ledger = ledger_of("qt-special", sqlite_url)
    write_columns(ledger, tmp_path, "652325")
    ledger.close()
    (source,) = columns_in(tmp_path)
    return source.file


def test_a_folder_without_columns_is_refused(tmp_path: Path) -> None:
    """It says how they are written."""
    with pytest.raises(Damaged, match="holds no columns"):
        columns_in(tmp_path)


@pytest.mark.parametrize("kept", [0, 3, 1000])
def test_a_damaged_file_is_a_problem(file: Path, tmp_path: Path, kept: int) -> None:
    """Cut off anywhere it cannot be read, and the answer names the file."""
    file.write_bytes(file.read_bytes()[:kept])

    assert f"{file} cannot be read" in _problem(tmp_path)


def test_a_foreign_file_is_a_problem(file: Path, tmp_path: Path) -> None:
    """A Parquet file of somebody else's is not taken for entries."""
    pq.write_table(pa.table({"unit": ["T01"]}), file)

    assert "holds no entries that perfledger wrote" in _problem(tmp_path)


def test_a_file_of_a_later_format_is_a_problem(file: Path, tmp_path: Path) -> None:
    """A format that this program does not know is not guessed at."""
    table = pq.read_table(file, partitioning=None)
    known = {**table.schema.metadata, b"perfledger.format": b"2"}
    pq.write_table(table.replace_schema_metadata(known), file)

    assert "a format that is not known here" in _problem(tmp_path)


def test_a_source_of_another_county_is_a_problem(file: Path) -> None:
    """Whose entries a file holds stands in it."""
    verdicts = verdicts_of([ColumnsSource("130123", file)])

    assert "is of the county 652325" in str(verdicts.problems[0].text)


def _rewritten(file: Path, table: pa.Table) -> None:
    """The file with other rows, under what it says of itself."""
    pq.write_table(table.replace_schema_metadata(pq.read_schema(file).metadata), file)


def _table(file: Path) -> pa.Table:
    return pq.read_table(file, partitioning=None)


def test_columns_without_the_last_entry_are_a_problem(file: Path, tmp_path: Path) -> None:
    """An end that was cut off leaves no gap: the number of entries tells."""
    table = _table(file)
    last = max(range(table.num_rows), key=lambda row: table["position"][row].as_py())
    _rewritten(file, table.filter(pa.array(row != last for row in range(table.num_rows))))

    position = table["position"][last].as_py()
    assert f"hold {position - 1} of {position} entries" in _problem(tmp_path)


def test_columns_without_a_year_are_a_problem(county: Perfledger, tmp_path: Path) -> None:
    """A whole file that is gone is missed; the years that are there are not passed over."""
    write_columns(county, tmp_path, "652302")
    (one,) = (tmp_path / "entries" / "year=2011").glob("*/*.parquet")
    one.unlink()

    assert "entries" in _problem(tmp_path)


def test_two_files_of_one_year_are_a_problem(file: Path, tmp_path: Path) -> None:
    """A copy beside a file would count everything twice."""
    file.with_name("part-1.parquet").write_bytes(file.read_bytes())

    problems = verdicts_of(columns_in(tmp_path)).problems
    assert "a year has two files of columns" in [str(one.text) for one in problems]


@pytest.mark.parametrize(("column", "value"), [("county", "130123"), ("year", 0), ("year", None)])
def test_rows_of_another_county_or_year_are_a_problem(
    file: Path, tmp_path: Path, column: str, value: object
) -> None:
    """Rows are never passed over, nor counted for somebody else."""
    table = _table(file)
    field = table.schema.field(column)
    others = pa.array([value] * table.num_rows, field.type)
    _rewritten(file, table.set_column(table.schema.get_field_index(column), field, others))

    assert "rows of another county or year" in _problem(tmp_path)


def test_rows_without_a_position_are_a_problem(file: Path, tmp_path: Path) -> None:
    """A row that does not say where it stands is not sorted anywhere."""
    table = _table(file)
    field = table.schema.field("position")
    nowhere = pa.nulls(table.num_rows, field.type)
    _rewritten(file, table.set_column(table.schema.get_field_index("position"), field, nowhere))

    assert "rows with something missing" in _problem(tmp_path)
