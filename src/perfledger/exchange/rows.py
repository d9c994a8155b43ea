"""Rows: every filled line below a table's headings, its cells read column by column."""

from collections.abc import Callable, Iterator

import attrs

from perfledger.domain.errors import Refused, say
from perfledger.exchange import cells as read
from perfledger.exchange.cells import Value, is_blank
from perfledger.exchange.headings import Heading, Layout
from perfledger.exchange.sheets import (
    ADMITTED_ROWS,
    CODE,
    COUNT,
    DAY,
    DECIMAL,
    LINES,
    Sheet,
)
from perfledger.exchange.tables import Table


@attrs.define(kw_only=True)
class Row:
    """One filled row: its cells as texts by column key, and what is wrong with it."""

    table: Table
    sheet: Sheet
    layout: Layout
    number: int  # in the table, from 0
    cells: dict[str, str] = attrs.field(factory=dict)
    refused: list[Refused] = attrs.field(factory=list)  # their field is a column's key
    renamed: dict[str, str] = attrs.field(factory=dict)  # a key of a cell -> its heading's

    def column(self, key: str | None) -> Heading | None:
        """Where the table has a column; None where it has none."""
        return self.layout.of(self.renamed.get(key, key)) if key is not None else None

    def cell(self, key: str | None) -> str:
        """The cell of a column, or the row's first one where the table has no such column."""
        place = (self.column(key) or self.layout.headings[0]).place
        return self.table.cell(self.number, place)

    def heading(self, key: str | None) -> str | None:
        """What the column is called in this table, or in forms."""
        found = self.column(key)
        if found is not None:
            return str(self.table.rows[self.layout.row][found.place]).strip()
        column = self.sheet.column(key) if key is not None else None
        return column.heading if column is not None else key

    def has(self, key: str) -> bool:
        """Whether the table has the very column."""
        found = self.column(key)
        return found is not None and found.key == self.renamed.get(key, key)

    def refuse(self, refused: Refused) -> None:
        """Keep one thing that is wrong with the row."""
        self.refused.append(refused)


@attrs.define
class Rows:
    """The rows of one table; `passed_over` counts those that a form filled in and nobody else."""

    rows: list[Row] = attrs.field(factory=list)
    passed_over: int = 0


def read_rows(table: Table, sheet: Sheet, layout: Layout, places: Callable[[Row], int]) -> Rows:
    """Read a table's rows. `places` tells how many decimals a row's scheme prints.

    Raises `Refused` where there are more rows than a sheet may have.
    """
    if (count := len(table.rows) - layout.row - 1) > ADMITTED_ROWS:
        raise Refused(
            None, say("the sheet has {count} rows", count=count),
            say("at most {most}", most=ADMITTED_ROWS),
        )  # fmt: skip
    found = Rows()
    for number in range(layout.row + 1, len(table.rows)):
        row = Row(table=table, sheet=sheet, layout=layout, number=number)
        filled = list(_filled(row))
        if not filled:
            continue
        if sheet.told and all(heading.key in sheet.told for heading, _ in filled):
            found.passed_over += 1
            continue
        _read_cells(row, filled, places)
        found.rows.append(row)
    return found


def _filled(row: Row) -> Iterator[tuple[Heading, Value]]:
    values = row.table.rows[row.number]
    marks = row.table.marks
    for heading in row.layout.headings:
        value = values[heading.place] if heading.place < len(values) else ""
        place = (row.number, heading.place)
        if not is_blank(value) or place in marks.unvalued or place in marks.errors:
            yield heading, value


def _read_cells(
    row: Row, filled: list[tuple[Heading, Value]], places: Callable[[Row], int]
) -> None:
    """Codes first, since they tell the scheme, and the scheme tells how many decimals there are."""
    for decimals in (False, True):
        for heading, value in filled:
            if (heading.column.kind == DECIMAL) != decimals:
                continue
            try:
                _check_marks(row, heading, value)
                row.cells[heading.key] = _read(heading, value, lambda: places(row))
            except Refused as refused:
                row.refuse(refused)
    _check_required(row)


