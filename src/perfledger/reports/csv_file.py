"""Reports as CSV (RFC 4180) with a byte order mark, by which Excel knows that it is UTF-8.

The sheets follow one another: title, lines above the table, headings, rows, lines below.
"""

import csv
import io
import re
from collections.abc import Iterator

from perfledger.reports.document import Document, Sheet

BOM = "\ufeff"
INDENT = "\u3000"  # a full-width blank, which programs do not strip
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(/[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_file(document: Document) -> bytes:
    """All sheets, separated by empty lines, and the foot."""
    out = io.StringIO()
    writer = csv.writer(out)
    for sheet in document.sheets:
        for row in _rows(sheet):
            writer.writerow([guarded(text) for text in row])
        writer.writerow([])
    for line in document.foot:
        writer.writerow([guarded(line)])
    return (BOM + out.getvalue()).encode()


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    if sheet.title:
        yield [" ".join(sheet.title)]
    for fact in sheet.facts:
        yield [text for text in fact if text]
    for paragraph in sheet.paragraphs:
        yield [paragraph]
    yield [_heading(column.heading, column.above) for column in sheet.table.columns]
    for row in sheet.table.rows:
        first, *rest = (" ".join(text.split("\n")) for text in row.cells)
        yield [INDENT * row.depth + first, *rest]
    for line in (*sheet.notes, *sheet.seal):
        yield [line]


def _heading(heading: str, above: str | None) -> str:
    return " ".join(" ".join(filter(None, (above, heading))).split("\n"))
