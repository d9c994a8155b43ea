"""A report as a workbook (.xlsx) that Excel, WPS and LibreOffice open, print and compute again.

Numbers are written as the printed decimals. Every program reads them as binary floats, which keep
15 digits exactly; what has more is written as text.
"""

import re
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import attrs
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no marker of its types
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]  # the same
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # the same

from perfledger.reports.document import (
    ALIGNED,
    CODE,
    FIGURE,
    WHOLE,
    Column,
    Document,
    Row,
    Sheet,
    cells_of,
    lines_of,
)
from perfledger.reports.live import Written, make_live
from perfledger.reports.numbers import is_number, places_of
from perfledger.reports.styles import Styles

LONGEST_NAME = 31
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_A4 = 9
_BLANKS = "\u3000\u3000"  # a paragraph's first line begins two characters in
_WITHOUT_TIME = "2000-01-01T00:00:00+00:00"


def workbook(document: Document, pages: str) -> bytes:
    """The workbook; `pages` is the text of the page number, with `&P` and `&N`.

    The same document gives the same bytes.
    """
    data = BytesIO()
    book = Workbook(data, {"in_memory": True})
    created = datetime.fromisoformat(document.recorded_at or _WITHOUT_TIME).replace(tzinfo=None)
    book.set_properties({"title": document.title, "created": created})
    styles = Styles(book, notice=document.notice)
    names = sheet_names([sheet.name for sheet in document.sheets])
    written = [
        _Page(document, sheet, book.add_worksheet(name), styles).write(name, pages)
        for sheet, name in zip(document.sheets, names, strict=True)
    ]
    make_live(written, styles)
    book.close()
    return data.getvalue()


def sheet_names(names: list[str]) -> list[str]:
    """Names that Excel allows: at most 31 characters, none of them special, no two alike."""
    found: list[str] = []
    taken = {"history"}  # which Excel keeps for itself
    for name in names:
        clean = _NO_SHEET_NAME.sub(" ", name).strip(" '") or "-"
        unique, number = clean[:LONGEST_NAME].rstrip(" '"), 2
        while unique.casefold() in taken:
            tail = f" {number}"
            unique, number = clean[: LONGEST_NAME - len(tail)] + tail, number + 1
        taken.add(unique.casefold())
        found.append(unique)
    return found


