"""A report before it is written in any form: sheets of texts with one table each.

Every cell is the text that the reader sees; figures are the printed ones. What a form makes of it
(a workbook with formulas, a page, CSV) is decided where it is written.
"""

from unicodedata import east_asian_width

import attrs

from perfledger.domain.scheme import Scheme, UnitClass
from perfledger.projections.standings import Ranking

TEXT, CODE, IDS, WORD, WHOLE, FIGURE = "text", "code", "ids", "word", "whole", "figure"
"""Kinds of columns: running text, codes, rows of entry ids, single words, whole numbers, figures
with decimals."""
ALIGNED = {
    TEXT: "left",
    CODE: "center",
    IDS: "left",
    WORD: "center",
    WHOLE: "center",
    FIGURE: "right",
}
_LARGE = 300  # rows
_SHORT = 12  # half-width characters of a heading that is not broken


@attrs.frozen(kw_only=True)
class Column:
    """A column of a table. Columns with the same `above` stand under one common heading."""

    key: str
    heading: str
    kind: str = TEXT
    above: str | None = None
    width: int = 10  # in half-width characters, for a sheet


@attrs.frozen(kw_only=True)
class Row:
    """A row's texts, by column.

    `depth` indents the first cell; a `faint` row does not count; one that `opens` a group has a
    heavier line above it.
    """

    cells: tuple[str, ...]
    depth: int = 0
    faint: bool = False
    opens: bool = False


@attrs.frozen(kw_only=True)
class Head:
    """A heading: its place among the heading rows and columns, and how many of each it takes."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def short(self) -> bool:
        """Whether it is too short to be broken."""
        return cells_of(self.text) <= _SHORT


@attrs.frozen(kw_only=True)
class Table:
    """Columns and rows."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def depth(self) -> int:
        """How many rows the headings take: two where some stand under a common one."""
        return 1 + any(column.above is not None for column in self.columns)

    @property
    def large(self) -> bool:
        """Whether laying it out by the contents of its cells would take too long on paper."""
        return len(self.rows) > _LARGE

    def heads(self) -> list[list[Head]]:
        """The headings, row by row."""
        rows: list[list[Head]] = [[] for _ in range(self.depth)]
        for place, column in enumerate(self.columns):
            if column.above is None:
                head = Head(text=column.heading, row=0, column=place, rows=self.depth)
                rows[0].append(head)
                continue
            if place == 0 or self.columns[place - 1].above != column.above:
                alike = sum(one.above == column.above for one in self.columns)
                rows[0].append(Head(text=column.above, row=0, column=place, columns=alike))
            rows[1].append(Head(text=column.heading, row=1, column=place))
        return rows

    def place(self, key: str) -> int:
        """The index of a column."""
        return next(n for n, column in enumerate(self.columns) if column.key == key)


@attrs.frozen(kw_only=True)
class Standings:
    """What the figures of a class's table follow from, for formulas that compute them again.

    `rankings` are its groups in the order of the table's rows; `tiers` the words of its tiers,
    `labels` those of columns that only formulas need, by key.
    """

    scheme: Scheme
    unit_class: UnitClass
    rankings: tuple[Ranking, ...]
    tiers: dict[str, str]
    labels: dict[str, str]


@attrs.frozen(kw_only=True)
class Sheet:
    """One sheet of a workbook, one section of a page."""

    name: str
    title: tuple[str, ...]
    table: Table
    facts: tuple[tuple[str, str], ...] = ()  # lines above the table: left, right
    paragraphs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # lines below the table
    signers: tuple[str, ...] = ()  # who signs, side by side
    seal: tuple[str, ...] = ()  # who publishes and when, at the right
    standings: Standings | None = None
    members: tuple[tuple[str, str], ...] | None = None  # leader and unit of every row, by code
    new_page: bool = True


@attrs.frozen(kw_only=True)
class Document:
    """A report: its sheets, and the foot that says what it rests on."""

    title: str
    lang: str
    sheets: tuple[Sheet, ...]
    foot: tuple[str, ...]
    running: tuple[str, ...]  # the foot of every page
    recorded_at: str | None  # of the ledger's position; a report knows no other time
    wide: bool  # printed on A4 lying on its side
    separator: str  # between the ids of a cell
    notice: bool = False  # set as an official notice: large type, indented paragraphs


def cells_of(text: str) -> int:
    """How many half-width characters the widest line of a text takes."""
    return max(sum(1 + (east_asian_width(one) in "WF") for one in line) for line in lines_of(text))


def lines_of(text: str) -> list[str]:
    """The lines of a text; an empty one has one."""
    return text.split("\n")


def stretched(table: Table, width: int) -> Table:
    """The table with its columns widened in proportion, where it is narrower than that."""
    now = sum(column.width for column in table.columns)
    if now >= width:
        return table
    columns = (attrs.evolve(column, width=column.width * width // now) for column in table.columns)
    return attrs.evolve(table, columns=tuple(columns))


def width_for(heading: str, cells: list[str], least: int, most: int) -> int:
    """The width of a column that shows its heading and its cells, within limits."""
    widest = max(map(cells_of, [heading, *cells]))
    return max(least, min(most, widest + 2))
