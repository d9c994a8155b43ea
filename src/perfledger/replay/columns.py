"""A ledger written as columns: entries and standings, a Parquet file for each year of a county."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import attrs
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from perfledger.projections.answers import class_json
from perfledger.projections.books import Books
from perfledger.replay.schemas import ENTRIES, FORMAT, STANDINGS
from perfledger.replay.sources import ENTRIES_KIND, KIND, ROWS, entry_batches, folder_of
from perfledger.wiring import stored_books

if TYPE_CHECKING:
    from datetime import datetime

    from perfledger.app import Perfledger

STANDINGS_KIND = "standings"


@attrs.frozen
class Written:
    """What was written, up to which position."""

    county: str
    position: int
    entries: int
    standings: int


def write_columns(
    ledger: "Perfledger", folder: Path, county: str | None, when: "int | datetime | None" = None
) -> Written:
    """Write a ledger's columns as of a position below a folder, which may hold other counties'.

    `county` is by default the ledger's origin. Each file is put in place whole, over the one of an
    earlier export; one unit-year or class is held at a time. Raises OSError where a file cannot be
    written.
    """
    county = normalize("NFC", county or ledger.ledger.charter().origin)
    position = ledger.ledger.as_of(when).position
    entries = standings = 0
    for year in (0, *ledger.ledger.years()):
        writing = _Writing(folder, county, year, position)
        # What is committed up to a position never changes: writers need not wait for all years.
        with ledger.store.read():
            batches = entry_batches(ledger.ledger, county, year, position)
            entries += writing.write(ENTRIES_KIND, ENTRIES, batches)
            if year:
                books = stored_books(ledger.ledger, position, keep=False)
                rows = standing_batches(books, county, year)
                standings += writing.write(STANDINGS_KIND, STANDINGS, rows)
    return Written(county, position, entries, standings)


@attrs.frozen
class _Writing:
    """Whose year is written, and as of which position."""

    folder: Path
    county: str
    year: int
    position: int

    def write(self, kind: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
        """Write one file and say how many rows it has; none where there are no rows."""
        file = self.folder / kind / folder_of(self.year, self.county) / "part-0.parquet"
        about = {
            KIND: kind.encode(),
            b"perfledger.format": FORMAT,
            b"perfledger.county": self.county.encode(),
            b"perfledger.position": str(self.position).encode(),
        }
        return write_file(file, schema.with_metadata(about), batches)


def write_file(file: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches as one Parquet file, whole or not at all; says how many rows it has."""
    rows = 0
    with _put_in_place(file) as new, pq.ParquetWriter(new, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


@contextmanager
def _put_in_place(file: Path) -> Iterator[Path]:
    """A name to write under; at the end the file is on the disk and takes its place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{os.getpid()}.new")  # a dot: readers pass it over
    try:
        yield new
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def standing_batches(books: Books, county: str, year: int) -> Iterator[pa.RecordBatch]:
    """A year's standings as `rank` answers them, class by class."""
    for book in books.of_year(year):
        for group in book.groups():
            for unit in book.members[group]:
                book.settle(unit)
            answer = class_json(book, book.ranking(group))
            own = {"county": county, "year": year, "scheme": book.scheme.key}
            rows = [{**own, **row} for row in _standing_rows(answer)]
            book.release(group)
            for start in range(0, len(rows), ROWS):
                part = rows[start : start + ROWS]
                yield pa.RecordBatch.from_pylist(part, schema=STANDINGS)


def _standing_rows(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shared = {name: answer[name] for name in ("unit_class", "parent", "status")}
    shared |= {name: answer[name] for name in ("evaluated", "quota")}
    seal = answer["certified"]
    shared["certified"] = None if seal is None else seal["sha256"]
    for standing in answer["standings"]:
        row = {**shared, **standing}
        for name in ("components", "adjustments"):
            row[name] = orjson.dumps(row[name]).decode()
        yield row
