"""From files to rows: which sheet each table is, what its cover says, and all that is wrong."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.values import nearest
from perfledger.exchange.cells import Value, is_blank, number_text
from perfledger.exchange.headings import layout_of, likeness, plain, sheet_name
from perfledger.exchange.known import Announced, Known
from perfledger.exchange.others import SHEETS
from perfledger.exchange.resolve import Given, Resolver
from perfledger.exchange.rows import Row, check_region, read_rows
from perfledger.exchange.sheets import CODES, COVER, COVER_LABELS, ROSTER, Sheet
from perfledger.exchange.tables import Table, Workbook, read_file


@attrs.frozen
class Remark:
    """What a person should know of a sheet, though it is read: where, and what."""

    source: str  # the file
    cell: str | None
    field: str | None  # the heading
    message: Message


@attrs.define
class Reading:
    """What was found in the files: rows, what is wrong beside them, and remarks."""

    rows: list[Row] = attrs.field(factory=list)
    problems: list[Refused] = attrs.field(factory=list)  # of no single row, with file and cell
    remarks: list[Remark] = attrs.field(factory=list)

    def wrong(self, file: str, cell: str | None, refused: Refused) -> None:
        """Keep what is wrong with a file, table or heading."""
        self.problems.append(Refused(None, refused.message, refused.allowed, None, file, cell=cell))

    def remark(self, file: str, cell: str | None, message: Message) -> None:
        """Keep what a person should know."""
        self.remarks.append(Remark(file, cell, None, message))


def read_sheets(
    paths: Sequence[Path], known: Known, given: Given, only: Sequence[str] = ()
) -> Reading:
    """Read all files; rosters first, since the other rows are about the units that they name.

    `given` fills in what the files leave open; `only` names the sheets that are read. Nothing is
    raised for what a file holds: it is among the problems. Raises `OSError`.
    """
    reading = Reading()
    found: list[tuple[Table, Sheet, Given]] = []
    books = list(_books(reading, paths))
    loose = _cover([table for book in books if book.encoding for table in book.tables], given)
    for book in books:
        cover = loose if book.encoding is not None else _cover(book.tables, given)
        for table in book.tables:
            if (sheet := _kind(reading, table, only)) is not None:
                found.append((table, sheet, cover))
    _check_only(reading, books, only)
    found.sort(key=lambda one: SHEETS.index(one[1]))
    for table, sheet, cover in found:
        try:
            _read_table(reading, table, sheet, Resolver(known, cover))
        except Refused as refused:
            reading.wrong(table.file, table.sheet, refused)
    return reading


def _books(reading: Reading, paths: Sequence[Path]) -> Iterator[Workbook]:
    for path in paths:
        try:
            book = read_file(path)
        except Refused as refused:
            reading.wrong(str(path), None, refused)
            continue
        _remark_on_book(reading, book)
        yield book


def _name(table: Table) -> str:
    """The sheet's name; a CSV file is called after its sheet at the end (`打分表-花名册`)."""
    if table.sheet is not None:
        return sheet_name(table.sheet)
    stem = sheet_name(Path(table.file).stem)
    known = (COVER, CODES, *(one.name for one in SHEETS))
    return next((name for name in known if stem.endswith(name)), stem)


def _remark_on_book(reading: Reading, book: Workbook) -> None:
    if book.encoding is not None:
        reading.remark(book.file, None, say("read as {encoding}", encoding=book.encoding))
    if book.macros:
        reading.remark(book.file, None, say("the file holds macros; they are not run"))
    if book.date_1904:
        message = say(
            "the file counts its days from 1904; they are read so, but a cell that was copied "
            "from another file may be four years off"
        )
        reading.remark(book.file, None, message)


def _check_only(reading: Reading, books: Sequence[Workbook], only: Sequence[str]) -> None:
    names = list(dict.fromkeys(_name(table) for book in books for table in book.tables))
    for name in only:
        if names and sheet_name(name) not in names:
            message = say("there is no sheet '{name}'", name=name)
            known = say("one of: {known}", known="、".join(names))
            reading.wrong(books[0].file, None, Refused(None, message, known))


