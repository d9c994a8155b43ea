"""Counties for the replay's tests: worked cases as ledgers, their columns, and what they seal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from perfledger.app import Perfledger, create_ledger
from perfledger.ledger.tree import leaf_hash
from perfledger.replay.columns import write_columns, write_file
from perfledger.replay.inprocess import replay_here
from perfledger.replay.rules import Rules
from perfledger.replay.sources import ColumnsSource, LedgerSource, Source, columns_in
from perfledger.replay.verdicts import Verdicts
from perfledger.wiring import digest_of

CASES = Path(__file__).parents[1] / "cases"
COUNTIES = {
    "130123": "zd-certified-again",  # certified, reversed, certified again
    "652325": "qt-special",  # projects feed departments
    "652301": "qt-leaders",  # leaders of leaders
    "652302": "qt-two-years",  # certified in two years
    "正定": "hand-21",  # parents, certified by hand
}


def ledger_of(case: str, url: str) -> Perfledger:
    """A case as a ledger."""
    ledger, _ = create_ledger(url)
    with (CASES / f"{case}.jsonl").open("rb") as journal:
        outcome = ledger.import_journal(journal)
    assert outcome.refusals == []
    return ledger


def ledgers_in(folder: Path) -> list[Source]:
    """Each county's ledger as a file in a folder."""
    folder.mkdir(exist_ok=True)
    for code, case in COUNTIES.items():
        ledger_of(case, _url(folder, code)).close()
    return [LedgerSource(code, _url(folder, code)) for code in COUNTIES]


def _url(folder: Path, code: str) -> str:
    return f"sqlite:///{folder / f'{code}.db'}"


def columns_below(folder: Path) -> list[ColumnsSource]:
    """The columns of all counties below a folder."""
    for code, case in COUNTIES.items():
        ledger = ledger_of(case, _url(_made(folder), code))
        write_columns(ledger, folder, code)
        ledger.close()
    return columns_in(folder)


def _made(folder: Path) -> Path:
    ledgers = folder.with_name(f"{folder.name}-ledgers")
    ledgers.mkdir(exist_ok=True)
    return ledgers


def live_digests(ledger: Perfledger) -> dict[tuple[Any, ...], str]:
    """The ledger's own answer: the digest of every class as it stands."""
    with ledger.store.read():
        books = ledger.books(ledger.ledger.as_of(None))
        return {
            (year, group.scheme, group.unit_class, group.parent): digest_of(
                book.scheme, book.ranked(group)
            )
            for year in ledger.ledger.years()
            for book in books.of_year(year)
            for group in book.groups()
        }


def verdicts_of(sources: Iterable[Source], rules: Rules | None = None) -> Verdicts:
    """What a replay in this process finds."""
    verdicts = Verdicts()
    verdicts.take(replay_here(sources, rules or Rules()))
    return verdicts


def forge(source: ColumnsSource, entry: str, *, rehash: bool, **changed: object) -> None:
    """Change fields of one entry in a file of columns; with `rehash` so that its hash agrees."""
    table = pq.read_table(source.file, partitioning=None)
    rows = table.to_pylist()
    (row,) = (row for row in rows if row["entry"] == entry)
    leaf = orjson.loads(row["leaf"])
    assert all(leaf["entry"][name] != value for name, value in changed.items())
    leaf["entry"] |= changed
    row["leaf"] = orjson.dumps(leaf, option=orjson.OPT_SORT_KEYS)
    row["leaf_hash"] = leaf_hash(row["leaf"]) if rehash else row["leaf_hash"]
    rewrite(source, rows)


def scored_in(source: ColumnsSource) -> str:
    """The first entry of a source that is a score."""
    rows = pq.read_table(source.file, partitioning=None).to_pylist()
    return next(str(row["entry"]) for row in rows if row["type"] == "component-scored")


def rewrite(source: ColumnsSource, rows: list[dict[str, Any]]) -> None:
    """Put other rows into a file of columns."""
    schema = pq.read_schema(source.file)
    write_file(source.file, schema, [pa.RecordBatch.from_pylist(rows, schema=schema)])
