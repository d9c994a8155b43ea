"""Where a county's entries come from: its ledger, or columns that were written of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from perfledger.domain.errors import Message, say
from perfledger.ledger.application import Ledger
from perfledger.ledger.backend import Row as StoredRow
from perfledger.ledger.mapper import LEDGER_STREAM
from perfledger.ledger.store import StoreError
from perfledger.replay.schemas import ENTRIES, FORMAT
from perfledger.replay.unit_years import Damaged, Row

ROWS = 8_192
"""So many entries are read and written at a time."""
KIND = b"perfledger.columns"
ENTRIES_KIND = "entries"


@attrs.frozen
class LedgerSource:
    """A county's ledger, up to a position; None is the last one when it is opened."""

    county: str
    url: str
    position: int | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The entries of all years; raises `StoreError` where the ledger cannot be read."""
        from perfledger.app import open_ledger

        ledger = open_ledger(self.url)
        try:
            ledger.ledger.charter()  # says that there is no ledger, before anything is read
            position = ledger.ledger.as_of(self.position).position
            for year in ledger.ledger.years():
                yield from entry_batches(ledger.ledger, self.county, year, position)
        finally:
            ledger.close()


def fixed(source: "Source") -> "Source":
    """The source as it stands now, for those that read it more than once."""
    if isinstance(source, ColumnsSource) or source.position is not None:
        return source
    from perfledger.app import open_ledger

    try:
        ledger = open_ledger(source.url)
        try:
            return attrs.evolve(source, position=ledger.ledger.as_of(None).position)
        finally:
            ledger.close()
    except StoreError:
        return source  # reading it will say why


@attrs.frozen
class ColumnsSource:
    """A county's year as a file of columns; `problem` says what the county's files lack."""

    county: str
    file: Path
    problem: Message | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The entries as they were written; raises `Damaged` for a file that is none of ours."""
        if self.problem is not None:
            raise Damaged(self.problem)
        try:
            with pq.ParquetFile(self.file) as columns:
                self._check(columns.schema_arrow)
                for batch in columns.iter_batches(ROWS):
                    self._check_rows(batch)
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=ENTRIES)
        except (OSError, pa.ArrowException) as error:
            reason = str(error).splitlines()[0]
            raise Damaged(
                say("{file} cannot be read: {reason}", file=str(self.file), reason=reason)
            ) from None

    def _check(self, schema: pa.Schema) -> None:
        known = schema.metadata or {}
        if known.get(KIND) != ENTRIES_KIND.encode() or not schema.equals(ENTRIES):
            raise Damaged(say("{file} holds no entries that perfledger wrote", file=str(self.file)))
        if known.get(b"perfledger.format") != FORMAT:
            raise Damaged(say("{file} is of a format that is not known here", file=str(self.file)))
        county = known.get(b"perfledger.county", b"").decode(errors="replace")
        if county != self.county:
            raise Damaged(
                say("{file} is of the county {county}", file=str(self.file), county=county)
            )

    def _check_rows(self, batch: pa.RecordBatch) -> None:
        """Every row is of the file's county and of its folder's year, and says where it stands."""
        year = self.file.parents[1].name.partition("=")[2]
        counties = set(batch.column("county").to_pylist())
        years = {str(one) for one in batch.column("year").to_pylist()}
        if counties - {self.county} or years - {year}:
            raise Damaged(say("{file} has rows of another county or year", file=str(self.file)))
        if any(batch.column(name).null_count for name in Row._fields):
            raise Damaged(say("{file} has rows with something missing", file=str(self.file)))


Source = LedgerSource | ColumnsSource


def folder_of(year: int, county: str) -> str:
    """Where a county's year stands below `entries` or `standings`."""
    return f"year={year}/county={folder_name(county)}"


def folder_name(county: str) -> str:
    """A county's code as a folder is called: what file systems dislike is written as %XX."""
    return "".join(one if one.isalnum() or one in "-_" else quote(one, safe="") for one in county)


def columns_in(folder: Path) -> list[ColumnsSource]:
    """The files of entries in a folder, county by county; raises `Damaged` where there are none.

    Whose a file is stands in it; one that cannot be read is named by its folder.
    """
    files = sorted((folder / ENTRIES_KIND).glob("year=*/county=*/*.parquet"))
    counties: dict[str, list[_File]] = {}
    for one in map(_File.of, files):
        counties.setdefault(one.county, []).append(one)
    if not counties:
        raise Damaged(
            say("{folder} holds no columns; write them with: export --parquet", folder=str(folder))
        )
    return [source for _, own in sorted(counties.items()) for source in _sources_of(own)]


def _sources_of(own: "list[_File]") -> "list[ColumnsSource]":
    """A county's years; what its files lack is told by the first."""
    years = [one for one in own if one.year != "year=0"] or own  # no figure rests on the year 0
    first, *others = (ColumnsSource(one.county, one.path) for one in years)
    return [attrs.evolve(first, problem=_problem_of(own)), *others]


@attrs.frozen
class _File:
    """What a file of columns says of itself; None where it cannot be read."""

    path: Path
    county: str
    rows: int | None
    position: str | None

    @classmethod
    def of(cls, path: Path) -> "_File":
        try:
            metadata = pq.read_metadata(path)
            known = metadata.metadata or {}
            county = known[b"perfledger.county"].decode()
            position = known[b"perfledger.position"].decode()
        except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError):
            return cls(path, path.parent.name.partition("=")[2], None, None)
        return cls(path, county, metadata.num_rows, position)

    @property
    def year(self) -> str:
        return self.path.parents[1].name


def _problem_of(own: "list[_File]") -> Message | None:
    """What a county's files lack: together they hold every position up to the one they state."""
    if any(one.rows is None for one in own):
        return None  # reading that file says what is wrong
    if len({one.year for one in own}) < len(own):
        return say("a year has two files of columns")
    if len({one.position for one in own}) > 1:
        return say("the files of columns are of different positions")
    rows, position = sum(one.rows or 0 for one in own), own[0].position
    if str(rows) == position:
        return None
    return say("the columns hold {rows} of {position} entries", rows=rows, position=position)


def entry_batches(
    ledger: Ledger, county: str, year: int, stop: int | None
) -> Iterator[pa.RecordBatch]:
    """A year's entries as the ledger holds them up to a position, unit by unit.

    Year 0 is the ledger's own stream.
    """
    store = ledger.store
    with store.read():
        stream = store.select_rows(year if year else LEDGER_STREAM, stop)
        rows: list[StoredRow] = []
        for row in stream:
            rows.append(row)
            if len(rows) == ROWS:
                yield _batch(county, year, rows)
                rows = []
        if rows:
            yield _batch(county, year, rows)


def _batch(county: str, year: int, rows: Iterable[StoredRow]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([_row(county, year, row) for row in rows], schema=ENTRIES)


def _row(county: str, year: int, row: StoredRow) -> dict[str, Any]:
    position, stream, version, kind, leaf, entry, hashed = row
    try:
        document = orjson.loads(leaf)
        recorded_at = document["recorded_at"]
        occurred_on = document["entry"].get("occurred_on")
    except (ValueError, KeyError, TypeError, AttributeError):
        recorded_at = occurred_on = None  # damaged: the leaf goes with it as it is
    return {
        "county": county,
        "year": year,
        "unit": stream.partition("/")[2] if year else "*",
        "version": version,
        "position": position,
        "entry": entry,
        "type": kind,
        "recorded_at": recorded_at,
        "occurred_on": occurred_on,
        "leaf": leaf,
        "leaf_hash": hashed,
    }