@attrs.define
class _Page:
    """Writes one sheet from the top down."""

    document: Document
    sheet: Sheet
    page: Worksheet
    styles: Styles
    row: int = 0

    def write(self, name: str, pages: str) -> Written:
        """Everything as texts and numbers; formulas come afterwards."""
        for place, column in enumerate(self.sheet.table.columns):
            self.page.set_column(place, place, column.width)
        if self.sheet.title:
            self._line("\n".join(self.sheet.title), "title")
        for left, right in self.sheet.facts:
            self._fact(left, right)
        for paragraph in self.sheet.paragraphs:
            self._line(_BLANKS + paragraph, "paragraph")
        top = self.row
        self._heads()
        first = self.row
        for row in self.sheet.table.rows:
            self._row(row)
        self._below()
        self._on_paper(top, first, pages)
        return Written(sheet=self.sheet, page=self.page, name=name, first=first, heads=first - 1)

    # -- lines above and below the table -----------------------------------------------------------

    @property
    def _widths(self) -> list[int]:
        return [column.width for column in self.sheet.table.columns]

    def _span(self, first: int, last: int, text: str, style: str) -> None:
        form = self.styles.line(style)
        if first < last:
            self.page.merge_range(self.row, first, self.row, last, "", form)
        self.page.write_string(self.row, first, text, form)

    def _line(self, text: str, style: str) -> None:
        """A line over the whole width."""
        size = self.styles.size_of(style)
        self.page.set_row(self.row, height_of(text, sum(self._widths), size))
        self._span(0, len(self._widths) - 1, text, style)
        self.row += 1

    def _fact(self, left: str, right: str) -> None:
        if right:
            self._side_by_side((left, right), ("fact", "fact-right"))
        else:
            self._line(left, "fact")

    def _side_by_side(self, texts: tuple[str, ...], styles: tuple[str, ...]) -> None:
        """Texts in equal parts of the width, as far as the columns allow."""
        widths = self._widths
        if len(widths) < len(texts):
            self._line("    ".join(texts), styles[0])
            return
        self.page.set_row(self.row, self.styles.size * 2)
        start = 0
        for number, (text, style) in enumerate(zip(texts, styles, strict=True), 1):
            end = start
            left = len(texts) - number
            while end + 1 < len(widths) - left and (
                not left or sum(widths[: end + 1]) * len(texts) < sum(widths) * number
            ):
                end += 1
            self._span(start, end, text, style)
            start = end + 1
        self.row += 1

    def _below(self) -> None:
        for note in self.sheet.notes:
            self._line(note, "note")
        if self.sheet.signers:
            self.row += 1
            self._side_by_side(self.sheet.signers, ("fact",) * len(self.sheet.signers))
        for seal in self.sheet.seal:
            self._line(seal, "seal")
        for line in self.document.foot:
            self._line(line, "foot")

    # -- the table ---------------------------------------------------------------------------------

    def _heads(self) -> None:
        """The headings, in one row or two, each row as high as its texts need."""
        table, form = self.sheet.table, self.styles.head()
        heights = [2 * self.styles.size] * table.depth
        whole = 0
        for head in (one for row in table.heads() for one in row):
            first, last = self.row + head.row, self.row + head.row + head.rows - 1
            end = head.column + head.columns - 1
            if (last, end) != (first, head.column):
                self.page.merge_range(first, head.column, last, end, "", form)
            self.page.write_string(first, head.column, head.text, form)
            width = sum(self._widths[head.column : end + 1])
            height = height_of(head.text, width, self.styles.size)
            if head.rows == table.depth:
                whole = max(whole, height)
            else:
                heights[head.row] = max(heights[head.row], height)
        heights[-1] += max(whole - sum(heights), 0)
        for row, height in enumerate(heights):
            self.page.set_row(self.row + row, height)
        self.row += table.depth

    def _row(self, row: Row) -> None:
        columns = self.sheet.table.columns
        heights = []
        for place, (column, text) in enumerate(zip(columns, row.cells, strict=True)):
            depth = row.depth if place == 0 else 0
            heights.append(height_of(text, column.width - 1 - 2 * depth, self.styles.size))
            self._cell(place, column, text, depth, row)
        self.page.set_row(self.row, max(heights))
        self.row += 1

    def _cell(self, place: int, column: Column, text: str, depth: int, row: Row) -> None:
        align = ALIGNED[column.kind]
        if column.kind in (FIGURE, WHOLE) and is_number(text):
            form = self.styles.number(align, row, places_of(text))
            self.page.write_number(self.row, place, Decimal(text), form)
        else:
            form = self.styles.text(align, row, code=column.kind == CODE, depth=depth)
            self.page.write_string(self.row, place, text, form)

    # -- on paper ----------------------------------------------------------------------------------

    def _on_paper(self, top: int, first: int, pages: str) -> None:
        columns, page = self.sheet.table.columns, self.page
        page.set_paper(_A4)
        if self.document.wide:
            page.set_landscape()
            page.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.9)
        else:  # as GB/T 9704 sets a page
            page.set_margins(left=28 / 25.4, right=26 / 25.4, top=37 / 25.4, bottom=35 / 25.4)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.print_area(0, 0, self.row - 1, len(columns) - 1)
        page.repeat_rows(top, first - 1)
        named = [place for place, one in enumerate(columns) if one.key == "name"]
        page.freeze_panes(first, named[0] + 1 if named else 0)
        running = "\n".join(self.document.running).replace("&", "&&")
        page.set_footer(f"&L&7 {running}&R&9 {pages}")
        every = f"A1:{xl_col_to_name(len(columns) + 9)}{self.row}"
        page.ignore_errors({"number_stored_as_text": every, "formula_differs": every})


def height_of(text: str, width: int, size: int) -> int:
    """The height of a row that shows a text of a size in a width, in points.

    A unit of width is half a character of 10.5 points.
    """
    room = max(width, 2) * 21
    lines = sum(max(-(-cells_of(line) * size * 2 // room), 1) for line in lines_of(text))
    return lines * size * 3 // 2 + 6
