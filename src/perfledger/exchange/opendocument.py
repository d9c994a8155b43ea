"""The XML of an .ods: only whether what its repetitions unfold to fits into memory."""

from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from perfledger.domain.errors import Refused, say
from perfledger.exchange.files import damaged
from perfledger.exchange.marks import LARGEST_TABLE, LONGEST_TEXTS


def check_repetitions(archive: ZipFile) -> None:
    """Refuse an .ods whose repeated rows and cells hold more than a sheet can have."""
    found = _Extent()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with archive.open("content.xml") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, BadZipFile, EOFError, ValueError):
        raise damaged() from None


def _no_doctype(*_: object) -> None:
    raise damaged()


class _Extent:
    """Counts the cells between the first and the last filled one, and their characters."""

    def __init__(self) -> None:
        self._row = self._column = self._rows = self._columns = 0
        self._last_row = self._last_column = 0
        self._characters = self._in_cell = self._of_row = 0
        self._filled = self._row_filled = False
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "table:table":
            self._row = self._last_row = self._last_column = 0
        elif name == "table:table-row":
            self._rows = int(attributes.get("table:number-rows-repeated", "1"))
            self._column, self._row_filled, self._of_row = 0, False, 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._columns = int(attributes.get("table:number-columns-repeated", "1"))
            self._filled = "office:value-type" in attributes
            self._in_cell, self._depth = len(attributes.get("office:string-value", "")), 1

    def text(self, data: str) -> None:
        """Text within a cell."""
        if self._depth:
            self._filled = self._filled or bool(data.strip())
            self._in_cell += len(data)

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("table:table-cell", "table:covered-table-cell"):
            self._depth = 0
            self._column += self._columns
            if self._filled:
                self._row_filled = True
                self._of_row += self._in_cell * self._columns
                self._last_column = max(self._last_column, self._column)
        elif name == "table:table-row":
            self._row += self._rows
            if self._row_filled:
                self._last_row = self._row
                self._characters += self._of_row * self._rows
                self._check()

    def _check(self) -> None:
        if self._last_row * self._last_column > LARGEST_TABLE or self._characters > LONGEST_TEXTS:
            raise Refused(
                None,
                say("the sheet has {count} rows to its last filled cell", count=self._last_row),
                say("nothing outside the table: delete the rows and columns beyond it"),
            )