def _check_marks(row: Row, heading: Heading, value: Value) -> None:
    place, marks = (row.number, heading.place), row.table.marks
    if place in marks.errors:
        raise Refused(
            heading.key,
            say("the formula gives {error}", error=marks.errors[place]),
            say("a formula that gives a value, or the value itself"),
        )
    if place in marks.unvalued:
        raise Refused(
            heading.key,
            say("the cell holds a formula without a value"),
            say("a calculated file: open it in WPS or Excel and save it"),
        )
    if (
        place in marks.percents
        and heading.column.kind == DECIMAL
        and isinstance(value, int | float)
    ):
        raise Refused(heading.key, *read.percent_trap(value))


def _read(heading: Heading, value: Value, places: Callable[[], int]) -> str:
    column, key = heading.column, heading.key
    if column.kind == DECIMAL:
        most = column.places if column.places is not None else places()
        return read.read_decimal(value, key, most, percent=key == "satisfaction")
    if column.kind == COUNT:
        return str(read.read_count(value, key))
    if column.kind == DAY:
        return read.read_day(value, key)
    if column.kind == LINES:
        return read.read_lines(value, key)
    text = (read.read_code if column.kind == CODE else read.read_text)(value, key)
    if key.startswith("level") and "/" in text:
        raise Refused(
            key,
            say("'{text}' holds a slash, which stands between the levels", text=text),
            say("the name without a slash; ／ will do"),
        )
    return text


def _check_required(row: Row) -> None:
    wrong = {one.field for one in row.refused}
    for column in row.sheet.columns:
        if column.required and column.key not in row.cells and column.key not in wrong:
            if column.key == "unit" and "unit_name" in row.cells:
                continue  # the name will tell
            needed = say("every row of {sheet} has a value here", sheet=row.sheet.name)
            row.refuse(Refused(column.key, say("the cell is empty"), needed))


def check_region(table: Table, layout: Layout, rows: Rows) -> Iterator[tuple[str, Refused]]:
    """What is wrong with the filled part of a table as a whole, with the cell or range."""
    numbers = [row.number for row in rows.rows]
    marks = table.marks
    for first, last in _runs([one for one in numbers if one in marks.hidden_rows]):
        name = f"{first + 1}:{last + 1}"
        yield (
            table.place(name),
            Refused(
                None,
                say("these rows are hidden and hold something"),
                say("rows that can be seen: take the filter off, show them or delete them"),
            ),
        )
    for heading in layout.headings:
        if heading.place in marks.hidden_columns:
            yield (
                table.cell(layout.row, heading.place),
                Refused(
                    None,
                    say("the column is hidden"),
                    say("a column that can be seen: show it or delete it"),
                ),
            )
    last = max(numbers, default=layout.row)
    for (top, left), (bottom, right) in marks.merged:
        if bottom >= layout.row and top <= last:
            name = f"{read.cell_name(top, left)}:{read.cell_name(bottom, right)}"
            yield (
                table.place(name),
                Refused(
                    None,
                    say("these cells are merged"),
                    say("single cells from the headings on, each with its own value"),
                ),
            )
    yield from _nameless(table, layout, numbers)


def _nameless(table: Table, layout: Layout, numbers: list[int]) -> Iterator[tuple[str, Refused]]:
    named = {one.place for one in layout.headings}
    width = len(table.rows[layout.row])
    for number in numbers:
        for place, value in enumerate(table.rows[number]):
            without = place in layout.nameless or (place >= width and place not in named)
            if without and not is_blank(value):
                yield (
                    table.cell(number, place),
                    Refused(
                        None,
                        say("the cell stands in a column without a heading"),
                        say("a heading above it, or an empty cell"),
                    ),
                )


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    start = None
    for place, number in enumerate(numbers):
        if start is None:
            start = number
        if place + 1 == len(numbers) or numbers[place + 1] != number + 1:
            yield start, number
            start = None
