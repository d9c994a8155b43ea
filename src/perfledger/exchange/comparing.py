"""A row beside an entry: in which cells they differ, and what the entry would be by the row."""

from collections.abc import Iterator, Mapping

import attrs

from perfledger.domain.arithmetic import exact
from perfledger.domain.entries import Entry
from perfledger.domain.values import DECIMAL as DECIMAL_TEXT
from perfledger.exchange.entry_cells import Cells, cells_of
from perfledger.exchange.rows import Row
from perfledger.exchange.sheets import DECIMAL, SILENT, Sheet

_IDENTITY = ("entry", "position", "unit_name", "unit", "year", "type")
_IMPLIED = {"direction": "at-least"}  # what an empty cell means, besides nothing


@attrs.frozen
class Difference:
    """One cell of a row that does not say what the ledger says."""

    key: str
    old: str | None
    new: str | None


def differences(row: Row, entry: Entry) -> list[Difference]:
    """In which cells a row differs from an entry of its type, as far as the row says something.

    What the table has no column for is not compared, nor are empty cells of the columns that
    every sheet has at its end. Decimals are compared as numbers.
    """
    old = cells_of(entry)
    found = []
    for key in _keys(row.sheet, {**old, **row.cells}):
        if key not in row.cells and (key in SILENT or not row.has(key)):
            continue
        before = old.get(key, _IMPLIED.get(key))
        after = row.cells.get(key, _IMPLIED.get(key))
        if not _same(row.sheet, key, before, after):
            found.append(Difference(key, before, after))
    return found


def _keys(sheet: Sheet, cells: Mapping[str, str]) -> Iterator[str]:
    """The keys that are compared, in the order of the columns."""
    order = {column.key: place for place, column in enumerate(sheet.columns)}
    keys = [key for key in cells if key not in _IDENTITY]
    yield from sorted(keys, key=lambda key: order.get(key, order.get(key.partition(".")[0], 0)))


def _same(sheet: Sheet, key: str, before: str | None, after: str | None) -> bool:
    column = sheet.column(key)
    if before is None or after is None or column is None or column.kind != DECIMAL:
        return before == after
    numbers = DECIMAL_TEXT.fullmatch(before) and DECIMAL_TEXT.fullmatch(after)
    return exact(before) == exact(after) if numbers else before == after


def corrected(row: Row, entry: Entry) -> Cells:
    """The cells of the entry with those of the row in their place.

    What the row says nothing about stays as it was, but not who entered it and by what authority:
    that is the correction's own.
    """
    old = cells_of(entry)
    kept = {
        key: text
        for key, text in old.items()
        if key not in ("entry", "recorded_by", "authority")
        and (key in SILENT or not row.has(key) or key in _IDENTITY)
    }
    merged = {**kept, **{key: text for key, text in row.cells.items() if key != "entry"}}
    if "documents" in row.cells:
        merged |= _kept_digests(row, old)
        merged = {key: text for key, text in merged.items() if text}
    return merged


def _kept_digests(row: Row, old: Cells) -> Cells:
    """Digests and addresses of the documents that the row still names."""
    before = old.get("documents", "").split("\n")
    found: Cells = {}
    for key in ("digests", "uris"):
        if key in row.cells:
            continue
        of = dict(zip(before, old.get(key, "").split("\n"), strict=False))
        lines = [of.get(one, "") for one in row.cells["documents"].split("\n")]
        found[key] = "\n".join(lines).rstrip("\n")
    return found
