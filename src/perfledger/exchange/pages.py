"""Pages of a workbook that is written: title, headings, frozen and repeated, A4 landscape."""

from collections.abc import Sequence
from datetime import date, datetime
from math import ceil
from typing import Any, BinaryIO

import attrs
import xlsxwriter  # type: ignore[import-untyped]  # the package has no types

from perfledger.exchange.sheets import CODE, COUNT, DAY, DECIMAL, LINES, TEXT

TITLE_ROW, NOTE_ROW, HEADING_ROW, FIRST_ROW = 0, 1, 2, 3
LONGEST_TEXT = 32_767
"""So many characters a cell may have."""

LINE_HEIGHT = 14  # points
_A4 = 9
_FONT = "宋体"
_WRITTEN = datetime(2000, 1, 1)  # the same bytes for the same content, whenever it is written

_TEXT = 49  # the built-in format @: what is typed stays text
_TEXT_LOOK = {"num_format": _TEXT, "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    CODE: {"num_format": _TEXT},
    TEXT: _TEXT_LOOK,
    LINES: _TEXT_LOOK,
    DECIMAL: {"align": "right"},
    COUNT: {"align": "right"},
    DAY: {"num_format": "yyyy-mm-dd", "align": "center"},
}


@attrs.frozen(kw_only=True)
class PageColumn:
    """A column of a page: its heading, how wide it is, what kind of cells it has."""

    heading: str
    kind: str
    width: float
    required: bool = False


class Pages:
    """A workbook that is being written."""

    def __init__(self, file: BinaryIO, title: str) -> None:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book: Any = xlsxwriter.Workbook(file, options)
        self.book.set_properties({"title": title, "created": _WRITTEN})
        base: dict[str, Any] = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        cell = {**base, "border": 1}
        heading = {**cell, "bold": True, "align": "center", "text_wrap": True}
        self.plain = self.book.add_format({**base, "text_wrap": True})
        self.title = self.book.add_format(
            {**base, "font_size": 16, "bold": True, "align": "center"}
        )
        self.note = self.book.add_format({**base, "text_wrap": True})
        self.heading = self.book.add_format({**heading, "bg_color": "#E7E6E6"})
        self.needed = self.book.add_format({**heading, "bg_color": "#FCE4D6"})
        self.widths: dict[str, list[float]] = {}  # of the columns of each sheet
        self.cells = {kind: self.book.add_format({**cell, **look}) for kind, look in _LOOKS.items()}
        self.bare = {kind: self.book.add_format({**base, **look}) for kind, look in _LOOKS.items()}

    def close(self) -> None:
        """Write the file."""
        self.book.close()

    def page(self, name: str, title: str, note: str, columns: Sequence[PageColumn]) -> Any:
        """A new sheet with its title, a note below it, and its headings."""
        sheet = self.book.add_worksheet(name)
        last = max(len(columns) - 1, 1)
        sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, last, title, self.title)
        sheet.merge_range(NOTE_ROW, 0, NOTE_ROW, last, note, self.note)
        sheet.set_row(TITLE_ROW, 28)
        sheet.set_row(NOTE_ROW, 30)
        sheet.set_row(HEADING_ROW, 32)
        self.widths[name] = [column.width for column in columns]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            heading = f"{column.heading}*" if column.required else column.heading
            look = self.needed if column.required else self.heading
            sheet.write_string(HEADING_ROW, place, heading, look)
        self._print_setup(sheet)
        return sheet

    def _print_setup(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(TITLE_ROW, HEADING_ROW)
        sheet.set_footer("&L填表人：            审核人：            (盖章)&R第 &P 页 共 &N 页")
        sheet.freeze_panes(FIRST_ROW, 2)

    def column_look(self, kind: str) -> Any:
        """How cells look that are added below those that are written."""
        return self.bare[kind]

    def row(self, sheet: Any, row: int, cells: Sequence[tuple[str, str | None]]) -> None:
        """One row of cells, each with its kind, as high as its lines need."""
        widths = self.widths[sheet.get_name()]
        lines = max(
            (_lines(text, width) for (kind, text), width in zip(cells, widths, strict=True)
             if text is not None and kind in (TEXT, LINES)), default=1,
        )  # fmt: skip
        sheet.set_row(row, LINE_HEIGHT * lines + 4)
        for place, (kind, text) in enumerate(cells):
            self.write(sheet, row, place, kind, text)

    def write(self, sheet: Any, row: int, place: int, kind: str, text: str | None) -> None:
        """One cell: a number or a date where the column has those, else text."""
        look = self.cells[kind]
        if text is None:
            sheet.write_blank(row, place, None, look)
        elif kind == DAY:
            sheet.write_datetime(row, place, date.fromisoformat(text), look)
        elif kind == COUNT or (kind == DECIMAL and is_number(text)):
            sheet.write_number(row, place, float(text), look)
        else:
            sheet.write_string(row, place, text, look)


def text_width(text: str) -> int:
    """How wide a text is in the characters that column widths are counted in."""
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes that is wrapped in a column."""
    room = max(width, 1)
    return sum(max(ceil(text_width(line) / room), 1) for line in text.split("\n"))


def is_number(text: str) -> bool:
    """Whether a number cell would give back the decimal just as it is written."""
    from perfledger.exchange.cells import LARGEST_NUMBER, number_text

    number = float(text)
    return abs(number) < LARGEST_NUMBER and number_text(number) == text