# -- which sheet a table is ------------------------------------------------------------------------


def _kind(reading: Reading, table: Table, only: Sequence[str]) -> Sheet | None:
    """The kind of sheet that a table is; None where it is not to be read."""
    name = _name(table)
    if only and name not in [sheet_name(one) for one in only]:
        return None
    if name in (COVER, CODES) or not any(not is_blank(v) for row in table.rows for v in row):
        return None
    named = next((one for one in SHEETS if one.name == name), None)
    sheet = named or _by_headings(table)
    if sheet is not None:
        return sheet
    if table.marks.hidden:
        reading.remark(table.file, table.sheet, say("a hidden sheet, which is not read"))
        return None
    names = [one.name for one in SHEETS]
    close = nearest(name, names)
    message = (
        say("no sheet is called '{name}'; did you mean '{close}'?", name=name, close=close)
        if close
        else say("no sheet is called '{name}'", name=name)
    )
    allowed = say(
        "one of: {known}; or name with --sheet the sheets to be read", known="、".join(names)
    )
    reading.wrong(table.file, table.sheet, Refused(None, message, allowed))
    return None


def _by_headings(table: Table) -> Sheet | None:
    counts = {sheet.name: likeness(table, sheet) for sheet in SHEETS}
    best = max(counts.values())
    found = [sheet for sheet in SHEETS if counts[sheet.name] == best]
    return found[0] if best and len(found) == 1 else None


def _cover(tables: Sequence[Table], given: Given) -> Given:
    """The scheme and year of the form's first page; `given` where it says none."""
    found: dict[str, Value] = {}
    for table in tables:
        if _name(table) == COVER:
            for row in table.rows:
                label = COVER_LABELS.get(plain(str(row[0]))) if row else None
                if label is not None and len(row) > 1 and not is_blank(row[1]):
                    found[label] = row[1]
    year, scheme = found.get("year"), found.get("scheme")
    text = number_text(year) if isinstance(year, int | float) else str(year or "").strip()
    return Given(
        year=int(text) if text.isdecimal() and len(text) == 4 else given.year,
        scheme=str(scheme).strip() if scheme is not None else given.scheme,
    )


# -- one table -------------------------------------------------------------------------------------


def _read_table(reading: Reading, table: Table, sheet: Sheet, resolver: Resolver) -> None:
    layout = layout_of(table, sheet)
    if layout is None:
        needed = "、".join(one.heading for one in sheet.columns if one.required)
        message = say("there is no row of headings")
        allowed = say("a row of headings with: {known}", known=needed)
        reading.wrong(table.file, table.sheet, Refused(None, message, allowed))
        return
    rows = read_rows(table, sheet, layout, resolver.places) if layout.headings else None
    _passed_over(reading, table, rows.passed_over if rows is not None else 0)
    if rows is None or not rows.rows:
        return
    for place, refused in layout.refused:
        reading.wrong(table.file, table.cell(layout.row, place), refused)
    for cell, refused in check_region(table, layout, rows):
        reading.wrong(table.file, cell, refused)
    if table.marks.hidden:
        message = say("the sheet is hidden and holds something")
        reading.wrong(
            table.file, table.sheet, Refused(None, message, say("a sheet that can be seen"))
        )
    for row in rows.rows:
        resolver.resolve(row)
        if sheet is ROSTER:
            _announce(resolver, row)
    reading.rows += rows.rows


def _passed_over(reading: Reading, table: Table, count: int) -> None:
    if count:
        message = say("{count} rows are not filled in yet and were passed over", count=count)
        reading.remark(table.file, table.sheet, message)


def _announce(resolver: Resolver, row: Row) -> None:
    year, unit = resolver.year(row), row.cells.get("unit")
    if year is not None and unit is not None:
        enrolment = Announced(*(row.cells.get(key, "") for key in ("name", "scheme", "unit_class")))
        resolver.known.announce(year, unit, enrolment)
