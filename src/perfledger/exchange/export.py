"""The ledger's entries as sheets, so that importing them into an empty ledger gives them again.

A row carries its entry's id and its place in the ledger. What reads back otherwise is left out and
named: adoptions (a scheme's text is longer than a cell), officers and signatures (they belong to
one ledger), and texts that a cell does not keep as they are.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

import attrs

from perfledger.domain.entries import WHOLE, Entry, as_json, from_json
from perfledger.domain.errors import Refusals, Refused
from perfledger.domain.recorded import Recorded
from perfledger.exchange.cells import read_code, read_lines
from perfledger.exchange.choices import period_titles
from perfledger.exchange.documents import check_one_a_line
from perfledger.exchange.entry_cells import Cells, cells_of, document_of
from perfledger.exchange.headings import TARGETS
from perfledger.exchange.known import Known
from perfledger.exchange.others import SHEET_OF_TYPE, SHEETS
from perfledger.exchange.pages import FIRST_ROW, LONGEST_TEXT, PageColumn, Pages, is_number
from perfledger.exchange.resolve import DEFAULT_PLACES
from perfledger.exchange.sheets import (
    ADMITTED_ROWS,
    CODE,
    COVER,
    DECIMAL,
    LINES,
    ROSTER,
    TEXT,
    Column,
    Sheet,
)
from perfledger.exchange.showing import shown_cells

_UNWRITABLE = re.compile("[\ufffe\uffff]")  # what XML cannot hold; control characters no entry has


@attrs.define
class Exported:
    """How many entries are in the sheets, and which are in none."""

    rows: int = 0
    signatures: int = 0  # entries whose signature stays behind
    left_out: list[Entry] = attrs.field(factory=list)


@attrs.frozen
class _Line:
    cells: Cells  # keys
    shown: Cells  # titles


def export_workbook(
    file: BinaryIO, history: Iterable[Recorded], known: Known, as_of: str
) -> Exported:
    """Write a history as a workbook; `as_of` says on its first page what it is of."""
    exported = Exported()
    lines: dict[str, list[_Line]] = {sheet.name: [] for sheet in SHEETS}
    for recorded in history:
        cells = carried(recorded.entry)
        if cells is None or len(lines[_sheet(recorded.entry).name]) == ADMITTED_ROWS:
            exported.left_out.append(recorded.entry)
            continue
        exported.rows += 1
        exported.signatures += recorded.entry.signature is not None
        cells["position"] = str(recorded.position)
        lines[_sheet(recorded.entry).name].append(_line(recorded.entry, cells, known))
    pages = Pages(file, "perfledger")
    _cover(pages, as_of)
    for sheet in SHEETS:
        if lines[sheet.name]:
            _page(pages, sheet, lines[sheet.name], known)
    pages.close()
    return exported


def _sheet(entry: Entry) -> Sheet:
    return SHEET_OF_TYPE[entry.type]


def carried(entry: Entry) -> Cells | None:
    """The entry's cells; None where a sheet would not give the same entry back."""
    if entry.type not in SHEET_OF_TYPE:
        return None
    try:
        cells = cells_of(entry)
        again = as_json(from_json(document_of(entry.type, cells)))
        check_one_a_line(cells.get("documents", "").split("\n"), "documents")
        kept = all(_keeps(_sheet(entry).column(key), text) for key, text in cells.items())
    except (Refused, Refusals):
        return None
    document = as_json(entry)
    document.pop("signature", None)
    return cells if kept and again == document else None


def _keeps(column: Column | None, text: str) -> bool:
    """Whether a cell gives back a text as it is: not blanks at its ends, not what is too long."""
    kind = column.kind if column is not None else ""
    same = read_lines(text, "") if kind == LINES else text.strip()
    if kind == CODE:
        read_code(text, "")
    written = text != "" and len(text) <= LONGEST_TEXT and not _UNWRITABLE.search(text)
    return same == text and written


def _line(entry: Entry, cells: Cells, known: Known) -> _Line:
    sheet = _sheet(entry)
    shown = shown_cells(sheet, cells, known)
    if sheet is not ROSTER and entry.unit != WHOLE:
        enrolled = known.enrolment(entry.year, entry.unit)
        if enrolled is not None:
            shown["unit_name"] = enrolled.name
    return _Line(cells, shown)


def _cover(pages: Pages, as_of: str) -> None:
    sheet = pages.book.add_worksheet(COVER)
    sheet.set_column(0, 0, 90)
    for row, text in enumerate(
        (
            "台账条目",
            as_of,
            "每行是一条条目，条目号、台账序号不要改动。",
            "改动其他单元格后导入，要加 --correct 和 --reason：台账冲销原条目，另记一条。",
        )
    ):
        sheet.write_string(row, 0, text, pages.title if row == 0 else pages.plain)


def _page(pages: Pages, sheet: Sheet, lines: list[_Line], known: Known) -> None:
    used = {key for line in lines for key in line.shown}
    columns = [
        found
        for column in sheet.columns
        for found in _columns(column, used, lambda: _periods(lines, known))
    ]
    about = [
        PageColumn(heading=heading, kind=column.kind, width=column.width)
        for _, heading, column in columns
    ]
    page = pages.page(sheet.name, sheet.name, sheet.purpose, about)
    for row, line in enumerate(lines, FIRST_ROW):
        places = _places(line, known)
        cells = [(_kind(column, line.shown.get(key), places), line.shown.get(key))
                 for key, _, column in columns]  # fmt: skip
        pages.row(page, row, cells)


def _kind(column: Column, text: str | None, places: int) -> str:
    """How a cell is written: a decimal as a text where a number cell would not keep its digits."""
    if column.kind != DECIMAL or text is None or _as_number(column, text, places):
        return column.kind
    return TEXT


def _columns(
    column: Column, used: set[str], periods: Callable[[], Mapping[str, str]]
) -> list[tuple[str, str, Column]]:
    """A column's key and heading where it is filled; a column of targets for each period."""
    if column.key == TARGETS:
        return [
            (f"{TARGETS}.{period}", f"{title}{column.heading}", column)
            for period, title in periods().items()
        ]
    return [(column.key, column.heading, column)] if column.key in used or column.required else []


def _periods(lines: list[_Line], known: Known) -> dict[str, str]:
    """The periods that have targets, by their titles where these are the same in every row."""
    titles: dict[str, set[str]] = {}
    for line in lines:
        for key in line.cells:
            head, _, period = key.partition(".")
            if head == TARGETS:
                titles.setdefault(period, set()).add(_title(line, period, known))
    return {
        period: next(iter(found)) if len(found) == 1 else period
        for period, found in sorted(titles.items())
    }


def _title(line: _Line, period: str, known: Known) -> str:
    rules = known.rules(int(line.cells["year"]), line.cells["unit"])
    component = rules[1].components.get(line.cells["component"]) if rules is not None else None
    return period_titles(component.periods).get(period, period) if component else period


def _places(line: _Line, known: Known) -> int:
    rules = known.rules(int(line.cells["year"]), line.cells["unit"])
    return int(rules[0].options.places.value) if rules is not None else DEFAULT_PLACES


def _as_number(column: Column, text: str, places: int) -> bool:
    """Whether reading a number cell gives the decimal back as it is written."""
    most = column.places if column.places is not None else places
    if column.key == "satisfaction" and 0 < float(text) < 1:
        return False
    return is_number(text) and len(text.partition(".")[2]) <= most
