"""A file of sheets as tables of values: .xlsx, .ods and .xls through calamine, CSV as text."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from perfledger.domain.errors import Refused, say
from perfledger.exchange import files, ooxml, opendocument
from perfledger.exchange.cells import Value, cell_name
from perfledger.exchange.marks import LARGEST_TABLE, Book, Marks

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@attrs.frozen(kw_only=True)
class Table:
    """One sheet of a file: its rows from A1 on, and what is known beside the values."""

    file: str  # as it was named on the command line
    sheet: str | None  # None: a CSV file, which has one without a name
    rows: list[list[Value]]
    marks: Marks = attrs.field(factory=Marks)

    def cell(self, row: int, column: int) -> str:
        """`减分登记!D5`, or `D5` in a CSV file; row and column are counted from 0."""
        return self.place(cell_name(row, column))

    def place(self, name: str) -> str:
        """A cell or range by its name, with the sheet."""
        return name if self.sheet is None else f"{self.sheet}!{name}"


@attrs.frozen(kw_only=True)
class Workbook:
    """The tables of one file, and what is known of it as a whole."""

    file: str
    tables: tuple[Table, ...]
    macros: bool = False
    date_1904: bool = False
    encoding: str | None = None  # of a CSV file


def read_file(path: Path) -> Workbook:
    """Read a file's tables; raises `Refused` where the file as a whole cannot be read."""
    files.check_size(path.stat().st_size)
    data = path.read_bytes()
    files.check_size(len(data))
    kind = files.kind_of_file(path, data)
    if kind == files.CSV:
        return _read_csv(str(path), data)
    book = Book()
    if kind == files.XLSX:
        file = io.BytesIO(data)
        with files.open_archive(file) as archive:
            kind = files.archive_kind(archive)
            if kind == files.ODS:
                opendocument.check_repetitions(archive)
            else:
                book = ooxml.read_book(archive)
    tables = tuple(_calamine_tables(str(path), data, book))
    return Workbook(file=str(path), tables=tables, macros=book.macros, date_1904=book.date_1904)


def _calamine_tables(file: str, data: bytes, book: Book) -> Iterator[Table]:
    import python_calamine

    try:
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        for about in workbook.sheets_metadata:
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
                yield _calamine_table(file, workbook.get_sheet_by_name(about.name), about, book)
    except python_calamine.PasswordError:
        raise Refused(None, *files.password()) from None
    except python_calamine.CalamineError:
        raise files.damaged() from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of the Rust library, on a damaged file
            raise files.damaged() from None
        raise


def _calamine_table(file: str, sheet: Any, about: Any, book: Book) -> Table:
    marks = book.sheets.get(about.name, Marks())
    hidden = marks.hidden or not str(about.visible).endswith(".Visible")
    merged = marks.merged or tuple(sheet.merged_cell_ranges or ())
    height, width = sheet.total_height, sheet.total_width
    if height * width > LARGEST_TABLE:
        raise Refused(
            None,
            say("the sheet has {count} rows to its last filled cell", count=height),
            say("nothing outside the table: delete the rows and columns beyond it"),
        )
    return Table(
        file=file,
        sheet=about.name,
        rows=sheet.to_python(skip_empty_area=False),
        marks=attrs.evolve(marks, hidden=hidden, merged=merged),
    )


def _read_csv(file: str, data: bytes) -> Workbook:
    text, encoding = _decoded(data)
    if "\0" in text:
        raise Refused(None, say("the file is no text, whatever its name says"), _CSV_ALLOWED)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        raise Refused(None, say("the file is no table of commas"), _CSV_ALLOWED) from None
    values: list[list[Value]] = [list(row) for row in rows]
    return Workbook(
        file=file, tables=(Table(file=file, sheet=None, rows=values),), encoding=encoding
    )


_CSV_ALLOWED = say("a table of commas, in UTF-8 or GB18030")


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and what it was written in: UTF-8 where it can be that, else GB18030."""
    if data.startswith(_UTF16):
        raise Refused(None, say("the file is UTF-16"), _CSV_ALLOWED)
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
        return text, "UTF-8 (BOM)" if data.startswith(_BOM) else "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), "GB18030"
    except UnicodeDecodeError:
        problem = say("the file is neither UTF-8 nor GB18030 text")
        raise Refused(None, problem, _CSV_ALLOWED) from None


def _delimiter(text: str) -> str:
    """The sign between the cells: the one that the first lines have most of."""
    start = text[:4096]
    return max((",", "\t", ";"), key=start.count)
