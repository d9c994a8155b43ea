"""The cell formats of a workbook, made once each."""

from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no marker of its types
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # the same

from perfledger.reports.document import Row

BODY, TITLE, HEAD = "宋体", "方正小标宋简体", "黑体"
"""The fonts that offices use; a program without one takes its own."""
GREY = "#666666"

_LINES: dict[str, dict[str, Any]] = {
    "title": {"font_name": TITLE, "font_size": 18, "align": "center"},
    "fact": {"align": "left"},
    "fact-right": {"align": "right"},
    "paragraph": {"align": "left"},
    "note": {"align": "left", "font_size": 9},
    "seal": {"align": "right"},
    "foot": {"align": "left", "font_size": 8, "font_color": GREY},
}


class Styles:
    """Formats by what they are for. A notice is set larger than a table of work."""

    def __init__(self, book: Workbook, *, notice: bool) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Format] = {}
        self.size = 14 if notice else 10  # points, of running text and of tables

    def size_of(self, line: str) -> int:
        """The size of a line above or below a table, in points."""
        return int(_LINES[line].get("font_size", self.size))

    def _format(self, **settings: Any) -> Format:
        key = tuple(sorted(settings.items()))
        if key not in self._made:
            base = {"font_name": BODY, "font_size": self.size, "valign": "vcenter"}
            self._made[key] = self._book.add_format({**base, "text_wrap": True, **settings})
        return self._made[key]

    def line(self, name: str) -> Format:
        """A line above or below a table."""
        return self._format(**_LINES[name])

    def head(self) -> Format:
        """A heading."""
        return self._format(font_name=HEAD, align="center", border=1, bg_color="#EDEDED")

    def text(self, align: str, row: Row, *, code: bool = False, depth: int = 0) -> Format:
        """A text in a row; a code is kept as it is written, `depth` indents."""
        settings: dict[str, Any] = {"align": align}
        if code:
            settings["num_format"] = "@"
        if depth:
            settings["indent"] = min(depth, 8)
        return self._format(**settings, **_of(row))

    def number(self, align: str, row: Row, places: int) -> Format:
        """A number in a row, with its decimals."""
        num_format = f"0.{'0' * places}" if places else "0"
        return self._format(align=align, num_format=num_format, **_of(row))

    def helper(self) -> Format:
        """A cell or heading of a column that only formulas need."""
        return self._format(font_size=9, font_color=GREY, align="center")

    def helper_title(self) -> Format:
        """What stands above those columns."""
        return self._format(font_size=9, font_color=GREY, align="left", text_wrap=False)


def _of(row: Row) -> dict[str, Any]:
    """Borders, and what marks the row."""
    settings: dict[str, Any] = {"border": 1}
    if row.opens:
        settings["top"] = 2
    if row.faint:
        settings |= {"font_color": GREY, "italic": True}
    return settings
