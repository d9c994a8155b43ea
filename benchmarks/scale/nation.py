"""A nation of counties as columns, by seed: real ledgers, each standing for many counties.

Some ledgers are recorded by the program itself, each from its own seed, half of them after 篇一 and
half after 篇二. Their columns are written once; a county is such a ledger's columns under its own
code. A leaf does not name its county, so every leaf, hash and seal stays what the program wrote.
"""

from __future__ import annotations

import io
from itertools import count, islice
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.performance.bureaus import bureaus
from benchmarks.performance.county import county_year
from perfledger.app import create_ledger
from perfledger.replay.columns import write_columns, write_file
from perfledger.replay.sources import ENTRIES_KIND, folder_of

YEAR = 2013
PARENTS = 9  # whose sections and cadres a county after 篇二 ranks: some 5,000 entries then


def nation(folder: Path, entries: int, seeds: int) -> tuple[Path, int, int]:
    """The columns of so many entries at least; their folder, entries and counties.

    What is there already is kept: a run that was stopped goes on.
    """
    patterns = [_pattern(folder / "seeds", seed) for seed in range(1, seeds + 1)]
    below = folder / f"nation-{entries}-{seeds}"
    total = 0
    for number in count():
        if total >= entries:
            return below, total, number
        pattern = patterns[number % seeds]
        total += _county(below, f"C{number + 1:04d}", pattern)
    raise AssertionError


def _county(below: Path, code: str, pattern: list[Path]) -> int:
    """Write a county's files where they are not there; how many entries they have."""
    return sum(_file(below, code, file) for file in pattern)


def _file(below: Path, code: str, pattern: Path) -> int:
    year = int(pattern.parents[1].name.partition("=")[2])
    file = below / ENTRIES_KIND / folder_of(year, code) / "part-0.parquet"
    if not file.exists():
        with pq.ParquetFile(pattern) as columns:
            schema = columns.schema_arrow
            known = {**schema.metadata, b"perfledger.county": code.encode()}
            batches = (
                batch.set_column(0, schema.field(0), [code] * batch.num_rows)
                for batch in columns.iter_batches(8_192)
            )
            schema = schema.with_metadata(known)
            write_file(file, schema, (batch.cast(schema) for batch in batches))
    return int(pq.read_metadata(file).num_rows)


def _pattern(folder: Path, seed: int) -> list[Path]:
    """The columns of a ledger that the program recorded from a seed."""
    below = folder / f"{seed}"
    if not below.exists():
        new = folder / f"{seed}.new"
        database = folder / f"{seed}.db"
        database.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        ledger, _ = create_ledger(f"sqlite:///{database}", origin=f"seed-{seed}.example")
        for journal in journals(seed):
            outcome = ledger.import_journal(io.BytesIO(journal))
            assert not outcome.refusals, str(outcome.refusals[0])
        write_columns(ledger, new, f"seed-{seed}")
        ledger.close()
        database.unlink()
        new.replace(below)
    return sorted((below / ENTRIES_KIND).glob("year=*/*/*.parquet"))


def journals(seed: int) -> list[bytes]:
    """A county's year: odd seeds after 篇一, even ones after 篇二."""
    if seed % 2:
        return [county_year(YEAR, seed).to_text().encode()]
    return list(islice(bureaus(seed), PARENTS + 1))
